//! The audit and its pages.
use domain::{
    Actor, AuditAction, AuditEntry, AuditQuery, NewAuditEntry, Outcome, PageSize, PageToken,
    Storage, StorageError, UserId,
};
use serde_json::{Value, json};

use super::make;

async fn record(storage: &dyn Storage, entries: &[NewAuditEntry]) {
    storage.writes().record(entries).await.unwrap();
}

/// Every page of a query, one after the other.
async fn walk(storage: &dyn Storage, query: &AuditQuery) -> Vec<AuditEntry> {
    let mut query = query.clone();
    let mut found = Vec::new();
    loop {
        let page = storage.reads().audit(&query).await.unwrap();
        assert!(page.items.len() <= usize::from(query.limit.get()));
        // A next page is only promised where there is one.
        assert!(query.after.is_none() || !page.items.is_empty());
        found.extend(page.items);
        match page.next {
            Some(next) => query.after = Some(next),
            None => return found,
        }
    }
}

fn size(items: u16) -> PageSize {
    PageSize::new(items).unwrap()
}

fn by(user: &str) -> Actor {
    Actor::User {
        id: UserId(7),
        name: make::name(user),
    }
}

pub(crate) async fn entry_recorded_is_read_back_as_it_was(storage: &dyn Storage) {
    let plain = make::entry(AuditAction::BansCreated, 1);
    let entries = [
        NewAuditEntry {
            actor: by("alice"),
            address: Some("2001:db8::1".parse().unwrap()),
            host: None,
            target: "'; DROP TABLE audit; --\0\u{202e}<script>日本".to_owned(),
            detail: json!({ "addresses": ["203.0.113.7"], "count": -3, "nested": [{ "a": null }] }),
            ..plain.clone()
        },
        NewAuditEntry {
            actor: Actor::Visitor { claimed: None },
            address: Some([203, 0, 113, 7].into()),
            detail: Value::Null,
            ..plain.clone()
        },
        NewAuditEntry {
            actor: Actor::Visitor {
                claimed: Some("\u{0}admin' OR 1=1".to_owned()),
            },
            target: String::new(),
            detail: json!("text"),
            ..plain.clone()
        },
        plain,
    ];
    record(storage, &entries).await;

    let mut found: Vec<_> = make::trail(storage).await;
    assert!(found.is_sorted_by(|newer, older| newer.id > older.id));
    found.reverse();
    let found: Vec<_> = found.into_iter().map(|found| found.entry).collect();
    assert_eq!(found, entries);
}

pub(crate) async fn entries_of_every_action_and_outcome_are_read_back(storage: &dyn Storage) {
    let mut entries = Vec::new();
    for &action in AuditAction::ALL {
        for outcome in Outcome::ALL {
            let millis = i64::try_from(entries.len()).unwrap();
            entries.push(NewAuditEntry {
                outcome,
                ..make::entry(action, millis)
            });
        }
    }
    record(storage, &entries).await;

    let found = make::trail(storage).await;
    let found: Vec<_> = found.into_iter().rev().map(|found| found.entry).collect();
    assert_eq!(found, entries);
}

pub(crate) async fn nothing_recorded_is_an_empty_page(storage: &dyn Storage) {
    record(storage, &[]).await;
    let page = storage.reads().audit(&AuditQuery::default()).await.unwrap();
    assert_eq!(page.items, []);
    assert_eq!(page.next, None);
}

/// Each of the things with each of the values.
fn vary<T: Clone, V: Clone>(things: Vec<T>, values: &[V], set: impl Fn(&mut T, V)) -> Vec<T> {
    let mut varied = Vec::new();
    for thing in things {
        for value in values {
            let mut thing = thing.clone();
            set(&mut thing, value.clone());
            varied.push(thing);
        }
    }
    varied
}

/// 96 entries whose users, actions, outcomes and times are mixed; times are not in the order of the keys.
fn mixed() -> Vec<NewAuditEntry> {
    let actors = [
        by("alice"),
        by("bob"),
        Actor::Visitor {
            claimed: Some("alice".to_owned()),
        },
        Actor::System,
    ];
    let actions = [AuditAction::BansCreated, AuditAction::BansRemoved];
    let outcomes = [Outcome::Success, Outcome::Refused, Outcome::Failed];
    let mut entries = vec![make::entry(AuditAction::BansCreated, 0); 4];
    entries = vary(entries, &actors, |entry, actor| entry.actor = actor);
    entries = vary(entries, &actions, |entry, action| entry.action = action);
    entries = vary(entries, &outcomes, |entry, outcome| entry.outcome = outcome);
    for (number, entry) in (0..).zip(&mut entries) {
        entry.at = make::at(number * 5 % 13);
    }
    entries
}

fn passes(query: &AuditQuery, found: &AuditEntry) -> bool {
    let entry = &found.entry;
    let user = match &entry.actor {
        Actor::User { name, .. } => Some(name),
        _ => None,
    };
    query.user.as_ref().is_none_or(|name| user == Some(name))
        && query.action.is_none_or(|action| action == entry.action)
        && query.outcome.is_none_or(|outcome| outcome == entry.outcome)
        && query.from.is_none_or(|from| entry.at >= from)
        && query.until.is_none_or(|until| entry.at < until)
}

/// Every combination of filters, with and without a hit, and of times around the entries.
fn queries() -> Vec<AuditQuery> {
    let users = [None, Some(make::name("alice")), Some(make::name("nobody"))];
    let actions = [
        None,
        Some(AuditAction::BansCreated),
        Some(AuditAction::JailStarted),
    ];
    let outcomes = [None, Some(Outcome::Refused), Some(Outcome::Partial)];
    let times = [None, Some(make::at(4)), Some(make::at(9))];
    let mut queries = vec![AuditQuery {
        limit: size(7),
        ..AuditQuery::default()
    }];
    queries = vary(queries, &users, |query, user| query.user = user);
    queries = vary(queries, &actions, |query, action| query.action = action);
    queries = vary(queries, &outcomes, |query, outcome| query.outcome = outcome);
    queries = vary(queries, &times, |query, from| query.from = from);
    vary(queries, &times, |query, until| query.until = until)
}

pub(crate) async fn pages_of_every_filter_are_what_a_plain_filter_gives(storage: &dyn Storage) {
    record(storage, &mixed()).await;
    let mut all = make::trail(storage).await;
    assert_eq!(all.len(), 96);
    all.sort_by_key(|found| std::cmp::Reverse((found.entry.at, found.id)));
    for query in queries() {
        let expected: Vec<_> = all.iter().filter(|found| passes(&query, found)).collect();
        let found = walk(storage, &query).await;
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query:?}");
    }
}

pub(crate) async fn entries_of_one_moment_are_each_on_exactly_one_page(storage: &dyn Storage) {
    let entries = vec![make::entry(AuditAction::BansCreated, 5); 20];
    record(storage, &entries).await;
    for limit in [1, 3, 10, 19, 20, 21] {
        let query = AuditQuery {
            limit: size(limit),
            ..AuditQuery::default()
        };
        let found = walk(storage, &query).await;
        assert_eq!(found.len(), 20, "{limit}");
        assert!(found.is_sorted_by(|newer, older| newer.id > older.id));
    }
}

pub(crate) async fn page_is_not_moved_by_entries_that_come_later(storage: &dyn Storage) {
    let early: Vec<_> = (1..=6)
        .map(|millis| make::entry(AuditAction::BansCreated, millis))
        .collect();
    record(storage, &early).await;
    let mut query = AuditQuery {
        limit: size(3),
        ..AuditQuery::default()
    };
    let first = storage.reads().audit(&query).await.unwrap();
    record(storage, &[make::entry(AuditAction::BansRemoved, 7)]).await;
    query.after = first.next;
    let second = storage.reads().audit(&query).await.unwrap();

    let times: Vec<_> = first
        .items
        .iter()
        .chain(&second.items)
        .map(|found| found.entry.at.as_millis())
        .collect();
    assert_eq!(times, [6, 5, 4, 3, 2, 1]);
    assert_eq!(second.next, None);
}

pub(crate) async fn page_token_from_elsewhere_is_refused(storage: &dyn Storage) {
    record(storage, &mixed()).await;
    for text in [
        "",
        ".",
        "x",
        "1",
        "1.",
        ".1",
        "+1.2",
        "1.2.3",
        " 1.2",
        "01.2",
        "99999999999999999999.1",
        "1.\u{661}",
    ] {
        let query = AuditQuery {
            after: Some(PageToken(text.to_owned())),
            ..AuditQuery::default()
        };
        let refused = storage.reads().audit(&query).await.unwrap_err();
        assert!(matches!(refused, StorageError::BadPageToken), "{text:?}");
    }
}

pub(crate) async fn entry_that_could_not_be_read_back_is_refused_with_its_batch(
    storage: &dyn Storage,
) {
    let deep = (0..1_000).fold(Value::Null, |inner, _| json!([inner]));
    let good = make::entry(AuditAction::BansCreated, 1);
    let bad = NewAuditEntry {
        detail: deep,
        ..good.clone()
    };
    let refused = storage.writes().record(&[good, bad]).await.unwrap_err();
    assert!(matches!(
        refused,
        StorageError::Inconsistent { table: "audit", .. }
    ));
    assert_eq!(make::trail(storage).await, []);
}
