use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use domain::{BanEnd, Family, PageSize};
use proptest::prelude::*;

use super::*;

fn row(text: &str, begin: Option<i64>, end: BanEnd) -> Row {
    Row {
        subject: BanSubject::from_daemon(text),
        banned_at: begin.map(Timestamp::from_millis),
        end,
    }
}

fn index(jails: BTreeMap<String, Vec<Row>>) -> BansIndex {
    BansIndex::new(
        jails
            .into_iter()
            .map(|(name, rows)| Arc::new(JailBans::new(name.parse().unwrap(), rows)))
            .collect(),
    )
}

fn query(key: SortKey, descending: bool, limit: u16) -> ActiveBanQuery {
    ActiveBanQuery {
        sort: ActiveBanSort { key, descending },
        limit: PageSize::new(limit).unwrap(),
        ..ActiveBanQuery::default()
    }
}

const KEYS: [SortKey; 4] = [
    SortKey::BannedAt,
    SortKey::ExpiresAt,
    SortKey::Subject,
    SortKey::Jail,
];

fn names(bans: &[ActiveBan]) -> Vec<String> {
    bans.iter()
        .map(|ban| format!("{} {}", ban.jail, ban.subject))
        .collect()
}

fn sample() -> BansIndex {
    let at = |ms| BanEnd::At(Timestamp::from_millis(ms));
    index(BTreeMap::from([
        (
            "a".to_owned(),
            vec![
                row("192.0.2.10", Some(30), BanEnd::Never),
                row("2001:db8::1", Some(10), at(90)),
                row("odd one", None, BanEnd::Unknown),
            ],
        ),
        (
            "b".to_owned(),
            vec![
                row("192.0.2.9", Some(20), at(70)),
                row("192.0.2.10", Some(30), at(80)),
            ],
        ),
    ]))
}

#[test]
fn page_in_each_order_has_that_order() {
    let index = sample();
    let listed = |key, descending| names(&index.page(&query(key, descending, 10)).unwrap().items);
    assert_eq!(
        listed(SortKey::BannedAt, true),
        [
            "b 192.0.2.10",
            "a 192.0.2.10",
            "b 192.0.2.9",
            "a 2001:db8::1",
            "a odd one"
        ]
    );
    assert_eq!(
        listed(SortKey::ExpiresAt, false),
        [
            "a odd one",
            "b 192.0.2.9",
            "b 192.0.2.10",
            "a 2001:db8::1",
            "a 192.0.2.10"
        ]
    );
    assert_eq!(
        listed(SortKey::Subject, false),
        [
            "b 192.0.2.9",
            "a 192.0.2.10",
            "b 192.0.2.10",
            "a 2001:db8::1",
            "a odd one"
        ]
    );
    assert_eq!(
        listed(SortKey::Jail, false),
        [
            "a 192.0.2.10",
            "a 2001:db8::1",
            "a odd one",
            "b 192.0.2.9",
            "b 192.0.2.10"
        ]
    );
}

#[test]
fn page_with_conditions_counts_what_fits() {
    let index = sample();
    let mut wanted = query(SortKey::Jail, false, 1);
    wanted.search = Some("192.0.2.0/24".to_owned());
    let page = index.page(&wanted).unwrap();
    assert_eq!(
        (page.total, page.items.len(), page.next.is_some()),
        (3, 1, true)
    );
    wanted.jails = vec!["b".parse().unwrap()];
    assert_eq!(index.page(&wanted).unwrap().total, 2);
    wanted.family = Some(Family::V6);
    assert_eq!(index.page(&wanted).unwrap().total, 0);
}

#[test]
fn page_that_ends_exactly_at_the_last_ban_has_no_next() {
    let page = sample().page(&query(SortKey::Subject, false, 5)).unwrap();
    assert_eq!((page.items.len(), page.next), (5, None));
}

#[test]
fn page_after_a_token_that_is_none_is_refused() {
    let mut wanted = query(SortKey::Subject, false, 5);
    wanted.after = Some(PageToken("x".to_owned()));
    assert_eq!(sample().page(&wanted).unwrap_err(), HostError::BadPageToken);
}

#[test]
fn bans_of_networks_are_exact_and_over_all_jails() {
    let network = |text| domain::parse_target(text).unwrap().network;
    assert_eq!(
        names(&sample().bans_of(&[network("192.0.2.10"), network("192.0.2.0/24")])),
        ["a 192.0.2.10", "b 192.0.2.10"]
    );
}

/// The limit is that of the product; without optimisation only a gross mistake is found.
const QUICK: Duration = Duration::from_millis(if cfg!(debug_assertions) { 1_000 } else { 10 });

#[test]
fn page_and_search_of_a_hundred_thousand_bans_are_quick() {
    let index = BansIndex::new(vec![hundred_thousand()]);
    index.prepare_like(&BansIndex::default());
    let time = |what: &str, work: &dyn Fn() -> u64| {
        let began = Instant::now();
        let total = work();
        let took = began.elapsed();
        println!("{what}: {took:?}, {total} bans");
        took
    };
    for key in KEYS {
        let page = || index.page(&query(key, true, 100)).unwrap().total;
        time(&format!("order and first page by {key:?}"), &page);
        assert!(time(&format!("first page by {key:?}"), &page) < QUICK);
    }
    for search in ["11.0.1", "1", "11.0.5.0/24", "11.0.0.7", "nothing"] {
        let page = || {
            let mut wanted = query(SortKey::BannedAt, true, 100);
            wanted.search = Some(search.to_owned());
            index.page(&wanted).unwrap().total
        };
        assert!(time(&format!("search for {search}"), &page) < QUICK);
    }
}

fn hundred_thousand() -> Arc<JailBans> {
    let rows = (0..100_000_u32).map(|n| {
        let subject = match n % 5 {
            0 => format!("2001:db8::{n:x}"),
            _ => std::net::Ipv4Addr::from(0x0b00_0000 + n).to_string(),
        };
        let begin = i64::from(n.wrapping_mul(2_654_435_761) >> 4);
        row(&subject, Some(begin), BanEnd::Never)
    });
    Arc::new(JailBans::new("sshd".parse().unwrap(), rows.collect()))
}

/// A ban of a small world, so that ties and repetitions are frequent.
fn any_row() -> impl Strategy<Value = Row> {
    let subject = prop_oneof![
        (0u8..12).prop_map(|n| format!("192.0.2.{n}")),
        (0u8..4).prop_map(|n| format!("198.51.100.0/{}", 24 + n)),
        (0u8..6).prop_map(|n| format!("2001:db8::{n:x}")),
        "[a-c ]{0,3}",
    ];
    let end = prop_oneof![
        Just(BanEnd::Never),
        Just(BanEnd::Unknown),
        (0i64..4).prop_map(|ms| BanEnd::At(Timestamp::from_millis(ms)))
    ];
    (subject, proptest::option::of(0i64..4), end)
        .prop_map(|(text, begin, end)| row(&text, begin, end))
}

fn any_jails() -> impl Strategy<Value = BTreeMap<String, Vec<Row>>> {
    proptest::collection::btree_map("[a-c]", proptest::collection::vec(any_row(), 0..20), 0..4)
}

fn all_pages(index: &BansIndex, mut wanted: ActiveBanQuery) -> Vec<ActiveBan> {
    let mut all = Vec::new();
    loop {
        let page = index.page(&wanted).unwrap();
        all.extend(page.items);
        match page.next {
            Some(next) => wanted.after = Some(next),
            None => return all,
        }
    }
}

proptest! {
    #[test]
    fn pages_of_any_size_are_the_whole_list_in_order(
        jails in any_jails(), key in 0usize..4, descending: bool, limit in 1u16..9
    ) {
        let index = index(jails);
        let whole = index.page(&query(KEYS[key], descending, 500)).unwrap();
        prop_assert_eq!(whole.total, index.len() as u64);
        prop_assert_eq!(whole.items.len(), index.len());
        prop_assert_eq!(all_pages(&index, query(KEYS[key], descending, limit)), whole.items);
    }

    #[test]
    fn descending_is_ascending_turned_round(jails in any_jails(), key in 0usize..4) {
        let index = index(jails);
        let mut up = index.page(&query(KEYS[key], false, 500)).unwrap().items;
        up.reverse();
        prop_assert_eq!(index.page(&query(KEYS[key], true, 500)).unwrap().items, up);
    }

    #[test]
    fn paging_while_bans_come_and_go_shows_each_that_stayed_exactly_once(
        before in any_jails(), after in any_jails(), key in 0usize..4, descending: bool, limit in 1u16..9
    ) {
        let (old, new) = (index(before), index(after));
        let mut wanted = query(KEYS[key], descending, limit);
        let first = old.page(&wanted).unwrap();
        let mut seen = first.items;
        if let Some(next) = first.next {
            wanted.after = Some(next);
            seen.extend(all_pages(&new, wanted));
        } else {
            return Ok(());
        }
        let list = |index: &BansIndex| index.page(&query(KEYS[key], descending, 500)).unwrap().items;
        let stayed: BTreeSet<String> = {
            let new = list(&new);
            list(&old).iter().filter(|ban| new.contains(ban)).map(|ban| names(std::slice::from_ref(ban)).remove(0)).collect()
        };
        let seen = names(&seen);
        for name in stayed {
            prop_assert_eq!(seen.iter().filter(|s| **s == name).count(), 1, "{}", name);
        }
    }

    #[test]
    fn search_finds_what_a_plain_look_at_each_ban_finds(jails in any_jails(), search in "[0-9a-c.:/ ]{1,4}|192\\.0\\.2\\.[0-9]|192\\.0\\.2\\.0/2[4-9]|198\\.51\\.100\\.[0-9]{1,2}") {
        let index = index(jails);
        let mut wanted = query(SortKey::Jail, false, 500);
        wanted.search = Some(search.clone());
        let found = index.page(&wanted).unwrap().items;
        let network = domain::parse_target(&search).ok().map(|p| p.network);
        let plain = |ban: &ActiveBan| {
            ban.subject.to_string().to_lowercase().contains(search.trim())
                || matches!((&ban.subject, network), (BanSubject::Network(a), Some(b)) if a.contains(&b) || b.contains(a))
        };
        let all = index.page(&query(SortKey::Jail, false, 500)).unwrap().items;
        prop_assert_eq!(found, all.into_iter().filter(plain).collect::<Vec<_>>());
    }
}
