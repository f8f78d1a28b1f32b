//! Sets of ipset: their names, and what its program prints of them.
use std::{fmt, net::IpAddr, time::Duration};

use ipnet::IpNet;

use crate::table::{
    Ban, Counter,
    kind::{Direction, Family, Part, Single, Width},
};

/// How many addresses hits are counted for, in each family.
const HITS_SIZE: usize = 65_536;
/// How long an address's hits are kept after its first.
const HITS_KEPT: Duration = Duration::from_hours(24);
/// The longest time that an element can have.
const MAX_TIME: u64 = 2_147_483;
/// How many networks may be banned or allowed one by one.
const SINGLES_SIZE: usize = 1 << 20;

/// A set by what it is for. Unlike an interval set of nftables, a `hash:net` takes networks that overlap, each with its own end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum SetId {
    /// Counts what was dropped, by sender.
    Hits(Family),
    /// Networks that come and go one by one.
    Single { list: Single, family: Family },
    /// A part of one load.
    Load { part: Part, generation: u64 },
}

impl SetId {
    /// All but those of a load.
    pub(super) fn lasting() -> impl Iterator<Item = Self> {
        Family::BOTH.into_iter().flat_map(|family| {
            let single = |list| Self::Single { list, family };
            [
                Self::Hits(family),
                single(Single::Allowed),
                single(Single::Banned),
            ]
        })
    }

    pub(super) const fn family(self) -> Family {
        match self {
            Self::Hits(family) | Self::Single { family, .. } => family,
            Self::Load { part, .. } => part.family,
        }
    }

    pub(super) const fn generation(self) -> Option<u64> {
        match self {
            Self::Load { generation, .. } => Some(generation),
            Self::Hits(_) | Self::Single { .. } => None,
        }
    }

    /// The set in a table.
    pub(super) fn name(self, table: &str) -> String {
        format!("{table}_{self}")
    }

    pub(super) fn of(name: &str, table: &str) -> Option<Self> {
        let kind = name.strip_prefix(table)?.strip_prefix('_')?;
        if let Some(lasting) = Self::lasting().find(|id| id.to_string() == kind) {
            return Some(lasting);
        }
        let (_, generation) = kind.rsplit_once('_')?;
        let generation = generation.parse().ok()?;
        [Direction::In, Direction::Out]
            .into_iter()
            .flat_map(Part::all)
            .map(|part| Self::Load { part, generation })
            .find(|id| id.to_string() == kind)
    }

    /// What its program is told to make it, for so many networks.
    pub(super) fn create(self, table: &str, networks: usize) -> String {
        let kind = match self {
            Self::Hits(_) => "hash:ip",
            Self::Load { part, .. } if part.width == Width::Addresses => "hash:ip",
            Self::Single { .. } | Self::Load { .. } => "hash:net",
        };
        let family = match self.family() {
            Family::V4 => "inet",
            Family::V6 => "inet6",
        };
        let (size, more) = match self {
            Self::Hits(_) => (
                HITS_SIZE,
                format!(" timeout {} counters", HITS_KEPT.as_secs()),
            ),
            // 0 is for ever, and that there may be others.
            Self::Single {
                list: Single::Banned,
                ..
            } => (SINGLES_SIZE, " timeout 0".to_owned()),
            Self::Single { .. } => (SINGLES_SIZE, String::new()),
            // One that need not grow is filled faster.
            Self::Load { .. } => {
                let buckets = (networks / 4).next_power_of_two().max(64);
                (networks.max(1), format!(" hashsize {buckets}"))
            }
        };
        let name = self.name(table);
        format!("create {name} {kind} family {family} maxelem {size}{more}\n")
    }

    /// Whether a set is as it was told to be made. Its program tells more of it, and in another order.
    pub(super) fn fits(self, table: &str, header: &Header) -> bool {
        let told = self.create(table, 1);
        let mut words = told.split_whitespace().skip(2);
        let kind = words.next() == Some(header.kind.as_str());
        let timed = told.contains(" timeout ") == header.has("timeout");
        // The size of one of a load is that of the networks that it was made for.
        let checked = if self.generation().is_some() {
            2
        } else {
            usize::MAX
        };
        kind && timed && words.take(checked).all(|word| header.has(word))
    }
}

impl fmt::Display for SetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digit = self.family().digit();
        match self {
            Self::Hits(_) => write!(f, "hits{digit}"),
            Self::Single { list, .. } => write!(f, "{}{digit}", list.name()),
            Self::Load { part, generation } => {
                let out = match part.direction {
                    Direction::In => "",
                    Direction::Out => "out",
                };
                let width = match part.width {
                    Width::Addresses => "ips",
                    Width::Networks => "nets",
                };
                write!(f, "{out}{width}{digit}_{generation}")
            }
        }
    }
}

/// What `ipset list -terse` says of a set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Header {
    pub(super) kind: String,
    words: Vec<String>,
    /// How many rules ask it.
    pub(super) references: usize,
    pub(super) entries: usize,
}

impl Header {
    /// All sets with their names.
    pub(super) fn read_all(text: &str) -> Vec<(String, Self)> {
        let mut sets: Vec<(String, Self)> = Vec::new();
        for line in text.lines() {
            let Some((key, value)) = line.split_once(": ") else {
                continue;
            };
            if key == "Name" {
                sets.push((value.to_owned(), Self::default()));
            }
            let Some((_, set)) = sets.last_mut() else {
                continue;
            };
            match key {
                "Type" => value.clone_into(&mut set.kind),
                "Header" => set.words = value.split_whitespace().map(str::to_owned).collect(),
                "References" => set.references = value.parse().unwrap_or(0),
                "Number of entries" => set.entries = value.parse().unwrap_or(0),
                _ => {}
            }
        }
        sets
    }

    fn has(&self, word: &str) -> bool {
        self.words.iter().any(|has| has == word)
    }
}

/// An element as `ipset save` prints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) ban: Ban,
    pub(super) counter: Counter,
}

impl Entry {
    /// From a line such as `add bangui_hits4 192.0.2.1 timeout 86390 packets 2 bytes 120`; `None` for one that adds nothing.
    pub(super) fn read(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        if words.next()? != "add" {
            return None;
        }
        let network = words.nth(1)?;
        let network = match network.parse::<IpAddr>() {
            Ok(address) => IpNet::from(address),
            Err(_) => network.parse().ok()?,
        };
        let (mut remaining, mut counter) = (None, Counter::default());
        while let (Some(key), Some(value)) = (words.next(), words.next()) {
            let value: u64 = value.parse().ok()?;
            match key {
                "timeout" => remaining = (value > 0).then(|| Duration::from_secs(value)),
                "packets" => counter.packets = value,
                "bytes" => counter.bytes = value,
                _ => return None,
            }
        }
        let ban = Ban { network, remaining };
        Some(Self { ban, counter })
    }
}

/// The time of an element as its program takes it: whole seconds, never 0, and not beyond the longest, after which a load puts in what is left.
pub(super) fn seconds(remaining: Duration) -> u64 {
    let rounded_up = remaining.as_secs() + u64::from(remaining.subsec_nanos() > 0);
    rounded_up.clamp(1, MAX_TIME)
}

/// The networks as ipset can hold them: it has none of length 0, and two of length 1 are the same.
pub(super) fn halves(network: IpNet) -> impl Iterator<Item = IpNet> {
    let all = network.prefix_len() == 0;
    let halves = network.subnets(1).ok().filter(|_| all);
    let whole = (!all).then_some(network);
    halves.into_iter().flatten().chain(whole)
}
