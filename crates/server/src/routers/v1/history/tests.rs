use std::collections::BTreeSet;

use domain::{EventKind, HeardEvent, Origin, Place, Role, UnbanCause};
use insta::assert_snapshot;
use serde_json::Value;

use crate::testing::{Past, TestApp, TestClient};

const JAILS: [&str; 3] = ["sshd", "postfix", "odd jail/ü"];
const COUNTRIES: [Option<&str>; 3] = [Some("DE"), Some("FR"), None];
const NETWORKS: [Option<u32>; 3] = [Some(64_496), None, Some(64_497)];
const ORIGINS: [Origin; 3] = [Origin::Detected, Origin::Manual, Origin::Blocklist];
const KINDS: [EventKind; 3] = [EventKind::Ban, EventKind::Unban, EventKind::Restored];
const SUBJECTS: [&str; 6] = [
    "192.0.2.7",
    "192.0.2.200",
    "198.51.100.0/24",
    "2001:db8::1",
    "not an address",
    "'; DROP TABLE events; --\u{202e}%_",
];

/// Somebody who may read, before 486 events that differ in everything.
async fn scene() -> (TestApp, TestClient, Vec<(HeardEvent, Place)>) {
    let app = TestApp::new().await;
    let mut past = Past::default();
    for n in 0..486 {
        let pick = |step: usize, of: usize| n / step % of;
        let minute = n * 7;
        let at = format!(
            "2026-11-{:02}T{:02}:{:02}:00Z",
            20 + minute / 1440,
            minute / 60 % 24,
            minute % 60
        );
        let event = past.ban(&at, JAILS[pick(1, 3)], SUBJECTS[pick(81, 6)]);
        event.kind = KINDS[pick(3, 3)];
        event.origin = ORIGINS[pick(27, 3)];
        event.cause = (event.kind == EventKind::Unban).then_some(UnbanCause::Expired);
        past.from(COUNTRIES[pick(9, 3)], NETWORKS[(n / 9 + n / 27) % 3]);
    }
    let events = past.events().cloned().collect();
    past.store(&app).await;
    let viewer = app.as_role(Role::Viewer).await;
    (app, viewer, events)
}

type Fits = fn(&HeardEvent, &Place) -> bool;

/// A value for each condition, and the events that it means.
fn conditions() -> Vec<(&'static str, Fits)> {
    let conditions: Vec<(&'static str, Fits)> = vec![
        ("jail=sshd", |event, _| event.jail.as_str() == "sshd"),
        ("jail=postfix&jail=odd%20jail%2F%C3%BC", |event, _| {
            event.jail.as_str() != "sshd"
        }),
        ("country=de", |_, place| named(place) == Some("DE")),
        ("country=ZZ&country=FR", |_, place| {
            named(place) != Some("DE")
        }),
        ("asn=64496", |_, place| {
            place.asn == Some(domain::Asn(64_496))
        }),
        ("asn=0", |_, place| place.asn.is_none()),
        ("origin=manual", |event, _| event.origin == Origin::Manual),
        ("event=ban", |event, _| event.kind == EventKind::Ban),
        ("event=unban&event=restored", |event, _| {
            event.kind != EventKind::Ban
        }),
        ("address=192.0.2.7", |event, _| {
            event.subject.to_string() == "192.0.2.7"
        }),
        ("address=192.0.2.0%2F24", |event, _| {
            event.subject.to_string().starts_with("192.0.2.")
        }),
        ("address=2001:DB8::%2F32", |event, _| {
            event.subject.to_string() == "2001:db8::1"
        }),
        (
            "address=%27%3B%20DROP%20TABLE%20events%3B%20--%E2%80%AE%25_",
            |event, _| event.subject.to_string() == SUBJECTS[5],
        ),
        (
            "from=2026-11-20T10:00:00Z&until=2026-11-21T10:00:00Z",
            |event, _| {
                let at = event.at.to_string();
                ("2026-11-20T10:00:00.000Z".."2026-11-21T10:00:00.000Z").contains(&at.as_str())
            },
        ),
        ("host=local", |_, _| true),
        ("host=elsewhere", |_, _| false),
    ];
    conditions
}

fn named(place: &Place) -> Option<&str> {
    place.country.as_ref().map(domain::CountryCode::as_str)
}

fn field(query: &str) -> &str {
    query.split('=').next().unwrap()
}

async fn ok(client: &TestClient, uri: &str) -> Value {
    let answer = client.get(uri).await;
    assert_eq!(answer.status, 200, "{uri}: {}", answer.body);
    answer.json()
}

/// All items, page after page, and the total of the first page.
async fn walk(client: &TestClient, query: &str) -> (Vec<Value>, Value) {
    let first = ok(client, &format!("/api/v1/history?{query}")).await;
    let total = first["total"].clone();
    let mut items = first["items"].as_array().unwrap().clone();
    let mut next = first["nextCursor"].clone();
    while let Some(cursor) = next.as_str() {
        let page = ok(client, &format!("/api/v1/history?{query}&cursor={cursor}")).await;
        assert_eq!(page["total"], Value::Null, "only the first page counts");
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        next = page["nextCursor"].clone();
    }
    (items, total)
}

/// What a list has to show, oldest first.
fn wanted(events: &[(HeardEvent, Place)], fits: &[Fits]) -> Vec<String> {
    events
        .iter()
        .filter(|(event, place)| fits.iter().all(|fits| fits(event, place)))
        .map(|(event, _)| event.at.to_string())
        .collect()
}

fn moments(items: &[Value]) -> Vec<String> {
    let at = |item: &Value| item["at"].as_str().unwrap().to_owned();
    items.iter().map(at).collect()
}

#[tokio::test]
async fn history_is_filtered_by_each_condition_alone_and_in_pairs() {
    let (_app, viewer, events) = scene().await;
    let conditions = conditions();
    for (n, (one, fits_one)) in conditions.iter().enumerate() {
        let alone = wanted(&events, &[*fits_one]);
        let (items, total) = walk(&viewer, &format!("order=asc&limit=50&{one}")).await;
        assert_eq!(moments(&items), alone, "{one}");
        assert_eq!(total["count"], alone.len(), "{one}");
        for (other, fits_other) in conditions.iter().skip(n + 1) {
            if field(one) == field(other) {
                continue;
            }
            let pair = format!("{one}&{other}");
            let mut both = wanted(&events, &[*fits_one, *fits_other]);
            both.reverse();
            let (items, total) = walk(&viewer, &format!("limit=40&{pair}")).await;
            assert_eq!(moments(&items), both, "{pair}");
            assert_eq!(total["count"], both.len(), "{pair}");
            assert_eq!(total["more"], false, "{pair}");
        }
    }
}

#[tokio::test]
async fn bans_counted_are_those_that_the_list_has() {
    let (_app, viewer, events) = scene().await;
    let range = "from=2026-11-19T00:00:00Z&until=2026-11-24T00:00:00Z";
    let usable = |query: &str| !matches!(field(query), "event" | "address" | "from");
    let conditions: Vec<_> = conditions()
        .into_iter()
        .filter(|(query, _)| usable(query))
        .collect();
    let is_ban: Fits = |event, _| event.kind == EventKind::Ban;
    for (one, fits_one) in &conditions {
        for (other, fits_other) in &conditions {
            if field(one) == field(other) && one != other {
                continue;
            }
            let both = if one == other {
                (*one).to_owned()
            } else {
                format!("{one}&{other}")
            };
            let expected = wanted(&events, &[is_ban, *fits_one, *fits_other]).len();
            let query = format!("{range}&{both}");
            let series = ok(&viewer, &format!("/api/v1/stats/bans?{query}")).await;
            assert_eq!(series["total"], expected, "{query}");
            let heat = ok(&viewer, &format!("/api/v1/stats/heat?{query}")).await;
            let cells = heat["cells"].as_array().unwrap().iter();
            let counted: u64 = cells
                .flat_map(|day| day.as_array().unwrap())
                .map(|cell| cell.as_u64().unwrap())
                .sum();
            assert_eq!(counted, expected as u64, "{query}");
            check_tops(&viewer, &query, expected).await;
        }
    }
}

/// That what is listed sums up to what there is.
async fn check_tops(viewer: &TestClient, query: &str, expected: usize) {
    for by in ["jail", "country", "network", "origin", "subject"] {
        let top = ok(viewer, &format!("/api/v1/stats/top?by={by}&{query}")).await;
        assert_eq!(top["total"], expected, "{by} {query}");
        if by == "subject" && (query.contains("country=") || query.contains("asn=")) {
            // A subject is known by one place, the last; these were in several.
            continue;
        }
        let items = top["items"].as_array().unwrap().iter();
        let listed: u64 = items.map(|item| item["bans"].as_u64().unwrap()).sum();
        assert_eq!(listed, expected as u64, "{by} {query}");
    }
}

#[tokio::test]
async fn export_has_exactly_what_the_list_has() {
    let (_app, viewer, _) = scene().await;
    for query in [
        "",
        "jail=sshd&event=ban",
        "address=192.0.2.7&order=asc",
        "host=elsewhere",
    ] {
        let (items, _) = walk(&viewer, query).await;
        let array = viewer
            .get(&format!("/api/v1/history/export?format=json&{query}"))
            .await;
        assert_eq!(array.json(), Value::Array(items.clone()), "{query}");
        let table = viewer
            .get(&format!("/api/v1/history/export?format=csv&{query}"))
            .await;
        let mut reader = csv::Reader::from_reader(table.body.as_bytes());
        let ids: Vec<_> = reader
            .records()
            .map(|row| row.unwrap()[0].to_owned())
            .collect();
        let expected: Vec<_> = items
            .iter()
            .map(|item| item["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids, expected, "{query}");
    }
    let answer = viewer.get("/api/v1/history/export?format=csv").await;
    assert_eq!(
        answer.header("content-disposition"),
        Some("attachment; filename=\"bangui-history-2026-11-23.csv\"")
    );
    assert_eq!(
        answer.header("content-type"),
        Some("text/csv; charset=utf-8; header=present")
    );
}

#[tokio::test]
async fn history_pages_meet_each_event_once_while_others_are_stored() {
    let (app, viewer, events) = scene().await;
    let first = ok(&viewer, "/api/v1/history?limit=200").await;
    assert_eq!(first["total"]["count"], events.len());
    let mut past = Past::default();
    past.ban("2026-11-23T11:59:59Z", "sshd", "203.0.113.99");
    past.store(&app).await;
    let mut ids: Vec<String> = Vec::new();
    let mut page = first;
    loop {
        let items = page["items"].as_array().unwrap();
        ids.extend(
            items
                .iter()
                .map(|item| item["id"].as_str().unwrap().to_owned()),
        );
        let Some(cursor) = page["nextCursor"].as_str() else {
            break;
        };
        page = ok(
            &viewer,
            &format!("/api/v1/history?limit=200&cursor={cursor}"),
        )
        .await;
    }
    let unlike: BTreeSet<_> = ids.iter().collect();
    assert_eq!((ids.len(), unlike.len()), (events.len(), events.len()));
}

#[tokio::test]
async fn history_page_that_cannot_be_meant_is_refused() {
    let (_app, viewer, _) = scene().await;
    for (query, problem) in [
        ("cursor=nonsense", "bad-cursor"),
        ("cursor=%27%20OR%201%3D1", "bad-cursor"),
        ("limit=0", "invalid"),
        ("limit=501", "invalid"),
        ("limit=9223372036854775807", "invalid"),
        ("limit=99999999999999999999", "malformed-request"),
        ("order=up", "malformed-request"),
        ("order=asc&order=desc", "malformed-request"),
    ] {
        let answer = viewer.get(&format!("/api/v1/history?{query}")).await;
        assert_eq!(answer.problem(), problem, "{query}: {}", answer.body);
    }
}

#[tokio::test]
async fn history_of_nothing_is_empty() {
    let app = TestApp::new().await;
    let viewer = app.as_role(Role::Viewer).await;
    assert_snapshot!(viewer.get("/api/v1/history").await.shown(), @r#"
    200 OK
    {
      "items": [],
      "nextCursor": null,
      "total": {
        "count": 0,
        "more": false
      }
    }
    "#);
    let array = viewer.get("/api/v1/history/export?format=json").await;
    assert_eq!(array.body, "[]\n");
    let table = viewer.get("/api/v1/history/export?format=csv").await;
    assert_eq!(table.body.lines().count(), 1);
}

#[tokio::test]
async fn event_is_shown_with_its_lines() {
    let app = TestApp::new().await;
    let mut past = Past::default();
    let event = past.ban("2026-11-23T11:00:00Z", "sshd", "192.0.2.7");
    event.lines = vec!["Failed password for root\u{1b}[31m".to_owned()];
    event.ban_count = Some(2);
    past.from(Some("DE"), Some(64_496));
    past.store(&app).await;
    let viewer = app.as_role(Role::Viewer).await;
    let list = ok(&viewer, "/api/v1/history").await;
    assert_eq!(list["items"][0]["hasLines"], true);
    let id = list["items"][0]["id"].as_str().unwrap();
    let uri = format!("/api/v1/history/{id}");
    assert_snapshot!(viewer.get(&uri).await.shown(), @r#"
    200 OK
    {
      "event": {
        "actor": null,
        "asn": 64496,
        "at": "2026-11-23T11:00:00.000Z",
        "banCount": 2,
        "bantimeSeconds": 600,
        "cause": null,
        "country": "DE",
        "event": "ban",
        "failures": 5,
        "family": "v4",
        "hasLines": true,
        "host": "local",
        "id": "1",
        "jail": "sshd",
        "kind": "address",
        "networkName": null,
        "origin": "detected",
        "permanent": false,
        "subject": "192.0.2.7",
        "until": "2026-11-23T11:10:00.000Z"
      },
      "lines": [
        "Failed password for root\u001b[31m"
      ]
    }
    "#);
}

#[tokio::test]
async fn event_that_does_not_exist_is_not_found() {
    let (_app, viewer, _) = scene().await;
    for id in ["0", "-1", "999999", "x", "99999999999999999999", "1%2F2"] {
        let answer = viewer.get(&format!("/api/v1/history/{id}")).await;
        assert_eq!(answer.problem(), "event-not-found", "{id}");
    }
}
