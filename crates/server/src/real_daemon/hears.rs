//! What the daemon does comes into the history, into the counts, to the address's page and to who listens.
use std::net::Ipv4Addr;

use domain::{Clock as _, Timestamp};
use serde_json::{Value, json};

use super::{BANS, ODD, Scene, ok};
use crate::testing::Tab;

/// How many bans are timed.
const TIMED: u8 = 40;

#[tokio::test]
async fn ban_of_an_attacker_is_in_history_counts_address_and_live_feed() {
    let scene = Scene::start().await;
    let mut tab = Tab::open(&scene.admin, "/api/v1/live").await;
    let attacker = Ipv4Addr::new(192, 0, 2, 7);
    scene.lab.attack("sshd", attacker.into()).await.unwrap();

    let (_, id, live) = tab.next_of("history").await;
    let event = &live[0];
    assert_eq!(id.as_deref(), event["id"].as_str());
    assert_eq!(event["subject"], json!("192.0.2.7"));
    assert_eq!(event["origin"], json!("detected"));

    let uri = "/api/v1/history?address=192.0.2.7";
    let is_rich = |page: &Value| page["items"][0]["hasLines"] == json!(true);
    let page = scene.until(uri, is_rich).await;
    let listed = &page["items"][0];
    assert_eq!(page["total"], json!({ "count": 1, "more": false }));
    for field in ["id", "at", "jail", "event", "origin", "country", "asn"] {
        assert_eq!(listed[field], event[field], "{field}");
    }
    assert_eq!(listed["country"], json!("DE"));
    assert!(listed["failures"].as_u64().unwrap() >= 1, "{listed}");
    let uri = format!("/api/v1/history/{}", listed["id"].as_str().unwrap());
    let shown = ok(&scene.admin.get(&uri).await);
    let lines = shown["lines"].as_array().unwrap();
    assert!(
        lines
            .iter()
            .any(|line| line.as_str().unwrap().contains("192.0.2.7")),
        "{shown}"
    );

    let series = ok(&scene.admin.get("/api/v1/stats/bans?jail=sshd").await);
    assert_eq!(series["total"], json!(1));
    let top = ok(&scene.admin.get("/api/v1/stats/top?by=country").await);
    assert_eq!(
        (&top["items"][0]["key"], &top["items"][0]["bans"]),
        (&json!("DE"), &json!(1))
    );

    let uri = "/api/v1/addresses/192.0.2.7";
    let is_current = |address: &Value| address["current"][0]["jail"] == json!("sshd");
    let address = scene.until(uri, is_current).await;
    let in_sshd = address["jails"]
        .as_array()
        .unwrap()
        .iter()
        .find(|jail| jail["jail"] == "sshd");
    assert_eq!(in_sshd.unwrap()["bans"], json!(1), "{address}");
    assert_eq!(address["banTimes"][0]["jail"], json!("sshd"), "{address}");
    assert_eq!(address["unknownJails"], json!([]));
    scene.end().await;
}

#[tokio::test]
async fn order_is_heard_with_the_name_of_who_gave_it() {
    let scene = Scene::start().await;
    let order = json!({ "jail": ODD, "targets": ["198.18.0.7"] });
    ok(&scene.admin.post(BANS, order).await);
    let uri = "/api/v1/history?address=198.18.0.7";
    let page = scene
        .until(uri, |page| page["total"]["count"] == json!(1))
        .await;
    assert_eq!(page["items"][0]["actor"], json!("admin"), "{page}");
    assert_eq!(page["items"][0]["origin"], json!("manual"));
    let order = json!({ "targets": [{ "subject": "198.18.0.7", "jail": null }] });
    ok(&scene.admin.post(super::UNBANS, order).await);
    let page = scene
        .until(uri, |page| page["total"]["count"] == json!(2))
        .await;
    let unban = &page["items"][0];
    assert_eq!(
        (&unban["event"], &unban["cause"]),
        (&json!("unban"), &json!("byHand")),
        "{page}"
    );
    assert_eq!(unban["actor"], json!("admin"), "{page}");
    // Nobody in BanGUI gave this one.
    scene
        .lab
        .client_output(&["set", ODD, "banip", "198.18.0.8"])
        .await
        .unwrap();
    let uri = "/api/v1/history?address=198.18.0.8";
    let page = scene
        .until(uri, |page| page["total"]["count"] == json!(1))
        .await;
    assert_eq!(page["items"][0]["actor"], json!(null), "{page}");
    scene.end().await;
}

#[tokio::test]
async fn ban_is_told_to_who_listens_within_moments() {
    let scene = Scene::start().await;
    let mut tab = Tab::open(&scene.admin, "/api/v1/live").await;
    let mut millis: Vec<i64> = Vec::new();
    for last in 1..=TIMED {
        let subject = format!("198.18.1.{last}");
        scene
            .lab
            .client_output(&["set", "sshd", "banip", &subject])
            .await
            .unwrap();
        let told = loop {
            let (_, _, events) = tab.next_of("history").await;
            let now = scene.app.clock.now();
            let events = events.as_array().unwrap();
            if let Some(event) = events
                .iter()
                .find(|event| event["subject"] == subject.as_str())
            {
                break now.millis_since(at(event));
            }
        };
        millis.push(told);
    }
    millis.sort_unstable();
    let (half, most) = (millis[millis.len() / 2], millis[millis.len() * 95 / 100]);
    println!(
        "from the daemon's ban to the message, {TIMED} bans: p50 {half} ms, p95 {most} ms, all {millis:?}"
    );
    // The goal is 500 ms; a machine that compiles beside the test is slower.
    assert!(half < 2_000, "{millis:?}");
    scene.end().await;
}

fn at(event: &Value) -> Timestamp {
    let at: jiff::Timestamp = event["at"].as_str().unwrap().parse().unwrap();
    at.into()
}
