//! Networks that come and go one by one: those that are allowed, and those that are banned by hand.
use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use ipnet::IpNet;

use super::{
    chain::Chain,
    element::Element,
    kernel::Kernel,
    layout::{self, Lengths},
    load::{ATTEMPTS, changing},
    number::{flag, message},
    plan::Plan,
    set::{Set, SetId},
    view::View,
};
use crate::{
    netlink::{Batch, errno},
    table::{
        Ban, Content, TableError,
        compare::{Differences, for_ever, wanted},
        kind::{Family, Single},
    },
};

/// How many networks one batch brings or takes.
const AT_ONCE: usize = 500;

impl Single {
    fn set_of(self, network: &IpNet) -> SetId {
        SetId::Single {
            list: self,
            family: Family::of(network),
            length: network.prefix_len(),
        }
    }

    fn chains(self, lengths: &Lengths) -> Vec<Chain> {
        match self {
            Self::Allowed => vec![layout::allowed(lengths), layout::allowed_out(lengths)],
            Self::Banned => vec![layout::banned(lengths)],
        }
    }
}

/// Networks by the set that they belong in, without host bits, the last of those that are the same.
type BySet = BTreeMap<SetId, BTreeMap<IpNet, Option<Duration>>>;

fn by_set(list: Single, networks: &[Ban]) -> BySet {
    let mut sets = BySet::new();
    for ban in networks {
        let network = ban.network.trunc();
        let set = sets.entry(list.set_of(&network)).or_default();
        set.insert(network, ban.remaining);
    }
    sets
}

/// Brings networks into a list, with their ends; those that were in it get new ends.
pub(super) fn put(kernel: &mut Kernel, list: Single, bans: &[Ban]) -> Result<(), TableError> {
    let over = |ban: &&Ban| ban.remaining != Some(Duration::ZERO);
    let bans: Vec<Ban> = bans.iter().filter(over).copied().collect();
    for some in bans.chunks(AT_ONCE) {
        let sets = by_set(list, some);
        make_sets(kernel, list, &sets.keys().copied().collect())?;
        put_some(kernel, &sets)?;
        for (set, networks) in &sets {
            let elements: Vec<Element> = networks.keys().map(Element::first).collect();
            if kernel.find(*set, &elements)?.len() != elements.len() {
                return Err(TableError::NotHeld {
                    what: format!("all networks of the set {set}"),
                });
            }
        }
    }
    Ok(())
}

fn put_some(kernel: &mut Kernel, sets: &BySet) -> Result<(), TableError> {
    trying(|| {
        let mut batch = Batch::new(None);
        for (set, networks) in sets {
            let plain: Vec<Element> = networks.keys().map(Element::first).collect();
            let timed: Vec<Element> = networks
                .iter()
                .map(|(network, timeout)| Element {
                    timeout: *timeout,
                    ..Element::first(network)
                })
                .collect();
            // Most kernels keep the end of an element that is there. So it is removed, and before that added so that there is something to remove.
            let add = (message::NEW_ELEMENTS, flag::CREATE);
            kernel.add_elements(&mut batch, add, *set, &plain);
            kernel.add_elements(&mut batch, (message::DELETE_ELEMENTS, 0), *set, &plain);
            kernel.add_elements(&mut batch, add, *set, &timed);
        }
        kernel.change(batch, "add networks")
    })
}

/// Takes networks out of a list; those that are not in it are no error.
pub(super) fn take(
    kernel: &mut Kernel,
    list: Single,
    networks: &[IpNet],
) -> Result<(), TableError> {
    let view = View::read(kernel)?;
    if view.mark().is_none() {
        return Err(TableError::Absent);
    }
    for some in networks.chunks(AT_ONCE) {
        let of_nothing: Vec<Ban> = some.iter().copied().map(for_ever).collect();
        let mut sets = by_set(list, &of_nothing);
        sets.retain(|set, _| view.sets.contains_key(set));
        take_some(kernel, &sets)?;
        for (set, networks) in &sets {
            for network in networks.keys() {
                if !kernel.find(*set, &[Element::first(network)])?.is_empty() {
                    return Err(TableError::NotHeld {
                        what: format!("{network} being out of the set {set}"),
                    });
                }
            }
        }
    }
    Ok(())
}

fn take_some(kernel: &mut Kernel, sets: &BySet) -> Result<(), TableError> {
    trying(|| {
        let mut batch = Batch::new(None);
        for (set, networks) in sets {
            let plain: Vec<Element> = networks.keys().map(Element::first).collect();
            let add = (message::NEW_ELEMENTS, flag::CREATE);
            kernel.add_elements(&mut batch, add, *set, &plain);
            kernel.add_elements(&mut batch, (message::DELETE_ELEMENTS, 0), *set, &plain);
        }
        kernel.change(batch, "remove networks")
    })
}

/// Again where an element's time ended in the middle of it.
fn trying(mut change: impl FnMut() -> Result<(), TableError>) -> Result<(), TableError> {
    for _ in 0..ATTEMPTS {
        match change() {
            Err(TableError::Refused { source, .. })
                if source.raw_os_error() == Some(errno::ABSENT) => {}
            done => return done,
        }
    }
    change()
}

/// Makes the sets that are missing, and the rules that ask them.
fn make_sets(
    kernel: &mut Kernel,
    list: Single,
    wanted: &BTreeSet<SetId>,
) -> Result<(), TableError> {
    let table = kernel.table().to_owned();
    let exists = changing(kernel, "make sets", |view| {
        let mut plan = Plan::new(&table, Some(view.ruleset));
        let missing = wanted.iter().filter(|set| !view.sets.contains_key(set));
        let missing: Vec<SetId> = missing.copied().collect();
        if view.mark().is_none() || missing.is_empty() {
            return (plan, view.mark().is_some());
        }
        for set in &missing {
            plan.make_set(&Set::lasting(*set));
        }
        let mut lengths = view.lengths(list);
        lengths.extend(missing.iter().filter_map(|set| match *set {
            SetId::Single { family, length, .. } => Some((family, length)),
            _ => None,
        }));
        for chain in list.chains(&lengths) {
            plan.flush(chain.name);
            plan.add_rules(&chain);
        }
        (plan, true)
    })?;
    if exists {
        Ok(())
    } else {
        Err(TableError::Absent)
    }
}

/// All networks of a list, with the time that is left to them.
pub(super) fn held(
    kernel: &mut Kernel,
    view: &View,
    wanted: Single,
) -> Result<Vec<Ban>, TableError> {
    let mut held = Vec::new();
    for set in view.sets.keys() {
        let SetId::Single { list, length, .. } = *set else {
            continue;
        };
        if list == wanted {
            held.extend(held_in(kernel, *set, length)?);
        }
    }
    Ok(held)
}

fn held_in(kernel: &mut Kernel, set: SetId, length: u8) -> Result<Vec<Ban>, TableError> {
    for _ in 0..ATTEMPTS {
        let mut held = BTreeMap::new();
        let disturbed = kernel.elements_of(set, |element| {
            if let Some(network) = element.key.network(length) {
                held.insert(network, element.remaining);
            }
        })?;
        if !disturbed {
            let ban = |(network, remaining)| Ban { network, remaining };
            return Ok(held.into_iter().map(ban).collect());
        }
    }
    Err(TableError::Contended { attempts: ATTEMPTS })
}

/// Brings both lists to what a content wants of them. Answers whether there was anything to do.
pub(super) fn reconcile(
    kernel: &mut Kernel,
    content: &Content,
    started: Instant,
) -> Result<bool, TableError> {
    let mut changed = false;
    let view = View::read(kernel)?;
    // First what is allowed: it must be in force before anything else can drop it.
    for list in [Single::Allowed, Single::Banned] {
        let held = held(kernel, &view, list)?;
        let differences = Differences::between(&held, &wanted(content, list), started.elapsed());
        if !differences.missing.is_empty() {
            put(kernel, list, &differences.missing)?;
            changed = true;
        }
        if !differences.excess.is_empty() {
            take(kernel, list, &differences.excess)?;
            changed = true;
        }
    }
    Ok(changed)
}
