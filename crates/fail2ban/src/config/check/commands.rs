//! What can make the daemon run commands as root.
//!
//! fail2ban puts values of a jail into shell commands without quoting them (`port`, and `logpath` where mails show log lines), and evaluates times and
//! formulas as Python. So it is not enough to look at the options that are commands: a value counts unless it is known to be harmless.

use crate::config::options::{self, OptionSpec, Place, ValueKind};
use crate::config::time;

use super::reaching::is_only_compared;

/// Whether a value, as it stands in the file, can make the daemon run commands as root, or write where somebody chose.
///
/// Any value of actions and of privileged options can; of others, one that is no plain name, number, path or time. To be too careful costs only a
/// question. Whether the commands of a configuration refer to an option is another thing that only the whole of it shows: [`super::Reaching`].
#[must_use]
pub fn can_run_commands(place: Place, name: &str, raw: &str) -> bool {
    match place {
        Place::Action | Place::ActionInit => true,
        // Variables of a filter go into expressions, and elsewhere only where something refers to them.
        Place::Filter => is_command(name),
        Place::Jail => {
            // A variable may be a part of any command.
            let spec = options::find(place, name);
            is_command(name) || !spec.is_some_and(|spec| is_harmless_in_a_jail(spec, raw))
        }
        Place::Server | Place::ServerThread => {
            let spec = options::find(place, name);
            !spec.is_some_and(|spec| is_harmless_setting(spec, raw))
        }
    }
}

/// Whether an option is, names or makes commands. `action_mw` and the like are what `action` is made of.
pub(super) fn is_command(name: &str) -> bool {
    let is_action = name.to_ascii_lowercase().starts_with("action");
    is_action || options::find(Place::Jail, name).is_some_and(|spec| spec.privileged)
}

fn is_harmless_in_a_jail(spec: &OptionSpec, raw: &str) -> bool {
    match spec.value {
        // It gets into a command only where one refers to it.
        kind if is_only_compared(kind) => true,
        ValueKind::Addresses => raw.lines().map(str::trim).all(is_plain_list),
        ValueKind::Paths => are_log_paths(raw),
        ValueKind::Duration { .. } => is_time(raw),
        // Its parameters go into expressions, and elsewhere only where something refers to them.
        ValueKind::Filter => !raw.contains('%') || is_shipped_reference(raw),
        _ => is_plain(raw) || is_shipped_reference(raw),
    }
}

/// Settings of the daemon that make no file of somebody's choice.
fn is_harmless_setting(spec: &OptionSpec, raw: &str) -> bool {
    match spec.value {
        ValueKind::Duration { .. } => is_time(raw),
        ValueKind::Integer { .. } | ValueKind::Choice { open: false, .. } => is_plain(raw),
        ValueKind::Choice { words, .. } => words.contains(&raw) || spec.default == Some(raw),
        _ => spec.default == Some(raw),
    }
}

/// Everything else is evaluated as Python.
fn is_time(raw: &str) -> bool {
    raw.is_empty() || time::seconds(raw).is_ok()
}

/// Whether no shell finds more in a value than a name, a number, a path or a list of them. A further line would be a command of its own.
fn is_plain(raw: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || " ,.:/_-+*@".contains(c);
    // `--modprobe x` of iptables names a program.
    let flag = |word: &str| word.starts_with('-');
    raw.chars().all(plain) && !raw.split([' ', ',']).any(flag)
}

/// Whether a line is plain and no path, which as a line of its own would be a program.
fn is_plain_list(line: &str) -> bool {
    is_plain(line) && !line.starts_with(['/', '.'])
}

/// Whether each line is the path of a log. Behind the first one only what lies where logs are: as a line of its own it could be run.
fn are_log_paths(raw: &str) -> bool {
    const LOGS: &str = "/var/log/";
    let is_plain_path = |line: &str| is_plain(line) && !line.contains("..");
    raw.lines().map(str::trim).enumerate().all(|(index, line)| {
        let is_path = is_plain_path(line) && (index == 0 || line.starts_with(LOGS));
        line.is_empty() || is_path || is_shipped_reference(line)
    })
}

/// `%(sshd_log)s` and the like, of the names that the shipped files have for logs and backends.
fn is_shipped_reference(raw: &str) -> bool {
    const ENDINGS: [&str; 4] = ["_log", "_backend", "_access", "_error"];
    let name = raw
        .strip_prefix("%(")
        .and_then(|rest| rest.strip_suffix(")s"));
    name.is_some_and(|name| {
        let known = ENDINGS.iter().any(|ending| name.contains(ending)) || name == "__name__";
        known && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}
