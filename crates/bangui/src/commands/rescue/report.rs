//! What is answered, as an object. Its names are promised to scripts.
use agent::rescue::{Found, InTable, JailBan};
use domain::{PathOutcome, PathVerdict};
use ipnet::IpNet;
use serde::Serialize;

use super::kept::{self, Kept, text};

/// What blocks somebody, and what was done about it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    /// Whom it is about, in canonical form.
    pub(super) target: String,
    /// What all of it comes to.
    pub(super) verdict: Verdict,
    /// fail2ban.
    pub(super) fail2ban: Fail2ban,
    /// BanGUI's own table and data.
    pub(super) bangui: Bangui,
    /// The whole packet filter; `null` for a network.
    pub(super) packet_filter: Option<PacketFilter>,
    /// What was done before this was looked at; `null` when nothing was to be done.
    pub(super) done: Option<Done>,
}

/// What all of it comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Verdict {
    /// Something blocks it.
    Blocked,
    /// All was asked, and nothing does.
    NotBlocked,
    /// Nothing was found that does, and not all could be asked.
    Unknown,
}

/// fail2ban.
#[derive(Debug, Serialize)]
pub(super) struct Fail2ban {
    /// Why it could not be asked.
    pub(super) problem: Option<String>,
    /// Its bans.
    pub(super) bans: Vec<UnbannedBody>,
}

/// A ban of a jail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct UnbannedBody {
    /// The jail. Hostile text.
    pub(super) jail: String,
    /// Whom it bans.
    pub(super) subject: String,
}

/// BanGUI's own table and data.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Bangui {
    /// Why the table could not be asked.
    pub(super) problem: Option<String>,
    /// Why the data could not be asked: reasons and names are missing then.
    pub(super) data_problem: Option<String>,
    /// Bans made by hand.
    pub(super) bans: Vec<OwnBanBody>,
    /// What lists block of it; `null` for nothing.
    pub(super) listed: Option<Listed>,
    /// The sources that it is on.
    pub(super) lists: Vec<String>,
    /// Whether the table lets it through, whatever else is in it.
    pub(super) let_through: bool,
    /// Whether it is kept on the allowlist.
    pub(super) allowed: bool,
}

/// What lists block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Listed {
    /// What comes from there.
    In,
    /// What goes there.
    Out,
    /// Both.
    Both,
}

/// A ban made by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OwnBanBody {
    /// Whom it bans.
    pub(super) subject: String,
    /// Whether the table holds it; one that is kept and not held comes back when the table is loaded.
    pub(super) in_force: bool,
    /// For how long still; `null` is for ever.
    pub(super) remaining_seconds: Option<u64>,
    /// Who made it; `null` where that is not known.
    pub(super) by: Option<String>,
    /// Why. Hostile text.
    pub(super) reason: Option<String>,
}

/// The whole packet filter.
#[derive(Debug, Serialize)]
pub(super) struct PacketFilter {
    /// Why it could not be asked.
    pub(super) problem: Option<String>,
    /// What becomes of new packets, way by way.
    pub(super) verdicts: Vec<PathVerdict>,
}

/// What was done.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Done {
    /// Bans of fail2ban that ended.
    pub(super) unbanned: Vec<UnbannedBody>,
    /// Bans made by hand that ended in the table.
    pub(super) ended: Vec<String>,
    /// How many bans made by hand were ended in BanGUI's own data.
    pub(super) ended_kept: usize,
    /// The jails that ignore it now.
    pub(super) ignored_by: Vec<String>,
    /// Whether BanGUI's table was told to let it through.
    pub(super) let_through: bool,
    /// Whether it is kept on the allowlist.
    pub(super) remembered: bool,
    /// What was not done, in plain words.
    pub(super) problems: Vec<String>,
}

impl Report {
    pub(super) fn of(network: IpNet, found: Found) -> Self {
        let verdict = verdict(&found);
        let (problem, bans) = apart(found.jails);
        let fail2ban = Fail2ban {
            problem,
            bans: bans.iter().map(UnbannedBody::of).collect(),
        };
        let (problem, table) = apart(found.table);
        Self {
            target: text(network),
            verdict,
            fail2ban,
            bangui: Bangui::of(problem, &table),
            packet_filter: found.verdicts.map(|verdicts| {
                let (problem, verdicts) = apart(verdicts);
                PacketFilter { problem, verdicts }
            }),
            done: None,
        }
    }
}

fn apart<T: Default>(told: Result<T, String>) -> (Option<String>, T) {
    match told {
        Ok(told) => (None, told),
        Err(problem) => (Some(problem), T::default()),
    }
}

fn verdict(found: &Found) -> Verdict {
    let outcomes = || match &found.verdicts {
        Some(Ok(verdicts)) => verdicts.as_slice(),
        _ => &[],
    };
    let any = |wanted| outcomes().iter().any(|path| path.outcome == wanted);
    let jails = found.jails.as_ref().is_ok_and(|bans| !bans.is_empty());
    let table = found.table.as_ref().is_ok_and(blocks);
    if jails || table || any(PathOutcome::Blocked) {
        return Verdict::Blocked;
    }
    let not_asked = found.jails.is_err()
        || found.table.is_err()
        || found.verdicts.as_ref().is_some_and(Result::is_err)
        || any(PathOutcome::CannotTell);
    if not_asked {
        Verdict::Unknown
    } else {
        Verdict::NotBlocked
    }
}

fn blocks(table: &InTable) -> bool {
    let holds = !table.bans.is_empty() || table.blocked || table.blocked_out;
    holds && table.allowed.is_empty()
}

impl UnbannedBody {
    fn of(ban: &JailBan) -> Self {
        Self {
            jail: ban.jail.clone(),
            subject: text(ban.network),
        }
    }
}

impl Bangui {
    fn of(problem: Option<String>, table: &InTable) -> Self {
        let bans = table.bans.iter().map(|ban| OwnBanBody {
            subject: text(ban.network),
            in_force: true,
            remaining_seconds: ban.remaining.map(|left| left.as_secs()),
            by: None,
            reason: None,
        });
        Self {
            problem,
            bans: bans.collect(),
            listed: match (table.blocked, table.blocked_out) {
                (true, true) => Some(Listed::Both),
                (true, false) => Some(Listed::In),
                (false, true) => Some(Listed::Out),
                (false, false) => None,
            },
            let_through: !table.allowed.is_empty(),
            ..Self::default()
        }
    }

    /// Puts in what is kept: reasons, names, and bans that are not in the table.
    pub(super) async fn know(&mut self, kept: &Kept, network: IpNet) {
        if let Err(problem) = self.try_know(kept, network).await {
            self.data_problem = Some(problem);
        }
    }

    async fn try_know(&mut self, kept: &Kept, network: IpNet) -> Result<(), String> {
        for ban in kept.bans(network).await? {
            let subject = text(ban.ban.network);
            let by = Some(ban.ban.by.to_string());
            let reason = Some(ban.ban.reason.as_str().to_owned()).filter(|text| !text.is_empty());
            match self.bans.iter_mut().find(|held| held.subject == subject) {
                Some(held) => (held.by, held.reason) = (by, reason),
                None => self.bans.push(OwnBanBody {
                    subject,
                    in_force: false,
                    remaining_seconds: kept::remaining_seconds(&ban),
                    by,
                    reason,
                }),
            }
        }
        self.allowed = !kept.allowed(network).await?.is_empty();
        if self.listed.is_some() {
            self.lists = kept.lists_with(network).await?;
        }
        Ok(())
    }
}

impl Done {
    /// Takes over what a part did, or its problem.
    pub(super) fn take<T>(&mut self, told: Result<T, String>, did: impl FnOnce(&mut Self, T)) {
        match told {
            Ok(told) => did(self, told),
            Err(problem) => {
                if !self.problems.contains(&problem) {
                    self.problems.push(problem);
                }
            }
        }
    }

    /// What is gone ended.
    pub(super) fn compare(&mut self, before: &Found, after: &Found) {
        if let (Ok(before), Ok(after)) = (&before.jails, &after.jails) {
            let ended = before.iter().filter(|ban| !after.contains(ban));
            self.unbanned = ended.map(UnbannedBody::of).collect();
        }
        if let (Ok(before), Ok(after)) = (&before.table, &after.table) {
            let is_left = |network| after.bans.iter().any(|ban| ban.network == network);
            let ended = before.bans.iter().map(|ban| ban.network);
            self.ended = ended
                .filter(|network| !is_left(*network))
                .map(text)
                .collect();
        }
    }

    /// Whether something was not done.
    pub(super) fn is_in_part(&self) -> bool {
        !self.problems.is_empty()
    }
}

#[cfg(test)]
mod tests;
