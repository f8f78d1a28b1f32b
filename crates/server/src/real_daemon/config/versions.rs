//! Versions that are kept.
use serde_json::json;

use super::{CONFIG, set};
use crate::real_daemon::{Scene, ok};

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
