//! What a form may write. A value is text that fail2ban reads again: it must not become more than a value there.

use super::fault::Fault;
use super::names::References;
use crate::config::options::{self, OptionSpec, Place, ValueKind};

/// What speaks against writing a value, as it would stand in the file. `spec` is `None` for options that are not described.
#[must_use]
pub fn writable(spec: Option<&OptionSpec>, raw: &str) -> Option<Fault> {
    let has_lines = spec.is_none_or(|spec| spec.value.has_lines());
    if raw.contains('\n') && !has_lines {
        return Some(Fault::SeveralLines);
    }
    let control = raw
        .chars()
        .find(|c| c.is_control() && !matches!(c, '\n' | '\t'));
    if let Some(c) = control {
        return Some(Fault::Smuggled(c, "it is a control character"));
    }
    let hidden = raw.split('\n').skip(1).find_map(|line| {
        let begin = line.trim_start().chars().next();
        begin.filter(|c| matches!(c, '#' | ';'))
    });
    if let Some(c) = hidden {
        return Some(Fault::HiddenLine(c));
    }
    if raw.contains(" ;") || raw.contains("\t;") || raw.starts_with(';') {
        return Some(Fault::Smuggled(';', "behind a space it begins a comment"));
    }
    percent(spec, raw).or_else(|| spec.and_then(|spec| plain(spec, raw)))
}

/// `%` is a sign of its own: only some values may refer to others with it.
fn percent(spec: Option<&OptionSpec>, raw: &str) -> Option<Fault> {
    let may_refer = spec.is_none_or(|spec| {
        matches!(
            spec.value,
            ValueKind::Regexes
                | ValueKind::Regex
                | ValueKind::Filter
                | ValueKind::Actions
                | ValueKind::ActionName
                | ValueKind::Paths
                | ValueKind::Lines
                | ValueKind::Command
        )
    });
    let mut rest = raw;
    while let Some(at) = rest.find('%') {
        let after = rest.get(at + 1..).unwrap_or_default();
        rest = if let Some(after) = after.strip_prefix('%') {
            after
        } else if let Some((_, after)) = after
            .strip_prefix('(')
            .and_then(|name| name.split_once(")s"))
        {
            if !may_refer {
                return Some(Fault::Smuggled('%', "this value cannot refer to others"));
            }
            after
        } else {
            return Some(Fault::PercentSign);
        };
    }
    None
}

/// Values that the stock files put into the parameters of actions, and through these into commands.
fn plain(spec: &OptionSpec, raw: &str) -> Option<Fault> {
    let goes_into_commands = spec.place == Place::Jail
        && matches!(
            spec.value,
            ValueKind::Text
                | ValueKind::Choice { .. }
                | ValueKind::Ports
                | ValueKind::ActionName
                | ValueKind::Paths
        )
        && !matches!(spec.name, "ignorecache" | "backend" | "datepattern");
    if !goes_into_commands {
        return None;
    }
    let without = without_references(raw);
    let bad = without.chars().find(|c| !is_harmless(*c, spec.value));
    bad.map(|c| Fault::Smuggled(c, "it could end the value within a command"))
}

fn is_harmless(c: char, kind: ValueKind) -> bool {
    let signs = match kind {
        ValueKind::Paths => "/._-+:@*?[]~ \n",
        _ => "/._-+:@,= ",
    };
    c.is_alphanumeric() || signs.contains(c)
}

/// The text without `%(x)s`, `%%` and `<x>`, which are replaced by values that have rules of their own.
fn without_references(raw: &str) -> String {
    let mut out = String::new();
    let mut rest = raw;
    while let Some(at) = rest.find(['%', '<']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let reference = from
            .strip_prefix("%(")
            .and_then(|name| name.split_once(")s"))
            .or_else(|| from.strip_prefix('<').and_then(|name| name.split_once('>')));
        let is_name = |name: &str| {
            name.chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '/' | '.'))
        };
        rest = if let Some((_, after)) = reference.filter(|(name, _)| is_name(name)) {
            after
        } else {
            let mut chars = from.chars();
            out.extend(chars.next());
            chars.as_str()
        };
    }
    out + rest
}

/// What speaks against a name in a file, where `used` holds what all values around refer to.
#[must_use]
pub fn option_name(place: Place, name: &str, used: &References) -> Option<Fault> {
    let is_known = options::find(place, name).is_some()
        || (place == Place::Action && options::find(Place::ActionInit, name).is_some());
    // Names like these are variables, some of them for others to use.
    let is_variable =
        name.starts_with(['_', '?']) || name.starts_with("known/") || name.starts_with("action_");
    if is_known || is_variable || used.contain(name) {
        return None;
    }
    let meant = super::names::similar(place, name);
    Some(Fault::UnknownOption {
        name: name.to_owned(),
        meant: meant.map(|spec| spec.name),
    })
}
