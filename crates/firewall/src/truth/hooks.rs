//! What `nft` of some versions does not list, or lists wrongly, about tables, chains and rules.
use std::{
    collections::{HashMap, HashSet},
    io,
};

use crate::{
    netlink::{Attributes, Body, Socket, text},
    truth::{
        kernel::{dump, message},
        model::{Family, TableKey},
    },
};

/// `NFT_TABLE_F_DORMANT`.
const DORMANT: u32 = 1;
/// `NFTA_HOOK_…`.
const HOOK_DEVICE: u16 = 3;
const HOOK_DEVICES: u16 = 4;

/// Expressions of rules that all versions of `nft` list. It passes over those that it does not know, and lists the rest
/// of the rule as if it were all.
const KNOWN: [&str; 38] = [
    "bitwise",
    "byteorder",
    "cmp",
    "connlimit",
    "counter",
    "ct",
    "dup",
    "dynset",
    "exthdr",
    "fib",
    "flow_offload",
    "fwd",
    "hash",
    "immediate",
    "last",
    "limit",
    "log",
    "lookup",
    "masq",
    "match",
    "meta",
    "nat",
    "notrack",
    "numgen",
    "objref",
    "osf",
    "payload",
    "queue",
    "quota",
    "range",
    "redir",
    "reject",
    "rt",
    "secmark",
    "socket",
    "synproxy",
    "target",
    "tproxy",
];

/// What is not listed about tables, chains and rules.
#[derive(Debug, Default)]
pub(crate) struct Hooks {
    has_tables: bool,
    dormant: HashSet<TableKey>,
    devices: HashMap<(TableKey, String), Vec<String>>,
    /// Rules with expressions that may not be listed, by their handles.
    pub(crate) strange: HashSet<(TableKey, u64)>,
}

impl Hooks {
    /// Whether there is anything that could be listed.
    pub(crate) const fn has_tables(&self) -> bool {
        self.has_tables
    }

    /// Whether the kernel passes over the table. `nft` 1.0.6 lists the flags of tables wrongly.
    pub(crate) fn is_dormant(&self, table: &TableKey) -> bool {
        self.dormant.contains(table)
    }

    /// The interfaces of a chain at the hook of ingress, which `nft` 1.0.6 does not list.
    pub(crate) fn devices(&self, table: &TableKey, chain: &str) -> Option<Vec<String>> {
        let key = (table.clone(), chain.to_owned());
        self.devices.get(&key).cloned()
    }

    /// Asks for all tables, chains and rules.
    pub(crate) fn read(socket: &mut Socket) -> io::Result<Self> {
        let mut hooks = Self::default();
        for family in Family::ALL {
            let mut all = |kind, note: fn(&mut Self, Family, Attributes<'_>)| {
                dump(socket, (kind, family.number()), &Body::default(), |of| {
                    note(&mut hooks, family, of);
                })
            };
            all(message::GET_TABLE, Self::note_table)?;
            all(message::GET_CHAIN, Self::note_chain)?;
            all(message::GET_RULE, Self::note_rule)?;
        }
        Ok(hooks)
    }

    fn note_table(&mut self, family: Family, of: Attributes<'_>) {
        self.has_tables = true;
        if let (Some(name), Some(flags)) = (of.text(1), of.u32(2))
            && flags & DORMANT != 0
        {
            self.dormant.insert(key(family, name));
        }
    }

    fn note_chain(&mut self, family: Family, of: Attributes<'_>) {
        let devices = devices(of.within(4));
        if let (Some(table), Some(name), false) = (of.text(1), of.text(3), devices.is_empty()) {
            let chain = (key(family, table), name.to_owned());
            self.devices.insert(chain, devices);
        }
    }

    fn note_rule(&mut self, family: Family, of: Attributes<'_>) {
        if let (Some(table), Some(handle), true) = (of.text(1), of.u64(3), is_strange(of)) {
            self.strange.insert((key(family, table), handle));
        }
    }
}

fn key(family: Family, name: &str) -> TableKey {
    TableKey {
        family,
        name: name.to_owned(),
        legacy: false,
    }
}

fn is_strange(rule: Attributes<'_>) -> bool {
    let mut expressions = rule.within(4).each();
    !expressions.all(|(_, expression)| {
        let name = Attributes::new(expression).text(1);
        name.is_some_and(|name| KNOWN.contains(&name))
    })
}

fn devices(hook: Attributes<'_>) -> Vec<String> {
    let one = hook.text(HOOK_DEVICE).map(str::to_owned);
    let more = hook.within(HOOK_DEVICES);
    let more = more
        .each()
        .filter_map(|(_, name)| text(name).map(str::to_owned));
    one.into_iter().chain(more).collect()
}
