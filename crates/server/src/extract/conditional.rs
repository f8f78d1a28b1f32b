//! Conditional requests: what has not changed since the client last asked is not sent again.
use std::convert::Infallible;

use axum::{
    Json,
    extract::FromRequestParts,
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::{HostStatus, Timestamp};
use serde::Serialize;

/// When the answer was true, also of one that is not sent again: its body has the moment at which it was sent.
const AS_OF: HeaderName = HeaderName::from_static("bangui-as-of");

/// The revisions that the client has.
#[derive(Debug, Clone, Default)]
pub(crate) struct IfNoneMatch(Vec<String>);

impl<S: Send + Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let tags = parts
            .headers
            .get_all(header::IF_NONE_MATCH)
            .into_iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(|tag| tag.trim().to_owned())
            .collect();
        Ok(Self(tags))
    }
}

impl IfNoneMatch {
    /// The revision of what a host says. `start` is of this process: revisions count from its beginning.
    pub(crate) fn revision(&self, start: &str, status: &HostStatus) -> Revision {
        let tag = format!("W/\"{start}-{}\"", status.revision);
        let held = self.0.iter().any(|held| opaque(held) == opaque(&tag));
        let as_of = status.as_of;
        Revision { tag, held, as_of }
    }
}

/// Weak comparison: with and without `W/` are the same.
fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

/// What the answer would be made of.
#[derive(Debug)]
pub(crate) struct Revision {
    tag: String,
    held: bool,
    as_of: Option<Timestamp>,
}

impl Revision {
    /// Whether the client has it.
    pub(crate) const fn is_held(&self) -> bool {
        self.held
    }

    /// Says that nothing has changed.
    pub(crate) fn unchanged<T>(self) -> Conditional<T> {
        Conditional {
            tag: self.tag,
            as_of: self.as_of,
            body: None,
        }
    }

    /// Says what there is now.
    pub(crate) fn with<T>(self, body: T) -> Conditional<T> {
        Conditional {
            tag: self.tag,
            as_of: self.as_of,
            body: Some(body),
        }
    }
}

/// A body with the revision it was made of, or the word that the client has it already.
///
/// Weak, because moments of asking move on while nothing else does: the newest is in a header. The browser may keep the body, and must ask each
/// time before it uses it.
#[derive(Debug)]
pub(crate) struct Conditional<T> {
    tag: String,
    as_of: Option<Timestamp>,
    body: Option<T>,
}

impl<T: Serialize> IntoResponse for Conditional<T> {
    fn into_response(self) -> Response {
        let mut response = match self.body {
            Some(body) => Json(body).into_response(),
            None => StatusCode::NOT_MODIFIED.into_response(),
        };
        let headers = response.headers_mut();
        // Hexadecimal digits and a number: always a header value.
        if let Ok(tag) = HeaderValue::from_str(&self.tag) {
            headers.insert(header::ETAG, tag);
        }
        let as_of = self.as_of.map(|at| HeaderValue::from_str(&at.to_string()));
        if let Some(Ok(as_of)) = as_of {
            headers.insert(AS_OF, as_of);
        }
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-cache"),
        );
        headers.insert(header::VARY, HeaderValue::from_static("cookie"));
        response
    }
}
