//! Texts without secrets, to be shown to somebody who is to help.
//!
//! What looks like a secret goes, also in comments: whole values of options whose names say so, with their further lines, what [`Secrets`] recognises in
//! other values, and the names of mail boxes (their domains stay). What is not named like a secret cannot be known to be one.

use domain::{HIDDEN, Secrets, names_a_secret};

/// A text without secrets. Lines stay lines.
pub(super) fn text(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    for block in blocks(text) {
        // Values that run over lines are only known with all of them.
        let hidden = Secrets::default().hide(block);
        mask_lines(block, &hidden, &mut masked);
    }
    masked
}

/// The parts of a text that stand for themselves: each begins with a line that fail2ban takes for a section or an option.
fn blocks(text: &str) -> Vec<&str> {
    let mut blocks = Vec::new();
    let (mut begin, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        if at > begin && !is_more(line) {
            blocks.extend(text.get(begin..at));
            begin = at;
        }
        at += line.len();
    }
    blocks.extend(text.get(begin..));
    blocks
}

/// Whether a line belongs to what stands before it, as far as one can tell: blank ones and comments may stand within a value.
fn is_more(line: &str) -> bool {
    line.starts_with([' ', '\t', '#', ';']) || line.trim().is_empty()
}

/// What the lines that go on belong to.
#[derive(Clone, Copy)]
enum Open {
    /// Nothing that is secret.
    Nothing,
    /// The value of a secret.
    Secret,
    /// That of one in a comment, and how far it is indented.
    Commented(usize),
}

impl Open {
    /// Whether a line is a part of it.
    fn goes_on_in(self, line: &str) -> bool {
        let is_comment = line.starts_with(['#', ';']);
        match self {
            Self::Nothing => false,
            Self::Commented(indent) if is_comment => indent < indentation(line),
            Self::Secret | Self::Commented(_) => line.starts_with([' ', '\t']),
        }
    }
}

/// How far the text of a comment is indented.
fn indentation(line: &str) -> usize {
    let said = line.trim_start_matches(['#', ';']);
    said.len() - said.trim_start().len()
}

/// Masks the lines of a block, of which `hidden` are the same without what is recognised in it. What a line is, it says itself.
fn mask_lines(block: &str, hidden: &str, masked: &mut String) {
    let mut open = Open::Nothing;
    let lines = block
        .split_inclusive('\n')
        .zip(hidden.split_inclusive('\n'));
    for (line, hidden) in lines {
        let said = line.trim_end_matches(['\n', '\r']);
        let end = line.get(said.len()..).unwrap_or_default();
        let is_comment = said.starts_with(['#', ';']);
        if said.trim().is_empty() {
            masked.push_str(said);
        } else if open.goes_on_in(said) {
            masked.extend([if is_comment { "#" } else { "" }, "    ", HIDDEN]);
        } else if let Some(shown) = without_value(said) {
            open = if is_comment {
                Open::Commented(indentation(said))
            } else {
                Open::Secret
            };
            masked.push_str(&shown);
        } else {
            // A comment within a value does not end it.
            open = if is_comment { open } else { Open::Nothing };
            masked.push_str(&mails(hidden.trim_end_matches(['\n', '\r'])));
        }
        masked.push_str(end);
    }
}

/// A line that is an option whose whole value is secret, without that.
fn without_value(line: &str) -> Option<String> {
    let start = line.trim_start_matches(['#', ';', ' ', '\t']);
    let name: String = start.chars().take_while(|c| is_name(*c)).collect();
    let rest = start.get(name.len()..).unwrap_or_default();
    let rest = without_condition(rest).trim_start();
    if !rest.starts_with(['=', ':']) || !names_a_secret(&name) {
        return None;
    }
    let before = line.len() - rest.len() + 1;
    let mut shown = line.get(..before).unwrap_or_default().to_owned();
    if !rest.get(1..).unwrap_or_default().trim().is_empty() {
        shown.extend([" ", HIDDEN]);
    }
    Some(shown)
}

/// What stands behind the `?family=inet6` of a name.
fn without_condition(rest: &str) -> &str {
    let condition = rest.strip_prefix('?').and_then(|rest| {
        let (_, value) = rest.split_once('=')?;
        value.get(value.find(|c| !is_name(c))?..)
    });
    condition.unwrap_or(rest)
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// `name@domain` without the name.
fn mails(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find('@') {
        let (before, from) = rest.split_at(at);
        let domain = from.get(1..).and_then(|domain| domain.chars().next());
        let name = before.len()
            - before
                .trim_end_matches(|c: char| is_name(c) || c == '+')
                .len();
        let (kept, name) = before.split_at(before.len() - name);
        out.push_str(kept);
        if name.is_empty() || !domain.is_some_and(char::is_alphanumeric) {
            out.push_str(name);
        } else {
            out.push_str(HIDDEN);
        }
        out.push('@');
        rest = from.get(1..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests;
