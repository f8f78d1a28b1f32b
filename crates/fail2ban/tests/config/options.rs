//! The description of options against the stock files.

use std::fs;
use std::path::{Path, PathBuf};

use fail2ban::config::check::{References, similar};
use fail2ban::config::options::{self, Place};
use fail2ban::config::{Section, Tree};

use super::{is_configuration, stock_files};

/// Where options of a section of a file stand.
fn places(path: &Path, section: &str) -> &'static [Place] {
    let folder = path.parent().and_then(Path::file_name);
    let name = path.file_name().and_then(|name| name.to_str()).unwrap();
    match (folder.and_then(|name| name.to_str()).unwrap(), section) {
        ("filter.d", _) => &[Place::Filter],
        ("action.d", "Init" | "Init?family=inet6") => &[Place::ActionInit],
        ("action.d", _) => &[Place::Action, Place::ActionInit],
        (_, "Thread") => &[Place::ServerThread],
        _ if name.starts_with("fail2ban") => &[Place::Server],
        _ => &[Place::Jail],
    }
}

fn trees() -> Vec<(PathBuf, Tree)> {
    let mut files = stock_files();
    files.retain(|path| is_configuration(path));
    let read = |path: PathBuf| (path.clone(), Tree::parse(&fs::read(path).unwrap()));
    files.into_iter().map(read).collect()
}

fn sections(trees: &[(PathBuf, Tree)]) -> impl Iterator<Item = (&PathBuf, &Section)> {
    trees.iter().flat_map(|(path, tree)| {
        let named = tree
            .sections()
            .iter()
            .filter(|section| section.name != "INCLUDES");
        named.map(move |section| (path, section))
    })
}

/// What the stock files define for a person to choose, or define and do not use.
const UNUSED: [&str; 6] = [
    "timeout-bantime",
    "allports",
    "zone",
    "loglines",
    "iso8601",
    "__md5hex",
];

/// Whether it is a variable by its name or by where it stands, for other files to use.
fn is_offered(section: &str, key: &str) -> bool {
    key.starts_with('_') || key.starts_with("action_") || section.starts_with("ipt_")
}

#[test]
fn each_option_of_the_stock_files_is_described_or_used_by_another() {
    let trees = trees();
    let values = sections(&trees).flat_map(|(_, section)| &section.options);
    let used: References = values.map(|option| option.value.as_str()).collect();
    let (mut described, mut variables, mut unknown) = (0, 0, Vec::new());
    for (path, section) in sections(&trees) {
        for option in &section.options {
            let places = places(path, &section.name);
            if places
                .iter()
                .any(|place| options::find(*place, &option.key).is_some())
            {
                described += 1;
            } else if used.contain(&option.key) || is_offered(&section.name, &option.key) {
                variables += 1;
            } else if !UNUSED.contains(&option.key.as_str()) {
                let file = path.file_name().unwrap().to_string_lossy();
                unknown.push(format!("{file} [{}] {}", section.name, option.key));
            }
        }
    }
    println!("{described} stock options are described, {variables} are variables of others");
    assert!(described > 500, "only {described}");
    assert_eq!(unknown, Vec::<String>::new());
}

#[test]
fn no_variable_of_the_stock_files_is_taken_for_a_slip_of_an_option() {
    let trees = trees();
    let values = sections(&trees).flat_map(|(_, section)| &section.options);
    let used: References = values.map(|option| option.value.as_str()).collect();
    for (path, section) in sections(&trees) {
        for option in &section.options {
            for place in places(path, &section.name) {
                let slip = similar(*place, &option.key);
                let is_slip = slip.is_some()
                    && options::find(*place, &option.key).is_none()
                    && !used.contain(&option.key)
                    && !is_offered(&section.name, &option.key);
                assert!(!is_slip, "{} {}", path.display(), option.key);
            }
        }
    }
}
