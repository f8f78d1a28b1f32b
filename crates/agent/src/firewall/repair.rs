//! Putting right what a jail bans and the packet filter does not block, by the jail's own actions.
use domain::{
    BanCommand, BanOutcome, BanSubject, FirewallError, JailName, MAX_TARGETS_PER_COMMAND,
    UnbanCommand, UnbanScope,
};
use ipnet::IpNet;

use crate::{bans, core::Core};

/// Bans anew who is banned and not blocked, and takes out who is blocked and not banned. fail2ban does nothing for a ban that it has already, so each is ended and begun.
pub(super) async fn jail(
    core: &Core,
    jail: &JailName,
    missing: &[BanSubject],
    excess: &[IpNet],
) -> Result<u64, FirewallError> {
    let missing: Vec<IpNet> = missing
        .iter()
        .filter_map(|subject| match subject {
            BanSubject::Network(network) => Some(*network),
            BanSubject::Other(_) => None,
        })
        .collect();
    // Some were banned, and some bans ended, since it was looked at: the daemon knows.
    let missing = bans::held_of(core, jail, &missing, true).await?;
    let excess = bans::held_of(core, jail, excess, false).await?;
    let mut done = 0;
    for part in missing.chunks(MAX_TARGETS_PER_COMMAND) {
        unban(core, jail, part).await?;
        done += ban(core, jail, part).await?;
    }
    for part in excess.chunks(MAX_TARGETS_PER_COMMAND) {
        done += ban(core, jail, part).await?;
        unban(core, jail, part).await?;
    }
    Ok(done)
}

async fn ban(core: &Core, jail: &JailName, targets: &[IpNet]) -> Result<u64, FirewallError> {
    let command = BanCommand {
        jail: jail.clone(),
        targets: targets.to_vec(),
        requester: None,
        confirm_own_address: false,
        for_list: false,
    };
    let report = bans::ban(core, &command).await?;
    let banned = report
        .results
        .iter()
        .filter(|result| result.outcome == BanOutcome::Banned);
    Ok(u64::try_from(banned.count()).unwrap_or(u64::MAX))
}

async fn unban(core: &Core, jail: &JailName, targets: &[IpNet]) -> Result<(), FirewallError> {
    let command = UnbanCommand {
        scope: UnbanScope::Jail(jail.clone()),
        subjects: targets.iter().copied().map(BanSubject::Network).collect(),
    };
    bans::unban(core, &command).await?;
    Ok(())
}
