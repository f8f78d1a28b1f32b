//! Every question of the pages, through the port.
use domain::{
    BanFilter, BanSubject, Dimension, EventFilter, EventId, EventKind, EventQuery, HistoryReads,
    Origin, PageToken, TimeRange, Timestamp,
};
use ipnet::IpNet;

use super::make::{World, skewed};
use crate::Error;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// The most that is counted one by one, as the server asks for it.
const COUNTED: u64 = 10_000;
const SHOWN: usize = 10;
/// All countries of the map.
const MAP: usize = 300;

/// A question, with values for the asking.
pub(crate) enum Question {
    Page(EventQuery),
    Count(EventFilter),
    Series(BanFilter, Vec<Timestamp>),
    Top(BanFilter, TimeRange, Dimension, usize),
    Subject(BanSubject),
    Failing(Timestamp),
    Event(EventId),
    After(EventId),
    Size,
}

impl Question {
    pub(crate) async fn ask(&self, history: &dyn HistoryReads) -> Result<usize, Error> {
        Ok(match self {
            Self::Page(query) => history.events(query).await?.items.len(),
            Self::Count(filter) => {
                usize::try_from(history.count_events(filter, COUNTED).await?.count)
                    .unwrap_or_default()
            }
            Self::Series(filter, edges) => history.bans_between(filter, edges).await?.len(),
            Self::Top(filter, range, by, limit) => {
                history.top(filter, *range, *by, *limit).await?.items.len()
            }
            Self::Subject(subject) => history.subject(subject).await?.len(),
            Self::Failing(since) => history.failing(None, *since, 50).await?.len(),
            Self::Event(id) => usize::from(history.event(*id).await?.is_some()),
            Self::After(id) => history.events_after(*id, 100).await?.len(),
            Self::Size => usize::from(history.history_size().await?.events > 0),
        })
    }
}

/// Makes a question with values of its own.
pub(crate) type Make = fn(&World, &mut fastrand::Rng) -> Question;

pub(crate) const QUESTIONS: &[(&str, Make)] = &[
    ("list: newest", |_, _| page(EventFilter::default())),
    ("list: a page in the midst", |_, r| {
        deep(EventFilter::default(), r)
    }),
    ("list: 24 h", |_, r| {
        page(EventFilter {
            range: Some(last(DAY, r)),
            ..EventFilter::default()
        })
    }),
    ("list: jail", |w, r| page(jail(w, r))),
    ("list: jail, in the midst", |w, r| deep(jail(w, r), r)),
    ("list: two jails", |w, _| {
        page(EventFilter {
            jails: w.jails[4..6].to_vec(),
            ..EventFilter::default()
        })
    }),
    ("list: country", |w, r| page(country(w, r))),
    ("list: three countries", |w, r| {
        page(EventFilter {
            countries: (0..3).map(|_| w.countries[skewed(r, 200)]).collect(),
            ..EventFilter::default()
        })
    }),
    ("list: network (ASN)", |w, r| page(asn(w, r))),
    ("list: kind", |_, _| {
        page(EventFilter {
            kinds: vec![EventKind::Restored],
            ..EventFilter::default()
        })
    }),
    ("list: origin", |_, _| {
        page(EventFilter {
            origins: vec![Origin::Manual],
            ..EventFilter::default()
        })
    }),
    ("list: jail and country", |w, r| {
        page(EventFilter {
            countries: country(w, r).countries,
            ..jail(w, r)
        })
    }),
    ("list: rarest jail and country", |w, r| {
        page(EventFilter {
            countries: country(w, r).countries,
            jails: w.jails[11..].to_vec(),
            ..EventFilter::default()
        })
    }),
    ("list: jail and kind", |w, r| {
        page(EventFilter {
            kinds: vec![EventKind::Restored],
            ..jail(w, r)
        })
    }),
    ("list: country and kind", |w, r| {
        page(EventFilter {
            kinds: vec![EventKind::Restored],
            ..country(w, r)
        })
    }),
    ("list: country and origin", |w, r| {
        page(EventFilter {
            origins: vec![Origin::Manual],
            ..country(w, r)
        })
    }),
    ("list: jail, country, origin, kind", |w, r| {
        page(EventFilter {
            origins: vec![Origin::Manual],
            kinds: vec![EventKind::Ban],
            countries: country(w, r).countries,
            ..jail(w, r)
        })
    }),
    ("list: network (ASN) and jail", |w, r| {
        page(EventFilter {
            asns: asn(w, r).asns,
            ..jail(w, r)
        })
    }),
    ("list: address", |w, r| page(inside(w, r, 32))),
    ("list: /24", |w, r| page(inside(w, r, 24))),
    ("list: /16", |w, r| page(inside(w, r, 16))),
    ("list: /8", |w, r| page(inside(w, r, 8))),
    ("list: /24 and jail", |w, r| {
        page(EventFilter {
            jails: jail(w, r).jails,
            ..inside(w, r, 24)
        })
    }),
    ("list: /16 and origin", |w, r| {
        page(EventFilter {
            origins: vec![Origin::Manual],
            ..inside(w, r, 16)
        })
    }),
    ("count: all", |_, _| Question::Count(EventFilter::default())),
    ("count: jail", |w, r| Question::Count(jail(w, r))),
    ("count: kind", |_, _| {
        Question::Count(EventFilter {
            kinds: vec![EventKind::Unban],
            ..EventFilter::default()
        })
    }),
    ("count: country", |w, r| Question::Count(country(w, r))),
    ("count: jail and country, bans, 30 days", |w, r| {
        Question::Count(EventFilter {
            countries: country(w, r).countries,
            kinds: vec![EventKind::Ban],
            range: Some(last(30 * DAY, r)),
            ..jail(w, r)
        })
    }),
    ("count: /16", |w, r| Question::Count(inside(w, r, 16))),
    ("series: 24 h by hour", |_, r| {
        series(BanFilter::default(), r, HOUR, 24)
    }),
    ("series: 7 days by hour", |_, r| {
        series(BanFilter::default(), r, HOUR, 168)
    }),
    ("series: 30 days by day", |_, r| {
        series(BanFilter::default(), r, DAY, 30)
    }),
    ("series: 365 days by day", |_, r| {
        series(BanFilter::default(), r, DAY, 365)
    }),
    ("series: 365 days by day, jail", |w, r| {
        series(bans(jail(w, r)), r, DAY, 365)
    }),
    ("series: 365 days by day, country", |w, r| {
        series(bans(country(w, r)), r, DAY, 365)
    }),
    ("series: 365 days by day, network", |w, r| {
        series(bans(asn(w, r)), r, DAY, 365)
    }),
    ("series: 365 days by day, jail and country", |w, r| {
        series(
            BanFilter {
                countries: country(w, r).countries,
                ..bans(jail(w, r))
            },
            r,
            DAY,
            365,
        )
    }),
    ("series: 365 days by day, origin", |_, r| {
        series(
            BanFilter {
                origins: vec![Origin::Manual],
                ..BanFilter::default()
            },
            r,
            DAY,
            365,
        )
    }),
    ("heat map: 30 days", |_, r| {
        series(BanFilter::default(), r, HOUR, 720)
    }),
    ("heat map: 365 days", |_, r| {
        series(BanFilter::default(), r, HOUR, 8_760)
    }),
    ("heat map: 365 days, country", |w, r| {
        series(bans(country(w, r)), r, HOUR, 8_760)
    }),
    ("map: 24 h", |_, r| {
        top(BanFilter::default(), r, DAY, Dimension::Country, MAP)
    }),
    ("map: 30 days", |_, r| {
        top(BanFilter::default(), r, 30 * DAY, Dimension::Country, MAP)
    }),
    ("map: 365 days", |_, r| {
        top(BanFilter::default(), r, 365 * DAY, Dimension::Country, MAP)
    }),
    ("map: 365 days, jail", |w, r| {
        top(bans(jail(w, r)), r, 365 * DAY, Dimension::Country, MAP)
    }),
    ("top jails: 30 days", |_, r| {
        top(BanFilter::default(), r, 30 * DAY, Dimension::Jail, SHOWN)
    }),
    ("top jails: 365 days, country", |w, r| {
        top(bans(country(w, r)), r, 365 * DAY, Dimension::Jail, SHOWN)
    }),
    ("top networks: 24 h", |_, r| {
        top(BanFilter::default(), r, DAY, Dimension::Network, SHOWN)
    }),
    ("top networks: 30 days", |_, r| {
        top(BanFilter::default(), r, 30 * DAY, Dimension::Network, SHOWN)
    }),
    ("top networks: 365 days", |_, r| {
        top(
            BanFilter::default(),
            r,
            365 * DAY,
            Dimension::Network,
            SHOWN,
        )
    }),
    ("top networks: 365 days, jail", |w, r| {
        top(bans(jail(w, r)), r, 365 * DAY, Dimension::Network, SHOWN)
    }),
    ("top networks: 365 days, country", |w, r| {
        top(bans(country(w, r)), r, 365 * DAY, Dimension::Network, SHOWN)
    }),
    ("top origins: 365 days", |_, r| {
        top(BanFilter::default(), r, 365 * DAY, Dimension::Origin, SHOWN)
    }),
    ("top subjects: 24 h", |_, r| {
        top(BanFilter::default(), r, DAY, Dimension::Subject, SHOWN)
    }),
    ("top subjects: 7 days", |_, r| {
        top(BanFilter::default(), r, 7 * DAY, Dimension::Subject, SHOWN)
    }),
    ("top subjects: 30 days", |_, r| {
        top(BanFilter::default(), r, 30 * DAY, Dimension::Subject, SHOWN)
    }),
    ("top subjects: 365 days", |_, r| {
        top(
            BanFilter::default(),
            r,
            365 * DAY,
            Dimension::Subject,
            SHOWN,
        )
    }),
    ("top subjects: 30 days, jail", |w, r| {
        top(bans(jail(w, r)), r, 30 * DAY, Dimension::Subject, SHOWN)
    }),
    ("address: totals", |w, r| {
        Question::Subject(BanSubject::Network(IpNet::from(w.some_address(r))))
    }),
    ("failing: 1 h", |_, _| {
        Question::Failing(Timestamp::from_millis(World::end() - HOUR))
    }),
    ("event with lines", |w, r| Question::Event(some_event(w, r))),
    ("live: events after a key", |w, r| {
        Question::After(some_event(w, r))
    }),
    ("size", |_, _| Question::Size),
];

fn page(filter: EventFilter) -> Question {
    Question::Page(EventQuery {
        filter,
        ..EventQuery::default()
    })
}

fn deep(filter: EventFilter, random: &mut fastrand::Rng) -> Question {
    let at = World::end() - random.i64(0..300 * DAY);
    Question::Page(EventQuery {
        filter,
        after: Some(PageToken(format!("{at}.0"))),
        ..EventQuery::default()
    })
}

/// A range of a length that ends some hours before the end, at no round moment.
fn last(length: i64, random: &mut fastrand::Rng) -> TimeRange {
    let until = World::end() - random.i64(0..6 * HOUR);
    TimeRange {
        from: Timestamp::from_millis(until - length),
        until: Timestamp::from_millis(until),
    }
}

fn series(filter: BanFilter, random: &mut fastrand::Rng, step: i64, count: i64) -> Question {
    // Days of a zone that is half an hour off.
    let end = World::end() - random.i64(0..4) * DAY - 5 * HOUR - HOUR / 2;
    let edges = (0..=count).map(|number| Timestamp::from_millis(end - (count - number) * step));
    Question::Series(filter, edges.collect())
}

fn top(
    filter: BanFilter,
    random: &mut fastrand::Rng,
    length: i64,
    by: Dimension,
    limit: usize,
) -> Question {
    Question::Top(filter, last(length, random), by, limit)
}

fn jail(world: &World, random: &mut fastrand::Rng) -> EventFilter {
    EventFilter {
        jails: vec![world.jails[random.usize(0..world.jails.len())].clone()],
        ..EventFilter::default()
    }
}

fn country(world: &World, random: &mut fastrand::Rng) -> EventFilter {
    EventFilter {
        countries: vec![world.countries[skewed(random, world.countries.len())]],
        ..EventFilter::default()
    }
}

fn asn(world: &World, random: &mut fastrand::Rng) -> EventFilter {
    EventFilter {
        asns: vec![world.networks[skewed(random, world.networks.len())].asn],
        ..EventFilter::default()
    }
}

fn inside(world: &World, random: &mut fastrand::Rng, prefix: u8) -> EventFilter {
    let address = world.some_address(random);
    let prefix = if address.is_ipv6() {
        prefix * 4
    } else {
        prefix
    };
    EventFilter {
        network: IpNet::new(address, prefix)
            .ok()
            .map(|network| network.trunc()),
        ..EventFilter::default()
    }
}

fn bans(filter: EventFilter) -> BanFilter {
    BanFilter {
        jails: filter.jails,
        countries: filter.countries,
        asns: filter.asns,
        ..BanFilter::default()
    }
}

fn some_event(world: &World, random: &mut fastrand::Rng) -> EventId {
    EventId(1 + random.i64(0..i64::try_from(world.events).unwrap_or(i64::MAX)))
}
