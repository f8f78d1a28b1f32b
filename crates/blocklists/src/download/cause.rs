//! What an error of the client means to a person.
use std::{error::Error, io};

use rustls::CertificateError;

use super::{
    CertificateFault, DownloadError, ResolveError, Unreached, Waiting, resolve::HostError,
};

/// Before the answer began.
pub(super) fn told(error: &reqwest::Error, host: &str) -> DownloadError {
    let host = host.to_owned();
    for cause in causes(error) {
        if let Some(error) = cause.downcast_ref::<HostError>() {
            return of_host(*error, host);
        }
        if let Some(error) = cause.downcast_ref::<rustls::Error>() {
            return of_tls(error, host);
        }
        if let Some(told) = cause
            .downcast_ref::<hyper::Error>()
            .and_then(|error| of_http(error, &host))
        {
            return told;
        }
    }
    if error.is_timeout() {
        let waiting = Waiting::Connect;
        return DownloadError::TimedOut { host, waiting };
    }
    let kind = causes(error).find_map(|cause| Some(cause.downcast_ref::<io::Error>()?.kind()));
    let unreached = kind.map_or(Unreached::Other, of_system);
    DownloadError::Unreached { host, unreached }
}

/// While the list came in.
pub(super) fn told_within(error: &reqwest::Error, host: &str) -> DownloadError {
    let http = causes(error).find_map(|cause| cause.downcast_ref::<hyper::Error>());
    http.and_then(|error| of_http(error, host))
        .unwrap_or_else(|| DownloadError::CutOff(host.to_owned()))
}

/// From the outermost to the innermost. What an error of the system wraps is not its source, but that one's source is.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| within(*error))
}

fn within<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    let wrapped = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref);
    match wrapped {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

fn of_host(error: HostError, host: String) -> DownloadError {
    match error {
        HostError::NotPublic(special) => DownloadError::NotPublic { host, special },
        HostError::Resolve(ResolveError::NotFound) => DownloadError::UnknownHost(host),
        HostError::Resolve(ResolveError::NoAnswer) => DownloadError::NameServers(host),
    }
}

fn of_tls(error: &rustls::Error, host: String) -> DownloadError {
    let rustls::Error::InvalidCertificate(error) = error else {
        let unreached = Unreached::Tls;
        return DownloadError::Unreached { host, unreached };
    };
    let fault = match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            CertificateFault::Expired
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            CertificateFault::NotYet
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateFault::OtherName
        }
        CertificateError::UnknownIssuer => CertificateFault::Unknown,
        CertificateError::Revoked => CertificateFault::Revoked,
        _ => CertificateFault::Other,
    };
    DownloadError::Certificate { host, fault }
}

fn of_http(error: &hyper::Error, host: &str) -> Option<DownloadError> {
    if error.is_parse_too_large() {
        return Some(DownloadError::TooManyHeaders(host.to_owned()));
    }
    if error.is_parse() {
        return Some(DownloadError::NotHttp(host.to_owned()));
    }
    error
        .is_incomplete_message()
        .then(|| DownloadError::CutOff(host.to_owned()))
}

const fn of_system(kind: io::ErrorKind) -> Unreached {
    match kind {
        io::ErrorKind::ConnectionRefused => Unreached::Refused,
        io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::AddrNotAvailable => Unreached::NoRoute,
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => Unreached::Ended,
        _ => Unreached::Other,
    }
}
