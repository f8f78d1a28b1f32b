use domain::Role;
use serde_json::Value;

use super::*;
use crate::testing::{TestApp, TestClient};

/// Every list that takes the filters, with what else it needs.
const FILTERED: [&str; 5] = [
    "/api/v1/history?",
    "/api/v1/history/export?format=csv&",
    "/api/v1/stats/bans?",
    "/api/v1/stats/top?by=jail&",
    "/api/v1/stats/heat?",
];

async fn viewer() -> (TestApp, TestClient) {
    let app = TestApp::new().await;
    let viewer = app.as_role(Role::Viewer).await;
    (app, viewer)
}

/// What was refused: field and code of each.
async fn refused(client: &TestClient, uri: &str) -> Vec<(String, String)> {
    let answer = client.get(uri).await;
    assert_eq!(answer.problem(), "invalid", "{uri}: {}", answer.body);
    let body: Value = answer.json();
    let text = |error: &Value, key: &str| error[key].as_str().unwrap().to_owned();
    body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| {
            assert!(!text(error, "message").is_empty());
            (text(error, "field"), text(error, "code"))
        })
        .collect()
}

#[tokio::test]
async fn filter_that_cannot_be_meant_is_refused_everywhere_by_its_field() {
    let (_app, viewer) = viewer().await;
    let many = "jail=a&".repeat(101);
    for (query, field, code) in [
        ("host=No%20Host", "host", "not-a-host"),
        ("from=yesterday", "from", "not-a-moment"),
        ("until=2026-13-01T00:00:00Z", "until", "not-a-moment"),
        ("from=1969-12-31T23:59:59Z", "from", "out-of-range"),
        ("until=9999-01-01T00:00:00Z", "until", "out-of-range"),
        ("range=24d", "range", "not-a-range"),
        ("range=7d&from=2026-11-01T00:00:00Z", "range", "two-ranges"),
        (
            "from=2026-11-02T00:00:00Z&until=2026-11-02T00:00:00Z",
            "from",
            "range-backwards",
        ),
        (
            "from=2016-11-02T00:00:00Z&until=2026-11-23T00:00:00Z",
            "from",
            "range-too-long",
        ),
        ("jail=a%2Cb", "jail", "not-a-jail"),
        (many.as_str(), "jail", "too-many"),
        ("country=DE&country=Germany", "country", "not-a-country"),
        ("asn=AS64496", "asn", "not-a-network"),
        ("asn=4294967296", "asn", "not-a-network"),
        ("asn=-1", "asn", "not-a-network"),
        ("origin=unknown", "origin", "not-an-origin"),
        ("jails=sshd", "jails", "unknown-parameter"),
    ] {
        for base in FILTERED {
            let uri = format!("{base}{query}");
            let expected = vec![(field.to_owned(), code.to_owned())];
            assert_eq!(refused(&viewer, &uri).await, expected, "{uri}");
        }
    }
}

#[tokio::test]
async fn filters_that_are_wrong_are_told_all_at_once() {
    let (_app, viewer) = viewer().await;
    let uri = "/api/v1/history?host=A&range=x&jail=,&country=1&asn=x&origin=x&event=x&limit=0";
    let fields: Vec<_> = refused(&viewer, uri)
        .await
        .into_iter()
        .map(|e| e.0)
        .collect();
    assert_eq!(
        fields,
        [
            "host", "range", "jail", "country", "asn", "origin", "event", "limit"
        ]
    );
    let uri = "/api/v1/stats/top?by=subject&limit=301&range=x";
    let fields: Vec<_> = refused(&viewer, uri)
        .await
        .into_iter()
        .map(|e| e.0)
        .collect();
    assert_eq!(fields, ["limit", "range"]);
}

#[tokio::test]
async fn filter_of_one_list_is_unknown_to_another() {
    let (_app, viewer) = viewer().await;
    for uri in [
        "/api/v1/stats/bans?event=ban",
        "/api/v1/stats/heat?address=192.0.2.1",
        "/api/v1/stats/failing?jail=sshd",
        "/api/v1/history/export?format=csv&limit=5",
        "/api/v1/history?by=jail",
    ] {
        assert_eq!(
            refused(&viewer, uri).await[0].1,
            "unknown-parameter",
            "{uri}"
        );
    }
}

#[tokio::test]
async fn filters_as_people_write_them_are_taken() {
    let (_app, viewer) = viewer().await;
    for query in [
        "",
        "jail=&country=&from=&range=&host=",
        "range=24h",
        "range=7d",
        "range=30d",
        "range=365d",
        "from=2026-11-02T01:00:00%2B01:00&until=2026-11-03T00:00:00Z",
        "from=2017-11-01T00:00:00Z",
        "until=2020-01-01T00:00:00Z",
        "jail=sshd&jail=my%20jail%2F%C3%BC&country=de&country=ZZ&asn=0&asn=4294967295&origin=manual&host=local",
    ] {
        for base in FILTERED {
            let uri = format!("{base}{query}");
            if uri.contains("heat") && query == "from=2017-11-01T00:00:00Z" {
                assert_eq!(refused(&viewer, &uri).await[0].1, "range-too-long");
                continue;
            }
            let answer = viewer.get(&uri).await;
            assert_eq!(answer.status, 200, "{uri}: {}", answer.body);
        }
    }
}

#[test]
fn address_that_is_a_network_is_masked_and_other_text_is_meant_as_it_is() {
    let read = |text: &str| {
        let mut refusals = Refusals::default();
        let params = EventParams {
            address: Some(text.to_owned()),
            ..EventParams::default()
        };
        let read = params.read(&mut refusals);
        refusals.or(read).unwrap()
    };
    let network = read("192.0.2.9/24").network.unwrap();
    assert_eq!(network.to_string(), "192.0.2.0/24");
    assert_eq!(
        read("::ffff:192.0.2.9").network.unwrap().to_string(),
        "192.0.2.9/32"
    );
    let hostile = "'; DROP TABLE events; --\u{202e}%_";
    assert_eq!(read(hostile).other_subject.as_deref(), Some(hostile));
}

#[test]
fn address_longer_than_any_subject_is_refused() {
    let mut refusals = Refusals::default();
    let params = EventParams {
        address: Some("x".repeat(1_001)),
        ..EventParams::default()
    };
    params.read(&mut refusals);
    assert!(refusals.or(()).is_err());
}
