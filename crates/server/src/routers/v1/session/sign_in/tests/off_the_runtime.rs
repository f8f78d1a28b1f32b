//! A runtime with one thread would stand still if hashing or SQLite ran on it.
use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
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

    let pauses = Arc::new(Mutex::new(Vec::new()));
    let noting = Arc::clone(&pauses);
    let mut ticking = JoinSet::new();
    ticking.spawn(async move {
        loop {
            let before = Instant::now();
            tokio::time::sleep(Duration::from_millis(1)).await;
            noting.lock().unwrap().push(before.elapsed());
        }
    });
    let mut shortest = Duration::MAX;
    for _ in 0..5 {
        let begin = Instant::now();
        let credentials = json!({ "name": "admin", "password": PASSWORD });
        let answer = visitor.post("/api/v1/session", credentials).await;
        assert_eq!(answer.status, 201);
        shortest = shortest.min(begin.elapsed());
    }
    ticking.shutdown().await;
    // Had the hash run on this thread, each sign-in would have made a pause nearly as long as itself.
    let pauses = pauses.lock().unwrap();
    let long = pauses.iter().filter(|pause| **pause >= shortest / 2);
    assert!(long.count() < 5, "of {shortest:?}: {pauses:?}");
}
