use super::*;

fn settings() -> JailSettings {
    JailSettings {
        bantime: Some(600),
        bantime_increment: Some(true),
        ..JailSettings::default()
    }
}

fn next_of(settings: &JailSettings, bans: u64) -> Option<i64> {
    growth(settings, bans).next
}

#[test]
fn ban_time_without_increments_stays_the_same() {
    let settings = JailSettings {
        bantime_increment: None,
        bantime_formula: Some("ban.Time * 2".to_owned()),
        ..settings()
    };
    let growth = growth(&settings, 9);
    assert_eq!(growth.next, Some(600));
    assert_eq!(growth.formula, None);
}

#[test]
fn ban_time_by_the_usual_formula_doubles_twenty_times() {
    for (bans, expected) in [
        (0, 600),
        (1, 1_200),
        (2, 2_400),
        (3, 4_800),
        (20, 600 << 20),
        (21, 600 << 20),
        (1_000, 600 << 20),
    ] {
        assert_eq!(next_of(&settings(), bans), Some(expected), "{bans}");
    }
}

#[test]
fn ban_time_by_the_usual_formula_in_other_spacing_is_computed() {
    let settings = JailSettings {
        bantime_formula: Some(
            "ban.Time*(1 << (ban.Count if ban.Count<20 else 20))*banFactor".to_owned(),
        ),
        bantime_factor: Some("1.5".to_owned()),
        ..settings()
    };
    assert_eq!(next_of(&settings, 2), Some(3_600));
}

#[test]
fn ban_time_by_a_formula_is_never_shorter_than_the_first() {
    let settings = JailSettings {
        bantime_factor: Some("0.1".to_owned()),
        ..settings()
    };
    assert_eq!(next_of(&settings, 1), Some(600));
}

#[test]
fn ban_time_by_multipliers_goes_on_with_the_last() {
    let settings = JailSettings {
        bantime_multipliers: Some("1 5 30 60".to_owned()),
        bantime_formula: Some("ignored".to_owned()),
        ..settings()
    };
    for (bans, expected) in [(0, 600), (1, 3_000), (2, 18_000), (3, 36_000), (9, 36_000)] {
        assert_eq!(next_of(&settings, bans), Some(expected), "{bans}");
    }
    assert_eq!(growth(&settings, 1).formula, None);
}

#[test]
fn ban_time_ends_at_the_longest() {
    let settings = JailSettings {
        bantime_max_seconds: Some(3_000),
        ..settings()
    };
    assert_eq!(next_of(&settings, 1), Some(1_200));
    assert_eq!(next_of(&settings, 10), Some(3_000));
}

#[test]
fn ban_time_that_only_python_can_compute_is_shown_and_not_computed() {
    let formula = "ban.Time * math.exp(float(ban.Count+1)*banFactor)/math.exp(1*banFactor)";
    let own = JailSettings {
        bantime_formula: Some(formula.to_owned()),
        ..settings()
    };
    let own = growth(&own, 3);
    assert_eq!((own.next, own.formula.as_deref()), (None, Some(formula)));
    let factor = JailSettings {
        bantime_factor: Some("2.0 / 2.770".to_owned()),
        ..settings()
    };
    let factor = growth(&factor, 3);
    assert_eq!(factor.next, None);
    assert_eq!(factor.factor.as_deref(), Some("2.0 / 2.770"));
}

#[test]
fn ban_time_for_ever_does_not_grow() {
    let settings = JailSettings {
        bantime: Some(-1),
        ..settings()
    };
    assert_eq!(next_of(&settings, 5), Some(-1));
}

#[test]
fn ban_time_that_fail2ban_does_not_tell_is_unknown() {
    let settings = JailSettings {
        bantime: None,
        ..settings()
    };
    assert_eq!(next_of(&settings, 5), None);
}
