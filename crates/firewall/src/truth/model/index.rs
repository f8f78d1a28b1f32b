//! All chains of a packet filter by their names, and the sets that rules ask.
use std::collections::HashMap;

use super::{Base, Chain, Field, TableKey};

/// A set, wherever it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum SetKey {
    Nft { table: TableKey, name: String },
    Ipset { name: String },
}

impl SetKey {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Nft { name, .. } | Self::Ipset { name } => name,
        }
    }

    pub(crate) const fn is_of_ipset(&self) -> bool {
        matches!(self, Self::Ipset { .. })
    }
}

/// Fields that are looked up in a set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Use {
    pub(crate) set: SetKey,
    pub(crate) fields: Vec<Field>,
}

/// All rules of a packet filter.
#[derive(Debug, Clone, Default)]
pub(crate) struct Model {
    pub(crate) chains: Vec<Chain>,
    pub(crate) uses: Vec<Use>,
    /// What could not be listed, and why.
    pub(crate) unread: Vec<String>,
    by_name: HashMap<TableKey, HashMap<String, usize>>,
    by_use: HashMap<Use, usize>,
}

impl Model {
    /// Adds a chain without rules; one that is there already stays.
    pub(crate) fn add_chain(&mut self, table: &TableKey, name: &str, base: Option<Base>) -> usize {
        let next = self.chains.len();
        let names = self.by_name.entry(table.clone()).or_default();
        let place = *names.entry(name.to_owned()).or_insert(next);
        if place == next {
            self.chains.push(Chain {
                table: table.clone(),
                name: name.to_owned(),
                rules: Vec::new(),
                base,
            });
        }
        place
    }

    pub(crate) fn find(&self, table: &TableKey, name: &str) -> Option<usize> {
        self.by_name.get(table)?.get(name).copied()
    }

    pub(crate) fn chain_mut(&mut self, table: &TableKey, name: &str) -> Option<&mut Chain> {
        let place = self.find(table, name)?;
        self.chains.get_mut(place)
    }

    /// The index of a use, which is remembered once.
    pub(crate) fn add_use(&mut self, set: SetKey, fields: Vec<Field>) -> usize {
        let used = Use { set, fields };
        let next = self.uses.len();
        let place = *self.by_use.entry(used.clone()).or_insert(next);
        if place == next {
            self.uses.push(used);
        }
        place
    }
}
