//! Why a list was not fetched, and when to try again.
use std::time::Duration;

use crate::{source_url::BadSourceUrl, special::Special};

/// After the first failure.
const FIRST_WAIT: Duration = Duration::from_mins(5);
/// The longest wait, whatever a server asks for.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// Why a list was not fetched. The message is for a person and says what to do. What a host, a server or a certificate said is not in it, but for the name of the host,
/// which is ASCII without control characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DownloadError {
    /// The URL asks for more than this source may.
    #[error("{0}")]
    Url(BadSourceUrl),
    /// The server sends on to where nothing may be fetched.
    #[error(
        "{host} sends on to a place that is not followed: {reason}. Look where the list is published now"
    )]
    Redirect {
        /// Who sends on.
        host: String,
        /// What is wrong with the place.
        reason: BadSourceUrl,
    },
    /// Sent on too often.
    #[error("the server sends on more than {0} times; look where the list is published now")]
    TooManyRedirects(usize),
    /// The host is not one of the public internet.
    #[error(
        "{host} is at a {special} address, where no list is fetched from. If it is meant, allow this host by its name in the settings"
    )]
    NotPublic {
        /// Which.
        host: String,
        /// What it is instead.
        special: Special,
    },
    /// A host of the public internet sends on to one that is allowed inside.
    #[error(
        "{0} is an internal host, and another host sends on to it, which is not followed. Give its own URL to the source"
    )]
    SentInside(String),
    /// Nobody knows the host.
    #[error("no address is known for {0}; look whether its name is right")]
    UnknownHost(String),
    /// The name servers do not answer, or not with an answer.
    #[error(
        "the name servers do not tell the address of {0}; look whether this machine's name servers work"
    )]
    NameServers(String),
    /// No connection came about.
    #[error("{host} {unreached}. It is tried again later")]
    Unreached {
        /// Which.
        host: String,
        /// What happened.
        unreached: Unreached,
    },
    /// The certificate is not one of that host.
    #[error(
        "the certificate of {host} {fault}, so nobody knows who answers; nothing was fetched. It is for the publisher to put right"
    )]
    Certificate {
        /// Whose.
        host: String,
        /// What is wrong with it.
        fault: CertificateFault,
    },
    /// Longer than it may take.
    #[error("{host} took too long: {waiting}. It is tried again later")]
    TimedOut {
        /// Who.
        host: String,
        /// For what was waited.
        waiting: Waiting,
    },
    /// The server answered that it has no list.
    #[error("{host} answers {status}, {}", advice(*.status))]
    Status {
        /// Who.
        host: String,
        /// What, as a number of HTTP.
        status: u16,
        /// After what time the server wants to be asked again, up to a day.
        retry_after: Option<Duration>,
    },
    /// What came is no HTTP.
    #[error("{0} does not answer as a web server does; look whether the URL is right")]
    NotHttp(String),
    /// It came packed in a way that nobody asked for.
    #[error("{0} sends the list packed in a way that is not read; only gzip is")]
    Encoding(String),
    /// More than it may be.
    #[error("the list is larger than {} MiB; nothing of it was kept", .0 / (1 << 20))]
    TooLarge(usize),
    /// More headers than they may be.
    #[error("the answer of {0} has more headers than a list needs; nothing was fetched")]
    TooManyHeaders(String),
    /// The server went away half-way.
    #[error(
        "the connection to {0} ended before the list did; nothing of it was kept. It is tried again later"
    )]
    CutOff(String),
    /// Something else came.
    #[error("{0}")]
    NotAList(NotAList),
    /// The certificates of the system cannot be read, or the like.
    #[error("HTTPS cannot be used on this machine; look whether its CA certificates are installed")]
    NoHttps,
}

/// What happened instead of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreached {
    /// Nothing listens there.
    #[error("refuses connections")]
    Refused,
    /// No way leads there.
    #[error("cannot be reached from this machine")]
    NoRoute,
    /// It ended before it was one.
    #[error("ends connections before they are made")]
    Ended,
    /// It does not speak TLS, or none that we do.
    #[error("does not speak HTTPS as it should")]
    Tls,
    /// Anything else.
    #[error("cannot be connected to")]
    Other,
}

/// What is wrong with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// Past its time.
    #[error("has expired")]
    Expired,
    /// Before its time.
    #[error("is not valid yet")]
    NotYet,
    /// Of another host.
    #[error("is for another name")]
    OtherName,
    /// Signed by somebody whom this machine does not trust.
    #[error("is from an authority that this machine does not trust")]
    Unknown,
    /// Taken back.
    #[error("was revoked")]
    Revoked,
    /// Anything else.
    #[error("is not valid")]
    Other,
}

/// For what was waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Waiting {
    /// A connection.
    #[error("no connection came about")]
    Connect,
    /// The next byte.
    #[error("nothing came for a while")]
    Idle,
    /// The end.
    #[error("the list did not come to its end")]
    Total,
}

/// What came instead of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAList {
    /// Nothing.
    #[error("nothing came where a list should be; look whether the URL is right")]
    Empty,
    /// A page for people.
    #[error(
        "a web page came where a list should be: often it asks to sign in, or says that the list has moved. Open the URL in a browser and look"
    )]
    Html,
    /// An archive or another packed file.
    #[error(
        "a packed file came that is not read: only plain text and gzip are. Look whether the publisher has one of these"
    )]
    Packed,
    /// Bytes that are no text.
    #[error("a file came that is no text, so no list; look whether the URL is right")]
    Binary,
}

fn advice(status: u16) -> &'static str {
    match status {
        401 | 403 => {
            "so the list is not for everybody, or not for this machine; look at the publisher's terms"
        }
        404 | 410 => "so the list is not there any more; look where it is published now",
        429 => "so it was asked too often. It is asked again later; choose a longer interval",
        500.. => "so the publisher has a fault. It is asked again later",
        _ => "which is no list; look whether the URL is right",
    }
}

impl DownloadError {
    /// Whether the same request may work later without anybody doing anything.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        match self {
            Self::NameServers(_)
            | Self::Unreached { .. }
            | Self::TimedOut { .. }
            | Self::CutOff(_) => true,
            // 408 and 425 ask for another try; 501 and 505 are what the server cannot do at all.
            Self::Status { status, .. } => {
                matches!(status, 408 | 425 | 429) || *status >= 500 && !matches!(status, 501 | 505)
            }
            _ => false,
        }
    }

    /// After what time the server wants to be asked again, if it has said so; a day at most.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => retry_after.map(|wait| wait.min(LONGEST_WAIT)),
            _ => None,
        }
    }
}

/// How long to wait after so many failures one after another: five minutes, and twice as long each time, but no less than the server asks for, and a day at most. None after none.
#[must_use]
pub fn backoff(failures: u32, retry_after: Option<Duration>) -> Duration {
    let Some(doublings) = failures.checked_sub(1) else {
        return Duration::ZERO;
    };
    let wait = 2_u32
        .checked_pow(doublings)
        .and_then(|times| FIRST_WAIT.checked_mul(times));
    wait.unwrap_or(LONGEST_WAIT)
        .max(retry_after.unwrap_or_default())
        .min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_up_to_a_day_and_heeds_the_server() {
        let minutes = |failures| backoff(failures, None).as_secs() / 60;
        assert_eq!(
            [0, 1, 2, 3, 4, 9, 10, 11, 40, u32::MAX].map(minutes),
            [0, 5, 10, 20, 40, 1280, 1440, 1440, 1440, 1440]
        );
        let asked =
            |failures, seconds| backoff(failures, Some(Duration::from_secs(seconds))).as_secs();
        assert_eq!(
            (
                asked(1, 10),
                asked(1, 3600),
                asked(4, 3600),
                asked(1, u64::MAX)
            ),
            (300, 3600, 3600, 86_400)
        );
    }

    #[test]
    fn status_that_may_pass_is_temporary_and_its_wait_is_capped() {
        let status = |status| DownloadError::Status {
            host: "a".to_owned(),
            status,
            retry_after: Some(Duration::from_secs(1 << 40)),
        };
        let temporary: Vec<u16> = (100..600)
            .filter(|number| status(*number).is_temporary())
            .collect();
        let servers: Vec<u16> = (500..600)
            .filter(|number| ![501, 505].contains(number))
            .collect();
        assert_eq!(temporary, [vec![408, 425, 429], servers].concat());
        assert_eq!(status(429).retry_after(), Some(LONGEST_WAIT));
        assert!(!DownloadError::NotAList(NotAList::Html).is_temporary());
    }
}
