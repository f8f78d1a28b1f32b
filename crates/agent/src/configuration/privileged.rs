//! Which changes can make fail2ban run commands as root: those that touch a value which can. Whoever may do more can prove it with the password; to
//! be too careful costs only that.
use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
};

use domain::ConfigPath;
use fail2ban::config::{
    Tree,
    check::{Reaching, can_run_commands},
    options::Place,
};

use super::{changes::NewFiles, folder::Files};

/// What a file says.
struct Content {
    sections: BTreeSet<String>,
    values: BTreeMap<(String, String), String>,
}

/// Whether new files can make fail2ban run other commands than the old ones.
pub(super) fn differ(files: &Files, new: &NewFiles) -> bool {
    let change = Change {
        files,
        new,
        reaching: OnceCell::new(),
    };
    new.iter().any(|(path, bytes)| {
        let before = files.get(path).map_or(&[][..], |file| &file.bytes);
        change.file_differs(path, before, bytes.as_deref().unwrap_or_default())
    })
}

struct Change<'a> {
    files: &'a Files,
    new: &'a NewFiles,
    /// What commands refer to, before or after; found out once something asks, as that takes all files.
    reaching: OnceCell<Reaching>,
}

impl Change<'_> {
    fn file_differs(&self, path: &ConfigPath, before: &[u8], after: &[u8]) -> bool {
        if place(path, "") == Place::Action {
            return true;
        }
        let (Some(before), Some(after)) = (Content::read(before), Content::read(after)) else {
            // What cannot be read as fail2ban reads it cannot be judged.
            return true;
        };
        let mut names = before.sections.symmetric_difference(&after.sections);
        if names.any(|name| place(path, name) == Place::Jail && !is_plain_name(name)) {
            return true;
        }
        let (before, after) = (before.values, after.values);
        let keys = before.keys().chain(after.keys());
        keys.filter(|key| before.get(*key) != after.get(*key))
            .any(|key| {
                let mut values = [&before, &after].into_iter().filter_map(|of| of.get(key));
                let (section, option) = key;
                values.any(|value| {
                    is_privileged(path, key, value)
                        || self.is_taken_up(place(path, section), option, value)
                })
            })
    }

    /// Whether commands take up the value of an option.
    fn is_taken_up(&self, place: Place, option: &str, value: &str) -> bool {
        if !matches!(place, Place::Jail | Place::Filter) {
            return false;
        }
        let reaching = self.reaching.get_or_init(|| reaching(self.files, self.new));
        reaching.takes_up(place, option, value)
    }
}

/// What the commands of either configuration refer to. A file that cannot be read has none that fail2ban knows.
fn reaching(files: &Files, new: &NewFiles) -> Reaching {
    let old = files.iter().map(|(path, file)| (path, &file.bytes[..]));
    let new = new
        .iter()
        .filter_map(|(path, bytes)| Some((path, bytes.as_deref()?)));
    let contents: Vec<(&ConfigPath, Content)> = old
        .chain(new)
        .filter(|(path, _)| is_configuration(path))
        .filter_map(|(path, bytes)| Some((path, Content::read(bytes)?)))
        .collect();
    let written: Vec<_> = contents
        .iter()
        .flat_map(|(path, content)| {
            let values = content.values.iter();
            values.map(|((section, option), value)| {
                (place(path, section), option.as_str(), value.as_str())
            })
        })
        .collect();
    Reaching::of(&written)
}

fn is_configuration(path: &ConfigPath) -> bool {
    [".conf", ".local"]
        .iter()
        .any(|ending| path.as_str().ends_with(ending))
}

impl Content {
    fn read(bytes: &[u8]) -> Option<Self> {
        let tree = Tree::parse(bytes);
        if tree.problem().is_some() || !tree.lines_that_are_no_text().is_empty() {
            return None;
        }
        let mut content = Self {
            sections: BTreeSet::new(),
            values: BTreeMap::new(),
        };
        for section in tree.sections() {
            content.sections.insert(section.name.clone());
            for option in &section.options {
                let key = (section.name.clone(), option.key.clone());
                content.values.insert(key, option.value.clone());
            }
        }
        Some(content)
    }
}

/// Whether no shell finds more in the name of a jail than a name: fail2ban puts it into commands as it stands.
fn is_plain_name(name: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "._- ".contains(c);
    !name.starts_with('-') && name.chars().all(plain)
}

fn is_privileged(path: &ConfigPath, (section, option): &(String, String), value: &str) -> bool {
    // What is included could be anything.
    section == "INCLUDES" || can_run_commands(place(path, section), option, value)
}

/// Where the options of a section stand. What is no filter, action or setting of the daemon is or becomes a part of jails.
fn place(path: &ConfigPath, section: &str) -> Place {
    match path.as_str().split('/').next() {
        Some("action.d") => Place::Action,
        Some("filter.d") => Place::Filter,
        Some("fail2ban.conf" | "fail2ban.local" | "fail2ban.d") if section == "Thread" => {
            Place::ServerThread
        }
        Some("fail2ban.conf" | "fail2ban.local" | "fail2ban.d") => Place::Server,
        _ => Place::Jail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differs(path: &str, before: &str, after: &str) -> bool {
        differs_among(&[], path, before, after)
    }

    /// Whether a change of a file is one of commands, where other files are there too.
    fn differs_among(others: &[(&str, &str)], path: &str, before: &str, after: &str) -> bool {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in others.iter().chain([&(path, before)]) {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let files = super::super::folder::read(folder.path()).unwrap();
        let new = [(path.parse().unwrap(), Some(after.as_bytes().to_vec()))];
        differ(&files, &new.into_iter().collect())
    }

    #[test]
    fn change_of_a_value_that_commands_refer_to_is_seen() {
        const ACTION: &str = "action.d/own.conf";
        let among = |action: &str, path: &str, text: &str| {
            let action = format!("[Definition]\nactionban = {action}\n");
            differs_among(&[(ACTION, &action)], path, "", text)
        };
        for (action, path, text) in [
            ("x <failregex>", "jail.local", "[a]\nfailregex = ^x$\n"),
            (
                "x %(datepattern)s",
                "jail.d/a.local",
                "[DEFAULT]\ndatepattern = x\n",
            ),
            ("x <journalmatch>", "jail.local", "[a]\njournalmatch = x\n"),
            (
                "x <known/failregex>",
                "filter.d/a.local",
                "[Definition]\nfailregex = ^x$\n",
            ),
        ] {
            assert!(among(action, path, text), "{action}: {text}");
            assert!(!among("x <ip>", path, text), "nobody refers to it: {text}");
        }
        let jail = ("jail.conf", "[a]\nmine = %(known/_daemon)s\n");
        let filter = "[Definition]\n_daemon = x\n";
        assert!(differs_among(&[jail], "filter.d/a.local", "", filter));
    }

    #[test]
    fn change_of_a_value_that_can_run_commands_is_seen_in_either_direction() {
        for (path, section, line) in [
            ("jail.local", "sshd", "action = x[a=b]"),
            ("jail.d/x.local", "DEFAULT", "ignorecommand = /bin/x <ip>"),
            ("paths-x.local", "DEFAULT", "mine = rm -rf /"),
            ("jail.local", "INCLUDES", "after = /x"),
            ("filter.d/x.local", "INCLUDES", "after = /x"),
            ("filter.d/x.local", "Definition", "ignorecommand = x"),
            ("fail2ban.local", "Definition", "logtarget = /etc/cron.d/x"),
            ("fail2ban.d/x.local", "Thread", "stacksize = exit()"),
        ] {
            let text = format!("[{section}]\n{line}\n");
            assert!(differs(path, "", &text), "{line}");
            assert!(differs(path, &text, ""), "taken away: {line}");
            let same = format!("# new\n{text}");
            assert!(!differs(path, &text, &same), "{line}");
        }
        assert!(differs("action.d/x.local", "", "# only a comment"));
        for name in ["x;/tmp/y", "x$(id)", "x`id`", "-x", "a|b", "a&b"] {
            let jail = format!("[{name}]\nenabled = true\nfilter = sshd\n");
            assert!(differs("jail.local", "", &jail), "{name}");
            assert!(differs("jail.d/x.local", &jail, ""), "{name}");
            assert!(
                differs("jail.local", "", &format!("[{name}]\n")),
                "empty: {name}"
            );
            let changed = jail.replace("true", "false");
            assert!(!differs("jail.local", &jail, &changed), "known: {name}");
        }
        assert!(differs("jail.local", "", "[x\n"));
    }

    #[test]
    fn change_of_plain_values_runs_nothing() {
        for (path, section, line) in [
            ("jail.local", "sshd", "maxretry = 3"),
            ("jail.local", "DEFAULT", "bantime = 1d 12h"),
            ("filter.d/x.local", "Definition", "failregex = ^<HOST>;$"),
            ("fail2ban.d/x.local", "Definition", "loglevel = INFO"),
            ("fail2ban.local", "Thread", "stacksize = 64"),
        ] {
            let text = format!("[{section}]\n{line}\n");
            assert!(!differs(path, "", &text), "{line}");
        }
    }
}
