//! Changes that make fail2ban run commands.
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{CONFIG, apply, plan};
use crate::{
    real_daemon::{Scene, ok},
    testing::PASSWORD,
};

fn own_action() -> Value {
    let text = "[Definition]\nactionban = touch /nonexistent/<ip>\n";
    json!({ "change": "createFile", "item": { "kind": "action", "name": "mine" }, "text": text })
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
    assert_eq!(state["confirmWithinSeconds"], 120);
    scene.end().await;
}
