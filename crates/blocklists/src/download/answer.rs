//! What a server answers, as far as it is no list.
use std::{io::Read as _, time::Duration};

use flate2::bufread::MultiGzDecoder;
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::{
    StatusCode,
    header::{CONTENT_ENCODING, DATE, ETAG, HeaderMap, HeaderName, LAST_MODIFIED, RETRY_AFTER},
};

use super::{NotAList, Validators};
use crate::parse::GZIP;

/// Longer ones are dropped: they would be stored and sent each time.
const MAX_VALIDATOR: usize = 512;
/// How much of a body is looked at.
const HEAD: u64 = 1024;
/// How archives and packed files begin that are not read.
const PACKED: [&[u8]; 7] = [
    b"PK\x03\x04",
    b"7z\xbc\xaf",
    b"\xfd7zXZ",
    b"BZh",
    b"\x28\xb5\x2f\xfd",
    b"Rar!",
    &GZIP,
];

pub(super) const fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

pub(super) fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

pub(super) fn bytes(headers: &HeaderMap) -> usize {
    headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum()
}

pub(super) fn validators(headers: &HeaderMap) -> Validators {
    let kept = |name| {
        let text = text(headers, name)?.trim();
        (!text.is_empty() && text.len() <= MAX_VALIDATOR).then(|| text.to_owned())
    };
    Validators {
        etag: kept(ETAG),
        last_modified: kept(LAST_MODIFIED),
    }
}

/// Seconds, or a date. Against the server's own clock: ours may be another.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let after = text(headers, RETRY_AFTER)?.trim();
    if let Ok(seconds) = after.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = |text: &str| DateTimeParser::new().parse_timestamp(text).ok();
    let (after, now) = (date(after)?, date(text(headers, DATE)?)?);
    Some(after.duration_since(now).try_into().unwrap_or_default())
}

/// Whether a body is as the server has it, or packed with gzip. Nothing else was asked for.
pub(super) fn is_encoding_read(headers: &HeaderMap) -> bool {
    headers.get_all(CONTENT_ENCODING).iter().all(|value| {
        let known = [&b""[..], b"identity", b"gzip", b"x-gzip"];
        known
            .iter()
            .any(|known| value.as_bytes().eq_ignore_ascii_case(known))
    })
}

/// Tells what is no list by how it begins.
pub(super) fn check(body: &[u8]) -> Result<(), NotAList> {
    let mut unpacked = Vec::new();
    let head = if body.starts_with(&GZIP) {
        // What cannot be unpacked is for the parser to say.
        let _ = MultiGzDecoder::new(body)
            .take(HEAD)
            .read_to_end(&mut unpacked);
        &unpacked
    } else {
        body
    };
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    // A page may begin with blank lines, so all of them are skipped.
    let head = head.trim_ascii_start();
    let head = head.get(..1024).unwrap_or(head);
    if head.is_empty() {
        return Err(NotAList::Empty);
    }
    // Nothing that is read as a list begins so, and all of HTML and XML does.
    if head.starts_with(b"<") {
        return Err(NotAList::Html);
    }
    if PACKED.iter().any(|magic| head.starts_with(magic)) {
        return Err(NotAList::Packed);
    }
    if head.contains(&0) {
        return Err(NotAList::Binary);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
