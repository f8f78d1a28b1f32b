use domain::{
    Asn, BanSubject, CountryCode, EventId, EventKind, HeardEvent, HostId, Origin, Place, Timestamp,
};

use super::*;

struct NoNames;

impl Places for NoNames {
    fn place(&self, _: std::net::IpAddr) -> Place {
        Place::default()
    }

    fn network_name(&self, _: Asn) -> Option<Arc<str>> {
        Some("=cmd|' /C calc'!A0".into())
    }

    fn sources(&self) -> Vec<domain::PlaceSource> {
        Vec::new()
    }
}

fn event(subject: &str) -> Event {
    Event {
        id: EventId(7),
        host: HostId::local(),
        what: HeardEvent {
            at: Timestamp::from_millis(1_795_435_200_000),
            kind: EventKind::Ban,
            jail: "@sum".parse().unwrap(),
            subject: BanSubject::from_daemon(subject),
            origin: Origin::Detected,
            actor: None,
            cause: None,
            bantime_seconds: Some(-1),
            failures: Some(5),
            ban_count: None,
            lines: Vec::new(),
        },
        place: Place {
            country: Some(CountryCode::new("DE").unwrap()),
            asn: Some(Asn(64_496)),
        },
        has_lines: false,
    }
}

fn cells(subject: &str) -> Vec<String> {
    let mut writer = Csv::new(Arc::new(NoNames));
    let file = writer.page(vec![event(subject)]).unwrap();
    let mut reader = csv::Reader::from_reader(file.as_slice());
    assert_eq!(reader.headers().unwrap(), COLUMNS.as_slice());
    let rows: Vec<_> = reader.records().collect::<Result<_, _>>().unwrap();
    assert_eq!(rows.len(), 1);
    rows[0].iter().map(str::to_owned).collect()
}

#[test]
fn table_row_of_an_event_has_a_cell_for_each_column() {
    let expected = [
        "7",
        "2026-11-23T12:00:00.000Z",
        "local",
        "ban",
        "",
        "'@sum",
        "192.0.2.7",
        "address",
        "v4",
        "detected",
        "",
        "",
        "true",
        "-1",
        "5",
        "",
        "DE",
        "64496",
        "'=cmd|' /C calc'!A0",
    ];
    assert_eq!(cells("192.0.2.7"), expected);
}

#[test]
fn table_cell_that_a_spreadsheet_would_compute_is_defused() {
    for text in [
        "=1+1",
        "+1",
        "-1+2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "=HYPERLINK(\"http://x\",\"y\")",
    ] {
        assert_eq!(cells(text)[6], format!("'{text}"), "{text:?}");
    }
}

#[test]
fn table_cell_with_any_text_comes_back_as_it_was() {
    for text in ["a,b", "a\"b", "a\nb", "a\r\nb", "ü\u{202e}", " x ", "'"] {
        assert_eq!(cells(text)[6], text, "{text:?}");
    }
}

#[test]
fn array_of_any_number_of_pages_is_valid() {
    for pages in [vec![], vec![0], vec![1], vec![2, 0, 3], vec![0, 1]] {
        let mut writer = Json::new(Arc::new(NoNames));
        let mut file = Vec::new();
        for page in &pages {
            let events = (0..*page).map(|_| event("a\"b\u{2028}")).collect();
            file.extend(writer.page(events).unwrap());
        }
        file.extend(writer.end());
        let read: Vec<serde_json::Value> = serde_json::from_slice(&file).unwrap();
        assert_eq!(read.len(), pages.iter().sum::<usize>(), "{pages:?}");
    }
}
