//! Changes to a file that leave every other line as it is.

use super::super::text::{is_space, strip};
use super::{Entry, Kind, Line, Problem, Section, Tree};

/// Why an edit is refused. The tree is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// fail2ban does not read this file as it is; it must be repaired as text.
    #[error("fail2ban cannot read this file: {0}")]
    Broken(Problem),
    /// The file has bytes that are not UTF-8; it must be repaired first.
    #[error("line {line} is not UTF-8")]
    NotText {
        /// The line, from 1.
        line: usize,
    },
    /// The section is not in the file.
    #[error("no section [{0}] here")]
    NoSection(String),
    /// The section is in the file already.
    #[error("section [{0}] is here already")]
    SectionExists(String),
    /// The section does not have the option.
    #[error("no option {0} in this section")]
    NoOption(String),
    /// The syntax has no way to write this name or value: a comment sign, a line break, or white space at an end.
    #[error("the syntax of the file has no way to write this")]
    Unwritable,
}

/// What a file says, to tell what an edit changed.
type Meaning = Vec<(String, Vec<(String, String)>)>;

impl Tree {
    /// Sets an option of a section that is there: changes its value, or adds it behind the section's last option.
    ///
    /// `value` has its lines joined by line feeds, as [`Entry::value`] has. Lines that stay the same keep their bytes; comments
    /// beside and between the lines of the value stay.
    pub fn set(&mut self, section: &str, key: &str, value: &str) -> Result<(), EditError> {
        self.editable()?;
        let key = key.to_lowercase();
        writable(value)?;
        let mut wanted = self.meaning();
        let bytes = if let Some(option) = self.option(section, &key) {
            self.with_value(option, value)
        } else {
            let place = self.last_section(section)?;
            self.with_option(place, &key, value)
        };
        put(&mut wanted, section, &key, value);
        self.become_if(&bytes, &wanted)
    }

    /// Removes an option with its value; comments stay. Says whether it was there.
    pub fn remove(&mut self, section: &str, key: &str) -> Result<bool, EditError> {
        self.editable()?;
        let key = key.to_lowercase();
        let Some(option) = self.option(section, &key) else {
            return Ok(false);
        };
        let gone = option.line..=option.last_line;
        let bytes = self.rewrite(|number, line| {
            let comment = line.kind == Kind::Comment;
            (gone.contains(&number) && !comment).then(Vec::new)
        });
        let mut wanted = self.meaning();
        for (name, options) in &mut wanted {
            if name == section {
                options.retain(|(known, _)| *known != key);
            }
        }
        self.become_if(&bytes, &wanted).map(|()| true)
    }

    /// Adds an empty section at the end of the file, behind a blank line.
    pub fn insert_section(&mut self, section: &str) -> Result<(), EditError> {
        self.editable()?;
        writable(section)?;
        if section != "DEFAULT" && self.sections.iter().any(|known| known.name == section) {
            return Err(EditError::SectionExists(section.to_owned()));
        }
        let line_end = self.line_end();
        let mut bytes = self.bytes.clone();
        if let Some(last) = self.lines.last() {
            if last.end == last.span.end {
                bytes.extend_from_slice(line_end);
            }
            if last.kind != Kind::Blank {
                bytes.extend_from_slice(line_end);
            }
        }
        bytes.extend_from_slice(format!("[{section}]").as_bytes());
        bytes.extend_from_slice(line_end);
        let mut wanted = self.meaning();
        wanted.push((section.to_owned(), Vec::new()));
        self.become_if(&bytes, &wanted)
    }

    /// Removes a section with its header, its options and the comments between its first and last option.
    ///
    /// Comments behind the last option stay: they often belong to the section that follows.
    pub fn remove_section(&mut self, section: &str) -> Result<(), EditError> {
        self.editable()?;
        let place = self.last_section(section)?;
        let gone = place.line..=last_line(place);
        let bytes = self.rewrite(|number, _| gone.contains(&number).then(Vec::new));
        let mut wanted = self.meaning();
        if let Some(at) = wanted.iter().rposition(|(name, _)| name == section) {
            wanted.remove(at);
        }
        self.become_if(&bytes, &wanted)
    }

    fn editable(&self) -> Result<(), EditError> {
        if let Some(line) = self.bad_bytes.first() {
            return Err(EditError::NotText { line: *line });
        }
        match self.problem() {
            Some(problem) => Err(EditError::Broken(problem.clone())),
            None => Ok(()),
        }
    }

    fn last_section(&self, section: &str) -> Result<&Section, EditError> {
        let mut places = self.sections.iter().rev();
        places
            .find(|known| known.name == section)
            .ok_or_else(|| EditError::NoSection(section.to_owned()))
    }

    /// Takes the new bytes only when they say what is wanted and nothing else: the parser judges, not the writer.
    fn become_if(&mut self, bytes: &[u8], wanted: &Meaning) -> Result<(), EditError> {
        let changed = Self::parse(bytes);
        if changed.editable().is_err() || changed.meaning() != *wanted {
            return Err(EditError::Unwritable);
        }
        *self = changed;
        Ok(())
    }

    fn meaning(&self) -> Meaning {
        let pair = |option: &Entry| (option.key.clone(), option.value.clone());
        let sections = self.sections.iter();
        sections
            .map(|section| {
                (
                    section.name.clone(),
                    section.options.iter().map(pair).collect(),
                )
            })
            .collect()
    }

    /// All lines, with those replaced for which there is something else.
    fn rewrite(&self, other: impl Fn(usize, &Line) -> Option<Vec<u8>>) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.bytes.len());
        for (at, line) in self.lines.iter().enumerate() {
            match other(at + 1, line) {
                Some(replaced) => bytes.extend_from_slice(&replaced),
                None => bytes.extend_from_slice(self.slice(line.span.start, line.span.end)),
            }
        }
        bytes
    }

    fn with_option(&self, place: &Section, key: &str, value: &str) -> Vec<u8> {
        let after = last_line(place);
        let indent = place
            .options
            .last()
            .map_or(b"".as_slice(), |option| self.indent(option.line));
        let line_end = self.line_end();
        let mut lines = value.split('\n');
        let first = lines.next().unwrap_or_default();
        let mut added = [indent, key.as_bytes(), b" = ".as_slice(), first.as_bytes()].concat();
        trim_end(&mut added);
        added.extend_from_slice(line_end);
        for line in lines {
            added.extend_from_slice(&continuation(indent, line, line_end));
        }
        self.rewrite(|number, line| {
            (number == after).then(|| {
                let mut bytes = self.slice(line.span.start, line.span.end).to_vec();
                if line.end == line.span.end {
                    bytes.extend_from_slice(line_end);
                }
                bytes.extend_from_slice(&added);
                bytes
            })
        })
    }

    fn with_value(&self, option: &Entry, value: &str) -> Vec<u8> {
        let mut wanted: Vec<Option<&str>> = value.split('\n').map(Some).collect();
        let mut takes = vec![None; self.lines.len() + 1];
        let mut next = 0;
        for number in option.line..=option.last_line {
            if self
                .lines
                .get(number - 1)
                .is_some_and(|line| line.kind != Kind::Comment)
            {
                if let (Some(slot), Some(line)) = (takes.get_mut(number), wanted.get_mut(next)) {
                    *slot = line.take();
                }
                next += 1;
            }
        }
        let rest: Vec<&str> = wanted.into_iter().flatten().collect();
        self.rewrite(|number, line| {
            if !(option.line..=option.last_line).contains(&number) {
                return None;
            }
            let take = takes.get(number).copied().flatten();
            let mut bytes = self.value_line(line, number == option.line, take, option);
            if number == option.last_line {
                self.append_rest(&mut bytes, &rest, option);
            }
            Some(bytes)
        })
    }

    /// A line of a value with other text in it, in the same place.
    fn value_line(&self, line: &Line, first: bool, text: Option<&str>, option: &Entry) -> Vec<u8> {
        let same = || self.slice(line.span.start, line.span.end).to_vec();
        let Some(text) = text else {
            return if line.kind == Kind::Comment {
                same()
            } else {
                Vec::new()
            };
        };
        let from = if first {
            self.value_start(line)
        } else {
            line.said.start
        };
        let to = line.said.end.max(from);
        let old = self.slice(from, to);
        if old == text.as_bytes() {
            return same();
        }
        if !first && (old.is_empty() || text.is_empty()) {
            let end = self.slice(line.end, line.span.end);
            return continuation(self.indent(option.line), text, end);
        }
        let before = self.slice(line.span.start, from);
        let gap: &[u8] = if old.is_empty() && first && !ends_in_space(before) {
            b" "
        } else {
            b""
        };
        let after = self.slice(to, line.span.end);
        let apart: &[u8] = if old.is_empty() && after.starts_with(b";") {
            b" "
        } else {
            b""
        };
        [before, gap, text.as_bytes(), apart, after].concat()
    }

    fn append_rest(&self, bytes: &mut Vec<u8>, rest: &[&str], option: &Entry) {
        let line_end = self.line_end();
        if !rest.is_empty() && !bytes.ends_with(b"\n") && !bytes.ends_with(b"\r") {
            bytes.extend_from_slice(line_end);
        }
        for text in rest {
            bytes.extend_from_slice(&continuation(self.indent(option.line), text, line_end));
        }
    }

    /// Where the value begins in the line with the name.
    fn value_start(&self, line: &Line) -> usize {
        let said = String::from_utf8_lossy(self.slice(line.said.start, line.said.end)).into_owned();
        let after = said.find(['=', ':']).map_or(said.len(), |at| at + 1);
        let value = said.get(after..).unwrap_or_default();
        if strip(value).is_empty() {
            // White space behind the delimiter is not part of what the line says.
            let rest = self.slice(line.said.end, line.end);
            let spaces = rest
                .iter()
                .take_while(|byte| matches!(byte, b' ' | b'\t'))
                .count();
            return line.said.end + spaces.min(1);
        }
        line.said.start + after + value.len() - value.trim_start_matches(is_space).len()
    }

    fn indent(&self, number: usize) -> &[u8] {
        let line = number.checked_sub(1).and_then(|at| self.lines.get(at));
        line.map_or(b"", |line| self.slice(line.span.start, line.said.start))
    }

    /// The line end that the file has most of its lines with: that of the first line.
    fn line_end(&self) -> &[u8] {
        match self
            .lines
            .first()
            .map(|line| self.slice(line.end, line.span.end))
        {
            Some(end) if !end.is_empty() => end,
            _ => b"\n",
        }
    }

    fn slice(&self, from: usize, to: usize) -> &[u8] {
        self.bytes.get(from..to).unwrap_or_default()
    }
}

fn put(meaning: &mut Meaning, section: &str, key: &str, value: &str) {
    let places = || {
        meaning.iter().rposition(|(name, options)| {
            name == section && options.iter().any(|(known, _)| known == key)
        })
    };
    let place = places().or_else(|| meaning.iter().rposition(|(name, _)| name == section));
    let Some((_, options)) = place.and_then(|at| meaning.get_mut(at)) else {
        return;
    };
    match options.iter_mut().find(|(known, _)| known == key) {
        Some((_, old)) => value.clone_into(old),
        None => options.push((key.to_owned(), value.to_owned())),
    }
}

/// A form's text must not end the line it is in, nor hide something in it.
fn writable(text: &str) -> Result<(), EditError> {
    let hidden = |c: char| c.is_control() && c != '\n' && c != '\t';
    if text.chars().any(hidden) {
        return Err(EditError::Unwritable);
    }
    Ok(())
}

fn last_line(section: &Section) -> usize {
    section
        .options
        .last()
        .map_or(section.line, |option| option.last_line)
}

fn continuation(indent: &[u8], text: &str, line_end: &[u8]) -> Vec<u8> {
    if text.is_empty() {
        return line_end.to_vec();
    }
    [indent, b"    ", text.as_bytes(), line_end].concat()
}

fn ends_in_space(bytes: &[u8]) -> bool {
    bytes.last().is_some_and(u8::is_ascii_whitespace)
}

fn trim_end(bytes: &mut Vec<u8>) {
    while bytes.ends_with(b" ") {
        bytes.pop();
    }
}
