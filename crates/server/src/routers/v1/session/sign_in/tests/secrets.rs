//! What is logged about signing in, in the greatest detail.
use std::{
    io,
    sync::{Arc, Mutex},
};

use domain::Role;
use serde_json::json;

use super::{SESSION, attempts, right, token, wrong};
use crate::testing::{PASSWORD, TestApp};

/// Collects what is logged.
#[derive(Clone, Default)]
struct Collected(Arc<Mutex<Vec<u8>>>);

impl io::Write for Collected {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "current_thread")]
async fn log_of_signing_in_and_changing_the_password_holds_no_secret() {
    let collected = Collected::default();
    let writer = collected.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let fresh = TestApp::fresh().await;
    let guesser = fresh
        .visitor()
        .header("x-setup-token", "a-wrong-setup-token");
    guesser.get("/api/v1/setup?secret=in-the-query").await;
    let app = TestApp::new().await;
    attempts(&app.visitor(), 12, &wrong()).await;
    let visitor = app.visitor().at("192.0.2.1");
    let answer = visitor.post(SESSION, right()).await;
    let admin = visitor.with_cookie_of(&answer);
    let new = "another password of mine";
    let change = json!({ "currentPassword": PASSWORD, "newPassword": new });
    let changed = admin.put("/api/v1/session/password", change).await;
    assert_eq!(changed.status, 204);
    admin.delete(SESSION).await;
    app.as_role(Role::Viewer).await.get(SESSION).await;

    let bytes = collected.0.lock().unwrap().clone();
    let text = String::from_utf8(bytes).unwrap();
    assert!(
        text.contains("/api/v1/session/password"),
        "not collected: {text}"
    );
    for secret in [
        PASSWORD,
        new,
        "not the password",
        "a-wrong-setup-token",
        "in-the-query",
        token(&answer),
        "token-viewer",
        "argon2id",
    ] {
        assert!(!text.contains(secret), "{secret} is in the log");
    }
}
