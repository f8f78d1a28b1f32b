//! What sets hold of what is asked.
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::truth::{
    fact::Fact,
    model::{Decision, Target, TargetAddress, TargetPort, Tuple, Use},
    state::State,
    test::{doubt_of_fields, like},
    three::Three,
    verdict::Doubt,
};

/// An element of a set or a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) tuple: Tuple,
    /// Whether it has a rate or the like of its own, beyond which it does not count.
    pub(crate) conditional: bool,
    pub(crate) value: Value,
}

/// What an element of a map leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Nothing,
    Decision(Decision),
    /// As the kernel has it.
    Bytes(Vec<u8>),
}

/// The elements of a set that can matter: those with the sender, or with destinations that are possible.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Members {
    pub(crate) elements: Vec<Element>,
    /// The element for all that is not in others.
    pub(crate) otherwise: Option<Element>,
    /// Why they are not known, where they are not.
    pub(crate) unreadable: Option<String>,
}

impl Members {
    pub(crate) fn unreadable(reason: impl Into<String>) -> Self {
        Self {
            unreadable: Some(reason.into()),
            ..Self::default()
        }
    }

    /// Whether the set holds what is known of the fields.
    pub(crate) fn contains(&self, of: &Use, facts: &[Fact], state: &State) -> Three {
        if self.is_unclear(of, facts, state) {
            return Three::Maybe;
        }
        if facts.contains(&Fact::Absent) {
            return Three::No;
        }
        let elements = self.elements.iter();
        let hit = elements
            .map(|element| element.like(of, facts))
            .fold(Three::No, Three::or);
        match &self.otherwise {
            Some(element) => hit.or(Three::from(!element.conditional).or(Three::Maybe)),
            None => hit,
        }
    }

    /// Why it is not known whether the set holds something.
    pub(crate) fn doubt(&self, of: &Use, facts: &[Fact], state: &State) -> Doubt {
        let name = || of.set.name().to_owned();
        if let Some(reason) = &self.unreadable {
            return Doubt::Set {
                name: name(),
                reason: reason.clone(),
            };
        }
        if state.filled.contains(&of.set) || self.elements.iter().any(|one| one.conditional) {
            return Doubt::Rate;
        }
        doubt_of_fields(&of.fields, facts)
    }

    /// Whether the elements say nothing about these fields.
    fn is_unclear(&self, of: &Use, facts: &[Fact], state: &State) -> bool {
        if self.unreadable.is_some() || state.filled.contains(&of.set) {
            return true;
        }
        // Only elements with addresses that were asked for are here.
        of.fields
            .iter()
            .zip(facts)
            .any(|(field, fact)| field.is_of_address() && !fact.is_known() && *fact != Fact::Absent)
    }

    /// The elements that it may be; `None` where they are not known.
    fn found(&self, of: &Use, facts: &[Fact], state: &State) -> Option<Vec<(Three, &Value)>> {
        if self.is_unclear(of, facts, state) {
            return None;
        }
        if facts.contains(&Fact::Absent) {
            return Some(Vec::new());
        }
        let mut found: Vec<(Three, &Value)> = self
            .elements
            .iter()
            .map(|element| (element.like(of, facts), &element.value))
            .filter(|(answer, _)| *answer != Three::No)
            .collect();
        if let Some(element) = &self.otherwise
            && !found.iter().any(|(answer, _)| *answer == Three::Yes)
        {
            let alone = found.is_empty() && !element.conditional;
            let answer = if alone { Three::Yes } else { Three::Maybe };
            found.push((answer, &element.value));
        }
        Some(found)
    }

    /// The decisions of a map that it may be.
    pub(crate) fn decisions(
        &self,
        of: &Use,
        facts: &[Fact],
        state: &State,
    ) -> Result<Vec<(Three, Decision)>, Doubt> {
        let found = self
            .found(of, facts, state)
            .ok_or_else(|| self.doubt(of, facts, state))?;
        found
            .into_iter()
            .map(|(answer, value)| match value {
                Value::Decision(decision) => Ok((answer, decision.clone())),
                Value::Nothing | Value::Bytes(_) => Err(Doubt::Unknown {
                    text: format!("map {}", of.set.name()),
                }),
            })
            .collect()
    }

    /// The targets of a map that it may be.
    pub(crate) fn targets(&self, of: &Use, facts: &[Fact], state: &State) -> Vec<(Three, Target)> {
        let unknown = Target {
            address: TargetAddress::Unknown,
            port: TargetPort::Unknown,
        };
        let Some(found) = self.found(of, facts, state) else {
            return vec![(Three::Maybe, unknown)];
        };
        found
            .into_iter()
            .map(|(answer, value)| (answer, value.target().unwrap_or(unknown)))
            .collect()
    }
}

impl Element {
    fn like(&self, of: &Use, facts: &[Fact]) -> Three {
        let answer = like(&of.fields, facts, &self.tuple);
        if self.conditional {
            answer.and(Three::Maybe)
        } else {
            answer
        }
    }
}

impl Value {
    /// An address, with or without a port behind it.
    pub(crate) fn target(&self) -> Option<Target> {
        let Self::Bytes(bytes) = self else {
            return None;
        };
        let (address, rest): (IpAddr, &[u8]) = if bytes.len() >= 16 {
            let (address, rest) = bytes.split_first_chunk::<16>()?;
            (Ipv6Addr::from(*address).into(), rest)
        } else {
            let (address, rest) = bytes.split_first_chunk::<4>()?;
            (Ipv4Addr::from(*address).into(), rest)
        };
        let port = match rest {
            [] => TargetPort::Kept,
            // A number of two bytes takes four.
            [high, low, 0, 0] => TargetPort::One(u16::from_be_bytes([*high, *low])),
            _ => return None,
        };
        Some(Target {
            address: TargetAddress::One(address),
            port,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::truth::model::{Field, Pattern, SetKey, Version};

    fn source(elements: Vec<Element>) -> (Use, Members) {
        let of = Use {
            set: SetKey::Ipset {
                name: "f2b-sshd".into(),
            },
            fields: vec![Field::Source(Version::Four)],
        };
        let members = Members {
            elements,
            ..Members::default()
        };
        (of, members)
    }

    fn element(first: u128, last: u128, conditional: bool) -> Element {
        Element {
            tuple: vec![Pattern::Range(first, last)],
            conditional,
            value: Value::Nothing,
        }
    }

    fn state() -> State {
        State::nothing_known()
    }

    #[test]
    fn contains_element_with_a_rate_is_not_certain() {
        let (of, members) = source(vec![element(5, 5, true)]);
        assert_eq!(
            members.contains(&of, &[Fact::known(5)], &state()),
            Three::Maybe
        );
        assert_eq!(members.doubt(&of, &[Fact::known(5)], &state()), Doubt::Rate);
        assert_eq!(
            members.contains(&of, &[Fact::known(6)], &state()),
            Three::No
        );
    }

    #[test]
    fn contains_set_that_rules_filled_on_the_way_is_not_known() {
        let (of, members) = source(vec![element(5, 9, false)]);
        let mut state = state();
        assert_eq!(members.contains(&of, &[Fact::known(7)], &state), Three::Yes);
        state.fill(of.set.clone());
        assert_eq!(
            members.contains(&of, &[Fact::known(7)], &state),
            Three::Maybe
        );
    }

    #[test]
    fn contains_address_that_is_not_known_is_not_known_even_in_an_empty_set() {
        let (of, members) = source(Vec::new());
        assert_eq!(
            members.contains(&of, &[Fact::some()], &state()),
            Three::Maybe
        );
        assert_eq!(
            members.contains(&of, &[Fact::Stranger], &state()),
            Three::No
        );
        let unreadable = Members::unreadable("gone");
        assert_eq!(
            unreadable.contains(&of, &[Fact::known(1)], &state()),
            Three::Maybe
        );
    }

    #[test]
    fn target_reads_address_with_and_without_port() {
        let target = |bytes: &[u8]| Value::Bytes(bytes.to_vec()).target();
        let address = TargetAddress::One([10, 0, 0, 1].into());
        assert_eq!(
            target(&[10, 0, 0, 1]),
            Some(Target {
                address,
                port: TargetPort::Kept
            })
        );
        assert_eq!(
            target(&[10, 0, 0, 1, 0, 80, 0, 0]),
            Some(Target {
                address,
                port: TargetPort::One(80)
            })
        );
        assert_eq!(target(&[10, 0]), None);
        assert_eq!(target(&[10, 0, 0, 1, 9]), None);
    }
}
