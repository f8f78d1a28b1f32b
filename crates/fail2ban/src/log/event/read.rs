//! How a line is read.

use jiff::civil::DateTime;

use super::{ActionStep, LogEvent};
use crate::Subject;
use crate::log::line::{LogLine, civil};

impl LogEvent {
    /// What a line tells; `None` for the many that tell nothing of these.
    ///
    /// A line that was cut tells only failures of actions: the end of anybody's name would be missing.
    #[must_use]
    pub fn of(line: &LogLine<'_>) -> Option<Self> {
        let message = line.message;
        if let Some(rest) = message.strip_prefix("Failed to ") {
            return failed_action(rest).filter(|_| line.is_from("actions"));
        }
        if line.cut {
            return None;
        }
        match message.strip_prefix('[') {
            Some(rest) => {
                let (jail, rest) = rest.split_once("] ")?;
                let found = in_jail(line, jail, rest);
                found.filter(|_| !jail.is_empty())
            }
            None if line.is_from("server") => of_server(message),
            None if line.logger == "fail2ban.filter" => of_filter(message),
            None => of_jails(message).filter(|_| line.is_from("jail")),
        }
        .or_else(|| {
            // Without a logger it could have been either.
            of_jails(message).filter(|_| line.logger.is_empty())
        })
    }
}

fn in_jail(line: &LogLine<'_>, jail: &str, rest: &str) -> Option<LogEvent> {
    let jail = jail.to_owned();
    let (event, writer) = if let Some(id) = rest.strip_suffix(" already banned") {
        // First: who can choose his name may end it in these words, and a ban that is not believed here is seen on the socket.
        let id = subject(id)?;
        (LogEvent::AlreadyBanned { jail, id }, "actions")
    } else if let Some(what) = rest.strip_prefix("Found ") {
        match found_bad(&jail, what) {
            Some(bad) => (bad, "observer"),
            None => (found(jail, what)?, "filter"),
        }
    } else if let Some(what) = rest.strip_prefix("Attempt ") {
        let (id, at) = id_and_time(what)?;
        (LogEvent::Attempt { jail, id, at }, "filter")
    } else if let Some(what) = rest.strip_prefix("Ignore ") {
        let (ignored, writer) = ignored(jail, what)?;
        (ignored, writer)
    } else if let Some(what) = rest.strip_prefix("Detected a log entry ") {
        (odd_time(jail, what)?, "filter")
    } else if let Some(what) = rest.strip_prefix("Increase Ban ") {
        (increase(jail, what)?, "observer")
    } else {
        (ban_or_unban(jail, rest)?, "actions")
    };
    line.is_from(writer).then_some(event)
}

fn ban_or_unban(jail: String, rest: &str) -> Option<LogEvent> {
    Some(if let Some(id) = rest.strip_prefix("Ban ") {
        let id = subject(id)?;
        LogEvent::Ban { jail, id }
    } else if let Some(id) = rest.strip_prefix("Unban ") {
        let id = subject(id)?;
        LogEvent::Unban { jail, id }
    } else if let Some(id) = rest.strip_prefix("Restore Ban ") {
        let id = subject(id)?;
        LogEvent::RestoreBan { jail, id }
    } else if let Some(id) = rest.strip_prefix("Repeal Ban ") {
        let id = subject(id)?;
        LogEvent::RepealBan { jail, id }
    } else if let Some(what) = rest.strip_prefix("Reban ") {
        let id = what
            .rsplit_once(", action ")
            .filter(|(_, action)| quoted(action).is_some_and(|(_, rest)| rest.is_empty()))
            .map_or(what, |(id, _)| id);
        let id = subject(id)?;
        LogEvent::Reban { jail, id }
    } else {
        let action = rest.strip_prefix("Flush ticket(s) with ")?.to_owned();
        LogEvent::Flush { jail, action }
    })
}

fn subject(text: &str) -> Option<Subject> {
    (!text.is_empty()).then(|| Subject::parse(text))
}

/// `ID - 2026-11-23 20:20:50`: the time has a fixed form, so the name may hold what it likes.
fn id_and_time(what: &str) -> Option<(Subject, DateTime)> {
    let (id, at) = what.split_at_checked(what.len().checked_sub(19)?)?;
    Some((subject(id.strip_suffix(" - ")?)?, civil(at)?))
}

fn found(jail: String, what: &str) -> Option<LogEvent> {
    let (id, at) = id_and_time(what)?;
    Some(LogEvent::Found { jail, id, at })
}

/// `ID, bad - 2026-11-23 20:20:50, 1 # -> 2.0, Ban`.
fn found_bad(jail: &str, what: &str) -> Option<LogEvent> {
    let (id, rest) = what.rsplit_once(", bad - ")?;
    let (at, rest) = rest.split_at_checked(19)?;
    let (bans, weight) = rest.strip_prefix(", ")?.split_once(" # -> ")?;
    let weight = weight.strip_suffix(", Ban").unwrap_or(weight);
    weight.parse::<f64>().ok()?;
    Some(LogEvent::FoundBad {
        jail: jail.to_owned(),
        id: subject(id)?,
        at: civil(at)?,
        bans: bans.parse().ok()?,
    })
}

/// `1h 2m before the current time in operation mode. This looks like a …`.
fn odd_time(jail: String, what: &str) -> Option<LogEvent> {
    const OPERATING: &str = "the current time in operation mode";
    let (far, sign) = match what.split_once(" before ") {
        Some((far, rest)) if rest.starts_with(OPERATING) => (far, -1),
        _ => {
            let (far, rest) = what.split_once(" after ")?;
            (far, i64::from(rest.starts_with(OPERATING)))
        }
    };
    let seconds = seconds(far).map(|seconds| seconds * sign);
    (sign != 0).then_some(LogEvent::OddTime { jail, seconds })
}

fn ignored(jail: String, what: &str) -> Option<(LogEvent, &'static str)> {
    let (id, by, writer) = if let Some(id) = what.strip_suffix(", expired bantime") {
        (id, "expired bantime", "actions")
    } else {
        let (id, by) = what.rsplit_once(" by ")?;
        (id, by, "filter")
    };
    let id = subject(id)?;
    let by = by.to_owned();
    Some((LogEvent::Ignored { jail, id, by }, writer))
}

/// `ID (2 # 6s -> 2026-11-23 20:20:19)` or `ID (2 # permanent -> infinite)`.
fn increase(jail: String, what: &str) -> Option<LogEvent> {
    let (id, rest) = what.strip_suffix(')')?.rsplit_once(" (")?;
    let (count, rest) = rest.split_once(" # ")?;
    let (time, until) = rest.split_once(" -> ")?;
    Some(LogEvent::IncreaseBan {
        jail,
        id: subject(id)?,
        count: count.parse().ok()?,
        seconds: seconds(time),
        until: civil(until),
    })
}

/// fail2ban's own words for a duration: `1y 3w 4d`, `2d 7h 15m`, `59s`, `0`, `permanent`.
fn seconds(text: &str) -> Option<i64> {
    if text == "permanent" {
        return Some(-1);
    }
    text.split(' ').try_fold(0_i64, |sum, part| {
        let digits = part.trim_end_matches(|letter: char| letter.is_ascii_lowercase());
        let unit = match part.get(digits.len()..)? {
            "s" | "" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            "w" => 7 * 86_400,
            "y" => 365 * 86_400,
            _ => return None,
        };
        // Before 1.0 durations could have fractions.
        let number: i64 = digits.split('.').next()?.parse().ok()?;
        sum.checked_add(number.checked_mul(unit)?)
    })
}

fn of_server(message: &str) -> Option<LogEvent> {
    let owned = str::to_owned;
    Some(match message {
        "Shutdown in progress..." => LogEvent::ShutdownInProgress,
        "Stopping all jails" => LogEvent::StoppingJails,
        "Exiting Fail2ban" => LogEvent::Exiting,
        "Reload finished." => LogEvent::ReloadEnd,
        "Reload all jails" => LogEvent::ReloadBegin(None),
        _ => {
            if let Some(version) = message.strip_prefix("Starting Fail2ban v") {
                LogEvent::Starting {
                    version: owned(version),
                }
            } else if let Some(version) = message.strip_prefix("Start Fail2ban v") {
                LogEvent::Started {
                    version: owned(version),
                }
            } else if let Some(target) = message.strip_prefix("Changed logging target to ") {
                let target = target.rsplit_once(" for Fail2ban v");
                LogEvent::LogTarget(owned(target?.0))
            } else if let Some(name) = message.strip_prefix("Reload jail ") {
                // With quotes it is a step of a reload, not its beginning.
                let begins = quoted(name).is_none();
                begins.then(|| LogEvent::ReloadBegin(Some(owned(name))))?
            } else {
                jail_and(message, " reloaded").map(LogEvent::JailReloaded)?
            }
        }
    })
}

fn of_filter(message: &str) -> Option<LogEvent> {
    let path = message.strip_prefix("Unable to open ")?;
    Some(LogEvent::NotOpened(path.to_owned()))
}

fn of_jails(message: &str) -> Option<LogEvent> {
    if let Some(name) = message.strip_prefix("Creating new jail ") {
        let (name, _) = quoted(name)?;
        return Some(LogEvent::JailCreated(name.to_owned()));
    }
    jail_and(message, " started")
        .map(LogEvent::JailStarted)
        .or_else(|| jail_and(message, " stopped").map(LogEvent::JailStopped))
}

fn jail_and(message: &str, word: &str) -> Option<String> {
    let (name, rest) = quoted(message.strip_prefix("Jail ")?)?;
    (rest == word).then(|| name.to_owned())
}

/// A name as Python writes it, and what follows.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|quote| "'\"".contains(*quote))?;
    text.get(1..)?.split_once(quote)
}

/// What follows `Failed to `.
fn failed_action(rest: &str) -> Option<LogEvent> {
    let (step, rest) = [
        ("execute ban jail ", ActionStep::Ban),
        ("execute unban jail ", ActionStep::Unban),
        ("execute reban jail ", ActionStep::Reban),
        ("start jail ", ActionStep::Start),
        ("stop jail ", ActionStep::Stop),
        ("flush bans in jail ", ActionStep::Flush),
    ]
    .into_iter()
    .find_map(|(words, step)| Some((step, rest.strip_prefix(words)?)))?;
    let (jail, rest) = quoted(rest)?;
    let (action, rest) = quoted(rest.strip_prefix(" action ")?)?;
    let error = match rest.strip_prefix(": ") {
        Some(error) => error,
        // The whole of what is known about the ban comes between, matched lines and all.
        None => rest.rsplit_once("})': ").map_or("", |(_, error)| error),
    };
    Some(LogEvent::ActionFailed {
        jail: jail.to_owned(),
        action: action.to_owned(),
        step,
        error: error.to_owned(),
    })
}

#[cfg(test)]
mod tests;
