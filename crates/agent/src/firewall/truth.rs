//! What the packet filter really does, in the words of the port.
use std::net::IpAddr;

use domain::{
    BanSubject, FirewallError, FirewallPath, JailDrift, PathOutcome, PathVerdict, PortScope,
    VerdictRule,
};
use firewall::truth::{Backing, JailBans, Outcome, Path, RuleRef, Rulesets, Scope, Verdict};

use super::{
    PacketFilter,
    reasons::{of_jail, of_packet, unread},
};
use crate::core::Core;

/// What becomes of new packets of an address, on all ways.
pub(super) async fn verdicts(
    filter: &PacketFilter,
    address: IpAddr,
) -> Result<Vec<PathVerdict>, FirewallError> {
    let _turn = filter.turn().await?;
    let rulesets = Rulesets::read(filter.place()?).await.map_err(unread)?;
    let verdicts = rulesets.verdicts(address).await.map_err(unread)?;
    Ok(verdicts.into_iter().map(told).collect())
}

/// Compares what jails ban with what is blocked.
///
/// # Errors
/// That there is no packet filter, that the daemon is down, so that nobody knows what it bans, or that the rules cannot be read.
pub(super) async fn drift(core: &Core) -> Result<Vec<JailDrift>, FirewallError> {
    let place = core.firewall.place()?;
    let snapshot = core.snapshot();
    snapshot.daemon.unless_down()?;
    let bans = snapshot.bans.clone();
    let jails: Vec<JailBans> = bans
        .index
        .jails()
        .iter()
        .map(|jail| bans_of(jail))
        .collect();
    let found = firewall::truth::drift(place, &jails)
        .await
        .map_err(unread)?;
    let told = found.into_iter().zip(&jails);
    let drifts = told.filter_map(|(drift, jail)| jail_drift(drift, jail.addresses.len()));
    Ok(drifts.collect())
}

fn bans_of(jail: &crate::jail_bans::JailBans) -> JailBans {
    let addresses = jail.rows().iter().filter_map(|row| match row.subject {
        BanSubject::Network(network) => Some(network),
        BanSubject::Other(_) => None,
    });
    JailBans {
        jail: jail.name().to_string(),
        addresses: addresses.collect(),
        names: Vec::new(),
    }
}

fn jail_drift(drift: firewall::truth::JailDrift, banned: usize) -> Option<JailDrift> {
    let backing: Vec<String> = drift.backing.iter().map(backing).collect();
    Some(JailDrift {
        jail: drift.jail.parse().ok()?,
        backing: (!backing.is_empty()).then(|| backing.join(", ")),
        banned: u64::try_from(banned).unwrap_or(u64::MAX),
        missing: drift.missing.into_iter().map(BanSubject::Network).collect(),
        excess: drift.excess,
        unsure: drift.unsure.iter().map(of_jail).collect(),
    })
}

fn backing(backing: &Backing) -> String {
    match backing {
        Backing::NftSet { family, table, set } => format!("nft {family} {table} {set}"),
        Backing::Ipset { name } => format!("ipset {name}"),
        Backing::IptablesChain {
            family,
            table,
            chain,
            ..
        } => format!("iptables {family} {table} {chain}"),
    }
}

fn told(verdict: Verdict) -> PathVerdict {
    let rules = verdict.because.into_iter().map(|because| {
        let scope = limited(&because.scope);
        rule(because.rule, scope)
    });
    PathVerdict {
        path: match verdict.path {
            Path::HostInput => FirewallPath::Host,
            Path::Forwarded => FirewallPath::Forwarded,
            Path::PublishedPort => FirewallPath::Published,
        },
        outcome: match verdict.outcome {
            Outcome::Blocked => PathOutcome::Blocked,
            Outcome::NotBlocked => PathOutcome::NotBlocked,
            Outcome::CannotTell => PathOutcome::CannotTell,
        },
        scope: limited(&verdict.scope).filter(|_| !verdict.scope.is_nothing()),
        closed: (!verdict.closed.is_nothing()).then(|| ports(&verdict.closed)),
        rules: rules.collect(),
        unsure: verdict.unsure.iter().map(of_packet).collect(),
    }
}

/// What a scope is limited to; `None` where it is everything.
fn limited(scope: &Scope) -> Option<PortScope> {
    (!scope.is_everything()).then(|| ports(scope))
}

fn ports(scope: &Scope) -> PortScope {
    let (all_but, services) = match scope {
        Scope::Only(services) => (false, services),
        Scope::AllBut(services) => (true, services),
    };
    PortScope {
        all_but,
        services: services.iter().map(ToString::to_string).collect(),
    }
}

fn rule(rule: RuleRef, scope: Option<PortScope>) -> VerdictRule {
    VerdictRule {
        scope,
        table: format!("{} {}", rule.family, rule.table),
        chain: rule.chain,
        text: rule.text,
        packets: rule.counter.map(|counter| counter.packets),
        bytes: rule.counter.map(|counter| counter.bytes),
    }
}
