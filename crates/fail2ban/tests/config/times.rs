//! The grammar of times against what fail2ban makes of them.

use std::fs;
use std::process::Command;

use fail2ban::config::time::seconds;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::oracle::packages;

/// Prints the seconds of each line, or `null` where Python cannot evaluate it.
const SCRIPT: &str = r"
import json, sys, warnings
from fail2ban.server.mytime import MyTime
warnings.simplefilter('ignore')
for text in json.load(open(sys.argv[1])):
    try:
        print(json.dumps(float(MyTime.str2seconds(text))))
    except Exception:
        print('null')
";

/// Nothing in here can run a command: words are units only.
fn times() -> impl Strategy<Value = String> {
    let unit = prop::sample::select(vec![
        "s", "S", "ss", "se", "sec", "second", "seconds", "m", "mm", "mi", "min", "minute",
        "minutes", "h", "hh", "ho", "hou", "hour", "Hours", "d", "dd", "da", "day", "days", "w",
        "ww", "we", "wee", "week", "WEEKS", "mo", "mon", "month", "months", "y", "yy", "ye", "yea",
        "year", "years", "", "", "", "x",
    ]);
    let number = prop::sample::select(vec![
        "0", "1", "2", "10", "600", "1.5", "0.25", "007", "00", "3600", "12", "4",
    ]);
    let space = prop::sample::select(vec!["", "", " ", "  ", "\t"]);
    let sign = prop::sample::select(vec![
        "", "", "", " ", " ", "+", "-", " - ", "*", "/", " + ", "--",
    ]);
    let bracket = prop_oneof![20 => Just(""), 1 => Just("("), 1 => Just(")"), 1 => Just(")(")];
    let term = (bracket.clone(), number, space, unit, bracket, sign);
    prop::collection::vec(term, 1..5).prop_map(|terms| {
        let terms = terms
            .into_iter()
            .map(|(a, b, c, d, e, f)| [a, b, c, d, e, f].concat());
        terms.collect::<Vec<_>>().concat()
    })
}

#[test]
fn each_time_means_what_fail2ban_makes_of_it() {
    const TIMES: usize = 20_000;
    let mut runner = TestRunner::deterministic();
    let strategy = times();
    let texts: Vec<String> = (0..TIMES)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect();
    let list = tempfile::NamedTempFile::new().unwrap();
    fs::write(list.path(), serde_json::to_vec(&texts).unwrap()).unwrap();
    let output = Command::new("/usr/bin/python3")
        .args(["-c", SCRIPT])
        .arg(list.path())
        .env("PYTHONPATH", packages())
        .output()
        .unwrap();
    let answers = String::from_utf8(output.stdout).unwrap();
    assert_eq!(answers.lines().count(), TIMES);
    let (mut same, mut more) = (0, Vec::new());
    for (text, answer) in texts.iter().zip(answers.lines()) {
        let theirs: Option<f64> = serde_json::from_str(answer).unwrap();
        match (seconds(text), theirs) {
            (Ok(ours), Some(theirs)) => {
                assert!(
                    (ours - theirs).abs() <= theirs.abs() * 1e-12,
                    "{text:?}: {ours} {theirs}"
                );
                same += 1;
            }
            (Ok(ours), None) => panic!("{text:?} is no time to fail2ban, and {ours} here"),
            (Err(_), Some(_)) => more.push(text),
            (Err(_), None) => {}
        }
    }
    assert!(same > TIMES / 10, "{same}");
    println!(
        "{TIMES} texts: {same} are times here and there, {} only there, such as {:?}",
        more.len(),
        more.iter().take(12).collect::<Vec<_>>()
    );
}

proptest! {
    #[test]
    fn any_text_is_a_time_or_an_error_with_its_place(text in any::<String>()) {
        if let Err(error) = seconds(&text) {
            prop_assert!(error.at <= text.chars().count() + 1);
        }
    }
}
