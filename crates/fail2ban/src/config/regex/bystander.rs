//! Whether somebody can get somebody else banned by words of his choice in a line.

use super::parse::{Node, Pattern, Place};
use super::program::Program;
use super::run::{Effort, Exhausted, search};
use super::sample::{Choice, Piece, line_of, text};

/// Who is banned: groups in fail2ban's order, with an address of one who attacks and one of a bystander. They are reserved for examples.
const WHOM: [(&str, &str, &str); 4] = [
    ("fid", "192.0.2.66", "203.0.113.9"),
    ("ip4", "192.0.2.66", "203.0.113.9"),
    ("ip6", "2001:db8::66", "2001:db8:1::9"),
    ("dns", "attacker.example", "bystander.example"),
];

/// More free places of a line are not tried.
const MOST_FREE: usize = 24;
/// Longer lines are not tried.
const MOST_CHARS: usize = 4_000;

/// A line in which the wrong one is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forgery {
    /// The line, without its time.
    pub line: String,
    /// What the attacker chose within it.
    pub chosen: String,
    /// Who sent it.
    pub attacker: &'static str,
    /// Who would be banned.
    pub bystander: &'static str,
}

/// Looks for a line that bans a bystander, with text of somebody's choice where the expression lets any text be.
///
/// Each line that it gives was run: the expression finds the bystander in it.
pub(super) fn within(
    pattern: &Pattern,
    program: &Program,
    effort: &mut Effort,
) -> Result<Option<Forgery>, Exhausted> {
    let Some(search) = Search::new(pattern, program) else {
        return Ok(None);
    };
    for optional in [false, true] {
        let choice = Choice {
            whom: search.whom,
            optional,
        };
        let Some(mut pieces) = line_of(pattern, choice) else {
            continue;
        };
        if !search.bans(&text(&pieces, search.attacker), search.attacker, effort)? {
            continue;
        }
        if !ends(&pattern.root) {
            pieces.push(Piece::Free {
                set: super::set::CharSet::dot(),
                usual: String::new(),
            });
        }
        if let Some(forgery) = search.forge(&pieces, effort)? {
            return Ok(Some(forgery));
        }
    }
    Ok(None)
}

/// A line that bans a bystander because the expression may begin anywhere; `None` if it begins at the beginning only.
pub(super) fn anywhere(
    pattern: &Pattern,
    program: &Program,
    effort: &mut Effort,
) -> Result<Option<Forgery>, Exhausted> {
    if begins(&pattern.root) {
        return Ok(None);
    }
    let Some(search) = Search::new(pattern, program) else {
        return Ok(None);
    };
    for optional in [false, true] {
        let choice = Choice {
            whom: search.whom,
            optional,
        };
        let Some(pieces) = line_of(pattern, choice) else {
            continue;
        };
        let chosen = text(&pieces, search.bystander);
        let end = if ends(&pattern.root) { "" } else { " refused" };
        let line = format!("user {chosen}{end}");
        if search.bans(&line, search.bystander, effort)? {
            return Ok(Some(search.forgery(line, chosen)));
        }
    }
    Ok(None)
}

struct Search<'a> {
    program: &'a Program,
    whom: usize,
    attacker: &'static str,
    bystander: &'static str,
}

impl<'a> Search<'a> {
    fn new(pattern: &Pattern, program: &'a Program) -> Option<Self> {
        WHOM.into_iter().find_map(|(name, attacker, bystander)| {
            Some(Self {
                program,
                whom: pattern.group(name)?,
                attacker,
                bystander,
            })
        })
    }

    fn bans(&self, line: &str, whom: &str, effort: &mut Effort) -> Result<bool, Exhausted> {
        let chars: Vec<char> = line.chars().collect();
        let found = search(self.program, &chars, effort)?;
        let place = found.and_then(|found| found.group(self.whom));
        let named = place.and_then(|place| chars.get(place));
        Ok(named.is_some_and(|named| whom.chars().eq(named.iter().copied())))
    }

    fn forgery(&self, line: String, chosen: String) -> Forgery {
        Forgery {
            line,
            chosen,
            attacker: self.attacker,
            bystander: self.bystander,
        }
    }

    /// Puts into each free place what the line itself has from another free place on.
    fn forge(&self, pieces: &[Piece], effort: &mut Effort) -> Result<Option<Forgery>, Exhausted> {
        let whom = pieces.iter().position(|piece| *piece == Piece::Whom);
        let Some(whom) = whom else {
            return Ok(None);
        };
        let copies = copies(pieces, whom, self.bystander);
        let free = pieces
            .iter()
            .enumerate()
            .filter_map(|(at, piece)| match piece {
                Piece::Free { set, usual } => Some((at, set, usual)),
                _ => None,
            });
        for (at, set, usual) in free.take(MOST_FREE) {
            for copied in copies
                .iter()
                .filter(|copied| copied.chars().all(|c| set.has(c)))
            {
                let chosen = format!("{usual}{copied}");
                let line = self.with_chosen(pieces, at, &chosen);
                // Whoever makes a long line pays for it too.
                effort.spend_all(line.len())?;
                if self.bans(&line, self.bystander, effort)? {
                    return Ok(Some(self.forgery(line, chosen)));
                }
            }
        }
        Ok(None)
    }

    /// The attacker's line with text of his choice at a free place.
    fn with_chosen(&self, pieces: &[Piece], at: usize, chosen: &str) -> String {
        let (before, after) = (pieces.get(..at), pieces.get(at + 1..));
        [
            &text(before.unwrap_or_default(), self.attacker),
            chosen,
            &text(after.unwrap_or_default(), self.attacker),
        ]
        .concat()
    }
}

/// Stretches of a line that begin behind a free place and hold who is banned.
fn copies(pieces: &[Piece], whom: usize, bystander: &str) -> Vec<String> {
    let is_free = |at: usize| matches!(pieces.get(at), Some(Piece::Free { .. }));
    let begins = (0..=whom)
        .filter(|at| *at == 0 || is_free(at - 1))
        .take(MOST_FREE);
    // To the end, to the next free place, and no further than needed.
    let next_free = (whom..pieces.len()).find(|at| is_free(*at));
    let ends = [pieces.len(), next_free.unwrap_or(pieces.len()), whom + 1];
    let stretches = begins.flat_map(|begin| ends.map(|end| pieces.get(begin..end)));
    let mut texts: Vec<String> = stretches
        .flatten()
        .map(|stretch| text(stretch, bystander))
        .collect();
    texts.retain(|text| text.len() < MOST_CHARS);
    texts.dedup();
    texts
}

/// Whether it can only begin at the beginning of a line.
pub(super) fn begins(node: &Node) -> bool {
    match node {
        Node::At(place) => matches!(place, Place::Start | Place::LineStart),
        Node::Group { inner, .. } | Node::Atomic(inner) => begins(inner),
        Node::Repeat(repeat) => repeat.min > 0 && begins(&repeat.inner),
        Node::Either(branches) => branches.iter().all(begins),
        Node::Sequence(items) => {
            let first = items
                .iter()
                .find(|item| !takes_nothing(item) || begins(item));
            first.is_some_and(begins)
        }
        Node::If { yes, no, .. } => begins(yes) && begins(no),
        Node::One(_) | Node::Back(_) | Node::Look { .. } => false,
    }
}

/// Whether it can only end at the end of a line.
fn ends(node: &Node) -> bool {
    match node {
        Node::At(place) => matches!(place, Place::End | Place::LineEnd | Place::VeryEnd),
        Node::Group { inner, .. }
        | Node::Atomic(inner)
        | Node::Look {
            ahead: true,
            negative: false,
            inner,
        } => ends(inner),
        Node::Repeat(repeat) => repeat.min > 0 && ends(&repeat.inner),
        Node::Either(branches) => branches.iter().all(ends),
        Node::Sequence(items) => {
            let last = items.iter().rev();
            let mut last = last.filter(|item| !takes_nothing(item) || ends(item));
            last.next().is_some_and(ends)
        }
        Node::If { yes, no, .. } => ends(yes) && ends(no),
        Node::One(_) | Node::Back(_) | Node::Look { .. } => false,
    }
}

fn takes_nothing(node: &Node) -> bool {
    match node {
        Node::At(_) | Node::Look { .. } => true,
        Node::Group { inner, .. } | Node::Atomic(inner) => takes_nothing(inner),
        Node::Sequence(items) => items.iter().all(takes_nothing),
        _ => false,
    }
}
