//! The lines that services write: what an attempt and what ordinary use leave in their logs.

mod attacks;
mod visits;

use std::net::IpAddr;

use fastrand::Rng;
use jiff::ZonedDateTime;

pub(super) use self::attacks::attempt;
pub(super) use self::visits::noise;

/// How the time stands in a line. The text has `{time}` in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// `Nov  3 09:05:01`, as rsyslog writes by default: no year, no zone.
    Syslog,
    /// `2026/11/03 09:05:01`
    NginxError,
    /// `03/Nov/2026:09:05:01 +0100`
    NginxAccess,
    /// `2026-11-03 09:05:01`
    Plain,
}

/// A line whose time is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    /// The log file, below the lab's folder.
    pub(crate) log: &'static str,
    pub(crate) clock: Clock,
    pub(crate) text: String,
    /// Whether the filter of the attacked jail matches the line.
    pub(crate) is_failure: bool,
}

impl Draft {
    pub(crate) fn at(&self, time: &ZonedDateTime) -> String {
        let format = match self.clock {
            Clock::Syslog => "%b %e %H:%M:%S",
            Clock::NginxError => "%Y/%m/%d %H:%M:%S",
            Clock::NginxAccess => "%d/%b/%Y:%H:%M:%S %z",
            Clock::Plain => "%Y-%m-%d %H:%M:%S",
        };
        self.text
            .replacen("{time}", &time.strftime(format).to_string(), 1)
    }

    fn failure(mut self) -> Self {
        self.is_failure = true;
        self
    }
}

const AUTH: &str = "logs/auth.log";
const MAIL: &str = "logs/mail.log";
const ACCESS: &str = "logs/nginx/access.log";
const ERROR: &str = "logs/nginx/error.log";

const HOST: &str = "web1";
const SITE: &str = "www.example.org";
const MAIL_DOMAIN: &str = "example.org";

fn draft(log: &'static str, clock: Clock, text: String) -> Draft {
    Draft {
        log,
        clock,
        text,
        is_failure: false,
    }
}

fn syslog(log: &'static str, process: &str, pid: u32, text: &str) -> Draft {
    let text = format!("{{time}} {HOST} {process}[{pid}]: {text}");
    draft(log, Clock::Syslog, text)
}

fn access(client: IpAddr, user: &str, request: &str, answer: &str, agent: &str) -> Draft {
    let text = format!(r#"{client} - {user} [{{time}}] "{request}" {answer} "-" "{agent}""#);
    draft(ACCESS, Clock::NginxAccess, text)
}

/// One of a table's entries. The tables are not empty; an empty one would give an empty text.
fn pick(rng: &mut Rng, table: &[&'static str]) -> &'static str {
    rng.choice(table).copied().unwrap_or_default()
}

fn pid(rng: &mut Rng) -> u32 {
    rng.u32(1_000..4_000_000)
}

fn port(rng: &mut Rng) -> u16 {
    rng.u16(32_768..60_999)
}

/// The server's own address of the same family, from the ranges for documentation.
fn own_address(other: IpAddr) -> &'static str {
    if other.is_ipv4() {
        "192.0.2.25"
    } else {
        "2001:db8::25"
    }
}

fn session(rng: &mut Rng) -> String {
    (0..16).map(|_| rng.alphanumeric()).collect()
}

const FOREIGN: &[&str] = &[
    "example.com",
    "example.net",
    "mailer.example.com",
    "news.example.net",
];
