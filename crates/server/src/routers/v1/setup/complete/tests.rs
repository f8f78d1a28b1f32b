use serde_json::{Value, json};

use super::*;
use crate::testing::{PASSWORD, SETUP_TOKEN, TestApp, TestClient};
use domain::{AuditQuery, Storage as _};

fn wishes() -> Value {
    json!({
        "password": PASSWORD,
        "timeZone": "europe/berlin",
        "sessionIdleSeconds": 1800,
        "sessionAbsoluteSeconds": 86400,
        "socket": null,
    })
}

fn with(field: &str, value: Value) -> Value {
    let mut wishes = wishes();
    wishes[field] = value;
    wishes
}

fn holder(app: &TestApp) -> TestClient {
    app.visitor().header("x-setup-token", SETUP_TOKEN)
}

#[tokio::test]
async fn setup_asked_from_elsewhere_without_the_token_tells_only_that_it_is_needed() {
    let app = TestApp::fresh().await;
    insta::assert_snapshot!(app.visitor().get("/api/v1/setup").await.shown(), @r#"
    200 OK
    {
      "completed": false,
      "defaults": null,
      "tokenRequired": true
    }
    "#);
}

#[tokio::test]
async fn setup_asked_with_the_token_or_on_this_machine_proposes_settings() {
    let app = TestApp::fresh().await;
    for (visitor, token_required) in [
        (holder(&app), true),
        (app.visitor().at_this_machine(), false),
    ] {
        let body = visitor.get("/api/v1/setup").await.json();
        assert_eq!(body["completed"], json!(false));
        assert_eq!(body["tokenRequired"], json!(token_required));
        let defaults = &body["defaults"];
        assert_eq!(defaults["sessionIdleSeconds"], json!(3600));
        assert_eq!(defaults["sessionAbsoluteSeconds"], json!(604_800));
        let zone = defaults["timeZone"].as_str().unwrap();
        zone.parse::<domain::TimeZoneName>().unwrap();
        assert!(
            defaults["socket"]
                .as_str()
                .unwrap()
                .ends_with("/fail2ban.sock")
        );
    }
}

#[tokio::test]
async fn setup_completed_signs_the_new_admin_in() {
    let app = TestApp::fresh().await;
    insta::assert_snapshot!(holder(&app).post("/api/v1/setup", wishes()).await.shown(), @r#"
    201 Created
    {
      "completed": true,
      "defaults": null,
      "tokenRequired": false
    }
    "#);
    let visitor = app.visitor();
    insta::assert_snapshot!(visitor.get("/api/v1/setup").await.shown(), @r#"
    200 OK
    {
      "completed": true,
      "defaults": null,
      "tokenRequired": false
    }
    "#);
    let credentials = json!({ "name": "Admin", "password": PASSWORD });
    let signed_in = visitor.post("/api/v1/session", credentials).await;
    assert_eq!(signed_in.status, StatusCode::CREATED);
    let admin = visitor.with_cookie_of(&signed_in);
    insta::assert_snapshot!(admin.get("/api/v1/settings").await.shown(), @r#"
    200 OK
    {
      "blockedConnectionsStay": false,
      "onlineLookups": false,
      "retentionDays": 365,
      "sessionAbsoluteSeconds": 86400,
      "sessionIdleSeconds": 1800,
      "socket": null,
      "timeZone": "Europe/Berlin"
    }
    "#);
}

#[tokio::test]
async fn setup_completed_is_written_down_once_without_the_password() {
    let app = TestApp::fresh().await;
    app.visitor()
        .at_this_machine()
        .post("/api/v1/setup", wishes())
        .await;
    let page = app
        .storage
        .reads()
        .audit(&AuditQuery::default())
        .await
        .unwrap();
    let [entry] = page.items.as_slice() else {
        panic!("one entry: {page:?}");
    };
    insta::assert_snapshot!(
        format!("{} {} {}", entry.entry.action.as_str(), entry.entry.target, entry.entry.detail),
        @r#"setup.completed admin {"onThisMachine":true,"settings":{"blockedConnectionsStay":false,"fail2banSocket":null,"onlineLookups":false,"retentionDays":365,"sessionAbsoluteSeconds":86400,"sessionIdleSeconds":1800,"timeZone":"Europe/Berlin"}}"#
    );
    assert_eq!(entry.entry.address, Some("127.0.0.1".parse().unwrap()));
}

#[tokio::test]
async fn setup_a_second_time_is_refused_for_good() {
    let app = TestApp::fresh().await;
    holder(&app).post("/api/v1/setup", wishes()).await;
    insta::assert_snapshot!(holder(&app).post("/api/v1/setup", wishes()).await.shown(), @r#"
    409 Conflict
    content-type: application/problem+json
    {
      "requestId": "[request]",
      "status": 409,
      "title": "BanGUI is set up already",
      "type": "/problems/setup-completed"
    }
    "#);
    for answer in [
        holder(&app).get("/api/v1/setup/connections").await,
        holder(&app)
            .post("/api/v1/setup/connection-test", json!({ "socket": "/x" }))
            .await,
        app.visitor().post("/api/v1/setup", wishes()).await,
    ] {
        assert_eq!(answer.problem(), "setup-completed");
    }
}

#[tokio::test]
async fn setup_by_several_at_the_same_time_succeeds_once() {
    let app = TestApp::fresh().await;
    let mut attempts = tokio::task::JoinSet::new();
    for n in 0..4 {
        let visitor = holder(&app).at(&format!("203.0.113.{n}"));
        attempts.spawn(async move { visitor.post("/api/v1/setup", wishes()).await });
    }
    let mut statuses: Vec<_> = attempts
        .join_all()
        .await
        .iter()
        .map(|answer| answer.status.as_u16())
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409]);
}

#[tokio::test]
async fn setup_without_the_token_is_refused() {
    let app = TestApp::fresh().await;
    insta::assert_snapshot!(app.visitor().post("/api/v1/setup", wishes()).await.shown(), @r#"
    403 Forbidden
    content-type: application/problem+json
    {
      "remedy": "The server prints the token when it starts; look into its output or its log, or do the setup from the machine itself.",
      "requestId": "[request]",
      "status": 403,
      "title": "The setup token is missing or wrong",
      "type": "/problems/setup-token"
    }
    "#);
    let proxied = app
        .visitor()
        .at_this_machine()
        .header("x-forwarded-for", "127.0.0.1");
    for visitor in [
        app.visitor().header("x-setup-token", "wrong"),
        proxied,
        app.visitor().header("host", "127.0.0.1:8000"),
    ] {
        assert_eq!(
            visitor.post("/api/v1/setup", wishes()).await.problem(),
            "setup-token"
        );
        assert_eq!(
            visitor.get("/api/v1/setup/connections").await.problem(),
            "setup-token"
        );
    }
}

#[tokio::test]
async fn setup_token_guessed_too_often_is_not_looked_at_any_more() {
    let app = TestApp::fresh().await;
    let guesser = app.visitor().header("x-setup-token", "wrong");
    for _ in 0..10 {
        assert_eq!(guesser.get("/api/v1/setup").await.problem(), "setup-token");
    }
    insta::assert_snapshot!(guesser.get("/api/v1/setup").await.shown(), @r#"
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
    let lucky = holder(&app).post("/api/v1/setup", wishes()).await;
    assert_eq!(lucky.problem(), "too-many-attempts");
    let elsewhere = holder(&app).at("203.0.113.77");
    assert_eq!(elsewhere.post("/api/v1/setup", wishes()).await.status, 201);
}

#[tokio::test]
async fn setup_with_values_that_cannot_be_names_every_field_and_changes_nothing() {
    let app = TestApp::fresh().await;
    let all_wrong = json!({
        "password": "short",
        "timeZone": "Mars/Base",
        "sessionIdleSeconds": 1,
        "sessionAbsoluteSeconds": 0,
        "socket": "relative.sock",
    });
    insta::assert_snapshot!(holder(&app).post("/api/v1/setup", all_wrong).await.shown(), @r#"
    422 Unprocessable Entity
    content-type: application/problem+json
    {
      "errors": [
        {
          "code": "too-short",
          "field": "password",
          "message": "Use at least 12 characters."
        },
        {
          "code": "unknown-time-zone",
          "field": "timeZone",
          "message": "\"Mars/Base\" is not a time zone: write one such as Europe/Berlin or UTC"
        },
        {
          "code": "out-of-range",
          "field": "sessionIdleSeconds",
          "message": "Sessions may end after 5 minutes to 30 days without use."
        },
        {
          "code": "out-of-range",
          "field": "sessionAbsoluteSeconds",
          "message": "Sessions may last at most 90 days, and not less than they may be unused."
        },
        {
          "code": "bad-socket",
          "field": "socket",
          "message": "the path of the socket must begin with /"
        }
      ],
      "requestId": "[request]",
      "status": 422,
      "title": "Some values were not accepted",
      "type": "/problems/invalid"
    }
    "#);
    let status = app.visitor().get("/api/v1/setup").await.json();
    assert_eq!(status["completed"], json!(false));
}

#[tokio::test]
async fn setup_with_a_value_beyond_its_limit_is_refused() {
    let app = TestApp::fresh().await;
    for wrong in [
        with("password", json!("x".repeat(257))),
        with("sessionIdleSeconds", json!(299)),
        with("sessionIdleSeconds", json!(2_592_001)),
        with("sessionAbsoluteSeconds", json!(1799)),
        with("sessionAbsoluteSeconds", json!(7_776_001)),
        with("timeZone", json!(7)),
        with("unknown", json!(7)),
        with("socket", json!("/tmp\u{0}/x")),
        with("socket", json!(format!("/{}", "x".repeat(200)))),
    ] {
        let answer = holder(&app).post("/api/v1/setup", wrong.clone()).await;
        assert_eq!(answer.problem(), "invalid", "{wrong}");
    }
}

#[tokio::test]
async fn api_before_setup_says_that_setup_is_required() {
    let app = TestApp::fresh().await;
    let credentials = json!({ "name": "admin", "password": PASSWORD });
    let answer = app.visitor().post("/api/v1/session", credentials).await;
    insta::assert_snapshot!(answer.shown(), @r#"
    409 Conflict
    content-type: application/problem+json
    {
      "requestId": "[request]",
      "status": 409,
      "title": "BanGUI is not set up yet",
      "type": "/problems/setup-required"
    }
    "#);
    assert_eq!(
        app.visitor().get("/api/v1/session").await.problem(),
        "setup-required"
    );
}

#[tokio::test]
async fn setup_with_the_socket_of_a_real_daemon_uses_it_at_once() {
    let lab = crate::testing::silent_lab().await;
    let app = TestApp::fresh().await;
    let socket = lab.socket().display().to_string();
    let tested = holder(&app)
        .post("/api/v1/setup/connection-test", json!({ "socket": socket }))
        .await
        .json();
    assert_eq!(tested["daemon"]["state"], json!("up"));
    assert_eq!(tested["inUse"], json!(false));
    assert_eq!(tested["jails"], json!(["sshd"]));
    let done = holder(&app)
        .post("/api/v1/setup", with("socket", json!(socket)))
        .await;
    assert_eq!(done.status, 201);
    let viewer = app.as_role(domain::Role::Viewer).await;
    let status = viewer
        .get_until("/api/v1/hosts/local/status", |status| {
            status["daemon"]["state"] == json!("up")
        })
        .await;
    assert_eq!(status["socket"], json!(socket));
    lab.stop().await;
}
