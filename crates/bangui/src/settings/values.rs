//! How the text of a setting becomes its value. Errors say what to write instead.
use std::{env, fmt::Display, net::SocketAddr, path::PathBuf, str::FromStr};

use ipnet::IpNet;

/// The form of the logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For programs: an object a line.
    Json,
}

/// Whether the packet filter is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UseFirewall {
    /// That of the machine, or of the lab.
    Auto,
    /// None.
    Off,
}

pub(super) fn firewall(text: &str) -> Result<UseFirewall, String> {
    match text {
        "auto" => Ok(UseFirewall::Auto),
        "off" => Ok(UseFirewall::Off),
        _ => Err("write auto or off".to_owned()),
    }
}

/// Hosts inside, separated by commas.
pub(super) fn internal_hosts(text: &str) -> Result<Vec<blocklists::InternalHost>, String> {
    text.split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .map(|entry| {
            entry
                .parse()
                .map_err(|error: blocklists::BadInternalHost| format!("{entry:?}: {error}"))
        })
        .collect()
}

pub(super) fn listen(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| "write an address and a port, such as 127.0.0.1:8000 or [::1]:8000".to_owned())
}

/// Begins and ends with a slash afterwards.
pub(super) fn base_path(text: &str) -> Result<String, String> {
    let inner = text.trim_matches('/');
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '~');
    if !inner.chars().all(fits)
        || inner.split('/').any(|s| s == "." || s == "..")
        || inner.contains("//")
    {
        return Err(
            "write a path such as / or /bangui/, of letters, digits and - _ . ~".to_owned(),
        );
    }
    if inner.is_empty() {
        return Ok("/".to_owned());
    }
    Ok(format!("/{inner}/"))
}

/// Scheme and authority, without anything after them.
pub(super) fn origin(text: &str) -> Result<String, String> {
    let advice = || "write an address such as https://bans.example.org".to_owned();
    let (scheme, rest) = text.split_once("://").ok_or_else(advice)?;
    let authority = rest.split('/').next().unwrap_or_default();
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    if !matches!(scheme, "http" | "https") || authority.is_empty() || !authority.chars().all(fits) {
        return Err(advice());
    }
    Ok(format!("{scheme}://{}", authority.to_ascii_lowercase()))
}

pub(super) const HTTP_PORT: u16 = 80;
pub(super) const HTTPS_PORT: u16 = 443;

/// The port of what [`origin`] took: the one it names, else its scheme's.
pub(super) fn port_of_origin(origin: &str) -> Option<u16> {
    let (scheme, authority) = origin.split_once("://")?;
    // The colons within the brackets are the address's.
    let behind = authority
        .rsplit_once(']')
        .map_or(authority, |(_, behind)| behind);
    match behind.rsplit_once(':') {
        Some((_, port)) => port.parse().ok(),
        None if scheme == "https" => Some(HTTPS_PORT),
        None => Some(HTTP_PORT),
    }
}

pub(super) fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    text.split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .map(|entry| {
            domain::parse_target(entry)
                .map(|parsed| parsed.network)
                .map_err(|error| format!("{entry:?}: {error}"))
        })
        .collect()
}

pub(super) fn path(text: &str) -> Result<PathBuf, String> {
    if text.contains('\0') {
        return Err("write a path".to_owned());
    }
    Ok(PathBuf::from(text))
}

pub(super) fn absolute_path(text: &str) -> Result<PathBuf, String> {
    let path = path(text)?;
    if !path.is_absolute() {
        return Err("write a path that begins with a slash".to_owned());
    }
    Ok(path)
}

/// Absolute paths, separated by commas.
pub(super) fn folders(text: &str) -> Result<Vec<PathBuf>, String> {
    text.split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .map(|entry| absolute_path(entry).map_err(|advice| format!("{entry:?}: {advice}")))
        .collect()
}

pub(super) fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("write true or false".to_owned()),
    }
}

/// A program and its arguments, separated by spaces; one that has spaces itself stands in quotes. Nothing else has a meaning: no shell reads it.
pub(super) fn command(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (word, behind) = word(rest)?;
        words.push(word);
        rest = behind.trim_start();
    }
    if words
        .first()
        .is_none_or(|program| !program.starts_with('/'))
    {
        return Err(
            "begin with the path of a program, such as /usr/bin/fail2ban-client start".to_owned(),
        );
    }
    Ok(words)
}

/// The first word of a text that begins with one, and what is behind it.
fn word(text: &str) -> Result<(String, &str), String> {
    let mut word = String::new();
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match quote {
            Some(closing) if c == closing => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c.is_whitespace() => {
                return Ok((word, text.get(at..).unwrap_or_default()));
            }
            _ => word.push(c),
        }
    }
    if quote.is_some() {
        return Err("a quote is not closed".to_owned());
    }
    Ok((word, ""))
}

/// A whole number within limits, both included.
pub(super) fn within<T: FromStr + PartialOrd + Display + Copy>(
    text: &str,
    least: T,
    most: T,
) -> Result<T, String> {
    text.parse()
        .ok()
        .filter(|number| *number >= least && *number <= most)
        .ok_or_else(|| format!("write a whole number from {least} to {most}"))
}

pub(super) fn setup_token(text: &str) -> Result<server::SetupToken, String> {
    const LEAST_CHARS: usize = 16;
    if text.chars().count() < LEAST_CHARS {
        return Err(format!("write at least {LEAST_CHARS} characters"));
    }
    Ok(server::SetupToken::new(text.to_owned()))
}

pub(super) fn log_filter(text: &str) -> Result<String, String> {
    crate::logging::check_filter(text)?;
    Ok(text.to_owned())
}

pub(super) fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("write text or json".to_owned()),
    }
}

/// Where a service of this user keeps what it must remember.
pub(super) fn default_data_dir() -> PathBuf {
    if rustix::process::geteuid().is_root() {
        return PathBuf::from("/var/lib/bangui");
    }
    env::var_os("XDG_STATE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| env::home_dir().map(|home| home.join(".local/state")))
        .unwrap_or_else(|| PathBuf::from("."))
        .join("bangui")
}
