//! Changes that are refused, and what is told of it.
use axum::http::StatusCode;
use serde_json::json;

use super::{CONFIG, apply, plan, set};
use crate::real_daemon::{Scene, ok};

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
