use domain::Role;
use insta::assert_snapshot;
use serde_json::{Value, json};

use super::*;
use crate::testing::{TestApp, TestClient};

/// Three actions that fail, for want of a daemon, a minute apart.
async fn history() -> (TestApp, TestClient) {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    for verb in ["start", "stop", "stop"] {
        let uri = format!("/api/v1/hosts/local/jails/sshd/{verb}");
        admin.post(&uri, json!({})).await;
        app.clock.advance_seconds(60);
    }
    (app, admin)
}

async fn actions(client: &TestClient, query: &str) -> Vec<String> {
    let answer = client.get(&format!("/api/v1/audit?{query}")).await.json();
    answer["items"]
        .as_array()
        .unwrap_or_else(|| panic!("{answer}"))
        .iter()
        .map(|entry| entry["action"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn every_action_has_the_name_that_storage_has() {
    for action in AuditAction::ALL {
        let name: AuditActionName = serde_json::from_value(json!(action.as_str())).unwrap();
        assert_eq!(serde_json::to_value(name).unwrap(), action.as_str());
    }
}

#[tokio::test]
async fn audit_is_filtered_by_each_condition() {
    let (_app, admin) = history().await;
    for (query, expected) in [
        (
            "host=local&outcome=failed",
            vec!["jail.stopped", "jail.stopped", "jail.started"],
        ),
        ("action=jail.started", vec!["jail.started"]),
        (
            "outcome=failed&user=Admin&action=jail.started",
            vec!["jail.started"],
        ),
        ("outcome=refused", vec![]),
        ("user=nobody", vec![]),
        (
            "outcome=failed&from=2026-11-23T12:01:00Z",
            vec!["jail.stopped", "jail.stopped"],
        ),
        (
            "outcome=failed&until=2026-11-23T13:01:00%2B01:00",
            vec!["jail.started"],
        ),
    ] {
        assert_eq!(actions(&admin, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn audit_goes_on_at_its_cursor() {
    let (_app, admin) = history().await;
    let mut uri = "/api/v1/audit?outcome=failed&limit=2".to_owned();
    let first = admin.get(&uri).await.json();
    assert_eq!(first["items"].as_array().unwrap().len(), 2);
    uri = format!("{uri}&cursor={}", first["nextCursor"].as_str().unwrap());
    let second = admin.get(&uri).await.json();
    assert_eq!(second["items"][0]["action"], "jail.started");
    assert_eq!(second["nextCursor"], Value::Null);
}

#[tokio::test]
async fn audit_with_a_parameter_that_cannot_be_meant_says_so() {
    let (_app, admin) = history().await;
    for (query, problem) in [
        ("action=jail.exploded", "malformed-request"),
        ("outcome=good", "malformed-request"),
        ("from=yesterday", "invalid"),
        ("until=2026-13-01T00:00:00Z", "invalid"),
        ("user=a%20b", "invalid"),
        ("limit=0", "invalid"),
        ("limit=501", "invalid"),
        ("cursor=nonsense", "bad-cursor"),
    ] {
        let answer = admin.get(&format!("/api/v1/audit?{query}")).await;
        assert_eq!(answer.problem(), problem, "{query}");
    }
    let answer = admin.get("/api/v1/audit?from=yesterday").await;
    assert_snapshot!(answer.shown(), @r#"
    422 Unprocessable Entity
    content-type: application/problem+json
    {
      "errors": [
        {
          "code": "not-a-moment",
          "field": "from",
          "message": "write a moment in RFC 3339, such as 2026-11-23T17:57:03Z"
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
async fn audit_is_for_admins_only() {
    let app = TestApp::new().await;
    let operator = app.as_role(Role::Operator).await;
    assert_eq!(operator.get("/api/v1/audit").await.problem(), "forbidden");
}
