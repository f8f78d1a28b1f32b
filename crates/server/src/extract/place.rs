//! Hosts and jails in the path. fail2ban's names may hold slashes, spaces and any letters: they come percent-encoded, in one segment.
use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use domain::{HostId, ItemName, JailName};

use crate::problem::{Code, Problem};

/// `/hosts/{host}/…`
#[derive(Debug, Clone)]
pub(crate) struct HostPlace(pub(crate) HostId);

/// `/hosts/{host}/jails/{jail}/…`
#[derive(Debug, Clone)]
pub(crate) struct JailPlace {
    /// The host.
    pub(crate) host: HostId,
    /// The jail.
    pub(crate) jail: JailName,
}

/// `/hosts/{host}/…/filters/{filter}/…`
#[derive(Debug, Clone)]
pub(crate) struct FilterPlace {
    /// The host.
    pub(crate) host: HostId,
    /// The filter.
    pub(crate) filter: ItemName,
}

impl<S: Send + Sync> FromRequestParts<S> for HostPlace {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(host) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::new(Code::HostNotFound))?;
        parse_host(&host).map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for JailPlace {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path((host, jail)) = Path::<(String, String)>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::new(Code::JailNotFound))?;
        Ok(Self {
            host: parse_host(&host)?,
            jail: jail.parse().map_err(|error| {
                Problem::new(Code::JailNotFound).detail(format!("No jail has this name: {error}."))
            })?,
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for FilterPlace {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path((host, filter)) = Path::<(String, String)>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::new(Code::ItemNotFound))?;
        Ok(Self {
            host: parse_host(&host)?,
            filter: filter.parse().map_err(|error| {
                Problem::new(Code::ItemNotFound)
                    .detail(format!("No filter has this name: {error}."))
            })?,
        })
    }
}

/// A host of the path.
///
/// # Errors
/// `host-not-found` for what no host is called.
pub(crate) fn parse_host(text: &str) -> Result<HostId, Problem> {
    text.parse().map_err(|error| {
        Problem::new(Code::HostNotFound).detail(format!("No host has this name: {error}."))
    })
}
