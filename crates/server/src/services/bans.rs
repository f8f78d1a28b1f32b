//! Banning and unbanning: short orders at once, long ones as jobs.
mod check;
mod create;
mod list;
mod remove;

use std::ops::AddAssign;

use domain::{BanOutcome, BanReport, BanSubject, Outcome, UnbanReport};
use ipnet::IpNet;
use serde::Serialize;
use serde_json::{Value, json};

pub(crate) use check::{CheckOutcome, CheckedLine, check};
pub(crate) use create::{BanAnswer, BanOrder, create};
pub(crate) use list::covers;
pub(crate) use remove::{UnbanAnswer, UnbanOrder, UnbanResultOf, clear, remove};

use crate::{
    problem::{Code, HitBody, Problem, TargetHits},
    services::audit::MAX_NAMED,
};

/// The most targets of one order to the host: fail2ban answers nobody else while it bans (a fifth of a second and more for 20 addresses with nftables).
pub(crate) const CHUNK: usize = 20;
/// The most targets of one request.
pub(crate) const MAX_TARGETS: usize = 10_000;
/// The most errors and hits that one problem names.
pub(crate) const MAX_ERRORS: usize = 100;

/// How many targets came to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BanCounts {
    /// Banned now, and not before.
    pub(crate) banned: usize,
    /// Banned before.
    pub(crate) already_banned: usize,
    /// Refused by the lock-out guard.
    pub(crate) refused: usize,
    /// Taken by the daemon, and not listed.
    pub(crate) not_listed: usize,
}

impl BanCounts {
    /// In one word.
    pub(crate) const fn outcome(self) -> Outcome {
        let good = self.banned + self.already_banned;
        match (good, self.refused, self.not_listed) {
            (_, 0, 0) => Outcome::Success,
            (0, _, 0) => Outcome::Refused,
            (0, _, _) => Outcome::Failed,
            _ => Outcome::Partial,
        }
    }
}

impl AddAssign for BanCounts {
    fn add_assign(&mut self, other: Self) {
        self.banned = self.banned.saturating_add(other.banned);
        self.already_banned = self.already_banned.saturating_add(other.already_banned);
        self.refused = self.refused.saturating_add(other.refused);
        self.not_listed = self.not_listed.saturating_add(other.not_listed);
    }
}

/// What a part of a ban came to.
#[derive(Debug, Clone, Default)]
pub(crate) struct BanProgress {
    /// How many targets were seen to.
    pub(crate) done: usize,
    /// What became of them.
    pub(crate) counts: BanCounts,
    /// What was refused, and why.
    pub(crate) refused: Vec<TargetHits>,
}

impl BanProgress {
    /// Counts a report.
    pub(crate) fn of(report: &BanReport) -> Self {
        let mut progress = Self {
            done: report.results.len(),
            ..Self::default()
        };
        for result in &report.results {
            match &result.outcome {
                BanOutcome::Banned => progress.counts.banned += 1,
                BanOutcome::AlreadyBanned => progress.counts.already_banned += 1,
                BanOutcome::NotListed => progress.counts.not_listed += 1,
                BanOutcome::Refused(hits) => {
                    progress.counts.refused += 1;
                    progress.refused.push(TargetHits {
                        target: text_of(result.target),
                        hits: hits.iter().map(HitBody::from).collect(),
                    });
                }
            }
        }
        progress
    }
}

/// How many bans an unban ended: one for each jail.
pub(crate) fn unbanned_count(report: &UnbanReport) -> usize {
    report
        .results
        .iter()
        .map(|result| result.unbanned_in.len())
        .sum()
}

/// A target as fail2ban writes it: a single address has no prefix length.
pub(crate) fn text_of(target: IpNet) -> String {
    BanSubject::Network(target).to_string()
}

/// The problem of an order of which nothing was allowed.
fn locked_out(mut hits: Vec<TargetHits>) -> Problem {
    hits.truncate(MAX_ERRORS);
    Problem::new(Code::LockOutGuard)
        .detail(
            "Nothing was banned: each target would cut off an address that must stay reachable.",
        )
        .hits(hits)
}

/// The most characters of a name in the audit log; no address is longer, text that a filter captured may be.
const MAX_NAME_CHARS: usize = 200;

fn cut(name: &str) -> String {
    name.chars().take(MAX_NAME_CHARS).collect()
}

/// Names of an entry in the audit log: the first [`MAX_NAMED`], and how many more.
fn named(names: &[String]) -> Value {
    let shown: Vec<String> = names.iter().take(MAX_NAMED).map(|name| cut(name)).collect();
    match names.len().saturating_sub(MAX_NAMED) {
        0 => json!({ "targets": shown }),
        more => json!({ "targets": shown, "moreTargets": more }),
    }
}

/// What an entry in the audit log is about, in few words.
fn target_of(names: &[String]) -> String {
    match names {
        [one] => cut(one),
        many => format!("{} addresses", many.len()),
    }
}

/// Too many targets in one request.
fn too_many() -> Problem {
    Problem::new(Code::TooManyTargets)
        .detail(format!("One request may have {MAX_TARGETS} targets."))
        .remedy("Send the rest in another request.")
}
