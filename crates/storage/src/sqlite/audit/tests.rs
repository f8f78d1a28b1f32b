use domain::{HostId, PageSize};
use proptest::prelude::*;
use rusqlite::StatementStatus;
use serde_json::json;

use super::*;
use crate::sqlite::{migrations, tests::Folder};

/// Entries of which those that a filter wants are rare among many others, in every combination.
fn fill(connection: &mut Connection, from: i64, to: i64) {
    let transaction = connection.transaction().unwrap();
    for at in from..to {
        let alice = at % 2 == 0;
        let entry = NewAuditEntry {
            at: Timestamp::from_millis(at),
            actor: Actor::User {
                id: UserId(1),
                name: if alice { "alice" } else { "bob" }.parse().unwrap(),
            },
            address: Some([192, 0, 2, 1].into()),
            action: if alice {
                AuditAction::BansCreated
            } else {
                AuditAction::BansRemoved
            },
            host: Some(HostId::local()),
            target: "sshd".to_owned(),
            outcome: if at % 3 == 0 {
                Outcome::Failed
            } else {
                Outcome::Success
            },
            detail: json!({ "count": at }),
        };
        NewRow::try_from(&entry)
            .unwrap()
            .insert(&transaction)
            .unwrap();
    }
    transaction.commit().unwrap();
}

/// Each of the queries with each of the values.
fn vary<V: Clone>(
    queries: Vec<AuditQuery>,
    values: &[V],
    set: impl Fn(&mut AuditQuery, V),
) -> Vec<AuditQuery> {
    let mut varied = Vec::new();
    for query in queries {
        for value in values {
            let mut query = query.clone();
            set(&mut query, value.clone());
            varied.push(query);
        }
    }
    varied
}

/// Every combination of filters and times, on the first page and far behind it.
fn queries(entries: i64) -> Vec<AuditQuery> {
    let name = |name: &str| Some(name.parse().unwrap());
    let users = [None, name("alice"), name("nobody")];
    let actions = [
        None,
        Some(AuditAction::BansCreated),
        Some(AuditAction::BansRemoved),
        Some(AuditAction::JailStarted),
    ];
    let outcomes = [None, Some(Outcome::Success), Some(Outcome::Partial)];
    let times = [None, Some(Timestamp::from_millis(entries / 2))];
    let third = entries / 3;
    let places = [None, Some(PageToken(format!("{third}.{third}")))];
    let mut queries = vec![AuditQuery {
        limit: PageSize::new(50).unwrap(),
        ..AuditQuery::default()
    }];
    queries = vary(queries, &users, |query, user| query.user = user);
    queries = vary(queries, &actions, |query, action| query.action = action);
    queries = vary(queries, &outcomes, |query, outcome| query.outcome = outcome);
    queries = vary(queries, &times, |query, from| query.from = from);
    queries = vary(queries, &times, |query, until| query.until = until);
    vary(queries, &places, |query, after| query.after = after)
}

/// The steps of SQLite's machine for the dearest page of any filter: the same on every machine, unlike time.
fn dearest(connection: &Connection, entries: i64) -> i32 {
    let mut dearest = 0;
    for query in queries(entries) {
        page(connection, &query).unwrap();
        let sql = statement(
            query.user.as_ref().map(UserName::as_str),
            query.action.map(AuditAction::as_str),
            query.outcome.map(Outcome::as_str),
        );
        let cached = connection.prepare_cached(sql).unwrap();
        dearest = dearest.max(cached.reset_status(StatementStatus::VmStep));
    }
    dearest
}

#[test]
fn page_of_any_filter_costs_the_same_however_many_entries_there_are() {
    let folder = Folder::new();
    let mut connection = folder.connection();
    migrations::migrate(&mut connection, &folder.database(), migrations::MIGRATIONS).unwrap();
    connection.set_prepared_statement_cache_capacity(64);
    fill(&mut connection, 0, 1_000);
    let few = dearest(&connection, 1_000);
    fill(&mut connection, 1_000, 8_000);
    let many = dearest(&connection, 8_000);
    // 51 rows of 12 columns.
    assert!(few > 51 && many < few + few / 10, "{few} and {many} steps");
    assert!(many < 51 * 30, "{many} steps");
}

proptest! {
    #[test]
    fn token_of_any_place_leads_back_to_it(at: i64, id: i64) {
        let place = Place { at, id };
        prop_assert_eq!(Place::parse(&PageToken(format!("{at}.{id}"))), Some(place));
    }

    #[test]
    fn token_of_any_text_is_a_place_in_its_one_spelling_or_none(text in "[-+0-9. ]{0,12}|.*") {
        if let Some(place) = Place::parse(&PageToken(text.clone())) {
            prop_assert_eq!(format!("{}.{}", place.at, place.id), text);
        }
    }
}
