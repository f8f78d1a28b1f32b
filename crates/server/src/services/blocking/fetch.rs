//! Fetching a list and reading it.
use std::{collections::BTreeMap, time::Duration};

use blocklists::{
    Body, DownloadError, Fetched, Guard, Limits, List, ParseError, Request, SourceUrl, Validators,
};
use domain::{Blocklist, GuardReason, LeftOut, MAX_NAMED_LEFT_OUT, ProtectedNetwork};
use ipnet::IpNet;

use super::Blocking;

/// Why a list was not fetched or read, in plain words that may be shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    /// Its address is none that a list may be fetched from.
    #[error(transparent)]
    Url(#[from] blocklists::BadSourceUrl),
    /// It was not fetched.
    #[error(transparent)]
    Download(#[from] DownloadError),
    /// It was not read to its end.
    #[error(transparent)]
    Parse(#[from] ParseError),
    /// It has no addresses at all.
    #[error(
        "there is no address in it: {junk} lines were not understood. Look whether the address is that of a list"
    )]
    NoAddresses {
        /// How many lines were something else.
        junk: u64,
    },
    /// The work was ended.
    #[error("it was ended before it was done")]
    Ended,
}

impl FetchError {
    /// How long to wait before it is tried again, after so many failures in a row.
    pub(super) fn backoff(&self, failures: u32) -> Duration {
        let after = match self {
            Self::Download(error) => error.retry_after(),
            _ => None,
        };
        blocklists::backoff(failures, after)
    }
}

/// A list that was fetched and read.
#[derive(Debug)]
pub(crate) struct ReadList {
    /// How many bytes came.
    pub(crate) bytes: u64,
    /// What came beside it.
    pub(crate) body: BodyFacts,
    /// How many entries were understood.
    pub(crate) parsed: u64,
    /// What was understood, without the networks.
    pub(crate) list: List,
    /// The fewest networks, without those too wide and without special ones.
    pub(crate) networks: Vec<IpNet>,
    /// Those that are too wide.
    pub(crate) too_wide: Vec<IpNet>,
    /// Those that are special or meet something special.
    pub(crate) special: Vec<IpNet>,
    /// What of the protected networks they meet, and why each is protected.
    pub(crate) subtracted: Vec<ProtectedNetwork>,
}

/// What must never be blocked, and why; of two reasons the first.
pub(crate) type Protected = BTreeMap<IpNet, GuardReason>;

impl ReadList {
    /// The first of what was left out.
    pub(crate) fn left_out(&self) -> LeftOut {
        fn first<T: Copy>(of: &[T]) -> Vec<T> {
            of.iter().copied().take(MAX_NAMED_LEFT_OUT).collect()
        }
        LeftOut {
            subtracted: first(&self.subtracted),
            special: first(&self.special),
            too_wide: first(&self.too_wide),
        }
    }
}

/// What is known of content without reading it.
#[derive(Debug, Clone)]
pub(crate) struct BodyFacts {
    /// By what the server knows it.
    pub(crate) validators: Validators,
    /// Its hash.
    pub(crate) sha256: [u8; 32],
}

/// What came of fetching.
pub(super) enum Came {
    /// Nothing has changed.
    Unchanged,
    /// A list.
    List(Box<ReadList>),
}

impl Blocking {
    /// Fetches the list of a source, unless it is what it was.
    pub(super) async fn fetch(
        &self,
        list: &Blocklist,
        protected: Protected,
    ) -> Result<Came, FetchError> {
        let settings = &list.settings;
        let known = list.content.is_some() && (list.copy.is_some() || list.waiting.is_some());
        let validators = known.then(|| Validators {
            etag: list.etag.clone(),
            last_modified: list.last_modified.clone(),
        });
        let request = Request {
            url: SourceUrl::parse(&settings.url, settings.allow_http)?,
            allow_http: settings.allow_http,
            validators,
        };
        match self.downloads.fetch(&request).await? {
            Fetched::NotModified => Ok(Came::Unchanged),
            Fetched::Body(body) if known && list.content == Some(body.sha256) => {
                Ok(Came::Unchanged)
            }
            Fetched::Body(body) => read(body, protected)
                .await
                .map(|list| Came::List(Box::new(list))),
        }
    }

    /// Fetches and reads a list that is not kept yet.
    pub(super) async fn fetch_once(
        &self,
        url: SourceUrl,
        allow_http: bool,
        protected: Protected,
    ) -> Result<ReadList, FetchError> {
        let request = Request {
            url,
            allow_http,
            validators: None,
        };
        match self.downloads.fetch(&request).await? {
            Fetched::NotModified => Err(FetchError::NoAddresses { junk: 0 }),
            Fetched::Body(body) => read(body, protected).await,
        }
    }
}

/// Reads and guards, off the runtime: a million lines take about a second.
async fn read(body: Body, protected: Protected) -> Result<ReadList, FetchError> {
    let work = move || read_now(&body, &protected);
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| FetchError::Ended)?
}

fn read_now(body: &Body, protected: &Protected) -> Result<ReadList, FetchError> {
    let mut list = blocklists::parse(body.bytes.as_slice(), Limits::default())?;
    let networks = std::mem::take(&mut list.networks);
    let parsed = u64::try_from(networks.len()).unwrap_or(u64::MAX);
    if parsed == 0 && list.junk.count > 0 {
        return Err(FetchError::NoAddresses {
            junk: list.junk.count,
        });
    }
    // What is protected changes: it is cut out whenever the list is put in force, and only counted here.
    let guarded = Guard::new([]).apply(networks);
    let met = Guard::new(protected.keys().copied()).apply(guarded.networks.iter().copied());
    let subtracted = met.subtracted.into_iter().filter_map(|network| {
        let reason = *protected.get(&network)?;
        Some(ProtectedNetwork { reason, network })
    });
    Ok(ReadList {
        bytes: u64::try_from(body.bytes.len()).unwrap_or(u64::MAX),
        body: BodyFacts {
            validators: body.validators.clone(),
            sha256: body.sha256,
        },
        parsed,
        list,
        networks: guarded.networks,
        too_wide: guarded.too_wide,
        special: guarded.special,
        subtracted: subtracted.collect(),
    })
}
