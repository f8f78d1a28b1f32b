//! Which changes can make fail2ban run commands as root.
//!
//! fail2ban puts values of a jail into shell commands without quoting them (`port`, and `logpath` where mails show log lines), and evaluates times as
//! Python. So it is not enough to look at the options that are commands: a changed value counts unless it is known to be harmless. Whoever may do
//! more can prove it with the password; to be too careful costs only that.
use std::collections::BTreeMap;

use domain::ConfigPath;
use fail2ban::config::Tree;

use super::{changes::NewFiles, folder::Files};

/// Options of jails whose values never get into a command: expressions, and what is only compared.
const NEVER_IN_COMMANDS: [&str; 8] = [
    "datepattern",
    "failregex",
    "ignoreip",
    "ignoreregex",
    "journalmatch",
    "logencoding",
    "prefregex",
    "usedns",
];

/// Options that are, name or make commands, in files of any kind; names that begin with `action` too.
const COMMANDS: [&str; 6] = [
    "banaction",
    "banaction_allports",
    "bantime.formula",
    "ignorecommand",
    "mta",
    "norestored",
];

/// Options of jails that take names, numbers, paths or lists of them. One that is not here could be a part of a command that another option fills in.
const PLAIN: [&str; 17] = [
    "backend",
    "bantime",
    "chain",
    "destemail",
    "enabled",
    "filter",
    "findtime",
    "ignorecache",
    "ignoreself",
    "logpath",
    "logtimezone",
    "maxlines",
    "maxmatches",
    "maxretry",
    "mode",
    "port",
    "protocol",
];

/// Settings of the daemon that make no file and run nothing.
const HARMLESS_SETTINGS: [&str; 4] = ["allowipv6", "dbmaxmatches", "dbpurgeage", "loglevel"];

/// Log targets that are no file of somebody's choice.
const LOG_TARGETS: [&str; 5] = ["STDERR", "STDOUT", "SYSLOG", "SYSTEMD-JOURNAL", "SYSOUT"];

type Values = BTreeMap<(String, String), String>;

/// Whether new files can make fail2ban run other commands than the old ones.
pub(super) fn differ(files: &Files, new: &NewFiles) -> bool {
    new.iter().any(|(path, bytes)| {
        let before = files.get(path).map_or(&[][..], |file| &file.bytes);
        file_differs(path, before, bytes.as_deref().unwrap_or_default())
    })
}

fn file_differs(path: &ConfigPath, before: &[u8], after: &[u8]) -> bool {
    let folder = path
        .as_str()
        .split_once('/')
        .map_or("", |(folder, _)| folder);
    if folder == "action.d" {
        return true;
    }
    let (Some(before), Some(after)) = (values(before), values(after)) else {
        // What cannot be read as fail2ban reads it cannot be judged.
        return true;
    };
    let keys = before.keys().chain(after.keys());
    keys.filter(|key| before.get(*key) != after.get(*key))
        .any(|key| {
            let differs = |value: Option<&String>| {
                value.is_some_and(|value| is_privileged(path.as_str(), folder, key, value))
            };
            differs(before.get(key)) || differs(after.get(key))
        })
}

fn values(bytes: &[u8]) -> Option<Values> {
    let tree = Tree::parse(bytes);
    if tree.problem().is_some() || !tree.lines_that_are_no_text().is_empty() {
        return None;
    }
    let mut values = Values::new();
    for section in tree.sections() {
        for option in &section.options {
            let key = (section.name.clone(), option.key.clone());
            values.insert(key, option.value.clone());
        }
    }
    Some(values)
}

fn is_privileged(path: &str, folder: &str, key: &(String, String), value: &str) -> bool {
    let (section, option) = (key.0.as_str(), key.1.as_str());
    if section == "INCLUDES" {
        return true;
    }
    if folder == "fail2ban.d" || path.starts_with("fail2ban.") {
        return is_privileged_setting(option, value);
    }
    if COMMANDS.contains(&option) || option.starts_with("action") {
        return true;
    }
    if folder == "filter.d" || NEVER_IN_COMMANDS.contains(&option) {
        return false;
    }
    let known = PLAIN.contains(&option) || option.starts_with("bantime.");
    !(known && is_plain(option, value))
}

fn is_privileged_setting(option: &str, value: &str) -> bool {
    match option {
        "logtarget" => !LOG_TARGETS.contains(&value) && value != "/var/log/fail2ban.log",
        option if HARMLESS_SETTINGS.contains(&option) => !is_time_or_word(value),
        _ => true,
    }
}

/// Whether no shell and no Python finds more in a value than a name, a number, a path or a list of them.
fn is_plain(option: &str, value: &str) -> bool {
    if option == "bantime" || option == "findtime" || option.starts_with("bantime.") {
        return is_time_or_word(value);
    }
    if option == "filter" {
        // Its parameters go into expressions only.
        return !value.contains('%') || is_reference(value);
    }
    let plain = |c: char| c.is_alphanumeric() || " \n,.:/_-+*@".contains(c);
    // `--modprobe x` of iptables names a program.
    let flag = |word: &str| word.starts_with('-');
    value.chars().all(plain) && !value.split([' ', '\n', ',']).any(flag) || is_reference(value)
}

/// `10m`, `1d 12h`, `-1`, `true`, `INFO`, and the numbers of `bantime.multipliers`.
fn is_time_or_word(value: &str) -> bool {
    let word = |word: &str| {
        let unsigned = word.strip_prefix(['-', '+']).unwrap_or(word);
        !unsigned.is_empty()
            && unsigned
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '.')
    };
    let calls = value.contains(['(', ')', '[', ']', '_', '"', '\'']);
    !calls && value.split_whitespace().all(word)
}

/// `%(sshd_log)s` and the like, of the names that the shipped files have for logs and backends.
fn is_reference(value: &str) -> bool {
    let name = value
        .strip_prefix("%(")
        .and_then(|rest| rest.strip_suffix(")s"));
    name.is_some_and(|name| {
        let shipped = ["_log", "_backend", "_access", "_error"];
        let known = shipped.iter().any(|ending| name.contains(ending)) || name == "__name__";
        known && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differs(path: &str, before: &str, after: &str) -> bool {
        file_differs(&path.parse().unwrap(), before.as_bytes(), after.as_bytes())
    }

    #[test]
    fn what_can_reach_a_shell_or_python_runs_commands() {
        for line in [
            "action = x[a=b]",
            "action_mine = x",
            "banaction = mine",
            "ignorecommand = /bin/x <ip>",
            "bantime.formula = 1",
            "port = ssh; touch /x",
            "port = $(id)",
            "logpath = /var/log/x\n /tmp/`id`",
            "bantime = __import__('os')",
            "findtime = len('x')",
            "mine = rm -rf /",
            "chain = INPUT --modprobe /tmp/x",
            "port = %(failregex)s",
            "protocol = <x>",
        ] {
            let text = format!("[sshd]\n{line}\n");
            assert!(differs("jail.local", "", &text), "{line}");
            assert!(differs("jail.local", &text, ""), "taken away: {line}");
            assert!(
                !differs("jail.local", &text, &format!("# new\n{text}")),
                "{line}"
            );
        }
        assert!(differs("action.d/x.local", "", "# only a comment"));
        assert!(differs("jail.local", "", "[INCLUDES]\nafter = /x\n"));
        assert!(differs("jail.local", "", "[x\n"));
        assert!(differs(
            "filter.d/x.local",
            "",
            "[Definition]\nignorecommand = x\n"
        ));
        assert!(differs(
            "fail2ban.local",
            "",
            "[Definition]\nlogtarget = /etc/cron.d/x\n"
        ));
        assert!(differs(
            "fail2ban.local",
            "",
            "[Definition]\ndbpurgeage = exit()\n"
        ));
    }

    #[test]
    fn plain_values_do_not() {
        for line in [
            "maxretry = 3",
            "bantime = 1d 12h",
            "bantime = -1",
            "bantime.increment = true",
            "bantime.multipliers = 1 2 4",
            "port = ssh,2222,8000:9000",
            "logpath = %(sshd_log)s",
            "logpath = /var/log/*/error.log",
            "failregex = ^x <HOST>; $(id)$",
            "ignoreip = 10.0.0.0/8 ::1",
            "filter = sshd[mode=aggressive]",
            "enabled = true",
        ] {
            assert!(
                !differs("jail.local", "", &format!("[sshd]\n{line}\n")),
                "{line}"
            );
        }
        assert!(!differs(
            "filter.d/x.local",
            "",
            "[Definition]\nfailregex = ^<HOST>;$\n"
        ));
        assert!(!differs(
            "fail2ban.local",
            "",
            "[Definition]\nloglevel = INFO\n"
        ));
    }
}
