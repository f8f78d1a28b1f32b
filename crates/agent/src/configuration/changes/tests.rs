use std::sync::Arc;

use domain::{ConfigItemId, OptionName};

use super::*;
use crate::configuration::{
    disk::{Ownership, sha256},
    folder::FileNow,
};

const SHIPPED: &str = "[DEFAULT]\nmaxretry = 5\n\n[sshd]\nport = ssh\n";

fn files(of: &[(&str, &str)]) -> Files {
    let file = |(path, text): &(&str, &str)| {
        let bytes = text.as_bytes().to_vec();
        let file = FileNow {
            sha256: sha256(&bytes),
            owner: Ownership {
                mode: 0o644,
                uid: 0,
                gid: 0,
            },
            bytes,
        };
        (path.parse().unwrap(), Arc::new(file))
    };
    of.iter().map(file).collect()
}

fn shipped() -> Files {
    files(&[
        ("jail.conf", SHIPPED),
        ("filter.d/sshd.conf", "[Definition]\nfailregex = ^<HOST>\n"),
        ("action.d/smtp.py", ""),
    ])
}

fn item(kind: ConfigItemKind, name: &str) -> ConfigItemId {
    ConfigItemId {
        kind,
        name: name.parse().unwrap(),
    }
}

fn option(name: &str) -> OptionName {
    name.parse().unwrap()
}

fn set(kind: ConfigItemKind, name: &str, of: &str, value: &str) -> ConfigChange {
    ConfigChange::Set {
        item: item(kind, name),
        section: None,
        option: option(of),
        value: value.to_owned(),
    }
}

fn set_sshd(of: &str, value: &str) -> ConfigChange {
    set(ConfigItemKind::Jail, "sshd", of, value)
}

fn make(changes: &[ConfigChange], files: &Files) -> Result<NewFiles, ConfigError> {
    new_files(changes, files, &Restorable::new())
}

/// The new text of the one file that changes.
fn text(changes: &[ConfigChange], files: &Files) -> (String, Option<String>) {
    let new = make(changes, files).unwrap();
    assert_eq!(new.len(), 1, "{new:?}");
    let (path, bytes) = new.into_iter().next().unwrap();
    (
        path.to_string(),
        bytes.map(|bytes| String::from_utf8(bytes).unwrap()),
    )
}

fn refusal(changes: &[ConfigChange], files: &Files) -> (usize, String) {
    match make(changes, files) {
        Err(ConfigError::BadChange { change, detail }) => (change, detail),
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn option_of_a_jail_goes_into_the_drop_in_whose_first_lines_say_what_it_is() {
    let (path, new) = text(&[set_sshd("maxretry", "3")], &shipped());
    assert_eq!(path, JAILS);
    assert_eq!(new.unwrap(), format!("{HEADER}\n[sshd]\nmaxretry = 3\n"));
}

#[test]
fn what_a_person_wrote_into_the_drop_in_stays() {
    let own = "# mine\n[sshd]\n; why\nmaxretry = 4 ; low\n\n[other]\nenabled = true\n";
    let mut files = shipped();
    files.extend(self::files(&[(JAILS, own)]));
    let changes = [set_sshd("maxretry", "3"), set_sshd("findtime", "1h")];
    assert_eq!(
        text(&changes, &files).1.unwrap(),
        "# mine\n[sshd]\n; why\nmaxretry = 3 ; low\nfindtime = 1h\n\n[other]\nenabled = true\n"
    );
}

#[test]
fn file_with_nothing_left_but_its_first_comment_goes() {
    let drop_in = format!("{HEADER}\n[sshd]\nmaxretry = 3\n");
    let mut files = shipped();
    files.extend(self::files(&[(JAILS, &drop_in)]));
    let reset = ConfigChange::Reset {
        item: item(ConfigItemKind::Jail, "sshd"),
        section: None,
        option: option("maxretry"),
    };
    assert_eq!(
        text(std::slice::from_ref(&reset), &files),
        (JAILS.to_owned(), None)
    );
    // Where there is nothing to reset, nothing happens.
    assert!(make(&[reset], &shipped()).unwrap().is_empty());
}

#[test]
fn value_of_a_form_is_read_as_it_was_typed() {
    for value in [
        "%(sshd_log)s",
        "100%",
        "a = b",
        "[sshd]",
        "x; y",
        "\u{e9}t\u{e9}",
        "%%",
    ] {
        let (_, new) = text(&[set_sshd("failregex", value)], &shipped());
        let tree = Tree::parse(new.unwrap().as_bytes());
        assert_eq!(tree.problem(), None);
        let sections: Vec<_> = tree.sections().iter().map(|s| s.name.as_str()).collect();
        assert_eq!(sections, ["sshd"], "{value}");
        let entry = tree.option("sshd", "failregex").unwrap();
        assert_eq!(entry.value, value.replace('%', "%%"), "{value}");
    }
}

#[test]
fn value_that_would_be_more_than_a_value_is_refused() {
    for value in [
        "a\nb",
        "a\n[DEFAULT]\nenabled = true",
        "a\rb",
        "a\u{0}b",
        "a\u{b}b",
        "; all",
        "a ; b",
    ] {
        let (at, _) = refusal(
            &[set_sshd("findtime", "1h"), set_sshd("port", value)],
            &shipped(),
        );
        assert_eq!(at, 1, "{value:?}");
    }
    for value in ["a\n; b", "a\n# b"] {
        refusal(&[set_sshd("logpath", value)], &shipped());
    }
}

#[test]
fn option_of_several_lines_is_written_as_lines_that_go_on() {
    let (_, new) = text(&[set_sshd("logpath", "/a.log \n  /b.log\n")], &shipped());
    let new = new.unwrap();
    assert!(
        new.ends_with("[sshd]\nlogpath = /a.log\n    /b.log\n"),
        "{new}"
    );
}

#[test]
fn filters_and_actions_are_overridden_beside_their_files() {
    let (path, new) = text(
        &[set(ConfigItemKind::Filter, "sshd", "maxlines", "2")],
        &shipped(),
    );
    assert_eq!(path, "filter.d/sshd.local");
    assert!(new.unwrap().ends_with("[Definition]\nmaxlines = 2\n"));
    let unknown = make(
        &[set(ConfigItemKind::Action, "nosuch", "a", "b")],
        &shipped(),
    );
    assert!(
        matches!(unknown, Err(ConfigError::ItemNotFound(_))),
        "{unknown:?}"
    );
}

#[test]
fn section_that_cannot_be_is_refused() {
    for section in ["", "a]b", "a\nb", "INCLUDES"] {
        let change = ConfigChange::Set {
            item: item(ConfigItemKind::Filter, "sshd"),
            section: Some(section.to_owned()),
            option: option("maxlines"),
            value: "2".to_owned(),
        };
        refusal(&[change], &shipped());
    }
}

#[test]
fn jail_is_enabled_with_overrides_and_disabled() {
    let enable = ConfigChange::Enable {
        jail: "sshd".parse().unwrap(),
        overrides: [(option("maxretry"), "3".to_owned())].into(),
    };
    let (_, new) = text(std::slice::from_ref(&enable), &shipped());
    assert!(
        new.unwrap()
            .ends_with("[sshd]\nenabled = true\nmaxretry = 3\n")
    );
    let disable = ConfigChange::Disable {
        jail: "sshd".parse().unwrap(),
    };
    let (_, new) = text(&[enable, disable], &shipped());
    assert!(
        new.unwrap()
            .ends_with("[sshd]\nenabled = false\nmaxretry = 3\n")
    );
}

#[test]
fn jail_of_ones_own_is_made_once_and_deleted_only_where_it_is_ones_own() {
    let create = |name: &str| ConfigChange::CreateJail {
        jail: name.parse().unwrap(),
        options: [(option("filter"), "sshd".to_owned())].into(),
    };
    let delete = |name: &str| ConfigChange::Delete {
        item: item(ConfigItemKind::Jail, name),
    };
    assert_eq!(refusal(&[create("sshd")], &shipped()).0, 0);
    assert_eq!(refusal(&[create("own"), create("own")], &shipped()).0, 1);
    for name in ["SSHD", "loglevel", "two words", &"x".repeat(26)] {
        let (_, why) = refusal(&[create(name)], &shipped());
        assert!(why.ends_with(": choose another name"), "{why}");
    }
    assert!(
        make(&[create("own"), delete("own")], &shipped())
            .unwrap()
            .is_empty()
    );
    let (_, why) = refusal(&[delete("sshd")], &shipped());
    assert!(why.contains("jail.conf"), "{why}");
    let mut files = shipped();
    files.extend(self::files(&[("jail.local", "[own]\nenabled = true\n")]));
    let (_, why) = refusal(
        &[set(ConfigItemKind::Jail, "own", "port", "1"), delete("own")],
        &files,
    );
    assert!(why.contains("jail.local"), "{why}");
}

#[test]
fn file_of_ones_own_is_made_once_and_a_shipped_one_never_goes() {
    let create = |kind, name: &str| ConfigChange::CreateFile {
        item: item(kind, name),
        text: "[Definition]\n".to_owned(),
    };
    let delete = |kind, name: &str| ConfigChange::Delete {
        item: item(kind, name),
    };
    let (path, _) = text(&[create(ConfigItemKind::Filter, "own")], &shipped());
    assert_eq!(path, "filter.d/own.local");
    refusal(&[create(ConfigItemKind::Filter, "sshd")], &shipped());
    refusal(&[create(ConfigItemKind::Action, "smtp")], &shipped());
    refusal(&[delete(ConfigItemKind::Filter, "sshd")], &shipped());
    let mut files = shipped();
    files.extend(self::files(&[("filter.d/own.local", "[Definition]\n")]));
    let gone = text(&[delete(ConfigItemKind::Filter, "own")], &files);
    assert_eq!(gone, ("filter.d/own.local".to_owned(), None));
}

#[test]
fn text_is_written_only_over_the_text_that_was_edited_and_never_into_a_shipped_file() {
    let write = |path: &str, base: Option<&str>| ConfigChange::WriteFile {
        path: path.parse().unwrap(),
        text: "[sshd]\nport = %(x)s\n".to_owned(),
        base: base.map(|text| sha256(text.as_bytes())),
    };
    refusal(&[write("jail.conf", Some(SHIPPED))], &shipped());
    let (path, new) = text(&[write("jail.local", None)], &shipped());
    assert_eq!(
        (path.as_str(), new.as_deref()),
        ("jail.local", Some("[sshd]\nport = %(x)s\n"))
    );
    let mut files = shipped();
    files.extend(self::files(&[("jail.local", "# theirs\n")]));
    for base in [None, Some("# mine\n")] {
        let conflict = make(&[write("jail.local", base)], &files);
        let files = vec!["jail.local".parse().unwrap()];
        assert_eq!(conflict, Err(ConfigError::Changed { files }));
    }
    text(&[write("jail.local", Some("# theirs\n"))], &files);
}

#[test]
fn version_that_comes_back_takes_away_what_came_since_and_leaves_shipped_files() {
    let mut files = shipped();
    files.extend(self::files(&[
        ("jail.local", "new\n"),
        ("jail.d/b.local", "b\n"),
    ]));
    let kept = [("jail.local", "old\n"), ("jail.conf", "old too\n")];
    let kept = kept.map(|(path, text)| (path.parse().unwrap(), text.as_bytes().to_vec()));
    let restorable = Restorable::from([(VersionId(1), kept.into())]);
    let change = ConfigChange::Restore {
        version: VersionId(1),
    };
    let new = new_files(&[change], &files, &restorable).unwrap();
    let told: Vec<_> = new
        .iter()
        .map(|(path, bytes)| (path.as_str(), bytes.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("jail.d/b.local", None),
            ("jail.local", Some(b"old\n".as_slice()))
        ]
    );
}

mod any {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever a form sends: either it is refused, or the file says just that and nothing else.
        #[test]
        fn value_is_written_whole_or_refused(value in "\\PC{0,40}", lines in "[ -~\\n\\r\\t]{0,60}") {
            for (of, value) in [("port", &value), ("failregex", &lines), ("maxretry", &lines)] {
                let Ok(new) = make(&[set_sshd(of, value)], &shipped()) else {
                    continue;
                };
                let bytes = new.into_values().next().unwrap().unwrap();
                let tree = Tree::parse(&bytes);
                prop_assert!(tree.problem().is_none());
                prop_assert_eq!(tree.sections().len(), 1);
                let options = &tree.sections()[0].options;
                prop_assert_eq!(options.len(), 1);
                prop_assert!(!options[0].value.replace("%%", "").contains('%'));
            }
        }
    }
}
