//! Loading: the new sets are made and filled beside those in force, and then the rules go over to them.
//!
//! Not by `ipset swap`: that exchanges one set at a time, and an address that goes from one to another would be in neither for a moment.
use std::time::Instant;

use ipnet::IpNet;

use super::{
    program::{Programs, View},
    rules::{Held, Layout},
    set::{SetId, halves},
    single,
};
use crate::table::{
    Content, Loaded, TableError,
    kind::{Direction, Family, Part},
};

/// Loads a content. Where it fails, what was in force before is in force still.
pub(super) async fn load(programs: Programs<'_>, content: &Content) -> Result<Loaded, TableError> {
    let started = Instant::now();
    content.check()?;
    let view = programs.view().await?;
    if is_in_force(programs.table, &view, content) {
        let changed = single::reconcile(programs, content, started).await?;
        return Ok(loaded(content, changed, started));
    }
    load_anew(programs, &view, content).await?;
    single::reconcile(programs, content, started).await?;
    Ok(loaded(content, true, started))
}

/// Loads a content whatever is there.
pub(super) async fn repair(
    programs: Programs<'_>,
    content: &Content,
) -> Result<Loaded, TableError> {
    let started = Instant::now();
    content.check()?;
    load_anew(programs, &programs.view().await?, content).await?;
    single::reconcile(programs, content, started).await?;
    Ok(loaded(content, true, started))
}

fn loaded(content: &Content, changed: bool, started: Instant) -> Loaded {
    Loaded {
        changed,
        networks: content.blocked.len() + content.blocked_out.len(),
        took: started.elapsed(),
    }
}

pub(super) fn layout(content: &Content, generation: u64) -> Layout {
    Layout {
        generation,
        hash: content.hash(),
        established_stay: content.established_stay,
        out: !content.blocked_out.is_empty(),
    }
}

/// The sets of a load, with the number of networks in each.
pub(super) fn sets(content: &Content, generation: u64) -> Vec<(SetId, Part, usize)> {
    let out = (!content.blocked_out.is_empty()).then_some(Direction::Out);
    let parts = std::iter::once(Direction::In)
        .chain(out)
        .flat_map(Part::all);
    parts
        .map(|part| {
            let count = content.part(part).copied().flat_map(halves).count();
            (SetId::Load { part, generation }, part, count)
        })
        .collect()
}

/// Whether the sets of a table are there as they are to be.
fn has_sets(table: &str, view: &View, sets: &[(SetId, Part, usize)]) -> bool {
    let fits = |set: SetId, count: Option<usize>| {
        view.sets.get(&set).is_some_and(|header| {
            set.fits(table, header) && count.is_none_or(|count| count == header.entries)
        })
    };
    SetId::lasting().all(|set| fits(set, None))
        && sets.iter().all(|(set, _, count)| fits(*set, Some(*count)))
}

fn is_in_force(table: &str, view: &View, content: &Content) -> bool {
    let Some((generation, hash)) = view.mark() else {
        return false;
    };
    let layout = layout(content, generation);
    let sets = sets(content, generation);
    hash == layout.hash
        && has_sets(table, view, &sets)
        && view.sets.len() == sets.len() + SetId::lasting().count()
        && has_rules(table, view, &layout)
}

fn has_rules(table: &str, view: &View, layout: &Layout) -> bool {
    let families = view.chains.iter();
    families
        .map(|(family, held)| layout.differences(table, *family, held))
        .all(|differences| differences.is_empty())
}

async fn load_anew(
    programs: Programs<'_>,
    view: &View,
    content: &Content,
) -> Result<(), TableError> {
    let table = programs.table;
    let misfit = |set: SetId| {
        view.sets
            .get(&set)
            .is_some_and(|header| !set.fits(table, header))
    };
    if SetId::lasting().any(misfit) {
        // Somebody has put another set in the place of one of ours, which cannot be exchanged under the rules that ask it.
        remove(programs).await?;
    }
    let generations = view.sets.keys().filter_map(|set| set.generation());
    let marked = view.chains.values().filter_map(|held| Some(held.mark()?.0));
    let generation = generations.chain(marked).max().unwrap_or(0) + 1;
    let done = match fill(programs, content, generation).await {
        Ok(()) => put_in_force(programs, content, generation).await,
        Err(error) => Err(error),
    };
    // The old sets where it was done, and else the new ones: what stays of them, the next load removes.
    let view = programs.view().await?;
    let doomed = view.sets.iter().filter(|(set, header)| {
        let new = set.generation() == Some(generation);
        set.generation().is_some() && new == done.is_err() && (!new || header.references == 0)
    });
    let destroyed = programs.destroy(doomed.map(|(set, _)| *set)).await;
    done.and(destroyed)
}

/// Makes and fills the sets of a new generation, which no rule asks yet, and removes what loads have left that were never finished.
async fn fill(
    programs: Programs<'_>,
    content: &Content,
    generation: u64,
) -> Result<(), TableError> {
    let table = programs.table;
    let view = programs.view().await?;
    let leftovers = view
        .sets
        .iter()
        .filter(|(set, header)| set.generation().is_some() && header.references == 0);
    programs.destroy(leftovers.map(|(set, _)| *set)).await?;
    let sets = sets(content, generation);
    let lasting = SetId::lasting().filter(|set| !view.sets.contains_key(set));
    let create = lasting.map(|set| set.create(table, 0));
    programs.restore_sets(&create.collect::<String>()).await?;
    for (set, part, count) in &sets {
        let networks = content.part(*part).copied().flat_map(halves);
        programs.fill(*set, *count, networks).await?;
    }
    if has_sets(table, &programs.view().await?, &sets) {
        return Ok(());
    }
    Err(TableError::NotHeld {
        what: format!("all networks of load {generation}"),
    })
}

/// The change that counts, once for each family.
async fn put_in_force(
    programs: Programs<'_>,
    content: &Content,
    generation: u64,
) -> Result<(), TableError> {
    let table = programs.table;
    let layout = layout(content, generation);
    for (family, held) in programs.view().await?.chains {
        let script = layout.script(table, family, &held);
        programs.restore_rules(family, &script).await?;
    }
    if has_rules(table, &programs.view().await?, &layout) {
        return Ok(());
    }
    Err(TableError::NotHeld {
        what: format!("the rules of load {generation}"),
    })
}

/// Removes the rules and the sets.
pub(super) async fn remove(programs: Programs<'_>) -> Result<bool, TableError> {
    let view = programs.view().await?;
    for (family, held) in &view.chains {
        let script = held.removal(programs.table);
        programs.restore_rules(*family, &script).await?;
    }
    programs.destroy(view.sets.keys().copied()).await?;
    Ok(view.exists())
}

/// Whether the system would take a table. Nothing stays of the trial.
pub(super) async fn try_out(programs: Programs<'_>) -> Result<(), TableError> {
    let content = Content {
        established_stay: true,
        blocked_out: vec![IpNet::V4(ipnet::Ipv4Net::default())],
        ..Content::default()
    };
    let trial = format!("{}_trial", programs.table);
    let programs = Programs {
        table: &trial,
        ..programs
    };
    let sets = sets(&content, 1);
    let ids = || SetId::lasting().chain(sets.iter().map(|(set, _, _)| *set));
    let create: String = ids().map(|set| set.create(&trial, 1)).collect();
    // Those of a trial that was ended in its middle.
    let left = programs.view().await?.sets;
    programs.destroy(left.into_keys()).await?;
    let mut tried = programs.restore_sets(&create).await;
    for family in Family::BOTH {
        if tried.is_ok() {
            let script = layout(&content, 1).script(&trial, family, &Held::default());
            tried = programs.try_rules(family, &script).await;
        }
    }
    let left = programs.view().await?.sets;
    programs.destroy(left.into_keys()).await?;
    tried
}
