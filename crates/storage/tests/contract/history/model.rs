//! Events made up from a seed, and the plain answers about them.
use std::collections::BTreeMap;

use domain::{
    Asn, BanFilter, BanSubject, CountryCode, EventFilter, EventKind, HearCursor, HeardBatch,
    HeardEvent, HostId, JailName, Origin, Place, Storage, Stored, TimeRange, Timestamp, UnbanCause,
};
use ipnet::IpNet;

pub(crate) const HOUR: i64 = 3_600_000;
pub(crate) const DAY: i64 = 24 * HOUR;
/// 2026-01-01, on no border of the roll-ups but that of a day.
pub(crate) const BEGIN: i64 = 1_767_225_600_000;

/// Numbers that look random, the same for the same seed.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn below(&mut self, end: i64) -> i64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        i64::try_from((z ^ (z >> 31)) % end.unsigned_abs()).unwrap()
    }

    pub(crate) fn of<T: Clone>(&mut self, values: &[T]) -> T {
        let number = self.below(i64::try_from(values.len()).unwrap());
        values[usize::try_from(number).unwrap()].clone()
    }

    /// The first is the most frequent.
    fn skewed<T: Clone>(&mut self, values: &[T]) -> T {
        let length = i64::try_from(values.len()).unwrap();
        let number = self
            .below(length)
            .min(self.below(length))
            .min(self.below(length));
        values[usize::try_from(number).unwrap()].clone()
    }

    fn some<T: Clone>(&mut self, values: &[T], one_in: i64) -> Vec<T> {
        if self.below(one_in) != 0 {
            return Vec::new();
        }
        (0..=self.below(2)).map(|_| self.of(values)).collect()
    }
}

pub(crate) fn jails() -> Vec<JailName> {
    ["sshd", "nginx-botsearch", "postfix", "recidive"]
        .map(|name| name.parse().unwrap())
        .to_vec()
}

pub(crate) fn countries() -> Vec<CountryCode> {
    ["CN", "US", "DE", "BR", "ZZ"]
        .map(|code| CountryCode::new(code).unwrap())
        .to_vec()
}

pub(crate) fn asns() -> Vec<Asn> {
    [4134, 14061, 3320, 0].map(Asn).to_vec()
}

pub(crate) const KINDS: [EventKind; 3] = [EventKind::Ban, EventKind::Unban, EventKind::Restored];
pub(crate) const ORIGINS: [Origin; 3] = [Origin::Detected, Origin::Manual, Origin::Blocklist];

pub(crate) fn subjects() -> Vec<BanSubject> {
    [
        "198.51.100.7",
        "198.51.100.8",
        "198.51.100.0/24",
        "203.0.113.1",
        "203.0.113.255",
        "10.0.0.1",
        "32.1.13.184",
        "2001:db8::1",
        "2001:db8::2",
        "2001:db8:1::/48",
        "2001:db9::1",
        "user@example",
        "x y",
    ]
    .map(BanSubject::from_daemon)
    .to_vec()
}

pub(crate) fn networks() -> Vec<IpNet> {
    [
        "198.51.100.7/32",
        "198.51.100.0/24",
        "198.51.100.0/25",
        "203.0.113.0/24",
        "0.0.0.0/0",
        "32.1.0.0/16",
        "2001:db8::1/128",
        "2001:db8::/32",
        "2000::/3",
        "192.0.2.0/24",
    ]
    .map(|network| network.parse().unwrap())
    .to_vec()
}

/// Events over some months, in the order of hearing, which is not quite that of time; some have the same moment.
pub(crate) fn events(dice: &mut Dice, count: i64) -> Vec<(HeardEvent, Place)> {
    (0..count)
        .map(|number| {
            let at = BEGIN + number * 70 * DAY / count + dice.below(3 * HOUR) / 1_000 * 1_000;
            let kind = dice.skewed(&KINDS);
            let subject = dice.skewed(&subjects());
            let country = Some(dice.skewed(&countries())).filter(|code| code.as_str() != "ZZ");
            let place = Place {
                country,
                asn: Some(dice.skewed(&asns())).filter(|asn| asn.0 != 0),
            };
            let event = HeardEvent {
                at: Timestamp::from_millis(at),
                kind,
                jail: dice.skewed(&jails()),
                subject,
                origin: dice.skewed(&ORIGINS),
                actor: (dice.below(9) == 0).then(|| "anna".parse().unwrap()),
                cause: (kind == EventKind::Unban).then_some(UnbanCause::Expired),
                bantime_seconds: (dice.below(4) != 0).then_some(600),
                failures: Some(5),
                ban_count: None,
                lines: Vec::new(),
            };
            (event, place)
        })
        .collect()
}

/// A host's events as they should be kept.
#[derive(Default)]
pub(crate) struct Model {
    pub(crate) events: Vec<(HostId, HeardEvent, Place)>,
}

impl Model {
    /// Stores events in batches, in storage and here.
    pub(crate) async fn keep(
        &mut self,
        storage: &dyn Storage,
        host: &HostId,
        events: &[(HeardEvent, Place)],
    ) {
        for batch in events.chunks(97) {
            store(storage, host, batch).await;
            for (event, place) in batch {
                let same = |(of, other, _): &(HostId, HeardEvent, Place)| {
                    of == host
                        && (other.at, other.kind) == (event.at, event.kind)
                        && (&other.jail, &other.subject) == (&event.jail, &event.subject)
                };
                match self.events.iter_mut().find(|other| same(other)) {
                    None => self.events.push((host.clone(), event.clone(), *place)),
                    Some((_, known, known_place)) => gain(known, known_place, event, place),
                }
            }
        }
    }

    /// The numbers of the events that fit, as a plain filter says.
    pub(crate) fn fitting(&self, filter: &EventFilter) -> Vec<usize> {
        (0..self.events.len())
            .filter(|number| fits(&self.events[*number], filter))
            .collect()
    }

    pub(crate) fn bans(
        &self,
        filter: &BanFilter,
        range: TimeRange,
    ) -> Vec<&(HostId, HeardEvent, Place)> {
        let filter = EventFilter {
            host: filter.host.clone(),
            range: Some(range),
            jails: filter.jails.clone(),
            countries: filter.countries.clone(),
            asns: filter.asns.clone(),
            origins: filter.origins.clone(),
            kinds: vec![EventKind::Ban],
            ..EventFilter::default()
        };
        self.events
            .iter()
            .filter(|event| fits(event, &filter))
            .collect()
    }

    /// How many of the bans there are of each key, most first.
    pub(crate) fn sums<K: Ord>(
        &self,
        filter: &BanFilter,
        range: TimeRange,
        key: impl Fn(&HeardEvent, &Place) -> K,
    ) -> BTreeMap<K, u64> {
        let mut sums = BTreeMap::new();
        for (_, event, place) in self.bans(filter, range) {
            *sums.entry(key(event, place)).or_default() += 1;
        }
        sums
    }
}

/// What a second telling adds.
fn gain(known: &mut HeardEvent, known_place: &mut Place, told: &HeardEvent, place: &Place) {
    if known.origin == Origin::Detected {
        known.origin = told.origin;
    }
    known.actor = known.actor.clone().or_else(|| told.actor.clone());
    known.bantime_seconds = known.bantime_seconds.or(told.bantime_seconds);
    known_place.country = known_place.country.or(place.country);
    known_place.asn = known_place.asn.or(place.asn);
}

fn fits((host, event, place): &(HostId, HeardEvent, Place), filter: &EventFilter) -> bool {
    let unknown = CountryCode::new("ZZ").unwrap();
    filter.host.as_ref().is_none_or(|wanted| wanted == host)
        && filter
            .range
            .is_none_or(|range| (range.from..range.until).contains(&event.at))
        && any(&filter.jails, &event.jail)
        && any(&filter.countries, &place.country.unwrap_or(unknown))
        && any(&filter.asns, &place.asn.unwrap_or(Asn(0)))
        && any(&filter.origins, &event.origin)
        && any(&filter.kinds, &event.kind)
        && match (&filter.network, &event.subject) {
            (None, _) => true,
            (Some(network), BanSubject::Network(subject)) => network.contains(subject),
            (Some(_), BanSubject::Other(_)) => false,
        }
        && match (&filter.other_subject, &event.subject) {
            (None, _) => true,
            (Some(text), BanSubject::Other(subject)) => text == subject,
            (Some(_), BanSubject::Network(_)) => false,
        }
}

fn any<T: PartialEq>(wanted: &[T], value: &T) -> bool {
    wanted.is_empty() || wanted.contains(value)
}

/// Stores a batch after what is stored already.
pub(crate) async fn store(
    storage: &dyn Storage,
    host: &HostId,
    events: &[(HeardEvent, Place)],
) -> Stored {
    let before = storage.history().hear_cursor(host).await.unwrap();
    let number: u64 = before
        .as_ref()
        .map_or(0, |HearCursor(text)| text.parse().unwrap());
    let batch = HeardBatch {
        events: events.iter().map(|(event, _)| event.clone()).collect(),
        failures: Vec::new(),
        cursor: HearCursor((number + 1).to_string()),
        more: false,
    };
    let places: Vec<Place> = events.iter().map(|(_, place)| *place).collect();
    storage
        .history_writes()
        .store_heard(host, before.as_ref(), &batch, &places)
        .await
        .unwrap()
        .expect("the cursor was moved by somebody else")
}

pub(crate) fn range(dice: &mut Dice) -> TimeRange {
    let from = BEGIN - DAY + dice.below(75 * DAY);
    let length = match dice.below(4) {
        0 => dice.below(2 * HOUR),
        1 => dice.below(3 * DAY),
        _ => dice.below(80 * DAY),
    };
    TimeRange {
        from: Timestamp::from_millis(from),
        until: Timestamp::from_millis(from + length),
    }
}

pub(crate) fn ban_filter(dice: &mut Dice) -> BanFilter {
    BanFilter {
        host: hosts(dice),
        jails: dice.some(&jails(), 2),
        countries: dice.some(&countries(), 3),
        asns: dice.some(&asns(), 4),
        origins: dice.some(&ORIGINS, 4),
    }
}

fn hosts(dice: &mut Dice) -> Option<HostId> {
    match dice.below(6) {
        0 => Some(HostId::local()),
        1 => Some("other".parse().unwrap()),
        _ => None,
    }
}

pub(crate) fn event_filter(dice: &mut Dice) -> EventFilter {
    let BanFilter {
        host,
        jails,
        countries,
        asns,
        origins,
    } = ban_filter(dice);
    EventFilter {
        host,
        jails,
        countries,
        asns,
        origins,
        range: (dice.below(2) == 0).then(|| range(dice)),
        network: (dice.below(3) == 0).then(|| dice.of(&networks())),
        other_subject: (dice.below(12) == 0).then(|| "user@example".to_owned()),
        kinds: dice.some(&KINDS, 3),
    }
}
