use domain::Role;
use serde_json::Value;

use crate::testing::{TestApp, TestClient};

const URI: &str = "/api/v1/sessions";

async fn ids(client: &TestClient) -> Vec<String> {
    let list = client.get(URI).await.json();
    let id = |session: &Value| session["id"].as_str().unwrap().to_owned();
    list["items"].as_array().unwrap().iter().map(id).collect()
}

async fn is_signed_in(client: &TestClient) -> bool {
    client.get("/api/v1/session").await.status == 200
}

#[tokio::test]
async fn sessions_listed_are_ones_own_with_their_last_use() {
    let app = TestApp::new().await;
    let here = app.as_role(Role::Viewer).await;
    app.as_role(Role::Viewer).await;
    app.as_role(Role::Admin).await;
    app.clock.advance_seconds(60);
    insta::assert_snapshot!(here.get(URI).await.shown(), @r#"
    200 OK
    {
      "items": [
        {
          "address": "203.0.113.5",
          "createdAt": "2026-11-23T12:00:00.000Z",
          "current": true,
          "expiresAt": "2026-11-24T12:00:00.000Z",
          "id": "session-viewer-1",
          "idleExpiresAt": "2026-11-23T13:01:00.000Z",
          "lastSeenAt": "2026-11-23T12:01:00.000Z",
          "userAgent": "test"
        },
        {
          "address": "203.0.113.5",
          "createdAt": "2026-11-23T12:00:00.000Z",
          "current": false,
          "expiresAt": "2026-11-24T12:00:00.000Z",
          "id": "session-viewer-2",
          "idleExpiresAt": "2026-11-23T13:00:00.000Z",
          "lastSeenAt": "2026-11-23T12:00:00.000Z",
          "userAgent": "test"
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn session_revoked_ends_at_once_though_it_was_used_just_now() {
    let app = TestApp::new().await;
    let here = app.as_role(Role::Viewer).await;
    let elsewhere = app.as_role(Role::Viewer).await;
    let current = elsewhere.get("/api/v1/session").await.json();
    let uri = format!("{URI}/{}", current["session"]["id"].as_str().unwrap());
    insta::assert_snapshot!(here.delete(&uri).await.shown(), @"204 No Content");
    assert!(!is_signed_in(&elsewhere).await);
    assert!(is_signed_in(&here).await);
    insta::assert_snapshot!(here.delete(&uri).await.shown(), @r#"
    404 Not Found
    content-type: application/problem+json
    {
      "requestId": "[request]",
      "status": 404,
      "title": "There is no such session",
      "type": "/problems/session-not-found"
    }
    "#);
}

#[tokio::test]
async fn session_of_somebody_else_cannot_be_revoked() {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    let viewer = app.as_role(Role::Viewer).await;
    let [id] = ids(&viewer).await.try_into().unwrap();
    let answer = admin.delete(&format!("{URI}/{id}")).await;
    assert_eq!(answer.problem(), "session-not-found");
    assert!(is_signed_in(&viewer).await);
}

#[tokio::test]
async fn sessions_revoked_but_for_the_current_leave_it() {
    let app = TestApp::new().await;
    let here = app.as_role(Role::Viewer).await;
    let others = [
        app.as_role(Role::Viewer).await,
        app.as_role(Role::Viewer).await,
    ];
    let admin = app.as_role(Role::Admin).await;
    for client in &others {
        assert!(is_signed_in(client).await);
    }
    let answer = here.delete("/api/v1/sessions?keepCurrent=true").await;
    insta::assert_snapshot!(answer.shown(), @r#"
    200 OK
    {
      "revoked": 2
    }
    "#);
    assert!(is_signed_in(&here).await);
    assert!(is_signed_in(&admin).await);
    for client in &others {
        assert!(!is_signed_in(client).await);
    }
}

#[tokio::test]
async fn sessions_revoked_everywhere_end_the_current_too() {
    let app = TestApp::new().await;
    let here = app.as_role(Role::Viewer).await;
    let elsewhere = app.as_role(Role::Viewer).await;
    let answer = here.delete("/api/v1/sessions?keepCurrent=false").await;
    insta::assert_snapshot!(answer.shown(), @r#"
    200 OK
    set-cookie: bangui=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0
    {
      "revoked": 2
    }
    "#);
    assert!(!is_signed_in(&here).await);
    assert!(!is_signed_in(&elsewhere).await);
}

#[tokio::test]
async fn sessions_revoked_without_saying_which_is_refused() {
    let app = TestApp::new().await;
    let here = app.as_role(Role::Viewer).await;
    for query in ["", "?keepCurrent=perhaps", "?keepCurrent=true&x=1"] {
        let answer = here.delete(&format!("{URI}{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
    }
    assert_eq!(ids(&here).await.len(), 1);
}
