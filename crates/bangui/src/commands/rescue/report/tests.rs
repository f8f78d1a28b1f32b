use domain::{BlockedBan, FirewallPath};

use super::*;

fn network() -> IpNet {
    "192.0.2.7/32".parse().unwrap()
}

fn nothing() -> Found {
    Found {
        jails: Ok(Vec::new()),
        table: Ok(InTable::default()),
        verdicts: Some(Ok(vec![path(PathOutcome::NotBlocked)])),
    }
}

fn path(outcome: PathOutcome) -> PathVerdict {
    PathVerdict {
        path: FirewallPath::Host,
        outcome,
        scope: None,
        closed: None,
        rules: Vec::new(),
        unsure: Vec::new(),
    }
}

fn table(adapt: impl FnOnce(&mut InTable)) -> Found {
    let mut table = InTable::default();
    adapt(&mut table);
    Found {
        table: Ok(table),
        ..nothing()
    }
}

fn banned(table: &mut InTable) {
    table.bans.push(BlockedBan {
        network: network(),
        remaining: None,
        confirmed: None,
    });
}

#[test]
fn verdict_is_blocked_where_any_part_blocks_whatever_the_others_say() {
    let jail = JailBan {
        jail: "sshd".to_owned(),
        network: network(),
    };
    let gone = || Err("gone".to_owned());
    for found in [
        Found {
            jails: Ok(vec![jail]),
            table: Err("gone".to_owned()),
            ..nothing()
        },
        Found {
            jails: Err("gone".to_owned()),
            ..table(banned)
        },
        table(|table| table.blocked = true),
        table(|table| table.blocked_out = true),
        Found {
            jails: gone().map(|()| Vec::new()),
            verdicts: Some(Ok(vec![
                path(PathOutcome::NotBlocked),
                path(PathOutcome::Blocked),
            ])),
            ..nothing()
        },
    ] {
        assert_eq!(verdict(&found), Verdict::Blocked, "{found:?}");
    }
}

#[test]
fn verdict_is_not_blocked_where_all_was_asked_or_the_table_lets_it_through() {
    assert_eq!(verdict(&nothing()), Verdict::NotBlocked);
    let of_a_network = Found {
        verdicts: None,
        ..nothing()
    };
    assert_eq!(verdict(&of_a_network), Verdict::NotBlocked);
    let allowed = table(|table| {
        banned(table);
        table.blocked = true;
        table.allowed.push(network());
    });
    assert_eq!(verdict(&allowed), Verdict::NotBlocked);
}

#[test]
fn verdict_is_unknown_where_a_part_could_not_be_asked_or_cannot_tell() {
    for found in [
        Found {
            jails: Err("gone".to_owned()),
            ..nothing()
        },
        Found {
            table: Err("gone".to_owned()),
            ..nothing()
        },
        Found {
            verdicts: Some(Err("gone".to_owned())),
            ..nothing()
        },
        Found {
            verdicts: Some(Ok(vec![path(PathOutcome::CannotTell)])),
            ..nothing()
        },
    ] {
        assert_eq!(verdict(&found), Verdict::Unknown, "{found:?}");
    }
}

#[test]
fn same_problem_of_two_parts_is_told_once() {
    let mut done = Done::default();
    for _ in 0..2 {
        done.take(Err::<(), _>("gone".to_owned()), |_, ()| {});
    }
    done.take(Ok(3), |done, ended| done.ended_kept = ended);
    assert_eq!((done.problems.len(), done.ended_kept), (1, 3));
    assert!(done.is_in_part());
}
