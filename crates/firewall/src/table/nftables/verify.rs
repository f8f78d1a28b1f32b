//! What differs between what a table should hold and what it holds.
use std::{cmp::Ordering, time::Instant};

use ipnet::IpNet;

use super::{
    element::{Element, Held, Key},
    kernel::Kernel,
    layout::Layout,
    load::{Wanted, is_full},
    range,
    set::SetId,
    single,
    view::{HeldSet, View},
};
use crate::table::{
    Content, Drift, List, TableError,
    compare::{self, Differences},
    kind::{Direction, Single},
};

/// Sets of more networks are not read whole. Tests need not make so many.
const READ_WHOLE: usize = if cfg!(test) { 1_000 } else { 100_000 };
/// How many elements are looked for at once.
const ASKED_AT_ONCE: usize = 1_000;

pub(super) fn verify(kernel: &mut Kernel, content: &Content) -> Result<Vec<Drift>, TableError> {
    let started = Instant::now();
    let wanted = Wanted::new(content)?;
    let view = View::read(kernel)?;
    if !view.exists {
        return Ok(vec![Drift::NoTable]);
    }
    let mut drifts: Vec<Drift> = view.sleeps.then_some(Drift::Asleep).into_iter().collect();
    // Without a mark the rules differ anyway; the newest sets are then the ones that were meant.
    let newest = || view.sets.keys().filter_map(|id| id.generation()).max();
    let mark = view
        .mark()
        .unwrap_or_else(|| wanted.mark(newest().unwrap_or(0)));
    let layout = wanted.layout_now(&view, mark);
    drifts.extend(chains(&view, &layout));
    let expected = wanted.sets(&layout);
    drifts.extend(
        expected
            .iter()
            .filter(|set| !view.has_set(set))
            .map(|set| set.id.to_string())
            .chain(view.foreign_sets.iter().cloned())
            .map(|name| Drift::Set { name }),
    );
    for (direction, list) in [
        (Direction::In, List::Blocked),
        (Direction::Out, List::BlockedOut),
    ] {
        let (missing, excess) = blocked(kernel, &view, &wanted, &layout, direction)?;
        drifts.extend(compare::drifts(list, &missing, &excess));
    }
    for (single, list) in [
        (Single::Allowed, List::Allowed),
        (Single::Banned, List::Bans),
    ] {
        let held = single::held(kernel, &view, single)?;
        let wanted = compare::wanted(content, single);
        let differences = Differences::between(&held, &wanted, started.elapsed());
        drifts.extend(differences.drifts(list));
    }
    Ok(drifts)
}

fn chains(view: &View, layout: &Layout) -> Vec<Drift> {
    let chains = layout.chains();
    let mut drifts = Vec::new();
    for chain in &chains {
        let name = chain.name.to_owned();
        if view.chains.get(chain.name) != Some(&chain.base) {
            drifts.push(Drift::Chain { name });
        } else if !view.has_rules(chain.name, &chain.rules) {
            drifts.push(Drift::Rules { chain: name });
        }
    }
    let foreign = view
        .chains
        .keys()
        .filter(|name| !chains.iter().any(|chain| chain.name == **name));
    drifts.extend(foreign.map(|name| Drift::Chain { name: name.clone() }));
    drifts
}

/// What is missing in a direction, and what is in excess: the fewest networks of each.
fn blocked(
    kernel: &mut Kernel,
    view: &View,
    wanted: &Wanted<'_>,
    layout: &Layout,
    direction: Direction,
) -> Result<(Vec<IpNet>, Vec<IpNet>), TableError> {
    let (mut missing, mut excess) = (Vec::new(), Vec::new());
    let in_force = view.sets.keys().filter(|id| {
        let of = matches!(id, SetId::Load { direction: of, .. } if *of == direction);
        of && id.generation() == Some(layout.mark.generation)
    });
    let ids: std::collections::BTreeSet<SetId> =
        layout.loads(direction).chain(in_force.copied()).collect();
    for id in ids {
        let length = id.length().unwrap_or(0);
        let network = |key: &Key| key.network(length);
        let held = match view.sets.get(&id) {
            Some(held) if is_large_and_whole(kernel, held, wanted)? => continue,
            Some(_) => keys(kernel, id)?,
            None => Vec::new(),
        };
        let expected: Vec<Key> = wanted.keys(id).collect();
        missing.extend(without(&expected, &held).iter().filter_map(network));
        excess.extend(without(&held, &expected).iter().filter_map(network));
    }
    // What is only cut otherwise is no difference.
    Ok((
        range::without(&missing, &excess),
        range::without(&excess, &missing),
    ))
}

/// Whether a set is too large to be read whole, and yet is found to be what it should be.
///
/// The kernel looks for each part that it tells from the begin: a million elements take 8 s, but only 2 s where each is asked for. If all are there, and as many as
/// there should be, there are no others.
fn is_large_and_whole(
    kernel: &mut Kernel,
    held: &HeldSet,
    wanted: &Wanted<'_>,
) -> Result<bool, TableError> {
    let large = held.set.made.is_some_and(|made| made.elements > READ_WHOLE);
    if !large || !is_full(kernel, held)? {
        return Ok(false);
    }
    let mut keys = wanted.keys(held.set.id);
    let mut count = 0;
    loop {
        let some: Vec<Element> = keys
            .by_ref()
            .take(ASKED_AT_ONCE)
            .map(Element::plain)
            .collect();
        if some.is_empty() {
            return Ok(held.set.made.is_some_and(|made| made.elements == count));
        }
        let found = kernel.find(held.set.id, &some)?;
        let agree = |(held, wanted): (&Held, &Element)| held.key == wanted.key;
        if found.len() != some.len() || !found.iter().zip(&some).all(agree) {
            return Ok(false);
        }
        count += some.len();
    }
}

/// What a set of a load holds, in order. Others who change the ruleset meanwhile cannot change it: the kernel takes no change of a set in force.
fn keys(kernel: &mut Kernel, id: SetId) -> Result<Vec<Key>, TableError> {
    let mut keys = Vec::new();
    kernel.elements_of(id, |element| keys.push(element.key))?;
    keys.sort_unstable();
    keys.dedup();
    Ok(keys)
}

/// Those of sorted keys that are not among others.
fn without(keys: &[Key], others: &[Key]) -> Vec<Key> {
    let mut others = others.iter().peekable();
    let mut left = Vec::new();
    for key in keys {
        while others.next_if(|other| *other < key).is_some() {}
        if others.peek().map(|other| (*other).cmp(key)) != Some(Ordering::Equal) {
            left.push(*key);
        }
    }
    left
}
