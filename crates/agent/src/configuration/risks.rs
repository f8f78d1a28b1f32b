//! Why a change is only kept when somebody confirms it.
use domain::Risk;
use fail2ban::{Value, config::Tree};

use super::{changes::is_jail_file, check::Compared, draft::Draft};
use crate::reload::{JailPlan, Plan, Touched};

/// A ban that becomes this many times as long is much longer.
const MUCH_LONGER: f64 = 10.0;

/// A jail that bans after less than this part of the failures bans much sooner.
const MUCH_SOONER: f64 = 2.0;

/// The port of SSH.
const SSH_PORT: u16 = 22;

/// The risks of a draft.
pub(super) fn of(draft: &Draft, compared: &Compared, touched: &Touched) -> Vec<Risk> {
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
        (Risk::RemoteAccess, guards_remote_access(compared, touched)),
        (Risk::Commands, draft.runs_commands),
        (Risk::Daemon, touched.settings),
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

/// Whether a jail that protects remote access is touched.
fn guards_remote_access(compared: &Compared, touched: &Touched) -> bool {
    let of = |plan: &Plan, name: &str| plan.jail(name).is_some_and(guards_ssh);
    let names = touched
        .reload
        .iter()
        .chain(&touched.start)
        .chain(&touched.stop);
    let mut names = names.map(String::as_str);
    names.any(|name| of(&compared.before, name) || of(&compared.after, name))
}

fn guards_ssh(jail: &JailPlan) -> bool {
    jail.name.contains("ssh") || ports(jail).iter().any(|ports| holds_ssh(ports))
}

/// The ports that actions are told.
fn ports(jail: &JailPlan) -> Vec<String> {
    let mut ports = Vec::new();
    for command in &jail.commands {
        let Some(pairs) = command.last().and_then(Value::as_items) else {
            continue;
        };
        for pair in pairs.iter().filter_map(Value::as_items) {
            if let [Value::Str(name), Value::Str(port)] = pair
                && name == "port"
            {
                ports.push(port.clone());
            }
        }
    }
    ports
}

fn holds_ssh(ports: &str) -> bool {
    ports.split(',').map(str::trim).any(|port| {
        let mut ends = port.split([':', '-']);
        let (first, last) = (ends.next(), ends.next());
        let number = |text: Option<&str>| text.and_then(|text| text.parse::<u16>().ok());
        match (number(first), number(last)) {
            (Some(first), Some(last)) => (first..=last).contains(&SSH_PORT),
            (Some(only), None) => only == SSH_PORT,
            _ => port == "ssh" || port == "any",
        }
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

fn word(command: &[Value], at: usize) -> &str {
    command.get(at).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests;
