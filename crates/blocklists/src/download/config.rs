//! What is asked, and how far a download may go.
use std::{fmt, str::FromStr, sync::Arc, time::Duration};

use reqwest::{Certificate, Url};

use super::{Resolve, SystemResolver};
use crate::{SourceUrl, source_url::is_of_hosts};

/// How downloads are made.
#[derive(Clone)]
pub struct DownloadConfig {
    /// Hosts that lists may be fetched from though their addresses are not public.
    pub internal_hosts: Vec<InternalHost>,
    /// Who tells the addresses of hosts. Only what it answers once is connected to, after a check.
    pub resolver: Arc<dyn Resolve>,
    /// How far a download may go.
    pub limits: DownloadLimits,
    /// What BanGUI calls itself to publishers.
    pub user_agent: String,
    /// Certificates to trust beside those of the system, such as of somebody's own authority.
    pub trusted_roots: Vec<TrustedRoot>,
}

impl Default for DownloadConfig {
    /// Public hosts only, by the name servers of the system.
    fn default() -> Self {
        Self {
            internal_hosts: Vec::new(),
            resolver: Arc::new(SystemResolver::default()),
            limits: DownloadLimits::default(),
            user_agent: concat!("BanGUI/", env!("CARGO_PKG_VERSION")).to_owned(),
            trusted_roots: Vec::new(),
        }
    }
}

impl fmt::Debug for DownloadConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DownloadConfig")
            .field("internal_hosts", &self.internal_hosts)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// How far a download may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DownloadLimits {
    /// For all of it, redirects included.
    pub total: Duration,
    /// For one connection to be made, after the name is resolved.
    pub connect: Duration,
    /// Without a byte while an answer is waited for or comes in.
    pub idle: Duration,
    /// Bytes of the list as they come, packed or not.
    pub bytes: usize,
    /// Bytes of the headers of one answer.
    pub header_bytes: usize,
    /// How often a server may send on.
    pub redirects: usize,
}

impl Default for DownloadLimits {
    /// Two minutes, and 32 MiB: several times the largest lists that are published.
    fn default() -> Self {
        Self {
            total: Duration::from_mins(2),
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(20),
            bytes: 32 << 20,
            header_bytes: 32 << 10,
            redirects: 5,
        }
    }
}

/// A host inside that lists may be fetched from: `lists.example.org`, `10.0.0.7`, or with the only port that is allowed, `lists.example.org:8443`, `[fd00::7]:8080`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct InternalHost {
    host: String,
    port: Option<u16>,
}

/// What is no host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "write the name or the address of a host, with a port or without, such as lists.example.org:8443 or [fd00::7]"
)]
pub struct BadInternalHost;

impl InternalHost {
    pub(super) fn has(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let is_port = |port| url.port_or_known_default() == Some(port);
        without_dot(host) == self.host && self.port.is_none_or(is_port)
    }
}

/// A dot at the end of a name says only that it is whole.
fn without_dot(host: &str) -> &str {
    host.strip_suffix('.').unwrap_or(host)
}

impl FromStr for InternalHost {
    type Err = BadInternalHost;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let is_more = |c: char| c.is_whitespace() || "/?#@\\".contains(c);
        if text.contains(is_more) {
            return Err(BadInternalHost);
        }
        let url = |scheme| Url::parse(&format!("{scheme}://{text}/")).map_err(|_| BadInternalHost);
        let (https, http) = (url("https")?, url("http")?);
        // Each leaves out its own default.
        let port = https.port().or(http.port());
        let host = without_dot(https.host_str().unwrap_or_default()).to_owned();
        if host.is_empty() || !host.chars().all(is_of_hosts) || port == Some(0) {
            return Err(BadInternalHost);
        }
        Ok(Self { host, port })
    }
}

impl fmt::Display for InternalHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)?;
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

/// A certificate of an authority.
#[derive(Debug, Clone)]
pub struct TrustedRoot(pub(super) Certificate);

/// What is no certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a certificate in the PEM format")]
pub struct BadCertificate;

impl TrustedRoot {
    /// Reads the PEM format; several certificates may be in it.
    pub fn read(pem: &[u8]) -> Result<Vec<Self>, BadCertificate> {
        let certificates = Certificate::from_pem_bundle(pem).map_err(|_| BadCertificate)?;
        if certificates.is_empty() {
            return Err(BadCertificate);
        }
        Ok(certificates.into_iter().map(Self).collect())
    }
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Where the list is.
    pub url: SourceUrl,
    /// Whether HTTP is allowed for this source, where it is and where it sends on to.
    pub allow_http: bool,
    /// What the last good copy came with: an unchanged list is not sent again then.
    pub validators: Option<Validators>,
}

/// By what a server recognises a copy. Text of the server, given back to it as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Validators {
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
}

/// What came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// The list is what it was when the validators came.
    NotModified,
    /// The list.
    Body(Body),
}

/// A list as it came.
#[derive(Clone, PartialEq, Eq)]
pub struct Body {
    /// Packed with gzip, or as it is; [`crate::parse`] reads both and bounds what is unpacked.
    pub bytes: Vec<u8>,
    /// For the next request.
    pub validators: Validators,
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// Where it came from, after redirects.
    pub final_url: SourceUrl,
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body")
            .field("bytes", &self.bytes.len())
            .field("validators", &self.validators)
            .field("final_url", &self.final_url)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(host: &str, url: &str) -> bool {
        let host: InternalHost = host.parse().unwrap();
        host.has(&Url::parse(url).unwrap())
    }

    #[test]
    fn internal_host_is_itself_in_any_spelling_and_at_its_port() {
        let table = [
            ("lists.test", "https://lists.test/a", true),
            ("Lists.TEST.", "http://lists.test:8080/a", true),
            ("lists.test", "https://LISTS.test./a", true),
            ("lists.test", "https://more.lists.test/a", false),
            ("lists.test", "https://lists.test.example/a", false),
            ("lists.test:443", "https://lists.test/a", true),
            ("lists.test:443", "http://lists.test/a", false),
            ("lists.test:80", "http://lists.test/a", true),
            ("lists.test:8443", "https://lists.test/a", false),
            ("lists.test:8443", "https://lists.test:8443/a", true),
            ("10.0.0.7", "https://0xa000007/a", true),
            ("[fd00::7]:8080", "http://[fd00:0::7]:8080/", true),
            ("[fd00::7]:8080", "http://[fd00::8]:8080/", false),
        ];
        for (host, url, is_it) in table {
            assert_eq!(has(host, url), is_it, "{host} {url}");
        }
    }

    #[test]
    fn what_is_more_or_less_than_a_host_is_refused() {
        let texts = [
            "",
            ":443",
            "a b",
            "https://lists.test",
            "lists.test/a",
            "u@lists.test",
            "lists.test:0",
            "lists.test:99999",
            "lists.test#a",
            "lists.test?a",
            "fd00::7",
            "10.0.0.0/8",
            "*",
            "a\\b",
        ];
        for text in texts {
            assert_eq!(text.parse::<InternalHost>(), Err(BadInternalHost), "{text}");
        }
        let host: InternalHost = "lists.test:80".parse().unwrap();
        assert_eq!(host.to_string(), "lists.test:80");
    }

    #[test]
    fn certificates_that_are_none_are_refused() {
        assert_eq!(TrustedRoot::read(b"").unwrap_err(), BadCertificate);
        assert_eq!(
            TrustedRoot::read(b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n")
                .unwrap_err(),
            BadCertificate
        );
    }
}
