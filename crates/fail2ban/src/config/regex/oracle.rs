//! The reader and the matcher against Python's own.

use std::io::Write;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::parse;
use super::program::Program;
use super::run::{Effort, search};

/// Answers for each expression with its lines: `null` if it is none, else what the groups find in each line.
const SCRIPT: &str = r"
import json, re, sys, warnings
warnings.simplefilter('ignore')
for line in sys.stdin:
    regex, lines = json.loads(line)
    try:
        compiled = re.compile(regex)
    except re.error:
        print('null')
        continue
    found = [compiled.search(line) for line in lines]
    print(json.dumps([f and [list(f.span(n)) for n in range(compiled.groups + 1)] for f in found]))
";

fn by_python(cases: &[(String, Vec<String>)]) -> Vec<Value> {
    let mut python = Command::new("/usr/bin/python3")
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = python.stdin.take().unwrap();
    let input: String = cases
        .iter()
        .map(|case| json!(case).to_string() + "\n")
        .collect();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()).unwrap());
    let output = python.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// `None` if the line takes too long, which says nothing.
fn by_us(regex: &str, lines: &[String]) -> Option<Value> {
    let Ok(pattern) = parse::parse(regex, false) else {
        return Some(Value::Null);
    };
    let program = Program::new(&pattern)?;
    let found = lines.iter().map(|line| {
        let chars: Vec<char> = line.chars().collect();
        let found = search(&program, &chars, &mut Effort::new(50_000)).ok()?;
        let spans = found.map(|found| {
            let span = |number| {
                let place = found.group(number);
                place.map_or(json!([-1, -1]), |place| json!([place.start, place.end]))
            };
            (0..=pattern.groups.len()).map(span).collect::<Vec<_>>()
        });
        Some(json!(spans))
    });
    found.collect::<Option<Vec<_>>>().map(Value::from)
}

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(texts).prop_map(str::to_owned)
}

fn atoms() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => one_of(&["a", "b", "1", " ", "[^ab]", "[a-b1]", "[-b]"]),
        3 => one_of(&[".", r"\d", r"\w", r"\s", r"\D", r"\W", r"\S", r"\.", "[b\\s]"]),
        1 => one_of(&["^", "$", r"\b", r"\B", r"\A", r"\Z", "(?P<n>a)", "{x", "{,"]),
    ]
}

/// Repetitions of assertions are left out: whether they keep what groups match is a chance of Python's.
fn compounds(inner: &BoxedStrategy<String>) -> BoxedStrategy<String> {
    let counts = &["", "*", "+", "?", "*?", "+?", "??", "{1,2}", "{2}", "{,1}?"];
    let groups = (
        one_of(&["(", "(?:", "(?>", "(?i:"]),
        inner.clone(),
        one_of(counts),
    );
    let looks = (one_of(&["(?=", "(?!", "(?<=", "(?<!"]), inner.clone());
    let pair = (inner.clone(), inner.clone());
    prop_oneof![
        4 => prop::collection::vec(inner.clone(), 0..4).prop_map(|items| items.concat()),
        3 => groups.prop_map(|(open, inner, count)| format!("{open}{inner}){count}")),
        1 => looks.prop_map(|(open, inner)| format!("{open}{inner})")),
        2 => pair.clone().prop_map(|(one, other)| format!("(?:{one}|{other})")),
        1 => pair.clone().prop_map(|(one, other)| format!("({one}){other}\\1")),
        1 => pair.prop_map(|(one, other)| format!("({one})?(?(1){other}|b)")),
        1 => (atoms(), one_of(counts)).prop_map(|(atom, count)| atom + &count),
    ]
    .boxed()
}

fn expressions() -> impl Strategy<Value = String> {
    let tree = atoms().prop_recursive(4, 24, 4, |inner| compounds(&inner.boxed()));
    // Ends that make of most expressions none.
    let ends = one_of(&[
        "(", ")", "[", "\\", "(?P<n>b)", "\\2", "*", "{2,1}", "[b-a]",
    ]);
    let end = prop_oneof![9 => Just(String::new()), 1 => ends];
    (tree, end).prop_map(|(tree, end)| tree + &end)
}

#[test]
fn generated_expressions_are_read_and_find_what_they_do_in_python() {
    const CASES: usize = 2_500;
    let mut runner = TestRunner::deterministic();
    let strategy = (expressions(), prop::collection::vec("[ab1 \n]{0,8}", 4));
    let cases: Vec<(String, Vec<String>)> = (0..CASES)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect();
    let (mut none, mut endless) = (0, 0);
    let answers = by_python(&cases);
    assert_eq!(answers.len(), CASES);
    for ((regex, lines), wanted) in cases.iter().zip(&answers) {
        let Some(found) = by_us(regex, lines) else {
            endless += 1;
            continue;
        };
        assert_eq!(found, *wanted, "{regex:?} in {lines:?}");
        none += usize::from(wanted.is_null());
    }
    println!(
        "{CASES} expressions do what they do in Python, which refuses {none}; {endless} took too long"
    );
    assert!(none > CASES / 20 && none < CASES / 2, "{none} are none");
    assert!(endless < CASES / 100, "{endless}");
}

#[test]
fn hostile_text_is_judged_in_bounded_time() {
    bolero::check!().for_each(|bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        let failures = [text.as_ref(), "^<HOST>$"];
        let expressions = super::Expressions {
            prefix: Some(&text),
            failures: &failures,
            ignored: &failures,
            several_lines: true,
            host_names: true,
        };
        let _ = super::check(&expressions);
    });
}
