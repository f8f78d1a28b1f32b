use domain::Role;
use insta::assert_snapshot;
use serde_json::json;

use crate::testing::{Past, TestApp};

#[tokio::test]
async fn address_is_told_from_history_while_fail2ban_is_down() {
    let app = TestApp::new().await;
    let mut past = Past::default();
    past.ban("2026-11-23T10:00:00Z", "sshd", "192.0.2.7");
    past.ban("2026-11-23T11:00:00Z", "sshd", "192.0.2.7").kind = domain::EventKind::Unban;
    past.ban("2026-11-23T11:10:00Z", "postfix", "192.0.2.7");
    past.failures("2026-11-23T11:00:00Z", "postfix", "192.0.2.7", 4);
    past.ban("2026-11-23T11:20:00Z", "sshd", "192.0.2.8");
    past.store(&app).await;
    let viewer = app.as_role(Role::Viewer).await;
    let answer = viewer.get("/api/v1/addresses/192.0.2.7").await;
    assert_snapshot!(answer.shown(), @r#"
    200 OK
    {
      "asn": 4200000001,
      "banTimes": [],
      "country": "DE",
      "current": [],
      "family": "v4",
      "guard": [],
      "ignoredIn": [],
      "jails": [
        {
          "bans": 1,
          "failures": 0,
          "firstAt": "2026-11-23T10:00:00.000Z",
          "host": "local",
          "jail": "sshd",
          "lastAt": "2026-11-23T11:00:00.000Z",
          "unbans": 1
        },
        {
          "bans": 1,
          "failures": 4,
          "firstAt": "2026-11-23T11:10:00.000Z",
          "host": "local",
          "jail": "postfix",
          "lastAt": "2026-11-23T11:10:00.000Z",
          "unbans": 0
        }
      ],
      "kind": "address",
      "networkName": "Example",
      "scope": "documentation",
      "subject": "192.0.2.7",
      "unknownJails": []
    }
    "#);
}

#[tokio::test]
async fn address_in_any_spelling_is_told_in_its_canonical_form() {
    let app = TestApp::new().await;
    let viewer = app.as_role(Role::Viewer).await;
    for (written, subject, kind, scope) in [
        ("8.8.8.8", "8.8.8.8", "address", json!("public")),
        ("::ffff:8.8.8.8", "8.8.8.8", "address", json!("public")),
        ("10.1.2.3%2F16", "10.1.0.0/16", "network", json!("private")),
        (
            "2001:DB8::1",
            "2001:db8::1",
            "address",
            json!("documentation"),
        ),
        ("FE80::1%2F64", "fe80::/64", "network", json!("linkLocal")),
        ("some%20one%2F%3B", "some one/;", "other", json!(null)),
        ("%E2%80%AE", "\u{202e}", "other", json!(null)),
    ] {
        let answer = viewer.get(&format!("/api/v1/addresses/{written}")).await;
        assert_eq!(answer.status, 200, "{written}: {}", answer.body);
        let body = answer.json();
        let told = (&body["subject"], &body["kind"], &body["scope"]);
        assert_eq!(told, (&json!(subject), &json!(kind), &scope), "{written}");
    }
    let long = "x".repeat(1_001);
    let answer = viewer.get(&format!("/api/v1/addresses/{long}")).await;
    assert_eq!(answer.problem(), "invalid");
}

#[tokio::test]
async fn address_that_is_guarded_is_told_with_what_it_would_hit() {
    let app = TestApp::new().await;
    let viewer = app.as_role(Role::Viewer).await;
    for (address, reason) in [("127.0.0.1", "loopback"), ("203.0.113.5", "requester")] {
        let body = viewer
            .get(&format!("/api/v1/addresses/{address}"))
            .await
            .json();
        assert_eq!(body["guard"][0]["reason"], reason, "{body}");
    }
}
