use serde_json::{Value, json};

use super::{BANS, Scene, ok};

const LOG: &str = "/api/v1/hosts/local/log";

fn texts(page: &Value) -> Vec<&str> {
    let lines = page["lines"].as_array().unwrap().iter();
    lines.map(|line| line["text"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn log_is_read_filtered_and_read_on() {
    let scene = Scene::start().await;
    let page = ok(&scene.admin.get(LOG).await);
    assert_eq!(page["source"], scene.lab.log_file().display().to_string());
    assert!(!texts(&page).is_empty(), "{page}");
    let next = page["next"].as_str().unwrap().to_owned();
    let order = json!({ "jail": "sshd", "targets": ["203.0.113.7"] });
    ok(&scene.admin.post(BANS, order).await);
    let uri = format!("{LOG}?after={next}&level=notice&text=203.0.113.7");
    let more = scene.until(&uri, |page| page["lines"][0].is_object()).await;
    let told = &more["lines"][0];
    assert_eq!(
        (&told["level"], &more["gap"]),
        (&json!("notice"), &json!(false))
    );
    assert!(texts(&more)[0].contains("Ban 203.0.113.7"), "{more}");
    scene.end().await;
}

#[tokio::test]
async fn log_is_flushed_and_that_is_written_down() {
    let scene = Scene::start().await;
    let answer = ok(&scene.admin.post(&format!("{LOG}/flush"), json!({})).await);
    assert!(answer["answer"].is_string(), "{answer}");
    let told = scene.recorded("log.flushed").await;
    assert_eq!((&*told[0].0, &*told[0].1), ("success", "fail2ban"));
    scene.end().await;
}

#[tokio::test]
async fn daemon_is_restarted_with_all_jails_and_bans() {
    let scene = Scene::start().await;
    let order = json!({ "jail": "sshd", "targets": ["203.0.113.7"] });
    ok(&scene.admin.post(BANS, order).await);
    scene.until_remembered("203.0.113.7").await;
    let before = scene.lab.daemon_pid();
    let restart = "/api/v1/hosts/local/daemon/restart";
    let report = ok(&scene.admin.post(restart, json!({})).await);
    assert_eq!(report["by"], "command", "{report}");
    assert_eq!(report["jailsLost"], json!([]));
    assert_eq!(report["running"].as_array().unwrap().len(), 3);
    assert_ne!(scene.lab.daemon_pid(), before);
    scene.until_client_says("sshd", &["203.0.113.7"]).await;
    let told = scene.recorded("daemon.restarted").await;
    assert_eq!(
        (&*told[0].0, &told[0].2["by"]),
        ("success", &json!("command"))
    );
    scene.end().await;
}
