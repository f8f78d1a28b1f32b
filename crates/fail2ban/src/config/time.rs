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
        let (mut sum, mut is_number) = self.product()?;
        loop {
            let term = match self.take(&['+', '-']) {
                Some(sign) => {
                    let (term, number) = self.product()?;
                    is_number = number;
                    if sign == '-' { -term } else { term }
                }
                // A number right behind a number is added; a bracket would be a call.
                None if is_number && self.rest.starts_with(|c: char| c.is_ascii_digit()) => {
                    let (term, number) = self.product()?;
                    is_number = number;
                    term
                }
                None => return Ok(sum),
            };
            sum = self.checked(sum + term)?;
        }
    }

    /// A product, and whether it ends in a number.
    fn product(&mut self) -> Result<(f64, bool), TimeError> {
        let (mut product, mut is_number) = self.factor()?;
        while let Some(sign) = self.take(&['*', '/']) {
            let (factor, number) = self.factor()?;
            is_number = number;
            if sign == '/' && factor == 0.0 {
                return Err(self.error(TimeProblem::ZeroDivision));
            }
            let value = if sign == '/' {
                product / factor
            } else {
                product * factor
            };
            product = self.checked(value)?;
        }
        Ok((product, is_number))
    }

    fn factor(&mut self) -> Result<(f64, bool), TimeError> {
        let mut is_negative = false;
        while let Some(sign) = self.take(&['+', '-']) {
            is_negative ^= sign == '-';
        }
        let (value, is_number) = match self.take(&['(']) {
            Some(_) => (self.bracket()?, false),
            None => (self.number()?, true),
        };
        Ok((if is_negative { -value } else { value }, is_number))
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
    fn number(&mut self) -> Result<f64, TimeError> {
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
        let number = self.checked(number)?;
        let unit = self.unit()?;
        self.checked(number * unit)
    }

    fn fraction(&mut self) -> Option<&'a str> {
        let after = self.rest.strip_prefix('.')?;
        let is_fraction = after.starts_with(|c: char| c.is_ascii_digit());
        is_fraction.then(|| {
            self.rest = after;
            self.run(|c| c.is_ascii_digit())
        })
    }

    fn unit(&mut self) -> Result<f64, TimeError> {
        let before = self.rest;
        self.skip_spaces();
        let start = self.rest;
        let word = self.run(char::is_alphabetic).to_ascii_lowercase();
        if word.is_empty() {
            self.rest = before;
            return Ok(1.0);
        }
        let unit = UNITS
            .iter()
            .find(|(names, _)| names.contains(&word.as_str()));
        unit.map(|(_, seconds)| *seconds).ok_or_else(|| {
            self.rest = start;
            self.error(TimeProblem::UnknownUnit)
        })
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
            (&deep, 34, TooDeep),
        ] {
            let error = seconds(text).unwrap_err();
            assert_eq!((error.at, error.problem), (at, problem), "{text}");
        }
    }
}
