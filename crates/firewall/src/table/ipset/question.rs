//! What is asked of a table, and what differs between what it should hold and what it holds.
use std::{collections::BTreeSet, net::IpAddr, time::Instant};

use ipnet::IpNet;

use super::{
    load::{layout, sets},
    program::{Programs, View},
    rules::{Amiss, Chain},
    set::{SetId, halves},
    single,
};
use crate::table::{
    AddressHits, Ban, Content, Counter, Counts, Drift, Hits, List, State, TableError, Where,
    compare::{self, Differences},
    kind::{Direction, Family, Part, Single},
};

/// What is in force, if anything.
pub(super) async fn state(programs: Programs<'_>) -> Result<Option<State>, TableError> {
    let view = programs.view().await?;
    let Some((generation, hash)) = view.mark() else {
        return Ok(None);
    };
    let (mut blocked, mut blocked_out) = (Counts::default(), Counts::default());
    for (set, header) in &view.sets {
        if let SetId::Load {
            part,
            generation: of,
        } = set
            && *of == generation
        {
            let counts = match part.direction {
                Direction::In => &mut blocked,
                Direction::Out => &mut blocked_out,
            };
            *counts.of(part.family, part.width) = header.entries;
        }
    }
    let singles = |list| {
        let of = move |family| SetId::Single { list, family };
        let headers = Family::BOTH.map(of).map(|set| view.sets.get(&set));
        headers
            .into_iter()
            .flatten()
            .map(|header| header.entries)
            .sum()
    };
    Ok(Some(State {
        hash,
        generation,
        blocked,
        blocked_out,
        allowed: singles(Single::Allowed),
        bans: single::held(programs, Single::Banned).await?.len(),
    }))
}

async fn loaded(programs: Programs<'_>) -> Result<(View, u64), TableError> {
    let view = programs.view().await?;
    let (generation, _) = view.mark().ok_or(TableError::Absent)?;
    Ok((view, generation))
}

pub(super) async fn bans(programs: Programs<'_>) -> Result<Vec<Ban>, TableError> {
    loaded(programs).await?;
    single::held(programs, Single::Banned).await
}

pub(super) async fn hits(programs: Programs<'_>) -> Result<Hits, TableError> {
    let (view, _) = loaded(programs).await?;
    let dropped = |chain| {
        let counters = view.chains.values().map(|held| held.dropped(chain));
        counters.fold(Counter::default(), |sum, counter| Counter {
            packets: sum.packets + counter.packets,
            bytes: sum.bytes + counter.bytes,
        })
    };
    let mut hits = Hits {
        incoming: dropped(Chain::InDrop),
        outgoing: dropped(Chain::OutDrop),
        by_address: Vec::new(),
    };
    for family in Family::BOTH {
        let entries = programs.entries(SetId::Hits(family)).await?;
        hits.by_address
            .extend(entries.iter().map(|entry| AddressHits {
                address: entry.ban.network.addr(),
                dropped: entry.counter,
            }));
    }
    Ok(hits)
}

/// Where an address is held. Of what is blocked the kernel itself says it; which networks of the others have it, it would not say.
pub(super) async fn holds(
    programs: Programs<'_>,
    address: IpAddr,
) -> Result<Vec<Where>, TableError> {
    let (view, generation) = loaded(programs).await?;
    let mut places = Vec::new();
    for list in [Single::Allowed, Single::Banned] {
        let held = single::held(programs, list).await?;
        let holding = held
            .into_iter()
            .filter(|ban| ban.network.contains(&address));
        places.extend(holding.map(|ban| match list {
            Single::Allowed => Where::Allowed {
                network: ban.network,
            },
            Single::Banned => Where::Banned(ban),
        }));
    }
    let family = Family::of(&IpNet::from(address));
    for (set, header) in &view.sets {
        let SetId::Load {
            part,
            generation: of,
        } = *set
        else {
            continue;
        };
        let asked = of == generation && part.family == family && header.entries > 0;
        if asked && programs.holds(*set, address).await? {
            places.push(match part.direction {
                Direction::In => Where::Blocked,
                Direction::Out => Where::BlockedOut,
            });
        }
    }
    Ok(places)
}

pub(super) async fn verify(
    programs: Programs<'_>,
    content: &Content,
) -> Result<Vec<Drift>, TableError> {
    let started = Instant::now();
    content.check()?;
    let view = programs.view().await?;
    if !view.exists() {
        return Ok(vec![Drift::NoTable]);
    }
    // Without a mark the rules differ anyway; the newest sets are then the ones that were meant.
    let newest = || view.sets.keys().filter_map(|set| set.generation()).max();
    let generation = view
        .mark()
        .map(|(generation, _)| generation)
        .or_else(newest)
        .unwrap_or(0);
    let mut drifts = rules(programs.table, &view, content, generation);
    let ids = sets(content, generation).into_iter().map(|(set, _, _)| set);
    for set in SetId::lasting().chain(ids) {
        let name = set.name(programs.table);
        let held = view.sets.get(&set);
        if !held.is_some_and(|header| set.fits(programs.table, header)) {
            drifts.push(Drift::Set { name });
        }
    }
    for (direction, list) in [
        (Direction::In, List::Blocked),
        (Direction::Out, List::BlockedOut),
    ] {
        let (mut missing, mut excess) = (Vec::new(), Vec::new());
        for part in Part::all(direction) {
            let set = SetId::Load { part, generation };
            let held = match view.sets.get(&set) {
                Some(_) => programs.entries(set).await?,
                None => Vec::new(),
            };
            let held: BTreeSet<IpNet> = held.iter().map(|entry| entry.ban.network).collect();
            let wanted: BTreeSet<IpNet> = content.part(part).copied().flat_map(halves).collect();
            missing.extend(wanted.difference(&held));
            excess.extend(held.difference(&wanted));
        }
        drifts.extend(compare::drifts(list, &missing, &excess));
    }
    for (list, name) in [
        (Single::Allowed, List::Allowed),
        (Single::Banned, List::Bans),
    ] {
        let is_there = |family| view.sets.contains_key(&SetId::Single { list, family });
        if Family::BOTH.into_iter().all(is_there) {
            let held = single::held(programs, list).await?;
            let wanted = single::longest(single::split(&compare::wanted(content, list)));
            let differences = Differences::between(&held, &wanted, started.elapsed());
            drifts.extend(differences.drifts(name));
        }
    }
    Ok(drifts)
}

fn rules(table: &str, view: &View, content: &Content, generation: u64) -> Vec<Drift> {
    let hash = view.mark().map_or_else(|| content.hash(), |(_, hash)| hash);
    let layout = super::rules::Layout {
        hash,
        ..layout(content, generation)
    };
    let amiss = view
        .chains
        .iter()
        .flat_map(|(family, held)| layout.differences(table, *family, held));
    let drift = |(chain, amiss): (Chain, Amiss)| match amiss {
        Amiss::Chain => Drift::Chain {
            name: chain.name(table),
        },
        Amiss::Rules => Drift::Rules {
            chain: chain.name(table),
        },
    };
    amiss.map(drift).collect()
}
