use std::{net::Ipv4Addr, sync::Mutex};

use axum::{
    Router,
    extract::{Request, State},
    http::{StatusCode as Status, header},
    response::{IntoResponse as _, Redirect, Response as Reply},
};
use tokio::{net::TcpListener, task::JoinSet};

use super::*;

/// As the RIPE NCC answers, shortened.
const RIPE: &str = r#"{
    "handle": "193.0.0.0 - 193.0.7.255", "startAddress": "193.0.0.0", "endAddress": "193.0.7.255", "ipVersion": "v4",
    "name": "RIPE-NCC", "country": "NL", "objectClassName": "ip network",
    "entities": [
        { "handle": "ORG-RIEN1-RIPE", "roles": ["registrant"], "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Reseaux IP Europeens Network Coordination Centre (RIPE NCC)"], ["kind", {}, "text", "org"]]] },
        { "handle": "OPS4-RIPE", "roles": ["abuse"], "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Abuse-C Role"], ["email", {"type": "abuse"}, "text", "abuse@ripe.net"]]] }
    ]
}"#;

/// A registry on this machine, with the questions that it was asked, as long as the set lives.
struct Registry {
    url: String,
    asked: &'static Mutex<Vec<String>>,
    _serving: JoinSet<()>,
}

type Asked = &'static Mutex<Vec<String>>;

async fn registry(answer: fn(&str) -> Reply) -> Registry {
    let asked: Asked = Box::leak(Box::default());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}/ip/", listener.local_addr().unwrap());
    let router = Router::new()
        .fallback(async move |State(asked): State<Asked>, request: Request| {
            let headers = request.headers();
            assert!(
                !headers.contains_key(header::REFERER) && !headers.contains_key(header::COOKIE)
            );
            let path = request.uri().path().to_owned();
            asked.lock().unwrap().push(path.clone());
            answer(&path)
        })
        .with_state(asked);
    let mut serving = JoinSet::new();
    serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
    Registry {
        url,
        asked,
        _serving: serving,
    }
}

impl Registry {
    async fn ask(&self, network: &str) -> Result<Option<Registration>, LookupError> {
        let rdap = Rdap::new(self.url.parse().unwrap());
        rdap.registration(network.parse().unwrap()).await
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[tokio::test]
async fn registration_is_what_the_registry_tells() {
    let registry = registry(|_| RIPE.into_response()).await;
    let found = registry.ask("193.0.6.139/32").await.unwrap();
    assert_eq!(
        found,
        Some(Registration {
            handle: Some("193.0.0.0 - 193.0.7.255".to_owned()),
            name: Some("RIPE-NCC".to_owned()),
            range: Some("193.0.0.0 – 193.0.7.255".to_owned()),
            country: Some("NL".to_owned()),
            organisation: Some(
                "Reseaux IP Europeens Network Coordination Centre (RIPE NCC)".to_owned()
            ),
            abuse_contacts: vec!["abuse@ripe.net".to_owned()],
            source: "127.0.0.1".to_owned(),
        })
    );
    registry.ask("193.0.6.139/22").await.unwrap();
    assert_eq!(registry.asked(), ["/ip/193.0.6.139", "/ip/193.0.4.0/22"]);
}

#[tokio::test]
async fn question_about_an_ipv6_address_is_no_other_scheme() {
    let registry = registry(|_| Status::NOT_FOUND.into_response()).await;
    assert_eq!(registry.ask("2001:db8::7/128").await, Ok(None));
    assert_eq!(registry.ask("2001:db8::/32").await, Ok(None));
    assert_eq!(registry.asked(), ["/ip/2001:db8::7", "/ip/2001:db8::/32"]);
}

#[tokio::test]
async fn registry_that_refuses_or_talks_nonsense_is_an_error() {
    let busy = registry(|_| Status::TOO_MANY_REQUESTS.into_response()).await;
    assert_eq!(
        busy.ask("193.0.6.139/32").await,
        Err(LookupError::Refused(429))
    );
    let page = registry(|_| "<html>".into_response()).await;
    let error = page.ask("193.0.6.139/32").await.unwrap_err();
    assert!(matches!(error, LookupError::NotUnderstood(_)), "{error:?}");
    let endless = registry(|_| " ".repeat(MAX_BYTES + 1).into_response()).await;
    let error = endless.ask("193.0.6.139/32").await.unwrap_err();
    assert!(error.to_string().contains("longer than"), "{error}");
}

#[tokio::test]
async fn redirect_is_followed_to_the_same_registry_and_not_in_circles() {
    let registry = registry(|path| match path {
        "/ip/193.0.6.139" => Redirect::temporary("/elsewhere").into_response(),
        "/elsewhere" => RIPE.into_response(),
        _ => Redirect::temporary(path).into_response(),
    })
    .await;
    assert!(registry.ask("193.0.6.139/32").await.unwrap().is_some());
    let error = registry.ask("193.0.6.1/32").await.unwrap_err();
    assert_eq!(
        error,
        LookupError::Unreachable("too many redirects".to_owned())
    );
    assert_eq!(registry.asked().len(), 2 + 1 + MAX_REDIRECTS);
}

/// Where a registry must not send anybody.
const ASTRAY: [&str; 7] = [
    "http://127.0.0.1:1/ip/193.0.6.139",
    "https://127.0.0.1/ip/193.0.6.139",
    "https://[::1]/ip/193.0.6.139",
    "https://169.254.169.254/latest/meta-data",
    "https://2130706433/",
    "https://registry.example:8443/",
    "http://registry.example/",
];

#[tokio::test]
async fn redirect_to_inside_or_without_secrecy_is_not_followed() {
    let registry = registry(|path| {
        let which: usize = path.rsplit('.').next().unwrap().parse().unwrap();
        Redirect::permanent(ASTRAY[which]).into_response()
    })
    .await;
    let refused = LookupError::Unreachable("a redirect to where nothing is asked".to_owned());
    for (which, astray) in ASTRAY.iter().enumerate() {
        let error = registry.ask(&format!("193.0.6.{which}/32")).await;
        assert_eq!(error, Err(refused.clone()), "{astray}");
    }
    assert_eq!(registry.asked().len(), ASTRAY.len());
}

#[tokio::test]
async fn registry_that_is_silent_is_given_up_in_time() {
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let rdap = Rdap::new(url.parse().unwrap());
    let asking = rdap.registration("193.0.6.139/32".parse().unwrap());
    let limit = LIMIT + Duration::from_secs(20);
    let answer = tokio::time::timeout(limit, asking).await.unwrap();
    assert_eq!(answer, Err(LookupError::TimedOut));
}

#[tokio::test]
async fn registry_that_is_not_there_is_an_error() {
    let gone = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}/", gone.local_addr().unwrap());
    drop(gone);
    let rdap = Rdap::new(url.parse().unwrap());
    let error = rdap
        .registration("193.0.6.139/32".parse().unwrap())
        .await
        .unwrap_err();
    assert!(matches!(error, LookupError::Unreachable(_)), "{error}");
}

#[test]
fn beginning_of_rdap_is_a_folder_over_http() {
    assert_eq!(RdapUrl::default().to_string(), DEFAULT);
    for bad in [
        "",
        "rdap.org",
        "ftp://rdap.org/ip/",
        "https://rdap.org/ip",
        "https://rdap.org/ip/?x=/",
        "https://rdap.org/#/",
    ] {
        assert_eq!(bad.parse::<RdapUrl>(), Err(BadRdapUrl), "{bad}");
    }
}
