//! Every question, with every kind of filter, has the answer that counting by hand gives.
use domain::{
    BanSubject, Count, Counted, Dimension, DimensionValue, Event, EventFilter, EventKind,
    EventPage, EventQuery, HostId, PageSize, PageToken, Storage, StorageError, TimeRange,
    Timestamp,
};

use super::model::{
    BEGIN, DAY, Dice, HOUR, Model, ban_filter, event_filter, events, range, store, subjects,
};

async fn kept(storage: &dyn Storage, seed: u64) -> Model {
    let mut dice = Dice::new(seed);
    let mut model = Model::default();
    let local = events(&mut dice, 1_500);
    model.keep(storage, &HostId::local(), &local).await;
    let other = events(&mut dice, 300);
    model.keep(storage, &"other".parse().unwrap(), &other).await;
    // Told again, in part, by a source that knows other things.
    let again: Vec<_> = local
        .iter()
        .step_by(7)
        .zip(events(&mut dice, 1_500))
        .map(|((event, _), (other, place))| {
            let mut event = event.clone();
            (event.origin, event.actor) = (other.origin, other.actor);
            event.bantime_seconds = other.bantime_seconds;
            (event, place)
        })
        .collect();
    model.keep(storage, &HostId::local(), &again).await;
    model
}

async fn walk(storage: &dyn Storage, mut query: EventQuery) -> Vec<Event> {
    let mut all = Vec::new();
    loop {
        let EventPage { items, next } = storage.history().events(&query).await.unwrap();
        assert!(items.len() <= usize::from(query.limit.get()));
        all.extend(items);
        if next.is_none() {
            return all;
        }
        query.after = next;
    }
}

pub(crate) async fn pages_of_random_filters_are_what_a_plain_filter_gives(storage: &dyn Storage) {
    let model = kept(storage, 1).await;
    let mut dice = Dice::new(2);
    for round in 0..120 {
        let filter = event_filter(&mut dice);
        let oldest_first = dice.below(2) == 0;
        let query = EventQuery {
            filter: filter.clone(),
            oldest_first,
            after: None,
            limit: PageSize::new(u16::try_from(1 + dice.below(120)).unwrap()).unwrap(),
        };
        let listed = walk(storage, query).await;
        let order = |event: &Event| (event.what.at, event.id);
        assert!(
            listed.is_sorted_by(|one, next| (order(one) < order(next)) == oldest_first),
            "{round}: {filter:?}"
        );
        let mut found: Vec<_> = listed
            .into_iter()
            .map(|event| (event.host, event.what, event.place))
            .collect();
        let mut expected: Vec<_> = model
            .fitting(&filter)
            .into_iter()
            .map(|number| model.events[number].clone())
            .collect();
        let key = |(host, event, _): &(HostId, domain::HeardEvent, domain::Place)| {
            (
                event.at,
                host.clone(),
                event.jail.clone(),
                event.subject.clone(),
                event.kind,
            )
        };
        found.sort_by_key(key);
        expected.sort_by_key(key);
        assert_eq!(found, expected, "{round}: {filter:?}");
        counted(storage, &filter, expected.len()).await;
    }
}

async fn counted(storage: &dyn Storage, filter: &EventFilter, expected: usize) {
    let expected = u64::try_from(expected).unwrap();
    let all = storage
        .history()
        .count_events(filter, 1_000_000)
        .await
        .unwrap();
    assert_eq!(
        all,
        Count {
            count: expected,
            more: false
        },
        "{filter:?}"
    );
    let some = storage.history().count_events(filter, 20).await.unwrap();
    // A limit stops counting; what is known without counting may be told.
    assert!(
        some.count == expected || (some.count == 20 && some.more && expected >= 20),
        "{some:?} of {expected}: {filter:?}"
    );
}

pub(crate) async fn pages_walked_while_others_write_have_each_event_once(storage: &dyn Storage) {
    let mut dice = Dice::new(3);
    let mut model = Model::default();
    model
        .keep(storage, &HostId::local(), &events(&mut dice, 500))
        .await;
    let before: Vec<_> = storage
        .history()
        .events_after(domain::EventId(0), 10_000)
        .await
        .unwrap();
    for oldest_first in [false, true] {
        let mut query = EventQuery {
            oldest_first,
            limit: PageSize::new(13).unwrap(),
            ..EventQuery::default()
        };
        let mut seen = Vec::new();
        loop {
            let page = storage.history().events(&query).await.unwrap();
            seen.extend(page.items.into_iter().map(|event| event.id));
            let Some(next) = page.next else { break };
            query.after = Some(next);
            let new = events(&mut dice, 5);
            store(storage, &HostId::local(), &new).await;
        }
        for event in &before {
            let times = seen.iter().filter(|id| **id == event.id).count();
            assert_eq!(times, 1, "{event:?}");
        }
        let all = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), all);
    }
}

pub(crate) async fn page_token_of_events_from_elsewhere_is_refused(storage: &dyn Storage) {
    for text in [
        "",
        "1",
        "1.2.3",
        "+1.2",
        "01.2",
        "a.b",
        "1.-",
        "9223372036854775808.1",
    ] {
        let query = EventQuery {
            after: Some(PageToken(text.to_owned())),
            ..EventQuery::default()
        };
        let answer = storage.history().events(&query).await;
        assert!(
            matches!(answer, Err(StorageError::BadPageToken)),
            "{text}: {answer:?}"
        );
    }
}

pub(crate) async fn series_of_random_filters_are_what_counting_gives(storage: &dyn Storage) {
    let model = kept(storage, 4).await;
    let mut dice = Dice::new(5);
    for round in 0..120 {
        let filter = ban_filter(&mut dice);
        // As zones with quarters have them: of a whole quarter, not of an hour; rarely of none.
        let step =
            [HOUR / 4, HOUR, 3 * HOUR, DAY, 7 * DAY][usize::try_from(dice.below(5)).unwrap()];
        let shift = dice.below(4) * HOUR / 4
            + if dice.below(8) == 0 {
                dice.below(HOUR)
            } else {
                0
            };
        let begin = BEGIN - DAY + dice.below(70) * DAY + shift;
        let edges: Vec<Timestamp> = (0..=1 + dice.below(60))
            .map(|number| Timestamp::from_millis(begin + number * step))
            .collect();
        let found = storage
            .history()
            .bans_between(&filter, &edges)
            .await
            .unwrap();
        let expected: Vec<u64> = edges
            .windows(2)
            .map(|edge| {
                let range = TimeRange {
                    from: edge[0],
                    until: edge[1],
                };
                u64::try_from(model.bans(&filter, range).len()).unwrap()
            })
            .collect();
        assert_eq!(
            found, expected,
            "{round}: {filter:?} from {begin} by {step}"
        );
    }
}

pub(crate) async fn tops_of_random_filters_are_what_counting_gives(storage: &dyn Storage) {
    let model = kept(storage, 6).await;
    let mut dice = Dice::new(7);
    for round in 0..150 {
        let (filter, range) = (ban_filter(&mut dice), range(&mut dice));
        let length = range.until.millis_since(range.from);
        let before = TimeRange {
            from: Timestamp::from_millis(range.from.as_millis() - length),
            until: range.from,
        };
        let by = [
            Dimension::Jail,
            Dimension::Country,
            Dimension::Network,
            Dimension::Origin,
            Dimension::Subject,
        ][usize::try_from(dice.below(5)).unwrap()];
        let top = storage
            .history()
            .top(&filter, range, by, 100)
            .await
            .unwrap();
        let key = |event: &domain::HeardEvent, place: &domain::Place| match by {
            Dimension::Jail => event.jail.to_string(),
            Dimension::Country => format!("{:?}", place.country),
            Dimension::Network => format!("{:?}", place.asn),
            Dimension::Origin => format!("{:?}", event.origin),
            Dimension::Subject => event.subject.to_string(),
        };
        let mut expected = model.sums(&filter, range, key);
        let previous = model.sums(&filter, before, key);
        assert_eq!(
            top.total,
            expected.values().sum::<u64>(),
            "{round}: {by:?} {filter:?} {range:?}"
        );
        assert!(top.items.is_sorted_by(|one, next| one.bans >= next.bans));
        for item in &top.items {
            let name = named(item);
            assert_eq!(
                Some(item.bans),
                expected.remove(&name),
                "{round}: {name} {by:?} {filter:?} {range:?}"
            );
            let before = previous.get(&name).copied().unwrap_or_default();
            assert_eq!(
                item.previous, before,
                "{round}: {name} before, {by:?} {filter:?} {range:?}"
            );
        }
        assert!(
            expected.is_empty() && top.exact,
            "{round}: {expected:?} {by:?} {filter:?} {range:?}"
        );
    }
}

fn named(item: &Counted) -> String {
    match &item.value {
        DimensionValue::Jail(jail) => jail.to_string(),
        DimensionValue::Country(country) => format!("{country:?}"),
        DimensionValue::Network(asn) => format!("{asn:?}"),
        DimensionValue::Origin(origin) => format!("{origin:?}"),
        DimensionValue::Subject(subject, _) => subject.to_string(),
    }
}

pub(crate) async fn top_that_is_cut_has_the_first_and_the_whole_total(storage: &dyn Storage) {
    let model = kept(storage, 8).await;
    let range = TimeRange {
        from: Timestamp::from_millis(BEGIN - DAY),
        until: Timestamp::from_millis(BEGIN + 80 * DAY),
    };
    let filter = domain::BanFilter::default();
    for by in [Dimension::Jail, Dimension::Country, Dimension::Subject] {
        let all = storage
            .history()
            .top(&filter, range, by, 100)
            .await
            .unwrap();
        let two = storage.history().top(&filter, range, by, 2).await.unwrap();
        assert_eq!(two.items, all.items[..2], "{by:?}");
        assert_eq!(
            two.total,
            u64::try_from(model.bans(&filter, range).len()).unwrap()
        );
    }
}

pub(crate) async fn subject_is_known_jail_by_jail(storage: &dyn Storage) {
    let model = kept(storage, 9).await;
    for subject in subjects() {
        let found = storage.history().subject(&subject).await.unwrap();
        let mut rows = 0;
        for known in &found {
            let of = |kind: EventKind| {
                let same = model.events.iter().filter(|(host, event, _)| {
                    event.subject == subject && event.jail == known.jail && *host == known.host
                });
                u64::try_from(same.filter(|(_, event, _)| event.kind == kind).count()).unwrap()
            };
            assert_eq!(known.bans, of(EventKind::Ban), "{subject} {known:?}");
            assert_eq!(known.unbans, of(EventKind::Unban), "{subject} {known:?}");
            rows += known.bans + known.unbans + of(EventKind::Restored);
        }
        let expected = model
            .events
            .iter()
            .filter(|(_, event, _)| event.subject == subject);
        assert_eq!(rows, u64::try_from(expected.count()).unwrap(), "{subject}");
    }
    let stranger = BanSubject::from_daemon("192.0.2.99");
    assert!(
        storage
            .history()
            .subject(&stranger)
            .await
            .unwrap()
            .is_empty()
    );
    let stranger = BanSubject::Other("nobody".to_owned());
    assert!(
        storage
            .history()
            .subject(&stranger)
            .await
            .unwrap()
            .is_empty()
    );
}
