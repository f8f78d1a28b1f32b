//! One configuration file, without loss.

mod edit;

use std::ops::Range;
use std::str;

use super::text::{is_space, strip};

pub use edit::EditError;

/// A file with every byte kept: comments, order, blank lines, line ends, odd indentation, bytes that are no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    bytes: Vec<u8>,
    lines: Vec<Line>,
    sections: Vec<Section>,
    problems: Vec<Problem>,
    bad_bytes: Vec<usize>,
}

/// A section; `DEFAULT` may come more than once in a file, no other may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What stands between the brackets, case kept.
    pub name: String,
    /// The line of its header, from 1.
    pub line: usize,
    /// Its options in order.
    pub options: Vec<Entry>,
}

/// An option of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name in lower case: the case in the file has no meaning.
    pub key: String,
    /// Its lines without comments and indentation, joined by line feeds, nothing interpolated.
    pub value: String,
    /// The line with its name, from 1.
    pub line: usize,
    /// The last line that belongs to its value, from 1.
    pub last_line: usize,
}

/// Why fail2ban refuses a file, and with it the whole configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {kind}")]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub kind: ProblemKind,
}

/// What can be wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProblemKind {
    /// Something stands before the first section.
    #[error("no section has begun here")]
    NoSection,
    /// A section comes a second time.
    #[error("section [{0}] comes a second time")]
    DuplicateSection(String),
    /// An option comes a second time in its section.
    #[error("option {0} comes a second time in its section")]
    DuplicateOption(String),
    /// Neither a section nor an option with a value.
    #[error("neither [section] nor option = value")]
    NoDelimiter,
    /// A value without a name.
    #[error("a value without a name")]
    NoName,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    /// With its line end.
    span: Range<usize>,
    /// Where its line end begins.
    end: usize,
    /// What it says, without comment and white space at the ends.
    said: Range<usize>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Blank,
    Comment,
    Header,
    Option,
    /// A further line of a value.
    Continuation,
    Broken,
}

impl Tree {
    /// Reads a file; anything is a tree, also what fail2ban refuses ([`Tree::problem`]).
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        Reader::new(bytes).read()
    }

    /// The file again.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The sections in order.
    #[must_use]
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// The first reason why fail2ban refuses the file.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        self.problems.first()
    }

    /// All reasons why fail2ban refuses the file; it names only one itself.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The lines, from 1, with bytes that are not UTF-8. fail2ban skips such a file as a whole (1.0) or fails (1.1).
    #[must_use]
    pub fn lines_that_are_no_text(&self) -> &[usize] {
        &self.bad_bytes
    }

    /// The option of a section, by any case of its name. Later sections of the same name win, as only `DEFAULT` can.
    #[must_use]
    pub fn option(&self, section: &str, key: &str) -> Option<&Entry> {
        let key = key.to_lowercase();
        let named = self.sections.iter().rev().filter(|s| s.name == section);
        named
            .flat_map(|section| &section.options)
            .find(|option| option.key == key)
    }

    /// How many lines the file has.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.lines.len()
    }
}

/// Goes through the lines the way Python does.
struct Reader<'a> {
    bytes: &'a [u8],
    lines: Vec<Line>,
    sections: Vec<Section>,
    problems: Vec<Problem>,
    bad_bytes: Vec<usize>,
    /// How far the line in which the last header or option began is indented, in characters.
    indent: usize,
    /// Whether an option is open that lines could continue.
    open: bool,
    /// Lines of the value of the open option.
    value: Vec<String>,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            lines: Vec::new(),
            sections: Vec::new(),
            problems: Vec::new(),
            bad_bytes: Vec::new(),
            indent: 0,
            open: false,
            value: Vec::new(),
        }
    }

    fn read(mut self) -> Tree {
        let mut at = 0;
        while at < self.bytes.len() {
            let (end, next) = line_end(self.bytes, at);
            self.line(at..next, end);
            at = next;
        }
        self.close();
        Tree {
            bytes: self.bytes.to_vec(),
            lines: self.lines,
            sections: self.sections,
            problems: self.problems,
            bad_bytes: self.bad_bytes,
        }
    }

    fn line(&mut self, span: Range<usize>, end: usize) {
        let raw = self.bytes.get(span.start..end).unwrap_or_default();
        let number = self.lines.len() + 1;
        let lossy = String::from_utf8_lossy(raw);
        if str::from_utf8(raw).is_err() {
            self.bad_bytes.push(number);
        }
        let (said, commented) = without_comment(&lossy);
        let kind = if said.is_empty() {
            self.nothing_said(commented)
        } else {
            self.something_said(&lossy, said, number)
        };
        // Positions in a line that is no text are not used: such a file is never edited.
        let offset = span.start + lossy.len() - lossy.trim_start_matches(is_space).len();
        let length = said.len();
        self.lines.push(Line {
            said: offset..offset + length,
            span,
            end,
            kind,
        });
    }

    fn nothing_said(&mut self, commented: bool) -> Kind {
        if commented {
            return Kind::Comment;
        }
        if self.open {
            self.value.push(String::new());
        }
        Kind::Blank
    }

    fn something_said(&mut self, line: &str, said: &str, number: usize) -> Kind {
        let indent = line.chars().take_while(|c| is_space(*c)).count();
        if self.open && indent > self.indent {
            self.value.push(said.to_owned());
            if let Some(option) = self.last_option() {
                option.last_line = number;
            }
            return Kind::Continuation;
        }
        self.indent = indent;
        if let Some(name) = header(said) {
            self.header(name, number);
            return Kind::Header;
        }
        if self.sections.is_empty() {
            return self.broken(number, ProblemKind::NoSection);
        }
        match said.find(['=', ':']) {
            Some(at) => self.option(said, at, number),
            // Python goes on with the option before it.
            None => self.broken(number, ProblemKind::NoDelimiter),
        }
    }

    fn header(&mut self, name: &str, number: usize) {
        self.close();
        if name != "DEFAULT" && self.sections.iter().any(|section| section.name == name) {
            let kind = ProblemKind::DuplicateSection(name.to_owned());
            self.broken(number, kind);
        }
        self.sections.push(Section {
            name: name.to_owned(),
            line: number,
            options: Vec::new(),
        });
    }

    fn option(&mut self, said: &str, delimiter: usize, number: usize) -> Kind {
        self.close();
        let (name, rest) = said.split_at(delimiter);
        let key = name.trim_end_matches(is_space).to_lowercase();
        if key.is_empty() {
            self.broken(number, ProblemKind::NoName);
        }
        let section = self.sections.last().map(|section| section.name.clone());
        let mut same = self
            .sections
            .iter()
            .filter(|s| Some(&s.name) == section.as_ref());
        if same.any(|section| section.options.iter().any(|option| option.key == key)) {
            self.broken(number, ProblemKind::DuplicateOption(key.clone()));
        }
        let first = rest.get(1..).unwrap_or_default();
        self.value.push(strip(first).to_owned());
        self.open = true;
        if let Some(section) = self.sections.last_mut() {
            section.options.push(Entry {
                key,
                value: String::new(),
                line: number,
                last_line: number,
            });
        }
        Kind::Option
    }

    fn broken(&mut self, line: usize, kind: ProblemKind) -> Kind {
        self.problems.push(Problem { line, kind });
        Kind::Broken
    }

    /// Ends the open option.
    fn close(&mut self) {
        if !self.open {
            return;
        }
        self.open = false;
        let value = self.value.join("\n");
        self.value.clear();
        if let Some(option) = self.last_option() {
            value
                .trim_end_matches(is_space)
                .clone_into(&mut option.value);
        }
    }

    fn last_option(&mut self) -> Option<&mut Entry> {
        self.sections.last_mut()?.options.last_mut()
    }
}

/// Where the line end begins and where the next line does. Python takes `\n`, `\r\n` and `\r` for line ends.
fn line_end(bytes: &[u8], from: usize) -> (usize, usize) {
    let rest = bytes.get(from..).unwrap_or_default();
    let Some(length) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
        return (bytes.len(), bytes.len());
    };
    let two = rest.get(length..length + 2) == Some(b"\r\n".as_slice());
    let end = from + length;
    (end, end + if two { 2 } else { 1 })
}

/// What a line says without its comment, and whether it has one.
fn without_comment(line: &str) -> (&str, bool) {
    let stripped = strip(line);
    if stripped.starts_with(['#', ';']) {
        return ("", true);
    }
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        if c == ';' && is_space(before) {
            return (strip(line.get(..at).unwrap_or_default()), true);
        }
        before = c;
    }
    (stripped, false)
}

/// The name of a section: up to the last bracket of the line, whatever follows it.
fn header(said: &str) -> Option<&str> {
    let inside = said.strip_prefix('[')?;
    let name = inside.get(..inside.rfind(']')?)?;
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests;
