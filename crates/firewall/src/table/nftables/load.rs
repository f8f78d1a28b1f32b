//! Loading: the new sets are made and filled beside those in force, and then one batch puts them in their place.
use std::{collections::BTreeSet, time::Instant};

use ipnet::IpNet;

use super::{
    cut::Cut,
    element::{Element, Key},
    kernel::Kernel,
    layout::{Layout, Mark},
    plan::{Plan, is_laid_out},
    set::{Made, Set, SetId},
    single,
    view::{HeldSet, View},
};
use crate::{
    netlink::errno,
    table::{
        Content, ContentHash, Loaded, TableError,
        kind::{Direction, Family, Single},
    },
};

/// How often a change is planned anew because others changed the ruleset meanwhile.
pub(super) const ATTEMPTS: usize = 50;

/// Loads a content. Where it fails, what was in force before is in force still.
pub(super) fn load(kernel: &mut Kernel, content: &Content) -> Result<Loaded, TableError> {
    let started = Instant::now();
    let wanted = Wanted::new(content)?;
    let view = View::read(kernel)?;
    if is_in_force(kernel, &view, &wanted)? {
        let changed = single::reconcile(kernel, content, started)?;
        return Ok(loaded(content, changed, started));
    }
    load_anew(kernel, &wanted)?;
    single::reconcile(kernel, content, started)?;
    Ok(loaded(content, true, started))
}

/// Loads a content whatever is there.
pub(super) fn repair(kernel: &mut Kernel, content: &Content) -> Result<Loaded, TableError> {
    let started = Instant::now();
    load_anew(kernel, &Wanted::new(content)?)?;
    single::reconcile(kernel, content, started)?;
    Ok(loaded(content, true, started))
}

fn loaded(content: &Content, changed: bool, started: Instant) -> Loaded {
    Loaded {
        changed,
        networks: content.blocked.len() + content.blocked_out.len(),
        took: started.elapsed(),
    }
}

/// A content with all that follows from it.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    pub(super) content: &'a Content,
    hash: ContentHash,
    blocked: Cut,
    out: Cut,
}

impl<'a> Wanted<'a> {
    pub(super) fn new(content: &'a Content) -> Result<Self, TableError> {
        content.check()?;
        Ok(Self {
            content,
            hash: content.hash(),
            blocked: Cut::of(&content.blocked),
            out: Cut::of(&content.blocked_out),
        })
    }

    pub(super) const fn mark(&self, generation: u64) -> Mark {
        Mark {
            generation,
            hash: self.hash,
        }
    }

    /// How the table is laid out where this is loaded anew.
    pub(super) fn layout(&self, mark: Mark) -> Layout {
        let place = |network: &IpNet| (Family::of(network), network.prefix_len());
        let Content { allowed, bans, .. } = self.content;
        Layout {
            mark,
            established_stay: self.content.established_stay,
            blocked: self.blocked.lengths(),
            out: self.out.lengths(),
            allowed: allowed.iter().map(place).collect(),
            banned: bans.iter().map(|ban| place(&ban.network)).collect(),
        }
    }

    /// How the table is laid out where single networks have come and gone since.
    pub(super) fn layout_now(&self, view: &View, mark: Mark) -> Layout {
        Layout {
            allowed: view.lengths(Single::Allowed),
            banned: view.lengths(Single::Banned),
            ..self.layout(mark)
        }
    }

    /// All sets of a layout.
    pub(super) fn sets(&self, layout: &Layout) -> Vec<Set> {
        let singles = [
            (Single::Allowed, &layout.allowed),
            (Single::Banned, &layout.banned),
        ];
        let singles = singles.into_iter().flat_map(|(list, lengths)| {
            lengths.iter().map(move |&(family, length)| SetId::Single {
                list,
                family,
                length,
            })
        });
        let lasting = Family::BOTH.map(SetId::Hits).into_iter().chain(singles);
        let lasting = lasting.map(Set::lasting);
        lasting.chain(self.sets_of_load(layout)).collect()
    }

    /// The sets that hold the blocked networks.
    fn sets_of_load(&self, layout: &Layout) -> impl Iterator<Item = Set> {
        [Direction::In, Direction::Out]
            .into_iter()
            .flat_map(|direction| layout.loads(direction))
            .map(|id| Set::of_load(id, self.made(id)))
    }

    fn list(&self, direction: Direction) -> (&Cut, &[IpNet]) {
        match direction {
            Direction::In => (&self.blocked, &self.content.blocked),
            Direction::Out => (&self.out, &self.content.blocked_out),
        }
    }

    fn made(&self, id: SetId) -> Made {
        match id {
            SetId::Load {
                direction,
                family,
                length,
                ..
            } => self.list(direction).0.made(family, length),
            _ => Made::default(),
        }
    }

    /// The elements of a set of a load, in order.
    pub(super) fn keys(&self, id: SetId) -> impl Iterator<Item = Key> {
        let of_load = match id {
            SetId::Load {
                direction,
                family,
                length,
                ..
            } => Some((direction, (family, length))),
            _ => None,
        };
        of_load.into_iter().flat_map(|(direction, place)| {
            let (cut, networks) = self.list(direction);
            cut.keys(networks, place)
        })
    }
}

/// Whether the blocked networks of a content are in force, and everything that belongs to it is as it is to be.
fn is_in_force(kernel: &mut Kernel, view: &View, wanted: &Wanted<'_>) -> Result<bool, TableError> {
    let Some(mark) = view.mark().filter(|mark| mark.hash == wanted.hash) else {
        return Ok(false);
    };
    let layout = wanted.layout_now(view, mark);
    if !is_laid_out(view, &layout, &wanted.sets(&layout)) {
        return Ok(false);
    }
    for held in view.sets.values() {
        if !is_full(kernel, held)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn load_anew(kernel: &mut Kernel, wanted: &Wanted<'_>) -> Result<(), TableError> {
    let layout = prepare(kernel, wanted)?;
    let done = fill(kernel, wanted, &layout).and_then(|()| put_in_force(kernel, wanted, &layout));
    if done.is_err() {
        // What this leaves, the next load removes.
        let _ = clean_up(kernel, layout.mark.generation);
    }
    done
}

/// Makes the sets of a new generation, which no rule asks yet, and removes what loads have left that were never finished.
pub(super) fn prepare(kernel: &mut Kernel, wanted: &Wanted<'_>) -> Result<Layout, TableError> {
    let table = kernel.table().to_owned();
    changing(kernel, "make sets", |view| {
        let generations = view.sets.keys().filter_map(|id| id.generation());
        let marked = view.mark().map(|mark| mark.generation);
        let generation = generations.chain(marked).max().unwrap_or(0) + 1;
        let layout = wanted.layout(wanted.mark(generation));
        let mut plan = Plan::new(&table, Some(view.ruleset));
        if !view.exists {
            plan.table();
        }
        for name in leftovers(view) {
            plan.delete_set(&name);
        }
        for set in wanted.sets_of_load(&layout) {
            plan.make_set(&set);
        }
        (plan, layout)
    })
}

/// Sets of loads that no rule asks.
fn leftovers(view: &View) -> Vec<String> {
    let rules = || view.rules.values().flatten();
    // A rule that cannot be read may ask any of them: they go with it, when the table is laid out.
    if rules().any(|held| held.rule.is_none()) {
        return Vec::new();
    }
    let asked: BTreeSet<&str> = rules()
        .filter_map(|held| held.rule.as_ref())
        .flat_map(|rule| {
            rule.expressions
                .iter()
                .filter_map(super::expression::Expression::set)
        })
        .collect();
    let loads = view.sets.keys().filter(|id| id.generation().is_some());
    loads
        .map(ToString::to_string)
        .filter(|name| !asked.contains(name.as_str()))
        .collect()
}

pub(super) fn fill(
    kernel: &mut Kernel,
    wanted: &Wanted<'_>,
    layout: &Layout,
) -> Result<(), TableError> {
    let sets: Vec<Set> = wanted.sets_of_load(layout).collect();
    for set in &sets {
        kernel.fill(set.id, wanted.keys(set.id).map(Element::plain))?;
    }
    let view = View::read(kernel)?;
    for set in &sets {
        let held = view.sets.get(&set.id).filter(|held| held.set == *set);
        let full = match held {
            Some(held) => is_full(kernel, held)?,
            None => false,
        };
        if !full {
            return Err(TableError::NotHeld {
                what: format!("all networks of the set {}", set.id),
            });
        }
    }
    Ok(())
}

/// Whether a set of a load has as many elements as it was made for.
pub(super) fn is_full(kernel: &mut Kernel, held: &HeldSet) -> Result<bool, TableError> {
    let Some(made) = held.set.made else {
        return Ok(true);
    };
    let count = match held.count {
        Some(count) => count,
        // An older kernel does not say it.
        None => count(kernel, held.set.id)?,
    };
    Ok(count == made.elements)
}

/// How many elements a set has, by looking at each.
pub(super) fn count(kernel: &mut Kernel, set: SetId) -> Result<usize, TableError> {
    let mut count = 0;
    kernel.elements_of(set, |_| count += 1)?;
    Ok(count)
}

/// The one change that counts: rules go over to the new sets, and the old ones go.
fn put_in_force(
    kernel: &mut Kernel,
    wanted: &Wanted<'_>,
    layout: &Layout,
) -> Result<(), TableError> {
    let table = kernel.table().to_owned();
    let sets = wanted.sets(layout);
    changing(kernel, "put sets in force", |view| {
        let mut plan = Plan::new(&table, Some(view.ruleset));
        plan.lay_out(view, layout, &sets);
        (plan, ())
    })?;
    if !is_laid_out(&View::read(kernel)?, layout, &sets) {
        return Err(TableError::NotHeld {
            what: "the rules and sets that were put in force".to_owned(),
        });
    }
    Ok(())
}

pub(super) fn clean_up(kernel: &mut Kernel, generation: u64) -> Result<(), TableError> {
    let table = kernel.table().to_owned();
    changing(kernel, "remove sets", |view| {
        let mut plan = Plan::new(&table, Some(view.ruleset));
        let marked = view
            .mark()
            .is_some_and(|mark| mark.generation == generation);
        let made = view
            .sets
            .keys()
            .filter(|id| id.generation() == Some(generation));
        for id in made.filter(|_| !marked) {
            plan.delete_set(&id.to_string());
        }
        (plan, ())
    })
}

/// Plans a change from what is there and makes it, again where others changed the ruleset in between. A table of somebody else's is left alone.
pub(super) fn changing<'a, T>(
    kernel: &mut Kernel,
    deed: &'static str,
    plan: impl Fn(&View) -> (Plan<'a>, T),
) -> Result<T, TableError> {
    for _ in 0..ATTEMPTS {
        let view = View::read(kernel)?;
        view.check_ours(kernel.table())?;
        let (plan, value) = plan(&view);
        match kernel.change(plan.batch, deed) {
            Err(TableError::Refused { source, .. })
                if source.raw_os_error() == Some(errno::RESTART) => {}
            done => return done.map(|()| value),
        }
    }
    Err(TableError::Contended { attempts: ATTEMPTS })
}

/// Removes the table, and all that is in it.
pub(super) fn remove(kernel: &mut Kernel) -> Result<bool, TableError> {
    let table = kernel.table().to_owned();
    changing(kernel, "remove the table", |view| {
        let mut plan = Plan::new(&table, Some(view.ruleset));
        if view.exists {
            plan.delete_table();
        }
        (plan, view.exists)
    })
}

/// Whether there is a table of ours.
pub(super) fn is_there(kernel: &mut Kernel) -> Result<bool, TableError> {
    let view = View::read(kernel)?;
    let is_empty = view.chains.is_empty() && view.sets.is_empty();
    Ok(view.exists && !is_empty && view.check_ours(kernel.table()).is_ok())
}

/// Whether the kernel would take a table. Nothing stays of the trial.
pub(super) fn try_out(kernel: &mut Kernel) -> Result<(), TableError> {
    let content = Content {
        established_stay: true,
        blocked_out: vec![IpNet::V4(ipnet::Ipv4Net::default())],
        ..Content::default()
    };
    let wanted = Wanted::new(&content)?;
    let layout = wanted.layout(wanted.mark(1));
    // Of another name, so that it is as if none were there.
    let table = format!("{}_trial", kernel.table());
    let mut plan = Plan::new(&table, None);
    plan.lay_out(&View::default(), &layout, &wanted.sets(&layout));
    kernel.try_out(plan.batch)
}
