//! From what is there to what is to be: one batch of changes.
use std::collections::BTreeSet;

use super::{
    chain::{Chain, place},
    expression::Expression,
    layout::{Layout, NAMES},
    number::{INET, chain, flag, message, set, table},
    set::{Set, SetId},
    view::View,
};
use crate::netlink::{Batch, Body};

/// Changes to one table that are made at once.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) batch: Batch,
    table: &'a str,
    /// The number of the last set that was made in this batch.
    number: u32,
}

impl<'a> Plan<'a> {
    /// One that is refused where the ruleset is not of this generation any more, if one is given.
    pub(super) fn new(table: &'a str, ruleset: Option<u32>) -> Self {
        Self {
            batch: Batch::new(ruleset),
            table,
            number: 0,
        }
    }

    /// Makes the table, and wakes it where somebody has put it to sleep.
    pub(super) fn table(&mut self) {
        let mut body = Body::default();
        body.put_text(table::NAME, self.table);
        body.put_u32(table::FLAGS, 0);
        self.batch
            .add(message::NEW_TABLE, flag::CREATE, INET, &body);
    }

    pub(super) fn delete_table(&mut self) {
        let mut body = Body::default();
        body.put_text(table::NAME, self.table);
        self.batch.add(message::DELETE_TABLE, 0, INET, &body);
    }

    pub(super) fn make_set(&mut self, set: &Set) {
        self.number += 1;
        let body = set.write(self.table, self.number);
        let flags = flag::CREATE | flag::EXCLUSIVE;
        self.batch.add(message::NEW_SET, flags, INET, &body);
    }

    pub(super) fn delete_set(&mut self, name: &str) {
        let mut body = Body::default();
        body.put_text(set::TABLE, self.table);
        body.put_text(set::NAME, name);
        self.batch.add(message::DELETE_SET, 0, INET, &body);
    }

    /// Removes all rules of a chain.
    pub(super) fn flush(&mut self, chain: &str) {
        let body = place(self.table, chain);
        self.batch.add(message::DELETE_RULE, 0, INET, &body);
    }

    pub(super) fn add_rules(&mut self, chain: &Chain) {
        for rule in &chain.rules {
            let body = rule.write(self.table, chain.name);
            let flags = flag::CREATE | flag::APPEND;
            self.batch.add(message::NEW_RULE, flags, INET, &body);
        }
    }

    fn make_chain(&mut self, chain: &Chain) {
        let body = chain.write(self.table);
        let flags = flag::CREATE | flag::EXCLUSIVE;
        self.batch.add(message::NEW_CHAIN, flags, INET, &body);
    }

    fn delete_chain(&mut self, name: &str) {
        let mut body = Body::default();
        body.put_text(chain::TABLE, self.table);
        body.put_text(chain::NAME, name);
        self.batch.add(message::DELETE_CHAIN, 0, INET, &body);
    }

    /// Leaves the table with these chains and sets, and nothing else in it.
    ///
    /// What is as it is to be stays, so that its counters and elements do.
    pub(super) fn lay_out(&mut self, view: &View, layout: &Layout, sets: &[Set]) {
        let chains = layout.chains();
        if !view.exists || view.sleeps {
            self.table();
        }
        let wanted: BTreeSet<SetId> = sets.iter().map(|set| set.id).collect();
        let doomed_sets: Vec<String> = view
            .sets
            .iter()
            .filter(|(id, held)| {
                !wanted.contains(id) || sets.iter().any(|set| set.id == **id && *set != held.set)
            })
            .map(|(id, _)| id.to_string())
            .chain(view.foreign_sets.iter().cloned())
            .collect();
        let fits = |chain: &Chain| view.chains.get(chain.name) == Some(&chain.base);
        let doomed_chains: Vec<&String> = view
            .chains
            .keys()
            .filter(|name| {
                !chains
                    .iter()
                    .any(|chain| chain.name == **name && fits(chain))
            })
            .collect();
        // Rules hold what they name: a chain stays as it is only where all that it names does.
        let stays = |chain: &Chain| {
            fits(chain)
                && view.has_rules(chain.name, &chain.rules)
                && !names_sets(chain, &doomed_sets)
                && !chain
                    .goes_to()
                    .any(|to| doomed_chains.iter().any(|doomed| *doomed == to))
        };
        let stay: Vec<&str> = chains
            .iter()
            .filter(|chain| stays(chain))
            .map(|chain| chain.name)
            .collect();
        for name in view
            .chains
            .keys()
            .filter(|name| !stay.contains(&name.as_str()))
        {
            self.flush(name);
        }
        for name in doomed_chains {
            self.delete_chain(name);
        }
        for name in &doomed_sets {
            self.delete_set(name);
        }
        for set in sets.iter().filter(|set| !view.has_set(set)) {
            self.make_set(set);
        }
        for chain in chains.iter().filter(|chain| !fits(chain)) {
            self.make_chain(chain);
        }
        for chain in chains.iter().filter(|chain| !stay.contains(&chain.name)) {
            self.add_rules(chain);
        }
    }
}

fn names_sets(chain: &Chain, sets: &[String]) -> bool {
    chain
        .rules
        .iter()
        .flat_map(|rule| &rule.expressions)
        .filter_map(Expression::set)
        .any(|named| sets.iter().any(|set| set == named))
}

/// Whether the table has these chains and sets, and nothing else in it.
pub(super) fn is_laid_out(view: &View, layout: &Layout, sets: &[Set]) -> bool {
    let chains = layout.chains();
    view.exists
        && !view.sleeps
        && view.foreign_sets.is_empty()
        && view.chains.len() == NAMES.len()
        && view.sets.len() == sets.len()
        && sets.iter().all(|set| view.has_set(set))
        && chains.iter().all(|chain| {
            view.chains.get(chain.name) == Some(&chain.base)
                && view.has_rules(chain.name, &chain.rules)
        })
}
