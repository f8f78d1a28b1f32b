//! What is asked of a table.
use std::net::IpAddr;

use super::{
    element::{Element, Key},
    kernel::Kernel,
    layout::{BLOCKED, BLOCKED_OUT},
    set::SetId,
    single,
    view::View,
};
use crate::table::{
    AddressHits, Ban, Counts, Hits, State, TableError, Where,
    kind::{Direction, Family, Single, Width},
};

/// What is in force, if anything.
pub(super) fn state(kernel: &mut Kernel) -> Result<Option<State>, TableError> {
    let view = View::read(kernel)?;
    let Some(mark) = view.mark().filter(|_| !view.sleeps) else {
        return Ok(None);
    };
    let of_load = view
        .sets
        .values()
        .filter(|held| held.set.id.generation() == Some(mark.generation));
    let (mut blocked, mut blocked_out) = (Counts::default(), Counts::default());
    for held in of_load {
        let SetId::Load {
            direction, family, ..
        } = held.set.id
        else {
            continue;
        };
        let counts = match direction {
            Direction::In => &mut blocked,
            Direction::Out => &mut blocked_out,
        };
        let made = held.set.made.unwrap_or_default();
        *counts.of(family, Width::Addresses) += made.addresses;
        *counts.of(family, Width::Networks) += made.networks;
    }
    Ok(Some(State {
        hash: mark.hash,
        generation: mark.generation,
        blocked,
        blocked_out,
        allowed: single::held(kernel, &view, Single::Allowed)?.len(),
        bans: single::held(kernel, &view, Single::Banned)?.len(),
    }))
}

pub(super) fn bans(kernel: &mut Kernel) -> Result<Vec<Ban>, TableError> {
    let view = View::read(kernel)?;
    if view.mark().is_none() {
        return Err(TableError::Absent);
    }
    single::held(kernel, &view, Single::Banned)
}

pub(super) fn hits(kernel: &mut Kernel) -> Result<Hits, TableError> {
    let view = View::read(kernel)?;
    if view.mark().is_none() {
        return Err(TableError::Absent);
    }
    let mut by_address = std::collections::BTreeMap::new();
    for family in Family::BOTH {
        if view.sets.contains_key(&SetId::Hits(family)) {
            // Told twice where others change the ruleset meanwhile, the last counts.
            kernel.elements_of(SetId::Hits(family), |element| {
                by_address.insert(element.key, element.counter.unwrap_or_default());
            })?;
        }
    }
    let hits = |(key, dropped): (Key, _)| AddressHits {
        address: key.address(),
        dropped,
    };
    Ok(Hits {
        incoming: view.counted(BLOCKED),
        outgoing: view.counted(BLOCKED_OUT),
        by_address: by_address.into_iter().map(hits).collect(),
    })
}

/// Where an address is held, as the kernel itself finds it.
pub(super) fn holds(kernel: &mut Kernel, address: IpAddr) -> Result<Vec<Where>, TableError> {
    let view = View::read(kernel)?;
    let Some(mark) = view.mark() else {
        return Err(TableError::Absent);
    };
    let key = Key::of(address);
    let mut places = Vec::new();
    for set in view.sets.keys().filter(|set| set.family() == key.family) {
        let Some(network) = set.length().and_then(|length| key.network(length)) else {
            continue;
        };
        if set.generation().is_some_and(|of| of != mark.generation) {
            continue;
        }
        let found = kernel.find(*set, &[Element::first(&network)])?;
        places.extend(found.first().and_then(|held| match *set {
            SetId::Single { list, .. } => Some(match list {
                Single::Allowed => Where::Allowed { network },
                Single::Banned => Where::Banned(Ban {
                    network,
                    remaining: held.remaining,
                }),
            }),
            SetId::Load { direction, .. } => Some(match direction {
                Direction::In => Where::Blocked,
                Direction::Out => Where::BlockedOut,
            }),
            SetId::Hits(_) => None,
        }));
    }
    Ok(places)
}
