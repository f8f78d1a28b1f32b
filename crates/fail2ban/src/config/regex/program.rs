//! Expressions as steps of a matcher that works as Python's does: it tries one way after the other.

use super::parse::{Node, Pattern, Place, Repeat};
use super::set::CharSet;

/// Repetitions with numbers are written out; this many steps are enough for any filter.
const MOST_STEPS: usize = 20_000;

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    One(CharSet),
    At(Place),
    /// Goes on with the first, and with the second if that fails.
    Try(usize, usize),
    Jump(usize),
    /// Keeps the place in a slot: twice a group's number is its begin, the next one its end.
    Keep(usize),
    /// Keeps the place where a round of a repetition begins.
    Round(usize),
    /// Leaves the repetition if the round took nothing.
    Progress {
        round: usize,
        out: usize,
    },
    /// Tries the steps from the next one to [`Step::Done`] by themselves; goes on behind them.
    Look {
        ahead: bool,
        negative: bool,
        out: usize,
    },
    /// The same, and goes on where they ended.
    Atomic {
        out: usize,
    },
    Back(usize),
    /// Goes on at `no` unless the group has matched.
    If {
        group: usize,
        no: usize,
    },
    Done,
}

/// An expression that can be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Program {
    pub(super) steps: Vec<Step>,
    pub(super) slots: usize,
    pub(super) rounds: usize,
}

impl Program {
    /// `None` if it becomes too long.
    pub(super) fn new(pattern: &Pattern) -> Option<Self> {
        let mut writer = Writer {
            steps: Vec::new(),
            rounds: 0,
        };
        writer.node(&pattern.root)?;
        writer.steps.push(Step::Done);
        Some(Self {
            steps: writer.steps,
            slots: 2 * (pattern.groups.len() + 1),
            rounds: writer.rounds,
        })
    }
}

struct Writer {
    steps: Vec<Step>,
    rounds: usize,
}

impl Writer {
    fn push(&mut self, step: Step) -> Option<usize> {
        if self.steps.len() >= MOST_STEPS {
            return None;
        }
        self.steps.push(step);
        Some(self.steps.len() - 1)
    }

    fn set(&mut self, at: usize, step: Step) {
        if let Some(place) = self.steps.get_mut(at) {
            *place = step;
        }
    }

    fn node(&mut self, node: &Node) -> Option<()> {
        match node {
            Node::One(set) => {
                self.push(Step::One(*set))?;
            }
            Node::At(place) => {
                self.push(Step::At(*place))?;
            }
            Node::Back(group) => {
                self.push(Step::Back(*group))?;
            }
            Node::Group { number, inner } => self.group(*number, inner)?,
            Node::Sequence(items) => items.iter().try_for_each(|item| self.node(item))?,
            Node::Either(branches) => self.either(branches)?,
            Node::Repeat(repeat) => self.repeat(repeat)?,
            Node::Atomic(inner) => self.apart(inner, |out| Step::Atomic { out })?,
            Node::Look {
                ahead,
                negative,
                inner,
            } => self.apart(inner, |out| Step::Look {
                ahead: *ahead,
                negative: *negative,
                out,
            })?,
            Node::If { group, yes, no } => self.conditional(*group, yes, no)?,
        }
        Some(())
    }

    fn group(&mut self, number: Option<usize>, inner: &Node) -> Option<()> {
        if let Some(number) = number {
            self.push(Step::Keep(2 * number))?;
        }
        self.node(inner)?;
        if let Some(number) = number {
            self.push(Step::Keep(2 * number + 1))?;
        }
        Some(())
    }

    /// Steps that run by themselves.
    fn apart(&mut self, inner: &Node, step: impl Fn(usize) -> Step) -> Option<()> {
        let begin = self.push(Step::Done)?;
        self.node(inner)?;
        let end = self.push(Step::Done)?;
        self.set(begin, step(end + 1));
        Some(())
    }

    fn either(&mut self, branches: &[Node]) -> Option<()> {
        let mut ends = Vec::new();
        for (number, branch) in branches.iter().enumerate() {
            if number + 1 == branches.len() {
                self.node(branch)?;
                break;
            }
            let fork = self.push(Step::Done)?;
            self.node(branch)?;
            ends.push(self.push(Step::Done)?);
            self.set(fork, Step::Try(fork + 1, self.steps.len()));
        }
        let out = self.steps.len();
        for end in ends {
            self.set(end, Step::Jump(out));
        }
        Some(())
    }

    fn conditional(&mut self, group: usize, yes: &Node, no: &Node) -> Option<()> {
        let fork = self.push(Step::Done)?;
        self.node(yes)?;
        let end = self.push(Step::Done)?;
        let no_at = self.steps.len();
        self.set(fork, Step::If { group, no: no_at });
        self.node(no)?;
        self.set(end, Step::Jump(self.steps.len()));
        Some(())
    }

    fn repeat(&mut self, repeat: &Repeat) -> Option<()> {
        for _ in 0..repeat.min {
            let before = self.steps.len();
            self.node(&repeat.inner)?;
            if self.steps.len() == before {
                break;
            }
        }
        match repeat.max {
            None => self.without_end(repeat),
            Some(max) => self.at_most(repeat, max - repeat.min),
        }
    }

    fn fork(repeat: &Repeat, inner: usize, out: usize) -> Step {
        if repeat.is_lazy {
            Step::Try(out, inner)
        } else {
            Step::Try(inner, out)
        }
    }

    fn without_end(&mut self, repeat: &Repeat) -> Option<()> {
        let fork = self.push(Step::Done)?;
        let round = self.rounds;
        let takes_one = matches!(repeat.inner, Node::One(_));
        if !takes_one {
            self.rounds += 1;
            self.push(Step::Round(round))?;
        }
        self.node(&repeat.inner)?;
        let progress = if takes_one {
            None
        } else {
            Some(self.push(Step::Done)?)
        };
        let jump = self.push(Step::Jump(fork))?;
        let out = jump + 1;
        self.set(fork, Self::fork(repeat, fork + 1, out));
        if let Some(progress) = progress {
            self.set(progress, Step::Progress { round, out });
        }
        Some(())
    }

    fn at_most(&mut self, repeat: &Repeat, times: u32) -> Option<()> {
        let mut forks = Vec::new();
        for _ in 0..times {
            let fork = self.push(Step::Done)?;
            forks.push(fork);
            self.node(&repeat.inner)?;
            if self.steps.len() == fork + 1 {
                break;
            }
        }
        let out = self.steps.len();
        for fork in forks {
            self.set(fork, Self::fork(repeat, fork + 1, out));
        }
        Some(())
    }
}
