//! Whether filters and actions that are named exist, and whether names are free.

use std::collections::HashSet;

use super::fault::Fault;
use super::names::nearest;
use crate::config::parameters;

/// The most characters of a new jail's name: longer ones do not fit into the firewall's.
pub const JAIL_NAME_CHARS: usize = 25;
/// Names that `fail2ban-client` reads as something else, in any case of letters.
pub const RESERVED_JAIL_NAMES: [&str; 13] = [
    "DEFAULT",
    "INCLUDES",
    "Definition",
    "Init",
    "all",
    "allowipv6",
    "loglevel",
    "logtarget",
    "syslogsocket",
    "dbfile",
    "dbmaxmatches",
    "dbpurgeage",
    "thread",
];

/// What speaks against a `filter`, where `filters` are those that exist.
#[must_use]
pub fn filter(value: &str, filters: &[String]) -> Option<Fault> {
    if value.trim().is_empty() {
        return None;
    }
    named("filter", value, filters).err()
}

/// What speaks against an `action`, where `actions` are those that exist.
#[must_use]
pub fn actions(value: &str, actions: &[String]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut names = HashSet::new();
    let items = parameters::split(value).into_iter().map(str::trim);
    for item in items.filter(|item| !item.is_empty()) {
        match named("action", item, actions) {
            Err(fault) => faults.push(fault),
            Ok(name) if !names.insert(name.clone()) => faults.push(Fault::TwiceTheSame(name)),
            Ok(_) => {}
        }
    }
    faults
}

/// The name under which it runs, if it is there.
fn named(what: &'static str, definition: &str, known: &[String]) -> Result<String, Fault> {
    let (name, given) = parameters::parse(definition).map_err(|reason| Fault::BadParameters {
        definition: definition.to_owned(),
        reason,
    })?;
    if !known.iter().any(|known| known == name) {
        return Err(Fault::Missing {
            what,
            name: name.to_owned(),
            meant: nearest(name, known.iter().map(String::as_str)).map(str::to_owned),
        });
    }
    let own = given.get("actname").cloned();
    // Another name for chains makes another name of the action.
    let with_name = || given.get("name").map(|own| format!("{name}-{own}"));
    Ok(own.or_else(with_name).unwrap_or_else(|| name.to_owned()))
}

/// What speaks against the name of a new jail, where `existing` are those that there are.
#[must_use]
pub fn new_jail_name<'a>(name: &str, existing: impl IntoIterator<Item = &'a str>) -> Option<Fault> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if name.is_empty()
        || !name.chars().all(fits)
        || !name.starts_with(|c: char| c.is_ascii_alphanumeric())
    {
        return Some(Fault::BadName(
            "a name has letters, digits and . - _ only, and begins with a letter or a digit",
        ));
    }
    if name.len() > JAIL_NAME_CHARS {
        return Some(Fault::BadName(
            "a name has at most 25 characters, so that the firewall's names can hold it",
        ));
    }
    if RESERVED_JAIL_NAMES
        .iter()
        .any(|reserved| reserved.eq_ignore_ascii_case(name))
    {
        return Some(Fault::BadName("this name means something else to fail2ban"));
    }
    let same = existing
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(name));
    same.map(|known| Fault::Clash(known.to_owned()))
}
