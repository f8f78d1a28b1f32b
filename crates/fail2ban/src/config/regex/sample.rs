//! Lines that an expression matches.

use super::parse::{Node, Pattern, Repeat};
use super::set::CharSet;

/// A repetition that takes this many characters is a place for text of somebody's choice.
const FREE_LENGTH: u32 = 12;
/// As often is something repeated that must come often.
const MOST_REPEATS: u32 = 50;
/// Longer lines are not made.
const MOST_PIECES: usize = 2_000;

/// A stretch of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    /// Who is banned.
    Whom,
    /// Where text of somebody's choice fits.
    Free {
        set: CharSet,
        usual: String,
    },
}

/// What is taken where an expression leaves a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Choice {
    /// The group that says who is banned.
    pub(super) whom: usize,
    /// Whether what may be missing is there.
    pub(super) optional: bool,
}

/// A line as pieces; `None` if it becomes too long.
pub(super) fn line_of(pattern: &Pattern, choice: Choice) -> Option<Vec<Piece>> {
    let mut maker = Maker {
        choice,
        pieces: Vec::new(),
        made: vec![None; pattern.groups.len() + 1],
    };
    maker.node(&pattern.root)?;
    Some(maker.pieces)
}

/// The text of one part by itself.
pub(super) fn text_of(node: &Node, groups: usize, optional: bool) -> Option<String> {
    let mut maker = Maker {
        choice: Choice { whom: 0, optional },
        pieces: Vec::new(),
        made: vec![None; groups + 1],
    };
    maker.node(node)?;
    Some(text(&maker.pieces, ""))
}

/// The pieces as text.
pub(super) fn text(pieces: &[Piece], whom: &str) -> String {
    let texts = pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text,
        Piece::Whom => whom,
        Piece::Free { usual, .. } => usual,
    });
    texts.collect()
}

struct Maker {
    choice: Choice,
    pieces: Vec<Piece>,
    /// What groups became.
    made: Vec<Option<String>>,
}

impl Maker {
    fn push(&mut self, piece: Piece) -> Option<()> {
        if self.pieces.len() >= MOST_PIECES {
            return None;
        }
        match (self.pieces.last_mut(), piece) {
            (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(&text),
            (_, piece) => self.pieces.push(piece),
        }
        Some(())
    }

    fn node(&mut self, node: &Node) -> Option<()> {
        match node {
            Node::One(set) => self.push(Piece::Text(set.sample()?.to_string())),
            Node::At(_) | Node::Look { .. } => Some(()),
            Node::Group { number, inner } => self.group(*number, inner),
            Node::Atomic(inner) => self.node(inner),
            Node::Sequence(items) => items.iter().try_for_each(|item| self.node(item)),
            Node::Either(branches) => {
                let with_whom = branches.iter().find(|branch| self.has_whom(branch));
                self.node(with_whom.or_else(|| branches.first())?)
            }
            Node::Repeat(repeat) => self.repeat(repeat),
            Node::Back(group) => {
                let text = self.made.get(*group)?.clone()?;
                self.push(Piece::Text(text))
            }
            Node::If { group, yes, no } => {
                let is_made = self.made.get(*group).is_some_and(Option::is_some);
                self.node(if is_made { yes } else { no })
            }
        }
    }

    fn group(&mut self, number: Option<usize>, inner: &Node) -> Option<()> {
        if number == Some(self.choice.whom) {
            return self.push(Piece::Whom);
        }
        let Some(number) = number else {
            return self.node(inner);
        };
        // By themselves, so that they can be told from what stands before.
        let before = std::mem::take(&mut self.pieces);
        self.node(inner)?;
        let own = std::mem::replace(&mut self.pieces, before);
        if let Some(made) = self.made.get_mut(number) {
            *made = Some(text(&own, ""));
        }
        own.into_iter().try_for_each(|piece| self.push(piece))
    }

    fn repeat(&mut self, repeat: &Repeat) -> Option<()> {
        let is_long = repeat.max.is_none_or(|max| max >= FREE_LENGTH);
        if let Node::One(set) = &repeat.inner
            && is_long
            && set.is_wide()
        {
            let times = repeat.min.clamp(1, MOST_REPEATS);
            let usual = set.sample()?.to_string().repeat(times as usize);
            return self.push(Piece::Free { set: *set, usual });
        }
        if repeat.min > MOST_REPEATS {
            return None;
        }
        let is_wanted = self.choice.optional || self.has_whom(&repeat.inner);
        let least = u32::from(is_wanted && repeat.max != Some(0));
        let times = repeat.min.max(least);
        (0..times).try_for_each(|_| self.node(&repeat.inner))
    }

    fn has_whom(&self, node: &Node) -> bool {
        has_group(node, self.choice.whom)
    }
}

/// Whether a part has a group in it.
pub(super) fn has_group(node: &Node, group: usize) -> bool {
    match node {
        Node::One(_) | Node::At(_) | Node::Back(_) | Node::Look { .. } => false,
        Node::Group { number, inner } => *number == Some(group) || has_group(inner, group),
        Node::Atomic(inner) => has_group(inner, group),
        Node::Repeat(repeat) => has_group(&repeat.inner, group),
        Node::Sequence(items) | Node::Either(items) => {
            items.iter().any(|item| has_group(item, group))
        }
        Node::If { yes, no, .. } => has_group(yes, group) || has_group(no, group),
    }
}
