//! From a line of the log to a fact.
use domain::{BanSubject, JailName};
use fail2ban::{
    Subject,
    log::{LogEvent, LogLine},
};

use super::{
    facts::{Key, Line, LogFact, Place},
    local::LogTimes,
};

/// A line that tells something, and the process that wrote it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) pid: Option<u32>,
    /// When, in milliseconds; also of lines that tell nothing to the machine.
    pub(crate) at: domain::Timestamp,
    pub(crate) fact: Option<LogFact>,
}

/// Reads a line; `None` for continuations and whatever is not fail2ban's.
pub(crate) fn read(text: &[u8], times: &mut LogTimes) -> Option<Heard> {
    let text = String::from_utf8_lossy(text);
    let line = LogLine::parse(&text)?;
    let at = times.line(line.at?)?;
    let fact = LogEvent::of(&line).and_then(|event| fact(event, at, times));
    Some(Heard {
        pid: line.pid,
        at,
        fact,
    })
}

/// What an entry of the journal tells; its own time is `at`.
pub(crate) fn read_entry(
    logger: &str,
    message: &str,
    at: domain::Timestamp,
    times: &LogTimes,
) -> Option<LogFact> {
    // A daemon that writes to its standard output writes whole lines.
    let line = match LogLine::parse(message) {
        Some(line) if line.at.is_some() || !logger.starts_with("fail2ban.") => line,
        _ => LogLine::journal(logger, message),
    };
    fact(LogEvent::of(&line)?, at, times)
}

fn fact(event: LogEvent, line: domain::Timestamp, times: &LogTimes) -> Option<LogFact> {
    Some(match event {
        LogEvent::Found { jail, id, at } | LogEvent::Attempt { jail, id, at } => LogFact::Failure {
            key: key(&jail, id)?,
            at: times.within(line, at).unwrap_or(line),
        },
        LogEvent::Ban { jail, id } => LogFact::Ban(key(&jail, id)?),
        LogEvent::RestoreBan { jail, id } => LogFact::Restored(key(&jail, id)?),
        LogEvent::Unban { jail, id } => LogFact::Unban(key(&jail, id)?),
        LogEvent::RepealBan { jail, id } => LogFact::Repealed(key(&jail, id)?),
        LogEvent::IncreaseBan {
            jail,
            id,
            count,
            seconds: Some(seconds),
            ..
        } => LogFact::Increased {
            key: key(&jail, id)?,
            count,
            seconds,
        },
        LogEvent::ShutdownInProgress | LogEvent::StoppingJails => LogFact::Stopping,
        LogEvent::Starting { .. } | LogEvent::Exiting => LogFact::Started,
        LogEvent::JailCreated(jail) => jail.parse().map_or(LogFact::Started, LogFact::JailCreated),
        LogEvent::JailStopped(jail) => LogFact::JailStopped(jail.parse().ok()?),
        LogEvent::OddTime { jail, .. } => LogFact::OddTime(jail.parse().ok()?),
        LogEvent::NotOpened(path) => LogFact::NotOpened(path),
        _ => return None,
    })
}

/// The names, in the port's words; `None` for a jail with a name that cannot be used.
pub(crate) fn key(jail: &str, id: Subject) -> Option<Key> {
    let jail: JailName = jail.parse().ok()?;
    let subject = match id {
        Subject::Network(network) => BanSubject::Network(network),
        Subject::Other(text) => BanSubject::Other(text),
    };
    Some(Key { jail, subject })
}

/// A line's moment and place for the machine.
pub(crate) const fn line(at: domain::Timestamp, place: Place, new: bool) -> Line {
    Line { at, place, new }
}
