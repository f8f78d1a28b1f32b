//! A ruleset, tried: packets must agree with all verdicts, and the verdicts about all services must say what is expected.
use firewall::truth::{
    Outcome::{self, Blocked},
    Path, Rulesets, Verdict,
};

use crate::{
    ground::{Ground, SENDERS},
    probes::{tcp, udp},
};

pub(crate) const BAD: &str = SENDERS[0];
pub(crate) const OTHER: &str = SENDERS[1];
pub(crate) const NEAR: &str = SENDERS[2];
pub(crate) const INNER: &str = SENDERS[3];
pub(crate) const BAD_V6: &str = SENDERS[4];
pub(crate) const OTHER_V6: &str = SENDERS[5];

/// What a verdict about all services must say: the outcome, and what is blocked.
pub(crate) type Expected = (&'static str, Path, Outcome, &'static str);

/// Tries a ruleset: packets must agree with all verdicts, and as many as said must be certain.
pub(crate) async fn try_out(ground: &Ground, unsure: &[&str], expected: &[Expected]) {
    let services = [
        tcp(22),
        tcp(80),
        tcp(443),
        tcp(2222),
        tcp(8080),
        udp(53),
        udp(8080),
    ];
    let tally = ground.try_all(&SENDERS, &services).await;
    assert!(tally.wrong.is_empty(), "{}", tally.wrong);
    for reason in &tally.unsure {
        let known = unsure.iter().any(|known| reason.contains(known));
        assert!(known, "cannot tell: {reason}");
    }
    for known in unsure {
        let said = tally.unsure.iter().any(|reason| reason.contains(known));
        assert!(said, "nothing is unsure about {known}");
    }
    let rulesets = Rulesets::read(&ground.host.place()).await.unwrap();
    for (source, path, outcome, scope) in expected {
        let verdicts = rulesets.verdicts(source.parse().unwrap()).await.unwrap();
        let verdict = verdicts.iter().find(|one| one.path == *path);
        let verdict = verdict.unwrap_or_else(|| panic!("nothing about {path}"));
        assert_eq!(
            (verdict.outcome, verdict.scope.to_string().as_str()),
            (*outcome, *scope),
            "{source} {path}: {verdict:#?}"
        );
        assert_because(verdict);
    }
    println!(
        "{} verdicts certain, {} not, {} about other ways",
        tally.certain,
        tally.unsure.len(),
        tally.elsewhere
    );
}

/// What is blocked has a rule, with its text.
fn assert_because(verdict: &Verdict) {
    let named = verdict.because.iter().all(|because| {
        let rule = &because.rule;
        !rule.text.is_empty() && !rule.table.is_empty() && !rule.chain.is_empty()
    });
    assert!(named, "{verdict:#?}");
    assert_eq!(verdict.outcome == Blocked, !verdict.because.is_empty());
}

pub(crate) async fn try_nft(ruleset: &str, unsure: &[&str], expected: &[Expected]) {
    let ground = Ground::make();
    ground.host.nft(ruleset);
    try_out(&ground, unsure, expected).await;
}

pub(crate) async fn try_shell(lines: &str, unsure: &[&str], expected: &[Expected]) {
    let ground = Ground::make();
    ground.host.shell(lines);
    try_out(&ground, unsure, expected).await;
}
