//! Questions about what happened, and their answers.
use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::{
    Asn, BanSubject, CountryCode, Event, EventKind, HostId, JailName, Origin, PageSize, PageToken,
    Place, Timestamp,
};

/// From (included) until (excluded).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TimeRange {
    /// The first moment.
    pub from: Timestamp,
    /// The first moment that is not meant any more.
    pub until: Timestamp,
}

/// Which events are meant. Conditions of different kinds are joined by "and", values of one kind by "or"; empty means any.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventFilter {
    /// Only of this host.
    pub host: Option<HostId>,
    /// When; without it, at any time.
    pub range: Option<TimeRange>,
    /// In which jails.
    pub jails: Vec<JailName>,
    /// In this network (an address is one of full length).
    pub network: Option<IpNet>,
    /// Exactly this text that is no address.
    pub other_subject: Option<String>,
    /// Registered in which countries.
    pub countries: Vec<CountryCode>,
    /// In which networks.
    pub asns: Vec<Asn>,
    /// Of which origin.
    pub origins: Vec<Origin>,
    /// Which kinds; empty means any.
    pub kinds: Vec<EventKind>,
}

/// A page of events.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventQuery {
    /// Which.
    pub filter: EventFilter,
    /// Oldest first instead of newest first.
    pub oldest_first: bool,
    /// Where the page begins.
    pub after: Option<PageToken>,
    /// How long it may be.
    pub limit: PageSize,
}

/// A page of events; `total` is asked for apart, because it may cost more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPage {
    /// The events, without their lines.
    pub items: Vec<Event>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<PageToken>,
}

/// A count that stops at a limit, or where looking on would take too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// How many there are, or how many were counted before it stopped.
    pub count: u64,
    /// Whether there may be more.
    pub more: bool,
}

impl Count {
    /// The same where so many have been seen: a count that stopped early must not fall behind that.
    #[must_use]
    pub fn at_least(self, seen: usize) -> Self {
        let seen = u64::try_from(seen).unwrap_or(u64::MAX);
        Self {
            count: if self.more {
                self.count.max(seen)
            } else {
                self.count
            },
            ..self
        }
    }
}

/// What roll-ups can be narrowed to. The same meaning as in [`EventFilter`]; only bans are counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BanFilter {
    /// Only of this host.
    pub host: Option<HostId>,
    /// In which jails.
    pub jails: Vec<JailName>,
    /// Registered in which countries.
    pub countries: Vec<CountryCode>,
    /// In which networks.
    pub asns: Vec<Asn>,
    /// Of which origin.
    pub origins: Vec<Origin>,
}

/// By what bans are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// By jail.
    Jail,
    /// By country; bans without one are counted under `None`.
    Country,
    /// By network; bans without one are counted under `None`.
    Network,
    /// By subject: who was banned most often.
    Subject,
    /// By origin.
    Origin,
}

/// What bans were counted under.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum DimensionValue {
    /// A jail.
    Jail(JailName),
    /// A country, or none known.
    Country(Option<CountryCode>),
    /// A network, or none known.
    Network(Option<Asn>),
    /// Someone, with the place that was stored last.
    Subject(BanSubject, Place),
    /// An origin.
    Origin(Origin),
}

/// One line of a "most bans" list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Of what.
    pub value: DimensionValue,
    /// Bans in the range.
    pub bans: u64,
    /// Bans in the range before, of the same length.
    pub previous: u64,
}

/// Who or what was banned most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Top {
    /// Most bans first.
    pub items: Vec<Counted>,
    /// Bans of all, also of those that are not listed.
    pub total: u64,
    /// Whether it is certain that nobody is missing from the list; only lists of subjects over long ranges may be uncertain.
    pub exact: bool,
}

/// Who is failing and not banned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failing {
    /// The host.
    pub host: HostId,
    /// In which jail.
    pub jail: JailName,
    /// Who.
    pub subject: BanSubject,
    /// Failures since the moment asked for.
    pub failures: u64,
    /// The last one.
    pub last_at: Timestamp,
    /// The place.
    pub place: Place,
}

/// What is known of one subject in one jail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectInJail {
    /// The host.
    pub host: HostId,
    /// The jail.
    pub jail: JailName,
    /// Bans.
    pub bans: u64,
    /// Unbans.
    pub unbans: u64,
    /// Failures that were counted.
    pub failures: u64,
    /// The first event.
    pub first_at: Option<Timestamp>,
    /// The last event or failure.
    pub last_at: Option<Timestamp>,
}

/// How much is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistorySize {
    /// Events.
    pub events: u64,
    /// The oldest one.
    pub oldest: Option<Timestamp>,
    /// Bytes of the whole database with its log.
    pub bytes: u64,
}

/// The address of a subject, for looking up its place: a network's first address.
#[must_use]
pub fn address_of(subject: &BanSubject) -> Option<IpAddr> {
    match subject {
        BanSubject::Network(network) => Some(network.addr()),
        BanSubject::Other(_) => None,
    }
}
