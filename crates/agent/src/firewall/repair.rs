//! Putting right what a jail bans and the packet filter does not block, by the jail's own actions.
use std::collections::HashSet;

use domain::{
    BanOutcome, BanSubject, FirewallError, HostError, JailName, RepairReport, UnbanCommand,
    UnbanScope, Why,
};
use firewall::truth::{JailDoubt, JailDrift};
use ipnet::IpNet;

use super::{actions, truth};
use crate::{bans, core::Core, guard, link::Link};

/// How many are unbanned before they are banned again: so many are free where the daemon dies in between. Its actions take it up to a second for them.
const GROUP: usize = 10;

/// Bans anew who is banned and not blocked, and takes out who is blocked and not banned. fail2ban does nothing for a ban that it has already, so each is ended and begun.
pub(super) async fn jail(
    core: &Core,
    jail: &JailName,
    missing: &[BanSubject],
    excess: &[IpNet],
) -> Result<RepairReport, FirewallError> {
    let link = core.link();
    core.needs_running(&link, jail).await?;
    let Some(now) = truth::drift_of(core, jail).await? else {
        return Ok(RepairReport::default());
    };
    let missing: Vec<IpNet> = missing
        .iter()
        .filter_map(|subject| match subject {
            BanSubject::Network(network) => Some(*network),
            BanSubject::Other(_) => None,
        })
        .collect();
    // Some were banned, and some bans ended, since it was looked at: the kernel and the daemon know.
    let missing = bans::held_of(core, jail, &both(&missing, &now.missing), true).await?;
    let excess = bans::held_of(core, jail, &both(excess, &now.excess), false).await?;
    let (mut spared, mut missing) = guarded(core, &missing).await?;
    if !missing.is_empty() && is_out_of_force(&now) {
        start_actions_anew(&link, jail).await;
        // An action that is stopped takes out all that it held, of both families: more is missing now than was asked for.
        let now = truth::drift_of(core, jail).await?;
        let gone = now.map(|now| now.missing).unwrap_or_default();
        let held = bans::held_of(core, jail, &gone, true).await?;
        (spared, missing) = guarded(core, &held).await?;
    }
    let mut repair = Repair {
        core,
        link: &link,
        jail,
        report: RepairReport {
            spared,
            ..RepairReport::default()
        },
    };
    for group in missing.chunks(GROUP) {
        if let Err(error) = repair.ban_anew(group).await {
            repair.report.failed = Some(Why::from(&error));
            return Ok(repair.report);
        }
    }
    for group in excess.chunks(GROUP) {
        if let Err(error) = repair.take_out(group).await {
            repair.report.failed = Some(Why::from(&error));
            return Ok(repair.report);
        }
    }
    Ok(repair.report)
}

/// What was asked for and is so now.
fn both(asked: &[IpNet], now: &[IpNet]) -> Vec<IpNet> {
    let now: HashSet<&IpNet> = now.iter().collect();
    let asked = asked.iter().filter(|network| now.contains(network));
    asked.copied().collect()
}

/// Whether no rule asks the jail's sets or chains: then bans alone change nothing, for the action finds its set and looks no further.
fn is_out_of_force(drift: &JailDrift) -> bool {
    let is_it = |doubt: &JailDoubt| matches!(doubt, JailDoubt::NotInForce { .. });
    drift.unsure.iter().any(is_it)
}

/// Who must not be banned, and who may be. Asked before anybody is unbanned: who is to be spared is then left as they are.
async fn guarded(
    core: &Core,
    networks: &[IpNet],
) -> Result<(Vec<IpNet>, Vec<IpNet>), FirewallError> {
    let protected = core.guard.protected_now().await?;
    let is_spared =
        |network: &IpNet| guard::refuses(&guard::hits(*network, None, &protected), false);
    let (spared, others): (Vec<IpNet>, Vec<IpNet>) = networks.iter().partition(|n| is_spared(n));
    if !spared.is_empty() {
        tracing::warn!(
            spared = spared.len(),
            "banned and not blocked, and left so: they must stay reachable"
        );
    }
    Ok((spared, others))
}

struct Repair<'a> {
    core: &'a Core,
    link: &'a Link,
    jail: &'a JailName,
    report: RepairReport,
}

async fn start_actions_anew(link: &Link, jail: &JailName) {
    let jail = jail.as_str();
    for action in actions::understood(link, jail).await {
        actions::start_anew(link, jail, &action.name).await;
    }
}

impl Repair<'_> {
    /// Whether it went wrong or not, whoever was unbanned is banned again, or told to be lost.
    async fn ban_anew(&mut self, group: &[IpNet]) -> Result<(), HostError> {
        let unbanned = self.unban(group).await;
        let banned = match self.ban(group).await {
            // Once more: an answer that was lost says nothing.
            Err(_) => self.ban(group).await,
            banned => banned,
        };
        match banned {
            Ok(left) => {
                self.report.done += count(group.len() - left.len());
                self.report.lost.extend(left);
                unbanned
            }
            Err(error) => {
                self.report.lost.extend(group);
                Err(error)
            }
        }
    }

    /// By a ban, as the jail's action takes out nobody whom fail2ban does not know. The guard has no say: they are blocked already, and this frees them.
    async fn take_out(&mut self, group: &[IpNet]) -> Result<(), HostError> {
        let banned = self.ban(group).await;
        let unbanned = match self.unban(group).await {
            Err(_) => self.unban(group).await,
            unbanned => unbanned,
        };
        if let Err(error) = unbanned {
            self.report.stuck.extend(group);
            return Err(error);
        }
        self.report.done += count(group.len() - banned?.len());
        Ok(())
    }

    /// Bans; answers who is not banned after it.
    async fn ban(&self, group: &[IpNet]) -> Result<Vec<IpNet>, HostError> {
        let outcomes = bans::ban_allowed(self.core, self.link, self.jail, group, false).await?;
        let is_banned = |network: &&IpNet| {
            let outcome = outcomes.get(*network);
            matches!(
                outcome,
                Some(BanOutcome::Banned | BanOutcome::AlreadyBanned)
            )
        };
        Ok(group.iter().filter(|n| !is_banned(n)).copied().collect())
    }

    async fn unban(&self, group: &[IpNet]) -> Result<(), HostError> {
        let command = UnbanCommand {
            scope: UnbanScope::Jail(self.jail.clone()),
            subjects: group.iter().copied().map(BanSubject::Network).collect(),
        };
        bans::unban(self.core, &command).await.map(|_| ())
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
