//! What the kernel holds of a table: its chains, rules and sets, without the elements.
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use super::{
    chain::{Base, HeldRule, Rule},
    kernel::Kernel,
    layout::{Lengths, Mark, PREROUTING},
    number::{GENERATION_ID, chain, message, rule, set, table},
    set::{Set, SetId},
};
use crate::{
    netlink::{Body, errno},
    table::{Counter, TableError, kind::Single},
};

/// A set that is in the kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HeldSet {
    pub(super) set: Set,
    /// How many elements the kernel says it has; older kernels do not say.
    pub(super) count: Option<usize>,
}

/// A table that is in the kernel.
#[derive(Debug, Clone, Default)]
pub(super) struct View {
    /// The generation of the whole ruleset, from which nothing is different if this was read without error.
    pub(super) ruleset: u32,
    /// Whether it is there.
    pub(super) exists: bool,
    /// Whether somebody has put it to sleep: then nothing is dropped.
    pub(super) sleeps: bool,
    pub(super) chains: BTreeMap<String, Option<Base>>,
    pub(super) rules: BTreeMap<String, Vec<HeldRule>>,
    pub(super) sets: BTreeMap<SetId, HeldSet>,
    /// Sets that are none of ours.
    pub(super) foreign_sets: BTreeSet<String>,
}

/// How often a ruleset is read again that others change meanwhile.
const ATTEMPTS: usize = 20;

impl View {
    /// Reads it, until it was read whole between two changes of the ruleset.
    pub(super) fn read(kernel: &mut Kernel) -> Result<Self, TableError> {
        for _ in 0..ATTEMPTS {
            let before = generation(kernel)?;
            let view = match Self::read_once(kernel, before) {
                Err(TableError::Refused { source, .. })
                    if source.raw_os_error() == Some(errno::INTERRUPTED) =>
                {
                    continue;
                }
                read => read?,
            };
            if generation(kernel)? == before {
                return Ok(view);
            }
        }
        Err(TableError::Contended { attempts: ATTEMPTS })
    }

    fn read_once(kernel: &mut Kernel, ruleset: u32) -> Result<Self, TableError> {
        let mut view = Self {
            ruleset,
            ..Self::default()
        };
        let name = kernel.table().to_owned();
        let mut body = Body::default();
        body.put_text(table::NAME, &name);
        let asked = kernel.ask_one(message::GET_TABLE, &body, |table| {
            view.exists = true;
            view.sleeps = table.u32(table::FLAGS).unwrap_or(0) & 1 != 0;
        });
        match asked {
            Err(TableError::Refused { source, .. })
                if source.raw_os_error() == Some(errno::ABSENT) =>
            {
                return Ok(view);
            }
            asked => asked?,
        }
        // Not all kernels look for the chains of one table.
        kernel.ask_all(message::GET_CHAIN, &Body::default(), |found| {
            if found.text(chain::TABLE) == Some(&name)
                && let Some(name) = found.text(chain::NAME)
            {
                view.chains.insert(name.to_owned(), Base::read(found));
            }
        })?;
        view.read_rules(kernel, &name)?;
        view.read_sets(kernel, &name)?;
        Ok(view)
    }

    fn read_rules(&mut self, kernel: &mut Kernel, name: &str) -> Result<(), TableError> {
        let mut body = Body::default();
        body.put_text(rule::TABLE, name);
        kernel.ask_all(message::GET_RULE, &body, |found| {
            if found.text(rule::TABLE) == Some(name)
                && let Some(rule) = HeldRule::read(found)
            {
                self.rules.entry(rule.chain.clone()).or_default().push(rule);
            }
        })
    }

    fn read_sets(&mut self, kernel: &mut Kernel, name: &str) -> Result<(), TableError> {
        let mut body = Body::default();
        body.put_text(set::TABLE, name);
        kernel.ask_all(message::GET_SET, &body, |found| {
            if found.text(set::TABLE) != Some(name) {
                return;
            }
            let Some(set) = Set::read(found) else {
                let name = found.text(set::NAME).unwrap_or_default();
                self.foreign_sets.insert(name.to_owned());
                return;
            };
            let count = found.u32(set::COUNT);
            let count = count.and_then(|count| usize::try_from(count).ok());
            self.sets.insert(set.id, HeldSet { set, count });
        })
    }

    /// What was loaded last, as the first rule says.
    pub(super) fn mark(&self) -> Option<Mark> {
        let first = self.rules.get(PREROUTING)?.first()?.rule.as_ref()?;
        Mark::of(first.comment.as_deref()?)
    }

    /// That nothing in it is somebody else's: it is empty, or has what only a load of ours leaves.
    ///
    /// The mark may be gone, for a person flushed a chain, or a first load was killed before it had rules. The sets that count hits, and what sets of loads say of
    /// themselves, are ours then.
    pub(super) fn check_ours(&self, table: &str) -> Result<(), TableError> {
        let is_empty =
            self.chains.is_empty() && self.sets.is_empty() && self.foreign_sets.is_empty();
        let is_made_by_us = |held: &HeldSet| {
            held.set.made.is_some()
                || (matches!(held.set.id, SetId::Hits(_)) && held.set == Set::lasting(held.set.id))
        };
        if is_empty || self.mark().is_some() || self.sets.values().any(is_made_by_us) {
            return Ok(());
        }
        Err(TableError::Foreign {
            table: table.to_owned(),
        })
    }

    /// Whether a chain has these rules, and no others.
    pub(super) fn has_rules(&self, chain: &str, rules: &[Rule]) -> bool {
        let held = self.rules.get(chain).map(Vec::as_slice).unwrap_or_default();
        held.len() == rules.len()
            && held
                .iter()
                .zip(rules)
                .all(|(held, rule)| held.rule.as_ref() == Some(rule))
    }

    /// Whether a set is there as it is to be.
    pub(super) fn has_set(&self, set: &Set) -> bool {
        self.sets.get(&set.id).is_some_and(|held| held.set == *set)
    }

    /// The lengths of networks for which a list has sets, as they are to be.
    pub(super) fn lengths(&self, wanted: Single) -> Lengths {
        let ids = self.sets.keys().filter_map(|id| match *id {
            SetId::Single {
                list,
                family,
                length,
            } if list == wanted && self.has_set(&Set::lasting(*id)) => Some((family, length)),
            _ => None,
        });
        ids.collect()
    }

    /// What the counter of a chain counted.
    pub(super) fn counted(&self, chain: &str) -> Counter {
        let rules = self.rules.get(chain).map(Vec::as_slice).unwrap_or_default();
        rules
            .iter()
            .find_map(|rule| rule.counter)
            .unwrap_or_default()
    }
}

fn generation(kernel: &mut Kernel) -> Result<u32, TableError> {
    let mut generation = None;
    kernel.ask_one(message::GET_GENERATION, &Body::default(), |found| {
        generation = found.u32(GENERATION_ID);
    })?;
    generation.ok_or_else(|| TableError::Refused {
        deed: "name its ruleset's generation",
        source: io::Error::from(io::ErrorKind::InvalidData),
    })
}
