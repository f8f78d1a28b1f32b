//! Putting right what the kernel does not do, by the daemon's own actions in a packet filter of its own.
use std::{
    net::IpAddr,
    sync::{Arc, Mutex},
};

use agent::AgentConfig;
use lab::{Enforcement, JailSet, Lab, LabConfig};
use serde_json::{Value, json};

use super::{BANS, Scene, ok};
use crate::testing::Sessions;

const CHECK: &str = "/api/v1/hosts/local/firewall/check";
const REPAIR: &str = "/api/v1/hosts/local/firewall/repair";
const V4: &str = "198.51.100.7";
const V6: &str = "2001:db8:bad::7";

/// One jail, whose bans go where the action says.
async fn scene(action: &str, agent: fn(&mut AgentConfig)) -> (tempfile::TempDir, Scene) {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("etc");
    std::fs::create_dir(&config).unwrap();
    let defaults = format!("[DEFAULT]\nbanaction = {action}\n");
    std::fs::write(config.join("jail.local"), defaults).unwrap();
    let config = LabConfig {
        folder: Some(folder.path().to_path_buf()),
        enforcement: Enforcement::Namespace,
        jails: JailSet::Names(vec!["sshd".to_owned()]),
        ..LabConfig::for_tests().unwrap()
    };
    let lab = Lab::start(config).await.unwrap();
    let scene = Scene::on(lab, |plan| plan.agent = agent).await;
    (folder, scene)
}

async fn run(scene: &Scene, line: &str) -> String {
    let mut words = line.split(' ');
    let mut command = scene.lab.in_namespace(words.next().unwrap()).unwrap();
    let output = command.args(words).output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{line}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

async fn ban(scene: &Scene, targets: &[&str]) {
    let order = json!({ "jail": "sshd", "targets": targets });
    ok(&scene.admin.post(BANS, order).await);
}

async fn check(scene: &Scene) -> Value {
    ok(&scene.admin.post(CHECK, json!({})).await)["jails"][0].clone()
}

async fn repair(scene: &Scene) -> Value {
    let repair = json!({ "jails": ["sshd"], "own": false });
    ok(&scene.admin.post(REPAIR, repair).await)["jails"][0].clone()
}

async fn outcome(scene: &Scene, address: &str) -> Value {
    let uri = format!("/api/v1/addresses/{address}/truth");
    let truth = ok(&scene.admin.get(&uri).await);
    truth["verdicts"][0]["outcome"].clone()
}

/// What a restart of the packet filter's service takes away is found, and blocked again.
async fn assert_wiped_is_made_good(action: &str) {
    let (_folder, scene) = scene(action, |_| {}).await;
    ban(&scene, &[V4, V6]).await;
    assert_missing(&check(&scene).await, &[]);
    run(&scene, "nft flush ruleset").await;
    assert_eq!(outcome(&scene, V4).await, "notBlocked");
    assert_missing(&check(&scene).await, &[V4, V6]);
    assert_missing(&repair(&scene).await, &[]);
    assert_both_are_banned_and_blocked(&scene).await;
    scene.end().await;
}

/// Who is missing, with no doubt where nobody is.
fn assert_missing(drift: &Value, missing: &[&str]) {
    assert_eq!(drift["missing"], json!(missing), "{drift}");
    if missing.is_empty() {
        assert_eq!(drift["unsure"], json!([]), "{drift}");
    }
}

async fn assert_both_are_banned_and_blocked(scene: &Scene) {
    for address in [V4, V6] {
        assert_eq!(outcome(scene, address).await, "blocked");
    }
    assert_eq!(scene.banned_says_client("sshd").await, [V4, V6]);
}

#[tokio::test]
async fn wiped_table_of_nftables_is_found_and_made_good() {
    assert_wiped_is_made_good("nftables-multiport").await;
}

#[tokio::test]
async fn wiped_chain_of_iptables_is_found_and_made_good() {
    assert_wiped_is_made_good("iptables-multiport").await;
}

#[tokio::test]
async fn set_of_ipset_that_lost_its_rule_is_found_and_made_good() {
    assert_wiped_is_made_good("iptables-ipset-proto6").await;
}

#[tokio::test]
async fn chain_that_lost_its_rule_is_found_and_made_good() {
    let (_folder, scene) = scene("iptables-multiport", |_| {}).await;
    ban(&scene, &[V4]).await;
    run(&scene, "iptables -F INPUT").await;
    let lost = check(&scene).await;
    assert_eq!(lost["missing"], json!([V4]), "{lost}");
    assert_eq!(repair(&scene).await["missingCount"], 0);
    assert_eq!(outcome(&scene, V4).await, "blocked");
    scene.end().await;
}

#[tokio::test]
async fn chain_that_lost_its_rule_for_one_family_is_made_good_for_both() {
    let (_folder, scene) = scene("iptables-multiport", |_| {}).await;
    ban(&scene, &[V4, V6]).await;
    run(&scene, "ip6tables -F INPUT").await;
    let lost = check(&scene).await;
    assert_eq!(lost["missing"], json!([V6]), "{lost}");
    // The action is stopped for that, which takes the other family's chain away too.
    assert_eq!(repair(&scene).await["missingCount"], 0);
    assert_both_are_banned_and_blocked(&scene).await;
    scene.end().await;
}

#[tokio::test]
async fn excess_of_who_is_on_the_allowlist_is_taken_out() {
    let (_folder, scene) = scene("nftables-multiport", |_| {}).await;
    ban(&scene, &[V4]).await;
    let entry = json!({ "subject": "198.51.100.9" });
    assert_eq!(
        scene.admin.post("/api/v1/allowlist", entry).await.status,
        201
    );
    let add = "nft add element inet f2b-table addr-set-sshd { 198.51.100.9 }";
    run(&scene, add).await;
    assert_eq!(check(&scene).await["excess"], json!(["198.51.100.9"]));
    let repaired = repair(&scene).await;
    assert_eq!(repaired["excessCount"], 0, "{repaired}");
    assert!(
        !run(&scene, "nft list ruleset")
            .await
            .contains("198.51.100.9")
    );
    assert_eq!(scene.banned_says_client("sshd").await, [V4]);
    scene.end().await;
}

#[tokio::test]
async fn missing_ban_of_who_must_stay_reachable_is_left_as_it_is() {
    static SESSIONS: Mutex<Vec<IpAddr>> = Mutex::new(Vec::new());
    let (_folder, scene) = scene("nftables-multiport", |config| {
        config.guard.facts = Arc::new(Sessions(&SESSIONS));
    })
    .await;
    ban(&scene, &[V4, V6]).await;
    run(&scene, "nft flush ruleset").await;
    SESSIONS.lock().unwrap().push(V4.parse().unwrap());
    let repaired = repair(&scene).await;
    assert_eq!(repaired["missing"], json!([V4]), "{repaired}");
    // Not unbanned either: what fail2ban decided stands.
    assert_eq!(scene.banned_says_client("sshd").await, [V4, V6]);
    scene.end().await;
}

#[tokio::test]
async fn ban_that_a_dying_daemon_took_along_is_named() {
    let (_folder, scene) = scene("nftables-multiport", |_| {}).await;
    ban(&scene, &[V4, V6]).await;
    let element = "{ 198.51.100.7 }";
    let taken = format!("nft delete element inet f2b-table addr-set-sshd {element}");
    run(&scene, &taken).await;
    // It dies in the unban, by its own action.
    let kill = format!("kill -9 {}", scene.lab.daemon_pid().unwrap());
    let action = [
        "set",
        "sshd",
        "action",
        "nftables-multiport",
        "actionunban",
        &kill,
    ];
    scene.lab.client_output(&action).await.unwrap();
    let order = json!({ "jails": ["sshd"], "own": false });
    let answer = scene.admin.post(REPAIR, order).await;
    assert_eq!(answer.problem(), "firewall-failed", "{}", answer.body);
    let why = &answer.json()["why"];
    assert_eq!(why["code"], "bans-lost", "{why}");
    assert_eq!(why["facts"]["detail"], V4, "{why}");
    scene.end().await;
}
