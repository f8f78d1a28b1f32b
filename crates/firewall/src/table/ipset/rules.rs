//! Chains of iptables: which there are with which rules, and what its programs print of them.
//!
//! They are in the table `mangle`, whose hooks come after connections are tracked and before destinations are rewritten.
use std::{collections::BTreeMap, fmt::Write as _};

use super::set::SetId;
use crate::table::{
    ContentHash, Counter,
    kind::{Direction, Family, Part, Single},
};

/// What of a load the rules depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) generation: u64,
    pub(super) hash: ContentHash,
    pub(super) established_stay: bool,
    /// Whether anything is blocked when it goes out.
    pub(super) out: bool,
}

/// The chains of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Chain {
    In,
    InDrop,
    Out,
    OutDrop,
}

impl Chain {
    pub(super) const ALL: [Self; 4] = [Self::InDrop, Self::In, Self::OutDrop, Self::Out];

    pub(super) fn name(self, table: &str) -> String {
        let table = table.to_ascii_uppercase();
        let more = match self {
            Self::In => "",
            Self::InDrop => "-drop",
            Self::Out => "-out",
            Self::OutDrop => "-out-drop",
        };
        format!("{table}{more}")
    }

    /// The chains of the system that go to it.
    const fn hooks(self) -> &'static [&'static str] {
        match self {
            Self::In => &["PREROUTING"],
            Self::Out => &["OUTPUT", "FORWARD"],
            Self::InDrop | Self::OutDrop => &[],
        }
    }
}

/// A rule in the words of iptables, without its chain.
pub(super) type Rule = String;

impl Layout {
    /// What the first rule says of what is in force.
    fn comment(&self) -> String {
        format!("load {} of {}", self.generation, self.hash)
    }

    /// The rules of a chain.
    pub(super) fn rules(&self, table: &str, chain: Chain, family: Family) -> Vec<Rule> {
        let ask = |set: SetId, end: &str, target: &str| {
            format!("-m set --match-set {} {end} {target}", set.name(table))
        };
        let hits = SetId::Hits(family);
        match chain {
            // What is counted already is counted on by the first. What finds no room for its count is dropped all the same.
            Chain::InDrop => vec![
                ask(hits, "src", "-j DROP"),
                format!("-j SET --add-set {} src", hits.name(table)),
                "-j DROP".to_owned(),
            ],
            Chain::OutDrop => vec!["-j DROP".to_owned()],
            Chain::In => {
                let comment = self.comment();
                let mut rules = vec![format!(
                    "-i lo -m comment --comment \"{comment}\" -j RETURN"
                )];
                rules.extend(self.established());
                let [allowed, banned] = singles(family);
                let drop = format!("-g {}", Chain::InDrop.name(table));
                rules.push(ask(allowed, "src", "-j RETURN"));
                rules.push(ask(banned, "src", &drop));
                rules.extend(
                    self.parts(Direction::In, family)
                        .map(|set| ask(set, "src", &drop)),
                );
                rules
            }
            Chain::Out if !self.out => Vec::new(),
            Chain::Out => {
                let mut rules = vec!["-o lo -j RETURN".to_owned()];
                rules.extend(self.established());
                let [allowed, _] = singles(family);
                let drop = format!("-g {}", Chain::OutDrop.name(table));
                rules.push(ask(allowed, "dst", "-j RETURN"));
                rules.extend(
                    self.parts(Direction::Out, family)
                        .map(|set| ask(set, "dst", &drop)),
                );
                rules
            }
        }
    }

    fn established(&self) -> Option<Rule> {
        let rule = "-m conntrack --ctstate RELATED,ESTABLISHED -j RETURN";
        self.established_stay.then(|| rule.to_owned())
    }

    fn parts(&self, direction: Direction, family: Family) -> impl Iterator<Item = SetId> {
        let generation = self.generation;
        Part::all(direction)
            .filter(move |part| part.family == family)
            .map(move |part| SetId::Load { part, generation })
    }

    /// The system's chains that go to a chain of ours.
    fn hooks(&self, chain: Chain) -> &'static [&'static str] {
        if chain == Chain::Out && !self.out {
            &[]
        } else {
            chain.hooks()
        }
    }

    /// What `iptables-restore` is told, so that the chains become as they are to be; empty where they are. It is one change.
    pub(super) fn script(&self, table: &str, family: Family, held: &Held) -> String {
        let mut lines = String::new();
        for chain in Chain::ALL {
            let name = chain.name(table);
            let rules = self.rules(table, chain, family);
            if !held.has_rules(chain, &rules) {
                let _ = writeln!(lines, ":{name} - [0:0]");
                for rule in rules {
                    let _ = writeln!(lines, "-A {name} {rule}");
                }
            }
        }
        for chain in Chain::ALL {
            let name = chain.name(table);
            for hook in chain.hooks() {
                let wanted = usize::from(self.hooks(chain).contains(hook));
                let count = held.jumps(hook, chain);
                for _ in wanted..count {
                    let _ = writeln!(lines, "-D {hook} -j {name}");
                }
                if count < wanted {
                    let _ = writeln!(lines, "-I {hook} -j {name}");
                }
            }
        }
        whole(&lines)
    }

    /// Which chains are not as they are to be, and which rules.
    pub(super) fn differences(
        &self,
        table: &str,
        family: Family,
        held: &Held,
    ) -> Vec<(Chain, Amiss)> {
        let mut found = Vec::new();
        for chain in Chain::ALL {
            let rules = self.rules(table, chain, family);
            let called = chain.hooks().iter().all(|hook| {
                let wanted = usize::from(self.hooks(chain).contains(hook));
                held.jumps(hook, chain) == wanted
            });
            if !held.chains.contains_key(&chain) || !called {
                found.push((chain, Amiss::Chain));
            } else if !held.has_rules(chain, &rules) {
                found.push((chain, Amiss::Rules));
            }
        }
        found
    }
}

/// What is amiss with a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Amiss {
    Chain,
    Rules,
}

fn singles(family: Family) -> [SetId; 2] {
    [Single::Allowed, Single::Banned].map(|list| SetId::Single { list, family })
}

fn whole(lines: &str) -> String {
    if lines.is_empty() {
        String::new()
    } else {
        format!("*mangle\n{lines}COMMIT\n")
    }
}

/// What is in the kernel of one family.
#[derive(Debug, Clone, Default)]
pub(super) struct Held {
    chains: BTreeMap<Chain, Vec<(Rule, Counter)>>,
    /// Rules of other chains that go to one of ours.
    jumps: Vec<Jump>,
}

#[derive(Debug, Clone)]
struct Jump {
    from: String,
    rule: Rule,
    to: Chain,
}

impl Held {
    /// From what `iptables-save -c -t mangle` prints.
    pub(super) fn read(text: &str, table: &str) -> Self {
        let mut held = Self::default();
        let chain_of = |name: &str| {
            Chain::ALL
                .into_iter()
                .find(|chain| chain.name(table) == name)
        };
        for line in text.lines() {
            if let Some(declared) = line.strip_prefix(':') {
                let name = declared.split_whitespace().next().unwrap_or_default();
                if let Some(chain) = chain_of(name) {
                    held.chains.entry(chain).or_default();
                }
            }
            let Some((counter, rest)) = line
                .strip_prefix('[')
                .and_then(|line| line.split_once("] -A "))
            else {
                continue;
            };
            let (name, rule) = rest.split_once(' ').unwrap_or((rest, ""));
            if let Some(chain) = chain_of(name) {
                let rules = held.chains.entry(chain).or_default();
                rules.push((rule.to_owned(), read_counter(counter)));
            } else if let Some(to) = rule.split_whitespace().last().and_then(chain_of) {
                held.jumps.push(Jump {
                    from: name.to_owned(),
                    rule: rule.to_owned(),
                    to,
                });
            }
        }
        held
    }

    /// Whether anything of the table is there.
    pub(super) fn is_empty(&self) -> bool {
        self.chains.is_empty()
    }

    /// How often a chain of the system goes to one of ours, whatever the packet.
    fn jumps(&self, hook: &str, chain: Chain) -> usize {
        let always = |jump: &&Jump| {
            jump.from == hook && jump.to == chain && jump.rule.split_whitespace().count() == 2
        };
        self.jumps.iter().filter(always).count()
    }

    fn has_rules(&self, chain: Chain, rules: &[Rule]) -> bool {
        self.chains.get(&chain).is_some_and(|held| {
            let same = |((held, _), rule): (&(Rule, Counter), &Rule)| words(held) == words(rule);
            held.len() == rules.len() && held.iter().zip(rules).all(same)
        })
    }

    /// What was loaded last, as the first rule says.
    pub(super) fn mark(&self) -> Option<(u64, ContentHash)> {
        let (rule, _) = self.chains.get(&Chain::In)?.first()?;
        let (_, comment) = rule.split_once("--comment \"load ")?;
        let (generation, hash) = comment.split_once('"')?.0.split_once(" of ")?;
        Some((generation.parse().ok()?, hash.parse().ok()?))
    }

    /// What the rules of a chain dropped.
    pub(super) fn dropped(&self, chain: Chain) -> Counter {
        let rules = self
            .chains
            .get(&chain)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let drops = rules.iter().filter(|(rule, _)| rule.ends_with("-j DROP"));
        drops.fold(Counter::default(), |sum, (_, counter)| Counter {
            packets: sum.packets + counter.packets,
            bytes: sum.bytes + counter.bytes,
        })
    }

    /// What `iptables-restore` is told, so that nothing of the table is there.
    pub(super) fn removal(&self, table: &str) -> String {
        let mut lines = String::new();
        for Jump { from, rule, .. } in &self.jumps {
            let _ = writeln!(lines, "-D {from} {rule}");
        }
        for order in ["-F", "-X"] {
            for chain in self.chains.keys() {
                let _ = writeln!(lines, "{order} {}", chain.name(table));
            }
        }
        whole(&lines)
    }
}

/// The words of a rule in no order, so that versions of iptables may print them in their own.
fn words(rule: &str) -> Vec<String> {
    let mut words: Vec<String> = rule
        .split_whitespace()
        .map(|word| {
            let mut parts: Vec<&str> = word.split(',').collect();
            parts.sort_unstable();
            parts.join(",")
        })
        .collect();
    words.sort_unstable();
    words
}

fn read_counter(text: &str) -> Counter {
    let (packets, bytes) = text.split_once(':').unwrap_or_default();
    Counter {
        packets: packets.parse().unwrap_or(0),
        bytes: bytes.parse().unwrap_or(0),
    }
}
