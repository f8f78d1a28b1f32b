//! Why a change is only kept when somebody confirms it.
mod remote;

use domain::Risk;
use fail2ban::{Value, config::Tree};

use super::{changes::is_jail_file, check::Compared, draft::Draft, effects::Meanings};
use crate::reload::{JailPlan, Touched, text as word};

pub(super) use remote::RemoteAccess;

/// A ban that becomes this many times as long is much longer.
const MUCH_LONGER: f64 = 10.0;

/// A jail that bans after less than this part of the failures bans much sooner.
const MUCH_SOONER: f64 = 2.0;

/// What a change can do to whoever speaks with the daemon.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reachable {
    /// Whether bans of a touched jail can cut a person off: see [`guards`].
    pub(super) guarded: bool,
    /// Whether the daemon would have another socket or another file with its process id. It is sent neither, so that nothing else shows it.
    pub(super) daemon_moves: bool,
}

/// The risks of a draft.
pub(super) fn of(
    draft: &Draft,
    compared: &Compared,
    touched: &Touched,
    reachable: Reachable,
) -> Vec<Risk> {
    let changed: Vec<(&JailPlan, &JailPlan)> = touched
        .reload
        .iter()
        .filter_map(|name| Some((compared.before.jail(name)?, compared.after.jail(name)?)))
        .collect();
    let any = |is: fn(&JailPlan, &JailPlan) -> bool| changed.iter().any(|(old, new)| is(old, new));
    let actions = draft
        .new
        .keys()
        .any(|path| path.as_str().starts_with("action.d/"));
    let checks = [
        (Risk::Actions, actions || any(actions_differ)),
        (Risk::AllJails, defaults_differ(draft)),
        (Risk::IgnoresLess, any(ignores_less)),
        (Risk::Stricter, any(is_stricter)),
        (Risk::RemoteAccess, reachable.guarded),
        (Risk::Commands, draft.runs_commands),
        (Risk::Daemon, touched.settings || reachable.daemon_moves),
    ];
    let there = checks.into_iter().filter(|(_, there)| *there);
    there.map(|(risk, _)| risk).collect()
}

/// Whether `[DEFAULT]` of the jails says something else.
fn defaults_differ(draft: &Draft) -> bool {
    let defaults = |bytes: &[u8]| -> Vec<(String, String)> {
        let tree = Tree::parse(bytes);
        let sections = tree
            .sections()
            .iter()
            .filter(|section| section.name == "DEFAULT");
        let options = sections.flat_map(|section| &section.options);
        options
            .map(|option| (option.key.clone(), option.value.clone()))
            .collect()
    };
    draft
        .new
        .iter()
        .filter(|(path, _)| is_jail_file(path))
        .any(|(path, new)| {
            let old = draft.files.get(path).map_or(&[][..], |file| &file.bytes);
            defaults(old) != defaults(new.as_deref().unwrap_or_default())
        })
}

fn actions_differ(old: &JailPlan, new: &JailPlan) -> bool {
    let actions = |jail: &JailPlan| -> Vec<Vec<Value>> {
        let is = |command: &&Vec<Value>| matches!(word(command, 2), "addaction" | "action");
        jail.commands.iter().filter(is).cloned().collect()
    };
    actions(old) != actions(new)
}

fn ignores_less(old: &JailPlan, new: &JailPlan) -> bool {
    let fewer = ignored(old)
        .iter()
        .any(|entry| !ignored(new).contains(entry));
    let own = |jail: &JailPlan| value(jail, "ignoreself").map(ToString::to_string);
    let itself = own(old) != own(new) && own(new).is_some_and(|value| is_false(&value));
    let command = |jail: &JailPlan| value(jail, "ignorecommand").map(ToString::to_string);
    fewer || itself || (command(old) != command(new) && value(old, "ignorecommand").is_some())
}

fn is_false(value: &str) -> bool {
    let word = value.trim_matches(['\'', '"']);
    !fail2ban::config::text::truth(word)
}

/// The addresses that a jail ignores.
fn ignored(jail: &JailPlan) -> Vec<String> {
    let commands = jail.commands.iter();
    commands
        .filter(|command| word(command, 2) == "addignoreip")
        .flat_map(|command| command.iter().skip(3).map(ToString::to_string))
        .collect()
}

fn is_stricter(old: &JailPlan, new: &JailPlan) -> bool {
    let longer = |option: &str| match (seconds(old, option), seconds(new, option)) {
        (Some(before), Some(after)) => {
            before >= 0.0 && (after < 0.0 || (after > before && after >= before * MUCH_LONGER))
        }
        // What cannot be read could be anything.
        _ => value(old, option) != value(new, option),
    };
    let sooner = match (seconds(old, "maxretry"), seconds(new, "maxretry")) {
        (Some(before), Some(after)) => after < before && after * MUCH_SOONER <= before,
        _ => false,
    };
    longer("bantime") || longer("findtime") || sooner
}

/// Whether a jail is touched whose bans can cut off remote access. Waits for the disk.
pub(super) fn guards(access: &RemoteAccess, meanings: &Meanings, touched: &Touched) -> bool {
    let mut names = touched.names();
    names.any(|name| {
        let reaches = meanings.reaches(name);
        access.is_guarded_by(name, &reaches)
    })
}

/// An option's value in seconds or as a number.
fn seconds(jail: &JailPlan, option: &str) -> Option<f64> {
    let text = match value(jail, option)? {
        Value::Int(number) => number.to_string(),
        Value::Str(text) => text.clone(),
        _ => return None,
    };
    fail2ban::config::time::seconds(&text).ok()
}

fn value<'a>(jail: &'a JailPlan, option: &str) -> Option<&'a Value> {
    let mut commands = jail.commands.iter().rev();
    commands
        .find(|command| word(command, 2) == option)
        .and_then(|command| command.get(3))
}

#[cfg(test)]
mod tests;
