//! The way of a packet through chains, where what is not known leaves several ways open.
//!
//! A condition that is not known lets the packet go both ways at once. What holds on all ways that are still open is
//! kept in one [`State`]; which ends were reached is kept in [`Ways`]. So the answer is certain only where all ways
//! lead to it, and a ruleset is walked once, however many conditions are not known.
mod rules;

use crate::truth::{
    fact::Fact,
    model::{Base, Chain, Field, Hook, Policy},
    packet::Packet,
    state::State,
    test::Scene,
    three::Three,
    verdict::{Doubt, Path},
};

/// `NF_IP_PRI_CONNTRACK`, after which the kernel knows the connection.
const TRACKING_PRIORITY: i32 = -200;
/// `NF_IP_PRI_NAT_DST`: where the kernel asks all chains that translate, whatever their own priority is.
const NAT_BEFORE_ROUTING: i32 = -100;
/// `NF_IP_PRI_NAT_SRC`.
const NAT_AFTER_ROUTING: i32 = 100;
/// More of them say nothing more.
const MAX_DOUBTS: usize = 32;

/// A rule of a chain, or with `None` its policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Spot {
    pub(crate) chain: usize,
    pub(crate) rule: Option<usize>,
}

/// The ends that packets may have reached, and whether they may go on.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an end of its own, and any of them may go together"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Ways {
    dropped: bool,
    /// On to the next chain of the kernel's.
    accepted: bool,
    /// Back to where the chain was called.
    left: bool,
    /// On to the next rule.
    on: bool,
}

impl Ways {
    const ON: Self = Self {
        dropped: false,
        accepted: false,
        left: false,
        on: true,
    };

    /// What may happen where either may.
    fn also(&mut self, other: Self) {
        self.dropped |= other.dropped;
        self.accepted |= other.accepted;
        self.left |= other.left;
        self.on |= other.on;
    }
}

/// What becomes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It is dropped there.
    Dropped(Spot),
    /// It is not on this path: its destination is translated, or is not.
    Elsewhere,
    /// It arrives.
    Through,
    /// It is not known.
    Open,
}

/// The walk of one packet.
#[derive(Debug)]
pub(crate) struct Walk<'a> {
    pub(crate) scene: Scene<'a>,
    /// By chain, the rules that are not out of question for the sender.
    pub(crate) live: &'a [Vec<usize>],
    /// How many rules may still be looked at.
    pub(crate) budget: &'a mut usize,
    pub(crate) state: State,
    /// What was not known and mattered.
    pub(crate) doubts: Vec<(Doubt, Spot)>,
    /// The last place where packets were dropped.
    dropped_at: Option<Spot>,
    /// How the destination may have been translated, where the path wants that.
    translations: Vec<State>,
    /// Whether all packets that go on were translated.
    translated_all: bool,
    /// Whether some may have been translated so that they are not on this path any more.
    some_left_path: bool,
    here: Spot,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(scene: Scene<'a>, live: &'a [Vec<usize>], budget: &'a mut usize) -> Self {
        Self {
            scene,
            live,
            budget,
            state: State::arrived(&scene.packet),
            doubts: Vec::new(),
            dropped_at: None,
            translations: Vec::new(),
            translated_all: false,
            some_left_path: false,
            here: Spot {
                chain: 0,
                rule: None,
            },
        }
    }

    const fn packet(&self) -> &Packet<'a> {
        &self.scene.packet
    }

    /// Goes through all hooks of the path.
    pub(crate) fn go(&mut self) -> End {
        let last = match self.packet().path {
            Path::HostInput => Hook::Input,
            Path::Forwarded | Path::PublishedPort => Hook::Forward,
        };
        let mut end = End::Through;
        for hook in [Hook::Ingress, Hook::Prerouting, last] {
            self.state.hook = hook;
            match self.hook(hook) {
                End::Through => {}
                End::Open => end = End::Open,
                certain => return certain,
            }
        }
        if self.some_left_path {
            return End::Open;
        }
        end
    }

    /// Whether the destination is translated to one outside this machine, if the packet gets that far.
    pub(crate) fn published(&mut self) -> Three {
        self.state.hook = Hook::Prerouting;
        self.state.begin_tracking();
        for chain in self.chains_at(Hook::Prerouting) {
            if self.base(chain).is_some_and(|base| base.nat) && !self.translated_all {
                self.base_chain(chain);
            }
        }
        if self.translations.is_empty() {
            Three::No
        } else if self.translated_all && !self.some_left_path {
            Three::Yes
        } else {
            Three::Maybe
        }
    }

    fn base(&self, chain: usize) -> Option<&'a Base> {
        self.scene.model.chains.get(chain)?.base.as_ref()
    }

    /// The chains of a hook that see the packet, in their order.
    fn chains_at(&self, hook: Hook) -> Vec<usize> {
        let version = self.packet().version();
        let sees = |chain: &Chain| {
            let base = chain.base.as_ref();
            chain.table.family.sees(version) && base.is_some_and(|base| base.hook == hook)
        };
        let all = self.scene.model.chains.iter().enumerate();
        let mut chains: Vec<usize> = all
            .filter(|(_, chain)| sees(chain))
            .map(|(place, _)| place)
            .collect();
        chains.sort_by_key(|chain| self.base(*chain).map(Base::order));
        chains
    }

    fn hook(&mut self, hook: Hook) -> End {
        let chains = self.chains_at(hook);
        let mut may_be_dropped = false;
        let mut nat_is_over = false;
        for chain in &chains {
            let Some(base) = self.base(*chain) else {
                continue;
            };
            if base.nat && (self.translated_all || self.state.untracked == Three::Yes) {
                continue;
            }
            if base.order().0 > nat_priority(hook) && !std::mem::replace(&mut nat_is_over, true) {
                self.leave_nat();
            }
            self.enter(base, &chains);
            let ways = self.base_chain(*chain);
            if !ways.on && !ways.accepted {
                return match self.dropped_at {
                    Some(spot) if ways.dropped => End::Dropped(spot),
                    _ => End::Elsewhere,
                };
            }
            may_be_dropped |= ways.dropped;
        }
        if hook == Hook::Prerouting {
            if !nat_is_over {
                self.leave_nat();
            }
            // Chains of the input hook that translate are about sources.
            self.translated_all = false;
            self.state.begin_tracking();
            if self.packet().path == Path::PublishedPort && self.state.translated == Three::No {
                return End::Elsewhere;
            }
        }
        if may_be_dropped {
            End::Open
        } else {
            End::Through
        }
    }

    /// Where only translated packets are on the path, what holds from here on is what holds of those.
    fn leave_nat(&mut self) {
        let translations = std::mem::take(&mut self.translations);
        if let Some(state) = translations.into_iter().reduce(State::join) {
            self.state = state;
        }
    }

    /// What holds when the kernel asks this chain.
    fn enter(&mut self, base: &Base, chains: &[usize]) {
        let order = base.order();
        if base.hook == Hook::Prerouting && order.0 >= TRACKING_PRIORITY {
            if order.0 == TRACKING_PRIORITY {
                self.state.tracking_unclear();
            } else {
                self.state.begin_tracking();
            }
        }
        let at_once: Vec<&Base> = chains
            .iter()
            .filter_map(|chain| self.base(*chain))
            .filter(|other| other.order().0 == order.0)
            .collect();
        // Which of them comes first is not listed.
        if at_once.len() > 1 {
            self.state.mark = Fact::some();
            self.state.connection_mark = Fact::some();
        }
        if at_once.iter().any(|other| other.nat != base.nat) {
            let destination = Field::Destination(self.packet().version());
            for field in [destination, Field::DestinationPort(None)] {
                for written in field.written_with() {
                    self.state.rewrite(written);
                }
            }
        }
    }

    fn base_chain(&mut self, chain: usize) -> Ways {
        let Some(base) = self.base(chain) else {
            return Ways::ON;
        };
        let asked = self.device(base);
        if asked == Three::No {
            return Ways::ON;
        }
        let mut ways = self.chain(chain, asked, 0);
        if std::mem::take(&mut ways.left) {
            ways.also(self.policy(chain, base.policy));
        }
        if asked == Three::Maybe {
            if ways.dropped {
                self.doubt(Doubt::Interface, Spot { chain, rule: None });
            }
            ways.on = true;
        }
        ways
    }

    fn policy(&mut self, chain: usize, policy: Policy) -> Ways {
        let spot = Spot { chain, rule: None };
        let mut ways = Ways {
            dropped: policy != Policy::Accept,
            on: policy != Policy::Drop,
            ..Ways::default()
        };
        if policy == Policy::Unknown {
            let text = "policy".to_owned();
            self.doubt(Doubt::Unknown { text }, spot);
            ways.on = true;
        }
        if ways.dropped {
            self.dropped_at = Some(spot);
        }
        ways
    }

    /// Whether the chain is asked about packets from the interface by which this one comes.
    fn device(&self, base: &Base) -> Three {
        if base.hook != Hook::Ingress {
            return Three::Yes;
        }
        match (&base.devices, self.packet().arrival) {
            (Some(devices), Some(arrival)) => {
                Three::from(devices.iter().any(|device| device == arrival))
            }
            _ => Three::Maybe,
        }
    }

    fn doubt(&mut self, doubt: Doubt, spot: Spot) {
        if self.doubts.len() < MAX_DOUBTS {
            self.doubts.push((doubt, spot));
        }
    }
}

impl Base {
    /// Where it is among the chains of its hook: chains that translate are asked together.
    fn order(&self) -> (i32, i32) {
        if self.nat {
            (nat_priority(self.hook), self.priority)
        } else {
            (self.priority, self.priority)
        }
    }
}

const fn nat_priority(hook: Hook) -> i32 {
    match hook {
        Hook::Input => NAT_AFTER_ROUTING,
        _ => NAT_BEFORE_ROUTING,
    }
}
