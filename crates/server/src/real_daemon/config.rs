use std::path::PathBuf;

use axum::http::StatusCode;
use domain::Role;
use serde_json::{Value, json};

use super::{Scene, ok};
use crate::testing::{Answer, PASSWORD, TestClient};

const CONFIG: &str = "/api/v1/hosts/local/config";

fn set(jail: &str, option: &str, value: &str) -> Value {
    json!({ "change": "set", "item": { "kind": "jail", "name": jail }, "option": option, "value": value })
}

fn own_action() -> Value {
    let text = "[Definition]\nactionban = touch /nonexistent/<ip>\n";
    json!({ "change": "createFile", "item": { "kind": "action", "name": "mine" }, "text": text })
}

async fn plan(client: &TestClient, changes: &[Value]) -> Value {
    let body = json!({ "changes": changes });
    ok(&client.post(&format!("{CONFIG}/plan"), body).await)
}

/// Applies what was planned.
async fn apply(client: &TestClient, changes: &[Value], plan: &Value, confirm: bool) -> Answer {
    let body = json!({
        "changes": changes,
        "hash": plan["hash"],
        "base": plan["base"],
        "note": "because of the test",
        "confirm": confirm,
    });
    client.post(&format!("{CONFIG}/apply"), body).await
}

impl Scene {
    /// Plans and applies what must be in force afterwards.
    async fn change(&self, changes: &[Value], confirm: bool) -> Value {
        let plan = plan(&self.admin, changes).await;
        assert_eq!(plan["applicable"], true, "{plan}");
        let report = ok(&apply(&self.admin, changes, &plan, confirm).await);
        assert_eq!(report["inForce"], true, "{report}");
        report
    }

    async fn post(&self, verb: &str, body: Value) -> Answer {
        self.admin.post(&format!("{CONFIG}/{verb}"), body).await
    }

    async fn maxretry(&self, jail: &str) -> String {
        let told = self.lab.client_output(&["get", jail, "maxretry"]).await;
        told.unwrap()
    }

    fn path(&self, file: &str) -> PathBuf {
        self.lab.config_dir().join(file)
    }
}

#[tokio::test]
async fn change_is_planned_applied_confirmed_and_told() {
    let scene = Scene::start().await;
    let changes = [set("postfix", "maxretry", "9")];
    let plan = plan(&scene.admin, &changes).await;
    assert_eq!(plan["files"][0]["path"], "jail.d/zz-bangui.local");
    let effects = plan["effects"].as_array().unwrap();
    let wanted = |effect: &&Value| effect["option"] == "maxretry";
    let effect = effects.iter().find(wanted).unwrap();
    assert_eq!(
        (&effect["after"], &effect["item"]["name"]),
        (&json!("9"), &json!("postfix"))
    );
    assert!(!scene.path("jail.d/zz-bangui.local").exists());

    let report = ok(&apply(&scene.admin, &changes, &plan, true).await);
    assert_eq!(report["inForce"], true, "{report}");
    let version = report["version"].clone();
    assert_eq!(scene.maxretry("postfix").await, "9");
    let state = ok(&scene.admin.get(&format!("{CONFIG}/state")).await);
    assert_eq!(state["pending"]["version"], version);
    assert_eq!(state["pending"]["author"], "admin");

    let kept = ok(&scene.post("confirm", json!({ "version": version })).await);
    assert_eq!(
        (&kept["outcome"], &kept["origin"]),
        (&json!("inForce"), &json!("applied"))
    );
    assert_eq!(kept["note"], "because of the test");
    assert_eq!(
        kept["author"],
        json!({ "name": "admin", "address": "203.0.113.5" })
    );
    let again = scene.post("confirm", json!({ "version": version })).await;
    assert_eq!(again.problem(), "nothing-pending");

    let entry = scene.recorded("config.applied").await.remove(0);
    assert_eq!((&*entry.0, &*entry.1), ("success", "jail postfix"));
    assert_eq!(entry.2["changes"], json!(["jail postfix: maxretry set"]));
    assert_eq!(entry.2["version"], version);
    assert_eq!(entry.2["note"], "because of the test");
    let told: Vec<_> = scene.recorded("config.confirmed").await;
    let name = format!("version {version}");
    assert_eq!((&*told[0].0, &told[0].1), ("refused", &name));
    assert_eq!((&*told[1].0, &told[1].1), ("success", &name));
    scene.end().await;
}

#[tokio::test]
async fn versions_are_listed_shown_compared_and_restored() {
    let scene = Scene::start().await;
    let report = scene
        .change(&[set("postfix", "maxretry", "9")], false)
        .await;
    let version = report["version"].as_u64().unwrap();
    if !report["confirmBy"].is_null() {
        ok(&scene.post("confirm", json!({ "version": version })).await);
    }
    let page = ok(&scene.admin.get(&format!("{CONFIG}/versions?limit=1")).await);
    assert_eq!(page["items"][0]["id"], version);
    assert_eq!(page["next"], version);
    let before = format!("{CONFIG}/versions?before={version}");
    let before = ok(&scene.admin.get(&before).await);
    assert_eq!(before["items"][0]["origin"], "first");
    let shown = ok(&scene
        .admin
        .get(&format!("{CONFIG}/versions/{version}"))
        .await);
    assert!(shown["files"].as_array().unwrap().len() > 50);
    let first = before["items"][0]["id"].as_u64().unwrap();
    let diff = format!("{CONFIG}/diff?from={first}&to=now");
    let diff = ok(&scene.admin.get(&diff).await);
    assert_eq!(diff["files"][0]["path"], "jail.d/zz-bangui.local");
    assert_eq!(diff["files"][0]["before"], json!(null));
    let absent = scene.admin.get(&format!("{CONFIG}/versions/9999")).await;
    assert_eq!(absent.problem(), "version-not-found");

    scene
        .change(&[json!({ "change": "restore", "version": first })], true)
        .await;
    assert_ne!(scene.maxretry("postfix").await, "9");
    let entry = scene.recorded("config.applied").await.remove(0);
    assert_eq!(entry.1, format!("version {first}"));
    scene.end().await;
}

#[tokio::test]
async fn second_change_is_told_whose_the_first_is_and_the_first_is_taken_back_by_itself() {
    let scene = Scene::start().await;
    let before = scene.maxretry("postfix").await;
    let other = [set("postfix", "findtime", "700")];
    let other_plan = plan(&scene.admin, &other).await;
    let report = scene.change(&[set("postfix", "maxretry", "9")], true).await;
    let busy = apply(&scene.admin, &other, &other_plan, false).await;
    assert_eq!(
        (busy.status, &*busy.problem()),
        (StatusCode::CONFLICT, "config-busy")
    );
    assert_eq!(
        busy.json()["underWay"],
        json!({ "author": "admin", "waitsForConfirmation": true })
    );
    assert_eq!(scene.recorded("config.applied").await[0].0, "refused");

    scene.app.clock.advance_seconds(3_000);
    let state = format!("{CONFIG}/state");
    scene
        .until(&state, |state| state["pending"].is_null())
        .await;
    assert_eq!(scene.maxretry("postfix").await, before);
    let audit = "/api/v1/audit?action=config.reverted";
    let told = scene
        .until(audit, |audit| audit["items"][0].is_object())
        .await;
    assert_eq!(told["items"][0]["actor"]["kind"], "system");
    assert_eq!(told["items"][0]["outcome"], "success");
    let new = told["items"][0]["detail"]["version"].as_u64().unwrap();
    assert!(new > report["version"].as_u64().unwrap());
    assert_eq!(scene.app.record_own_doings().await, 0, "told twice");
    assert_eq!(scene.recorded("config.reverted").await.len(), 1);
    scene.end().await;
}

#[tokio::test]
async fn change_taken_back_by_hand_is_told_as_the_persons() {
    let scene = Scene::start().await;
    let before = scene.maxretry("postfix").await;
    let report = scene.change(&[set("postfix", "maxretry", "9")], true).await;
    let version = &report["version"];
    let reverted = ok(&scene.post("revert", json!({ "version": version })).await);
    assert_eq!(reverted["origin"], "reverted");
    assert_eq!(scene.maxretry("postfix").await, before);
    let entries = scene.recorded("config.reverted").await;
    assert_eq!(entries.len(), 1);
    assert_eq!(
        (&*entries[0].0, &entries[0].1),
        ("success", &format!("version {version}"))
    );
    assert_eq!(scene.app.record_own_doings().await, 0);
    let again = scene.post("revert", json!({ "version": version })).await;
    assert_eq!(again.problem(), "nothing-pending");
    scene.end().await;
}

#[tokio::test]
async fn change_with_errors_is_blocked_before_anything_is_written() {
    let scene = Scene::start().await;
    let changes = [set("postfix", "failregex", "^(broken <HOST>")];
    let plan = plan(&scene.admin, &changes).await;
    assert_eq!(plan["applicable"], false);
    let answer = apply(&scene.admin, &changes, &plan, false).await;
    assert_eq!(
        (answer.status, &*answer.problem()),
        (StatusCode::UNPROCESSABLE_ENTITY, "config-blocked"),
        "{}",
        answer.body
    );
    assert!(
        answer.json()["findings"]
            .as_array()
            .unwrap()
            .iter()
            .any(|finding| finding["severity"] == "error"),
        "{}",
        answer.body
    );
    assert!(!scene.path("jail.d/zz-bangui.local").exists());
    let entry = scene.recorded("config.applied").await.remove(0);
    assert_eq!(entry.0, "refused");
    assert!(entry.2["findings"][0]["code"].is_string(), "{}", entry.2);
    assert!(!entry.2.to_string().contains("broken"), "{}", entry.2);
    scene.end().await;
}

#[tokio::test]
async fn change_planned_on_other_files_is_refused_with_what_changed() {
    let scene = Scene::start().await;
    let changes = [set("postfix", "maxretry", "9")];
    let plan = plan(&scene.admin, &changes).await;
    std::fs::write(scene.path("jail.local"), "[postfix]\nfindtime = 700\n").unwrap();
    let answer = apply(&scene.admin, &changes, &plan, false).await;
    assert_eq!(
        (answer.status, &*answer.problem()),
        (StatusCode::CONFLICT, "config-changed"),
        "{}",
        answer.body
    );
    assert_eq!(answer.json()["files"], json!(["jail.local"]));

    let state = ok(&scene.admin.get(&format!("{CONFIG}/state")).await);
    assert_eq!(state["changedOutside"], json!(["jail.local"]));
    let kept = ok(&scene.post("adopt", json!({})).await);
    assert_eq!(kept["origin"], "outside");
    assert_eq!(kept["touched"], json!(["jail.local"]));
    let state = ok(&scene.admin.get(&format!("{CONFIG}/state")).await);
    assert_eq!(state["changedOutside"], json!([]));
    assert_eq!(
        scene.recorded("config.adopted").await[0].2["version"],
        kept["id"]
    );
    scene.end().await;
}

#[tokio::test]
async fn change_that_runs_commands_needs_the_password_once_more() {
    let scene = Scene::start().await;
    let changes = [own_action()];
    let plan = plan(&scene.admin, &changes).await;
    assert_eq!(plan["runsCommands"], true, "{plan}");
    let refused = apply(&scene.admin, &changes, &plan, false).await;
    assert_eq!(
        (refused.status, &*refused.problem()),
        (StatusCode::FORBIDDEN, "password-needed")
    );
    assert!(!scene.path("action.d/mine.local").exists());
    let check = json!({ "password": PASSWORD });
    ok(&scene
        .admin
        .post("/api/v1/session/password-check", check)
        .await);
    scene.app.clock.advance_seconds(601);
    let late = apply(&scene.admin, &changes, &plan, false).await;
    assert_eq!(late.problem(), "password-needed");
    let check = json!({ "password": PASSWORD });
    ok(&scene
        .admin
        .post("/api/v1/session/password-check", check)
        .await);
    let report = ok(&apply(&scene.admin, &changes, &plan, false).await);
    assert_eq!(report["inForce"], true, "{report}");
    assert!(scene.path("action.d/mine.local").exists());
    let told: Vec<_> = scene.recorded("config.applied").await;
    let outcomes: Vec<&str> = told.iter().map(|entry| &*entry.0).collect();
    assert_eq!(outcomes, ["success", "refused", "refused"]);
    assert!(!told[0].2.to_string().contains("touch"), "{}", told[0].2);
    scene.end().await;
}

#[tokio::test]
async fn change_that_runs_commands_is_refused_where_the_agent_forbids_it() {
    let scene = Scene::planned(|plan| plan.agent = |agent| agent.allow_commands = false).await;
    let changes = [own_action()];
    let check = json!({ "password": PASSWORD });
    ok(&scene
        .admin
        .post("/api/v1/session/password-check", check)
        .await);
    let plan = plan(&scene.admin, &changes).await;
    let refused = apply(&scene.admin, &changes, &plan, false).await;
    assert_eq!(
        (refused.status, &*refused.problem()),
        (StatusCode::FORBIDDEN, "commands-forbidden"),
        "{}",
        refused.body
    );
    let state = ok(&scene.admin.get(&format!("{CONFIG}/state")).await);
    assert_eq!(state["commandsForbidden"], true);
    scene.end().await;
}

#[tokio::test]
async fn value_that_smuggles_a_line_is_refused_with_the_place_of_its_change() {
    let scene = Scene::start().await;
    let changes = json!([
        set("postfix", "maxretry", "9"),
        set("postfix", "bantime", "1\naction = x")
    ]);
    let answer = scene.post("plan", json!({ "changes": changes })).await;
    assert_eq!(
        (answer.status, &*answer.problem()),
        (StatusCode::UNPROCESSABLE_ENTITY, "bad-change"),
        "{}",
        answer.body
    );
    assert_eq!(answer.json()["errors"][0]["field"], "changes[1]");
    let unknown = json!({ "changes": [set("nowhere", "maxretry", "9")] });
    let unknown = scene.post("plan", unknown).await;
    assert!(unknown.status.is_client_error(), "{}", unknown.body);
    scene.end().await;
}

#[tokio::test]
async fn text_of_a_mebibyte_is_planned_and_applied() {
    let scene = Scene::start().await;
    let text = format!("# {}\n", "x".repeat(98)).repeat(10_380);
    let write = json!({ "change": "writeFile", "path": "jail.local", "text": text, "base": null });
    scene.change(&[write], false).await;
    let file = ok(&scene
        .admin
        .get(&format!("{CONFIG}/file?path=jail.local"))
        .await);
    assert_eq!(file["text"], text);
    assert_eq!(
        (&file["role"], &file["editable"]),
        (&json!("local"), &json!(true))
    );
    scene.end().await;
}

#[tokio::test]
async fn items_options_and_files_are_shown() {
    let scene = Scene::start().await;
    let list = ok(&scene.admin.get(&format!("{CONFIG}/items")).await);
    let named = |kind: &str, name: &str| {
        let id = json!({ "kind": kind, "name": name });
        let items = list["items"].as_array().unwrap().iter();
        items.filter(|item| item["id"] == id).count()
    };
    assert_eq!(named("jail", "sshd"), 1);
    assert_eq!(named("filter", "sshd"), 1);
    assert_eq!(named("server", "fail2ban"), 1);
    let jail = ok(&scene.admin.get(&format!("{CONFIG}/items/jails/sshd")).await);
    let maxretry = jail["options"]
        .as_array()
        .unwrap()
        .iter()
        .find(|option| option["name"] == "maxretry")
        .unwrap();
    assert_eq!(maxretry["setAt"]["file"], "jail.d/lab.conf", "{maxretry}");
    assert_eq!(maxretry["value"], scene.maxretry("sshd").await);
    let options = ok(&scene.admin.get(&format!("{CONFIG}/options")).await);
    assert!(options["items"].as_array().unwrap().len() > 50);
    let absent = scene
        .admin
        .get(&format!("{CONFIG}/items/filters/nowhere"))
        .await;
    assert_eq!(absent.problem(), "item-not-found");
    let shipped = ok(&scene
        .admin
        .get(&format!("{CONFIG}/file?path=jail.conf"))
        .await);
    assert_eq!(
        (&shipped["role"], &shipped["editable"]),
        (&json!("shipped"), &json!(false))
    );
    let new = ok(&scene
        .admin
        .get(&format!("{CONFIG}/file?path=filter.d/sshd.local"))
        .await);
    assert_eq!((&new["text"], &new["sha256"]), (&json!(""), &json!(null)));
    scene.end().await;
}

#[tokio::test]
async fn secrets_of_an_action_are_shown_to_operators_only() {
    let scene = Scene::start().await;
    let text =
        "[Definition]\nactionban = post <ip> T0pS3cret\n[Init]\ntoken = T0pS3cret\nport = 99\n";
    std::fs::write(scene.path("action.d/mine.local"), text).unwrap();
    let uri = format!("{CONFIG}/items/actions/mine");
    let viewer = scene.app.as_role(Role::Viewer).await;
    let seen = viewer.get(&uri).await;
    ok(&seen);
    assert!(!seen.body.contains("T0pS3cret"), "{}", seen.body);
    assert!(seen.body.contains("99"), "{}", seen.body);
    let options = seen.json()["options"].clone();
    let token = options
        .as_array()
        .unwrap()
        .iter()
        .find(|o| o["name"] == "token");
    assert_eq!(token.unwrap()["hidden"], true);
    let operator = scene.app.as_role(Role::Operator).await;
    assert!(operator.get(&uri).await.body.contains("T0pS3cret"));
    let file = format!("{CONFIG}/file?path=action.d/mine.local");
    assert_eq!(viewer.get(&file).await.problem(), "forbidden");
    assert!(operator.get(&file).await.body.contains("T0pS3cret"));
    scene.end().await;
}

#[tokio::test]
async fn archive_is_a_gzipped_file_with_a_name() {
    let scene = Scene::start().await;
    for (query, name) in [
        ("", "bangui-fail2ban-for-a-ticket-"),
        ("?masked=false", "bangui-fail2ban-2"),
    ] {
        let answer = scene.admin.get(&format!("{CONFIG}/archive{query}")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.header("content-type"), Some("application/gzip"));
        let told = answer.header("content-disposition").unwrap();
        assert!(told.contains(name) && told.ends_with(".tar.gz\""), "{told}");
        assert!(answer.body.len() > 1_000);
    }
    scene.end().await;
}
