//! Runs expressions on lines, and counts what that costs.

use std::ops::Range;

use super::parse::Place;
use super::program::{Program, Step};

/// How many steps may be made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effort {
    left: usize,
}

/// Copying so many slots costs as much as a step.
const SLOTS_A_STEP: usize = 8;

/// The steps are used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exhausted;

impl Effort {
    pub(super) fn new(steps: usize) -> Self {
        Self { left: steps }
    }

    pub(super) fn left(self) -> usize {
        self.left
    }

    fn spend(&mut self) -> Result<(), Exhausted> {
        self.left = self.left.checked_sub(1).ok_or(Exhausted)?;
        Ok(())
    }

    /// Spends many at once.
    pub(super) fn spend_all(&mut self, steps: usize) -> Result<(), Exhausted> {
        let left = self.left.checked_sub(steps);
        self.left = left.unwrap_or_default();
        left.map(|_| ()).ok_or(Exhausted)
    }
}

/// What was found in a line: the place of each group, 0 is the whole.
pub(super) struct Found {
    slots: Vec<Option<usize>>,
}

impl Found {
    /// The characters of a group.
    pub(super) fn group(&self, number: usize) -> Option<Range<usize>> {
        let begin = *self.slots.get(2 * number)?;
        let end = *self.slots.get(2 * number + 1)?;
        Some(begin?..end?)
    }
}

/// Looks for the first place in a line that fits, as `re.search` does.
pub(super) fn search(
    program: &Program,
    line: &[char],
    effort: &mut Effort,
) -> Result<Option<Found>, Exhausted> {
    for begin in 0..=line.len() {
        effort.spend_all(program.slots / SLOTS_A_STEP)?;
        let mut run = Run {
            program,
            line,
            effort,
            slots: vec![None; program.slots],
            rounds: vec![0; program.rounds],
        };
        if let Some(end) = run.from(0, begin)? {
            let mut slots = run.slots;
            if let [first, second, ..] = slots.as_mut_slice() {
                (*first, *second) = (Some(begin), Some(end));
            }
            return Ok(Some(Found { slots }));
        }
    }
    Ok(None)
}

struct Run<'a> {
    program: &'a Program,
    line: &'a [char],
    effort: &'a mut Effort,
    slots: Vec<Option<usize>>,
    rounds: Vec<usize>,
}

/// What to do when a way ends.
enum Undo {
    /// Go on there.
    Way {
        step: usize,
        at: usize,
    },
    Slot(usize, Option<usize>),
    Round(usize, usize),
}

/// What became of a step.
enum Next {
    On { step: usize, at: usize },
    Fail,
    Done,
}

impl Next {
    fn to(fits: bool, step: usize, at: usize) -> Self {
        if fits {
            Self::On { step, at }
        } else {
            Self::Fail
        }
    }
}

impl Run<'_> {
    /// Where the match ends that begins here; `None` if there is none.
    fn from(&mut self, step: usize, at: usize) -> Result<Option<usize>, Exhausted> {
        let mut undo = Vec::new();
        let (mut step, mut at) = (step, at);
        loop {
            self.effort.spend()?;
            match self.step(step, at, &mut undo)? {
                Next::On { step: s, at: a } => (step, at) = (s, a),
                Next::Done => return Ok(Some(at)),
                Next::Fail => match self.other_way(&mut undo) {
                    Some(way) => (step, at) = way,
                    None => return Ok(None),
                },
            }
        }
    }

    fn other_way(&mut self, undo: &mut Vec<Undo>) -> Option<(usize, usize)> {
        loop {
            match undo.pop()? {
                Undo::Way { step, at } => return Some((step, at)),
                Undo::Slot(slot, before) => self.set_slot(slot, before),
                Undo::Round(round, before) => self.set_round(round, before),
            }
        }
    }

    fn set_slot(&mut self, slot: usize, value: Option<usize>) {
        if let Some(place) = self.slots.get_mut(slot) {
            *place = value;
        }
    }

    fn set_round(&mut self, round: usize, value: usize) {
        if let Some(place) = self.rounds.get_mut(round) {
            *place = value;
        }
    }

    fn step(&mut self, step: usize, at: usize, undo: &mut Vec<Undo>) -> Result<Next, Exhausted> {
        let on = |fits: bool, at: usize| Next::to(fits, step + 1, at);
        let what = self.program.steps.get(step).copied().unwrap_or(Step::Done);
        Ok(match what {
            Step::One(set) => {
                let fits = self.line.get(at).is_some_and(|c| set.has(*c));
                on(fits, at + 1)
            }
            Step::At(place) => on(self.is_at(place, at), at),
            Step::Try(first, second) => {
                undo.push(Undo::Way { step: second, at });
                Next::On { step: first, at }
            }
            Step::Jump(to) => Next::On { step: to, at },
            Step::Keep(slot) => {
                undo.push(Undo::Slot(slot, self.slots.get(slot).copied().flatten()));
                self.set_slot(slot, Some(at));
                on(true, at)
            }
            Step::Round(round) => {
                undo.push(Undo::Round(
                    round,
                    self.rounds.get(round).copied().unwrap_or(0),
                ));
                self.set_round(round, at);
                on(true, at)
            }
            Step::Progress { round, out } if self.rounds.get(round) == Some(&at) => {
                Next::On { step: out, at }
            }
            Step::Progress { .. } => on(true, at),
            Step::Look {
                ahead,
                negative,
                out,
            } => {
                let before = self.slots()?;
                let is_there = self.look(step + 1, at, ahead)?;
                self.keep_or_undo(before, is_there && !negative, undo);
                Next::to(is_there != negative, out, at)
            }
            Step::Atomic { out } => {
                let before = self.slots()?;
                let end = self.from(step + 1, at)?;
                self.keep_or_undo(before, end.is_some(), undo);
                end.map_or(Next::Fail, |end| Next::On { step: out, at: end })
            }
            Step::Back(group) => self.back(group, at).map_or(Next::Fail, |end| on(true, end)),
            Step::If { group, no } => {
                let is_set = self.slots.get(2 * group + 1).is_some_and(Option::is_some);
                let step = if is_set { step + 1 } else { no };
                Next::On { step, at }
            }
            Step::Done => Next::Done,
        })
    }

    fn slots(&mut self) -> Result<Vec<Option<usize>>, Exhausted> {
        self.effort.spend_all(self.slots.len() / SLOTS_A_STEP)?;
        Ok(self.slots.clone())
    }

    /// Keeps what groups matched in steps that ran by themselves, so that it can be undone; or undoes it at once.
    fn keep_or_undo(&mut self, before: Vec<Option<usize>>, keep: bool, undo: &mut Vec<Undo>) {
        if !keep {
            self.slots = before;
            return;
        }
        for (slot, (old, new)) in before.into_iter().zip(&self.slots).enumerate() {
            if old != *new {
                undo.push(Undo::Slot(slot, old));
            }
        }
    }

    /// Whether the steps fit from here on, or up to here.
    fn look(&mut self, step: usize, at: usize, ahead: bool) -> Result<bool, Exhausted> {
        if ahead {
            return Ok(self.from(step, at)?.is_some());
        }
        // What may stand before a place has one width only, so the first end that fits is the one.
        for begin in (0..=at).rev() {
            if self.from(step, begin)? == Some(at) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn back(&self, group: usize, at: usize) -> Option<usize> {
        let begin = (*self.slots.get(2 * group)?)?;
        let end = (*self.slots.get(2 * group + 1)?)?;
        let wanted = self.line.get(begin..end)?;
        let there = self.line.get(at..at + wanted.len())?;
        (wanted == there).then_some(at + wanted.len())
    }

    fn is_at(&self, place: Place, at: usize) -> bool {
        let line_feed = |at: Option<usize>| at.and_then(|at| self.line.get(at)) == Some(&'\n');
        let is_word = |at: Option<usize>| {
            let c = at.and_then(|at| self.line.get(at));
            c.is_some_and(|c| crate::config::text::is_word(*c))
        };
        let end = self.line.len();
        match place {
            Place::Start => at == 0,
            Place::LineStart => at == 0 || line_feed(at.checked_sub(1)),
            Place::VeryEnd => at == end,
            Place::End => at == end || (at + 1 == end && line_feed(Some(at))),
            Place::LineEnd => at == end || line_feed(Some(at)),
            Place::Boundary => is_word(at.checked_sub(1)) != is_word(Some(at)),
            // A quirk of Python's: nothing at all has no such place.
            Place::NoBoundary => end > 0 && is_word(at.checked_sub(1)) == is_word(Some(at)),
        }
    }
}

#[cfg(test)]
mod tests;
