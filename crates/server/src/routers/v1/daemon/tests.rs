use domain::Role;
use serde_json::json;

use crate::testing::TestApp;

const LOG: &str = "/api/v1/hosts/local/log";

#[tokio::test]
async fn log_asked_for_wrongly_says_what_to_ask() {
    let app = TestApp::new().await;
    let operator = app.as_role(Role::Operator).await;
    let long = format!("?text={}", "x".repeat(1_001));
    for (query, problem) in [
        ("?limit=0", "invalid"),
        ("?limit=1001", "invalid"),
        (long.as_str(), "invalid"),
        ("?level=loud", "malformed-request"),
    ] {
        let answer = operator.get(&format!("{LOG}{query}")).await;
        assert_eq!(answer.problem(), problem, "{query}");
    }
}

#[tokio::test]
async fn reading_the_log_is_no_use_of_the_session() {
    let app = TestApp::new().await;
    let operator = app.as_role(Role::Operator).await;
    for _ in 0..3 {
        app.clock.advance_seconds(1_500);
        operator.get(LOG).await;
    }
    let ended = operator.get(LOG).await;
    assert_eq!(ended.problem(), "unauthenticated");
}

#[tokio::test]
async fn flush_without_a_daemon_says_so_and_is_written_down() {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    let flushed = admin.post(&format!("{LOG}/flush"), json!({})).await;
    assert_eq!(flushed.problem(), "daemon-unavailable", "{}", flushed.body);
    let audit = admin.get("/api/v1/audit?action=log.flushed").await.json();
    assert_eq!(audit["items"][0]["outcome"], "failed");
    assert_eq!(audit["items"][0]["target"], "fail2ban");
}
