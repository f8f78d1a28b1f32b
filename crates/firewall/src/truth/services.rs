//! All ports and protocols, cut where a ruleset tells them apart.
use std::collections::BTreeSet;

use crate::truth::{
    members::Members,
    model::{Chain, Field, Model, Operand, Pattern, Step, Targets, Test, Tuple, Version},
    scope::{Protocol, Scope, Service, Services},
};

const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMP: u8 = 1;
const ICMP_V6: u8 = 58;

/// Services that a ruleset does not tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) protocol: u8,
    /// For protocols with ports, from and to.
    pub(crate) ports: Option<(u16, u16)>,
    /// Whether it stands for all protocols that no rule names.
    pub(crate) is_rest: bool,
}

impl Group {
    /// The one that is asked for.
    pub(crate) fn of(service: Service) -> Self {
        let ports = service.port.filter(|_| service.protocol.has_ports());
        Self {
            protocol: service.protocol.number(),
            ports: ports.map(|port| (port, port)),
            is_rest: false,
        }
    }
}

/// Where a ruleset tells services apart.
#[derive(Debug, Default)]
pub(crate) struct Cuts {
    /// Ports with which something begins.
    ports: BTreeSet<u16>,
    protocols: BTreeSet<u8>,
}

impl Cuts {
    /// All cuts of the rules that are not out of question.
    pub(crate) fn of(model: &Model, members: &[Members], live: &[Vec<usize>]) -> Self {
        let mut cuts = Self::default();
        for (chain, live) in model.chains.iter().zip(live) {
            cuts.add_chain(chain, live);
        }
        for (used, members) in model.uses.iter().zip(members) {
            for element in &members.elements {
                cuts.add_tuple(&used.fields, &element.tuple);
            }
        }
        cuts
    }

    fn add_chain(&mut self, chain: &Chain, live: &[usize]) {
        for rule in live.iter().filter_map(|rule| chain.rules.get(*rule)) {
            for step in &rule.steps {
                self.add_step(step);
            }
        }
    }

    fn add_step(&mut self, step: &Step) {
        match step {
            Step::Test(test) => self.add_test(test),
            Step::DecideBy { fields, entries } => {
                for (tuple, _) in entries {
                    self.add_tuple(fields, tuple);
                }
            }
            Step::Translate {
                targets: Targets::Map { fields, entries },
                ..
            } => {
                for (tuple, _) in entries {
                    self.add_tuple(fields, tuple);
                }
            }
            _ => {}
        }
    }

    fn add_test(&mut self, test: &Test) {
        match test {
            Test::Compare {
                fields, operand, ..
            } => {
                for field in fields {
                    self.add_field(field);
                }
                if let Operand::Any(tuples) = operand {
                    for tuple in tuples {
                        self.add_tuple(fields, tuple);
                    }
                }
            }
            Test::Any(tests) => {
                for test in tests {
                    self.add_test(test);
                }
            }
            Test::Unknown(_) => {}
        }
    }

    fn add_field(&mut self, field: &Field) {
        match field {
            Field::SourcePort(Some(protocol)) | Field::DestinationPort(Some(protocol)) => {
                self.protocols.insert(*protocol);
            }
            _ => {}
        }
    }

    fn add_tuple(&mut self, fields: &[Field], tuple: &Tuple) {
        for (field, pattern) in fields.iter().zip(tuple) {
            self.add_field(field);
            let Pattern::Range(first, last) = pattern else {
                continue;
            };
            match field {
                Field::DestinationPort(_) | Field::OriginalPort => self.add_ports(*first, *last),
                Field::Protocol | Field::Header(_) => self.add_protocols(*first, *last),
                _ => {}
            }
        }
    }

    fn add_ports(&mut self, first: u128, last: u128) {
        let begins = [Some(first), last.checked_add(1)];
        self.ports.extend(
            begins
                .into_iter()
                .flatten()
                .filter_map(|port| u16::try_from(port).ok()),
        );
    }

    fn add_protocols(&mut self, first: u128, last: u128) {
        let Ok(first) = u8::try_from(first) else {
            return;
        };
        let last = u8::try_from(last).unwrap_or(u8::MAX);
        // All of them are no difference.
        if (first, last) != (0, u8::MAX) {
            self.protocols.extend(first..=last);
        }
    }

    /// All services, in groups.
    pub(crate) fn groups(&self, version: Version) -> Vec<Group> {
        let (ping, other_ping) = match version {
            Version::Four => (ICMP, ICMP_V6),
            Version::Six => (ICMP_V6, ICMP),
        };
        let mut groups = Vec::new();
        for protocol in [TCP, UDP] {
            for ports in self.port_ranges() {
                groups.push(Group {
                    protocol,
                    ports: Some(ports),
                    is_rest: false,
                });
            }
        }
        let named = |protocol: &u8| ![TCP, UDP, ping, other_ping].contains(protocol);
        let more = self.protocols.iter().copied().filter(named);
        groups.extend(std::iter::once(ping).chain(more).map(|protocol| Group {
            protocol,
            ports: None,
            is_rest: false,
        }));
        let is_free = |protocol: &u8| named(protocol) && !self.protocols.contains(protocol);
        if let Some(protocol) = (0..=u8::MAX).rev().find(is_free) {
            groups.push(Group {
                protocol,
                ports: None,
                is_rest: true,
            });
        }
        groups
    }

    fn port_ranges(&self) -> Vec<(u16, u16)> {
        let mut begins: Vec<u16> = self
            .ports
            .iter()
            .copied()
            .filter(|port| *port > 0)
            .collect();
        begins.insert(0, 0);
        let mut ranges = Vec::new();
        for (place, begin) in begins.iter().enumerate() {
            let last = begins
                .get(place + 1)
                .map_or(u16::MAX, |next| next.saturating_sub(1));
            ranges.push((*begin, last));
        }
        ranges
    }
}

/// The groups that were picked, as people write it. `None` are groups that are no part of the question.
pub(crate) fn scope(groups: &[Group], picked: &[Option<bool>]) -> Scope {
    let all = || groups.iter().zip(picked);
    let rest = all().any(|(group, picked)| group.is_rest && *picked == Some(true));
    let mut services: Vec<Services> = Vec::new();
    for (group, _) in all().filter(|(group, picked)| **picked == Some(!rest) && !group.is_rest) {
        let protocol = Protocol::from_number(group.protocol);
        let place = services.iter().position(|one| one.protocol == protocol);
        let (Some(ports), Some(one)) = (group.ports, place.and_then(|at| services.get_mut(at)))
        else {
            services.push(Services {
                protocol,
                ports: group.ports.into_iter().collect(),
            });
            continue;
        };
        match one.ports.last_mut() {
            Some(last) if last.1.checked_add(1) == Some(ports.0) => last.1 = ports.1,
            _ => one.ports.push(ports),
        }
    }
    for one in &mut services {
        if one.ports == [(0, u16::MAX)] {
            one.ports.clear();
        }
    }
    if rest {
        Scope::AllBut(services)
    } else {
        Scope::Only(services)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cuts(ports: &[u16], protocols: &[u8]) -> Cuts {
        Cuts {
            ports: ports.iter().copied().collect(),
            protocols: protocols.iter().copied().collect(),
        }
    }

    #[test]
    fn groups_cut_ports_where_rules_do() {
        let groups = cuts(&[22, 23], &[132, 6]).groups(Version::Four);
        let tcp: Vec<_> = groups
            .iter()
            .filter(|group| group.protocol == TCP)
            .filter_map(|group| group.ports)
            .collect();
        assert_eq!(tcp, [(0, 21), (22, 22), (23, 65535)]);
        let others: Vec<_> = groups
            .iter()
            .filter(|group| group.ports.is_none())
            .map(|group| (group.protocol, group.is_rest))
            .collect();
        assert_eq!(others, [(1, false), (132, false), (255, true)]);
    }

    #[test]
    fn scope_of_picked_groups_joins_ports_and_names_what_is_shorter() {
        let groups = cuts(&[22, 23, 80, 81], &[]).groups(Version::Four);
        let pick = |wanted: &dyn Fn(&Group) -> bool| -> Vec<Option<bool>> {
            groups.iter().map(|group| Some(wanted(group))).collect()
        };
        let is_ssh = |group: &Group| group.protocol == TCP && group.ports == Some((22, 22));
        let is_low = |group: &Group| group.ports.is_some_and(|(_, last)| last < 80);
        for (picked, text) in [
            (pick(&|_| false), "nothing"),
            (pick(&|_| true), "everything"),
            (pick(&is_ssh), "tcp 22"),
            (pick(&|group| !is_ssh(group)), "everything but tcp 22"),
            (pick(&is_low), "tcp 0-79 and udp 0-79"),
            (pick(&|group| group.protocol == UDP), "udp"),
        ] {
            assert_eq!(scope(&groups, &picked).to_string(), text);
        }
        let mut picked = pick(&|_| true);
        for (group, picked) in groups.iter().zip(&mut picked) {
            if is_ssh(group) {
                *picked = None;
            }
        }
        assert_eq!(scope(&groups, &picked).to_string(), "everything");
    }
}
