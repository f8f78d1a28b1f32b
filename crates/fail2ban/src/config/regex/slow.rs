//! Whether somebody can keep the daemon busy with one line.

use super::parse::{Node, Pattern, Repeat};
use super::program::Program;
use super::run::{Effort, Exhausted, search};
use super::sample::text_of;

/// How often something is repeated in a line at first.
const FEW: usize = 8;
/// A line of twice as many that costs this much more costs more than its sixth power; what is steeper is taken for doubling with each.
const STEEP: usize = 64;
/// So much more for one that costs all that is spent on it: more than its fourth power.
const STEEP_AND_ALL: usize = 16;
/// Less is not looked at further.
const STEEPER: usize = 6;
/// More than this for a line of some dozen characters is as good as for ever for one of some hundred.
const MOST_STEPS: usize = 400_000;
/// More places are not looked at, and none behind so many characters.
const MOST_PLACES: usize = 100;
const MOST_CHARS: usize = 2_000;
/// What a line ends with to make an expression fail.
const SPOILERS: [char; 3] = ['\0', '\n', ' '];

/// A line that takes ever so long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endless {
    before: String,
    repeated: String,
    spoiler: char,
}

impl Endless {
    /// The line with that many repetitions; each doubles the time, or nearly.
    #[must_use]
    pub fn line(&self, repetitions: usize) -> String {
        let repeated = self.repeated.repeat(repetitions);
        [
            &self.before,
            repeated.as_str(),
            &self.spoiler.to_string().repeat(2),
        ]
        .concat()
    }
}

/// Looks for a line that takes ever so long.
///
/// Each was run: the cost more than doubles with each repetition.
pub(super) fn find(
    pattern: &Pattern,
    program: &Program,
    effort: &mut Effort,
) -> Result<Option<Endless>, Exhausted> {
    let mut places = Vec::new();
    let whole = Whole {
        groups: pattern.groups.len(),
        program,
    };
    whole.collect(&pattern.root, &mut String::new(), &mut places);
    for (before, repeated) in places {
        for spoiler in SPOILERS {
            let line = Endless {
                before: before.clone(),
                repeated: repeated.clone(),
                spoiler,
            };
            if whole.explodes(&line, effort)? {
                return Ok(Some(line));
            }
        }
    }
    Ok(None)
}

struct Whole<'a> {
    groups: usize,
    program: &'a Program,
}

impl Whole<'_> {
    /// Goes through the expression with the text that stands before each part.
    fn collect(&self, node: &Node, before: &mut String, places: &mut Vec<(String, String)>) {
        match node {
            Node::Sequence(items) => {
                let length = before.len();
                for item in items {
                    self.collect(item, before, places);
                    if before.len() >= MOST_CHARS {
                        break;
                    }
                    before.push_str(&text_of(item, self.groups, false).unwrap_or_default());
                }
                before.truncate(length);
            }
            Node::Either(branches) => {
                for branch in branches {
                    self.collect(branch, before, places);
                }
            }
            Node::Group { inner, .. } | Node::Atomic(inner) | Node::Look { inner, .. } => {
                self.collect(inner, before, places);
            }
            Node::If { yes, no, .. } => {
                self.collect(yes, before, places);
                self.collect(no, before, places);
            }
            Node::Repeat(repeat) => {
                let is_looked_at = places.len() < MOST_PLACES && before.len() < MOST_CHARS;
                if is_looked_at && repeat.max.is_none() && is_ambiguous(&repeat.inner) {
                    let pumps = self.pumps(repeat);
                    places.extend(pumps.into_iter().map(|pump| (before.clone(), pump)));
                }
                self.collect(&repeat.inner, before, places);
            }
            Node::One(_) | Node::At(_) | Node::Back(_) => {}
        }
    }

    /// Texts that one round of a repetition takes.
    fn pumps(&self, repeat: &Repeat) -> Vec<String> {
        let wholes = [false, true].map(|optional| text_of(&repeat.inner, self.groups, optional));
        let mut pumps: Vec<String> = wholes.into_iter().flatten().collect();
        repeated_characters(&repeat.inner, &mut pumps);
        pumps.retain(|pump| !pump.is_empty() && pump.len() < MOST_CHARS);
        pumps.sort_unstable();
        pumps.dedup();
        pumps
    }

    fn explodes(&self, attack: &Endless, effort: &mut Effort) -> Result<bool, Exhausted> {
        let few = self.cost(attack, FEW, effort)?;
        if few >= MOST_STEPS {
            return Ok(true);
        }
        let more = self.cost(attack, 2 * FEW, effort)?;
        let steep = more / few.max(1);
        let is_all = more >= MOST_STEPS;
        if steep >= STEEP || (is_all && steep >= STEEP_AND_ALL) {
            return Ok(true);
        }
        if is_all || steep < STEEPER {
            return Ok(false);
        }
        // A power grows as before, what doubles with each grows more and more.
        let most = self.cost(attack, 4 * FEW, effort)?;
        Ok(most >= MOST_STEPS && most / more.max(1) >= 2 * steep)
    }

    fn cost(
        &self,
        attack: &Endless,
        times: usize,
        effort: &mut Effort,
    ) -> Result<usize, Exhausted> {
        let line: Vec<char> = attack.line(times).chars().collect();
        // Whoever makes a long line pays for it too.
        effort.spend_all(line.len())?;
        let mut own = Effort::new(MOST_STEPS);
        let cost = match search(self.program, &line, &mut own) {
            Ok(_) => MOST_STEPS - own.left(),
            Err(Exhausted) => MOST_STEPS,
        };
        effort.spend_all(cost)?;
        Ok(cost)
    }
}

/// Whether a round can be taken in more than one way or length.
fn is_ambiguous(node: &Node) -> bool {
    match node {
        // What is atomic is never tried in another way.
        Node::One(_) | Node::At(_) | Node::Back(_) | Node::Look { .. } | Node::Atomic(_) => false,
        Node::Repeat(repeat) => repeat.max != Some(repeat.min) || is_ambiguous(&repeat.inner),
        Node::Either(_) | Node::If { .. } => true,
        Node::Group { inner, .. } => is_ambiguous(inner),
        Node::Sequence(items) => items.iter().any(is_ambiguous),
    }
}

/// One character of each repetition within.
fn repeated_characters(node: &Node, found: &mut Vec<String>) {
    /// More are not tried.
    const MOST: usize = 6;
    match node {
        Node::Repeat(repeat) => match &repeat.inner {
            Node::One(set) if found.len() < MOST => {
                found.extend(set.sample().map(|c| c.to_string()));
            }
            inner => repeated_characters(inner, found),
        },
        Node::Group { inner, .. } | Node::Atomic(inner) => repeated_characters(inner, found),
        Node::Sequence(items) | Node::Either(items) => {
            for item in items {
                repeated_characters(item, found);
            }
        }
        _ => {}
    }
}
