use domain::{AuditQuery, NewAuditEntry, Role, Storage as _};
use serde_json::{Value, json};

use crate::testing::{Answer, PASSWORD, Plan, TestApp, TestClient};

mod off_the_runtime;
mod secrets;

const SESSION: &str = "/api/v1/session";

fn right() -> Value {
    json!({ "name": "admin", "password": PASSWORD })
}

fn wrong() -> Value {
    json!({ "name": "admin", "password": "not the password" })
}

async fn attempts(client: &TestClient, times: usize, body: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    for _ in 0..times {
        problems.push(client.post(SESSION, body.clone()).await.problem());
    }
    problems
}

fn count(problems: &[String], wanted: &str) -> usize {
    problems.iter().filter(|problem| *problem == wanted).count()
}

async fn log(app: &TestApp) -> Vec<NewAuditEntry> {
    let page = app.storage.reads().audit(&AuditQuery::default()).await;
    let items = page.unwrap().items;
    items.into_iter().map(|item| item.entry).collect()
}

fn token(answer: &Answer) -> &str {
    let cookie = answer.header("set-cookie").unwrap();
    cookie.split(['=', ';']).nth(1).unwrap()
}

/// The answer with the random parts masked.
fn shown(answer: &Answer) -> String {
    let body = answer.json();
    let id = body["session"]["id"].as_str().unwrap();
    assert_eq!(id.len(), 22, "128 bits");
    assert_eq!(token(answer).len(), 43, "256 bits");
    // Whether the server has looked at its history yet is a matter of moments.
    let event = format!("{:#}", body["lastEventId"]);
    assert!(["null", "\"0\""].contains(&&*event), "{event}");
    answer
        .shown()
        .replace(id, "[id]")
        .replace(token(answer), "[token]")
        .replace(
            &format!("\"lastEventId\": {event}"),
            "\"lastEventId\": [event]",
        )
}

#[tokio::test]
async fn sign_in_with_the_right_password_begins_a_session() {
    let app = TestApp::new().await;
    let visitor = app.visitor().header("user-agent", &"x".repeat(300));
    let answer = visitor.post(SESSION, right()).await;
    let text = shown(&answer).replace(&"x".repeat(200), "[200 x]");
    insta::assert_snapshot!(text, @r#"
    201 Created
    set-cookie: bangui=[token]; HttpOnly; SameSite=Strict; Path=/; Max-Age=86400
    {
      "lastEventId": [event],
      "session": {
        "address": "203.0.113.5",
        "createdAt": "2026-11-23T12:00:00.000Z",
        "current": true,
        "expiresAt": "2026-11-24T12:00:00.000Z",
        "id": "[id]",
        "idleExpiresAt": "2026-11-23T13:00:00.000Z",
        "lastSeenAt": "2026-11-23T12:00:00.000Z",
        "userAgent": "[200 x]"
      },
      "timeZone": "UTC",
      "user": {
        "name": "admin",
        "role": "admin"
      },
      "version": "0.0.0-test"
    }
    "#);
    let current = visitor.with_cookie_of(&answer).get(SESSION).await;
    assert_eq!(current.status, 200);
    for part in ["user", "session", "timeZone", "version"] {
        assert_eq!(current.json()[part], answer.json()[part], "{part}");
    }
}

#[tokio::test]
async fn sign_in_over_tls_sets_a_cookie_that_is_bound_to_the_host() {
    let app = TestApp::build(Plan {
        settings: |settings| {
            settings.base_path = "/bangui/".to_owned();
            settings.public_origin = Some("https://ban.example.org".to_owned());
        },
        ..Plan::default()
    })
    .await;
    let visitor = app.visitor();
    let uri = "/bangui/api/v1/session";
    let answer = visitor.post(uri, right()).await;
    let cookie = answer.header("set-cookie").unwrap();
    insta::assert_snapshot!(cookie.replace(token(&answer), "[token]"), @"__Host-bangui=[token]; HttpOnly; SameSite=Strict; Secure; Path=/; Max-Age=86400");
    let admin = visitor.clone().with_cookie_of(&answer);
    assert_eq!(admin.get(uri).await.status, 200);
    // The same token in a cookie that a neighbouring host could have set is not taken.
    let planted = visitor.header("cookie", &format!("bangui={}", token(&answer)));
    assert_eq!(planted.get(uri).await.problem(), "unauthenticated");
}

#[tokio::test]
async fn sign_in_without_tls_keeps_the_cookie_below_the_base_path() {
    let app = TestApp::build(Plan {
        settings: |settings| settings.base_path = "/bangui/".to_owned(),
        ..Plan::default()
    })
    .await;
    let answer = app.visitor().post("/bangui/api/v1/session", right()).await;
    let cookie = answer.header("set-cookie").unwrap();
    insta::assert_snapshot!(cookie.replace(token(&answer), "[token]"), @"bangui=[token]; HttpOnly; SameSite=Strict; Path=/bangui/; Max-Age=86400");
}

#[tokio::test]
async fn sign_in_again_never_uses_a_token_twice() {
    let app = TestApp::new().await;
    let first = app.visitor().post(SESSION, right()).await;
    let again = app
        .visitor()
        .with_cookie_of(&first)
        .post(SESSION, right())
        .await;
    assert_ne!(token(&first), token(&again));
    assert_ne!(first.json()["session"]["id"], again.json()["session"]["id"]);
}

#[tokio::test]
async fn sign_in_with_a_wrong_password_or_name_is_refused_in_the_same_words() {
    let app = TestApp::new().await;
    let visitor = app.visitor();
    let wrong_password = visitor.post(SESSION, wrong()).await;
    insta::assert_snapshot!(wrong_password.shown(), @r#"
    401 Unauthorized
    content-type: application/problem+json
    {
      "requestId": "[request]",
      "status": 401,
      "title": "The name or the password is wrong",
      "type": "/problems/wrong-credentials"
    }
    "#);
    for name in ["nobody", "", "a b", "x".repeat(60_000).as_str()] {
        let body = json!({ "name": name, "password": PASSWORD });
        let answer = visitor.post(SESSION, body).await;
        assert_eq!(answer.shown(), wrong_password.shown());
    }
}

#[tokio::test]
async fn sign_in_with_a_body_that_is_none_is_refused() {
    let app = TestApp::new().await;
    let visitor = app.visitor();
    let role = json!({ "name": "admin", "password": PASSWORD, "role": "admin" });
    let long = json!({ "name": "admin", "password": "x".repeat(70_000) });
    for (body, problem) in [
        (json!({ "name": "admin" }), "invalid"),
        (json!({ "name": "admin", "password": 7 }), "invalid"),
        (role, "invalid"),
        (json!([]), "invalid"),
        (long, "body-too-large"),
    ] {
        assert_eq!(visitor.post(SESSION, body).await.problem(), problem);
    }
}

#[tokio::test]
async fn sign_in_from_one_address_is_limited_after_ten_failures() {
    let app = TestApp::new().await;
    let guesser = app.visitor();
    let problems = attempts(&guesser, 10, &wrong()).await;
    assert_eq!(count(&problems, "wrong-credentials"), 10);
    insta::assert_snapshot!(guesser.post(SESSION, right()).await.shown(), @r#"
    429 Too Many Requests
    retry-after: 30
    content-type: application/problem+json
    {
      "detail": "There were too many attempts from this address or at this account.",
      "remedy": "Wait, then try again; on the machine itself (also through SSH) the account's limit does not count.",
      "requestId": "[request]",
      "retryAfterSeconds": 30,
      "status": 429,
      "title": "Too many attempts",
      "type": "/problems/too-many-attempts"
    }
    "#);
    app.clock.advance_seconds(31);
    assert_eq!(guesser.post(SESSION, right()).await.status, 201);
}

#[tokio::test]
async fn sign_in_with_success_in_between_does_not_wash_the_address_clean() {
    let app = TestApp::new().await;
    app.session(Role::Viewer).await;
    let own = json!({ "name": "viewer", "password": PASSWORD });
    let guesser = app.visitor();
    let mut let_through = 0;
    for _ in 0..30 {
        guesser.post(SESSION, own.clone()).await;
        if guesser.post(SESSION, wrong()).await.problem() == "wrong-credentials" {
            let_through += 1;
        }
    }
    assert_eq!(let_through, 10);
}

#[tokio::test]
async fn sign_in_attacked_from_many_addresses_is_limited_and_leaves_the_owner_in() {
    let app = TestApp::new().await;
    let owner = app.visitor().at("192.0.2.1");
    assert_eq!(owner.post(SESSION, right()).await.status, 201);
    let mut problems = Vec::new();
    for n in 0..40 {
        let attacker = app.visitor().at(&format!("2001:db8:{n:x}::1"));
        problems.extend(attempts(&attacker, 1, &wrong()).await);
    }
    assert_eq!(count(&problems, "wrong-credentials"), 20);
    assert_eq!(count(&problems, "too-many-attempts"), 20);
    // From an address that the account knows, and on the machine itself, nothing has changed.
    let mistyped = owner.post(SESSION, wrong()).await;
    assert_eq!(mistyped.problem(), "wrong-credentials");
    let at_the_machine = app.visitor().at_this_machine();
    assert_eq!(at_the_machine.post(SESSION, right()).await.status, 201);
    assert_eq!(owner.post(SESSION, right()).await.status, 201);
}

#[tokio::test]
async fn sign_in_during_an_attack_knows_the_owner_by_a_session_from_before_the_start() {
    let app = TestApp::new().await;
    // The session is in storage, and this server has not seen its owner sign in.
    app.session(Role::Admin).await;
    for n in 0..25 {
        let attacker = app.visitor().at(&format!("2001:db8:{n:x}::1"));
        attempts(&attacker, 1, &wrong()).await;
    }
    let stranger = app.visitor().at("192.0.2.99");
    let refused = stranger.post(SESSION, right()).await;
    assert_eq!(refused.problem(), "too-many-attempts");
    assert_eq!(app.visitor().post(SESSION, right()).await.status, 201);
}

#[tokio::test]
async fn sign_in_and_failure_are_written_down() {
    let app = TestApp::new().await;
    let visitor = app.visitor();
    let claimed = "x".repeat(100);
    let attempt = json!({ "name": claimed, "password": "secret of somebody" });
    visitor.post(SESSION, attempt).await;
    let answer = visitor.post(SESSION, right()).await;
    let entries = log(&app).await;
    let line = |entry: &NewAuditEntry| {
        let (action, address) = (entry.action.as_str(), entry.address.unwrap());
        let (outcome, actor) = (entry.outcome.as_str(), &entry.actor);
        format!("{action} {outcome} {address} {actor:?} {}", entry.detail)
    };
    let lines = entries[..2].iter().map(line).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(lines.replace(&"x".repeat(64), "[64 x]"), @r#"
    session.created success 203.0.113.5 User { id: UserId(1), name: UserName("admin") } {}
    session.created refused 203.0.113.5 Visitor { claimed: Some("[64 x]") } {"reason":"wrong-credentials"}
    "#);
    assert_eq!(json!(entries[0].target), answer.json()["session"]["id"]);
}

#[tokio::test]
async fn sign_in_attempts_beyond_the_limit_are_written_down_once() {
    let app = TestApp::new().await;
    attempts(&app.visitor(), 60, &wrong()).await;
    let entries = log(&app).await;
    let of = |reason: &str| {
        let matching = |entry: &&NewAuditEntry| entry.detail["reason"] == json!(reason);
        entries.iter().filter(matching).count()
    };
    assert_eq!(of("wrong-credentials"), 10);
    assert_eq!(of("too-many-attempts"), 1);
}

#[tokio::test]
async fn sign_in_while_storage_does_not_answer_says_busy() {
    let app = TestApp::new().await;
    app.visitor().post(SESSION, wrong()).await;
    app.storage.close().await;
    insta::assert_snapshot!(app.visitor().post(SESSION, right()).await.shown(), @r#"
    503 Service Unavailable
    retry-after: 5
    content-type: application/problem+json
    {
      "requestId": "[request]",
      "retryAfterSeconds": 5,
      "status": 503,
      "title": "The server is busy",
      "type": "/problems/busy"
    }
    "#);
}

#[tokio::test]
async fn session_answers_its_second_request_without_asking_storage() {
    let app = TestApp::new().await;
    let viewer = app.as_role(Role::Viewer).await;
    for uri in [
        "/api/v1/hosts/local/status",
        "/api/v1/hosts/local/jails",
        "/api/v1/bans",
    ] {
        assert_eq!(viewer.get(uri).await.status, 200);
        app.storage.forget_calls();
        assert_eq!(viewer.get(uri).await.status, 200);
        assert_eq!(app.storage.calls(), (0, 0));
    }
}

#[tokio::test]
async fn session_without_use_ends_and_says_unauthenticated() {
    let app = TestApp::new().await;
    let visitor = app.visitor();
    let answer = visitor.post(SESSION, right()).await;
    let admin = visitor.with_cookie_of(&answer);
    app.clock.advance_seconds(3600);
    insta::assert_snapshot!(admin.get(SESSION).await.shown(), @r#"
    401 Unauthorized
    content-type: application/problem+json
    {
      "requestId": "[request]",
      "status": 401,
      "title": "Sign in first",
      "type": "/problems/unauthenticated"
    }
    "#);
}

#[tokio::test]
async fn sign_out_ends_the_session_at_once_and_takes_the_cookie_back() {
    let app = TestApp::new().await;
    let visitor = app.visitor();
    let answer = visitor.post(SESSION, right()).await;
    let admin = visitor.with_cookie_of(&answer);
    assert_eq!(admin.get(SESSION).await.status, 200);
    insta::assert_snapshot!(admin.delete(SESSION).await.shown(), @r"
    204 No Content
    set-cookie: bangui=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0
    ");
    assert_eq!(admin.get(SESSION).await.problem(), "unauthenticated");
    assert_eq!(log(&app).await[0].action.as_str(), "session.revoked");
}
