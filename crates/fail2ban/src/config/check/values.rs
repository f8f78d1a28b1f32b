//! Whether a value is one that fail2ban understands. Values are looked at as they are in the end, with everything filled in.

use super::fault::{Consequence, Fault};
use super::names::nearest;
use crate::IgnoreEntry;
use crate::config::options::{OptionSpec, Place, ValueKind};
use crate::config::parameters;
use crate::config::text::{integer, is_space, strip, truth};
use crate::config::time::{self, TimeError};

/// Encodings that people use; Python knows more.
const ENCODINGS: [&str; 14] = [
    "auto",
    "ascii",
    "usascii",
    "utf8",
    "utf16",
    "utf32",
    "latin1",
    "iso88591",
    "iso885915",
    "cp1250",
    "cp1251",
    "cp1252",
    "koi8r",
    "gbk",
];

/// The least stack that Python takes, in KiB.
const LEAST_STACK: i64 = 32;

/// What speaks against a value.
#[must_use]
pub fn value(spec: &OptionSpec, value: &str) -> Vec<Fault> {
    let one = |fault: Option<Fault>| fault.into_iter().collect();
    match spec.value {
        ValueKind::Boolean => one(boolean(value)),
        ValueKind::Integer { min, .. } => one(number(spec, value, min)),
        ValueKind::Duration { permanent } => one(duration(spec, value, permanent)),
        ValueKind::Choice { words, open } => one(choice(spec, value, words, open)),
        ValueKind::Ports => ports(value),
        ValueKind::Addresses => addresses(value),
        ValueKind::Paths => paths(value),
        ValueKind::Text => one(text(spec, value)),
        // Of these, what can be said takes more than the value: see `references` and `crate::config::regex`.
        ValueKind::Filter
        | ValueKind::Actions
        | ValueKind::ActionName
        | ValueKind::Regexes
        | ValueKind::Regex
        | ValueKind::Command
        | ValueKind::Formula
        | ValueKind::Lines => Vec::new(),
    }
}

fn boolean(value: &str) -> Option<Fault> {
    let word = value.to_lowercase();
    let is_no = matches!(word.as_str(), "" | "0" | "off" | "false" | "no" | "none");
    (!truth(value) && !is_no).then(|| Fault::NotABoolean(value.to_owned()))
}

fn number(spec: &OptionSpec, value: &str, min: Option<i64>) -> Option<Fault> {
    // fail2ban reads this one with a default, the others go to the daemon as nothing.
    let consequence = if spec.name == "maxlines" {
        Consequence::Instead("1")
    } else {
        Consequence::Refused
    };
    let Some(digits) = integer(value) else {
        return Some(Fault::NotAnInteger(value.to_owned(), consequence));
    };
    let number = digits.parse().unwrap_or(if digits.starts_with('-') {
        i64::MIN
    } else {
        i64::MAX
    });
    let (least, consequence) = match spec.name {
        "maxlines" => (min?, Consequence::Refused),
        "stacksize" if number > 0 => (LEAST_STACK, Consequence::Refused),
        "stacksize" => (0, Consequence::Refused),
        _ => (min?, Consequence::Taken),
    };
    (number < least).then_some(Fault::TooSmall {
        value: digits,
        least,
        consequence,
    })
}

fn duration(spec: &OptionSpec, value: &str, permanent: bool) -> Option<Fault> {
    // No limit and no chance: fail2ban takes an empty value for none.
    if value.is_empty() && matches!(spec.name, "bantime.maxtime" | "bantime.rndtime") {
        return None;
    }
    let seconds = match time::seconds(value) {
        Ok(seconds) => seconds,
        Err(error) => return Some(Fault::NotATime(error)),
    };
    if is_expression(value) {
        return Some(Fault::EvaluatedTime(format!("{seconds:.0}")));
    }
    let odd = |text| Some(Fault::OddTime(text));
    match spec.name {
        "findtime" if seconds <= 0.0 => {
            odd("no failure lies within this time, so that nobody is ever banned")
        }
        "bantime" if seconds == 0.0 => odd("a ban of no time ends as soon as it begins"),
        _ if seconds < 0.0 && !permanent => odd("a time cannot be negative here"),
        _ => None,
    }
}

/// Whether it is more than numbers with units.
fn is_expression(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    digits.contains(['+', '-', '*', '/', '('])
}

fn choice(
    spec: &OptionSpec,
    value: &str,
    words: &'static [&'static str],
    open: bool,
) -> Option<Fault> {
    if spec.name == "logencoding" {
        let plain: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
        let is_known = ENCODINGS.contains(&plain.to_lowercase().as_str());
        return (!is_known).then(|| Fault::UnknownEncoding(value.to_owned()));
    }
    if open {
        return None;
    }
    let (word, consequence) = match spec.name {
        "backend" => (
            value.split('[').next().unwrap_or(value),
            Consequence::Refused,
        ),
        "loglevel" if value.bytes().all(|byte| byte.is_ascii_digit()) && !value.is_empty() => {
            return None;
        }
        "loglevel" => (value, Consequence::Refused),
        // So of usedns and allowipv6.
        _ => (value, Consequence::Instead("no")),
    };
    let is_known = words.iter().any(|known| known.eq_ignore_ascii_case(word));
    (!is_known).then(|| Fault::UnknownWord {
        value: value.to_owned(),
        words: words.join(", "),
        meant: nearest(word, words.iter().copied())
            .and_then(|near| words.iter().copied().find(|word| *word == near)),
        consequence,
    })
}

fn ports(value: &str) -> Vec<Fault> {
    let all = value.split(',').map(strip);
    let bad = all.filter(|port| !is_port(port));
    bad.map(|port| Fault::NotAPort(port.to_owned())).collect()
}

/// A name, a number, or two of these with a colon or a hyphen between.
fn is_port(text: &str) -> bool {
    let is_end = |end: &str| {
        if let Ok(number) = end.parse::<u32>() {
            return u16::try_from(number).is_ok();
        }
        let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+');
        let has_letter = end.chars().any(|c| c.is_ascii_alphabetic());
        has_letter && end.chars().all(name) && !end.starts_with('-')
    };
    let numbers = |separator: char| {
        let ends = text.split_once(separator);
        ends.is_some_and(|(low, high)| {
            low.parse::<u16>()
                .is_ok_and(|low| high.parse::<u16>().is_ok_and(|high| low <= high))
        })
    };
    is_end(text) || numbers(':') || numbers('-')
}

fn addresses(value: &str) -> Vec<Fault> {
    let words = value.split(|c: char| c == ',' || is_space(c));
    let words = words.filter(|word| !word.is_empty());
    let fault = |word: &str| match IgnoreEntry::parse(word) {
        None => Some(Fault::NotAnAddress(word.to_owned())),
        Some(IgnoreEntry::Host(name)) if name != "localhost" => Some(Fault::HostName(name)),
        Some(_) => None,
    };
    words.filter_map(fault).collect()
}

fn paths(value: &str) -> Vec<Fault> {
    let lines = value.split('\n').map(strip).filter(|line| !line.is_empty());
    let bad = lines.filter(|line| !line.starts_with('/'));
    bad.map(|line| Fault::NotAPath(line.to_owned())).collect()
}

fn text(spec: &OptionSpec, value: &str) -> Option<Fault> {
    match (spec.place, spec.name) {
        (Place::Jail, "logtimezone") => {
            (!value.is_empty() && !is_zone(value)).then(|| Fault::NotAZone(value.to_owned()))
        }
        (Place::Jail, "bantime.multipliers") => {
            let is_number = |word: &str| integer(word).is_some();
            (!value.is_empty() && !value.split(' ').all(is_number))
                .then(|| Fault::NotMultipliers(value.to_owned()))
        }
        (Place::Jail, "ignorecache") if !value.is_empty() => cache(value),
        (Place::Server, "socket" | "pidfile") => {
            (!value.starts_with('/')).then(|| Fault::NotAPath(value.to_owned()))
        }
        _ => None,
    }
}

/// `Z`, or UTC or GMT with a distance of hours, or hours and minutes.
fn is_zone(value: &str) -> bool {
    let upper = value.to_uppercase();
    let rest = match upper.as_str() {
        "Z" => return true,
        upper => upper
            .strip_prefix("UTC")
            .or_else(|| upper.strip_prefix("GMT"))
            .unwrap_or(upper),
    };
    if rest.is_empty() {
        return upper != rest;
    }
    let Some(digits) = rest.strip_prefix(['+', '-']) else {
        return false;
    };
    let plain = digits.replacen(':', "", 1);
    matches!(plain.len(), 2 | 4) && plain.bytes().all(|byte| byte.is_ascii_digit())
}

fn cache(value: &str) -> Option<Fault> {
    let definition = format!("cache[{value}]");
    match parameters::parse(&definition) {
        Err(reason) => Some(Fault::BadParameters {
            definition: value.to_owned(),
            reason,
        }),
        Ok((_, given)) if !given.contains_key("key") => Some(Fault::NoCacheKey),
        Ok((_, given)) => {
            let time = given.get("max-time")?;
            time::seconds(time)
                .err()
                .map(|error: TimeError| Fault::NotATime(error))
        }
    }
}
