//! Whose a network is, by RDAP.
mod body;

use std::{fmt, str::FromStr, sync::OnceLock, time::Duration};

use domain::{LookupError, Registration};
use ipnet::IpNet;
use reqwest::{
    Client, Response, StatusCode, Url,
    header::{ACCEPT, HeaderValue},
    redirect::{Attempt, Policy},
};

/// For the whole question, redirects included.
const LIMIT: Duration = Duration::from_secs(10);
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// Answers of registries have 2 to 40 KiB.
const MAX_BYTES: usize = 256 * 1024;
/// rdap.org sends on once, registries to each other once or twice.
const MAX_REDIRECTS: usize = 5;
const MEDIA_TYPES: &str = "application/rdap+json, application/json;q=0.9";
const DEFAULT: &str = "https://rdap.org/ip/";

/// Where RDAP begins: an address or a network is written behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RdapUrl(Url);

/// What is no beginning of RDAP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "write the URL behind which an address is asked for, with a slash at its end, such as {DEFAULT}"
)]
pub struct BadRdapUrl;

impl FromStr for RdapUrl {
    type Err = BadRdapUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|_| BadRdapUrl)?;
        let is_plain = url.query().is_none() && url.fragment().is_none() && url.has_host();
        let is_http = matches!(url.scheme(), "https" | "http");
        if is_http && is_plain && url.path().ends_with('/') {
            Ok(Self(url))
        } else {
            Err(BadRdapUrl)
        }
    }
}

impl Default for RdapUrl {
    fn default() -> Self {
        #[expect(clippy::expect_used, reason = "a constant, which a test reads")]
        DEFAULT.parse().expect("the default is a URL")
    }
}

impl fmt::Display for RdapUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Rdap {
    base: RdapUrl,
    client: OnceLock<Client>,
}

impl Rdap {
    pub(crate) const fn new(base: RdapUrl) -> Self {
        Self {
            base,
            client: OnceLock::new(),
        }
    }

    pub(crate) async fn registration(
        &self,
        network: IpNet,
    ) -> Result<Option<Registration>, LookupError> {
        let request = self
            .client()?
            .get(self.question(network)?)
            .header(ACCEPT, HeaderValue::from_static(MEDIA_TYPES))
            .timeout(LIMIT);
        let response = request.send().await.map_err(|error| told(&error))?;
        match response.status() {
            StatusCode::NOT_FOUND => return Ok(None),
            status if !status.is_success() => return Err(LookupError::Refused(status.as_u16())),
            _ => {}
        }
        let source = response.url().host_str().unwrap_or_default().to_owned();
        let answer = read(response).await?;
        body::registration(&answer, network, source).map(Some)
    }

    fn question(&self, network: IpNet) -> Result<Url, LookupError> {
        let whole = network.prefix_len() == network.max_prefix_len();
        let text = if whole {
            network.addr().to_string()
        } else {
            network.trunc().to_string()
        };
        let url = self.base.0.join(&format!("./{text}"));
        url.map_err(|error| LookupError::Unreachable(error.to_string()))
    }

    /// Made at the first question: reading the system's certificates takes time and memory that most never need.
    fn client(&self) -> Result<&Client, LookupError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let made = make(&self.base.0).map_err(|error| told(&error))?;
        Ok(self.client.get_or_init(|| made))
    }
}

fn make(base: &Url) -> reqwest::Result<Client> {
    // Somebody else may have chosen one for the process before; theirs does as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let home = base.origin();
    let policy = Policy::custom(move |attempt: Attempt<'_>| {
        if attempt.previous().len() > MAX_REDIRECTS {
            return attempt.error("too many redirects");
        }
        if attempt.url().origin() == home || is_named_and_secret(attempt.url()) {
            attempt.follow()
        } else {
            attempt.error("a redirect to where nothing is asked")
        }
    });
    let builder = Client::builder()
        .redirect(policy)
        .referer(false)
        .connect_timeout(CONNECT_LIMIT)
        .pool_max_idle_per_host(0)
        .user_agent(concat!("BanGUI/", env!("CARGO_PKG_VERSION")));
    // A registry on this machine is never behind the proxy of the environment.
    let builder = if base.scheme() == "http" {
        builder.no_proxy()
    } else {
        builder
    };
    builder.build()
}

fn is_named_and_secret(url: &Url) -> bool {
    url.scheme() == "https" && url.domain().is_some() && url.port_or_known_default() == Some(443)
}

async fn read(mut response: Response) -> Result<Vec<u8>, LookupError> {
    let mut answer = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| told(&error))? {
        if answer.len() + piece.len() > MAX_BYTES {
            return Err(LookupError::NotUnderstood(format!(
                "it is longer than {MAX_BYTES} bytes"
            )));
        }
        answer.extend_from_slice(&piece);
    }
    Ok(answer)
}

/// The innermost cause says what happened; the rest says that it happened.
fn told(error: &reqwest::Error) -> LookupError {
    if error.is_timeout() {
        return LookupError::TimedOut;
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    LookupError::Unreachable(cause.to_string())
}

#[cfg(test)]
mod tests;
