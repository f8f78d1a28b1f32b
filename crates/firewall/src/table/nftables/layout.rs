//! How the table is laid out: which chains with which rules.
//!
//! ```text
//! prerouting  lo accept · established accept (by choice) · jump allowed · jump banned · in a blocked set: goto blocked
//! allowed     from an allowed network: accept
//! banned      from a banned network: goto blocked
//! blocked     count the sender · count and drop
//! output      lo accept · established accept (by choice) · jump allowed_out · to an out set: goto blocked_out
//! forward     the same without lo
//! allowed_out to an allowed network: accept
//! blocked_out count and drop
//! ```
use std::collections::BTreeSet;

use super::{
    chain::{Base, Chain, Hook, Rule},
    expression::{Expression, Meta, Verdict},
    set::SetId,
};
use crate::table::{
    ContentHash,
    kind::{Direction, Family, Single},
};

pub(super) const PREROUTING: &str = "prerouting";
pub(super) const ALLOWED: &str = "allowed";
pub(super) const BANNED: &str = "banned";
pub(super) const BLOCKED: &str = "blocked";
pub(super) const OUTPUT: &str = "output";
pub(super) const FORWARD: &str = "forward";
pub(super) const ALLOWED_OUT: &str = "allowed_out";
pub(super) const BLOCKED_OUT: &str = "blocked_out";

/// All chains.
pub(super) const NAMES: [&str; 8] = [
    PREROUTING,
    ALLOWED,
    BANNED,
    BLOCKED,
    OUTPUT,
    FORWARD,
    ALLOWED_OUT,
    BLOCKED_OUT,
];

/// The loopback interface's number, in every network namespace.
const LOOPBACK: u32 = 1;
/// `NF_CT_STATE_BIT` of connections that are established, and of those that belong to one.
const ESTABLISHED_OR_RELATED: u32 = 2 | 4;

/// The lengths of networks of which a list has sets.
pub(super) type Lengths = BTreeSet<(Family, u8)>;

/// What of a load the rules depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) generation: u64,
    pub(super) hash: ContentHash,
}

impl Mark {
    /// The comment of the first rule says what is in force, to people as well as to the next start.
    fn comment(self) -> String {
        format!("load {} of {}", self.generation, self.hash)
    }

    pub(super) fn of(comment: &str) -> Option<Self> {
        let (generation, hash) = comment.strip_prefix("load ")?.split_once(" of ")?;
        Some(Self {
            generation: generation.parse().ok()?,
            hash: hash.parse().ok()?,
        })
    }
}

/// What decides on the rules.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) mark: Mark,
    pub(super) established_stay: bool,
    /// What is blocked when it comes in.
    pub(super) blocked: Lengths,
    /// What is blocked when it goes out.
    pub(super) out: Lengths,
    pub(super) allowed: Lengths,
    pub(super) banned: Lengths,
}

impl Layout {
    pub(super) fn chains(&self) -> Vec<Chain> {
        vec![
            blocked(),
            blocked_out(),
            allowed(&self.allowed),
            allowed_out(&self.allowed),
            banned(&self.banned),
            self.prerouting(),
            self.outgoing(OUTPUT, Hook::Output),
            self.outgoing(FORWARD, Hook::Forward),
        ]
    }

    fn prerouting(&self) -> Chain {
        let lo = interface(Meta::Incoming).commented(self.mark.comment());
        let jump = |chain| Rule::of([Expression::Verdict(Verdict::Jump(chain))]);
        let mut rules = vec![lo];
        rules.extend(self.established_stay.then(established));
        rules.extend([jump(ALLOWED), jump(BANNED)]);
        rules.extend(self.asks(Direction::In, BLOCKED));
        Chain {
            name: PREROUTING,
            base: Some(Base::of(Hook::Prerouting)),
            rules,
        }
    }

    fn outgoing(&self, name: &'static str, hook: Hook) -> Chain {
        let mut rules = Vec::new();
        if !self.out.is_empty() {
            rules.extend((hook == Hook::Output).then(|| interface(Meta::Outgoing)));
            rules.extend(self.established_stay.then(established));
            rules.push(Rule::of([Expression::Verdict(Verdict::Jump(ALLOWED_OUT))]));
            rules.extend(self.asks(Direction::Out, BLOCKED_OUT));
        }
        Chain {
            name,
            base: Some(Base::of(hook)),
            rules,
        }
    }

    fn asks(&self, direction: Direction, chain: &'static str) -> impl Iterator<Item = Rule> {
        self.loads(direction).map(move |id| {
            let verdict = Verdict::Goto(chain);
            let length = id.length().unwrap_or(id.family().bits());
            ask(id, length, direction, verdict)
        })
    }

    /// The sets of the load in one direction.
    pub(super) fn loads(&self, direction: Direction) -> impl Iterator<Item = SetId> {
        let generation = self.mark.generation;
        let lengths = match direction {
            Direction::In => &self.blocked,
            Direction::Out => &self.out,
        };
        lengths.iter().map(move |&(family, length)| SetId::Load {
            direction,
            family,
            length,
            generation,
        })
    }
}

pub(super) fn allowed(lengths: &Lengths) -> Chain {
    Chain {
        name: ALLOWED,
        base: None,
        rules: single(lengths, Single::Allowed, Direction::In, &Verdict::Accept),
    }
}

pub(super) fn allowed_out(lengths: &Lengths) -> Chain {
    Chain {
        name: ALLOWED_OUT,
        base: None,
        rules: single(lengths, Single::Allowed, Direction::Out, &Verdict::Accept),
    }
}

pub(super) fn banned(lengths: &Lengths) -> Chain {
    let verdict = Verdict::Goto(BLOCKED);
    Chain {
        name: BANNED,
        base: None,
        rules: single(lengths, Single::Banned, Direction::In, &verdict),
    }
}

fn single(lengths: &Lengths, list: Single, direction: Direction, verdict: &Verdict) -> Vec<Rule> {
    let rule = |&(family, length): &(Family, u8)| {
        let id = SetId::Single {
            list,
            family,
            length,
        };
        ask(id, length, direction, verdict.clone())
    };
    lengths.iter().map(rule).collect()
}

fn blocked() -> Chain {
    let hits = Family::BOTH.map(|family| {
        let count = Expression::CountIn(SetId::Hits(family).to_string());
        Rule::of(address(family, Direction::In).into_iter().chain([count]))
    });
    Chain {
        name: BLOCKED,
        base: None,
        // A rule of its own: a step that finds no room in its set ends its rule.
        rules: hits.into_iter().chain([count_and_drop()]).collect(),
    }
}

fn blocked_out() -> Chain {
    Chain {
        name: BLOCKED_OUT,
        base: None,
        rules: vec![count_and_drop()],
    }
}

fn count_and_drop() -> Rule {
    Rule::of([Expression::Count, Expression::Verdict(Verdict::Drop)])
}

fn interface(meta: Meta) -> Rule {
    Rule::of([
        Expression::Meta(meta),
        Expression::Is(LOOPBACK.to_ne_bytes().to_vec()),
        Expression::Verdict(Verdict::Accept),
    ])
}

fn established() -> Rule {
    Rule::of([
        Expression::ConnectionState,
        Expression::Mask(ESTABLISHED_OR_RELATED.to_ne_bytes().to_vec()),
        Expression::IsNot(0_u32.to_ne_bytes().to_vec()),
        Expression::Verdict(Verdict::Accept),
    ])
}

/// Takes the other end's address of packets of a family.
fn address(family: Family, direction: Direction) -> [Expression; 3] {
    let offset = match (family, direction) {
        (Family::V4, Direction::In) => 12,
        (Family::V4, Direction::Out) => 16,
        (Family::V6, Direction::In) => 8,
        (Family::V6, Direction::Out) => 24,
    };
    [
        Expression::Meta(Meta::Protocol),
        Expression::Is(vec![family.protocol()]),
        Expression::Header {
            offset,
            length: u32::from(family.bytes()),
        },
    ]
}

/// Decides on packets whose other end is in a set of networks of a length.
fn ask(id: SetId, length: u8, direction: Direction, verdict: Verdict) -> Rule {
    let family = id.family();
    let mask = (length < family.bits()).then(|| Expression::Mask(family.mask(length)));
    Rule::of(
        address(family, direction)
            .into_iter()
            .chain(mask)
            .chain([Expression::In(id.to_string()), Expression::Verdict(verdict)]),
    )
}
