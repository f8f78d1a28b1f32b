//! Fetches lists: from the public internet only, and never more than a list may be.
mod answer;
mod cause;
mod config;
mod error;
mod resolve;

use std::{net::IpAddr, sync::Arc};

use reqwest::{
    Client, RequestBuilder, Response, StatusCode, Url,
    header::{ACCEPT, ACCEPT_ENCODING, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LOCATION},
    redirect::Policy,
};
use sha2::{Digest as _, Sha256};
use tokio::{sync::OnceCell, time::timeout};

use self::resolve::{Checked, Reach};
pub use self::{
    config::{
        BadCertificate, BadInternalHost, Body, DownloadConfig, DownloadLimits, Fetched,
        InternalHost, Request, TrustedRoot, Validators,
    },
    error::{CertificateFault, DownloadError, NotAList, Unreached, Waiting, backoff},
    resolve::{Resolve, ResolveError, SystemResolver},
};
use crate::SourceUrl;

/// Stands between the check of addresses and the connector.
type Names = Arc<dyn reqwest::dns::Resolve>;

/// Fetches lists. Each connection goes to an address that was checked, whatever names, redirects and name servers say; no proxy, cookie, referrer or credential is used.
#[derive(Debug)]
pub struct Downloader {
    config: DownloadConfig,
    names: fn(Checked) -> Names,
    public: OnceCell<Client>,
    inside: OnceCell<Client>,
}

/// What became of one hop.
enum Hop {
    Done(Fetched),
    SentOn(SourceUrl),
}

impl Downloader {
    /// Asks nobody yet.
    #[must_use]
    pub fn new(config: DownloadConfig) -> Self {
        Self::with_names(config, |checked| Arc::new(checked))
    }

    fn with_names(config: DownloadConfig, names: fn(Checked) -> Names) -> Self {
        Self {
            config,
            names,
            public: OnceCell::new(),
            inside: OnceCell::new(),
        }
    }

    /// Fetches a list, unless it is what it was.
    pub async fn fetch(&self, request: &Request) -> Result<Fetched, DownloadError> {
        let host = || request.url.host().to_owned();
        match timeout(self.config.limits.total, self.follow(request)).await {
            Ok(fetched) => fetched,
            Err(_) => Err(DownloadError::TimedOut {
                host: host(),
                waiting: Waiting::Total,
            }),
        }
    }

    /// Redirects are followed here and not by the client, so that nothing is left out of a check.
    async fn follow(&self, request: &Request) -> Result<Fetched, DownloadError> {
        let url = request.url.url().clone();
        let mut url = SourceUrl::check(url, request.allow_http).map_err(DownloadError::Url)?;
        let mut reach = None;
        for _ in 0..=self.config.limits.redirects {
            let found = self.reach(&url, reach)?;
            reach = Some(found);
            match self.hop(&url, found, request).await? {
                Hop::Done(fetched) => return Ok(fetched),
                Hop::SentOn(to) => url = to,
            }
        }
        Err(DownloadError::TooManyRedirects(
            self.config.limits.redirects,
        ))
    }

    /// How far a URL reaches. An address in it is checked here: the connector asks nobody for it.
    fn reach(&self, url: &SourceUrl, from: Option<Reach>) -> Result<Reach, DownloadError> {
        let host = || url.host().to_owned();
        let mut internal = self.config.internal_hosts.iter();
        let reach = match (internal.any(|host| host.has(url.url())), from) {
            (true, Some(Reach::Public)) => return Err(DownloadError::SentInside(host())),
            (true, _) => Reach::Inside,
            (false, _) => Reach::Public,
        };
        let literal = url.host().trim_start_matches('[').trim_end_matches(']');
        let checked = literal
            .parse::<IpAddr>()
            .map_or(Ok(()), |address| reach.check(address));
        checked.map_err(|special| DownloadError::NotPublic {
            host: host(),
            special,
        })?;
        Ok(reach)
    }

    async fn hop(
        &self,
        url: &SourceUrl,
        reach: Reach,
        request: &Request,
    ) -> Result<Hop, DownloadError> {
        let client = self.client(reach).await?;
        let asking = with_validators(client.get(url.url().clone()), request.validators.as_ref());
        // The connection has its own limit within this one.
        let limit = self.config.limits.connect + self.config.limits.idle;
        let response = match timeout(limit, asking.send()).await {
            Ok(answer) => answer.map_err(|error| cause::told(&error, url.host()))?,
            Err(_) => return Err(idle(url)),
        };
        let (status, headers) = (response.status(), response.headers());
        if answer::bytes(headers) > self.config.limits.header_bytes {
            return Err(DownloadError::TooManyHeaders(url.host().to_owned()));
        }
        if answer::is_redirect(status) {
            return sent_on(url, &response, request.allow_http).map(Hop::SentOn);
        }
        match status {
            StatusCode::OK => self.body(url, response).await.map(Hop::Done),
            StatusCode::NOT_MODIFIED if request.validators.is_some() => {
                Ok(Hop::Done(Fetched::NotModified))
            }
            _ => Err(DownloadError::Status {
                host: url.host().to_owned(),
                status: status.as_u16(),
                retry_after: answer::retry_after(headers),
            }),
        }
    }

    async fn body(
        &self,
        url: &SourceUrl,
        mut response: Response,
    ) -> Result<Fetched, DownloadError> {
        let limits = self.config.limits;
        if !answer::is_encoding_read(response.headers()) {
            return Err(DownloadError::Encoding(url.host().to_owned()));
        }
        let announced = response.content_length().unwrap_or(0);
        let announced = usize::try_from(announced).unwrap_or(usize::MAX);
        if announced > limits.bytes {
            return Err(DownloadError::TooLarge(limits.bytes));
        }
        let mut bytes = Vec::with_capacity(announced);
        let mut hash = Sha256::new();
        loop {
            let piece = match timeout(limits.idle, response.chunk()).await {
                Ok(piece) => piece.map_err(|error| cause::told_within(&error, url.host()))?,
                Err(_) => return Err(idle(url)),
            };
            let Some(piece) = piece else { break };
            if piece.len() > limits.bytes - bytes.len() {
                return Err(DownloadError::TooLarge(limits.bytes));
            }
            hash.update(&piece);
            bytes.extend_from_slice(&piece);
        }
        answer::check(&bytes).map_err(DownloadError::NotAList)?;
        Ok(Fetched::Body(Body {
            bytes,
            validators: answer::validators(response.headers()),
            sha256: hash.finalize().into(),
            final_url: url.clone(),
        }))
    }

    /// Made at the first request: reading the system's certificates takes time and memory that many never need.
    async fn client(&self, reach: Reach) -> Result<&Client, DownloadError> {
        let cell = match reach {
            Reach::Public => &self.public,
            Reach::Inside => &self.inside,
        };
        let make = async || {
            let (config, names) = (self.config.clone(), self.names);
            let made = tokio::task::spawn_blocking(move || make(config, names, reach)).await;
            made.ok().and_then(Result::ok).ok_or(DownloadError::NoHttps)
        };
        cell.get_or_try_init(make).await
    }
}

fn make(
    config: DownloadConfig,
    names: fn(Checked) -> Names,
    reach: Reach,
) -> reqwest::Result<Client> {
    // Somebody else may have chosen one for the process before; theirs does as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let resolver = config.resolver;
    let roots = config.trusted_roots.into_iter().map(|root| root.0);
    Client::builder()
        .dns_resolver(names(Checked { resolver, reach }))
        .redirect(Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .no_proxy()
        .http1_only()
        .connect_timeout(config.limits.connect)
        // A connection that is kept would be to an address that was checked long ago.
        .pool_max_idle_per_host(0)
        .user_agent(config.user_agent)
        .tls_certs_merge(roots)
        .build()
}

fn with_validators(asking: RequestBuilder, validators: Option<&Validators>) -> RequestBuilder {
    let mut asking = asking
        .header(ACCEPT, HeaderValue::from_static("text/plain, */*;q=0.5"))
        // The bytes are those of the list: their hash stays while the list does.
        .header(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    let Some(validators) = validators else {
        return asking;
    };
    let given = [
        (IF_NONE_MATCH, &validators.etag),
        (IF_MODIFIED_SINCE, &validators.last_modified),
    ];
    for (name, text) in given {
        let value = text
            .as_deref()
            .and_then(|text| HeaderValue::from_str(text).ok());
        if let Some(value) = value {
            asking = asking.header(name, value);
        }
    }
    asking
}

/// Where a server sends on to, checked as the first URL was.
fn sent_on(
    from: &SourceUrl,
    response: &Response,
    allow_http: bool,
) -> Result<SourceUrl, DownloadError> {
    let to = answer::text(response.headers(), LOCATION).and_then(|to| from.url().join(to).ok());
    let checked = to
        .ok_or(crate::BadSourceUrl::NotAUrl)
        .and_then(|mut to: Url| {
            to.set_fragment(None);
            SourceUrl::check(to, allow_http)
        });
    checked.map_err(|reason| DownloadError::Redirect {
        host: from.host().to_owned(),
        reason,
    })
}

fn idle(url: &SourceUrl) -> DownloadError {
    DownloadError::TimedOut {
        host: url.host().to_owned(),
        waiting: Waiting::Idle,
    }
}

#[cfg(test)]
mod tests;
