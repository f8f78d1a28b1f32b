//! A runtime with one thread would stand still if hashing or SQLite ran on it.
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use serde_json::json;
use tokio::task::JoinSet;

use crate::testing::{PASSWORD, TestApp};

#[tokio::test(flavor = "current_thread")]
async fn sign_in_on_a_runtime_with_one_thread_lets_others_go_on() {
    let app = TestApp::fresh().await;
    // The wizard's hash has the real costs.
    let wishes = json!({
        "password": PASSWORD,
        "timeZone": "UTC",
        "sessionIdleSeconds": 1800,
        "sessionAbsoluteSeconds": 86400,
        "socket": null,
    });
    let visitor = app.visitor().at_this_machine();
    assert_eq!(visitor.post("/api/v1/setup", wishes).await.status, 201);

    let turns = Arc::new(AtomicU64::new(0));
    let counting = Arc::clone(&turns);
    let mut others = JoinSet::new();
    others.spawn(async move {
        loop {
            counting.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
        }
    });
    for _ in 0..3 {
        let before = turns.load(Ordering::Relaxed);
        let credentials = json!({ "name": "admin", "password": PASSWORD });
        let answer = visitor.post("/api/v1/session", credentials).await;
        assert_eq!(answer.status, 201);
        // Each wait of the sign-in is one turn at least; only waiting for another thread's work lets others have thousands.
        let others_had = turns.load(Ordering::Relaxed) - before;
        assert!(others_had > 1000, "{others_had}");
    }
    others.shutdown().await;
}
