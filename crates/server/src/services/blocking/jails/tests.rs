use domain::{BanResult, GuardHit};

use super::*;

#[test]
fn progress_counts_as_banned_only_what_is() {
    let result = |outcome| BanResult {
        target: "198.51.100.7/32".parse().unwrap(),
        outcome,
    };
    let hit = GuardHit {
        reason: GuardReason::Gateway,
        address: [198, 51, 100, 7].into(),
    };
    let mut progress = JailProgress::default();
    progress.add(&BanReport {
        results: vec![
            result(BanOutcome::Banned),
            result(BanOutcome::AlreadyBanned),
            result(BanOutcome::Refused(vec![hit])),
            result(BanOutcome::NotListed),
        ],
    });
    assert_eq!((progress.banned, progress.not_listed), (2, 1));
    assert_eq!(
        (progress.refused, progress.refused_as),
        (1, Some(GuardReason::Gateway))
    );
}

#[test]
fn jail_for_lists_is_told_by_its_name() {
    for (name, is) in [
        ("bangui-drop", true),
        ("bangui-", false),
        ("sshd", false),
        ("bangui-with-a-name-too-long", false),
    ] {
        assert_eq!(is_for_lists(&name.parse().unwrap()), is, "{name}");
    }
}

#[test]
fn next_order_is_as_long_as_the_daemon_may_be_kept() {
    for (last, millis, next) in [
        (1, 20, 5),
        (1, 400, 1),
        (20, 100, 20),
        (20, 1000, 2),
        (5, 0, 20),
    ] {
        let took = Duration::from_millis(millis);
        assert_eq!(next_size(last, took), next, "{last} in {millis} ms");
    }
}
