use domain::{AuditQuery, Outcome, Role, Storage as _};
use serde_json::{Value, json};

use crate::testing::{PASSWORD, TestApp};

const URI: &str = "/api/v1/session/password";
const NEW: &str = "another good password";

fn change(current: &str, new: &str) -> Value {
    json!({ "currentPassword": current, "newPassword": new })
}

#[tokio::test]
async fn password_changed_ends_the_other_sessions_at_once() {
    let app = TestApp::new().await;
    let here = app.as_role(Role::Viewer).await;
    let elsewhere = app.as_role(Role::Viewer).await;
    let somebody = app.as_role(Role::Admin).await;
    for client in [&here, &elsewhere, &somebody] {
        assert_eq!(client.get("/api/v1/session").await.status, 200);
    }
    insta::assert_snapshot!(here.put(URI, change(PASSWORD, NEW)).await.shown(), @"204 No Content");
    assert_eq!(here.get("/api/v1/session").await.status, 200);
    let ended = elsewhere.get("/api/v1/session").await;
    assert_eq!(ended.problem(), "unauthenticated");
    assert_eq!(somebody.get("/api/v1/session").await.status, 200);
    let sign_in = async |password: &str| {
        let body = json!({ "name": "viewer", "password": password });
        let answer = app.visitor().post("/api/v1/session", body).await;
        answer.status.as_u16()
    };
    assert_eq!(sign_in(PASSWORD).await, 401);
    assert_eq!(sign_in(NEW).await, 201);
}

#[tokio::test]
async fn password_change_with_a_wrong_current_one_is_refused_and_written_down() {
    let app = TestApp::new().await;
    let viewer = app.as_role(Role::Viewer).await;
    let answer = viewer.put(URI, change("not the password", NEW)).await;
    insta::assert_snapshot!(answer.shown(), @r#"
    422 Unprocessable Entity
    content-type: application/problem+json
    {
      "errors": [
        {
          "code": "wrong-password",
          "field": "currentPassword",
          "message": "This is not the current password."
        }
      ],
      "requestId": "[request]",
      "status": 422,
      "title": "Some values were not accepted",
      "type": "/problems/invalid"
    }
    "#);
    let reads = app.storage.reads();
    let page = reads.audit(&AuditQuery::default()).await.unwrap();
    let entry = &page.items[0].entry;
    assert_eq!(entry.action.as_str(), "password.changed");
    assert_eq!(entry.outcome, Outcome::Refused);
}

#[tokio::test]
async fn password_change_guessed_too_often_is_limited() {
    let app = TestApp::new().await;
    let viewer = app.as_role(Role::Viewer).await;
    for _ in 0..5 {
        let answer = viewer.put(URI, change("not the password", NEW)).await;
        assert_eq!(answer.problem(), "invalid");
    }
    let limited = viewer.put(URI, change(PASSWORD, NEW)).await;
    assert_eq!(limited.problem(), "too-many-attempts");
    assert!(limited.header("retry-after").is_some());
    app.clock.advance_seconds(61);
    assert_eq!(viewer.put(URI, change(PASSWORD, NEW)).await.status, 204);
}

#[tokio::test]
async fn password_change_to_one_against_the_rules_names_the_field() {
    let app = TestApp::new().await;
    let viewer = app.as_role(Role::Viewer).await;
    let answer = viewer.put(URI, change(PASSWORD, "too short")).await;
    insta::assert_snapshot!(answer.shown(), @r#"
    422 Unprocessable Entity
    content-type: application/problem+json
    {
      "errors": [
        {
          "code": "too-short",
          "field": "newPassword",
          "message": "Use at least 12 characters."
        }
      ],
      "requestId": "[request]",
      "status": 422,
      "title": "Some values were not accepted",
      "type": "/problems/invalid"
    }
    "#);
}
