//! Which chains and sets incoming packets meet.
use std::collections::HashSet;

use crate::truth::model::{Decision, Field, Hook, Model, Operand, Rule, SetKey, Step, Test};

/// What is in force.
#[derive(Debug, Default)]
pub(super) struct Enforced {
    /// By chain, whether packets that come in may reach it.
    chains: Vec<bool>,
    sets: HashSet<SetKey>,
}

impl Enforced {
    pub(super) fn of(model: &Model) -> Self {
        let mut enforced = Self {
            chains: vec![false; model.chains.len()],
            sets: HashSet::new(),
        };
        let is_entry = |hook: Hook| hook != Hook::Other;
        let mut next: Vec<usize> = model
            .chains
            .iter()
            .enumerate()
            .filter(|(_, chain)| chain.base.as_ref().is_some_and(|base| is_entry(base.hook)))
            .map(|(place, _)| place)
            .collect();
        while let Some(place) = next.pop() {
            let Some(reached) = enforced.chains.get_mut(place) else {
                continue;
            };
            if !std::mem::replace(reached, true) {
                next.extend(enforced.follow(model, place));
            }
        }
        enforced
    }

    /// Takes note of the sets of a chain, and answers where it leads.
    fn follow(&mut self, model: &Model, place: usize) -> Vec<usize> {
        let Some(chain) = model.chains.get(place) else {
            return Vec::new();
        };
        let mut names: Vec<&str> = Vec::new();
        let mut anywhere = false;
        for rule in &chain.rules {
            if may_block(rule) {
                self.sets.extend(sets(model, rule).cloned());
            }
            for step in &rule.steps {
                match step {
                    Step::Decide(decision) => names.extend(target(decision)),
                    Step::DecideBy { entries, .. } => {
                        names.extend(entries.iter().filter_map(|(_, one)| target(one)));
                    }
                    Step::DecideByNamed(_) => anywhere = true,
                    _ => {}
                }
            }
        }
        if anywhere {
            let all = model.chains.iter().enumerate();
            return all
                .filter(|(_, other)| other.table == chain.table)
                .map(|(place, _)| place)
                .collect();
        }
        names
            .into_iter()
            .filter_map(|name| model.find(&chain.table, name))
            .collect()
    }

    pub(super) fn has_chain(&self, place: usize) -> bool {
        self.chains.get(place).copied().unwrap_or_default()
    }

    pub(super) fn has_set(&self, set: &SetKey) -> bool {
        self.sets.contains(set)
    }
}

fn target(decision: &Decision) -> Option<&str> {
    match decision {
        Decision::Jump(name) | Decision::Goto(name) => Some(name),
        _ => None,
    }
}

/// Whether a packet that the rule is about may end there.
pub(super) fn may_block(rule: &Rule) -> bool {
    rule.steps.iter().any(|step| match step {
        Step::Decide(decision) => *decision == Decision::Drop || target(decision).is_some(),
        Step::DecideBy { .. }
        | Step::DecideByNamed(_)
        | Step::EndSomehow(_)
        | Step::Anything(_) => true,
        _ => false,
    })
}

/// The sets in which the rule wants the source to be.
fn sets<'a>(model: &'a Model, rule: &'a Rule) -> impl Iterator<Item = &'a SetKey> {
    rule.steps.iter().filter_map(|step| match step {
        Step::Test(Test::Compare {
            fields,
            negated: false,
            operand: Operand::Set(used),
        }) if fields.iter().any(Field::is_of_source) => model.uses.get(*used).map(|used| &used.set),
        Step::DecideByNamed(used) => model.uses.get(*used).map(|used| &used.set),
        _ => None,
    })
}
