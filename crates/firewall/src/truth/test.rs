//! Whether a condition holds for a packet.
use crate::truth::{
    fact::Fact,
    members::Members,
    model::{Field, Model, Operand, Pattern, Test, Tuple},
    packet::Packet,
    state::State,
    three::Three,
    verdict::Doubt,
};

/// All that a condition is held against.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) model: &'a Model,
    /// What the sets of [`Model::uses`] hold.
    pub(crate) members: &'a [Members],
    pub(crate) packet: Packet<'a>,
}

impl Scene<'_> {
    pub(crate) fn fact(&self, field: &Field, state: &State) -> Fact {
        self.packet.fact(field, state)
    }

    /// Whether the condition holds, and where that is not known what it depends on.
    pub(crate) fn test(&self, test: &Test, state: &State) -> (Three, Option<Doubt>) {
        match test {
            Test::Unknown(doubt) => (Three::Maybe, Some(doubt.clone())),
            Test::Any(tests) => {
                let mut answer = Three::No;
                let mut doubt = None;
                for test in tests {
                    let (one, why) = self.test(test, state);
                    answer = answer.or(one);
                    doubt = doubt.or(why);
                }
                (answer, doubt.filter(|_| answer == Three::Maybe))
            }
            Test::Compare {
                fields,
                negated,
                operand,
            } => {
                let (answer, doubt) = self.compare(fields, *negated, operand, state);
                (answer, doubt.filter(|_| answer == Three::Maybe))
            }
        }
    }

    fn compare(
        &self,
        fields: &[Field],
        negated: bool,
        operand: &Operand,
        state: &State,
    ) -> (Three, Option<Doubt>) {
        let facts: Vec<Fact> = fields.iter().map(|field| self.fact(field, state)).collect();
        if facts.contains(&Fact::Absent) {
            return (Three::No, None);
        }
        let (hit, doubt) = match operand {
            Operand::Any(tuples) => {
                let hit = tuples
                    .iter()
                    .map(|tuple| like(fields, &facts, tuple))
                    .fold(Three::No, Three::or);
                (hit, doubt_of(fields, &facts, tuples))
            }
            Operand::Set(used) => self.in_set(*used, &facts, state),
        };
        let answer = if negated { !hit } else { hit };
        if negated && answer == Three::Yes && facts.contains(&Fact::NoInterface) {
            return (Three::Maybe, Some(Doubt::Interface));
        }
        (answer, Some(doubt))
    }

    fn in_set(&self, used: usize, facts: &[Fact], state: &State) -> (Three, Doubt) {
        let (Some(members), Some(of)) = (self.members.get(used), self.model.uses.get(used)) else {
            return (Three::Maybe, Doubt::Size);
        };
        let hit = members.contains(of, facts, state);
        (hit, members.doubt(of, facts, state))
    }

    /// Which of the entries it may be, without those that it certainly is not.
    pub(crate) fn entries<T: Clone>(
        &self,
        fields: &[Field],
        entries: &[(Tuple, T)],
        state: &State,
    ) -> Vec<(Three, T)> {
        let facts: Vec<Fact> = fields.iter().map(|field| self.fact(field, state)).collect();
        entries
            .iter()
            .map(|(tuple, found)| (like(fields, &facts, tuple), found.clone()))
            .filter(|(answer, _)| *answer != Three::No)
            .collect()
    }
}

/// Whether all fields are like their patterns.
pub(crate) fn like(fields: &[Field], facts: &[Fact], tuple: &[Pattern]) -> Three {
    if fields.len() != tuple.len() || fields.len() != facts.len() {
        return Three::Maybe;
    }
    fields
        .iter()
        .zip(facts)
        .zip(tuple)
        .map(|((field, fact), pattern)| fact.like(pattern, field.largest()))
        .fold(Three::Yes, Three::and)
}

/// The first thing that is not known: a pattern that is not understood, or a field.
fn doubt_of(fields: &[Field], facts: &[Fact], tuples: &[Tuple]) -> Doubt {
    let strange = tuples.iter().flatten().find_map(|pattern| match pattern {
        Pattern::Unknown(text) => Some(Doubt::Unknown { text: text.clone() }),
        _ => None,
    });
    strange.unwrap_or_else(|| doubt_of_fields(fields, facts))
}

/// The first field that is not known.
pub(crate) fn doubt_of_fields(fields: &[Field], facts: &[Fact]) -> Doubt {
    let mut pairs = fields.iter().zip(facts);
    let unknown = pairs.find(|(_, fact)| fact.value().is_none() && **fact != Fact::Stranger);
    let field = unknown.map(|(field, _)| field).or(fields.first());
    field.map_or(Doubt::Size, Field::doubt)
}
