//! What fail2ban bans, against what the kernel does: the daemon's own action in a packet filter of its own.
use std::sync::Arc;

use agent::{AgentConfig, MachineFacts};
use lab::{Enforcement, JailSet, Lab, LabConfig};
use serde_json::{Value, json};

use super::{BANS, LIMIT, LOOK_PAUSE, Scene, ok};

const CHECK: &str = "/api/v1/hosts/local/firewall/check";
const REPAIR: &str = "/api/v1/hosts/local/firewall/repair";
const TRUTH: &str = "/api/v1/addresses/198.51.100.7/truth";

async fn scene() -> Scene {
    planned(|_| {}).await
}

async fn planned(agent: fn(&mut AgentConfig)) -> Scene {
    let config = LabConfig {
        enforcement: Enforcement::Namespace,
        jails: JailSet::Names(vec!["sshd".to_owned()]),
        ..LabConfig::for_tests().unwrap()
    };
    let lab = Lab::start(config).await.unwrap();
    Scene::on(lab, |plan| plan.agent = agent).await
}

async fn nft(scene: &Scene, words: &str) -> String {
    let mut command = scene.lab.in_namespace("nft").unwrap();
    let output = command.arg(words).output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{words}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// The set that holds an element, as nft names it: family, table and set.
async fn set_of(scene: &Scene, element: &str) -> String {
    let rules = nft(scene, "list ruleset").await;
    let (mut table, mut set) = ("", "");
    for line in rules.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("table ") {
            table = name.trim_end_matches(" {");
        }
        if let Some(name) = line.strip_prefix("set ") {
            set = name.trim_end_matches(" {");
        }
        if line.contains(element) {
            return format!("{table} {set}");
        }
    }
    panic!("{element} is in no set: {rules}");
}

async fn sshd(scene: &Scene, uri: &str, body: Value) -> Value {
    let drift = ok(&scene.admin.post(uri, body).await);
    drift["jails"][0].clone()
}

#[tokio::test]
async fn ban_that_somebody_took_out_of_the_kernel_is_found_and_banned_again() {
    let scene = scene().await;
    let order = json!({ "jail": "sshd", "targets": ["198.51.100.7", "198.51.100.8"] });
    ok(&scene.admin.post(BANS, order).await);
    let right = sshd(&scene, CHECK, json!({})).await;
    assert_eq!(
        (&right["banned"], &right["missingCount"]),
        (&json!(2), &json!(0)),
        "{right}"
    );
    assert!(right["backing"].is_string(), "{right}");
    let truth = ok(&scene.admin.get(TRUTH).await);
    assert_eq!(truth["verdicts"][0]["path"], "host", "{truth}");
    assert_eq!(truth["verdicts"][0]["outcome"], "blocked", "{truth}");

    let set = set_of(&scene, "198.51.100.7").await;
    nft(&scene, &format!("delete element {set} {{ 198.51.100.7 }}")).await;
    let truth = ok(&scene.admin.get(TRUTH).await);
    assert_eq!(truth["verdicts"][0]["outcome"], "notBlocked", "{truth}");
    let drift = sshd(&scene, CHECK, json!({})).await;
    assert_eq!(drift["missing"], json!(["198.51.100.7"]), "{drift}");
    let repair = json!({ "jails": ["sshd"], "own": false });
    let repaired = sshd(&scene, REPAIR, repair.clone()).await;
    assert_eq!(
        (&repaired["banned"], &repaired["missingCount"]),
        (&json!(2), &json!(0))
    );
    assert!(nft(&scene, "list ruleset").await.contains("198.51.100.7"));

    nft(&scene, &format!("add element {set} {{ 198.51.100.9 }}")).await;
    let drift = sshd(&scene, CHECK, json!({})).await;
    assert_eq!(drift["excess"], json!(["198.51.100.9"]), "{drift}");
    let repaired = sshd(&scene, REPAIR, repair).await;
    assert_eq!(
        (&repaired["banned"], &repaired["excessCount"]),
        (&json!(2), &json!(0))
    );
    assert!(!nft(&scene, "list ruleset").await.contains("198.51.100.9"));
    scene.end().await;
}

#[tokio::test]
async fn table_of_which_nobody_knows_what_it_should_have_hides_no_jail() {
    // A folder in place of the file with the routes: what must never be blocked cannot be read.
    let scene = planned(|config| {
        config.guard.facts = Arc::new(MachineFacts {
            routes_v4: "/".into(),
            ..MachineFacts::default()
        });
    })
    .await;
    let ban = ["set", "sshd", "banip", "198.51.100.7"];
    scene.lab.client_output(&ban).await.unwrap();
    scene.until_client_says("sshd", &["198.51.100.7"]).await;
    let looking = async {
        loop {
            let drift = ok(&scene.admin.post(CHECK, json!({})).await);
            if drift["jails"][0]["banned"] == 1 {
                return drift;
            }
            tokio::time::sleep(LOOK_PAUSE).await;
        }
    };
    let drift = tokio::time::timeout(LIMIT, looking).await.unwrap();
    assert_eq!(drift["jailsProblem"], Value::Null, "{drift}");
    assert_eq!(drift["jails"][0]["missingCount"], 0, "{drift}");
    assert_eq!(drift["own"], Value::Null, "{drift}");
    assert_eq!(drift["ownProblem"]["code"], "guard-blind", "{drift}");
    scene.end().await;
}
