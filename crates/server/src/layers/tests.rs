use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
    routing::get,
};
use domain::Role;
use serde_json::json;
use tower::ServiceExt as _;

use super::*;
use crate::testing::{self, Plan, TestApp, TestClient};

const URI: &str = "/api/v1/settings";

async fn admin() -> (TestApp, TestClient) {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    (app, admin)
}

fn request(method: Method, kind: Option<&str>, body: impl Into<Body>) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(URI);
    if let Some(kind) = kind {
        request = request.header(header::CONTENT_TYPE, kind);
    }
    request.body(body.into()).unwrap()
}

#[tokio::test]
async fn change_that_the_browser_calls_cross_site_is_refused() {
    let (_app, admin) = admin().await;
    for (site, problem) in [
        ("cross-site", "cross-site"),
        ("same-site", "cross-site"),
        ("anything", "cross-site"),
        ("same-origin", "invalid"),
        ("none", "invalid"),
    ] {
        let sender = admin.clone().header("sec-fetch-site", site);
        assert_eq!(
            sender.put(URI, json!({})).await.problem(),
            problem,
            "{site}"
        );
    }
    let sender = admin.header("sec-fetch-site", "cross-site");
    insta::assert_snapshot!(sender.delete("/api/v1/session").await.shown(), @r#"
    403 Forbidden
    content-type: application/problem+json
    {
      "requestId": "[request]",
      "status": 403,
      "title": "Requests from other sites are refused",
      "type": "/problems/cross-site"
    }
    "#);
}

#[tokio::test]
async fn change_from_another_origin_is_refused_without_the_browsers_word() {
    let (_app, admin) = admin().await;
    for (origin, problem) in [
        ("http://ban.example.org", "invalid"),
        ("https://ban.example.org", "invalid"),
        ("http://evil.example.org", "cross-site"),
        ("http://ban.example.org.evil.example", "cross-site"),
        ("http://ban.example.org:8443", "cross-site"),
        ("null", "cross-site"),
        ("", "cross-site"),
    ] {
        let sender = admin.clone().header("origin", origin);
        let answer = sender.put(URI, json!({})).await;
        assert_eq!(answer.problem(), problem, "{origin:?}");
    }
}

#[tokio::test]
async fn change_from_the_public_origin_is_taken_and_its_plain_twin_is_not() {
    let app = TestApp::build(Plan {
        settings: |settings| {
            settings.public_origin = Some("https://public.example.org".to_owned());
        },
        ..Plan::default()
    })
    .await;
    for (origin, problem) in [
        ("https://public.example.org", "unauthenticated"),
        ("https://ban.example.org", "unauthenticated"),
        ("http://ban.example.org", "cross-site"),
        ("http://public.example.org", "cross-site"),
    ] {
        let sender = app.visitor().header("origin", origin);
        let answer = sender.put(URI, json!({})).await;
        assert_eq!(answer.problem(), problem, "{origin}");
    }
}

#[tokio::test]
async fn question_by_a_link_from_another_site_is_answered() {
    let (_app, admin) = admin().await;
    let linked = admin.header("sec-fetch-site", "cross-site");
    assert_eq!(linked.get(URI).await.status, 200);
}

#[tokio::test]
async fn change_that_a_form_could_send_is_refused() {
    let (_app, admin) = admin().await;
    for method in [Method::POST, Method::PUT, Method::PATCH] {
        for kind in [
            None,
            Some("text/plain"),
            Some("multipart/form-data"),
            Some("application/x-www-form-urlencoded"),
            Some("application/json-patch+json"),
        ] {
            let answer = admin.send_raw(request(method.clone(), kind, "{}")).await;
            let problem = answer.problem();
            assert_eq!(problem, "unsupported-media-type", "{method} {kind:?}");
        }
    }
    let kind = Some("Application/JSON; charset=utf-8");
    let answer = admin.send_raw(request(Method::PUT, kind, "{}")).await;
    assert_eq!(answer.problem(), "invalid");
}

#[tokio::test]
async fn body_that_cannot_be_read_has_its_own_answer() {
    let (_app, admin) = admin().await;
    let kind = Some("application/json");
    let send = async |body: Vec<u8>| admin.send_raw(request(Method::PUT, kind, body)).await;
    let malformed = send(b"{\"timeZone\": ".to_vec()).await;
    insta::assert_snapshot!(malformed.shown(), @r#"
    400 Bad Request
    content-type: application/problem+json
    {
      "detail": "timeZone: EOF while parsing a value at line 1 column 13",
      "requestId": "[request]",
      "status": 400,
      "title": "The body is not valid JSON",
      "type": "/problems/malformed-json"
    }
    "#);
    let wrong_type = send(b"{\"timeZone\": 7}".to_vec()).await;
    insta::assert_snapshot!(wrong_type.shown(), @r#"
    422 Unprocessable Entity
    content-type: application/problem+json
    {
      "detail": "timeZone: invalid type: integer `7`, expected a string at line 1 column 14",
      "requestId": "[request]",
      "status": 422,
      "title": "Some values were not accepted",
      "type": "/problems/invalid"
    }
    "#);
    let large = send(vec![b' '; 10 << 20]).await;
    insta::assert_snapshot!(large.shown(), @r#"
    413 Payload Too Large
    content-type: application/problem+json
    {
      "requestId": "[request]",
      "status": 413,
      "title": "The body is too large",
      "type": "/problems/body-too-large"
    }
    "#);
    assert_eq!(send(Vec::new()).await.problem(), "malformed-json");
    assert_eq!(send(vec![0xff, 0xfe]).await.problem(), "malformed-json");
    let nested = send("[".repeat(60_000).into_bytes()).await;
    assert_eq!(nested.status, 422, "a list is no settings: {nested:?}");
}

#[tokio::test]
async fn body_of_ten_megabytes_is_too_large_for_every_endpoint() {
    let (_app, admin) = admin().await;
    for uri in [
        "/api/v1/hosts/local/bans/check",
        "/api/v1/setup",
        "/api/v1/session",
    ] {
        let kind = Some("application/json");
        let mut request = request(Method::POST, kind, vec![b' '; 10 << 20]);
        *request.uri_mut() = uri.parse().unwrap();
        let answer = admin.send_raw(request).await;
        assert_eq!(answer.problem(), "body-too-large", "{uri}");
    }
}

#[tokio::test]
async fn every_kind_of_answer_carries_the_security_headers_and_a_request_id() {
    let (_app, admin) = admin().await;
    let answers = [
        ("ok", admin.get(URI).await),
        ("unknown", admin.get("/api/v1/nothing").await),
        ("problem", admin.put(URI, json!({})).await),
        ("page", admin.get("/").await),
        ("probe", admin.get("/health/live").await),
        ("document", admin.get("/api/openapi.json").await),
        ("method", admin.send(Method::TRACE, URI, None).await),
    ];
    for (what, answer) in answers {
        let policy = answer.header("content-security-policy").unwrap_or_default();
        assert!(policy.contains("default-src 'none'"), "{what}");
        assert!(!policy.contains("unsafe"), "{what}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{what}");
        }
        assert_eq!(answer.header("strict-transport-security"), None, "{what}");
        assert!(answer.header("cache-control").is_some(), "{what}");
        let id = answer.header("x-request-id").unwrap_or_default();
        assert_eq!(id.len(), 36, "{what}");
        if answer.status.is_client_error() {
            assert_eq!(answer.json()["requestId"], json!(id), "{what}");
            let kind = answer.header("content-type");
            assert_eq!(kind, Some("application/problem+json"), "{what}");
        }
    }
}

#[tokio::test]
async fn answer_about_settings_is_kept_by_nobody() {
    let (_app, admin) = admin().await;
    let answer = admin.get(URI).await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn transport_security_is_demanded_where_the_browser_speaks_tls() {
    let app = TestApp::build(Plan {
        settings: |settings| settings.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()],
        ..Plan::default()
    })
    .await;
    let proxied = app
        .visitor()
        .at("10.0.0.1")
        .header("x-forwarded-proto", "https");
    let answer = proxied.get("/health/live").await;
    assert_eq!(
        answer.header("strict-transport-security"),
        Some("max-age=15552000")
    );
}

#[tokio::test]
async fn answers_without_a_route_are_problems() {
    let (_app, admin) = admin().await;
    insta::assert_snapshot!(admin.get("/api/v1/nothing").await.shown(), @r#"
    404 Not Found
    content-type: application/problem+json
    {
      "requestId": "[request]",
      "status": 404,
      "title": "There is nothing at this address",
      "type": "/problems/not-found"
    }
    "#);
    insta::assert_snapshot!(admin.patch(URI, json!({})).await.shown(), @r#"
    405 Method Not Allowed
    content-type: application/problem+json
    {
      "requestId": "[request]",
      "status": 405,
      "title": "This address does not take this method",
      "type": "/problems/method-not-allowed"
    }
    "#);
}

#[tokio::test]
async fn request_id_of_a_proxy_is_kept_when_it_is_plain() {
    let (_app, admin) = admin().await;
    let id = async |came: &str| {
        let sender = admin.clone().header("x-request-id", came);
        let answer = sender.get(URI).await;
        answer.header("x-request-id").unwrap().to_owned()
    };
    assert_eq!(id("trace-1.2:3_4").await, "trace-1.2:3_4");
    for odd in ["a b", "<script>", &"x".repeat(65), ""] {
        assert_eq!(id(odd).await.len(), 36, "{odd}");
    }
}

#[tokio::test]
async fn handler_that_panics_is_an_internal_problem_with_all_headers() {
    async fn panics() {
        panic!("a secret of the handler");
    }
    let settings = testing::settings(std::path::Path::new("/nowhere"));
    let routes = Router::new().route("/", get(panics));
    let response = around(routes, Arc::new(settings))
        .oneshot(Request::get("/").body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers();
    assert!(headers.contains_key(header::CONTENT_SECURITY_POLICY));
    let body = axum::body::to_bytes(response.into_body(), 1 << 16).await;
    let text = String::from_utf8(body.unwrap().to_vec()).unwrap();
    assert!(text.contains("/problems/internal"), "{text}");
    assert!(!text.contains("secret"), "{text}");
}
