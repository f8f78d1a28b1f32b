//! Expressions in Python's syntax as trees.

mod class;
mod group;

use super::set::CharSet;

/// How deep groups may lie in each other; Python itself gives up at some hundreds.
const MOST_DEPTH: usize = 100;
/// As many characters are looked at. The longest of a stock filter has 2,000.
const MOST_CHARS: usize = 20_000;
/// Python's own limit is 2³², of which nobody writes a ten-thousandth.
const MOST_REPEATS: u32 = u32::MAX - 1;

/// A part of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// One character of a set.
    One(CharSet),
    At(Place),
    Look {
        ahead: bool,
        negative: bool,
        inner: Box<Node>,
    },
    /// A group, with its number if it keeps what it matches.
    Group {
        number: Option<usize>,
        inner: Box<Node>,
    },
    /// Like a group, but never tried in another way.
    Atomic(Box<Node>),
    Repeat(Box<Repeat>),
    Sequence(Vec<Node>),
    Either(Vec<Node>),
    /// What a group matched.
    Back(usize),
    If {
        group: usize,
        yes: Box<Node>,
        no: Box<Node>,
    },
}

/// Something that comes several times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Repeat {
    pub(super) inner: Node,
    pub(super) min: u32,
    /// `None` is without end.
    pub(super) max: Option<u32>,
    pub(super) is_lazy: bool,
}

/// A place in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Start,
    LineStart,
    /// The end, or before a line feed there.
    End,
    LineEnd,
    VeryEnd,
    Boundary,
    NoBoundary,
}

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    pub(super) root: Node,
    /// The names of the groups; number 1 is the first.
    pub(super) groups: Vec<Option<String>>,
}

impl Pattern {
    /// The number of a named group.
    pub(super) fn group(&self, name: &str) -> Option<usize> {
        let at = self
            .groups
            .iter()
            .position(|known| known.as_deref() == Some(name));
        at.map(|at| at + 1)
    }
}

/// Why a text is no expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SyntaxError {
    /// It is longer, or its groups lie deeper, than is looked at.
    #[error("it is too long or too deep to be looked at")]
    TooLarge,
    /// Python refuses it.
    #[error("{reason} at character {at}")]
    Wrong {
        /// What is wrong.
        reason: &'static str,
        /// Where, from 1. Tags count as what fail2ban puts in their place.
        at: usize,
    },
}

/// Which way characters are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Flags(u8);

impl Flags {
    const ANY_CASE: Self = Self(1);
    const MULTI_LINE: Self = Self(2);
    const DOT_ALL: Self = Self(4);
    const VERBOSE: Self = Self(8);
    const ASCII: Self = Self(16);

    fn has(self, flag: Self) -> bool {
        self.0 & flag.0 != 0
    }

    fn set(&mut self, flag: Self, on: bool) {
        if on {
            self.0 |= flag.0;
        } else {
            self.0 &= !flag.0;
        }
    }
}

/// Reads an expression; `multi_line` is whether `^` and `$` are at each line.
pub(super) fn parse(text: &str, multi_line: bool) -> Result<Pattern, SyntaxError> {
    let chars: Vec<char> = text.chars().take(MOST_CHARS + 1).collect();
    if chars.len() > MOST_CHARS {
        return Err(SyntaxError::TooLarge);
    }
    let mut flags = Flags(0);
    flags.set(Flags::MULTI_LINE, multi_line);
    let mut parser = Parser {
        flags,
        chars,
        at: 0,
        depth: 0,
        groups: Vec::new(),
        open: Vec::new(),
        behind: None,
        greatest: 0,
    };
    let root = parser.alternatives()?;
    if parser.at < parser.chars.len() {
        return Err(parser.wrong("unbalanced parenthesis"));
    }
    if parser.greatest > parser.groups.len() {
        return Err(parser.wrong("invalid group reference"));
    }
    Ok(Pattern {
        root,
        groups: parser.groups,
    })
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: usize,
    flags: Flags,
    groups: Vec<Option<String>>,
    /// Groups that are not closed yet.
    open: Vec<usize>,
    /// How many groups there were before the look-behind that is read.
    behind: Option<usize>,
    /// The greatest number of a group that a condition asks for; it may come later.
    greatest: usize,
}

impl Parser {
    fn wrong(&self, reason: &'static str) -> SyntaxError {
        SyntaxError::Wrong {
            reason,
            at: self.at + 1,
        }
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    fn take(&mut self, wanted: &str) -> bool {
        let rest = self.chars.get(self.at..).unwrap_or_default();
        let fits = wanted.chars().count() <= rest.len()
            && wanted
                .chars()
                .eq(rest.iter().copied().take(wanted.chars().count()));
        if fits {
            self.at += wanted.chars().count();
        }
        fits
    }

    fn deeper(&mut self) -> Result<(), SyntaxError> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(SyntaxError::TooLarge);
        }
        Ok(())
    }

    fn alternatives(&mut self) -> Result<Node, SyntaxError> {
        self.deeper()?;
        let mut branches = vec![self.sequence()?];
        while self.take("|") {
            branches.push(self.sequence()?);
        }
        self.depth -= 1;
        Ok(match branches.pop() {
            Some(only) if branches.is_empty() => only,
            last => {
                branches.extend(last);
                Node::Either(branches)
            }
        })
    }

    fn sequence(&mut self) -> Result<Node, SyntaxError> {
        let mut items = Vec::new();
        while let Some(c) = self.peek() {
            if matches!(c, '|' | ')') {
                break;
            }
            if self.flags.has(Flags::VERBOSE) && self.skip_verbose(c) {
                continue;
            }
            self.at += 1;
            if let Some(item) = self.item(c, &mut items)? {
                items.push(item);
            }
        }
        Ok(match items.pop() {
            Some(only) if items.is_empty() => only,
            last => {
                items.extend(last);
                Node::Sequence(items)
            }
        })
    }

    fn skip_verbose(&mut self, c: char) -> bool {
        if c == '#' {
            while self.next().is_some_and(|c| c != '\n') {}
            return true;
        }
        let is_space = matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}');
        self.at += usize::from(is_space);
        is_space
    }

    /// What begins with a character that was taken; a repetition takes the item before it.
    fn item(&mut self, c: char, items: &mut Vec<Node>) -> Result<Option<Node>, SyntaxError> {
        Ok(Some(match c {
            '\\' => self.escape()?,
            '[' => Node::One(self.class()?),
            '.' if self.flags.has(Flags::DOT_ALL) => Node::One(CharSet::ALL),
            '.' => Node::One(CharSet::dot()),
            '^' if self.flags.has(Flags::MULTI_LINE) => Node::At(Place::LineStart),
            '^' => Node::At(Place::Start),
            '$' if self.flags.has(Flags::MULTI_LINE) => Node::At(Place::LineEnd),
            '$' => Node::At(Place::End),
            '(' => return self.group(),
            '*' | '+' | '?' | '{' => return self.repetition(c, items).map(Some),
            c => self.literal(c),
        }))
    }

    fn literal(&self, c: char) -> Node {
        let set = CharSet::one(c);
        Node::One(if self.flags.has(Flags::ANY_CASE) {
            set.in_any_case()
        } else {
            set
        })
    }

    fn repetition(&mut self, c: char, items: &mut Vec<Node>) -> Result<Node, SyntaxError> {
        let (min, max) = match c {
            '*' => (0, None),
            '+' => (1, None),
            '?' => (0, Some(1)),
            _ => match self.braces()? {
                Some(range) => range,
                None => return Ok(self.literal('{')),
            },
        };
        let inner = items.pop();
        let inner = match inner {
            None | Some(Node::At(_)) => return Err(self.wrong("nothing to repeat")),
            Some(Node::Repeat(_)) => return Err(self.wrong("multiple repeat")),
            Some(inner) => inner,
        };
        let is_lazy = self.take("?");
        let is_possessive = !is_lazy && self.take("+");
        let repeat = Node::Repeat(Box::new(Repeat {
            inner,
            min,
            max,
            is_lazy,
        }));
        Ok(if is_possessive {
            // In a group, because Python lets such a repetition be repeated no more than another.
            Node::Atomic(Box::new(repeat))
        } else {
            repeat
        })
    }

    /// What follows a brace, if it is a number of repetitions.
    fn braces(&mut self) -> Result<Option<(u32, Option<u32>)>, SyntaxError> {
        let begin = self.at;
        let low = self.number();
        let (low, high) = if self.take(",") {
            (low.unwrap_or(0), self.number())
        } else {
            let Some(exactly) = low else {
                self.at = begin;
                return Ok(None);
            };
            (exactly, Some(exactly))
        };
        if !self.take("}") {
            self.at = begin;
            return Ok(None);
        }
        if high.is_some_and(|high| high < low) {
            return Err(self.wrong("min repeat greater than max repeat"));
        }
        Ok(Some((low, high)))
    }

    fn number(&mut self) -> Option<u32> {
        let begin = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
        let digits: String = self.chars.get(begin..self.at)?.iter().collect();
        (!digits.is_empty()).then(|| digits.parse().unwrap_or(MOST_REPEATS).min(MOST_REPEATS))
    }
}

#[cfg(test)]
mod tests;
