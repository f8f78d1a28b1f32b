//! Where a list is published.
use std::{fmt, str::FromStr};

use reqwest::Url;

/// Longer ones are no addresses of lists.
const MAX_LENGTH: usize = 2048;
/// The DNS has no longer names.
const MAX_HOST: usize = 253;

/// The URL of a list: HTTPS, or HTTP where somebody has allowed it; a host, and nobody's name or password.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SourceUrl(Url);

/// Why a text is no URL of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSourceUrl {
    /// It is no URL at all, or its host has letters or a length that no name of the DNS has.
    #[error("this is not a URL; write one such as https://lists.example.org/bad.txt")]
    NotAUrl,
    /// It is longer than any may be.
    #[error("the URL is longer than {MAX_LENGTH} characters")]
    TooLong,
    /// It is of another scheme.
    #[error("only lists at https:// can be fetched")]
    Scheme,
    /// It is HTTP, which was not allowed.
    #[error(
        "the URL is http://, which anyone on the way can change; use https://, or allow http for this source"
    )]
    Http,
    /// It names no machine.
    #[error("the URL names no host")]
    NoHost,
    /// It has a user name or a password, which would be stored and shown.
    #[error("the URL holds a user name or a password; leave them out")]
    Credentials,
    /// It names a place within the list.
    #[error("the URL has a part behind #, which a list does not have; leave it out")]
    Fragment,
    /// No machine listens there.
    #[error("the URL names port 0, where nothing can be")]
    Port,
}

impl SourceUrl {
    /// Reads a URL, as the URL standard does.
    pub fn parse(text: &str, allow_http: bool) -> Result<Self, BadSourceUrl> {
        let text = text.trim();
        if text.len() > MAX_LENGTH {
            return Err(BadSourceUrl::TooLong);
        }
        // The standard drops them from within a URL; who reads it sees another one then.
        if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(BadSourceUrl::NotAUrl);
        }
        let url = Url::parse(text).map_err(|error| match error {
            <Url as FromStr>::Err::EmptyHost => BadSourceUrl::NoHost,
            _ => BadSourceUrl::NotAUrl,
        })?;
        Self::check(url, allow_http)
    }

    pub(crate) fn check(url: Url, allow_http: bool) -> Result<Self, BadSourceUrl> {
        match url.scheme() {
            "https" => {}
            "http" if allow_http => {}
            "http" => return Err(BadSourceUrl::Http),
            _ => return Err(BadSourceUrl::Scheme),
        }
        if url.as_str().len() > MAX_LENGTH {
            return Err(BadSourceUrl::TooLong);
        }
        let host = url.host_str().unwrap_or_default();
        if host.is_empty() {
            return Err(BadSourceUrl::NoHost);
        }
        // It stands in messages and logs, also where a server has chosen it.
        if host.len() > MAX_HOST || !host.chars().all(is_of_hosts) {
            return Err(BadSourceUrl::NotAUrl);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BadSourceUrl::Credentials);
        }
        if url.fragment().is_some() {
            return Err(BadSourceUrl::Fragment);
        }
        if url.port() == Some(0) {
            return Err(BadSourceUrl::Port);
        }
        Ok(Self(url))
    }

    /// As the URL standard writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The host as the URL has it: a name in ASCII, or an address.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Whether it is HTTP, which anyone on the way can read and change.
    #[must_use]
    pub fn is_http(&self) -> bool {
        self.0.scheme() == "http"
    }

    pub(crate) const fn url(&self) -> &Url {
        &self.0
    }
}

/// What names in ASCII and addresses are written with.
pub(crate) fn is_of_hosts(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_.:[]".contains(c)
}

impl FromStr for SourceUrl {
    type Err = BadSourceUrl;

    /// HTTPS only.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text, false)
    }
}

impl fmt::Display for SourceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_of_a_list_is_taken_in_the_form_of_the_standard() {
        let table = [
            (
                "https://lists.example.org/a.txt",
                "https://lists.example.org/a.txt",
            ),
            (
                "  HTTPS://Lists.Example.ORG:443/a?x=1 ",
                "https://lists.example.org/a?x=1",
            ),
            (
                "https://lists.example.org:8443",
                "https://lists.example.org:8443/",
            ),
            (
                "https://bücher.example/a",
                "https://xn--bcher-kva.example/a",
            ),
            ("https://[2a00::1]/a", "https://[2a00::1]/a"),
        ];
        for (text, url) in table {
            assert_eq!(text.parse::<SourceUrl>().unwrap().as_str(), url);
        }
    }

    #[test]
    fn other_texts_are_refused_with_the_reason() {
        let long = format!("https://lists.example.org/{}", "a".repeat(2048));
        let long_host = format!("https://{}example.org/", "a.".repeat(122));
        let grows = format!("https://lists.example.org/{}", "ä".repeat(1000));
        let table = [
            ("", BadSourceUrl::NotAUrl),
            ("lists.example.org/a.txt", BadSourceUrl::NotAUrl),
            ("https://lists.example.org/a b", BadSourceUrl::NotAUrl),
            ("https://lists.exa\tmple.org/", BadSourceUrl::NotAUrl),
            ("https://lists.example.org:99999/", BadSourceUrl::NotAUrl),
            ("https://a b/", BadSourceUrl::NotAUrl),
            ("https://a\"b/", BadSourceUrl::NotAUrl),
            ("https://a;b/", BadSourceUrl::NotAUrl),
            ("https://*.example.org/", BadSourceUrl::NotAUrl),
            (long_host.as_str(), BadSourceUrl::NotAUrl),
            ("https:///", BadSourceUrl::NoHost),
            ("https://", BadSourceUrl::NoHost),
            ("http://lists.example.org/a", BadSourceUrl::Http),
            ("ftp://lists.example.org/a", BadSourceUrl::Scheme),
            ("file:///etc/passwd", BadSourceUrl::Scheme),
            ("data:text/plain,1.2.3.4", BadSourceUrl::Scheme),
            ("gopher://lists.example.org/", BadSourceUrl::Scheme),
            ("https://user@lists.example.org/", BadSourceUrl::Credentials),
            (
                "https://:word@lists.example.org/",
                BadSourceUrl::Credentials,
            ),
            ("https://lists.example.org/#a", BadSourceUrl::Fragment),
            ("https://lists.example.org/#", BadSourceUrl::Fragment),
            ("https://lists.example.org:0/", BadSourceUrl::Port),
            (long.as_str(), BadSourceUrl::TooLong),
            (grows.as_str(), BadSourceUrl::TooLong),
        ];
        for (text, reason) in table {
            assert_eq!(text.parse::<SourceUrl>(), Err(reason), "{text}");
        }
    }

    #[test]
    fn http_is_taken_only_where_it_is_allowed() {
        let url = SourceUrl::parse("http://lists.example.org/a", true).unwrap();
        assert!(url.is_http());
        assert!(
            !SourceUrl::parse("https://lists.example.org/a", true)
                .unwrap()
                .is_http()
        );
        assert_eq!(
            SourceUrl::parse("ftp://lists.example.org/a", true),
            Err(BadSourceUrl::Scheme)
        );
    }
}
