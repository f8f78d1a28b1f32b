use super::super::parse::parse;
use super::super::program::Program;
use super::*;

/// An expression, a line, and what its groups find in it.
type Case = (
    &'static str,
    &'static str,
    Option<&'static [Option<&'static str>]>,
);

fn found(regex: &str, line: &str) -> Option<Vec<Option<String>>> {
    let pattern = parse(regex, false).unwrap();
    let program = Program::new(&pattern).unwrap();
    let chars: Vec<char> = line.chars().collect();
    let found = search(&program, &chars, &mut Effort::new(1_000_000)).unwrap()?;
    let text = |number| {
        let place = found.group(number)?;
        Some(chars[place].iter().collect())
    };
    Some((0..=pattern.groups.len()).map(text).collect())
}

#[test]
fn expression_takes_the_ways_that_python_takes() {
    let cases: [Case; 18] = [
        ("a|ab", "ab", Some(&[Some("a")])),
        ("(.*)b", "abab", Some(&[Some("abab"), Some("aba")])),
        ("(.*?)b", "abab", Some(&[Some("ab"), Some("a")])),
        ("^b", "ab", None),
        ("b$", "ab\n", Some(&[Some("b")])),
        (r"b\Z", "ab\n", None),
        ("(a)|b", "b", Some(&[Some("b"), None])),
        ("(?:a*)*c", "aaac", Some(&[Some("aaac")])),
        ("(a|b)*", "abb", Some(&[Some("abb"), Some("b")])),
        (r"(\w)\1", "abb", Some(&[Some("bb"), Some("b")])),
        ("(?<=a)b", "bab", Some(&[Some("b")])),
        ("(?<!a)b", "ab", None),
        ("a(?!b).", "abac", Some(&[Some("ac")])),
        ("(x)?(?(1)y|z)", "xy", Some(&[Some("xy"), Some("x")])),
        ("(x)?(?(1)y|z)", "z", Some(&[Some("z"), None])),
        ("a{2,3}", "aaaa", Some(&[Some("aaa")])),
        ("a{2,3}?", "aaaa", Some(&[Some("aa")])),
        ("(?>a*)a", "aaa", None),
    ];
    for (regex, line, wanted) in cases {
        let wanted = wanted.map(|groups| {
            let groups = groups.iter().map(|group| group.map(str::to_owned));
            groups.collect::<Vec<_>>()
        });
        assert_eq!(found(regex, line), wanted, "{regex} on {line:?}");
    }
}

#[test]
fn endless_expression_ends_when_its_effort_is_spent() {
    let pattern = parse("^(a+)+$", false).unwrap();
    let program = Program::new(&pattern).unwrap();
    let line: Vec<char> = "a".repeat(60).chars().chain(['!']).collect();
    let found = search(&program, &line, &mut Effort::new(100_000));
    assert!(matches!(found, Err(Exhausted)));
}
