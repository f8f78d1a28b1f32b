//! What speaks against files by themselves.

use std::collections::HashMap;

use super::super::{References, option_name};
use super::{About, Complaint, Rules, refusal};
use crate::config::check::{Code, Gravity};
use crate::config::files::{ReadError, Sources, join};
use crate::config::options::Place;
use crate::config::{Section, SkipReason, Tree};

/// Longer names do not fit into the firewall's.
const MOST_CHARS: usize = 25;

impl Rules<'_> {
    /// What speaks against the files as a whole: why fail2ban refuses them, those that it passes over, names of jails that go wrong.
    #[must_use]
    pub fn files(&self) -> Vec<Complaint> {
        let mut all: Vec<Complaint> = self.config.refused().map(refusal).into_iter().collect();
        for skipped in self.config.skipped_files() {
            let (code, detail) = match &skipped.reason {
                // Whoever reads is not fail2ban here, which as root may read every file.
                SkipReason::Unreadable(ReadError::Denied) => (
                    Code::FileUnreadable,
                    "this user may not read it (permission denied), so what it sets is not known here, while fail2ban as root reads it: give this user the right to read it"
                        .to_owned(),
                ),
                reason => (
                    Code::FileSkipped,
                    format!("fail2ban passes over this file: {reason}"),
                ),
            };
            let mut complaint = Complaint::new(About::Files, Gravity::Error, code, detail);
            complaint.file = Some(skipped.file.clone());
            all.push(complaint);
        }
        all.extend(self.jail_names());
        all
    }

    fn jail_names(&self) -> Vec<Complaint> {
        let mut seen: HashMap<String, &str> = HashMap::new();
        let mut all = Vec::new();
        for jail in self.config.jails() {
            let about = || About::Jail(jail.name.clone());
            let clash = seen.insert(jail.name.to_lowercase(), &jail.name);
            if let Some(other) = clash {
                let detail = format!(
                    "{other} and {} are two jails: the case of letters counts",
                    jail.name
                );
                all.push(Complaint::new(
                    about(),
                    Gravity::Warning,
                    Code::NameClash,
                    detail,
                ));
            }
            if jail.is_enabled && jail.name.chars().count() > MOST_CHARS {
                let detail = format!(
                    "a name of more than {MOST_CHARS} characters does not fit into the names of some firewalls"
                );
                all.push(Complaint::new(
                    about(),
                    Gravity::Warning,
                    Code::LongName,
                    detail,
                ));
            }
        }
        all
    }

    /// Names that nothing uses, in the files that people write for the daemon, for jails, and for the filters and actions of those that run.
    pub(super) fn option_names(&self) -> Vec<Complaint> {
        let mut names = vec!["fail2ban".to_owned(), "jail".to_owned()];
        let running = self.config.jails().filter(|jail| jail.is_enabled);
        for jail in running.filter_map(|jail| self.config.jail(&jail.name)) {
            names.extend(
                jail.filter
                    .iter()
                    .map(|filter| format!("filter.d/{}", filter.name)),
            );
            names.extend(
                jail.actions
                    .iter()
                    .map(|action| format!("action.d/{}", action.file)),
            );
        }
        names.sort_unstable();
        names.dedup();
        let files: Vec<String> = names
            .iter()
            .flat_map(|name| self.config.files(name))
            .collect();
        self.config.with_sources(|sources| {
            let base = format!("{}/", sources.base());
            let mut used = Used::default();
            let mut all = Vec::new();
            for path in &files {
                let short = path.strip_prefix(&base).unwrap_or(path);
                if let Ok(tree) = sources.tree(path) {
                    all.extend(unused(&mut used, sources, short, &tree));
                }
            }
            all
        })
    }
}

/// What speaks against one file: its lines, and names in it that nothing uses.
///
/// `path` is relative to the base folder; the files around it are looked at for what they use.
#[must_use]
pub fn file(sources: &dyn Sources, path: &str, tree: &Tree) -> Vec<Complaint> {
    let about = |section: &str| about(path, section);
    let mut all: Vec<Complaint> = problems(path, tree, &about).collect();
    let mut used = Used::of_tree(path, sources, tree);
    all.extend(unused(&mut used, sources, path, tree));
    all
}

/// The folder of a file, and its name without its ending.
fn parts(path: &str) -> (&str, &str) {
    let (folder, name) = path.split_once('/').unwrap_or(("", path));
    (folder, name.rsplit_once('.').map_or(name, |(stem, _)| stem))
}

fn about(path: &str, section: &str) -> About {
    let (folder, stem) = parts(path);
    match folder {
        "filter.d" => About::Filter(stem.to_owned()),
        "action.d" => About::Action(stem.to_owned()),
        "fail2ban.d" => About::Server,
        _ if stem == "fail2ban" => About::Server,
        _ if section == "DEFAULT" => About::Files,
        _ => About::Jail(section.to_owned()),
    }
}

/// Names in a file that nothing uses.
fn unused(used: &mut Used, sources: &dyn Sources, path: &str, tree: &Tree) -> Vec<Complaint> {
    let (folder, stem) = parts(path);
    if ending(path) == Some("conf") && !matches!(folder, "jail.d" | "fail2ban.d") {
        // Shipped files offer names that a person may use.
        return Vec::new();
    }
    let used = used.by(sources, folder);
    let mut all = Vec::new();
    for section in tree.sections() {
        let Some(place) = place(folder, stem, &section.name) else {
            continue;
        };
        for option in &section.options {
            if let Some(fault) = option_name(place, &option.key, used) {
                let mut complaint = Complaint::of_fault(about(path, &section.name), &fault);
                complaint.option = Some(option.key.clone());
                complaint.file = Some(path.to_owned());
                complaint.line = Some(option.line);
                all.push(complaint);
            }
        }
    }
    all
}

fn problems<'a>(
    path: &'a str,
    tree: &'a Tree,
    about: &'a impl Fn(&str) -> About,
) -> impl Iterator<Item = Complaint> + 'a {
    let wrong = tree.problems().iter().map(|problem| {
        let detail = format!("fail2ban cannot read this line: {}", problem.kind);
        (problem.line, Code::BadLine, detail)
    });
    let no_text = tree.lines_that_are_no_text().iter().map(|line| {
        let detail = "this line is not UTF-8, so that fail2ban cannot read the file".to_owned();
        (*line, Code::NotUtf8, detail)
    });
    wrong.chain(no_text).map(move |(line, code, detail)| {
        let mut complaint = Complaint::new(about("DEFAULT"), Gravity::Error, code, detail);
        complaint.file = Some(path.to_owned());
        complaint.line = Some(line);
        complaint
    })
}

fn place(folder: &str, stem: &str, section: &str) -> Option<Place> {
    Some(match (folder, section) {
        ("filter.d", "Definition") => Place::Filter,
        ("action.d", "Definition") => Place::Action,
        // Parameters may have any name.
        ("filter.d" | "action.d", _) | (_, "INCLUDES") => return None,
        ("fail2ban.d", "Thread") => Place::ServerThread,
        ("fail2ban.d", _) => Place::Server,
        (_, "Thread") if stem == "fail2ban" => Place::ServerThread,
        _ if stem == "fail2ban" => Place::Server,
        _ => Place::Jail,
    })
}

/// What stands behind the last dot; fail2ban asks for small letters.
fn ending(path: &str) -> Option<&str> {
    path.rsplit_once('.').map(|(_, ending)| ending)
}

/// What the values of all files that can see each other refer to, by folder.
#[derive(Default)]
struct Used(HashMap<String, References>);

impl Used {
    /// With what a file refers to that may not be on the disk yet.
    fn of_tree(path: &str, sources: &dyn Sources, tree: &Tree) -> Self {
        let mut used = Self::default();
        let (folder, _) = parts(path);
        used.by(sources, folder);
        if let Some(used) = used.0.get_mut(folder) {
            tree.sections()
                .iter()
                .for_each(|section| add(used, section));
        }
        used
    }

    fn by(&mut self, sources: &dyn Sources, folder: &str) -> &References {
        // The files at the top and those of jail.d see each other.
        let key = folder.to_owned();
        self.0.entry(key).or_insert_with(|| read(sources, folder))
    }
}

fn add(used: &mut References, section: &Section) {
    used.extend(section.options.iter().map(|option| option.value.as_str()));
}

fn read(sources: &dyn Sources, folder: &str) -> References {
    let folders: &[&str] = match folder {
        // Jails give parameters, which may hold what a file had.
        "filter.d" => &["filter.d", "jail.d", ""],
        "action.d" => &["action.d", "jail.d", ""],
        "fail2ban.d" => &["fail2ban.d", ""],
        _ => &["jail.d", "fail2ban.d", ""],
    };
    let mut used = References::default();
    for folder in folders {
        let at = format!("{}/{folder}", sources.base());
        for name in sources.names(&at).unwrap_or_default() {
            let path = join(&at, &name);
            let is_read = matches!(ending(&name), Some("conf" | "local"));
            if let Some(tree) = is_read.then(|| sources.tree(&path).ok()).flatten() {
                tree.sections()
                    .iter()
                    .for_each(|section| add(&mut used, section));
            }
        }
    }
    used
}
