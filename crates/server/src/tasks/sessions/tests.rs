use domain::{Role, Storage as _, StorageReads};

use super::*;
use crate::{
    services::session_gate::hash_token,
    testing::{TestApp, TestClock},
};

fn tasks(app: &TestApp) -> SessionTasks {
    let clock = Arc::<TestClock>::clone(&app.clock);
    SessionTasks {
        gate: Arc::new(SessionGate::new(app.storage.reads(), clock.clone())),
        storage: app.storage.writes(),
        clock,
    }
}

async fn is_there(reads: &Arc<dyn StorageReads>, token: &str) -> bool {
    reads.session(&hash_token(token)).await.unwrap().is_some()
}

#[tokio::test]
async fn session_that_has_ended_is_removed_and_one_in_use_is_not() {
    let app = TestApp::new().await;
    let ended = app.session(Role::Viewer).await;
    let used = app.session(Role::Viewer).await;
    let tasks = tasks(&app);
    app.clock.advance_seconds(3599);
    assert!(tasks.gate.identify(&used).await.unwrap().is_some());
    // Both have ended as far as storage knows; one was used a moment ago.
    app.clock.advance_seconds(10);
    assert_eq!(tasks.remove_ended().await.unwrap(), 1);
    let reads = app.storage.reads();
    assert!(!is_there(&reads, &ended).await);
    assert!(is_there(&reads, &used).await);
    assert_eq!(tasks.remove_ended().await.unwrap(), 0);
}

#[tokio::test]
async fn last_use_is_written_once_and_not_at_all_when_there_is_none() {
    let app = TestApp::new().await;
    let token = app.session(Role::Viewer).await;
    let tasks = tasks(&app);
    assert_eq!(tasks.write_last_use().await.unwrap(), 0);
    tasks.gate.identify(&token).await.unwrap().unwrap();
    assert_eq!(tasks.write_last_use().await.unwrap(), 1);
    assert_eq!(tasks.write_last_use().await.unwrap(), 0);
}

#[tokio::test]
async fn last_use_that_could_not_be_written_is_kept() {
    let app = TestApp::new().await;
    let token = app.session(Role::Viewer).await;
    let tasks = tasks(&app);
    tasks.gate.identify(&token).await.unwrap().unwrap();
    app.storage.close().await;
    tasks.write_last_use().await.unwrap_err();
    assert_eq!(tasks.gate.take_seen().len(), 1);
}
