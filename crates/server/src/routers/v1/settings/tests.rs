use domain::{AuditQuery, Role, Storage as _};
use serde_json::{Value, json};

use crate::testing::{PASSWORD, TestApp, silent_lab};

const URI: &str = "/api/v1/settings";

fn settings() -> Value {
    json!({
        "timeZone": "Europe/Berlin",
        "sessionIdleSeconds": 300,
        "sessionAbsoluteSeconds": 7_776_000,
        "socket": null,
        "retentionDays": 30,
        "onlineLookups": true,
        "blockedConnectionsStay": true,
    })
}

#[tokio::test]
async fn settings_changed_are_shown_and_written_down() {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    insta::assert_snapshot!(admin.get(URI).await.shown(), @r#"
    200 OK
    {
      "blockedConnectionsStay": false,
      "onlineLookups": false,
      "retentionDays": 365,
      "sessionAbsoluteSeconds": 86400,
      "sessionIdleSeconds": 3600,
      "socket": null,
      "timeZone": "UTC"
    }
    "#);
    let changed = admin.put(URI, settings()).await;
    assert_eq!((changed.status.as_u16(), changed.json()), (200, settings()));
    assert_eq!(admin.get(URI).await.json(), settings());
    let reads = app.storage.reads();
    let page = reads.audit(&AuditQuery::default()).await.unwrap();
    let entry = &page.items[0].entry;
    insta::assert_snapshot!(
        format!("{} [{}]\n{:#}", entry.action.as_str(), entry.target, entry.detail),
        @r#"
    settings.changed [timeZone, sessionIdleSeconds, sessionAbsoluteSeconds, retentionDays, onlineLookups, blockedConnectionsStay]
    {
      "after": {
        "blockedConnectionsStay": true,
        "fail2banSocket": null,
        "onlineLookups": true,
        "retentionDays": 30,
        "sessionAbsoluteSeconds": 7776000,
        "sessionIdleSeconds": 300,
        "timeZone": "Europe/Berlin"
      },
      "before": {
        "blockedConnectionsStay": false,
        "fail2banSocket": null,
        "onlineLookups": false,
        "retentionDays": 365,
        "sessionAbsoluteSeconds": 86400,
        "sessionIdleSeconds": 3600,
        "timeZone": "UTC"
      }
    }
    "#
    );
}

#[tokio::test]
async fn settings_with_values_that_cannot_be_name_every_field() {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    let wrong = json!({
        "timeZone": "Mars/Base",
        "sessionIdleSeconds": 2_592_001,
        "sessionAbsoluteSeconds": 2_592_000,
        "socket": "fail2ban.sock",
        "retentionDays": 0,
    });
    insta::assert_snapshot!(admin.put(URI, wrong).await.shown(), @r#"
    422 Unprocessable Entity
    content-type: application/problem+json
    {
      "errors": [
        {
          "code": "unknown-time-zone",
          "field": "timeZone",
          "message": "\"Mars/Base\" is not a time zone: write one such as Europe/Berlin or UTC"
        },
        {
          "code": "out-of-range",
          "field": "sessionIdleSeconds",
          "message": "Sessions may end after 5 minutes to 30 days without use."
        },
        {
          "code": "out-of-range",
          "field": "sessionAbsoluteSeconds",
          "message": "Sessions may last at most 90 days, and not less than they may be unused."
        },
        {
          "code": "out-of-range",
          "field": "retentionDays",
          "message": "Events are kept for 1 to 3650 days."
        },
        {
          "code": "bad-socket",
          "field": "socket",
          "message": "the path of the socket must begin with /"
        }
      ],
      "requestId": "[request]",
      "status": 422,
      "title": "Some values were not accepted",
      "type": "/problems/invalid"
    }
    "#);
    assert_eq!(admin.get(URI).await.json()["timeZone"], json!("UTC"));
}

#[tokio::test]
async fn settings_that_are_left_out_stay_as_they_are() {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    admin.put(URI, settings()).await;
    let mut fewer = settings();
    fewer.as_object_mut().unwrap().remove("retentionDays");
    fewer.as_object_mut().unwrap().remove("onlineLookups");
    assert_eq!(admin.put(URI, fewer).await.json(), settings());
}

#[tokio::test]
async fn settings_hold_for_sessions_that_begin_afterwards() {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    admin.put(URI, settings()).await;
    let credentials = json!({ "name": "admin", "password": PASSWORD });
    let begun = app.visitor().post("/api/v1/session", credentials).await;
    let body = begun.json();
    assert_eq!(
        body["session"]["idleExpiresAt"],
        json!("2026-11-23T12:05:00.000Z")
    );
    assert_eq!(body["timeZone"], json!("Europe/Berlin"));
}

#[tokio::test]
async fn settings_with_a_path_that_is_no_socket_change_nothing() {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut with_file = settings();
    with_file["socket"] = json!(file.path());
    assert_eq!(admin.put(URI, with_file).await.problem(), "invalid");
    assert_eq!(admin.get(URI).await.json()["timeZone"], json!("UTC"));
}

#[tokio::test]
async fn settings_with_a_socket_that_is_not_there_yet_are_taken_and_null_goes_back() {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    let status = "/api/v1/hosts/local/status";
    let default = admin.get(status).await.json()["socket"].clone();
    let mut later = settings();
    later["socket"] = json!("/nonexistent/later.sock");
    assert_eq!(admin.put(URI, later.clone()).await.status, 200);
    assert_eq!(admin.get(status).await.json()["socket"], later["socket"]);
    assert_eq!(admin.put(URI, settings()).await.status, 200);
    assert_eq!(admin.get(status).await.json()["socket"], default);
}

#[tokio::test]
async fn settings_that_cannot_be_saved_leave_the_socket_as_it_was() {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    assert_eq!(admin.get(URI).await.status, 200);
    app.make_settings_unwritable();
    let status = "/api/v1/hosts/local/status";
    let before = admin.get(status).await.json()["socket"].clone();
    let mut later = settings();
    later["socket"] = json!("/nonexistent/later.sock");
    assert_eq!(admin.put(URI, later).await.problem(), "internal");
    assert_eq!(admin.get(status).await.json()["socket"], before);
}

#[tokio::test]
async fn settings_with_another_socket_use_it_at_once() {
    let lab = silent_lab().await;
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    let mut with_socket = settings();
    with_socket["socket"] = json!(lab.socket());
    assert_eq!(admin.put(URI, with_socket).await.status, 200);
    let up = admin
        .get_until("/api/v1/hosts/local/status", |status| {
            status["daemon"]["state"] == json!("up")
        })
        .await;
    assert_eq!(up["socket"], json!(lab.socket()));
    lab.stop().await;
}
