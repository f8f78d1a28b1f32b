//! What differs between what should be held and what is.
use std::{collections::BTreeMap, time::Duration};

use ipnet::IpNet;

use super::{
    Ban, Content, Counts, Drift, List,
    kind::{Family, Single, Width},
};

/// How far the end of a ban may be from where it should be: clocks differ, and a machine's sleep is not counted by the kernel.
const TOLERANCE: Duration = Duration::from_secs(10);
/// How many networks of a difference are named.
const EXAMPLES: usize = 20;

/// What a list should have and has not, and what it has and should not.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Differences {
    pub(super) missing: Vec<Ban>,
    pub(super) excess: Vec<IpNet>,
}

impl Differences {
    /// A ban whose end is elsewhere is missing, but not in excess. What is wanted was so some time ago.
    pub(super) fn between(held: &[Ban], wanted: &[Ban], since: Duration) -> Self {
        let held: BTreeMap<IpNet, Option<Duration>> = held
            .iter()
            .map(|ban| (ban.network, ban.remaining))
            .collect();
        let mut expected = BTreeMap::new();
        for ban in wanted {
            let remaining = ban.remaining.map(|left| left.saturating_sub(since));
            expected.insert(ban.network.trunc(), remaining);
        }
        let agree = |held: Option<Duration>, wanted: Option<Duration>| match (held, wanted) {
            (Some(held), Some(wanted)) => held.abs_diff(wanted) <= TOLERANCE,
            (held, wanted) => held == wanted,
        };
        let missing = expected
            .iter()
            .filter(|(network, wanted)| {
                !held.get(network).is_some_and(|held| agree(*held, **wanted))
            })
            .filter(|(_, wanted)| **wanted != Some(Duration::ZERO))
            .map(|(network, remaining)| Ban {
                network: *network,
                remaining: *remaining,
            })
            .collect();
        let excess = held
            .keys()
            .filter(|network| !expected.contains_key(network));
        Self {
            missing,
            excess: excess.copied().collect(),
        }
    }

    /// What is about to end, or has just ended, is no drift.
    pub(super) fn drifts(&self, list: List) -> impl Iterator<Item = Drift> + use<> {
        let lasting = |ban: &&Ban| ban.remaining.is_none_or(|left| left > TOLERANCE);
        let missing = self.missing.iter().filter(lasting).map(|ban| ban.network);
        drifts(list, &missing.collect::<Vec<IpNet>>(), &self.excess)
    }
}

/// The drifts of one list.
pub(super) fn drifts(
    list: List,
    missing: &[IpNet],
    excess: &[IpNet],
) -> impl Iterator<Item = Drift> + use<> {
    let examples = |networks: &[IpNet]| networks.iter().take(EXAMPLES).copied().collect();
    let missing = (!missing.is_empty()).then(|| Drift::Missing {
        list,
        examples: examples(missing),
        count: missing.len(),
    });
    let excess = (!excess.is_empty()).then(|| Drift::Excess {
        list,
        examples: examples(excess),
        count: excess.len(),
    });
    missing.into_iter().chain(excess)
}

/// A network for ever.
pub(super) const fn for_ever(network: IpNet) -> Ban {
    Ban {
        network,
        remaining: None,
    }
}

/// What a list is to hold.
pub(super) fn wanted(content: &Content, list: Single) -> Vec<Ban> {
    match list {
        Single::Banned => content.bans.clone(),
        Single::Allowed => content.allowed.iter().copied().map(for_ever).collect(),
    }
}

impl Counts {
    /// The count of a kind of networks.
    pub(super) const fn of(&mut self, family: Family, width: Width) -> &mut usize {
        match (width, family) {
            (Width::Addresses, Family::V4) => &mut self.addresses_v4,
            (Width::Addresses, Family::V6) => &mut self.addresses_v6,
            (Width::Networks, Family::V4) => &mut self.networks_v4,
            (Width::Networks, Family::V6) => &mut self.networks_v6,
        }
    }
}
