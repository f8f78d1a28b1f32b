use domain::Role;
use serde_json::{Value, json};

use crate::testing::TestApp;

const CONFIG: &str = "/api/v1/hosts/local/config";

async fn refused_as(uri: &str, body: Value) -> String {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    let answer = admin.post(&format!("{CONFIG}/{uri}"), body).await;
    assert_eq!(answer.status, 422, "{}", answer.body);
    let errors = answer.json()["errors"].clone();
    let error = &errors[0];
    format!(
        "{} {}",
        error["field"].as_str().unwrap_or_default(),
        error["code"].as_str().unwrap_or_default()
    )
}

fn disable(jail: &str) -> Value {
    json!({ "change": "disable", "jail": jail })
}

#[tokio::test]
async fn changes_that_none_can_be_are_named_by_their_field() {
    let set = |item: Value, option: &str| json!({ "change": "set", "item": item, "option": option, "value": "1" });
    let jail = json!({ "kind": "jail", "name": "sshd" });
    for (changes, refusal) in [
        (json!([]), "changes length"),
        (vec![disable("a"); 501].into(), "changes length"),
        (
            json!([disable("a"), disable("../b")]),
            "changes[1].jail not-a-name",
        ),
        (
            json!([set(jail.clone(), "max retry")]),
            "changes[0].option not-a-name",
        ),
        (
            json!([set(json!({ "kind": "filter", "name": "DEFAULT" }), "x")]),
            "changes[0].item.name not-a-name",
        ),
        (
            json!([{ "change": "enable", "jail": "a", "overrides": { "b\nc": "1" } }]),
            "changes[0].overrides.b\nc not-a-name",
        ),
        (
            json!([{ "change": "writeFile", "path": "../passwd.local", "text": "" }]),
            "changes[0].path not-a-name",
        ),
        (
            json!([{ "change": "writeFile", "path": "jail.local", "text": "", "base": "12" }]),
            "changes[0].base not-a-name",
        ),
        (
            json!([{ "change": "writeFile", "path": "jail.local", "text": "#".repeat(1024 * 1024 + 1) }]),
            "changes[0].text too-long",
        ),
    ] {
        let body = json!({ "changes": changes });
        assert_eq!(refused_as("plan", body).await, refusal);
    }
}

#[tokio::test]
async fn change_of_another_kind_or_with_a_misspelt_field_is_refused() {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    for change in [
        json!({ "change": "format", "jail": "a" }),
        json!({ "change": "disable", "jail": "a", "force": true }),
        json!({ "change": "disable" }),
        json!({ "change": "delete", "item": { "kind": "jail", "name": "a", "x": 1 } }),
    ] {
        let body = json!({ "changes": [change] });
        let answer = admin.post(&format!("{CONFIG}/plan"), body).await;
        assert_eq!(answer.problem(), "invalid", "{change}");
    }
}

#[tokio::test]
async fn order_to_apply_what_no_plan_said_is_named_by_its_field() {
    let hash = "a".repeat(64);
    let order = |hash: &str, base: Value, note: &str| json!({ "changes": [disable("a")], "hash": hash, "base": base, "note": note });
    for (body, refusal) in [
        (order("x", json!([]), ""), "hash not-of-a-plan"),
        (
            order(
                &hash,
                json!([{ "path": "/etc/passwd", "sha256": null }]),
                "",
            ),
            "base[0].path not-of-a-plan",
        ),
        (
            order(&hash, json!([{ "path": "jail.local", "sha256": "A" }]), ""),
            "base[0].sha256 not-of-a-plan",
        ),
        (order(&hash, json!([]), &"x".repeat(501)), "note too-long"),
    ] {
        assert_eq!(refused_as("apply", body).await, refusal);
    }
}

#[tokio::test]
async fn body_beyond_every_limit_is_refused_unread() {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    let body = json!({ "changes": [disable(&"x".repeat(crate::MAX_BODY_BYTES))] });
    let answer = admin.post(&format!("{CONFIG}/plan"), body).await;
    assert_eq!(answer.problem(), "body-too-large");
}

#[tokio::test]
async fn paths_that_name_nothing_are_told_apart() {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    for (uri, problem) in [
        ("/api/v1/hosts/elsewhere/config/items", "host-not-found"),
        ("/api/v1/hosts/local/config/items/things/a", "not-found"),
        (
            "/api/v1/hosts/local/config/items/jails/..%2Fa",
            "item-not-found",
        ),
        (
            "/api/v1/hosts/local/config/file?path=..%2F..%2Fpasswd",
            "file-not-found",
        ),
        ("/api/v1/hosts/local/config/file", "malformed-request"),
        ("/api/v1/hosts/local/config/versions/x", "not-found"),
        ("/api/v1/hosts/local/config/versions?limit=0", "invalid"),
        ("/api/v1/hosts/local/config/diff?from=x&to=now", "invalid"),
        (
            "/api/v1/hosts/local/config/diff?from=1",
            "malformed-request",
        ),
    ] {
        assert_eq!(admin.get(uri).await.problem(), problem, "{uri}");
    }
}
