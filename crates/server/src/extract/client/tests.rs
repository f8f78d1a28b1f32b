use axum::http::{HeaderName, HeaderValue};

use super::*;
use crate::testing;

struct From<'a> {
    peer: &'a str,
    headers: &'a [(&'static str, &'a str)],
    proxies: &'a [&'a str],
    origin: Option<&'a str>,
}

const NOBODY: From<'static> = From {
    peer: "203.0.113.7",
    headers: &[],
    proxies: &[],
    origin: None,
};

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_str(value).unwrap(),
            )
        })
        .collect()
}

fn found(from: &From<'_>) -> Client {
    let mut settings = testing::settings(std::path::Path::new("/nowhere"));
    settings.trusted_proxies = from.proxies.iter().map(|p| p.parse().unwrap()).collect();
    settings.public_origin = from.origin.map(str::to_owned);
    let peer = ConnectInfo(SocketAddr::new(from.peer.parse().unwrap(), 4711));
    Client::find(&headers(from.headers), Some(&peer), &settings).unwrap()
}

fn address(from: &From<'_>) -> String {
    found(from).address.to_string()
}

#[test]
fn forwarded_address_from_a_stranger_is_not_believed() {
    let spoofed = From {
        headers: &[("x-forwarded-for", "198.51.100.1")],
        ..NOBODY
    };
    assert_eq!(address(&spoofed), "203.0.113.7");
}

#[test]
fn forwarded_address_from_a_trusted_proxy_is_the_last_one_that_is_no_proxy() {
    let chain = |value| From {
        peer: "10.0.0.2",
        headers: value,
        proxies: &["10.0.0.0/8"],
        origin: None,
    };
    let cases: [(&[(&str, &str)], &str); 7] = [
        (&[("x-forwarded-for", "198.51.100.1")], "198.51.100.1"),
        // What stands before the last stranger was written by that stranger.
        (
            &[("x-forwarded-for", "127.0.0.1, 198.51.100.1")],
            "198.51.100.1",
        ),
        (
            &[("x-forwarded-for", "198.51.100.1, 10.9.9.9")],
            "198.51.100.1",
        ),
        (
            &[("x-forwarded-for", "::ffff:198.51.100.1")],
            "198.51.100.1",
        ),
        (&[("x-forwarded-for", "nonsense")], "10.0.0.2"),
        (&[("x-forwarded-for", "198.51.100.1, nonsense")], "10.0.0.2"),
        (&[], "10.0.0.2"),
    ];
    for (headers, expected) in cases {
        assert_eq!(address(&chain(headers)), expected, "{headers:?}");
    }
}

#[test]
fn forwarded_headers_in_several_lines_are_one_chain() {
    let mut map = headers(&[("x-forwarded-for", "127.0.0.1")]);
    map.append("x-forwarded-for", HeaderValue::from_static("198.51.100.1"));
    let mut settings = testing::settings(std::path::Path::new("/nowhere"));
    settings.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
    let peer = ConnectInfo("10.0.0.2:1".parse().unwrap());
    let client = Client::find(&map, Some(&peer), &settings).unwrap();
    assert_eq!(client.address.to_string(), "198.51.100.1");
}

#[test]
fn mapped_peer_address_is_unwrapped() {
    let mapped = From {
        peer: "::ffff:203.0.113.7",
        ..NOBODY
    };
    assert_eq!(address(&mapped), "203.0.113.7");
}

#[test]
fn tls_is_believed_of_a_trusted_proxy_and_of_the_public_origin_only() {
    let said = &[("x-forwarded-proto", "https")];
    let stranger = From {
        headers: said,
        ..NOBODY
    };
    assert_eq!(found(&stranger).secure, Secure::No);
    let proxy = From {
        peer: "10.0.0.2",
        headers: said,
        proxies: &["10.0.0.0/8"],
        origin: None,
    };
    assert_eq!(found(&proxy).secure, Secure::Yes);
    let configured = From {
        origin: Some("https://ban.example.org"),
        ..NOBODY
    };
    assert_eq!(found(&configured).secure, Secure::Yes);
}

#[test]
fn visitor_is_on_this_machine_only_without_any_trace_of_a_proxy() {
    fn local(headers: &[(&'static str, &str)]) -> bool {
        let from = From {
            peer: "127.0.0.1",
            headers,
            ..NOBODY
        };
        found(&from).on_this_machine
    }
    assert!(local(&[("host", "127.0.0.1:8000")]));
    assert!(local(&[("host", "localhost")]));
    assert!(local(&[("host", "[::1]:8000")]));
    // A proxy on this machine that nobody declared makes everybody look like loopback.
    for trace in [
        "x-forwarded-for",
        "x-forwarded-proto",
        "x-forwarded-host",
        "forwarded",
        "x-real-ip",
    ] {
        assert!(
            !local(&[("host", "127.0.0.1:8000"), (trace, "x")]),
            "{trace}"
        );
    }
    assert!(
        !local(&[("host", "ban.example.org")]),
        "a name bound to 127.0.0.1 by somebody else"
    );
    assert!(!local(&[]));
}

#[test]
fn visitor_through_a_declared_proxy_is_never_on_this_machine() {
    let proxied = From {
        peer: "127.0.0.1",
        headers: &[("host", "127.0.0.1:8000")],
        proxies: &["127.0.0.0/8"],
        origin: None,
    };
    assert!(!found(&proxied).on_this_machine);
    let stranger = From {
        headers: &[("host", "127.0.0.1:8000")],
        ..NOBODY
    };
    assert!(!found(&stranger).on_this_machine);
}

#[test]
fn session_token_comes_from_the_cookie_that_fits_the_connection() {
    let both = headers(&[("cookie", "bangui=plain; __Host-bangui=bound; other=x")]);
    assert_eq!(session_token(&both, Secure::Yes).as_deref(), Some("bound"));
    assert_eq!(session_token(&both, Secure::No).as_deref(), Some("plain"));
    let planted = headers(&[("cookie", "bangui=planted")]);
    assert_eq!(session_token(&planted, Secure::Yes), None);
    assert_eq!(session_token(&HeaderMap::new(), Secure::No), None);
}
