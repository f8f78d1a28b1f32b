//! Escapes and sets in brackets.

use super::super::set::CharSet;
use super::{Flags, Node, Parser, Place, SyntaxError};

/// The greatest character that three octal digits can name.
const MOST_OCTAL: u32 = 0o377;

/// A character of a set, or a class such as `\d`.
enum Member {
    Char(char),
    Class(CharSet),
}

impl Parser {
    /// What a backslash outside of brackets begins.
    pub(super) fn escape(&mut self) -> Result<Node, SyntaxError> {
        let Some(c) = self.next() else {
            return Err(self.wrong("bad escape (end of pattern)"));
        };
        Ok(match c {
            'A' => Node::At(Place::Start),
            'Z' => Node::At(Place::VeryEnd),
            'b' => Node::At(Place::Boundary),
            'B' => Node::At(Place::NoBoundary),
            '1'..='9' => return self.reference(c),
            c => match self.common_escape(c)? {
                Member::Char(c) => self.literal(c),
                Member::Class(class) => Node::One(class),
            },
        })
    }

    /// The number of a group, or a character by three octal digits.
    fn reference(&mut self, first: char) -> Result<Node, SyntaxError> {
        let digit = |c: Option<char>| c.filter(char::is_ascii_digit);
        let octal = |c: Option<char>| c.filter(|c| ('0'..='7').contains(c));
        let (second, third) = (self.peek(), self.chars.get(self.at + 1).copied());
        if let (Some(first), Some(second), Some(third)) =
            (octal(Some(first)), octal(second), octal(third))
        {
            self.at += 2;
            let digits = [first, second, third].into_iter().collect::<String>();
            let code = u32::from_str_radix(&digits, 8).unwrap_or(u32::MAX);
            let c = char::from_u32(code).filter(|_| code <= MOST_OCTAL);
            return c
                .map(|c| self.literal(c))
                .ok_or_else(|| self.wrong("octal escape value outside of range"));
        }
        let mut digits = String::from(first);
        if let Some(second) = digit(second) {
            self.at += 1;
            digits.push(second);
        }
        let number: usize = digits.parse().unwrap_or(usize::MAX);
        self.closed_group(number).map(Node::Back)
    }

    /// A group that can be referred to.
    pub(super) fn closed_group(&self, number: usize) -> Result<usize, SyntaxError> {
        if number == 0 || number > self.groups.len() {
            return Err(self.wrong("invalid group reference"));
        }
        if self.open.contains(&number) {
            return Err(self.wrong("cannot refer to an open group"));
        }
        if self.behind.is_some_and(|before| number > before) {
            return Err(
                self.wrong("cannot refer to group defined in the same lookbehind subpattern")
            );
        }
        Ok(number)
    }

    /// Escapes that mean the same within brackets and outside.
    fn common_escape(&mut self, c: char) -> Result<Member, SyntaxError> {
        let class = |set: CharSet| Ok(Member::Class(set));
        let words = if self.flags.has(Flags::ASCII) {
            ascii_only(CharSet::words())
        } else {
            CharSet::words()
        };
        Ok(Member::Char(match c {
            'd' => return class(CharSet::digits()),
            'D' => return class(CharSet::digits().negated()),
            's' => return class(CharSet::spaces()),
            'S' => return class(CharSet::spaces().negated()),
            'w' => return class(words),
            'W' => return class(words.negated()),
            'a' => '\u{7}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            'x' => return self.code(2),
            'u' => return self.code(4),
            'U' => return self.code(8),
            'N' => return self.named(),
            '0' => return Ok(Member::Char(self.octal('0'))),
            c if c.is_ascii_alphanumeric() => {
                self.at -= 1;
                return Err(self.wrong("bad escape"));
            }
            c => c,
        }))
    }

    fn code(&mut self, digits: usize) -> Result<Member, SyntaxError> {
        let text = self.chars.get(self.at..self.at + digits);
        let text: String = text.unwrap_or_default().iter().collect();
        let is_hex = text.len() == digits && text.chars().all(|c| c.is_ascii_hexdigit());
        let code = u32::from_str_radix(&text, 16).ok().filter(|_| is_hex);
        let Some(code) = code else {
            return Err(self.wrong("incomplete escape"));
        };
        self.at += digits;
        match char::from_u32(code) {
            Some(c) => Ok(Member::Char(c)),
            // Halves of characters that Python knows and text has not.
            None if (0xd800..0xe000).contains(&code) => Ok(Member::Char('\u{fffd}')),
            None => Err(self.wrong("bad escape")),
        }
    }

    /// `\N{NAME}`: which names there are only Python knows; all are taken for letters beyond ASCII.
    fn named(&mut self) -> Result<Member, SyntaxError> {
        if !self.take("{") {
            return Err(self.wrong("missing {"));
        }
        let begin = self.at;
        while let Some(c) = self.next() {
            if c == '}' && self.at > begin + 1 {
                return Ok(Member::Char('é'));
            }
        }
        Err(self.wrong("missing }, unterminated name"))
    }

    fn octal(&mut self, first: char) -> char {
        let mut digits = String::from(first);
        while digits.len() < 3
            && let Some(c) = self.peek().filter(|c| ('0'..='7').contains(c))
        {
            digits.push(c);
            self.at += 1;
        }
        let code = u32::from_str_radix(&digits, 8).unwrap_or_default();
        char::from_u32(code).unwrap_or_default()
    }

    /// What stands between brackets, the first of which was taken.
    pub(super) fn class(&mut self) -> Result<CharSet, SyntaxError> {
        let negative = self.take("^");
        let mut set = CharSet::NONE;
        let first = self.at;
        loop {
            let begin = self.at;
            let Some(c) = self.next() else {
                return Err(self.wrong("unterminated character set"));
            };
            if c == ']' && begin > first {
                break;
            }
            let low = self.member(c)?;
            let high = self.range_end()?;
            match (low, high) {
                (Member::Char(low), Some(Member::Char(high))) if low <= high => {
                    set.add_range(low, high);
                }
                (_, Some(_)) => return Err(self.wrong("bad character range")),
                (Member::Char(c), None) => set.add(c),
                (Member::Class(class), None) => set.add_all(class),
            }
        }
        if self.flags.has(Flags::ANY_CASE) {
            set = set.in_any_case();
        }
        Ok(if negative { set.negated() } else { set })
    }

    /// The other end of a range. A hyphen before the closing bracket is itself.
    fn range_end(&mut self) -> Result<Option<Member>, SyntaxError> {
        let closes = self.chars.get(self.at + 1) == Some(&']');
        if self.peek() != Some('-') || closes {
            return Ok(None);
        }
        self.at += 1;
        let Some(c) = self.next() else {
            return Err(self.wrong("unterminated character set"));
        };
        self.member(c).map(Some)
    }

    fn member(&mut self, c: char) -> Result<Member, SyntaxError> {
        if c != '\\' {
            return Ok(Member::Char(c));
        }
        let Some(c) = self.next() else {
            return Err(self.wrong("bad escape (end of pattern)"));
        };
        match c {
            'b' => Ok(Member::Char('\u{8}')),
            '1'..='7' => Ok(Member::Char(self.octal(c))),
            '8' | '9' => Err(self.wrong("bad escape")),
            c => self.common_escape(c),
        }
    }
}

fn ascii_only(set: CharSet) -> CharSet {
    let mut ascii = CharSet::NONE;
    ('\0'..='\u{7f}')
        .filter(|c| set.has(*c))
        .for_each(|c| ascii.add(c));
    ascii
}
