use std::time::Duration;

use domain::{Clock as _, Role, Storage as _};

use crate::{services::session_gate::hash_token, testing::TestApp};

/// Waits for a fact.
async fn until(what: &str, mut is_true: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !is_true().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let limit = Duration::from_mins(30);
    assert!(tokio::time::timeout(limit, waiting).await.is_ok(), "{what}");
}

#[tokio::test]
async fn server_that_stops_writes_the_last_use_of_sessions() {
    let app = TestApp::new().await;
    let token = app.session(Role::Viewer).await;
    let viewer = app.visitor().header("cookie", &format!("bangui={token}"));
    app.clock.advance_seconds(100);
    assert_eq!(viewer.get("/api/v1/session").await.status, 200);
    let now = app.clock.now();
    let storage = app.stop().await;
    let found = storage.reads().session(&hash_token(&token)).await;
    let session = found.unwrap().unwrap().session;
    assert_eq!(session.last_seen_at, now);
    assert_eq!(session.idle_expires_at, now.plus_seconds(3600));
}

#[tokio::test]
async fn last_use_is_written_on_schedule() {
    let app = TestApp::new().await;
    let token = app.session(Role::Viewer).await;
    let viewer = app.visitor().header("cookie", &format!("bangui={token}"));
    app.clock.advance_seconds(100);
    assert_eq!(viewer.get("/api/v1/session").await.status, 200);
    let reads = app.storage.reads();
    // Time runs on by itself whenever everybody waits for it.
    tokio::time::pause();
    until("last use is written", async || {
        let found = reads.session(&hash_token(&token)).await;
        found.unwrap().unwrap().session.last_seen_at == app.clock.now()
    })
    .await;
}
