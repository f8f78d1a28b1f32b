use axum::http::Method;
use domain::Role;
use serde_json::{Value, json};

use crate::testing::TestApp;

const LABORATORY: &str = "/api/v1/hosts/local/laboratory";
const MIB: usize = 1024 * 1024;

async fn refused_as(method: Method, uri: &str, body: Value) -> String {
    let app = TestApp::new().await;
    let admin = app.as_role(Role::Admin).await;
    let uri = format!("{LABORATORY}/{uri}");
    let answer = admin.send(method, &uri, Some(body)).await;
    assert_eq!(answer.status, 422, "{}", answer.body);
    let error = answer.json()["errors"][0].clone();
    format!("{} {}", error["field"], error["code"]).replace('"', "")
}

#[tokio::test]
async fn test_of_too_much_is_named_by_its_field() {
    let source = json!({ "from": "regexes", "failregex": ["^<HOST>$"] });
    let lines = json!({ "from": "pasted", "text": "x" });
    for (source, lines, max, refusal) in [
        (
            source.clone(),
            json!({ "from": "pasted", "text": "x".repeat(MIB + 1) }),
            1,
            "lines.text too-long",
        ),
        (source.clone(), lines.clone(), 0, "maxLines out-of-range"),
        (
            source.clone(),
            lines.clone(),
            10_001,
            "maxLines out-of-range",
        ),
        (
            json!({ "from": "filter", "name": "../x" }),
            lines.clone(),
            1,
            "source.name not-a-name",
        ),
        (
            json!({ "from": "text", "name": "x", "text": "x".repeat(MIB + 1) }),
            lines.clone(),
            1,
            "source.text too-long",
        ),
        (
            json!({ "from": "regexes", "failregex": vec!["x"; 201] }),
            lines.clone(),
            1,
            "source.failregex length",
        ),
        (
            source.clone(),
            json!({ "from": "file", "path": "x".repeat(20_000) }),
            1,
            "lines.path too-long",
        ),
        (
            source,
            json!({ "from": "journal", "matches": ["x".repeat(20_000)] }),
            1,
            "lines.matches too-long",
        ),
    ] {
        let body = json!({ "source": source, "lines": lines, "maxLines": max });
        assert_eq!(refused_as(Method::POST, "test", body).await, refusal);
    }
}

#[tokio::test]
async fn samples_that_are_no_lines_are_named_by_their_field() {
    let sample = |line: &str, note: &str| json!({ "line": line, "host": null, "note": note });
    for (items, refusal) in [
        (
            json!([sample("a", ""), sample("", "")]),
            "items[1].line not-a-line",
        ),
        (json!([sample("a\nb", "")]), "items[0].line not-a-line"),
        (
            json!([sample(&"a".repeat(5_000), "")]),
            "items[0].line too-long",
        ),
        (
            json!([sample("a", &"é".repeat(201))]),
            "items[0].note too-long",
        ),
        (vec![sample("a", ""); 201].into(), "items length"),
    ] {
        let body = json!({ "items": items });
        let uri = "filters/sshd/samples";
        assert_eq!(refused_as(Method::PUT, uri, body).await, refusal);
    }
}
