//! From the ways of single packets to a verdict about a source.
use std::collections::HashMap;

use crate::truth::{
    machine::Machine,
    members::Members,
    model::{Chain, Field, Model, Operand, Policy, Rule, Step, Test},
    packet::{Packet, Sender},
    services::{Cuts, Group, scope},
    state::State,
    test::Scene,
    three::Three,
    verdict::{Because, Doubt, Outcome, Path, Question, RuleRef, Unsure, Verdict},
    walk::{End, Spot, Walk},
};

/// How many rules are looked at for one verdict. Takes about a second.
const BUDGET: usize = 4_000_000;

/// What becomes of the packets of one group of services.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fate {
    Dropped(Spot),
    Through,
    Open(Vec<(Doubt, Spot)>),
    /// They do not go this way.
    Elsewhere,
}

/// All that a verdict is made from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bench<'a> {
    pub(crate) model: &'a Model,
    pub(crate) members: &'a [Members],
    pub(crate) machine: &'a Machine,
}

impl Bench<'_> {
    /// Answers the question.
    pub(crate) fn verdict(&self, question: &Question) -> Verdict {
        let source = question.source;
        let arrival = question.interface.as_deref();
        let arrival = arrival.or_else(|| self.machine.routes.get(&source).map(String::as_str));
        let packet = Packet {
            sender: Sender::Address(source),
            path: question.path,
            protocol: 0,
            port: None,
            arrival,
            machine: self.machine,
        };
        let live = self.live(&packet);
        let groups = match question.service {
            Some(service) => vec![Group::of(service)],
            None => Cuts::of(self.model, self.members, &live).groups(packet.version()),
        };
        let mut budget = BUDGET;
        let fates = self.fates(packet, &live, &groups, &mut budget);
        let stranger = Packet {
            sender: Sender::Stranger(packet.version()),
            ..packet
        };
        let others = self.fates(stranger, &self.live(&stranger), &groups, &mut budget);
        Account {
            bench: *self,
            question,
            arrival,
            groups: &groups,
            fates: &fates,
            others: &others,
        }
        .verdict()
    }

    /// By chain, the rules that are not out of question for the sender, whatever else the packet is.
    fn live(&self, packet: &Packet<'_>) -> Vec<Vec<usize>> {
        let scene = self.scene(*packet);
        let state = State::arrived(packet);
        let steps = || self.model.chains.iter().flat_map(|chain| &chain.rules);
        let mut filled = Vec::new();
        let mut is_source_written = false;
        for step in steps().flat_map(|rule| &rule.steps) {
            match step {
                Step::Fill(set) => filled.push(set),
                Step::Rewrite(Field::Source(_)) => is_source_written = true,
                _ => {}
            }
        }
        let is_fixed = |test: &Test| match test {
            Test::Compare {
                fields, operand, ..
            } => {
                let of_source = |field: &Field| field.is_of_source() || *field == Field::Version;
                let is_filled = match operand {
                    Operand::Set(used) => self
                        .model
                        .uses
                        .get(*used)
                        .is_none_or(|used| filled.contains(&&used.set)),
                    Operand::Any(_) => false,
                };
                !is_filled && fields.iter().all(of_source)
            }
            Test::Any(_) | Test::Unknown(_) => false,
        };
        let is_live = |rule: &Rule| {
            let tests = rule.steps.iter().map_while(|step| match step {
                Step::Test(test) => Some(test),
                _ => None,
            });
            let mut fixed = tests.filter(|test| !is_source_written && is_fixed(test));
            !fixed.any(|test| scene.test(test, &state).0 == Three::No)
        };
        let rules = |chain: &Chain| {
            let all = chain.rules.iter().enumerate();
            all.filter(|(_, rule)| is_live(rule))
                .map(|(place, _)| place)
                .collect()
        };
        self.model.chains.iter().map(rules).collect()
    }

    const fn scene<'a>(&'a self, packet: Packet<'a>) -> Scene<'a> {
        Scene {
            model: self.model,
            members: self.members,
            packet,
        }
    }

    fn fates(
        &self,
        packet: Packet<'_>,
        live: &[Vec<usize>],
        groups: &[Group],
        budget: &mut usize,
    ) -> Vec<Fate> {
        let fates = groups.iter().map(|group| {
            let packet = Packet {
                protocol: group.protocol,
                port: group.ports.map(|(first, _)| first),
                ..packet
            };
            self.fate(packet, live, budget)
        });
        fates.collect()
    }

    fn fate(&self, packet: Packet<'_>, live: &[Vec<usize>], budget: &mut usize) -> Fate {
        let mut either = Vec::new();
        if packet.path != Path::Forwarded {
            let published = Packet {
                path: Path::PublishedPort,
                ..packet
            };
            let mut walk = Walk::new(self.scene(published), live, budget);
            match (walk.published(), packet.path) {
                (Three::Yes, Path::HostInput) | (Three::No, Path::PublishedPort) => {
                    return Fate::Elsewhere;
                }
                (Three::Maybe, _) => either = walk.doubts,
                _ => {}
            }
        }
        let mut walk = Walk::new(self.scene(packet), live, budget);
        match walk.go() {
            End::Dropped(spot) => Fate::Dropped(spot),
            End::Elsewhere => Fate::Elsewhere,
            // It may go the other way.
            End::Through if !either.is_empty() => Fate::Open(either),
            End::Through => self.through(&packet),
            End::Open => Fate::Open(walk.doubts),
        }
    }

    /// What arrives, unless a part of the packet filter was not read.
    fn through(&self, packet: &Packet<'_>) -> Fate {
        let mut doubts: Vec<Doubt> = self
            .model
            .unread
            .iter()
            .map(|reason| Doubt::Unread {
                reason: reason.clone(),
            })
            .collect();
        let bridge = packet
            .arrival
            .is_none_or(|arrival| self.machine.bridges.iter().any(|one| one == arrival));
        if bridge && self.model.chains.iter().any(Chain::is_of_bridges) {
            doubts.push(Doubt::Unread {
                reason: "the arriving interface is a bridge, and there are rules for bridges"
                    .to_owned(),
            });
        }
        let is_own = match packet.sender {
            Sender::Address(address) => self.machine.is_own(address) == Some(true),
            Sender::Stranger(_) => false,
        };
        if is_own && self.model.chains.iter().any(Chain::may_be_of_output) {
            doubts.push(Doubt::Own);
        }
        if doubts.is_empty() {
            return Fate::Through;
        }
        let nowhere = Spot {
            chain: usize::MAX,
            rule: None,
        };
        Fate::Open(doubts.into_iter().map(|doubt| (doubt, nowhere)).collect())
    }

    /// The rule as people find it.
    fn reference(&self, spot: Spot) -> Option<RuleRef> {
        let chain = self.model.chains.get(spot.chain)?;
        let rule = spot.rule.and_then(|rule| chain.rules.get(rule));
        let policy = match chain.base.as_ref().map(|base| base.policy) {
            Some(Policy::Accept) => "policy accept",
            Some(Policy::Drop) => "policy drop",
            _ => "policy",
        };
        Some(RuleRef {
            family: chain.table.family.name().to_owned(),
            table: chain.table.name.clone(),
            chain: chain.name.clone(),
            handle: rule.and_then(|rule| rule.handle),
            line: spot.rule.map(|rule| rule + 1),
            legacy: chain.table.legacy,
            text: rule.map_or_else(|| policy.to_owned(), |rule| rule.text.clone()),
            counter: rule.and_then(|rule| rule.counter),
        })
    }
}

/// The fates of all groups of services, for this source and for a stranger.
struct Account<'a> {
    bench: Bench<'a>,
    question: &'a Question,
    arrival: Option<&'a str>,
    groups: &'a [Group],
    fates: &'a [Fate],
    others: &'a [Fate],
}

impl Account<'_> {
    fn verdict(&self) -> Verdict {
        let all = || self.fates.iter().zip(self.others);
        let is_own = |(fate, other): (&Fate, &Fate)| fate.is_dropped() && fate != other;
        let is_closed = |(fate, other): (&Fate, &Fate)| fate.is_dropped() && fate == other;
        let own = self.scope(|fate, other| is_own((fate, other)));
        let closed = self.scope(|fate, other| is_closed((fate, other)));
        let here = || all().filter(|(fate, _)| **fate != Fate::Elsewhere);
        let about_source = here().any(is_own);
        let outcome = if here().next().is_none() {
            Outcome::CannotTell
        } else if about_source || here().all(|(fate, _)| fate.is_dropped()) {
            Outcome::Blocked
        } else if self.is_open() {
            Outcome::NotBlocked
        } else {
            Outcome::CannotTell
        };
        let because = match outcome {
            Outcome::Blocked if about_source => self.because(is_own),
            Outcome::Blocked => self.because(is_closed),
            Outcome::NotBlocked | Outcome::CannotTell => Vec::new(),
        };
        Verdict {
            path: self.question.path,
            outcome,
            interface: self.arrival.map(str::to_owned),
            scope: own,
            closed,
            because,
            unsure: self.unsure(),
        }
    }

    /// Whether something arrives, and nothing that is not known is about the source.
    fn is_open(&self) -> bool {
        let mut all = self.fates.iter().zip(self.others);
        let any = self.fates.contains(&Fate::Through);
        any && all.all(|(fate, other)| !matches!(fate, Fate::Open(_)) || fate == other)
    }

    fn scope(&self, wanted: impl Fn(&Fate, &Fate) -> bool) -> crate::truth::Scope {
        let picked: Vec<Option<bool>> = self
            .fates
            .iter()
            .zip(self.others)
            .map(|(fate, other)| (*fate != Fate::Elsewhere).then(|| wanted(fate, other)))
            .collect();
        scope(self.groups, &picked)
    }

    /// The rules that drop, the widest first.
    fn because(&self, wanted: impl Fn((&Fate, &Fate)) -> bool) -> Vec<Because> {
        let mut counts: HashMap<Spot, usize> = HashMap::new();
        for (place, pair) in self.fates.iter().zip(self.others).enumerate() {
            if let (true, Fate::Dropped(spot)) = (wanted(pair), pair.0) {
                *counts.entry(*spot).or_default() += self.width(place);
            }
        }
        let mut spots: Vec<(Spot, usize)> = counts.into_iter().collect();
        spots.sort_by_key(|(spot, width)| (std::cmp::Reverse(*width), *spot));
        spots
            .into_iter()
            .filter_map(|(spot, _)| {
                let is_here = |fate: &Fate| matches!(fate, Fate::Dropped(at) if *at == spot);
                Some(Because {
                    scope: self.scope(|fate, other| wanted((fate, other)) && is_here(fate)),
                    rule: self.bench.reference(spot)?,
                })
            })
            .collect()
    }

    fn width(&self, place: usize) -> usize {
        let ports = self.groups.get(place).and_then(|group| group.ports);
        ports.map_or(1, |(first, last)| usize::from(last - first) + 1)
    }

    fn unsure(&self) -> Vec<Unsure> {
        let doubts = self.fates.iter().flat_map(|fate| match fate {
            Fate::Open(doubts) => doubts.as_slice(),
            _ => &[],
        });
        let mut all: Vec<&(Doubt, Spot)> = Vec::new();
        for doubt in doubts {
            if !all.contains(&doubt) {
                all.push(doubt);
            }
        }
        let mut unsure: Vec<Unsure> = all
            .into_iter()
            .map(|doubt| Unsure {
                scope: self.scope(|fate, _| matches!(fate, Fate::Open(all) if all.contains(doubt))),
                doubt: doubt.0.clone(),
                rule: self.bench.reference(doubt.1),
            })
            .collect();
        if self.fates.iter().all(|fate| *fate == Fate::Elsewhere) {
            unsure.push(Unsure {
                scope: crate::truth::Scope::everything(),
                doubt: match self.question.path {
                    Path::PublishedPort => Doubt::NothingPublished,
                    Path::HostInput | Path::Forwarded => Doubt::Translated,
                },
                rule: None,
            });
        }
        unsure
    }
}

impl Fate {
    const fn is_dropped(&self) -> bool {
        matches!(self, Self::Dropped(_))
    }
}
