//! Walks every operation that the document describes: who is let in, and whether the description is complete.
use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use domain::Role;
use serde_json::{Value, json};

use super::PERMISSIONS;
use crate::testing::TestApp;

/// Open to everybody: the wizard guards itself with its token, and nobody is signed in before signing in.
const PUBLIC: [&str; 6] = [
    "GET /api/v1/start",
    "GET /api/v1/setup",
    "GET /api/v1/setup/connections",
    "POST /api/v1/setup",
    "POST /api/v1/setup/connection-test",
    "POST /api/v1/session",
];

struct Operation {
    method: Method,
    path: String,
    description: Value,
}

impl Operation {
    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The permissions that the description names; `None` where it names no session.
    fn permissions(&self) -> Option<Vec<String>> {
        let security = self.description["security"].as_array()?;
        let [only] = security.as_slice() else {
            panic!("{}: one way to be let in, not {security:?}", self.name());
        };
        let named = only["session"].as_array()?;
        Some(
            named
                .iter()
                .map(|name| name.as_str().unwrap().to_owned())
                .collect(),
        )
    }

    /// The least role that has all permissions.
    fn role(&self) -> Option<Role> {
        let permissions = self.permissions()?;
        assert!(!permissions.is_empty(), "{}", self.name());
        let least = |name: &String| {
            let known = PERMISSIONS.iter().find(|(known, _)| known == name);
            known
                .unwrap_or_else(|| panic!("{}: {name} is no permission", self.name()))
                .1
        };
        permissions.iter().map(least).max()
    }

    /// Its address with plain values in the path.
    fn uri(&self) -> String {
        let uri = self
            .path
            .replace("{host}", "local")
            .replace("{jail}", "sshd")
            .replace("{id}", "unknown")
            .replace("{ip}", "192.0.2.7")
            .replace("{kind}", "jails")
            .replace("{name}", "sshd")
            .replace("{filter}", "sshd")
            .replace("{version}", "1");
        assert!(
            !uri.contains('{'),
            "{uri}: say here what stands in its path"
        );
        uri
    }

    fn body(&self) -> Option<Value> {
        let takes_one = [Method::POST, Method::PUT, Method::PATCH].contains(&self.method);
        takes_one.then(|| json!({}))
    }
}

fn operations() -> Vec<Operation> {
    let document = serde_json::to_value(crate::openapi::document()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, description) in item.as_object().unwrap() {
            let Ok(method) = method.to_uppercase().parse::<Method>() else {
                continue;
            };
            operations.push(Operation {
                method,
                path: path.clone(),
                description: description.clone(),
            });
        }
    }
    assert!(operations.len() > 10, "the document is empty");
    operations
}

/// What came of trying every operation, by its name: the problem's code, or the status.
async fn try_all(role: Option<Role>) -> BTreeMap<String, String> {
    let app = TestApp::new().await;
    let mut outcomes = BTreeMap::new();
    for operation in operations() {
        // A session for each: some operations end it.
        let client = match role {
            None => app.visitor(),
            Some(role) => app.as_role(role).await,
        };
        let answer = client
            .send(operation.method.clone(), &operation.uri(), operation.body())
            .await;
        let outcome = match answer.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => answer.problem(),
            _ => "let in".to_owned(),
        };
        assert_ne!(answer.status, 500, "{}", operation.name());
        outcomes.insert(operation.name(), outcome);
    }
    outcomes
}

async fn check(role: Option<Role>) {
    let outcomes = try_all(role).await;
    for operation in operations() {
        let expected = match (operation.role(), role) {
            (Some(_), None) => "unauthenticated",
            (Some(least), Some(role)) if role < least => "forbidden",
            (None, _) | (Some(_), Some(_)) => "let in",
        };
        let name = operation.name();
        assert_eq!(outcomes[&name], expected, "{name} as {role:?}");
    }
}

#[tokio::test]
async fn operations_asked_by_nobody_want_a_session() {
    check(None).await;
}

#[tokio::test]
async fn operations_asked_by_a_viewer_are_for_viewers_only() {
    check(Some(Role::Viewer)).await;
}

#[tokio::test]
async fn operations_asked_by_an_operator_are_for_operators_at_most() {
    check(Some(Role::Operator)).await;
}

#[tokio::test]
async fn operations_asked_by_an_admin_are_all_open() {
    check(Some(Role::Admin)).await;
}

#[test]
fn operations_without_a_session_are_the_known_public_ones() {
    let mut public: Vec<_> = operations()
        .iter()
        .filter(|operation| operation.permissions().is_none())
        .map(Operation::name)
        .collect();
    public.sort();
    let mut known = PUBLIC;
    known.sort_unstable();
    assert_eq!(public, known);
}

#[test]
fn operation_that_changes_something_is_never_open_to_viewers_but_for_their_own_account() {
    for operation in operations() {
        let own = || operation.permissions() == Some(vec!["own-account".to_owned()]);
        if operation.method != Method::GET && operation.role() == Some(Role::Viewer) {
            assert!(own(), "{}", operation.name());
        }
    }
}

#[test]
fn operations_describe_what_they_do_take_and_answer() {
    for operation in operations() {
        let name = operation.name();
        let description = &operation.description;
        let has_text = |value: &Value| value.as_str().is_some_and(|text| !text.trim().is_empty());
        assert!(
            has_text(&description["summary"]) || has_text(&description["description"]),
            "{name} says what it does"
        );
        assert!(has_text(&description["operationId"]), "{name}");
        assert!(
            description["tags"]
                .as_array()
                .is_some_and(|tags| !tags.is_empty()),
            "{name} has a tag"
        );
        let responses = description["responses"].as_object().unwrap();
        assert!(
            responses.keys().any(|status| status.starts_with('2')),
            "{name} says what it answers"
        );
        assert_eq!(
            responses["default"]["content"]["application/problem+json"]["schema"]["$ref"],
            json!("#/components/schemas/Problem"),
            "{name}"
        );
        for parameter in description["parameters"].as_array().into_iter().flatten() {
            let described = has_text(&parameter["description"]);
            assert!(described, "{name}: {} is described", parameter["name"]);
        }
    }
}

#[test]
fn operations_have_unlike_ids() {
    let mut ids: Vec<_> = operations()
        .iter()
        .map(|operation| operation.description["operationId"].to_string())
        .collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all);
}
