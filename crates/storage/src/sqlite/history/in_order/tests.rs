use domain::{
    Asn, CountryCode, EventKind, HearCursor, HeardBatch, HeardEvent, HostId, Origin, Place as Where,
};
use ipnet::IpNet;

use super::{
    super::{super::open, recent::States, settle, store, testing},
    *,
};

fn event(number: u32) -> HeardEvent {
    let mixed = number.wrapping_mul(2_654_435_761) >> 7;
    let text = match mixed % 5 {
        0 => format!("32.1.13.{}", mixed % 7),
        1 => format!("2001:db8::{:x}", mixed % 5),
        2 => "32.1.13.0/28".to_owned(),
        _ => format!("10.0.{}.{}", mixed % 3, mixed % 11),
    };
    let kind = [EventKind::Ban, EventKind::Unban][usize::from(mixed.is_multiple_of(3))];
    let jail = ["sshd", "postfix"][usize::from(mixed.is_multiple_of(4))];
    HeardEvent {
        origin: [Origin::Detected, Origin::Manual][usize::from(mixed.is_multiple_of(6))],
        ..testing::event(i64::from(mixed % 400), kind, jail, &text)
    }
}

fn kept() -> (tempfile::TempDir, Connection) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.sqlite3");
    let connection = open::writer(&path, std::time::Duration::from_secs(5)).unwrap();
    let events: Vec<HeardEvent> = (0..900).map(event).collect();
    let places: Vec<Where> = (0..900)
        .map(|number| Where {
            country: CountryCode::new(["DE", "CN"][number % 2]).ok(),
            asn: Some(Asn(1 + u32::try_from(number % 3).unwrap())),
        })
        .collect();
    let batch = HeardBatch {
        events,
        failures: Vec::new(),
        cursor: HearCursor("1".to_owned()),
        more: false,
    };
    let states = States::new(1);
    let into = (&connection, &states);
    store::heard(into, &HostId::local(), None, &batch, &places)
        .unwrap()
        .unwrap();
    while settle::older(&connection, &states, i64::MAX).unwrap() {}
    (folder, connection)
}

/// Compares the first page and the next; answers how long they are together.
fn same_by_all_ways(
    moment: &Moment<'_>,
    bounds: &Bounds,
    selection: &Selection,
    oldest_first: bool,
) -> usize {
    let by = (40, usize::MAX);
    let whole = Window::all(None, oldest_first);
    let first = narrow(moment, bounds, selection, &whole, by);
    let first = first.unwrap().unwrap();
    let behind = first.last().map_or(whole, |last| whole.after(*last));
    let mut found = 0;
    for window in [whole, behind] {
        let expected = narrow(moment, bounds, selection, &window, by);
        let expected = expected.unwrap().unwrap();
        found += expected.len();
        let what = format!("{bounds:?} {selection:?} {window:?}");
        let listed = page(moment, bounds, selection, &window, 40);
        assert_eq!(listed.unwrap(), expected, "{what}");
        let listed = among_selected(moment, bounds, selection, &window, by);
        assert_eq!(listed.unwrap().unwrap(), expected, "among selected: {what}");
        if selection.is_any_but_kinds() {
            let listed = wide(moment, bounds, selection, &window, by);
            assert_eq!(listed.unwrap().unwrap(), expected, "wide: {what}");
        }
    }
    found
}

#[test]
fn ways_to_a_page_of_a_network_all_lead_to_the_same_page() {
    let (_folder, connection) = kept();
    let states = States::new(1);
    let moment = Moment::of(&connection, &states).unwrap();
    let selections = [
        Selection::default(),
        Selection {
            kinds: vec![2],
            ..Selection::default()
        },
        Selection {
            jails: Some(vec![1]),
            ..Selection::default()
        },
        Selection {
            origins: vec![1],
            ..Selection::default()
        },
        Selection {
            asns: vec![2],
            jails: Some(vec![1, 2]),
            ..Selection::default()
        },
    ];
    let mut found = 0;
    for network in [
        "10.0.0.0/16",
        "32.1.13.0/24",
        "32.0.0.0/8",
        "2001:db8::/32",
        "32.1.13.0/28",
        "192.0.2.0/24",
    ] {
        let network: IpNet = network.parse().unwrap();
        let bounds = Bounds::of(&network);
        for selection in &selections {
            found += same_by_all_ways(&moment, &bounds, selection, false);
            found += same_by_all_ways(&moment, &bounds, selection, true);
        }
    }
    assert!(found > 1_000, "{found}");
}

#[test]
fn network_with_more_events_than_a_way_takes_is_left_to_another() {
    let (_folder, connection) = kept();
    let bounds = Bounds::of(&"10.0.0.0/8".parse().unwrap());
    let (any, window) = (Selection::default(), Window::all(None, false));
    let few = narrow(&connection, &bounds, &any, &window, (10, 5)).unwrap();
    assert_eq!(few, None);
    let soon = wide(&connection, &bounds, &any, &window, (100, 30)).unwrap();
    assert_eq!(soon, None);
}
