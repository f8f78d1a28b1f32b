//! What can be wrong with a filter's expressions, told before the daemon is asked.
//!
//! Whether an expression is one at all is for the daemon to say in the end, which compiles it with Python; here it is read as Python reads it,
//! so that mistakes have a place. What is said about forged and slow lines is never a guess: a matcher that goes the ways that Python's goes
//! was run on the line that is shown. What it does not find may be there all the same.

mod bystander;
mod parse;
mod program;
mod run;
mod sample;
mod set;
mod slow;
mod tags;

use std::cell::Cell;

use crate::config::check::Code;
use parse::Pattern;
use program::Program;
use run::{Effort, Exhausted};

pub use bystander::Forgery;
pub use parse::SyntaxError;
pub use slow::Endless;

/// How many repetitions of a line that takes for ever are shown.
const SHOWN: usize = 40;
/// How many steps are spent on each of two questions about an expression: some 20 ms.
const STEPS: usize = 2_000_000;
/// How many on all expressions of a filter together; those that come after are only read.
const ALL_STEPS: usize = 20_000_000;

/// A filter's expressions, with everything filled in but fail2ban's tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Expressions<'a> {
    /// What each line must match first.
    pub prefix: Option<&'a str>,
    /// What failures look like.
    pub failures: &'a [&'a str],
    /// What is no failure.
    pub ignored: &'a [&'a str],
    /// Whether several lines are looked at together.
    pub several_lines: bool,
    /// Whether `<HOST>` stands for names too: `usedns` is not `no`.
    pub host_names: bool,
}

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Which {
    /// The prefix.
    Prefix,
    /// A failure, from 0.
    Failure(usize),
    /// One that is ignored, from 0.
    Ignored(usize),
}

/// What speaks against an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegexFault {
    /// It is none.
    #[error("it is not a regular expression: {0}")]
    Syntax(#[from] SyntaxError),
    /// It cannot say whom to ban, so that fail2ban refuses it.
    #[error(
        "nothing in it says whom to ban: put <HOST>, <ADDR> or <F-ID>…</F-ID> where the address stands"
    )]
    NoHost,
    /// It may begin anywhere in a line.
    #[error(
        "it may begin anywhere in a line, so that who can write into a log, such as by a user name, can have others banned. Begin it with ^. \
         This line would ban {}: {:?}", .0.bystander, .0.line
    )]
    Unanchored(Forgery),
    /// Text within it can take the place of what says whom to ban.
    #[error(
        "text of somebody's choice in a line can have others banned. Say exactly what may stand there, and end it with $. \
         This line, sent by {}, would ban {}: {:?}", .0.attacker, .0.bystander, .0.line
    )]
    Forgeable(Forgery),
    /// A line can keep the daemon busy for ever.
    #[error(
        "it has repetitions within repetitions that fit the same text in many ways. This line keeps the daemon busy for ever: {:?}",
        .0.line(SHOWN)
    )]
    Slow(Endless),
}

impl RegexFault {
    /// Whether fail2ban refuses the expression.
    #[must_use]
    pub fn is_error(&self) -> bool {
        match self {
            Self::Syntax(error) => matches!(error, SyntaxError::Wrong { .. }),
            Self::NoHost => true,
            Self::Unanchored(_) | Self::Forgeable(_) | Self::Slow(_) => false,
        }
    }

    /// A stable word for it.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Syntax(_) => Code::BadRegex,
            Self::NoHost => Code::RegexWithoutHost,
            Self::Unanchored(_) => Code::RegexUnanchored,
            Self::Forgeable(_) => Code::RegexForgeable,
            Self::Slow(_) => Code::RegexSlow,
        }
    }
}

/// What speaks against the expressions of a filter; the time that it takes has a limit.
#[must_use]
pub fn check(expressions: &Expressions<'_>) -> Vec<(Which, RegexFault)> {
    let total = Cell::new(ALL_STEPS);
    judge(expressions, |pattern| of_one(pattern, &total))
}

/// Only why fail2ban refuses expressions, which is quick to tell.
#[must_use]
pub fn refused(expressions: &Expressions<'_>) -> Vec<(Which, RegexFault)> {
    judge(expressions, |_| Vec::new())
}

fn judge(
    expressions: &Expressions<'_>,
    of_one: impl Fn(&Pattern) -> Vec<RegexFault>,
) -> Vec<(Which, RegexFault)> {
    let mut faults = Vec::new();
    let read = |text: &str, multi_line: bool| {
        parse::parse(&tags::expand(text, expressions.host_names), multi_line)
    };
    let mut prefix_says = false;
    if let Some(prefix) = expressions.prefix {
        match read(prefix, false) {
            Ok(pattern) => {
                prefix_says = says_whom(&pattern);
                let said = of_one(&pattern).into_iter();
                faults.extend(said.map(|fault| (Which::Prefix, fault)));
            }
            Err(error) => faults.push((Which::Prefix, error.into())),
        }
    }
    for (number, failure) in expressions.failures.iter().enumerate() {
        let which = Which::Failure(number);
        match read(failure, expressions.several_lines) {
            Ok(pattern) if !prefix_says && !says_whom(&pattern) => {
                faults.push((which, RegexFault::NoHost));
            }
            Ok(pattern) => {
                let said = of_one(&pattern).into_iter();
                faults.extend(said.map(|fault| (which, fault)));
            }
            Err(error) => faults.push((which, error.into())),
        }
    }
    for (number, ignored) in expressions.ignored.iter().enumerate() {
        if let Err(error) = read(ignored, expressions.several_lines) {
            faults.push((Which::Ignored(number), error.into()));
        }
    }
    faults
}

fn says_whom(pattern: &Pattern) -> bool {
    tags::WHOM.iter().any(|name| pattern.group(name).is_some())
}

/// What speaks against one expression that can be read, for as long as there are steps left.
fn of_one(pattern: &Pattern, total: &Cell<usize>) -> Vec<RegexFault> {
    let Some(program) = Program::new(pattern) else {
        return Vec::new();
    };
    let mut effort = Effort::new(STEPS.min(total.get()));
    let given = effort.left();
    let forged = forged(pattern, &program, &mut effort).unwrap_or_default();
    total.set(total.get().saturating_sub(given - effort.left()));
    let mut effort = Effort::new(STEPS.min(total.get()));
    let given = effort.left();
    let slow = slow::find(pattern, &program, &mut effort).unwrap_or_default();
    total.set(total.get().saturating_sub(given - effort.left()));
    forged
        .into_iter()
        .chain(slow.map(RegexFault::Slow))
        .collect()
}

fn forged(
    pattern: &Pattern,
    program: &Program,
    effort: &mut Effort,
) -> Result<Option<RegexFault>, Exhausted> {
    if let Some(forgery) = bystander::anywhere(pattern, program, effort)? {
        return Ok(Some(RegexFault::Unanchored(forgery)));
    }
    let within = bystander::within(pattern, program, effort)?;
    Ok(within.map(RegexFault::Forgeable))
}

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;
