use super::*;

fn jail(options: &[(&str, &str)]) -> JailPlan {
    let command = |words: &[&str]| words.iter().map(|word| (*word).into()).collect();
    let mut commands = vec![command(&["add", "web", "polling"])];
    commands.extend(
        options
            .iter()
            .map(|(name, value)| command(&["set", "web", name, value])),
    );
    JailPlan {
        name: "web".to_owned(),
        commands,
    }
}

#[test]
fn longer_permanent_and_sooner_bans_are_stricter() {
    for (option, before, after, wanted) in [
        ("bantime", "10m", "1h", false),
        ("bantime", "10m", "1d", true),
        ("bantime", "10m", "-1", true),
        ("bantime", "-1", "10m", false),
        ("bantime", "10m", "5m", false),
        ("findtime", "600", "6000", true),
        ("maxretry", "5", "3", false),
        ("maxretry", "5", "2", true),
        ("maxretry", "2", "1", true),
        ("maxretry", "1", "1", false),
        ("maxretry", "3", "5", false),
    ] {
        let stricter = is_stricter(&jail(&[(option, before)]), &jail(&[(option, after)]));
        assert_eq!(stricter, wanted, "{option}: {before} to {after}");
    }
}

#[test]
fn ignoring_less_is_told_from_ignoring_more() {
    let (few, many) = (
        jail(&[("addignoreip", "127.0.0.1")]),
        jail(&[("addignoreip", "127.0.0.1"), ("addignoreip", "192.0.2.1")]),
    );
    assert!(ignores_less(&many, &few));
    assert!(!ignores_less(&few, &many));
    let (yes, no) = (
        jail(&[("ignoreself", "true")]),
        jail(&[("ignoreself", "false")]),
    );
    assert!(ignores_less(&yes, &no));
    assert!(!ignores_less(&no, &yes));
}
