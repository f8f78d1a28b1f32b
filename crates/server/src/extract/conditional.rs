//! Conditional requests: what has not changed since the client last asked is not sent again.
use std::convert::Infallible;

use axum::{
    Json,
    extract::FromRequestParts,
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::Serialize;

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
    /// The tag of a revision. `start` is of this process: revisions count from its beginning.
    pub(crate) fn revision(&self, start: &str, revision: u64) -> Revision {
        let tag = format!("W/\"{start}-{revision}\"");
        let held = self.0.iter().any(|held| opaque(held) == opaque(&tag));
        Revision { tag, held }
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
            body: None,
        }
    }

    /// Says what there is now.
    pub(crate) fn with<T>(self, body: T) -> Conditional<T> {
        Conditional {
            tag: self.tag,
            body: Some(body),
        }
    }
}

/// A body with the revision it was made of, or the word that the client has it already.
///
/// Weak, because moments of asking move on while nothing else does. The browser may keep the body, and must ask each time before it uses it.
#[derive(Debug)]
pub(crate) struct Conditional<T> {
    tag: String,
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
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-cache"),
        );
        headers.insert(header::VARY, HeaderValue::from_static("cookie"));
        response
    }
}
