//! The cookie of a session.
//!
//! It lives as long as the session may at most; that the session ended before is for the server to say.
use axum::{
    http::{HeaderName, header::SET_COOKIE},
    response::AppendHeaders,
};
use cookie::{Cookie, CookieBuilder, SameSite, time::Duration};

use crate::{
    extract::{Client, Secure, session_cookie_name},
    state::ServerSettings,
};

/// A header that sets or takes back the cookie.
pub(crate) type SetCookie = AppendHeaders<[(HeaderName, String); 1]>;

/// The cookie with a token.
pub(crate) fn set(
    client: &Client,
    settings: &ServerSettings,
    token: String,
    seconds: i64,
) -> SetCookie {
    header(base(client, settings, token).max_age(Duration::seconds(seconds)))
}

/// Takes the cookie back.
pub(crate) fn clear(client: &Client, settings: &ServerSettings) -> SetCookie {
    header(base(client, settings, String::new()).max_age(Duration::ZERO))
}

fn header(cookie: CookieBuilder<'_>) -> SetCookie {
    AppendHeaders([(SET_COOKIE, cookie.build().to_string())])
}

/// `__Host-` demands `Secure` and the path `/`; the plain one is kept to where the page lives.
fn base<'c>(client: &Client, settings: &'c ServerSettings, token: String) -> CookieBuilder<'c> {
    let (path, secure) = match client.secure {
        Secure::Yes => ("/", true),
        Secure::No => (settings.base_path.as_str(), false),
    };
    Cookie::build((session_cookie_name(client.secure), token))
        .path(path)
        .secure(secure)
        .http_only(true)
        .same_site(SameSite::Strict)
}
