use domain::{EventKind, Role};
use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::testing::{Past, TestApp, TestClient};

async fn viewer(app: &TestApp) -> TestClient {
    app.as_role(Role::Viewer).await
}

async fn in_zone(app: &TestApp, zone: &str) {
    let admin = app.as_role(Role::Admin).await;
    let mut settings = admin.get("/api/v1/settings").await.json();
    settings["timeZone"] = json!(zone);
    let answer = admin.put("/api/v1/settings", settings).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

async fn ok(client: &TestClient, uri: &str) -> Value {
    let answer = client.get(uri).await;
    assert_eq!(answer.status, 200, "{uri}: {}", answer.body);
    answer.json()
}

#[tokio::test]
async fn series_of_nothing_has_all_its_buckets() {
    let app = TestApp::new().await;
    let viewer = viewer(&app).await;
    // Noon: the range ends with the present quarter, so that hours are cut at both ends.
    for (query, bucket, count) in [
        ("", "hour", 25),
        ("range=24h", "hour", 25),
        ("range=7d", "hour", 169),
        ("range=30d", "day", 31),
        ("range=365d", "week", 54),
    ] {
        let series = ok(&viewer, &format!("/api/v1/stats/bans?{query}")).await;
        assert_eq!(series["bucket"], bucket, "{query}");
        assert_eq!(
            series["buckets"].as_array().unwrap().len(),
            count,
            "{query}"
        );
        assert_eq!(series["total"], 0);
    }
    for uri in [
        "/api/v1/stats/top?by=subject",
        "/api/v1/stats/top?by=country&range=365d",
        "/api/v1/stats/failing",
    ] {
        assert_eq!(ok(&viewer, uri).await["items"], json!([]), "{uri}");
    }
}

#[tokio::test]
async fn series_counts_bans_only_and_compares_them_with_the_days_before() {
    let app = TestApp::new().await;
    in_zone(&app, "Europe/Berlin").await;
    let mut past = Past::default();
    // Clocks went back on 25 October: the day has 25 hours. Its first and its last minute, and a minute outside on either side.
    for at in [
        "2026-10-24T21:59:00Z",
        "2026-10-24T22:00:00Z",
        "2026-10-25T22:59:00Z",
        "2026-10-25T23:00:00Z",
        "2026-10-22T22:30:00Z",
    ] {
        past.ban(at, "sshd", "192.0.2.7");
    }
    past.ban("2026-10-25T12:00:00Z", "sshd", "192.0.2.7").kind = EventKind::Restored;
    past.ban("2026-10-25T12:10:00Z", "sshd", "192.0.2.7").kind = EventKind::Unban;
    past.store(&app).await;
    let viewer = viewer(&app).await;
    let days = "from=2026-10-23T22:00:00Z&until=2026-11-02T23:00:00Z";
    let series = ok(&viewer, &format!("/api/v1/stats/bans?{days}")).await;
    assert_eq!(series["bucket"], "day");
    assert_eq!(series["total"], 4);
    assert_eq!(
        series["buckets"].as_array().unwrap()[..3],
        [
            json!({ "start": "2026-10-23T22:00:00.000Z", "bans": 1, "previous": 0 }),
            json!({ "start": "2026-10-24T22:00:00.000Z", "bans": 2, "previous": 0 }),
            json!({ "start": "2026-10-25T23:00:00.000Z", "bans": 1, "previous": 0 }),
        ]
    );
    assert_eq!(series["buckets"].as_array().unwrap().len(), 10);
    assert_eq!(
        series["range"],
        json!({
            "from": "2026-10-23T22:00:00.000Z",
            "until": "2026-11-02T23:00:00.000Z",
            "previousFrom": "2026-10-13T22:00:00.000Z",
            "timeZone": "Europe/Berlin",
        })
    );
    assert_eq!(series["previousTotal"], 1);
    let buckets = series["buckets"].as_array().unwrap();
    // The tenth day before the one that begins on 2 November.
    assert_eq!(buckets[9]["previous"], 1);
}

#[tokio::test]
async fn series_over_the_end_of_a_quarter_counts_it_whole_and_says_so() {
    let app = TestApp::new().await;
    let mut past = Past::default();
    past.ban("2026-11-23T10:00:00Z", "sshd", "192.0.2.7");
    past.ban("2026-11-23T10:44:59.999Z", "sshd", "192.0.2.7");
    past.ban("2026-11-23T10:45:00Z", "sshd", "192.0.2.7");
    past.store(&app).await;
    let uri = "/api/v1/stats/bans?from=2026-11-23T10:05:00Z&until=2026-11-23T10:31:00Z";
    let series = ok(&viewer(&app).await, uri).await;
    assert_eq!(series["range"]["from"], "2026-11-23T10:00:00.000Z");
    assert_eq!(series["range"]["until"], "2026-11-23T10:45:00.000Z");
    assert_eq!(
        (&series["bucket"], &series["total"]),
        (&json!("quarter"), &json!(2))
    );
}

#[tokio::test]
async fn heat_map_is_by_local_hour_from_monday() {
    let app = TestApp::new().await;
    in_zone(&app, "Asia/Kathmandu").await;
    let mut past = Past::default();
    // 18:14 and 18:15 UTC on Sunday are 23:59 on Sunday and 0:00 on Monday there.
    past.ban("2026-11-22T18:14:59Z", "sshd", "192.0.2.7");
    past.ban("2026-11-22T18:15:00Z", "sshd", "192.0.2.8");
    past.ban("2026-11-22T18:16:00Z", "sshd", "192.0.2.9");
    past.store(&app).await;
    let heat = ok(&viewer(&app).await, "/api/v1/stats/heat?range=30d").await;
    assert_eq!(heat["timeZone"], "Asia/Kathmandu");
    assert_eq!(
        (&heat["cells"][6][23], &heat["cells"][0][0]),
        (&json!(1), &json!(2))
    );
    let rows = heat["cells"].as_array().unwrap();
    assert!(rows.len() == 7 && rows.iter().all(|row| row.as_array().unwrap().len() == 24));
}

/// Two bans of one subject and one of another today, of which the second had one in the day before.
async fn five_bans() -> TestApp {
    let app = TestApp::new().await;
    let mut past = Past::default();
    for (at, subject, country, asn) in [
        (
            "2026-11-23T10:00:00Z",
            "192.0.2.7",
            Some("DE"),
            Some(64_496),
        ),
        (
            "2026-11-23T10:10:00Z",
            "192.0.2.7",
            Some("DE"),
            Some(64_496),
        ),
        ("2026-11-23T10:20:00Z", "198.51.100.1", None, None),
        ("2026-11-22T10:00:00Z", "198.51.100.1", None, None),
        ("2026-11-20T10:00:00Z", "198.51.100.1", None, None),
    ] {
        past.ban(at, "sshd", subject);
        past.from(country, asn);
    }
    past.store(&app).await;
    app
}

#[tokio::test]
async fn top_has_those_of_unknown_country_too() {
    let app = five_bans().await;
    let viewer = viewer(&app).await;
    let country = viewer.get("/api/v1/stats/top?by=country").await;
    assert_snapshot!(country.shown(), @r#"
    200 OK
    {
      "exact": true,
      "items": [
        {
          "asn": null,
          "bans": 2,
          "country": "DE",
          "key": "DE",
          "label": null,
          "previous": 0
        },
        {
          "asn": null,
          "bans": 1,
          "country": null,
          "key": null,
          "label": null,
          "previous": 1
        }
      ],
      "range": {
        "from": "2026-11-22T12:15:00.000Z",
        "previousFrom": "2026-11-21T12:15:00.000Z",
        "timeZone": "UTC",
        "until": "2026-11-23T12:15:00.000Z"
      },
      "total": 3
    }
    "#);
}

#[tokio::test]
async fn top_lists_most_bans_first_with_what_they_were_before() {
    let app = five_bans().await;
    let viewer = viewer(&app).await;
    let of = async |by: &str| {
        let top = ok(&viewer, &format!("/api/v1/stats/top?by={by}&limit=1")).await;
        top["items"].clone()
    };
    let line = |key: &str, country: Value, asn: Value, bans: u64, previous: u64| json!([{ "key": key, "label": null, "country": country, "asn": asn, "bans": bans, "previous": previous }]);
    assert_eq!(
        of("subject").await,
        line("192.0.2.7", json!("DE"), json!(64_496), 2, 0)
    );
    assert_eq!(
        of("network").await,
        line("64496", Value::Null, json!(64_496), 2, 0)
    );
    assert_eq!(
        of("jail").await,
        line("sshd", Value::Null, Value::Null, 3, 1)
    );
    assert_eq!(
        of("origin").await,
        line("detected", Value::Null, Value::Null, 3, 1)
    );
}

#[tokio::test]
async fn failing_leaves_out_who_was_banned_since() {
    let app = TestApp::new().await;
    let mut past = Past::default();
    past.failures("2026-11-23T11:00:00Z", "sshd", "192.0.2.7", 3);
    past.failures("2026-11-23T11:00:00Z", "sshd", "192.0.2.8", 9);
    past.failures("2026-11-23T02:00:00Z", "sshd", "192.0.2.9", 4);
    past.ban("2026-11-23T11:30:00Z", "sshd", "192.0.2.8");
    past.store(&app).await;
    let viewer = viewer(&app).await;
    assert_snapshot!(viewer.get("/api/v1/stats/failing").await.shown(), @r#"
    200 OK
    {
      "items": [
        {
          "asn": 4200000001,
          "country": "DE",
          "failures": 3,
          "host": "local",
          "jail": "sshd",
          "kind": "address",
          "lastAt": "2026-11-23T11:01:00.000Z",
          "networkName": "Example",
          "subject": "192.0.2.7"
        }
      ],
      "since": "2026-11-23T11:00:00.000Z"
    }
    "#);
    let all = ok(&viewer, "/api/v1/stats/failing?since=2026-11-23T00:00:00Z").await;
    assert_eq!(all["items"].as_array().unwrap().len(), 2);
    for query in ["since=then", "host=No%20Host", "limit=0", "limit=301"] {
        let answer = viewer.get(&format!("/api/v1/stats/failing?{query}")).await;
        assert_eq!(answer.problem(), "invalid", "{query}");
    }
}
