mod many;

use std::sync::Arc;

use domain::{Clock as _, Role};
use serde_json::{Value, json};

use crate::testing::{Ears, Plan, Tab, TestApp, heard_ban};

const URI: &str = "/api/v1/live";

/// A server that hears what the test tells.
async fn hearing() -> (TestApp, Arc<Ears>) {
    let ears = Arc::new(Ears::new());
    let app = TestApp::build(Plan {
        ears: Some(Arc::clone(&ears)),
        ..Plan::default()
    })
    .await;
    (app, ears)
}

#[tokio::test]
async fn stream_says_hello_and_status_and_then_what_was_stored() {
    let (app, ears) = hearing().await;
    let viewer = app.as_role(Role::Viewer).await;
    let mut tab = Tab::open(&viewer, URI).await;
    let header = |name: &str| tab.response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/event-stream");
    assert_eq!(header("x-accel-buffering"), "no");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(tab.next().await.unwrap().0, "hello");
    let (_, id, status) = tab.next_of("status").await;
    assert_eq!(id, None);
    assert_eq!(status["daemon"]["state"], json!("down"));
    ears.tell([heard_ban(app.clock.now(), "192.0.2.1")]);
    let (_, id, events) = tab.next_of("history").await;
    assert_eq!(id.as_deref(), Some("1"));
    insta::assert_json_snapshot!(events, @r#"
    [
      {
        "actor": null,
        "asn": 4200000001,
        "at": "2026-11-23T12:00:00.000Z",
        "banCount": null,
        "bantimeSeconds": 600,
        "cause": null,
        "country": "DE",
        "event": "ban",
        "failures": 5,
        "family": "v4",
        "hasLines": true,
        "host": "local",
        "id": "1",
        "jail": "sshd",
        "kind": "address",
        "networkName": "Example",
        "origin": "detected",
        "permanent": false,
        "subject": "192.0.2.1",
        "until": "2026-11-23T12:10:00.000Z"
      }
    ]
    "#);
}

#[tokio::test]
async fn batch_of_many_events_shows_a_hundred_and_says_how_many_more() {
    let (app, ears) = hearing().await;
    let mut tab = Tab::open(&app.as_role(Role::Viewer).await, URI).await;
    let now = app.clock.now();
    ears.tell((0..250).map(|at| heard_ban(now.plus_seconds(at), "192.0.2.1")));
    let (_, id, events) = tab.next_of("history").await;
    assert_eq!(id.as_deref(), Some("250"));
    assert_eq!(events.as_array().unwrap().len(), 100);
    assert_eq!(events[99]["id"], json!("250"));
    assert_eq!(tab.next_of("more").await.2, json!({ "more": 150 }));
}

#[tokio::test]
async fn stream_taken_up_again_brings_what_was_missed_also_from_before_the_start() {
    let (app, ears) = hearing().await;
    let now = app.clock.now();
    ears.tell((0..1_102).map(|at| heard_ban(now.plus_seconds(at), "192.0.2.1")));
    let viewer = app.as_role(Role::Viewer).await;
    let all = |body: &Value| body["session"]["lastEventId"] == json!("1102");
    viewer.get_until("/api/v1/start", all).await;
    let mut tab = Tab::open(&viewer.clone().header("last-event-id", "1050"), URI).await;
    assert_eq!(
        tab.next_of("hello").await.2,
        json!({ "lastEventId": "1102" })
    );
    let (_, id, events) = tab.next_of("history").await;
    assert_eq!(events[0]["id"], json!("1051"));
    assert_eq!(id.as_deref(), Some("1102"));
    let mut tab = Tab::open(&viewer, &format!("{URI}?after=900")).await;
    assert_eq!(tab.next_of("history").await.1.as_deref(), Some("1000"));
    assert_eq!(tab.next_of("history").await.1.as_deref(), Some("1100"));
    assert_eq!(tab.next_of("history").await.1.as_deref(), Some("1102"));
    let mut tab = Tab::open(&viewer, &format!("{URI}?after=1")).await;
    let (_, id, _) = tab.next_of("behind").await;
    assert_eq!(id.as_deref(), Some("1102"));
}

#[tokio::test]
async fn stream_from_where_the_page_began_brings_what_its_lists_lack() {
    let (app, ears) = hearing().await;
    let now = app.clock.now();
    let viewer = app.as_role(Role::Viewer).await;
    ears.tell([heard_ban(now, "192.0.2.1")]);
    let told = |id: &'static str| move |body: &Value| body["session"]["lastEventId"] == json!(id);
    viewer.get_until("/api/v1/start", told("1")).await;
    ears.tell([heard_ban(now.plus_seconds(1), "192.0.2.2")]);
    viewer.get_until("/api/v1/start", told("2")).await;
    let mut tab = Tab::open(&viewer, &format!("{URI}?after=1")).await;
    let (_, _, events) = tab.next_of("history").await;
    assert_eq!(events[0]["subject"], "192.0.2.2");
}

#[tokio::test]
async fn stream_from_an_id_that_is_none_is_refused() {
    let (app, _ears) = hearing().await;
    let viewer = app.as_role(Role::Viewer).await;
    assert_eq!(
        viewer.get(&format!("{URI}?after=x")).await.problem(),
        "invalid"
    );
    assert_eq!(
        viewer.get(&format!("{URI}?other=x")).await.problem(),
        "malformed-request"
    );
}

#[tokio::test]
async fn streams_of_one_session_are_limited_and_their_end_gives_room() {
    let (app, _ears) = hearing().await;
    let viewer = app.as_role(Role::Viewer).await;
    let mut tabs = Vec::new();
    for _ in 0..20 {
        tabs.push(Tab::open(&viewer, URI).await);
    }
    let refused = viewer.get(URI).await;
    assert_eq!(refused.problem(), "too-many-streams");
    assert_eq!(refused.header("retry-after"), Some("30"));
    tabs.pop();
    Tab::open(&viewer, URI).await;
    let other = app.as_role(Role::Viewer).await;
    Tab::open(&other, URI).await;
}

#[tokio::test]
async fn tab_that_connects_again_and_again_does_not_keep_its_session_alive() {
    let (app, _ears) = hearing().await;
    let viewer = app.as_role(Role::Viewer).await;
    // Sessions of tests end after an hour without use.
    for _ in 0..2 {
        app.clock.advance_seconds(1_500);
        Tab::open(&viewer, URI).await;
    }
    app.clock.advance_seconds(700);
    assert_eq!(viewer.get(URI).await.problem(), "unauthenticated");
}

#[tokio::test]
async fn server_that_stops_ends_streams() {
    let (app, _ears) = hearing().await;
    let mut tab = Tab::open(&app.as_role(Role::Viewer).await, URI).await;
    tab.next_of("hello").await;
    app.stop().await;
    while tab.next().await.is_some() {}
}
