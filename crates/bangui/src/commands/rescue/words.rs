//! What a person at a terminal reads.
use std::fmt::Write as _;

use domain::{FirewallPath, PathOutcome, PathVerdict};

use super::report::{Bangui, Done, Listed, OwnBanBody, Report, Verdict};

/// The report in words, a line each.
pub(super) fn of(report: &Report) -> String {
    let mut text = String::new();
    if let Some(done) = &report.done {
        did(&mut text, done);
    }
    let target = &report.target;
    let _ = match report.verdict {
        Verdict::Blocked => writeln!(text, "{target} is blocked."),
        Verdict::NotBlocked => writeln!(text, "Nothing blocks {target}."),
        Verdict::Unknown => writeln!(
            text,
            "Nothing was found that blocks {target}, but not everything could be asked."
        ),
    };
    for ban in &report.fail2ban.bans {
        let subject = held(&ban.subject, target);
        line(
            &mut text,
            &format!("fail2ban's jail {} bans {subject}", ban.jail),
        );
    }
    table(&mut text, target, &report.bangui);
    if let Some(filter) = &report.packet_filter {
        for verdict in &filter.verdicts {
            path(&mut text, verdict);
        }
    }
    problems(&mut text, report);
    advice(&mut text, report);
    text
}

/// Something that is found: below what it comes to.
fn line(text: &mut String, words: &str) {
    text.push_str("  ");
    deed(text, words);
}

/// What comes from elsewhere must not command the terminal.
fn deed(text: &mut String, words: &str) {
    let visible = words.chars().map(|c| if hides(c) { '\u{fffd}' } else { c });
    text.extend(visible);
    text.push('\n');
}

/// Commands to the terminal, and marks that turn the direction of writing.
fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `192.0.2.7`, or `192.0.2.0/24, which holds it`.
fn held(subject: &str, target: &str) -> String {
    match (subject == target, target.contains('/')) {
        (true, _) => subject.to_owned(),
        (false, false) => format!("{subject}, which holds it"),
        (false, true) => format!("{subject}, which has addresses in common with it"),
    }
}

fn did(text: &mut String, done: &Done) {
    for ban in &done.unbanned {
        deed(
            text,
            &format!("Unbanned {} in fail2ban's jail {}", ban.subject, ban.jail),
        );
    }
    for subject in &done.ended {
        deed(text, &format!("Unbanned {subject} in BanGUI's own table"));
    }
    if done.ended_kept > 0 {
        let bans = count(done.ended_kept, "ban", "bans");
        deed(text, &format!("Ended {bans} in BanGUI's own data"));
    }
    if !done.ignored_by.is_empty() {
        let jails = count(done.ignored_by.len(), "running jail", "running jails");
        deed(text, &format!("Ignored from now on by {jails}"));
    }
    if done.let_through {
        deed(text, "Let through by BanGUI's own table");
    }
    if done.remembered {
        deed(text, "Kept on the allowlist");
    }
    for problem in &done.problems {
        deed(text, &format!("Not done: {problem}"));
    }
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn table(text: &mut String, target: &str, bangui: &Bangui) {
    for ban in &bangui.bans {
        line(text, &own_ban(ban, target));
    }
    let lists = match bangui.lists.as_slice() {
        [] => "a list".to_owned(),
        [one] => format!("the list {one}"),
        many => format!("the lists {}", many.join(", ")),
    };
    let listed = match bangui.listed {
        Some(Listed::In) => Some("blocks what comes from it"),
        Some(Listed::Out) => Some("blocks what goes to it"),
        Some(Listed::Both) => Some("blocks it in both directions"),
        None => None,
    };
    if let Some(blocks) = listed {
        line(text, &format!("BanGUI {blocks}, because of {lists}"));
    }
    match (bangui.let_through, bangui.allowed) {
        (true, _) => line(
            text,
            "BanGUI's allowlist lets it through, whatever else its table holds",
        ),
        (false, true) => line(text, "It is on BanGUI's allowlist, which is not in force"),
        (false, false) => {}
    }
}

fn own_ban(ban: &OwnBanBody, target: &str) -> String {
    let mut words = format!("BanGUI bans {}", held(&ban.subject, target));
    if !ban.in_force {
        words.push_str(" (kept, and not in force)");
    } else if let Some(seconds) = ban.remaining_seconds {
        let _ = write!(words, ", for {seconds} s more");
    }
    if let Some(by) = &ban.by {
        let _ = write!(words, ", by {by}");
    }
    if let Some(reason) = &ban.reason {
        let _ = write!(words, ": {reason}");
    }
    words
}

fn path(text: &mut String, verdict: &PathVerdict) {
    let way = match verdict.path {
        FirewallPath::Host => "to this machine",
        FirewallPath::Forwarded => "through this machine",
        FirewallPath::Published => "to published ports of containers",
    };
    let outcome = match verdict.outcome {
        PathOutcome::Blocked => "are dropped",
        PathOutcome::NotBlocked => return,
        PathOutcome::CannotTell => "may be dropped; that cannot be told for sure",
    };
    let ports = verdict.scope.as_ref();
    let ports = ports.map(|scope| format!(" ({scope})")).unwrap_or_default();
    line(text, &format!("New connections {way}{ports} {outcome}"));
    for rule in &verdict.rules {
        line(
            text,
            &format!("  by {} {}: {}", rule.table, rule.chain, rule.text),
        );
    }
    for doubt in &verdict.unsure {
        line(text, &format!("  in doubt: {doubt}"));
    }
}

fn problems(text: &mut String, report: &Report) {
    let bangui = &report.bangui;
    let filter = report.packet_filter.as_ref();
    for (what, problem) in [
        ("fail2ban", &report.fail2ban.problem),
        ("BanGUI's own table", &bangui.problem),
        ("BanGUI's own data", &bangui.data_problem),
        (
            "the packet filter",
            &filter.and_then(|filter| filter.problem.clone()),
        ),
    ] {
        if let Some(problem) = problem {
            line(text, &format!("Not asked: {what}: {problem}"));
        }
    }
    let is_in_part = report.verdict == Verdict::Unknown || bangui.data_problem.is_some();
    if is_in_part && !rustix::process::geteuid().is_root() {
        line(text, "Run it as root to have all of it asked.");
    }
}

fn advice(text: &mut String, report: &Report) {
    let target = &report.target;
    let bans = !report.fail2ban.bans.is_empty() || !report.bangui.bans.is_empty();
    let listed = report.bangui.listed.is_some();
    if report.verdict != Verdict::Blocked {
        return;
    }
    if bans && report.done.is_none() {
        let _ = writeln!(text, "End its bans:        bangui rescue unban {target}");
    }
    if bans || listed {
        let _ = writeln!(text, "Let it in for good:  bangui rescue allow {target}");
    } else {
        let _ = writeln!(
            text,
            "No ban of fail2ban or BanGUI does this: change the rules that are named."
        );
    }
}

#[cfg(test)]
mod tests;
