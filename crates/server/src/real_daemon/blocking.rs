use domain::Clock as _;
use serde_json::{Value, json};

use super::{BANS, LOOK_PAUSE, Scene, ok};
use crate::testing::ListServer;

const ALLOWED: &str = "/api/v1/allowlist";
const LISTS: &str = "/api/v1/blocklists";
const LOOK: &str = "/api/v1/hosts/local/bans/preview";

async fn ignores(scene: &Scene, jail: &str) -> String {
    let told = scene.lab.client_output(&["get", jail, "ignoreip"]).await;
    told.unwrap()
}

/// Waits until all that fail2ban reads names a word, or does not any more.
async fn until_files(scene: &Scene, word: &str, named: bool) {
    let looking = async {
        loop {
            let text = drop_ins(scene);
            if text.contains(word) == named {
                return;
            }
            tokio::time::sleep(LOOK_PAUSE).await;
        }
    };
    let seen = tokio::time::timeout(super::LIMIT, looking).await;
    let problem = scene.admin.get(ALLOWED).await.json()["problem"].clone();
    assert!(seen.is_ok(), "{word}: {problem} {}", drop_ins(scene));
}

fn drop_ins(scene: &Scene) -> String {
    let mut text = String::new();
    let folder = scene.lab.config_dir().join("jail.d");
    for entry in std::fs::read_dir(folder).unwrap() {
        text += &std::fs::read_to_string(entry.unwrap().path()).unwrap();
    }
    text
}

#[tokio::test]
async fn allowlist_entry_ends_bans_everywhere_and_is_ignored_now_and_after_a_restart() {
    let scene = Scene::start().await;
    for jail in ["sshd", "postfix"] {
        let order = json!({ "jail": jail, "targets": ["198.51.100.7", "198.51.100.8"] });
        ok(&scene.admin.post(BANS, order).await);
    }
    let added = scene
        .admin
        .post(ALLOWED, json!({ "subject": "198.51.100.7" }))
        .await;
    assert_eq!(added.status, 201, "{}", added.body);
    let done = added.json();
    assert_eq!(
        (&done["unbanned"], &done["jails"]),
        (&json!(2), &json!(3)),
        "{done}"
    );
    assert_eq!(done["problems"], json!([]));
    for jail in ["sshd", "postfix"] {
        assert_eq!(scene.banned_says_client(jail).await, ["198.51.100.8"]);
        assert!(ignores(&scene, jail).await.contains("198.51.100.7"));
    }
    until_files(&scene, "198.51.100.7", true).await;
    let again = json!({ "jail": "sshd", "targets": ["198.51.100.7"] });
    assert_eq!(
        scene.admin.post(BANS, again).await.problem(),
        "lock-out-guard"
    );

    let uri = format!("{ALLOWED}/{}", done["entry"]["id"]);
    assert_eq!(scene.admin.delete(&uri).await.status, 204);
    until_files(&scene, "198.51.100.7", false).await;
    for jail in ["sshd", "postfix"] {
        assert!(!ignores(&scene, jail).await.contains("198.51.100.7"));
    }
    scene.end().await;
}

#[tokio::test]
async fn allowlist_network_ends_the_bans_within_it() {
    let scene = Scene::start().await;
    let targets = ["198.51.100.7", "198.51.100.200", "198.51.101.1"];
    ok(&scene
        .admin
        .post(BANS, json!({ "jail": "sshd", "targets": targets }))
        .await);
    let added = scene
        .admin
        .post(ALLOWED, json!({ "subject": "198.51.100.0/24" }))
        .await;
    assert_eq!(added.json()["unbanned"], 2, "{}", added.body);
    assert_eq!(scene.banned_says_client("sshd").await, ["198.51.101.1"]);
    scene.end().await;
}

#[tokio::test]
async fn list_for_a_jail_makes_the_jail_and_bans_what_the_list_names() {
    let scene = Scene::start().await;
    let lists = ListServer::of("45.10.0.1\n45.10.0.2\n45.10.0.3\n45.20.0.0/16\n").await;
    let source = json!({
        "name": "For a jail",
        "url": lists.url(),
        "allowHttp": true,
        "everySeconds": 3600,
        "enabled": true,
        "target": { "kind": "jail", "jail": "bangui-bad" },
        "direction": "in",
    });
    let added = scene.admin.post(LISTS, source.clone()).await;
    assert_eq!(added.status, 201, "{}", added.body);
    let uri = format!("{LISTS}/{}", added.json()["id"]);
    let is_done = |list: &Value| list["jailProgress"]["banned"] == 3;
    let list = scene.until(&uri, is_done).await;
    assert_eq!(list["jailProgress"]["leftOut"], 1, "{list}");
    let banned = ["45.10.0.1", "45.10.0.2", "45.10.0.3"];
    assert_eq!(scene.banned_says_client("bangui-bad").await, banned);
    let of_lists = "/api/v1/history?jail=bangui-bad&event=ban&origin=blocklist";
    let are_all = |page: &Value| page["total"]["count"] == 3;
    scene.until(of_lists, are_all).await;

    lists.say("45.10.0.1\n45.10.0.7\n");
    let import = scene.admin.post(&format!("{uri}/import"), json!({})).await;
    assert_eq!(import.status, 202, "{}", import.body);
    scene
        .until_client_says("bangui-bad", &["45.10.0.1", "45.10.0.7"])
        .await;
    assert_eq!(scene.admin.delete(&uri).await.status, 204);
    let run = "/api/v1/tasks/blocklist-jails/run";
    assert_eq!(scene.admin.post(run, json!({})).await.status, 202);
    scene.until_client_says("bangui-bad", &[]).await;
    scene.end().await;
}

#[tokio::test]
async fn preview_names_from_where_sshd_lately_let_somebody_in() {
    let scene = Scene::start().await;
    let log = scene.lab.log_for("sshd").unwrap();
    let line = |user: &str, address: &str| {
        let now = scene.app.clock.now();
        format!("{now} lab sshd[7]: Accepted publickey for {user} from {address} port 50022 ssh2\n")
    };
    let forged = line("x from 198.51.100.66 port 1 ssh2", "198.51.100.8");
    std::fs::write(log, line("alice", "198.51.100.7") + &forged).unwrap();
    let look = json!({ "targets": ["198.51.100.0/24", "192.0.2.0/24"] });
    let answer = scene.admin.post(LOOK, look).await;
    let items = ok(&answer)["items"].clone();
    let logins = &items[0]["recentLogins"];
    let mut named: Vec<&str> = logins["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|login| login["address"].as_str().unwrap())
        .collect();
    named.sort_unstable();
    assert_eq!(named, ["198.51.100.7", "198.51.100.8"], "{logins}");
    assert_eq!(
        (&logins["known"], &logins["items"][0]["ways"]),
        (&json!(true), &json!(["ssh"]))
    );
    assert_eq!(
        (
            &items[1]["recentLogins"]["known"],
            &items[1]["recentLogins"]["total"]
        ),
        (&json!(true), &json!(0))
    );
    scene.end().await;
}
