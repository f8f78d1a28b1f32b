use super::*;
use crate::dump::{parse_stream, parse_value};

fn value(text: &str) -> Value {
    parse_value(text, &DumpLimits::default()).unwrap()
}

fn problem(text: &str) -> DumpError {
    parse_stream(text, &DumpLimits::default()).unwrap_err()
}

#[test]
fn stream_of_several_lines_gives_a_command_each() {
    let text = "['set', 'loglevel', 'INFO']\n\n['multi-set', 'a', 'addfailregex', ['^x \\\\d+ <HOST>$', \"it's\"]]\r\n['start', 'a']";
    let stream = parse_stream(text, &DumpLimits::default()).unwrap();
    assert_eq!(stream.len(), 3);
    assert_eq!(stream[0], ["set", "loglevel", "INFO"].map(Value::from));
    assert_eq!(
        stream[1][3],
        Value::List(vec!["^x \\d+ <HOST>$".into(), "it's".into()])
    );
}

#[test]
fn stream_that_spans_lines_is_read_as_pretty_printed() {
    let text = "['set',\n 'a',\n  ['x',\n   'y'],]\n['b']\n";
    let stream = parse_stream(text, &DumpLimits::default()).unwrap();
    assert_eq!(stream[0][2], Value::List(vec!["x".into(), "y".into()]));
    assert_eq!(stream[1], [Value::from("b")]);
}

#[test]
fn value_of_each_kind_is_read() {
    assert_eq!(value("None"), Value::None);
    assert_eq!(
        value("[True, False]"),
        Value::List(vec![Value::Bool(true), Value::Bool(false)])
    );
    assert_eq!(value("-1"), Value::Int(-1));
    assert_eq!(value("12L"), Value::Int(12));
    assert_eq!(value("1e-05"), Value::Float(0.00001));
    assert_eq!(value("-2.5"), Value::Float(-2.5));
    assert_eq!(value("-inf"), Value::Float(f64::NEG_INFINITY));
    assert_eq!(
        value("99999999999999999999"),
        Value::BigInt("99999999999999999999".into())
    );
}

#[test]
fn value_of_values_is_read() {
    assert_eq!(value("()"), Value::Tuple(vec![]));
    assert_eq!(value("(1)"), Value::Int(1));
    assert_eq!(value("(1,)"), Value::Tuple(vec![Value::Int(1)]));
    assert_eq!(value("{}"), Value::Dict(vec![]));
    assert_eq!(value("set()"), Value::Set(vec![]));
    assert_eq!(
        value("{1, 2}"),
        Value::Set(vec![Value::Int(1), Value::Int(2)])
    );
    assert_eq!(
        value("{'a': {'b': None}}").as_pairs().unwrap()[0].0,
        "a".into()
    );
    assert_eq!(value("b'\\xff\\'a'"), Value::Bytes(b"\xff'a".to_vec()));
    assert_eq!(value("u'\\xe9'"), "é".into());
}

#[test]
fn value_of_text_resolves_every_escape() {
    let text = r#"'\\ \' " \n\r\t \x07 \u2028 \U0001f600 é'"#;
    assert_eq!(
        value(text),
        "\\ ' \" \n\r\t \u{7} \u{2028} \u{1f600} é".into()
    );
    assert_eq!(value(r"'\udc80'"), "\u{fffd}".into());
}

#[test]
fn stream_that_is_none_is_an_error_with_its_place() {
    let error = problem("['a']\nWARNING something\n");
    assert_eq!((error.line, error.column), (2, 1));
    assert_eq!(problem("['a'] ['b']").problem, "text after the command");
    for text in [
        "['a'",
        "['a' 'b']",
        "[,]",
        "['a\nb']",
        "['a'] x",
        "{'a'}",
        "[os.system]",
        "['\\q']",
        "[1.2.3]",
        "[--1]",
        "['\\xzz']",
        "[b'☃']",
        "[1,,2]",
        "[{1:2 3:4}]",
    ] {
        problem(text);
    }
}

#[test]
fn stream_beyond_its_limits_is_refused() {
    assert_eq!(problem(&"[".repeat(100_000)).problem, "nested too deeply");
    assert_eq!(problem(&"[{(".repeat(10_000)).problem, "nested too deeply");
    let limits = DumpLimits {
        max_bytes: 4,
        ..DumpLimits::default()
    };
    assert_eq!(
        parse_stream("['a']", &limits).unwrap_err().problem,
        "the text is too large"
    );
}
