//! What speaks against files by themselves.

use super::super::{References, option_name};
use super::{About, Complaint, Rules, refusal};
use crate::config::check::Gravity;
use crate::config::files::Sources;
use crate::config::options::Place;
use crate::config::{Section, Tree};

impl Rules<'_> {
    /// What speaks against the files as a whole: why fail2ban refuses them, and those that it passes over.
    #[must_use]
    pub fn files(&self) -> Vec<Complaint> {
        let mut all: Vec<Complaint> = self.config.refused().map(refusal).into_iter().collect();
        for skipped in self.config.skipped_files() {
            let detail = format!("fail2ban passes over this file: {}", skipped.reason);
            let mut complaint =
                Complaint::new(About::Files, Gravity::Error, "file-skipped", detail);
            complaint.file = Some(skipped.file.clone());
            all.push(complaint);
        }
        all
    }
}

/// What speaks against one file: its lines, and names in it that nothing uses.
///
/// `path` is relative to the base folder; the files around it are looked at for what they use.
#[must_use]
pub fn file(sources: &dyn Sources, path: &str, tree: &Tree) -> Vec<Complaint> {
    let (folder, name) = path.split_once('/').unwrap_or(("", path));
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let about = |section: &str| match folder {
        "filter.d" => About::Filter(stem.to_owned()),
        "action.d" => About::Action(stem.to_owned()),
        "fail2ban.d" => About::Server,
        _ if stem == "fail2ban" => About::Server,
        _ if section == "DEFAULT" => About::Files,
        _ => About::Jail(section.to_owned()),
    };
    let mut all: Vec<Complaint> = problems(path, tree, &about).collect();
    if ending(path) == Some("conf") && !matches!(folder, "jail.d" | "fail2ban.d") {
        // Shipped files offer names that a person may use.
        return all;
    }
    let used = used(sources, folder, tree);
    for section in tree.sections() {
        let Some(place) = place(folder, stem, &section.name) else {
            continue;
        };
        for option in &section.options {
            if let Some(fault) = option_name(place, &option.key, &used) {
                let mut complaint = Complaint::of_fault(about(&section.name), &fault);
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
        (problem.line, "bad-line", detail)
    });
    let no_text = tree.lines_that_are_no_text().iter().map(|line| {
        let detail = "this line is not UTF-8, so that fail2ban cannot read the file".to_owned();
        (*line, "not-utf8", detail)
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

/// What the values of all files that can see each other refer to.
fn used(sources: &dyn Sources, folder: &str, tree: &Tree) -> References {
    let folders: &[&str] = match folder {
        "filter.d" => &["filter.d", "jail.d", ""],
        "action.d" => &["action.d", "jail.d", ""],
        "fail2ban.d" => &["fail2ban.d", ""],
        // A filter is given options of its jail.
        _ => &["jail.d", "", "filter.d"],
    };
    let mut used = References::default();
    let mut add = |section: &Section| {
        used.extend(section.options.iter().map(|option| option.value.as_str()));
    };
    tree.sections().iter().for_each(&mut add);
    for folder in folders {
        let at = format!("{}/{folder}", sources.base());
        for name in sources.names(&at).unwrap_or_default() {
            let path = format!("{at}/{name}");
            let is_read = matches!(ending(&name), Some("conf" | "local"));
            if let Some(tree) = is_read.then(|| sources.tree(&path).ok()).flatten() {
                tree.sections().iter().for_each(&mut add);
            }
        }
    }
    used
}
