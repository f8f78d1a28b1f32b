//! The codec and the reader of dumps against Python itself.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail their test by panicking"
)]

use std::io::Write;
use std::process::{Command, Stdio};

use fail2ban::Value;
use fail2ban::dump::{DumpLimits, parse_value};
use fail2ban::protocol::{Limits, TERMINATOR, decode, encode};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// Loads each pickle, prints it as text and pickles it again in every protocol.
const SCRIPT: &str = r"
import pickle, sys
for line in sys.stdin:
    value = pickle.loads(bytes.fromhex(line))
    print('\t'.join([ascii(value)] + [pickle.dumps(value, p).hex() for p in (2, 3, 4, 5)]))
";

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<i16>().prop_map(|small| Value::Int(small.into())),
        prop::num::f64::NORMAL.prop_map(Value::Float),
        any::<String>().prop_map(Value::Str),
        "[a-z'\"\\\\\n\t<>%]{0,300}".prop_map(Value::Str),
    ];
    leaf.prop_recursive(5, 60, 8, |inner| {
        let pair = (any::<String>().prop_map(Value::Str), inner.clone());
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::List),
            prop::collection::vec(inner, 0..8).prop_map(Value::Tuple),
            prop::collection::vec(pair, 0..5).prop_map(|mut pairs| {
                pairs.sort_by_key(|(key, _)| key.to_string());
                pairs.dedup_by_key(|(key, _)| key.to_string());
                Value::Dict(pairs)
            }),
        ]
    })
}

fn unterminated(bytes: &[u8]) -> &[u8] {
    bytes.strip_suffix(TERMINATOR).unwrap()
}

proptest! {
    #[test]
    fn encoding_and_decoding_any_command_gives_the_command(command in prop::collection::vec(values(), 0..6)) {
        let bytes = encode(&command, &Limits::default()).unwrap();
        prop_assert_eq!(decode(unterminated(&bytes), &Limits::default()).unwrap(), Value::List(command));
    }
}

#[test]
fn python_reads_what_is_encoded_and_is_read_in_every_protocol() {
    let mut runner = TestRunner::deterministic();
    let strategy = prop::collection::vec(values(), 0..6);
    let commands: Vec<Vec<Value>> = (0..400)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect();
    let mut input = String::new();
    for command in &commands {
        let bytes = encode(command, &Limits::default()).unwrap();
        input.extend(
            unterminated(&bytes)
                .iter()
                .map(|byte| format!("{byte:02x}")),
        );
        input.push('\n');
    }
    let output = python(input);
    let lines: Vec<&str> = output.lines().collect();
    assert_eq!(lines.len(), commands.len());
    for (line, command) in lines.iter().zip(commands) {
        let mut columns = line.split('\t');
        let expected = Value::List(command);
        let text = columns.next().unwrap();
        assert_eq!(
            parse_value(text, &DumpLimits::default()).unwrap(),
            expected,
            "{text}"
        );
        for pickle in columns {
            let (pairs, []) = pickle.as_bytes().as_chunks::<2>() else {
                panic!("{pickle}")
            };
            let bytes: Vec<u8> = pairs
                .iter()
                .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
                .collect();
            assert_eq!(
                decode(&bytes, &Limits::default()).unwrap(),
                expected,
                "{text}"
            );
        }
    }
}

fn python(input: String) -> String {
    let mut child = Command::new("/usr/bin/python3")
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}
