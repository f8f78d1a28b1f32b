//! Without a daemon; with one see [`crate::real_daemon`].
use axum::http::Method;
use domain::Role;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::testing::TestApp;

const JAIL: &str = "/api/v1/hosts/local/jails/sshd";

#[tokio::test]
async fn status_while_the_daemon_is_down_says_why_and_what_to_do() {
    let app = TestApp::new().await;
    let viewer = app.as_role(Role::Viewer).await;
    let answer = viewer.get("/api/v1/hosts/local/status").await;
    assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
    assert_eq!(answer.json()["daemon"]["reason"], "socketMissing");
    assert_eq!(answer.json()["daemon"]["state"], "down");
    assert_ne!(answer.json()["daemon"]["remedy"], Value::Null);
}

#[tokio::test]
async fn jails_while_the_daemon_was_never_there_are_none() {
    let app = TestApp::new().await;
    let viewer = app.as_role(Role::Viewer).await;
    let answer = viewer.get("/api/v1/hosts/local/jails").await;
    assert_eq!(answer.json(), json!({ "items": [], "asOf": null }));
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let app = TestApp::new().await;
    let viewer = app.as_role(Role::Viewer).await;
    for uri in [
        "/api/v1/hosts/local/status",
        "/api/v1/hosts/local/jails",
        "/api/v1/bans?limit=5",
    ] {
        let first = viewer.get(uri).await;
        let tag = first.header("etag").unwrap();
        assert!(tag.starts_with("W/\""), "{tag}");
        for held in [tag, &tag[2..], &format!("\"other\", {tag}")] {
            let again = viewer.clone().header("if-none-match", held).get(uri).await;
            assert_eq!((again.status.as_u16(), &*again.body), (304, ""), "{held}");
            assert_eq!(again.header("etag"), Some(tag));
        }
        let other = viewer.clone().header("if-none-match", "W/\"0-0\"");
        assert_eq!(other.get(uri).await.status, 200);
    }
}

#[tokio::test]
async fn jail_while_the_daemon_is_down_is_unavailable() {
    let app = TestApp::new().await;
    let viewer = app.as_role(Role::Viewer).await;
    assert_snapshot!(viewer.get(JAIL).await.shown(), @r#"
    503 Service Unavailable
    retry-after: 5
    content-type: application/problem+json
    {
      "detail": "there is no socket at [folder]/fail2ban.sock",
      "remedy": "Start fail2ban (systemctl start fail2ban). If it listens elsewhere, choose its socket.",
      "requestId": "[request]",
      "retryAfterSeconds": 5,
      "status": 503,
      "title": "fail2ban cannot be reached",
      "type": "/problems/daemon-unavailable"
    }
    "#);
}

#[tokio::test]
async fn every_action_while_the_daemon_is_down_is_unavailable_and_recorded() {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    let actions = [
        (Method::POST, "start", json!({}), "jail.started"),
        (Method::POST, "stop", json!({}), "jail.stopped"),
        (Method::POST, "restart", json!({}), "jail.restarted"),
        (Method::POST, "idle", json!({}), "jail.idled"),
        (Method::POST, "resume", json!({}), "jail.resumed"),
        (Method::POST, "reload", json!({}), "jail.reloaded"),
        (
            Method::PATCH,
            "settings",
            json!({ "maxretry": 3 }),
            "jail.settings_changed",
        ),
        (
            Method::POST,
            "ignore",
            json!({ "entry": "192.0.2.1" }),
            "ignore.added",
        ),
        (
            Method::PUT,
            "ignore-self",
            json!({ "enabled": true }),
            "ignore.self_changed",
        ),
    ];
    for (method, verb, body, action) in actions {
        let answer = admin
            .send(method, &format!("{JAIL}/{verb}"), Some(body))
            .await;
        assert_eq!(answer.problem(), "daemon-unavailable", "{verb}");
        assert_eq!(answer.status, 503);
        assert_ne!(answer.json()["remedy"], Value::Null, "{verb}");
        let entries = admin
            .get(&format!("/api/v1/audit?action={action}"))
            .await
            .json();
        let entry = &entries["items"][0];
        assert_eq!(entry["outcome"], "failed", "{verb}");
        assert_eq!(entry["target"], "sshd", "{verb}");
    }
    let removed = admin
        .delete(&format!("{JAIL}/ignore?entry=192.0.2.1"))
        .await;
    assert_eq!(removed.problem(), "daemon-unavailable");
    let all = admin.post("/api/v1/hosts/local/reload", json!({})).await;
    assert_eq!(all.problem(), "daemon-unavailable");
}

#[tokio::test]
async fn failed_action_is_recorded_with_who_and_what_was_asked_for() {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    let body = json!({ "entry": "Office.example.org" });
    admin.post(&format!("{JAIL}/ignore"), body).await;
    let entries = admin.get("/api/v1/audit?action=ignore.added").await;
    assert_snapshot!(entries.shown(), @r#"
    200 OK
    {
      "items": [
        {
          "action": "ignore.added",
          "actor": {
            "kind": "user",
            "name": "admin"
          },
          "address": "203.0.113.5",
          "at": "2026-11-23T12:00:00.000Z",
          "detail": {
            "entry": "office.example.org",
            "error": "fail2ban cannot be reached: there is no socket at [folder]/fail2ban.sock"
          },
          "host": "local",
          "id": "3",
          "outcome": "failed",
          "target": "sshd"
        }
      ],
      "nextCursor": null
    }
    "#);
}

#[tokio::test]
async fn settings_out_of_range_are_named_by_field() {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    let body = json!({ "bantimeSeconds": -2, "findtimeSeconds": 0, "maxretry": 10_001 });
    let answer = admin.patch(&format!("{JAIL}/settings"), body).await;
    assert_snapshot!(answer.shown(), @r#"
    422 Unprocessable Entity
    content-type: application/problem+json
    {
      "errors": [
        {
          "code": "out-of-range",
          "field": "bantimeSeconds",
          "message": "-2 is not allowed: 1 to 315360000, or -1 for permanent"
        },
        {
          "code": "out-of-range",
          "field": "findtimeSeconds",
          "message": "0 is not allowed: 1 to 31536000"
        },
        {
          "code": "out-of-range",
          "field": "maxretry",
          "message": "10001 is not allowed: 1 to 10000"
        }
      ],
      "requestId": "[request]",
      "status": 422,
      "title": "Some values were not accepted",
      "type": "/problems/invalid"
    }
    "#);
}

#[tokio::test]
async fn settings_without_any_or_with_others_are_refused() {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    for body in [
        json!({}),
        json!({ "maxretry": null }),
        json!({ "bantime": 5 }),
        json!({ "maxretry": "len('x')" }),
    ] {
        let answer = admin.patch(&format!("{JAIL}/settings"), body.clone()).await;
        assert_eq!(answer.problem(), "invalid", "{body}");
    }
}

#[tokio::test]
async fn ignore_entry_that_fail2ban_would_misread_is_refused() {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    for entry in ["", "0.0.0.0/0", "file:/etc/shadow", "999.1.2.3", "a b"] {
        let body = json!({ "entry": entry });
        let answer = admin.post(&format!("{JAIL}/ignore"), body).await;
        assert_eq!(answer.problem(), "invalid", "{entry}");
        assert_eq!(answer.json()["errors"][0]["field"], "entry");
    }
}

#[tokio::test]
async fn name_that_cannot_be_a_jail_is_not_found() {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    for name in ["-x", "a%2Cb", "%0A", "%20a", "%FF", &"x".repeat(101)] {
        let uri = format!("/api/v1/hosts/local/jails/{name}");
        assert_eq!(admin.get(&uri).await.problem(), "jail-not-found", "{name}");
        let stop = admin.post(&format!("{uri}/stop"), json!({})).await;
        assert_eq!(stop.problem(), "jail-not-found", "{name}");
    }
}

#[tokio::test]
async fn host_that_is_not_there_is_not_found() {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    for host in ["web-1", "LOCAL", "a%2Fb"] {
        for uri in ["status", "jails", "jails/sshd"] {
            let answer = admin.get(&format!("/api/v1/hosts/{host}/{uri}")).await;
            assert_eq!(answer.problem(), "host-not-found", "{host} {uri}");
        }
        let uri = format!("/api/v1/hosts/{host}/reload");
        let answer = admin.post(&uri, json!({})).await;
        assert_eq!(answer.problem(), "host-not-found", "{host}");
    }
}

#[tokio::test]
async fn jails_are_controlled_by_admins_only() {
    let app = TestApp::new().await;
    let operator = app.as_role(Role::Operator).await;
    let answer = operator.post(&format!("{JAIL}/stop"), json!({})).await;
    assert_eq!(answer.problem(), "forbidden");
}
