use proptest::prelude::*;

use super::{EditError, ProblemKind, Tree};

const FILE: &str = "\
# a comment\r\n[DEFAULT]\r\nBanTime : 1h ; beside it\r\n\r\n[sshd]\r\nlogpath = /var/log/a\r\n# between\r\n\t/var/log/b\r\n\r\n          /var/log/c\r\nport = ssh\r\n   ; the end";

fn options(tree: &Tree) -> Vec<(&str, &str, &str, usize)> {
    let sections = tree.sections().iter();
    sections
        .flat_map(|section| {
            let name = section.name.as_str();
            let options = section.options.iter();
            options.map(move |o| (name, o.key.as_str(), o.value.as_str(), o.line))
        })
        .collect()
}

#[test]
fn a_file_says_what_python_reads_in_it() {
    let tree = Tree::parse(FILE.as_bytes());
    assert_eq!(tree.problem(), None);
    assert_eq!(
        options(&tree),
        [
            ("DEFAULT", "bantime", "1h", 3),
            ("sshd", "logpath", "/var/log/a\n/var/log/b\n\n/var/log/c", 6),
            ("sshd", "port", "ssh", 11),
        ]
    );
    assert_eq!(tree.option("sshd", "LogPath").unwrap().last_line, 10);
}

#[test]
fn a_broken_line_is_told_with_its_number() {
    for (text, line, kind) in [
        ("a = 1\n[s]\n", 1, ProblemKind::NoSection),
        (
            "[s]\na = 1\n[s]\n",
            3,
            ProblemKind::DuplicateSection("s".into()),
        ),
        (
            "[s]\na = 1\nA : 2\n",
            3,
            ProblemKind::DuplicateOption("a".into()),
        ),
        (
            "[DEFAULT]\na=1\n[DEFAULT]\na=2",
            4,
            ProblemKind::DuplicateOption("a".into()),
        ),
        ("[s]\nword\n", 2, ProblemKind::NoDelimiter),
        ("[s]\n= 1\n", 2, ProblemKind::NoName),
        ("\u{feff}[s]\n", 1, ProblemKind::NoSection),
        ("[]\n", 1, ProblemKind::NoSection),
    ] {
        let tree = Tree::parse(text.as_bytes());
        let problem = tree.problem().unwrap_or_else(|| panic!("{text:?}"));
        assert_eq!((problem.line, &problem.kind), (line, &kind), "{text:?}");
    }
}

#[test]
fn bytes_that_are_no_text_are_kept_and_told() {
    let bytes = b"[s]\na = \xff\xfe\nb = 2\n";
    let mut tree = Tree::parse(bytes);
    assert_eq!(tree.as_bytes(), bytes);
    assert_eq!(tree.lines_that_are_no_text(), [2]);
    assert_eq!(tree.set("s", "b", "3"), Err(EditError::NotText { line: 2 }));
}

#[test]
fn setting_a_value_changes_its_line_alone() {
    let mut tree = Tree::parse(FILE.as_bytes());
    tree.set("DEFAULT", "bantime", "2h").unwrap();
    let wanted = FILE.replace("BanTime : 1h ; beside", "BanTime : 2h ; beside");
    assert_eq!(String::from_utf8_lossy(tree.as_bytes()), wanted);
}

#[test]
fn setting_lines_of_a_value_keeps_the_others_and_the_comments() {
    let mut tree = Tree::parse(FILE.as_bytes());
    tree.set("sshd", "logpath", "/var/log/a\n/var/log/x")
        .unwrap();
    let wanted = FILE.replace(
        "\t/var/log/b\r\n\r\n          /var/log/c\r\n",
        "\t/var/log/x\r\n",
    );
    assert_eq!(String::from_utf8_lossy(tree.as_bytes()), wanted);
    tree.set("sshd", "logpath", "/a\n/b\n/c\n/d").unwrap();
    assert_eq!(
        tree.option("sshd", "logpath").unwrap().value,
        "/a\n/b\n/c\n/d"
    );
    assert!(
        String::from_utf8_lossy(tree.as_bytes())
            .contains("# between\r\n\t/b\r\n    /c\r\n    /d\r\n")
    );
}

#[test]
fn a_new_option_stands_behind_the_last_of_its_section() {
    let mut tree = Tree::parse(b"[a]\n  x = 1\n\n# of b\n[b]\ny = 2");
    tree.set("a", "Z", "1\n2").unwrap();
    tree.set("b", "empty", "").unwrap();
    assert_eq!(
        String::from_utf8_lossy(tree.as_bytes()),
        "[a]\n  x = 1\n  z = 1\n      2\n\n# of b\n[b]\ny = 2\nempty =\n"
    );
}

#[test]
fn removing_an_option_takes_its_lines_and_leaves_comments() {
    let mut tree = Tree::parse(FILE.as_bytes());
    assert_eq!(tree.remove("sshd", "logpath"), Ok(true));
    assert_eq!(tree.remove("sshd", "logpath"), Ok(false));
    let wanted = FILE
        .replace("logpath = /var/log/a\r\n", "")
        .replace("\t/var/log/b\r\n\r\n          /var/log/c\r\n", "");
    assert_eq!(String::from_utf8_lossy(tree.as_bytes()), wanted);
}

#[test]
fn a_new_section_stands_at_the_end() {
    let mut tree = Tree::parse(FILE.as_bytes());
    tree.insert_section("nginx").unwrap();
    tree.set("nginx", "enabled", "true").unwrap();
    let text = String::from_utf8(tree.as_bytes().to_vec()).unwrap();
    assert_eq!(text, format!("{FILE}\r\n\r\n[nginx]\r\nenabled = true\r\n"));
    assert_eq!(
        tree.insert_section("nginx"),
        Err(EditError::SectionExists("nginx".into()))
    );
    tree.remove_section("nginx").unwrap();
    assert_eq!(tree.sections().len(), 2);
}

#[test]
fn a_file_that_is_empty_takes_a_section() {
    let mut tree = Tree::parse(b"");
    tree.insert_section("s").unwrap();
    tree.set("s", "a", "1").unwrap();
    assert_eq!(tree.as_bytes(), b"[s]\na = 1\n");
}

#[test]
fn what_the_syntax_cannot_write_is_refused_and_changes_nothing() {
    let mut tree = Tree::parse(FILE.as_bytes());
    for value in [
        "a ; b",
        ";a",
        "a\n#b",
        " a",
        "a\n",
        "a\rb",
        "a\0",
        "a\n; b\nc",
    ] {
        assert_eq!(
            tree.set("sshd", "port", value),
            Err(EditError::Unwritable),
            "{value:?}"
        );
        assert_eq!(
            tree.set("sshd", "new", value),
            Err(EditError::Unwritable),
            "{value:?}"
        );
    }
    for key in ["", "a=b", "[x", "#a", "a\nb", " a", "a:"] {
        let refused = tree.set("sshd", key, "1");
        // `[x = 1` is an option: only a line with a closing bracket is a header.
        assert_eq!(refused.is_ok(), key == "[x", "{key:?}");
    }
    for section in ["", "a\nb", "a]\nx = 1\n["] {
        assert_eq!(
            tree.insert_section(section),
            Err(EditError::Unwritable),
            "{section:?}"
        );
    }
    assert_eq!(
        tree.set("nosuch", "a", "1"),
        Err(EditError::NoSection("nosuch".into()))
    );
    tree.remove("sshd", "[x").unwrap();
    assert_eq!(tree, Tree::parse(FILE.as_bytes()));
}

fn files() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        "\\[[a-c]\\]",
        "[a-e] ?[=:] ?[a-z%;# ]{0,8}",
        "[ \t]{1,5}[a-z;#=]{0,6}",
        "[#;].{0,5}",
        "[ \t]{0,2}",
        ".{0,6}",
        Just("[DEFAULT]".to_owned()),
    ];
    let end = prop_oneof![3 => Just("\n"), 2 => Just("\r\n"), 1 => Just("\r")];
    prop::collection::vec((line, end), 0..14).prop_map(|lines| {
        lines
            .into_iter()
            .flat_map(|(line, end)| (line + end).into_bytes())
            .collect()
    })
}

proptest! {
    #[test]
    fn any_bytes_come_back_unchanged(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let tree = Tree::parse(&bytes);
        prop_assert_eq!(tree.as_bytes(), &bytes[..]);
        prop_assert_eq!(Tree::parse(tree.as_bytes()), tree);
    }

    #[test]
    fn setting_what_is_there_changes_no_byte(bytes in files()) {
        let mut tree = Tree::parse(&bytes);
        let all: Vec<_> = options(&tree).into_iter()
            .map(|(section, key, value, _)| (section.to_owned(), key.to_owned(), value.to_owned())).collect();
        if tree.problem().is_none() {
            for (section, key, value) in all {
                prop_assert!(matches!(tree.set(&section, &key, &value), Ok(()) | Err(EditError::Unwritable)));
                prop_assert_eq!(tree.as_bytes(), &bytes[..]);
            }
        }
    }

    #[test]
    fn an_edit_does_what_it_says_or_nothing(
        bytes in files(), section in "[a-c]", key in "[a-f]", value in "[a-z;# ]{0,5}(\n[a-z;#]{0,5}){0,3}"
    ) {
        let before = Tree::parse(&bytes);
        let mut tree = before.clone();
        if tree.set(&section, &key, &value).is_err() {
            prop_assert_eq!(tree, before);
        } else {
                prop_assert_eq!(&tree.option(&section, &key).unwrap().value, &value);
                let other = |tree: &Tree| options(tree).into_iter().map(|(s, k, v, _)| (s.to_owned(), k.to_owned(), v.to_owned()))
                    .filter(|(s, k, _)| (s.as_str(), k.as_str()) != (&section, &key)).collect::<Vec<_>>();
                prop_assert_eq!(other(&tree), other(&before));
                tree.remove(&section, &key).unwrap();
                prop_assert!(tree.option(&section, &key).is_none());
        }
    }

    #[test]
    fn an_edit_leaves_all_lines_outside_of_the_option(bytes in files(), key in "[a-e]", value in "[a-z]{1,5}") {
        let before = Tree::parse(&bytes);
        let mut tree = before.clone();
        if let Some(old) = before.option("a", &key) && tree.set("a", &key, &value).is_ok() {
            let new = tree.option("a", &key).unwrap();
            let lines = |tree: &Tree, numbers: std::ops::Range<usize>| tree.lines[numbers].iter()
                .map(|line| tree.bytes[line.span.clone()].to_vec()).collect::<Vec<_>>();
            prop_assert_eq!(lines(&before, 0..old.line - 1), lines(&tree, 0..new.line - 1));
            prop_assert_eq!(
                lines(&before, old.last_line..before.line_count()),
                lines(&tree, tree.line_count() - (before.line_count() - old.last_line)..tree.line_count())
            );
        }
    }
}
