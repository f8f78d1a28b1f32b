//! The reader of configuration files against fail2ban's own parser, and against bytes that mean no good.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail their test by panicking"
)]

mod generated;
mod hostile;
mod options;
mod oracle;
mod reach;
mod regexes;
mod rules;
mod stock;
mod times;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fail2ban::config::Tree;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

/// Prints a line for each file: what fail2ban's parser reads in it, `null` where it refuses.
const SCRIPT: &str = r"
import configparser, json, os, sys
from fail2ban.client.configparserinc import SafeConfigParserWithIncludes
for path in open(sys.argv[1]).read().splitlines():
    parser = SafeConfigParserWithIncludes()
    try:
        assert parser.read(path, get_includes=False) == [path]
        print(json.dumps([list(parser.get_defaults().items()),
            [[name, list(options.items())] for name, options in parser.get_sections().items()]]))
    except configparser.Error:
        print('null')
";

fn root() -> PathBuf {
    std::env::var_os("BANGUI_TEST_FAIL2BAN_ROOT")
        .unwrap_or_default()
        .into()
}

/// All files below a folder of the installed package, or of the one that the tests are told.
fn stock_files() -> Vec<PathBuf> {
    let mut folders = vec![Path::new("/").join(root()).join("etc/fail2ban")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files
}

fn is_configuration(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending == "conf" || ending == "local")
}

/// What fail2ban's parser reads in each file; the list of them lies in `folder`.
fn read_by_fail2ban(folder: &Path, files: &[PathBuf]) -> Vec<Value> {
    let list: Vec<&str> = files.iter().map(|path| path.to_str().unwrap()).collect();
    let listed = folder.join("files");
    fs::write(&listed, list.join("\n")).unwrap();
    let output = Command::new("/usr/bin/python3")
        .args(["-c", SCRIPT])
        .arg(&listed)
        .env(
            "PYTHONPATH",
            Path::new("/")
                .join(root())
                .join("usr/lib/python3/dist-packages"),
        )
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The same of a tree.
fn read_by_us(tree: &Tree) -> Value {
    if tree.problem().is_some() {
        return Value::Null;
    }
    let (mut defaults, mut sections) = (Vec::new(), Vec::new());
    for section in tree.sections() {
        let options = section
            .options
            .iter()
            .map(|option| json!([option.key, option.value]));
        if section.name == "DEFAULT" {
            defaults.extend(options);
        } else {
            sections.push(json!([section.name, options.collect::<Vec<_>>()]));
        }
    }
    json!([defaults, sections])
}

/// Compares all files, and gives how many are refused.
fn compare(folder: &Path, files: &[PathBuf]) -> usize {
    let read = read_by_fail2ban(folder, files);
    assert_eq!(read.len(), files.len());
    for (path, expected) in files.iter().zip(&read) {
        let bytes = fs::read(path).unwrap();
        let tree = Tree::parse(&bytes);
        assert_eq!(
            read_by_us(&tree),
            *expected,
            "{} {:?}",
            path.display(),
            String::from_utf8_lossy(&bytes)
        );
    }
    read.iter().filter(|read| read.is_null()).count()
}

#[test]
fn each_stock_file_comes_back_byte_for_byte() {
    let files = stock_files();
    let mut bytes = 0;
    for path in &files {
        let stock = fs::read(path).unwrap();
        assert_eq!(Tree::parse(&stock).as_bytes(), stock, "{}", path.display());
        bytes += stock.len();
    }
    assert!(files.len() > 100, "only {} files", files.len());
    println!(
        "{} stock files, {bytes} bytes, come back unchanged",
        files.len()
    );
}

#[test]
fn each_stock_file_says_what_fail2ban_reads_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = stock_files();
    files.retain(|path| is_configuration(path));
    let refused = compare(folder.path(), &files);
    assert!(files.len() > 100, "only {} files", files.len());
    assert_eq!(refused, 0);
    println!("{} stock files say the same to fail2ban", files.len());
}

#[test]
fn setting_each_stock_option_to_itself_changes_no_byte() {
    let mut options = 0;
    for path in stock_files().iter().filter(|path| is_configuration(path)) {
        let stock = fs::read(path).unwrap();
        let tree = Tree::parse(&stock);
        for section in tree.sections() {
            for option in &section.options {
                let mut edited = tree.clone();
                edited
                    .set(&section.name, &option.key, &option.value)
                    .unwrap();
                assert_eq!(
                    edited.as_bytes(),
                    stock,
                    "{} {}",
                    path.display(),
                    option.key
                );
                options += 1;
            }
        }
    }
    println!("{options} stock options set to what they are, no byte changed");
}

/// Lines that look like configuration, and lines that nearly do.
fn generated() -> impl Strategy<Value = Vec<u8>> {
    let space = "[ \t\u{a0}\u{1c}\u{85}\u{2003}]{0,3}";
    let line = prop_oneof![
        4 => (space, "[A-Ga-g.?/]{1,3}", space, "[=:]", space, "[a-zA-Z%()<>;#=:\\[\\] \"']{0,12}")
            .prop_map(|(a, b, c, d, e, f)| [a, b, c, d, e, f].concat()),
        3 => (space, "[a-z;#=\\[\\]: ]{0,9}").prop_map(|(a, b)| format!("  {a}{b}")),
        2 => (space, "\\[[A-Da-d?=]{1,3}\\]{1,2}", "[ ;#x]{0,4}").prop_map(|(_, b, c)| b + &c),
        1 => (space, "[#;]", "[a-z=;]{0,6}").prop_map(|(a, b, c)| a + &b + &c),
        1 => space.prop_map(|blank: String| blank),
        1 => Just("[DEFAULT]".to_owned()),
    ];
    let end = prop_oneof![3 => Just("\n"), 2 => Just("\r\n"), 1 => Just("\r")];
    let file = (prop::collection::vec((line, end), 0..12), any::<bool>());
    file.prop_map(|(lines, with_header)| {
        let mut text = String::from(if with_header { "[first]\n" } else { "" });
        text.extend(lines.into_iter().map(|(line, end)| line + end));
        text.into_bytes()
    })
}

#[test]
fn generated_files_say_what_fail2ban_reads_in_them() {
    const FILES: usize = 4_000;
    let folder = tempfile::tempdir().unwrap();
    let mut runner = TestRunner::deterministic();
    let strategy = generated();
    let mut files = Vec::new();
    for number in 0..FILES {
        let path = folder.path().join(format!("{number}.conf"));
        fs::write(&path, strategy.new_tree(&mut runner).unwrap().current()).unwrap();
        files.push(path);
    }
    let refused = compare(folder.path(), &files);
    assert!(
        refused > FILES / 20 && refused < FILES * 19 / 20,
        "{refused}"
    );
    println!("{FILES} generated files say the same to fail2ban, which refuses {refused} of them");
}

#[test]
fn edits_of_generated_files_mean_to_fail2ban_what_they_mean_here() {
    const FILES: usize = 1_000;
    let folder = tempfile::tempdir().unwrap();
    let mut runner = TestRunner::deterministic();
    let strategy = (
        generated(),
        "[a-g]",
        "[a-z;#%= ]{0,5}(\n[a-z;#:]{0,5}){0,3}",
    );
    let mut files = Vec::new();
    for number in 0..FILES {
        let (bytes, key, value) = strategy.new_tree(&mut runner).unwrap().current();
        let mut tree = Tree::parse(&bytes);
        let name = tree.sections().first().map(|section| section.name.clone());
        if name.is_some_and(|name| tree.set(&name, &key, &value).is_ok()) {
            let path = folder.path().join(format!("{number}.conf"));
            fs::write(&path, tree.as_bytes()).unwrap();
            files.push(path);
        }
    }
    assert_eq!(compare(folder.path(), &files), 0);
    assert!(files.len() > FILES / 20, "only {} edits", files.len());
    println!("{} edited files say the same to fail2ban", files.len());
}

#[test]
fn hostile_bytes_never_break_the_reader_or_an_edit() {
    bolero::check!().for_each(|bytes: &[u8]| {
        let mut tree = Tree::parse(bytes);
        assert_eq!(tree.as_bytes(), bytes);
        let _ = tree.insert_section("a");
        if tree.set("a", "b", "c\nd").is_ok() {
            assert_eq!(tree.option("a", "B").unwrap().value, "c\nd");
            assert!(tree.remove("a", "b").unwrap());
        }
    });
}
