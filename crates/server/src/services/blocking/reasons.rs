//! Why lists are not fetched and nothing is carried out, as reasons that have names.
use blocklists::{
    BadSourceUrl, CertificateFault, DownloadError, NotAList, ParseError, Special, Unreached,
    Waiting,
};
use domain::{ConfigError, Why, WhyCode as Code};

use super::{NotCarriedOut, fetch::FetchError};

impl NotCarriedOut {
    /// Why, as it is shown.
    pub(super) fn why(&self) -> Why {
        match self {
            Self::Firewall(error) => error.into(),
            Self::Host(error) => error.into(),
            Self::Config(error) => of_config(error),
            Self::Storage(_) => Why::unnamed(self),
        }
    }
}

/// Why fail2ban's configuration was not read or changed.
pub(super) fn of_config(error: &ConfigError) -> Why {
    match error {
        ConfigError::Host(error) => error.into(),
        _ => Why::new(Code::ConfigurationFailed, error).detail(error),
    }
}

/// Why a list was not fetched or read.
pub(super) fn of_fetch(error: &FetchError) -> Why {
    match error {
        FetchError::Url(bad) => Why::new(of_url(*bad), error),
        FetchError::Download(error) => of_download(error),
        FetchError::Parse(error) => of_parse(error),
        FetchError::NoAddresses { junk } => Why::new(Code::ListNotUnderstood, error).count(*junk),
        FetchError::Ended => Why::new(Code::Ended, error),
    }
}

fn of_parse(error: &ParseError) -> Why {
    match error {
        ParseError::TooLarge(bytes) => Why::new(Code::ListTooLarge, error).limit(*bytes),
        ParseError::TooMany(networks) => {
            Why::new(Code::ListTooManyNetworks, error).limit(*networks)
        }
        ParseError::Read(source) => Why::new(Code::ListUnreadable, error).detail(source),
    }
}

fn of_download(error: &DownloadError) -> Why {
    let named = |code| Why::new(code, error);
    match error {
        DownloadError::Url(bad) => named(of_url(*bad)),
        DownloadError::Redirect { host, reason } => named(match reason {
            BadSourceUrl::Http => Code::RedirectToHttp,
            _ => Code::RedirectRefused,
        })
        .host(host),
        DownloadError::TooManyRedirects(limit) => named(Code::TooManyRedirects).limit(*limit),
        DownloadError::NotPublic { host, special } => {
            named(Code::HostNotPublic).host(host).name(kind(*special))
        }
        DownloadError::SentInside(host) => named(Code::RedirectInside).host(host),
        DownloadError::UnknownHost(host) => named(Code::HostUnknown).host(host),
        DownloadError::NameServers(host) => named(Code::NameServersSilent).host(host),
        DownloadError::Unreached { host, unreached } => named(of_unreached(*unreached)).host(host),
        DownloadError::Certificate { host, fault } => named(of_certificate(*fault)).host(host),
        DownloadError::TimedOut { host, waiting } => named(of_waiting(*waiting)).host(host),
        DownloadError::Status { host, status, .. } => {
            named(of_status(*status)).host(host).status(*status)
        }
        DownloadError::NotHttp(host) => named(Code::NotHttp).host(host),
        DownloadError::Encoding(host) => named(Code::EncodingUnread).host(host),
        DownloadError::TooLarge(bytes) => named(Code::ListTooLarge).limit(*bytes),
        DownloadError::TooManyHeaders(host) => named(Code::TooManyHeaders).host(host),
        DownloadError::CutOff(host) => named(Code::CutOff).host(host),
        DownloadError::NotAList(what) => named(of_content(*what)),
        DownloadError::NoHttps => named(Code::NoHttps),
    }
}

const fn of_url(bad: BadSourceUrl) -> Code {
    match bad {
        BadSourceUrl::NotAUrl => Code::UrlInvalid,
        BadSourceUrl::TooLong => Code::UrlTooLong,
        BadSourceUrl::Scheme => Code::UrlScheme,
        BadSourceUrl::Http => Code::UrlHttp,
        BadSourceUrl::NoHost => Code::UrlNoHost,
        BadSourceUrl::Credentials => Code::UrlCredentials,
        BadSourceUrl::Fragment => Code::UrlFragment,
        BadSourceUrl::Port => Code::UrlPort,
    }
}

const fn of_unreached(unreached: Unreached) -> Code {
    match unreached {
        Unreached::Refused => Code::ConnectionRefused,
        Unreached::NoRoute => Code::HostUnreachable,
        Unreached::Ended => Code::ConnectionEnded,
        Unreached::Tls => Code::TlsFailed,
        Unreached::Other => Code::ConnectionFailed,
    }
}

const fn of_certificate(fault: CertificateFault) -> Code {
    match fault {
        CertificateFault::Expired => Code::CertificateExpired,
        CertificateFault::NotYet => Code::CertificateNotYet,
        CertificateFault::OtherName => Code::CertificateOtherName,
        CertificateFault::Unknown => Code::CertificateUntrusted,
        CertificateFault::Revoked => Code::CertificateRevoked,
        CertificateFault::Other => Code::CertificateInvalid,
    }
}

const fn of_waiting(waiting: Waiting) -> Code {
    match waiting {
        Waiting::Connect => Code::ConnectTimedOut,
        Waiting::Idle => Code::IdleTimedOut,
        Waiting::Total => Code::DownloadTimedOut,
    }
}

/// By what one can do about it, as the sentence does.
const fn of_status(status: u16) -> Code {
    match status {
        401 | 403 => Code::StatusForbidden,
        404 | 410 => Code::StatusGone,
        429 => Code::StatusTooOften,
        500.. => Code::StatusFault,
        _ => Code::StatusOther,
    }
}

const fn of_content(what: NotAList) -> Code {
    match what {
        NotAList::Empty => Code::ListNothing,
        NotAList::Html => Code::ListWebPage,
        NotAList::Packed => Code::ListPacked,
        NotAList::Binary => Code::ListBinary,
    }
}

/// The word of a kind of address.
const fn kind(special: Special) -> &'static str {
    match special {
        Special::Unspecified => "unspecified",
        Special::Loopback => "loopback",
        Special::Private => "private",
        Special::Shared => "shared",
        Special::LinkLocal => "linkLocal",
        Special::Metadata => "metadata",
        Special::Documentation => "documentation",
        Special::Benchmark => "benchmark",
        Special::Multicast => "multicast",
        Special::Broadcast => "broadcast",
        Special::Translated => "translated",
        Special::Reserved => "reserved",
    }
}

#[cfg(test)]
mod tests;
