//! Refuses what a browser sends on behalf of another site.
//!
//! The session's cookie is `SameSite=Strict`, so this is the second lock: it holds where a browser, a sister domain or a plugin breaks the first.
use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use crate::{
    extract::{Client, Secure},
    problem::{Code, Problem},
    state::ServerSettings,
};

pub(crate) async fn refuse_cross_site(
    State(settings): State<Arc<ServerSettings>>,
    request: Request,
    next: Next,
) -> Response {
    if is_safe(request.method()) {
        return next.run(request).await;
    }
    let secure = request.extensions().get::<Client>().map(|c| c.secure);
    if !same_origin(request.headers(), secure, &settings) {
        return Problem::new(Code::CrossSite).into_response();
    }
    if takes_body(request.method()) && !is_json(request.headers()) {
        return Problem::new(Code::UnsupportedMediaType).into_response();
    }
    next.run(request).await
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

fn takes_body(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT | Method::PATCH)
}

/// A form can send `text/plain`, `multipart/form-data` and `application/x-www-form-urlencoded` across sites, but not this.
fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// `Sec-Fetch-Site` is the browser's own word and cannot be set by a page. Without it (old browsers, plain HTTP, other programs) `Origin` decides;
/// without both it is no browser, and brings no cookie that it was not given.
fn same_origin(headers: &HeaderMap, secure: Option<Secure>, settings: &ServerSettings) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin" || site == "none";
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    if settings.public_origin.as_deref() == Some(origin) {
        return true;
    }
    let Some((scheme, authority)) = origin.split_once("://") else {
        return false;
    };
    // The same name over plain HTTP may be somebody in between.
    if secure == Some(Secure::Yes) && scheme != "https" {
        return false;
    }
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    host == Some(authority)
}
