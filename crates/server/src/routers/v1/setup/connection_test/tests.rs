use serde_json::json;

use crate::testing::{SETUP_TOKEN, TestApp, TestClient};

fn holder(app: &TestApp) -> TestClient {
    app.visitor().header("x-setup-token", SETUP_TOKEN)
}

#[tokio::test]
async fn connection_test_of_a_socket_that_is_missing_says_what_to_do() {
    let app = TestApp::fresh().await;
    let body = json!({ "socket": "/nonexistent/fail2ban.sock" });
    let answer = holder(&app)
        .post("/api/v1/setup/connection-test", body)
        .await;
    insta::assert_snapshot!(answer.shown(), @r#"
    200 OK
    {
      "daemon": {
        "detail": "there is no socket at /nonexistent/fail2ban.sock",
        "reason": "socketMissing",
        "remedy": "Start fail2ban (systemctl start fail2ban). If it listens elsewhere, choose its socket.",
        "since": "2026-11-23T12:00:00.000Z",
        "state": "down",
        "version": null
      },
      "inUse": false,
      "jails": [],
      "socket": "/nonexistent/fail2ban.sock"
    }
    "#);
}

#[tokio::test]
async fn connection_test_of_what_is_no_path_names_the_field() {
    let app = TestApp::fresh().await;
    let body = json!({ "socket": "fail2ban.sock" });
    let answer = holder(&app)
        .post("/api/v1/setup/connection-test", body)
        .await;
    insta::assert_snapshot!(answer.shown(), @r#"
    422 Unprocessable Entity
    content-type: application/problem+json
    {
      "errors": [
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
}

#[tokio::test]
async fn connections_are_tried_live() {
    let app = TestApp::fresh().await;
    let list = holder(&app).get("/api/v1/setup/connections").await.json();
    let items = list["items"].as_array().unwrap();
    let ours = items
        .iter()
        .find(|item| item["inUse"] == json!(true))
        .unwrap();
    assert_eq!(ours["daemon"]["state"], json!("down"));
    assert_eq!(ours["daemon"]["reason"], json!("socketMissing"));
}
