//! What is shown, and to whom.
use domain::Role;
use serde_json::json;

use super::CONFIG;
use crate::real_daemon::{Scene, ok};

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
