use domain::{AuditQuery, Outcome, Role, SessionId, Storage as _};
use serde_json::json;

use crate::testing::{PASSWORD, TestApp, TestClient};

const URI: &str = "/api/v1/session/password-check";

async fn is_fresh(app: &TestApp, client: &TestClient) -> bool {
    let session = client.get("/api/v1/session").await.json()["session"]["id"].clone();
    let id = SessionId(session.as_str().unwrap().to_owned());
    app.gate().password_is_fresh(&id)
}

async fn check(client: &TestClient, password: &str) -> crate::testing::Answer {
    client.post(URI, json!({ "password": password })).await
}

#[tokio::test]
async fn session_checked_is_fresh_for_ten_minutes_and_no_other_one_is() {
    let app = TestApp::new().await;
    let here = app.as_role(Role::Admin).await;
    let elsewhere = app.as_role(Role::Admin).await;
    assert!(!is_fresh(&app, &here).await);
    insta::assert_snapshot!(check(&here, PASSWORD).await.shown(), @r#"
    200 OK
    {
      "freshUntil": "2026-11-23T12:10:00.000Z"
    }
    "#);
    assert!(is_fresh(&app, &here).await);
    assert!(!is_fresh(&app, &elsewhere).await);
    app.clock.advance_seconds(599);
    assert!(is_fresh(&app, &here).await);
    app.clock.advance_seconds(1);
    assert!(!is_fresh(&app, &here).await);
    check(&here, PASSWORD).await;
    app.clock.advance_seconds(-1);
    assert!(!is_fresh(&app, &here).await, "a clock that was set back");
}

#[tokio::test]
async fn session_that_ends_is_not_fresh_any_more() {
    let app = TestApp::new().await;
    let here = app.as_role(Role::Admin).await;
    let other = app.as_role(Role::Admin).await;
    check(&here, PASSWORD).await;
    let session = here.get("/api/v1/session").await.json()["session"]["id"].clone();
    let id = session.as_str().unwrap();
    let ended = other.delete(&format!("/api/v1/sessions/{id}")).await;
    assert_eq!(ended.status, 204);
    assert!(!app.gate().password_is_fresh(&SessionId(id.to_owned())));
}

#[tokio::test]
async fn wrong_password_is_refused_written_down_and_not_guessed_at_for_long() {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    insta::assert_snapshot!(check(&admin, "a guess").await.shown(), @r#"
    422 Unprocessable Entity
    content-type: application/problem+json
    {
      "errors": [
        {
          "code": "wrong-password",
          "field": "password",
          "message": "This is not the current password."
        }
      ],
      "requestId": "[request]",
      "status": 422,
      "title": "Some values were not accepted",
      "type": "/problems/invalid"
    }
    "#);
    assert!(!is_fresh(&app, &admin).await);
    let mut guesses = 1;
    while check(&admin, "a guess").await.problem() == "invalid" {
        guesses += 1;
        assert!(guesses < 10, "guessing is not limited");
    }
    let limited = check(&admin, PASSWORD).await;
    assert_eq!(limited.problem(), "too-many-attempts");
    app.clock.advance_seconds(3_000);
    assert_eq!(check(&admin, PASSWORD).await.status, 200);
    let page = app.storage.reads().audit(&AuditQuery::default()).await;
    let told: Vec<_> = page
        .unwrap()
        .items
        .into_iter()
        .map(|item| item.entry)
        .filter(|entry| entry.action.as_str() == "password.checked")
        .map(|entry| (entry.outcome, entry.target))
        .collect();
    assert_eq!(told.len(), guesses + 1);
    assert_eq!(told[0], (Outcome::Success, "admin".to_owned()));
    assert_eq!(told[1], (Outcome::Refused, "admin".to_owned()));
}
