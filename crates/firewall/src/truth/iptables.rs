//! Reading `iptables-save`: of the older iptables, and of rules that `nft` lists by name alone.
pub(crate) mod matches;
pub(crate) mod options;
pub(crate) mod targets;
pub(crate) mod tokens;

use self::{
    matches::Matching,
    options::{ListedOption, Options},
    tokens::{Token, tokens},
};
use crate::truth::{
    model::{Base, Decision, Family, Hook, Model, Policy, Rule, Step, TableKey, Version},
    nft::text::cut,
    verdict::Counter,
};

/// A table as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListedTable {
    pub(crate) name: String,
    pub(crate) chains: Vec<ListedChain>,
}

/// A chain as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListedChain {
    pub(crate) name: String,
    /// `None` in chains that people made.
    policy: Option<Policy>,
    pub(crate) rules: Vec<ListedRule>,
}

/// A rule as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListedRule {
    /// From `-A` on.
    pub(crate) text: String,
    counter: Option<Counter>,
}

/// Splits a listing into tables, chains and rules.
pub(crate) fn split(listing: &str) -> Vec<ListedTable> {
    let mut tables: Vec<ListedTable> = Vec::new();
    for line in listing.lines() {
        if let Some(name) = line.strip_prefix('*') {
            tables.push(ListedTable {
                name: name.trim().to_owned(),
                chains: Vec::new(),
            });
            continue;
        }
        let Some(table) = tables.last_mut() else {
            continue;
        };
        if let Some(head) = line.strip_prefix(':') {
            let mut words = head.split(' ');
            let (Some(name), Some(policy)) = (words.next(), words.next()) else {
                continue;
            };
            table.chains.push(ListedChain {
                name: name.to_owned(),
                policy: match policy {
                    "-" => None,
                    "ACCEPT" => Some(Policy::Accept),
                    "DROP" => Some(Policy::Drop),
                    _ => Some(Policy::Unknown),
                },
                rules: Vec::new(),
            });
            continue;
        }
        table.add(line);
    }
    tables
}

impl ListedTable {
    fn add(&mut self, line: &str) {
        let (counter, text) = match line
            .strip_prefix('[')
            .and_then(|line| line.split_once("] "))
        {
            Some((counter, text)) => (read_counter(counter), text),
            None => (None, line),
        };
        let Some(rest) = text.strip_prefix("-A ") else {
            return;
        };
        let name = rest.split(' ').next().unwrap_or_default();
        if let Some(chain) = self.chains.iter_mut().find(|chain| chain.name == name) {
            chain.rules.push(ListedRule {
                text: text.to_owned(),
                counter,
            });
        }
    }
}

fn read_counter(text: &str) -> Option<Counter> {
    let (packets, bytes) = text.split_once(':')?;
    Some(Counter {
        packets: packets.parse().ok()?,
        bytes: bytes.parse().ok()?,
    })
}

/// Adds the tables of the older iptables.
pub(crate) fn add_legacy(model: &mut Model, family: Family, listing: &str) {
    for listed in split(listing) {
        let table = TableKey {
            family,
            name: listed.name,
            legacy: true,
        };
        for chain in &listed.chains {
            let base = chain
                .policy
                .map(|policy| base(&table.name, &chain.name, policy));
            model.add_chain(&table, &chain.name, base);
        }
        for chain in &listed.chains {
            for rule in &chain.rules {
                let read = read(model, &table, rule);
                if let Some(chain) = model.chain_mut(&table, &chain.name) {
                    chain.rules.push(read);
                }
            }
        }
    }
}

/// Where the kernel asks a chain of its own.
fn base(table: &str, chain: &str, policy: Policy) -> Base {
    let hook = match chain {
        "PREROUTING" => Hook::Prerouting,
        "INPUT" => Hook::Input,
        "FORWARD" => Hook::Forward,
        _ => Hook::Other,
    };
    let priority = match table {
        "raw" => -300,
        "mangle" => -150,
        "nat" => -100,
        "security" => 50,
        _ => 0,
    };
    Base {
        hook,
        nat: table == "nat",
        priority,
        policy,
        devices: None,
    }
}

/// Reads a rule of a chain whose table is listed already.
pub(crate) fn read(model: &mut Model, table: &TableKey, rule: &ListedRule) -> Rule {
    let version = match table.family {
        Family::Ip6 => Version::Six,
        _ => Version::Four,
    };
    let words = tokens(&rule.text);
    // `-A` and the chain's name.
    let words = words.get(2..).unwrap_or_default();
    let is_end = |word: &Token| word.is("-j") || word.is("-g");
    let end = words.iter().position(is_end).unwrap_or(words.len());
    let (matches, target) = words.split_at_checked(end).unwrap_or((words, &[]));
    let mut matching = Matching::new(model, version);
    for option in Options(matches) {
        matching.read(&option);
    }
    let mut steps: Vec<Step> = matching.tests.into_iter().map(Step::Test).collect();
    steps.extend(step(model, table, version, target));
    Rule {
        steps,
        handle: None,
        text: cut(&rule.text),
        counter: rule.counter,
    }
}

fn step(model: &Model, table: &TableKey, version: Version, target: &[Token]) -> Option<Step> {
    let mut options = Options(target);
    let first = options.next()?;
    let name = first.word()?;
    if first.name == "-g" {
        return Some(Step::Decide(Decision::Goto(name.to_owned())));
    }
    if model.find(table, name).is_some() {
        return Some(Step::Decide(Decision::Jump(name.to_owned())));
    }
    let options: Vec<ListedOption<'_>> = options.collect();
    targets::read(name, version, &options)
}
