use std::{
    net::Ipv4Addr,
    sync::atomic::{AtomicUsize, Ordering},
};

use axum::{Router, http::StatusCode, response::IntoResponse as _};
use domain::{AuditAction, AuditEntry, AuditQuery, Outcome, Role, Storage as _};
use insta::assert_snapshot;
use serde_json::json;
use tokio::{net::TcpListener, task::JoinSet};

use crate::testing::{Answer, Plan, TestApp, TestClient};

/// A registry on this machine, which knows 193.0.0.0/21 only, and how often it was asked; as long as the set lives.
async fn registry() -> (String, &'static AtomicUsize, JoinSet<()>) {
    let asked: &'static AtomicUsize = Box::leak(Box::default());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let router = Router::new().fallback(async move |uri: axum::http::Uri| {
        asked.fetch_add(1, Ordering::SeqCst);
        let known = json!({
            "handle": "RIPE-1", "startAddress": "193.0.0.0", "endAddress": "193.0.7.255", "name": "RIPE-NCC", "country": "NL",
            "entities": [
                { "roles": ["registrant"], "vcardArray": ["vcard", [["fn", {}, "text", "RIPE NCC"]]] },
                { "roles": ["abuse"], "vcardArray": ["vcard", [["email", {}, "text", "abuse@ripe.net"]]] },
            ],
        });
        match uri.path() {
            "/8.8.8.8" => StatusCode::NOT_FOUND.into_response(),
            "/9.9.9.9" => StatusCode::TOO_MANY_REQUESTS.into_response(),
            _ => known.to_string().into_response(),
        }
    });
    let mut serving = JoinSet::new();
    serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, asked, serving)
}

async fn asking(registry: &str) -> TestApp {
    TestApp::build(Plan {
        registry: Some(registry.to_owned()),
        ..Plan::default()
    })
    .await
}

async fn allow(app: &TestApp) {
    let admin = app.as_role(Role::Admin).await;
    let mut settings = admin.get("/api/v1/settings").await.json();
    settings["onlineLookups"] = json!(true);
    assert_eq!(admin.put("/api/v1/settings", settings).await.status, 200);
}

/// What the audit log says of questions.
async fn written_down(app: &TestApp) -> Vec<AuditEntry> {
    let query = AuditQuery {
        action: Some(AuditAction::AddressLookedUp),
        ..AuditQuery::default()
    };
    app.storage.reads().audit(&query).await.unwrap().items
}

async fn ask(client: &TestClient, ip: &str, what: &str) -> Answer {
    let uri = format!("/api/v1/addresses/{ip}/lookup");
    client.post(&uri, json!({ "what": what })).await
}

#[tokio::test]
async fn lookup_is_off_until_an_administrator_allows_it() {
    let (url, asked, _serving) = registry().await;
    let app = asking(&url).await;
    let operator = app.as_role(Role::Operator).await;
    let answer = ask(&operator, "193.0.6.139", "rdap").await;
    assert_eq!(
        (answer.status.as_u16(), answer.problem().as_str()),
        (403, "online-lookups-off")
    );
    allow(&app).await;
    assert_snapshot!(ask(&operator, "193.0.6.139", "rdap").await.shown(), @r#"
    200 OK
    {
      "at": "2026-11-23T12:00:00.000Z",
      "cached": false,
      "name": null,
      "rdap": {
        "abuseContacts": [
          "abuse@ripe.net"
        ],
        "country": "NL",
        "handle": "RIPE-1",
        "name": "RIPE-NCC",
        "organisation": "RIPE NCC",
        "range": "193.0.0.0 – 193.0.7.255",
        "source": "127.0.0.1"
      },
      "what": "rdap"
    }
    "#);
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    app.stop().await;
}

#[tokio::test]
async fn answer_is_kept_for_a_day_and_only_questions_that_left_are_written_down() {
    let (url, asked, _serving) = registry().await;
    let app = asking(&url).await;
    allow(&app).await;
    let operator = app.as_role(Role::Operator).await;
    for (ip, cached) in [
        ("193.0.6.139", false),
        ("193.0.6.139", true),
        ("8.8.8.8", false),
        ("8.8.8.8", true),
        ("193.0.6.1%2F24", false),
    ] {
        let answer = ask(&operator, ip, "rdap").await.json();
        assert_eq!(answer["cached"], json!(cached), "{ip}");
        assert_eq!(answer["rdap"].is_null(), ip == "8.8.8.8", "{ip}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 3);
    app.clock.advance_seconds(86_400);
    let operator = app.as_role(Role::Operator).await;
    assert_eq!(
        ask(&operator, "8.8.8.8", "rdap").await.json()["cached"],
        json!(false)
    );
    let entries: Vec<String> = written_down(&app)
        .await
        .into_iter()
        .map(|entry| format!("{} {}", entry.entry.target, entry.entry.detail))
        .collect();
    assert_eq!(entries.len(), 4, "{entries:?}");
    assert!(
        entries.contains(&r#"193.0.6.0/24 {"error":null,"what":"rdap"}"#.to_owned()),
        "{entries:?}"
    );
    app.stop().await;
}

#[tokio::test]
async fn nobody_is_asked_about_what_is_nobodys_on_the_internet() {
    let (url, asked, _serving) = registry().await;
    let app = asking(&url).await;
    allow(&app).await;
    let operator = app.as_role(Role::Operator).await;
    for ip in [
        "10.1.2.3",
        "192.168.0.0%2F16",
        "127.0.0.1",
        "::1",
        "::ffff:10.0.0.1",
        "fe80::1",
        "fd00::%2F8",
        "192.0.2.7",
        "2001:db8::1",
        "224.0.0.1",
        "100.64.0.1",
    ] {
        for what in ["rdap", "name"] {
            let answer = ask(&operator, ip, what).await;
            assert_eq!(answer.problem(), "invalid", "{ip}");
        }
    }
    for (ip, what) in [
        ("some%20one", "rdap"),
        ("193.0.0.0%2F21", "name"),
        ("8.8.8.8", "whois"),
    ] {
        let answer = ask(&operator, ip, what).await;
        assert!(answer.status.is_client_error(), "{ip}: {}", answer.body);
    }
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    app.stop().await;
}

#[tokio::test]
async fn lookup_that_fails_is_told_written_down_and_not_kept() {
    let (url, asked, _serving) = registry().await;
    let app = asking(&url).await;
    allow(&app).await;
    let operator = app.as_role(Role::Operator).await;
    for _ in 0..2 {
        let answer = ask(&operator, "9.9.9.9", "rdap").await;
        assert_eq!(
            (answer.status.as_u16(), answer.problem().as_str()),
            (502, "lookup-failed")
        );
        assert_eq!(
            answer.json()["detail"],
            json!("the answer was an error with status 429")
        );
    }
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    // Nothing listens where the test's name server would be.
    let answer = ask(&operator, "9.9.9.9", "name").await;
    assert!(["lookup-failed", "lookup-timeout"].contains(&answer.problem().as_str()));
    let failed = written_down(&app).await.into_iter();
    let failed = failed.filter(|entry| entry.entry.outcome == Outcome::Failed);
    assert_eq!(failed.count(), 3);
    app.stop().await;
}

#[tokio::test]
async fn person_who_asks_without_end_is_slowed_down() {
    let (url, asked, _serving) = registry().await;
    let app = asking(&url).await;
    allow(&app).await;
    let operator = app.as_role(Role::Operator).await;
    for last in 0..20 {
        let answer = ask(&operator, &format!("193.0.6.{last}"), "rdap").await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    let answer = ask(&operator, "193.0.6.100", "rdap").await;
    assert_eq!(answer.problem(), "too-many-attempts");
    assert_eq!(answer.headers["retry-after"], "3");
    // What is known costs nobody anything.
    assert_eq!(ask(&operator, "193.0.6.1", "rdap").await.status, 200);
    app.clock.advance_seconds(3);
    assert_eq!(ask(&operator, "193.0.6.100", "rdap").await.status, 200);
    assert_eq!(asked.load(Ordering::SeqCst), 21);
    app.stop().await;
}
