//! Without a daemon; with one see [`crate::real_daemon`].
use std::fmt::Write as _;

use domain::Role;
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::testing::{TestApp, TestClient};

const BANS: &str = "/api/v1/hosts/local/bans";
const CHECK: &str = "/api/v1/hosts/local/bans/check";
const UNBANS: &str = "/api/v1/hosts/local/unbans";

async fn operator() -> (TestApp, TestClient) {
    let app = TestApp::new().await;
    let operator = app.as_role(Role::Operator).await;
    (app, operator)
}

fn many(count: usize) -> Vec<String> {
    (0..count)
        .map(|n| format!("198.18.{}.{}", n / 256, n % 256))
        .collect()
}

#[tokio::test]
async fn list_while_the_daemon_was_never_there_is_empty() {
    let (_app, operator) = operator().await;
    let answer = operator.get("/api/v1/bans").await;
    assert_eq!(
        answer.json(),
        json!({ "items": [], "nextCursor": null, "total": 0, "asOf": null })
    );
}

#[tokio::test]
async fn list_with_a_parameter_that_cannot_be_meant_says_so() {
    let (_app, operator) = operator().await;
    let long = format!("search={}", "x".repeat(201));
    for (query, problem, field) in [
        ("sort=colour", "malformed-request", ""),
        ("order=up", "malformed-request", ""),
        ("family=v5", "malformed-request", ""),
        ("limit=ten", "malformed-request", ""),
        ("limit=0", "invalid", "limit"),
        ("limit=501", "invalid", "limit"),
        ("limit=-1", "invalid", "limit"),
        (&long, "invalid", "search"),
        ("jail=sshd&jail=a%2Cb", "invalid", "jail"),
        ("host=A%20B", "invalid", "host"),
        ("host=web-1", "host-not-found", ""),
        ("cursor=nonsense", "bad-cursor", ""),
    ] {
        let answer = operator.get(&format!("/api/v1/bans?{query}")).await;
        assert_eq!(answer.problem(), problem, "{query}");
        let named = answer.json()["errors"][0]["field"].clone();
        assert_eq!(named.as_str().unwrap_or_default(), field, "{query}");
    }
}

#[tokio::test]
async fn list_says_which_values_a_parameter_takes() {
    let (_app, operator) = operator().await;
    let answer = operator.get("/api/v1/bans?sort=colour").await;
    assert_snapshot!(answer.shown(), @r#"
    400 Bad Request
    content-type: application/problem+json
    {
      "detail": "sort: unknown variant `colour`, expected one of `bannedAt`, `expiresAt`, `subject`, `jail`",
      "requestId": "[request]",
      "status": 400,
      "title": "The request could not be read",
      "type": "/problems/malformed-request"
    }
    "#);
}

#[tokio::test]
async fn list_takes_several_jails_and_empty_parameters() {
    let (_app, operator) = operator().await;
    let answer = operator
        .get("/api/v1/bans?jail=sshd&jail=a%2Fb%20c&search=&cursor=&limit=500&sort=subject&order=asc&family=v6&host=local")
        .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test]
async fn ban_while_the_daemon_is_down_is_unavailable() {
    let (_app, operator) = operator().await;
    let body = json!({ "jail": "sshd", "targets": ["203.0.113.7"] });
    assert_snapshot!(operator.post(BANS, body).await.shown(), @r#"
    503 Service Unavailable
    retry-after: 5
    content-type: application/problem+json
    {
      "detail": "there is no socket at [folder]/fail2ban.sock",
      "remedy": "Start fail2ban (systemctl start fail2ban). If it listens elsewhere, choose its socket.",
      "requestId": "[request]",
      "retryAfterSeconds": 5,
      "status": 503,
      "title": "fail2ban cannot be reached",
      "type": "/problems/daemon-unavailable"
    }
    "#);
}

#[tokio::test]
async fn orders_of_every_length_while_the_daemon_is_down_are_unavailable_and_recorded() {
    let (app, operator) = operator().await;
    let unban = |count| {
        let targets: Vec<Value> = many(count)
            .into_iter()
            .map(|subject| json!({ "subject": subject }))
            .collect();
        json!({ "targets": targets })
    };
    let orders = [
        (BANS, json!({ "jail": "sshd", "targets": many(20) })),
        (BANS, json!({ "jail": "sshd", "targets": many(21) })),
        (UNBANS, unban(100)),
        (UNBANS, unban(101)),
    ];
    for (uri, body) in orders {
        let answer = operator.post(uri, body).await;
        assert_eq!(answer.problem(), "daemon-unavailable", "{uri}");
    }
    let all = json!({ "confirm": "unban all" });
    let all = operator.post(&format!("{UNBANS}/all"), all).await;
    assert_eq!(all.problem(), "daemon-unavailable");
    let admin = app.as_role(Role::Admin).await;
    let entries = admin.get("/api/v1/audit?user=operator").await.json();
    let told: Vec<String> = entries["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            format!(
                "{} {} {}",
                entry["action"], entry["outcome"], entry["target"]
            )
        })
        .collect();
    assert_snapshot!(told.join("\n"), @r#"
    "bans.cleared" "failed" "all jails"
    "bans.removed" "failed" "101 addresses"
    "bans.removed" "failed" "100 addresses"
    "bans.created" "failed" "21 addresses"
    "bans.created" "failed" "20 addresses"
    "#);
}

#[tokio::test]
async fn ban_of_what_is_no_address_names_each_target() {
    let (_app, operator) = operator().await;
    let body =
        json!({ "jail": "sshd", "targets": ["203.0.113.7", "203.0.113.999", "1.2.3.4/40", ""] });
    assert_snapshot!(operator.post(BANS, body).await.shown(), @r#"
    422 Unprocessable Entity
    content-type: application/problem+json
    {
      "errors": [
        {
          "code": "not-an-address",
          "field": "targets[1]",
          "message": "this is not an address or network: write one such as 192.0.2.7, 2001:db8::7 or 192.0.2.0/24"
        },
        {
          "code": "not-an-address",
          "field": "targets[2]",
          "message": "the prefix length is too large: at most 32 for IPv4 and 128 for IPv6"
        },
        {
          "code": "not-an-address",
          "field": "targets[3]",
          "message": "nothing was given: write an address such as 192.0.2.7 or a network such as 192.0.2.0/24"
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
async fn orders_that_cannot_be_meant_are_refused() {
    let (_app, operator) = operator().await;
    let too_many: Vec<Value> = vec![json!({ "subject": "192.0.2.1" }); 10_001];
    for (uri, body, problem) in [
        (BANS, json!({ "jail": "sshd", "targets": [] }), "invalid"),
        (
            BANS,
            json!({ "jail": "a,b", "targets": ["192.0.2.1"] }),
            "invalid",
        ),
        (BANS, json!({ "jail": "sshd" }), "invalid"),
        (
            BANS,
            json!({ "jail": "sshd", "targets": ["192.0.2.1"], "force": true }),
            "invalid",
        ),
        (
            BANS,
            json!({ "jail": "sshd", "targets": many(10_001) }),
            "too-many-targets",
        ),
        (UNBANS, json!({ "targets": [] }), "invalid"),
        (
            UNBANS,
            json!({ "targets": [{ "subject": " " }] }),
            "invalid",
        ),
        (
            UNBANS,
            json!({ "targets": [{ "subject": "192.0.2.1", "jail": "" }] }),
            "invalid",
        ),
        (UNBANS, json!({ "targets": too_many }), "too-many-targets"),
        (
            "/api/v1/hosts/local/unbans/all",
            json!({ "confirm": "yes" }),
            "invalid",
        ),
    ] {
        let answer = operator.post(uri, body).await;
        assert_eq!(answer.problem(), problem, "{uri}");
    }
}

#[tokio::test]
async fn check_says_what_each_target_is_good_for() {
    let (_app, operator) = operator().await;
    let text = "# pasted\n203.0.113.7, 203.0.113.9/24\n\n::ffff:203.0.113.7\nnobody\n127.0.0.1\n203.0.113.5\n0.0.0.0/0 ::/0";
    let body = json!({ "jail": "sshd", "text": text });
    let answer = operator.post(CHECK, body).await.json();
    let mut told = answer["counts"].to_string();
    for line in answer["lines"].as_array().unwrap() {
        write!(
            told,
            "\n{} {} {} {} masked={} covers={} as={}",
            line["line"],
            line["text"],
            line["outcome"],
            line["target"],
            line["masked"],
            line["addresses"],
            line["duplicateOf"]
        )
        .unwrap();
    }
    assert_snapshot!(told, @r#"
    {"alreadyBanned":0,"duplicate":1,"invalid":1,"needsConfirmation":2,"ok":1,"refused":3}
    2 "203.0.113.7" "ok" "203.0.113.7" masked=false covers="1" as=null
    2 "203.0.113.9/24" "needsConfirmation" "203.0.113.0/24" masked=true covers="256" as=null
    4 "::ffff:203.0.113.7" "duplicate" "203.0.113.7" masked=false covers="1" as=2
    5 "nobody" "invalid" null masked=false covers="0" as=null
    6 "127.0.0.1" "refused" "127.0.0.1" masked=false covers="1" as=null
    7 "203.0.113.5" "needsConfirmation" "203.0.113.5" masked=false covers="1" as=null
    8 "0.0.0.0/0" "refused" "0.0.0.0/0" masked=false covers="4294967296" as=null
    8 "::/0" "refused" "::/0" masked=false covers="340282366920938463463374607431768211456" as=null
    "#);
}

#[tokio::test]
async fn check_of_a_hundred_thousand_lines_is_refused() {
    let (_app, operator) = operator().await;
    let text = "198.18.0.1\n".repeat(100_000);
    let body = json!({ "jail": null, "text": text });
    let answer = operator.post(CHECK, body).await;
    assert_snapshot!(answer.shown(), @r#"
    422 Unprocessable Entity
    content-type: application/problem+json
    {
      "detail": "One request may have 10000 targets.",
      "remedy": "Send the rest in another request.",
      "requestId": "[request]",
      "status": 422,
      "title": "Too many targets in one request",
      "type": "/problems/too-many-targets"
    }
    "#);
}

#[tokio::test]
async fn check_of_ten_megabytes_is_too_large() {
    let (_app, operator) = operator().await;
    let body = json!({ "jail": null, "text": "x".repeat(10_000_000) });
    let answer = operator.post(CHECK, body).await;
    assert_eq!(answer.status, 413);
    assert_eq!(answer.problem(), "body-too-large");
}

#[tokio::test]
async fn viewers_see_and_do_not_ban() {
    let app = TestApp::new().await;
    let viewer = app.as_role(Role::Viewer).await;
    assert_eq!(viewer.get("/api/v1/bans").await.status, 200);
    let body = json!({ "jail": "sshd", "targets": ["203.0.113.7"] });
    assert_eq!(viewer.post(BANS, body).await.problem(), "forbidden");
    let body = json!({ "text": "203.0.113.7" });
    assert_eq!(viewer.post(CHECK, body).await.problem(), "forbidden");
}

#[tokio::test]
async fn job_that_is_not_there_is_not_found() {
    let (_app, operator) = operator().await;
    let uri = "/api/v1/jobs/AAAAAAAAAAAAAAAAAAAAAA";
    assert_eq!(operator.get(uri).await.problem(), "job-not-found");
    assert_eq!(operator.delete(uri).await.problem(), "job-not-found");
}
