use domain::VerdictRule;

use super::*;
use crate::commands::rescue::report::{Fail2ban, PacketFilter, UnbannedBody};

fn report() -> Report {
    Report {
        target: "192.0.2.7".to_owned(),
        verdict: Verdict::NotBlocked,
        fail2ban: Fail2ban {
            problem: None,
            bans: Vec::new(),
        },
        bangui: Bangui::default(),
        packet_filter: None,
        done: None,
    }
}

#[test]
fn nothing_that_blocks_is_one_line() {
    assert_eq!(of(&report()), "Nothing blocks 192.0.2.7.\n");
}

#[test]
fn rules_of_others_are_told_with_where_they_are_and_what_they_count_for() {
    let rule = VerdictRule {
        scope: None,
        table: "inet filter".to_owned(),
        chain: "input".to_owned(),
        text: "ip saddr 192.0.2.0/24 drop".to_owned(),
        packets: Some(3),
        bytes: None,
    };
    let blocked = PathVerdict {
        path: FirewallPath::Host,
        outcome: PathOutcome::Blocked,
        scope: Some(domain::PortScope {
            all_but: false,
            services: vec!["tcp 22".to_owned()],
        }),
        closed: None,
        rules: vec![rule],
        unsure: Vec::new(),
    };
    let open = PathVerdict {
        path: FirewallPath::Forwarded,
        outcome: PathOutcome::NotBlocked,
        rules: Vec::new(),
        ..blocked.clone()
    };
    let report = Report {
        verdict: Verdict::Blocked,
        packet_filter: Some(PacketFilter {
            problem: None,
            verdicts: vec![blocked, open],
        }),
        ..report()
    };
    assert_eq!(
        of(&report),
        "192.0.2.7 is blocked.\n  \
         New connections to this machine (tcp 22) are dropped\n    \
         by inet filter input: ip saddr 192.0.2.0/24 drop\n\
         No ban of fail2ban or BanGUI does this: change the rules that are named.\n"
    );
}

#[test]
fn text_of_others_commands_no_terminal() {
    let ban = UnbannedBody {
        jail: "a\u{1b}[2J\u{9b}1m\u{202e}\nb".to_owned(),
        subject: "192.0.2.0/24".to_owned(),
    };
    let report = Report {
        verdict: Verdict::Blocked,
        fail2ban: Fail2ban {
            problem: None,
            bans: vec![ban],
        },
        ..report()
    };
    let words = of(&report);
    let said = words.lines().nth(1).unwrap();
    assert_eq!(
        said,
        "  fail2ban's jail a\u{fffd}[2J\u{fffd}1m\u{fffd}\u{fffd}b bans 192.0.2.0/24, which holds it"
    );
}
