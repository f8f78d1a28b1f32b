//! Heads of lines in each form that fail2ban writes.

use jiff::civil::DateTime;

/// What is read of one line, in bytes; the rest is cut off.
///
/// A reload that fails logs the whole configuration, hundreds of kilobytes, on one line; events take a few hundred bytes.
pub const MAX_LINE_BYTES: usize = 16 << 10;

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// fail2ban cannot go on with something.
    Critical,
    /// Something failed.
    Error,
    /// Something is odd.
    Warning,
    /// Bans and unbans.
    Notice,
    /// Failures and the life of jails.
    Info,
    /// Between `Info` and `Debug`; hidden by default.
    Msg,
    /// Everything below.
    Debug,
    /// The form of the line does not tell.
    Unknown,
}

impl Level {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "CRITICAL" | "CRITI" => Self::Critical,
            "ERROR" => Self::Error,
            "WARNING" | "WARNI" => Self::Warning,
            // The journal and verbose forms shorten names to five letters.
            "NOTICE" | "NOTIC" => Self::Notice,
            "INFO" => Self::Info,
            "MSG" => Self::Msg,
            "DEBUG" | "TRACE" | "TRACEDEBUG" | "HEAVY" | "HEAVYDEBUG" => Self::Debug,
            other if other.starts_with('#') && other.ends_with("-Lev.") => Self::Debug,
            _ => return None,
        })
    }
}

/// One line of fail2ban's log, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogLine<'a> {
    /// When it was written, in the daemon's local time and with milliseconds; `None` in syslog and the journal, whose entries carry the time themselves.
    pub at: Option<DateTime>,
    /// Who wrote it (`fail2ban.actions`); empty where the form does not tell.
    pub logger: &'a str,
    /// The process, where told.
    pub pid: Option<u32>,
    /// How much it matters.
    pub level: Level,
    /// What it says; at most [`MAX_LINE_BYTES`]. Hostile text.
    pub message: &'a str,
    /// Whether the line was longer than what is kept of it.
    pub cut: bool,
}

impl<'a> LogLine<'a> {
    /// Takes a line apart; `None` if it has no head of fail2ban's: such lines continue the one before (tracebacks, errors of expressions) or are not fail2ban's.
    ///
    /// Understood are the form of files (also with options of the target that leave out padding), the form for more verbosity, and what fail2ban sends to syslog.
    #[must_use]
    pub fn parse(line: &'a str) -> Option<Self> {
        let line = line.trim_end_matches(['\n', '\r', '\0']);
        let cut = line.len() > MAX_LINE_BYTES;
        let line = line
            .get(..line.floor_char_boundary(MAX_LINE_BYTES))
            .unwrap_or(line);
        let parsed = match timestamp(line) {
            Some((at, rest)) => named(rest).or_else(|| verbose(rest)).map(|parsed| Self {
                at: Some(at),
                ..parsed
            }),
            None => named(without_priority(line)),
        };
        parsed.map(|parsed| Self { cut, ..parsed })
    }

    /// A line from the journal: its `MESSAGE`, and who wrote it (`LOGGER`, or `SYSLOG_IDENTIFIER` where fail2ban logs to syslog; may be empty).
    ///
    /// Its `PRIORITY` does not tell bans (it shows notices as warnings), so it is not asked for.
    #[must_use]
    pub fn journal(logger: &'a str, message: &'a str) -> Self {
        let message = message.trim_end_matches(['\n', '\r', '\0']);
        let cut = message.len() > MAX_LINE_BYTES;
        let message = message
            .get(..message.floor_char_boundary(MAX_LINE_BYTES))
            .unwrap_or(message);
        // What went through syslog has the level before the message.
        let (level, message) = leveled(message).unwrap_or((Level::Unknown, message));
        Self {
            at: None,
            // `fail2ban` alone is the identifier of the journal's own target.
            logger: if logger == "fail2ban" { "" } else { logger },
            pid: None,
            level,
            message,
            cut,
        }
    }

    /// Whether this part of fail2ban wrote it, as far as the form tells.
    pub(super) fn is_from(&self, part: &str) -> bool {
        self.logger.is_empty() || self.logger.strip_prefix("fail2ban.") == Some(part)
    }
}

/// `2026-11-23 19:13:17,702`, and what follows the space after it.
fn timestamp(line: &str) -> Option<(DateTime, &str)> {
    // More verbose forms begin with a space.
    let line = line.strip_prefix(' ').unwrap_or(line);
    let (seconds, rest) = line.split_at_checked(19)?;
    let (millis, rest) = rest.strip_prefix(',')?.split_at_checked(3)?;
    let rest = rest.strip_prefix(' ')?;
    let at = civil(seconds)?;
    let nanos = i32::try_from(digits(millis)? * 1_000_000).ok()?;
    Some((at.with().subsec_nanosecond(nanos).build().ok()?, rest))
}

/// `2026-11-23 19:13:17`.
pub(super) fn civil(text: &str) -> Option<DateTime> {
    let bytes = text.as_bytes();
    let shaped = bytes.len() == 19
        && bytes.iter().enumerate().all(|(place, byte)| match place {
            4 | 7 => *byte == b'-',
            10 => *byte == b' ',
            13 | 16 => *byte == b':',
            _ => byte.is_ascii_digit(),
        });
    if !shaped {
        return None;
    }
    text.parse().ok()
}

fn digits(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

fn without_priority(line: &str) -> &str {
    line.strip_prefix('<')
        .and_then(|rest| rest.split_once('>'))
        .filter(|(priority, _)| digits(priority).is_some())
        .map_or(line, |(_, rest)| rest)
}

/// `fail2ban.actions        [20832]: NOTICE  message`.
fn named(text: &str) -> Option<LogLine<'_>> {
    let (head, rest) = text.split_once("]: ")?;
    let (logger, pid) = head.split_once('[')?;
    let logger = logger.trim_end_matches(' ');
    if logger != "fail2ban" && !logger.strip_prefix("fail2ban.").is_some_and(is_word) {
        return None;
    }
    let pid = Some(digits(pid)?);
    let (level, message) = leveled(rest)?;
    Some(LogLine {
        at: None,
        logger,
        pid,
        level,
        message,
        cut: false,
    })
}

/// `7F3CE98E64B0 NOTIC message`: a thread in place of logger and process.
fn verbose(text: &str) -> Option<LogLine<'_>> {
    let (thread, rest) = text.split_once(' ')?;
    let hexadecimal = !thread.is_empty() && thread.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (level, message) = leveled(rest).filter(|_| hexadecimal)?;
    Some(LogLine {
        at: None,
        logger: "",
        pid: None,
        level,
        message,
        cut: false,
    })
}

/// A level, and the message behind its padding and the one space that parts them.
fn leveled(text: &str) -> Option<(Level, &str)> {
    let (word, rest) = text.split_once(' ')?;
    let level = Level::parse(word)?;
    // Some messages begin with spaces of their own, so only events are looked for behind all of them.
    Some((level, rest.trim_start_matches(' ')))
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.')
}
