//! What is known of a jail's past after a restart.
use lab::{Enforcement, ExtraJail, JailSet, Lab, LabConfig};
use serde_json::Value;

use crate::{
    ground::{Ground, until},
    http::Browser,
};

fn health(browser: &Browser) -> Value {
    let answer = browser.get("/api/v1/hosts/local/health").json();
    answer["items"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn jail_that_matched_before_a_restart_is_known_to_have_matched() {
    let lab = Lab::start(LabConfig {
        enforcement: Enforcement::None,
        jails: JailSet::Names(Vec::new()),
        extra_jails: vec![ExtraJail::new("app")],
        ..LabConfig::for_tests().unwrap()
    });
    let lab = lab.await.unwrap();
    let ground = Ground::new();
    let serve = || ground.serve_with(&[("BANGUI_FAIL2BAN_SOCKET", lab.socket())]);
    let server = serve();
    let browser = Browser::set_up(server.address);
    lab.attack("app", "198.51.100.7".parse().unwrap())
        .await
        .unwrap();
    until("the ban is stored", || {
        let page = browser.get("/api/v1/history?limit=5").json();
        page["items"][0]["subject"] == "198.51.100.7"
    });
    until("the failures are heard", || {
        health(&browser)["lastFailureAt"].is_string()
    });
    let before = health(&browser);
    server.terminate();
    assert!(server.ended().success());
    let server = serve();
    let browser = browser.moved_to(server.address);
    until("the jail is looked at", || {
        health(&browser)["jail"] == "app"
    });
    let after = health(&browser);
    assert_eq!(after["lastFailureAt"], before["lastFailureAt"], "{after}");
    assert_eq!(after["lastBanAt"], before["lastBanAt"], "{after}");
    server.terminate();
    assert!(server.ended().success());
    lab.stop().await;
}
