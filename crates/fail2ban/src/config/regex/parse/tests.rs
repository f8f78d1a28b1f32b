use super::*;

fn reason(regex: &str) -> Option<String> {
    parse(regex, false).err().map(|error| error.to_string())
}

#[test]
fn text_that_python_refuses_is_refused_for_its_reason() {
    for (regex, wanted) in [
        ("(", "missing ), unterminated subpattern"),
        (")", "unbalanced parenthesis"),
        ("[a", "unterminated character set"),
        ("*a", "nothing to repeat"),
        ("^*", "nothing to repeat"),
        ("a**", "multiple repeat"),
        ("a{3,2}", "min repeat greater than max repeat"),
        ("(?P<a>x)(?P<a>y)", "redefinition of group name"),
        ("(?P<a-b>x)", "bad character in group name"),
        ("(?P=x)", "unknown group name"),
        (r"\1", "invalid group reference"),
        (r"(a\1)", "cannot refer to an open group"),
        (r"\q", "bad escape"),
        (r"[z-a]", "bad character range"),
        ("(?<=a*)b", "look-behind requires fixed-width pattern"),
        ("(?Z)", "unknown extension"),
        ("a\\", "bad escape (end of pattern)"),
        (
            "(?P<a>x)(?(a)b|c|d)",
            "conditional backref with more than two branches",
        ),
    ] {
        let found = reason(regex).unwrap_or_default();
        assert!(found.starts_with(wanted), "{regex}: {found}");
    }
}

#[test]
fn text_that_python_takes_is_taken() {
    for regex in [
        "",
        "a{,2}",
        "a{x",
        "{",
        "a{",
        "[]a]",
        "[^]]",
        "[a-]",
        "[-a]",
        "x{2}{",
        "(?i)a",
        "(?i:a)(?x: b # c\n)",
        "()*",
        r"[\]\-\w]",
        r"\x41\u00e9\.\-\/",
        r"(?P<a>x)(?P=a)\1",
        "(?#comment)a",
        "(?=a)*",
        "(?<=ab|cd)e",
        r"\012\0",
        "a*+",
        "a|",
        "|",
    ] {
        assert_eq!(reason(regex), None, "{regex}");
    }
}

#[test]
fn groups_without_end_and_endless_text_are_refused_in_time() {
    let deep = "(".repeat(5_000);
    assert_eq!(parse(&deep, false), Err(SyntaxError::TooLarge));
    let deep = "(a)(?(1)".repeat(2_000);
    assert_eq!(parse(&deep, false), Err(SyntaxError::TooLarge));
    let long = "a".repeat(50_000);
    assert_eq!(parse(&long, false), Err(SyntaxError::TooLarge));
}
