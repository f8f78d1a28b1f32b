use std::sync::Arc;

use domain::{Role, Storage as _};

use super::*;
use crate::testing::TestApp;

/// A gate of its own over the storage of an app, and a token.
async fn gate() -> (TestApp, SessionGate, String) {
    let app = TestApp::new().await;
    let token = app.session(Role::Viewer).await;
    let gate = SessionGate::new(
        app.storage.reads(),
        Arc::<crate::testing::TestClock>::clone(&app.clock),
    );
    app.storage.forget_calls();
    (app, gate, token)
}

async fn is_let_in(gate: &SessionGate, token: &str) -> bool {
    gate.identify(token).await.unwrap().is_some()
}

#[tokio::test]
async fn session_asked_twice_in_ten_seconds_is_looked_up_once() {
    let (app, gate, token) = gate().await;
    assert!(is_let_in(&gate, &token).await);
    assert_eq!(app.storage.calls(), (1, 0));
    app.clock.advance_seconds(9);
    assert!(is_let_in(&gate, &token).await);
    assert_eq!(app.storage.calls(), (1, 0));
    app.clock.advance_seconds(1);
    assert!(is_let_in(&gate, &token).await);
    assert_eq!(app.storage.calls(), (2, 0));
}

#[tokio::test]
async fn token_that_nobody_has_is_nobody() {
    let (_app, gate, _) = gate().await;
    assert!(!is_let_in(&gate, "another token").await);
}

#[tokio::test]
async fn session_unused_for_its_idle_time_ends() {
    let (app, gate, token) = gate().await;
    app.clock.advance_seconds(3599);
    assert!(is_let_in(&gate, &token).await);
    app.clock.advance_seconds(3599);
    assert!(is_let_in(&gate, &token).await, "use moves the idle limit");
    app.clock.advance_seconds(3600);
    assert!(!is_let_in(&gate, &token).await);
}

#[tokio::test]
async fn session_in_use_ends_at_its_absolute_limit() {
    let (app, gate, token) = gate().await;
    for _ in 0..47 {
        app.clock.advance_seconds(1800);
        assert!(is_let_in(&gate, &token).await);
    }
    app.clock.advance_seconds(1800);
    assert!(!is_let_in(&gate, &token).await);
}

#[tokio::test]
async fn session_whose_use_was_handed_over_goes_on_before_storage_shows_it() {
    let (app, gate, token) = gate().await;
    app.clock.advance_seconds(3595);
    assert!(is_let_in(&gate, &token).await);
    let touches = gate.take_seen();
    assert_eq!(touches.len(), 1);
    assert_eq!(touches[0].1, app.clock.now());
    assert_eq!(touches[0].2, app.clock.now().plus_seconds(3600));
    // Storage still says that it ends in a few seconds, and so does the look-up in memory.
    app.clock.advance_seconds(9);
    assert!(is_let_in(&gate, &token).await);
    app.clock.advance_seconds(9);
    assert!(is_let_in(&gate, &token).await);
}

#[tokio::test]
async fn use_is_handed_over_once_and_again_when_put_back() {
    let (_app, gate, token) = gate().await;
    assert!(is_let_in(&gate, &token).await);
    let touches = gate.take_seen();
    assert_eq!(touches.len(), 1);
    assert!(gate.take_seen().is_empty());
    gate.put_back(&touches);
    assert_eq!(gate.take_seen(), touches);
}

#[tokio::test]
async fn use_that_storage_has_known_for_long_is_forgotten() {
    let (app, gate, token) = gate().await;
    assert!(is_let_in(&gate, &token).await);
    assert_eq!(gate.take_seen().len(), 1);
    app.clock.advance_seconds(21);
    assert!(gate.take_seen().is_empty());
    assert!(lock(&gate.seen).is_empty());
}

#[tokio::test]
async fn session_evicted_is_asked_of_storage_again() {
    let (app, gate, token) = gate().await;
    let identity = gate.identify(&token).await.unwrap().unwrap();
    app.storage.forget_calls();
    gate.evict(&identity.session.id);
    assert!(is_let_in(&gate, &token).await);
    assert_eq!(app.storage.calls(), (1, 0));
    gate.evict_user(identity.user, Some(&identity.session.id));
    assert!(is_let_in(&gate, &token).await);
    assert_eq!(app.storage.calls(), (1, 0), "the session to keep is kept");
    gate.evict_user(identity.user, None);
    assert!(is_let_in(&gate, &token).await);
    assert_eq!(app.storage.calls(), (2, 0));
}

#[tokio::test]
async fn look_up_that_began_before_an_eviction_is_not_kept() {
    let (app, gate, token) = gate().await;
    let hash = hash_token(&token);
    let now = app.clock.now();
    let (_, evictions) = gate.cached(&hash, now);
    gate.evict(&SessionId("any".to_owned()));
    assert!(gate.look_up(hash, now, evictions).await.unwrap().is_some());
    assert!(gate.cached(&hash, now).0.is_none());
}

#[tokio::test]
async fn setup_is_asked_until_the_first_yes() {
    let app = TestApp::fresh().await;
    let gate = SessionGate::new(
        app.storage.reads(),
        Arc::<crate::testing::TestClock>::clone(&app.clock),
    );
    assert!(!gate.setup_completed().await.unwrap());
    assert_eq!(
        gate.require_setup().await.unwrap_err().code(),
        Code::SetupRequired
    );
    gate.note_setup_completed();
    app.storage.forget_calls();
    gate.require_setup().await.unwrap();
    assert_eq!(app.storage.calls(), (0, 0));
    gate.clear();
    assert!(!gate.setup_completed().await.unwrap());
}
