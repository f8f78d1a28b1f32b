//! Where a request comes from.
use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::ConnectInfo,
    http::{HeaderMap, header, request::Parts},
};
use cookie::Cookie;

use crate::{
    problem::{Code, Problem},
    state::ServerSettings,
};

/// Whether the browser speaks TLS, to us or to a trusted proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Secure {
    /// It does.
    Yes,
    /// It does not, or nobody can tell.
    No,
}

/// Where a request comes from; found once by a layer, then read from the request's extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Client {
    /// The address of the person: the peer, or what a trusted proxy says.
    pub address: IpAddr,
    /// Whether the browser speaks TLS.
    pub secure: Secure,
    /// Whether it is certainly somebody on this machine: the peer is a loopback address, no proxy had its hands in it, and the browser was pointed at
    /// a loopback name. A proxy on this machine makes everybody look like loopback.
    pub on_this_machine: bool,
}

const FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED_PROTO: &str = "x-forwarded-proto";
/// Headers that only a proxy adds.
const PROXY_HEADERS: [&str; 5] = [
    FORWARDED_FOR,
    FORWARDED_PROTO,
    "x-forwarded-host",
    "forwarded",
    "x-real-ip",
];

impl Client {
    /// What the layer found.
    ///
    /// # Errors
    /// `internal` when the layer did not run, which is a mistake in the wiring.
    pub(crate) fn of(parts: &Parts) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().copied().ok_or_else(|| {
            tracing::error!("a request has no client address");
            Problem::new(Code::Internal)
        })
    }

    /// Finds out where a request comes from.
    pub(crate) fn find(
        headers: &HeaderMap,
        peer: Option<&ConnectInfo<SocketAddr>>,
        settings: &ServerSettings,
    ) -> Option<Self> {
        let peer = domain::canonical(peer?.0.ip());
        let public_is_https = settings
            .public_origin
            .as_deref()
            .is_some_and(|origin| origin.starts_with("https://"));
        if !settings.trusts(peer) {
            let proxied = PROXY_HEADERS.iter().any(|name| headers.contains_key(*name));
            return Some(Self {
                address: peer,
                secure: if public_is_https {
                    Secure::Yes
                } else {
                    Secure::No
                },
                on_this_machine: peer.is_loopback() && !proxied && names_loopback(headers),
            });
        }
        let forwarded_https = headers
            .get(FORWARDED_PROTO)
            .is_some_and(|proto| proto.as_bytes().eq_ignore_ascii_case(b"https"));
        Some(Self {
            address: forwarded_for(headers, settings).unwrap_or(peer),
            secure: if public_is_https || forwarded_https {
                Secure::Yes
            } else {
                Secure::No
            },
            on_this_machine: false,
        })
    }
}

/// The last address of the chain that is not a trusted proxy's: what stands before it was written by whoever sent the request.
fn forwarded_for(headers: &HeaderMap, settings: &ServerSettings) -> Option<IpAddr> {
    let mut chain = Vec::new();
    for value in headers.get_all(FORWARDED_FOR) {
        chain.extend(value.to_str().ok()?.split(','));
    }
    for entry in chain.into_iter().rev() {
        let address = entry.trim().parse().ok().map(domain::canonical)?;
        if !settings.trusts(address) {
            return Some(address);
        }
    }
    None
}

fn names_loopback(headers: &HeaderMap) -> bool {
    let Some(host) = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
    else {
        return false;
    };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// The names of the session's cookie, the safer one first. `__Host-` binds it to TLS and to this host.
const SESSION_COOKIES: [&str; 2] = ["__Host-bangui", "bangui"];

/// The name of the session's cookie for this client.
pub(crate) const fn session_cookie_name(secure: Secure) -> &'static str {
    let [bound, plain] = SESSION_COOKIES;
    match secure {
        Secure::Yes => bound,
        Secure::No => plain,
    }
}

/// The session's token, from the cookie.
///
/// Over TLS only the bound cookie counts: the plain one could have been set by a neighbouring host name, to make somebody act in another's session.
#[must_use]
pub(crate) fn session_token(headers: &HeaderMap, secure: Secure) -> Option<String> {
    let name = session_cookie_name(secure);
    headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(Cookie::split_parse)
        .filter_map(Result::ok)
        .find(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned())
}

#[cfg(test)]
mod tests;
