use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Scene, ok};

const URI: &str = "/api/v1/addresses/192.0.2.7";
const SSHD: &str = "/api/v1/hosts/local/jails/sshd";

/// Stops or goes on with the daemon, as `kill` says.
async fn signal(scene: &Scene, signal: &str) {
    let pid = scene.lab.daemon_pid().unwrap().to_string();
    let done = tokio::process::Command::new("kill")
        .args([signal, &pid])
        .status();
    assert!(done.await.unwrap().success());
}

fn base_of_sshd(address: &Value) -> &Value {
    let times = address["banTimes"].as_array().unwrap();
    let of = times.iter().find(|times| times["jail"] == "sshd");
    &of.unwrap_or_else(|| panic!("{address}"))["baseSeconds"]
}

#[tokio::test]
async fn address_page_knows_a_change_of_a_jail_at_once() {
    let scene = Scene::start().await;
    scene
        .lab
        .attack("sshd", "192.0.2.7".parse().unwrap())
        .await
        .unwrap();
    let is_known = |address: &Value| address["banTimes"] != json!([]);
    let before = scene.until(URI, is_known).await;
    assert_ne!(base_of_sshd(&before), &json!(4_321));
    let change = json!({ "bantimeSeconds": 4_321 });
    ok(&scene.admin.patch(&format!("{SSHD}/settings"), change).await);
    let after = ok(&scene.admin.get(URI).await);
    assert_eq!(base_of_sshd(&after), &json!(4_321));
    let entry = json!({ "entry": "192.0.2.0/24" });
    ok(&scene.admin.post(&format!("{SSHD}/ignore"), entry).await);
    let after = ok(&scene.admin.get(URI).await);
    assert_eq!(after["ignoredIn"], json!(["sshd"]));
    scene.end().await;
}

#[tokio::test]
async fn address_page_does_not_wait_for_a_daemon_that_hangs() {
    let scene = Scene::start().await;
    signal(&scene, "-STOP").await;
    let begin = Instant::now();
    let hanging = scene.admin.get(URI).await;
    let waited = begin.elapsed();
    signal(&scene, "-CONT").await;
    let hanging = ok(&hanging);
    assert_eq!(hanging["subject"], json!("192.0.2.7"));
    assert!(waited < Duration::from_secs(10), "{waited:?}");
    println!("a page about an address while the daemon hangs: {waited:?}");
    // Either the agent had found out that the daemon is down, or the jails are named that could not be asked.
    let unknown = hanging["unknownJails"].as_array().unwrap().len();
    assert!([0, 3].contains(&unknown), "{hanging}");
    let all = |address: &Value| address["unknownJails"] == json!([]);
    scene.until(URI, all).await;
    // The daemon is not asked again for what it told a moment ago.
    let answered = Instant::now();
    ok(&scene.admin.get(URI).await);
    println!(
        "the same page with all jails in memory: {:?}",
        answered.elapsed()
    );
    scene.end().await;
}
