//! What becomes of a change: kept, or taken back.
use axum::http::StatusCode;
use domain::{
    Actor, AuditAction, Clock as _, ConfigActs as _, ConfigAuthor, NewAuditEntry, Outcome,
    PageSize, Storage as _, VersionId,
};
use serde_json::{Value, json};

use super::{CONFIG, apply, plan, set};
use crate::real_daemon::{Scene, ok};

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
    assert_eq!(kept["confirmed"]["author"]["name"], "admin");
    assert_eq!(kept["finishedAtStart"], false);
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
    assert_eq!(told[1].2["confirmedBy"], "admin");
    assert_eq!(scene.app.record_own_doings().await, 0, "told twice");
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
async fn order_of_a_running_server_is_left_to_it_and_found_by_the_next_start() {
    let scene = Scene::start().await;
    // A start of the server that looks for the first time while a person confirms.
    let mut running = scene.app.own_doings();
    let report = scene.change(&[set("postfix", "maxretry", "9")], true).await;
    let version = VersionId(report["version"].as_u64().unwrap());
    let author = ConfigAuthor {
        name: Some("ada".to_owned()),
        address: None,
    };
    let agent = &scene.app.agent;
    agent.config_confirm(version, &author).await.unwrap();
    assert_eq!(running.record().await.unwrap(), 0, "not its own to write");
    // The next millisecond: a start in the same one would take it for its own.
    scene.app.clock.advance_seconds(1);
    assert_eq!(scene.app.record_own_doings().await, 1);
    assert_eq!(scene.app.record_own_doings().await, 0, "told twice");
    scene.end().await;
}

#[tokio::test]
async fn confirmation_is_told_once_however_many_were_refused_since() {
    let scene = Scene::start().await;
    let report = scene.change(&[set("postfix", "maxretry", "9")], true).await;
    let version = &report["version"];
    ok(&scene.post("confirm", json!({ "version": version })).await);
    let refused = NewAuditEntry {
        at: scene.app.clock.now(),
        actor: Actor::System,
        address: None,
        action: AuditAction::ConfigConfirmed,
        host: None,
        target: "version 99".to_owned(),
        outcome: Outcome::Refused,
        detail: json!({ "error": "nothing waits" }),
    };
    let refused = vec![refused; usize::from(PageSize::MAX) + 1];
    scene.app.storage.writes().record(&refused).await.unwrap();
    scene.app.clock.advance_seconds(1);
    assert_eq!(scene.app.record_own_doings().await, 0, "told twice");
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
