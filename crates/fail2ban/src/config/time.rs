//! Times as configuration writes them: `10m`, `1d 2h`, `1d12h`, `2*1h - 5m`, `-1`.
//!
//! fail2ban replaces the units by numbers and has Python evaluate what comes out, as root. Here is a grammar instead, of which each
//! text means what it means there: numbers with or without a unit, one behind the other, `+ - * /` and brackets.

/// Why a text is not a time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem} at character {at}; write a time like 600, 10m or 1d 12h")]
pub struct TimeError {
    /// The character, from 1; one behind the end if something is missing there.
    pub at: usize,
    /// What is wrong there.
    pub problem: TimeProblem,
}

/// What can be wrong with a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimeProblem {
    /// Something else than a number.
    #[error("a number is missing")]
    NoNumber,
    /// A whole number with a zero before it; Python does not read it.
    #[error("a number begins with 0")]
    LeadingZero,
    /// A word that is no unit.
    #[error("unknown unit: there are s, m, h, d, w, mo and y")]
    UnknownUnit,
    /// An opening bracket without a closing one.
    #[error("a bracket is not closed")]
    NotClosed,
    /// Brackets in brackets in brackets.
    #[error("too many brackets")]
    TooDeep,
    /// Something that cannot follow.
    #[error("this cannot stand here")]
    Unexpected,
    /// A division by zero.
    #[error("a division by zero")]
    ZeroDivision,
    /// More than 285 million years.
    #[error("the time is too long")]
    TooLarge,
}

/// Beyond this not every second can be told apart.
const MOST_SECONDS: f64 = 9_007_199_254_740_992.0;
const MOST_DEPTH: usize = 32;
const MINUTE: f64 = 60.0;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
/// With its share of leap days.
const YEAR: f64 = 365.25 * DAY;

/// The spellings of each unit, and its seconds.
const UNITS: [(&[&str], f64); 7] = [
    (&["s", "ss", "se", "sec", "second", "seconds"], 1.0),
    (&["m", "mm", "mi", "min", "minute", "minutes"], MINUTE),
    (&["h", "hh", "ho", "hou", "hour", "hours"], HOUR),
    (&["d", "dd", "da", "day", "days"], DAY),
    (&["w", "ww", "we", "wee", "week", "weeks"], 7.0 * DAY),
    (&["mo", "mon", "month", "months"], YEAR / 12.0),
    (&["y", "yy", "ye", "yea", "year", "years"], YEAR),
];

/// Reads a time, in seconds. Negative ones are times too: `-1` bans for ever.
pub fn seconds(text: &str) -> Result<f64, TimeError> {
    let mut reader = Reader {
        text,
        rest: text,
        depth: 0,
    };
    let sum = reader.sum()?;
    if reader.rest.is_empty() {
        return Ok(sum);
    }
    Err(reader.error(TimeProblem::Unexpected))
}

/// A number or a bracket, and the seconds of the unit behind it.
struct Factor {
    value: f64,
    unit: Option<f64>,
    is_number: bool,
    /// Whether it is one digit without a sign.
    is_digit: bool,
}

/// Factors that are multiplied.
struct Term {
    value: f64,
    /// Whether it ends in a number, behind which another one may stand.
    is_number: bool,
    /// Whether it is one digit and nothing else.
    is_digit: bool,
}

struct Reader<'a> {
    text: &'a str,
    rest: &'a str,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn error(&self, problem: TimeProblem) -> TimeError {
        let before = self.text.len() - self.rest.len();
        let before = self.text.get(..before).unwrap_or_default();
        TimeError {
            at: before.chars().count() + 1,
            problem,
        }
    }

    fn skip_spaces(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }

    fn take(&mut self, wanted: &[char]) -> Option<char> {
        self.skip_spaces();
        let c = self.rest.chars().next().filter(|c| wanted.contains(c))?;
        self.rest = self.rest.get(c.len_utf8()..).unwrap_or_default();
        Some(c)
    }

    /// What the text begins with as long as it fits.
    fn run(&mut self, fits: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !fits(c)).unwrap_or(self.rest.len());
        let (run, rest) = self.rest.split_at(end);
        self.rest = rest;
        run
    }

    fn checked(&self, value: f64) -> Result<f64, TimeError> {
        if value.abs() <= MOST_SECONDS {
            return Ok(value);
        }
        Err(self.error(TimeProblem::TooLarge))
    }

    fn sum(&mut self) -> Result<f64, TimeError> {
        let mut last = self.product()?;
        let mut sum = last.value;
        // A digit by itself cannot have a number on both sides: fail2ban puts a sign between two digits, and uses each once.
        let mut is_used_up = false;
        loop {
            let sign = self.take(&['+', '-']);
            let is_joined = sign.is_none();
            if is_joined && (is_used_up || !last.is_number || !self.begins_with_digit()) {
                return Ok(sum);
            }
            last = self.product()?;
            is_used_up = is_joined && last.is_digit;
            let term = if sign == Some('-') {
                -last.value
            } else {
                last.value
            };
            sum = self.checked(sum + term)?;
        }
    }

    fn begins_with_digit(&self) -> bool {
        self.rest.starts_with(|c: char| c.is_ascii_digit())
    }

    fn product(&mut self) -> Result<Term, TimeError> {
        let first = self.factor()?;
        let mut product = Term {
            value: self.checked(first.value * first.unit.unwrap_or(1.0))?,
            is_number: first.is_number,
            is_digit: first.is_digit && first.unit.is_none(),
        };
        while let Some(sign) = self.take(&['*', '/']) {
            let factor = self.factor()?;
            // A unit multiplies also behind a divisor.
            let value = match sign {
                '/' if factor.value == 0.0 => return Err(self.error(TimeProblem::ZeroDivision)),
                '/' => product.value / factor.value,
                _ => product.value * factor.value,
            };
            product = Term {
                value: self.checked(value * factor.unit.unwrap_or(1.0))?,
                is_number: factor.is_number,
                is_digit: false,
            };
        }
        Ok(product)
    }

    fn factor(&mut self) -> Result<Factor, TimeError> {
        let (mut is_negative, mut is_signed) = (false, false);
        while let Some(sign) = self.take(&['+', '-']) {
            is_negative ^= sign == '-';
            is_signed = true;
        }
        let mut factor = match self.take(&['(']) {
            Some(_) => Factor {
                value: self.bracket()?,
                unit: None,
                is_number: false,
                is_digit: false,
            },
            None => self.number()?,
        };
        if is_negative {
            factor.value = -factor.value;
        }
        factor.is_digit &= !is_signed;
        Ok(factor)
    }

    fn bracket(&mut self) -> Result<f64, TimeError> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(self.error(TimeProblem::TooDeep));
        }
        let value = self.sum()?;
        self.depth -= 1;
        let closed = self.take(&[')']);
        closed.ok_or_else(|| self.error(TimeProblem::NotClosed))?;
        Ok(value)
    }

    /// A number with its unit.
    fn number(&mut self) -> Result<Factor, TimeError> {
        self.skip_spaces();
        let start = self.rest;
        let whole = self.run(|c| c.is_ascii_digit());
        if whole.is_empty() {
            return Err(self.error(TimeProblem::NoNumber));
        }
        let fraction = self.fraction();
        if fraction.is_none() && whole.starts_with('0') && whole.contains(|c| c != '0') {
            self.rest = start;
            return Err(self.error(TimeProblem::LeadingZero));
        }
        let written = format!("{whole}.{}", fraction.unwrap_or("0"));
        let number = written.parse().unwrap_or(f64::INFINITY);
        Ok(Factor {
            value: self.checked(number)?,
            unit: self.unit()?,
            is_number: true,
            is_digit: fraction.is_none() && whole.len() == 1,
        })
    }

    fn fraction(&mut self) -> Option<&'a str> {
        let after = self.rest.strip_prefix('.')?;
        let is_fraction = after.starts_with(|c: char| c.is_ascii_digit());
        is_fraction.then(|| {
            self.rest = after;
            self.run(|c| c.is_ascii_digit())
        })
    }

    fn unit(&mut self) -> Result<Option<f64>, TimeError> {
        let before = self.rest;
        self.skip_spaces();
        let start = self.rest;
        let word = self.run(char::is_alphabetic).to_ascii_lowercase();
        if word.is_empty() {
            self.rest = before;
            return Ok(None);
        }
        let unit = UNITS
            .iter()
            .find(|(names, _)| names.contains(&word.as_str()));
        if unit.is_none() {
            self.rest = start;
            return Err(self.error(TimeProblem::UnknownUnit));
        }
        Ok(unit.map(|(_, seconds)| *seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::{TimeProblem, seconds};

    #[test]
    fn times_mean_what_fail2ban_makes_of_them() {
        for (text, wanted) in [
            ("600", 600.0),
            ("-1", -1.0),
            (" 10m ", 600.0),
            ("1d12h", 129_600.0),
            ("1D 2 Hours 3min4s", 93_784.0),
            ("1y-6mo", 15_778_800.0),
            ("2*1h - 5m", 6_900.0),
            ("(1h + 30m)/2", 2_700.0),
            ("1.5h", 5_400.0),
            ("1 2", 3.0),
            ("--1", 1.0),
            ("1h/2m", 108_000.0),
        ] {
            assert_eq!(seconds(text), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn a_text_that_is_no_time_says_where_and_why() {
        use TimeProblem::{
            LeadingZero, NoNumber, NotClosed, TooDeep, TooLarge, Unexpected, UnknownUnit,
            ZeroDivision,
        };
        let deep = "(".repeat(40);
        for (text, at, problem) in [
            ("", 1, NoNumber),
            ("banana", 1, NoNumber),
            ("1h + 007", 6, LeadingZero),
            ("10 minuten", 4, UnknownUnit),
            ("(1h", 4, NotClosed),
            ("1h)", 3, Unexpected),
            ("__import__('os')", 1, NoNumber),
            ("len(\"abcd\")*100", 1, NoNumber),
            ("1/0", 4, ZeroDivision),
            ("9999999999y", 12, TooLarge),
            ("(1)(2)", 4, Unexpected),
            ("1 2 3", 5, Unexpected),
            (&deep, 34, TooDeep),
        ] {
            let error = seconds(text).unwrap_err();
            assert_eq!((error.at, error.problem), (at, problem), "{text}");
        }
    }
}
