//! What may change of a packet on its way.
use crate::truth::{
    fact::Fact,
    model::{Field, Hook, Pattern, SetKey, Step, Target, TargetAddress, TargetPort},
    packet::{Packet, STATE_INVALID, STATE_NEW, STATE_UNTRACKED, number},
    three::Three,
    verdict::Path,
};
#[cfg(test)]
use crate::truth::{machine::Machine, model::Version, packet::Sender};

/// What may change on the way. Where ways part, this is what holds on all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) destination: Fact,
    pub(crate) port: Fact,
    /// Whether the destination is this machine.
    pub(crate) local: Three,
    /// Whether the destination was translated.
    pub(crate) translated: Three,
    pub(crate) mark: Fact,
    pub(crate) connection_mark: Fact,
    /// Whether the kernel knows the connection, if it is to.
    tracked: Three,
    /// Whether rules said that it is not to.
    pub(crate) untracked: Three,
    pub(crate) hook: Hook,
    /// Sets that rules on the way may have changed.
    pub(crate) filled: Vec<SetKey>,
    /// Fields that rules on the way may have written.
    pub(crate) rewritten: Vec<Field>,
}

impl State {
    /// A packet that has just arrived.
    pub(crate) fn arrived(packet: &Packet<'_>) -> Self {
        let local = Three::from(packet.path != Path::Forwarded);
        Self {
            destination: packet.destination(local),
            port: packet
                .port
                .map_or_else(Fact::some, |port| Fact::known(u128::from(port))),
            local,
            translated: Three::No,
            mark: Fact::some(),
            connection_mark: Fact::known(0),
            tracked: Three::No,
            untracked: Three::No,
            hook: Hook::Ingress,
            filled: Vec::new(),
            rewritten: Vec::new(),
        }
    }

    /// What holds where either is so.
    pub(crate) fn join(self, other: Self) -> Self {
        let agreed = |one, two| if one == two { one } else { Three::Maybe };
        let mut joined = Self {
            destination: self.destination.join(other.destination),
            port: self.port.join(other.port),
            local: agreed(self.local, other.local),
            translated: agreed(self.translated, other.translated),
            mark: self.mark.join(other.mark),
            connection_mark: self.connection_mark.join(other.connection_mark),
            tracked: agreed(self.tracked, other.tracked),
            untracked: agreed(self.untracked, other.untracked),
            hook: self.hook,
            filled: self.filled,
            rewritten: self.rewritten,
        };
        for set in other.filled {
            joined.fill(set);
        }
        for field in other.rewritten {
            joined.rewrite(field);
        }
        joined
    }

    /// A packet of which nothing is known.
    #[cfg(test)]
    pub(crate) fn nothing_known() -> Self {
        let machine = Machine::default();
        Self::arrived(&Packet {
            sender: Sender::Stranger(Version::Four),
            path: Path::Forwarded,
            protocol: 6,
            port: None,
            arrival: None,
            machine: &machine,
        })
    }

    pub(crate) fn fill(&mut self, set: SetKey) {
        if !self.filled.contains(&set) {
            self.filled.push(set);
        }
    }

    pub(crate) fn rewrite(&mut self, field: Field) {
        if !self.rewritten.contains(&field) {
            self.rewritten.push(field);
        }
    }

    /// From here on the kernel knows the connection.
    pub(crate) fn begin_tracking(&mut self) {
        self.tracked = Three::Yes;
    }

    /// From here on it may know it.
    pub(crate) fn tracking_unclear(&mut self) {
        if self.tracked == Three::No {
            self.tracked = Three::Maybe;
        }
    }

    /// Whether the kernel knows the connection.
    pub(crate) fn tracked(&self) -> Three {
        self.tracked.and(!self.untracked)
    }

    pub(crate) fn connection_state(&self) -> Fact {
        let mut states = Vec::new();
        if self.untracked != Three::No {
            states.push(STATE_UNTRACKED);
        }
        if self.untracked != Three::Yes {
            if self.tracked != Three::No {
                states.push(STATE_NEW);
            }
            if self.tracked != Three::Yes {
                states.push(STATE_INVALID);
            }
        }
        match states.as_slice() {
            [state] => Fact::known(*state),
            _ => Fact::OneOf(states),
        }
    }

    /// What a rule does to it beside deciding.
    pub(crate) fn suffer(&mut self, effect: &Step) {
        match effect {
            Step::SetMark { mask, flip } => self.mark = flipped(&self.mark, *mask, *flip),
            Step::SetConnectionMark => self.connection_mark = Fact::some(),
            // Later it does nothing.
            Step::Untrack => match self.tracked {
                Three::No => self.untracked = Three::Yes,
                Three::Maybe => self.untracked = self.untracked.or(Three::Maybe),
                Three::Yes => {}
            },
            Step::Rewrite(field) => self.rewrite(field.clone()),
            Step::Fill(set) => self.fill(set.clone()),
            _ => {}
        }
    }

    /// Translates the destination.
    pub(crate) fn translate(&mut self, target: Target, packet: &Packet<'_>) {
        // To where it goes already is no translation, as far as the kernel tells.
        self.translated = self.translated.or(self.differs(target));
        match target.address {
            TargetAddress::Kept => {}
            TargetAddress::Own => {
                self.local = Three::Yes;
                self.destination = packet.destination(Three::Yes);
            }
            TargetAddress::One(address) => {
                self.destination = Fact::known(number(address));
                self.local = packet
                    .machine
                    .is_own(address)
                    .map_or(Three::Maybe, Three::from);
            }
            TargetAddress::Unknown => {
                self.destination = Fact::some();
                self.local = Three::Maybe;
            }
        }
        match target.port {
            TargetPort::Kept => {}
            TargetPort::One(port) => self.port = Fact::known(u128::from(port)),
            TargetPort::Unknown => self.port = Fact::some(),
        }
    }

    /// Whether the target is another one than that to which it goes.
    fn differs(&self, target: Target) -> Three {
        let is = |fact: &Fact, value| fact.like(&Pattern::one(value), u128::MAX);
        let address = match target.address {
            TargetAddress::Kept => Three::No,
            TargetAddress::One(address) => !is(&self.destination, number(address)),
            TargetAddress::Own | TargetAddress::Unknown => Three::Maybe,
        };
        let port = match target.port {
            TargetPort::Kept => Three::No,
            TargetPort::One(port) => !is(&self.port, u128::from(port)),
            TargetPort::Unknown => Three::Maybe,
        };
        address.or(port)
    }
}

fn flipped(old: &Fact, mask: u32, flip: Option<u32>) -> Fact {
    let (Some(flip), Fact::Bits { known, value }) = (flip, old) else {
        return Fact::some();
    };
    // Bits of the mask are known to be nothing; all bits beyond the 32 of a mark are.
    let (cleared, flip) = (u128::from(mask), u128::from(flip));
    let beyond = !u128::from(u32::MAX);
    Fact::Bits {
        known: known | cleared | beyond,
        value: ((value & known & !cleared) ^ flip) & (known | cleared),
    }
}
