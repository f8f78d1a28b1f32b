use serde_json::{Value, json};

use super::{BANS, ODD, ODD_SEGMENT, Scene, ok};

const JAILS: &str = "/api/v1/hosts/local/jails";

/// Waits until the list says so: right after its start the agent does not know yet which jails the configuration enables, and a stopped one is
/// known by that only.
async fn listed_as(scene: &Scene, jail: &str, state: &str) {
    let wanted = |item: &Value| item["name"] == jail && item["state"] == state;
    scene
        .until(JAILS, |list| {
            list["items"].as_array().unwrap().iter().any(wanted)
        })
        .await;
}

async fn running_says_client(scene: &Scene) -> String {
    scene.lab.client_output(&["status"]).await.unwrap()
}

#[tokio::test]
async fn status_and_jails_say_what_runs() {
    let scene = Scene::start().await;
    let status = ok(&scene.admin.get("/api/v1/hosts/local/status").await);
    assert_eq!(status["daemon"]["state"], "up");
    let version = scene.lab.client_output(&["version"]).await.unwrap();
    assert_eq!(status["daemon"]["version"], version);
    assert_eq!(status["totals"]["jails"], 3);
    assert_ne!(status["asOf"], json!(null));
    let list = ok(&scene.admin.get(JAILS).await);
    let names: Vec<&str> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|jail| jail["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, [ODD, "postfix", "sshd"]);
    scene.end().await;
}

#[tokio::test]
async fn jail_tells_its_settings_and_its_log() {
    let scene = Scene::start().await;
    let jail = ok(&scene.admin.get(&format!("{JAILS}/sshd")).await);
    assert_eq!(jail["state"], "running");
    assert_eq!(jail["source"]["kind"], "files");
    let log = scene.lab.log_for("sshd").unwrap().display().to_string();
    assert_eq!(jail["source"]["entries"], json!([log]));
    assert_eq!(jail["settings"]["bantimeSeconds"], 600);
    assert!(!jail["settings"]["failRegex"].as_array().unwrap().is_empty());
    assert!(jail["settings"]["escalation"].is_object());
    let absent = scene.admin.get(&format!("{JAILS}/nowhere")).await;
    assert_eq!(absent.problem(), "jail-not-found");
    scene.end().await;
}

#[tokio::test]
async fn jail_with_an_odd_name_is_shown_and_controlled() {
    let scene = Scene::start().await;
    let uri = format!("{JAILS}/{ODD_SEGMENT}");
    assert_eq!(ok(&scene.admin.get(&uri).await)["name"], ODD);
    let act = async |verb: &str| {
        let answer = scene.admin.post(&format!("{uri}/{verb}"), json!({})).await;
        let answer = ok(&answer);
        assert_eq!(answer["name"], ODD);
        answer["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(act("stop").await, "stopped");
    assert!(!running_says_client(&scene).await.contains(ODD));
    listed_as(&scene, ODD, "stopped").await;
    assert_eq!(act("start").await, "running");
    assert!(running_says_client(&scene).await.contains(ODD));
    assert_eq!(scene.recorded("jail.stopped").await[0].1, ODD);
    scene.end().await;
}

#[tokio::test]
async fn jail_is_stopped_started_restarted_idled_and_resumed_again_and_again() {
    let scene = Scene::start().await;
    for (verb, state) in [
        ("stop", "stopped"),
        ("stop", "stopped"),
        ("start", "running"),
        ("start", "running"),
        ("restart", "running"),
        ("idle", "idle"),
        ("idle", "idle"),
        ("resume", "running"),
        ("resume", "running"),
    ] {
        let uri = format!("{JAILS}/postfix/{verb}");
        let answer = ok(&scene.admin.post(&uri, json!({})).await);
        assert_eq!(
            answer,
            json!({ "name": "postfix", "state": state }),
            "{verb}"
        );
        listed_as(&scene, "postfix", state).await;
    }
    for (action, times) in [
        ("jail.stopped", 2),
        ("jail.started", 2),
        ("jail.restarted", 1),
        ("jail.idled", 2),
        ("jail.resumed", 2),
    ] {
        let entries = scene.recorded(action).await;
        assert_eq!(entries.len(), times, "{action}");
        assert!(entries.iter().all(|e| e.0 == "success" && e.1 == "postfix"));
    }
    let absent = format!("{JAILS}/nowhere/start");
    let absent = scene.admin.post(&absent, json!({})).await;
    assert_eq!(absent.problem(), "jail-not-found");
    scene.end().await;
}

#[tokio::test]
async fn reload_keeps_jails_and_bans() {
    let scene = Scene::start().await;
    let order = json!({ "jail": "sshd", "targets": ["203.0.113.7"] });
    ok(&scene.admin.post(BANS, order).await);
    for uri in [
        format!("{JAILS}/sshd/reload"),
        "/api/v1/hosts/local/reload".to_owned(),
    ] {
        let report = ok(&scene.admin.post(&uri, json!({})).await);
        assert_eq!(report["running"].as_array().unwrap().len(), 3, "{uri}");
        assert_eq!(report["started"], json!([]));
        assert_eq!(scene.banned_says_client("sshd").await, ["203.0.113.7"]);
    }
    assert_eq!(scene.recorded("jail.reloaded").await[0].1, "sshd");
    assert_eq!(scene.recorded("jails.reloaded").await[0].1, "all jails");
    scene.end().await;
}

#[tokio::test]
async fn reload_that_would_cost_jails_is_refused_with_the_reason() {
    let scene = Scene::start().await;
    let local = scene.lab.config_dir().join("jail.d/zz-broken.local");
    std::fs::write(&local, "[sshd]\nfailregex = ^(broken <HOST>\n").unwrap();
    let answer = scene
        .admin
        .post("/api/v1/hosts/local/reload", json!({}))
        .await;
    assert_eq!(
        (answer.status.as_u16(), &*answer.problem()),
        (409, "unsafe-reload")
    );
    let problems = answer.json()["problems"].clone();
    assert_eq!(problems[0]["jail"], "sshd", "{problems}");
    assert!(running_says_client(&scene).await.contains("sshd"));
    assert_eq!(scene.recorded("jails.reloaded").await[0].0, "refused");
    scene.end().await;
}

#[tokio::test]
async fn running_settings_are_changed_and_shown() {
    let scene = Scene::start().await;
    let uri = format!("{JAILS}/sshd/settings");
    let body = json!({ "bantimeSeconds": -1, "maxretry": 7 });
    let now = ok(&scene.admin.patch(&uri, body).await);
    assert_eq!(
        (&now["bantimeSeconds"], &now["maxretry"]),
        (&json!(-1), &json!(7))
    );
    let told = scene.lab.client_output(&["get", "sshd", "maxretry"]).await;
    assert_eq!(told.unwrap(), "7");
    let order = json!({ "jail": "sshd", "targets": ["203.0.113.7"] });
    ok(&scene.admin.post(BANS, order).await);
    let ban = ok(&scene.admin.get("/api/v1/bans").await)["items"][0].clone();
    assert_eq!(
        (&ban["permanent"], &ban["expiresAt"]),
        (&json!(true), &json!(null))
    );
    let entry = scene.recorded("jail.settings_changed").await.remove(0);
    assert_eq!(entry.2["wanted"]["maxretry"], 7);
    assert_eq!(entry.2["now"]["bantimeSeconds"], -1);
    scene.end().await;
}

#[tokio::test]
async fn ignore_list_takes_and_gives_back_entries() {
    let scene = Scene::start().await;
    let uri = format!("{JAILS}/sshd/ignore");
    let body = json!({ "entry": "198.51.100.9/24" });
    let list = ok(&scene.admin.post(&uri, body).await)["items"].clone();
    let has = |list: &Value| list.as_array().unwrap().contains(&json!("198.51.100.0/24"));
    assert!(has(&list), "{list}");
    let told = scene.lab.client_output(&["get", "sshd", "ignoreip"]).await;
    assert!(told.unwrap().contains("198.51.100.0/24"));
    let removed = scene
        .admin
        .delete(&format!("{uri}?entry=198.51.100.0%2F24"))
        .await;
    assert!(!has(&ok(&removed)["items"]));

    let uri = format!("{JAILS}/sshd/ignore-self");
    for enabled in [false, true] {
        let answer = ok(&scene.admin.put(&uri, json!({ "enabled": enabled })).await);
        assert_eq!(answer, json!({ "enabled": enabled }));
        let jail = ok(&scene.admin.get(&format!("{JAILS}/sshd")).await);
        assert_eq!(jail["settings"]["ignoreSelf"], enabled);
    }
    assert_eq!(
        scene.recorded("ignore.added").await[0].2["entry"],
        "198.51.100.0/24"
    );
    assert_eq!(scene.recorded("ignore.removed").await.len(), 1);
    assert_eq!(scene.recorded("ignore.self_changed").await.len(), 2);
    scene.end().await;
}
