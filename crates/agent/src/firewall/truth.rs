//! What the packet filter really does, in the words of the port.
use std::{net::IpAddr, time::Duration};

use domain::{
    BanSubject, FirewallError, FirewallPath, JailDrift, JailName, PathOutcome, PathVerdict,
    PortScope, VerdictRule,
};
use firewall::truth::{Backing, JailBans, Outcome, Path, RuleRef, Rulesets, Scope, Verdict};
use ipnet::IpNet;
use tokio::time::{Instant, timeout_at};

use super::{
    PacketFilter, actions,
    reasons::{of_jail, of_packet, unread},
};
use crate::{core::Core, link::Link};

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

/// How long the daemon may take to say by what its jails ban, all together.
const ASK_LIMIT: Duration = Duration::from_secs(20);

/// Compares what jails ban with what is blocked.
///
/// # Errors
/// That there is no packet filter, that the daemon is down, so that nobody knows what it bans, or that the rules cannot be read.
pub(super) async fn drift(core: &Core) -> Result<Vec<JailDrift>, FirewallError> {
    core.firewall.place()?;
    core.snapshot().daemon.unless_down()?;
    let (jails, found) = compared(core).await?;
    let told = found.into_iter().zip(&jails);
    let drifts = told.filter_map(|(drift, jail)| jail_drift(drift, jail.addresses.len()));
    Ok(drifts.collect())
}

/// How one jail's bans differ from what is blocked, now; `None` where it does not run.
///
/// # Errors
/// As [`drift`].
pub(super) async fn drift_of(
    core: &Core,
    jail: &JailName,
) -> Result<Option<firewall::truth::JailDrift>, FirewallError> {
    // A set may be shared: only with all jails is it known what is too much in it.
    let (_, found) = compared(core).await?;
    Ok(found.into_iter().find(|drift| drift.jail == jail.as_str()))
}

/// The bans of all jails, and how they differ from what is blocked.
async fn compared(
    core: &Core,
) -> Result<(Vec<JailBans>, Vec<firewall::truth::JailDrift>), FirewallError> {
    let bans = core.snapshot().bans.clone();
    let link = core.link();
    // A daemon that does not answer is not asked about each jail: what it did not say cannot be told.
    let until = Instant::now() + ASK_LIMIT;
    let mut jails = Vec::new();
    for jail in bans.index.jails() {
        jails.push(bans_of(&link, jail, until).await);
    }
    let found = firewall::truth::drift(core.firewall.place()?, &jails);
    let found = found.await.map_err(unread)?;
    Ok((jails, found))
}

/// What a jail bans, and where its actions keep that.
async fn bans_of(link: &Link, jail: &crate::jail_bans::JailBans, until: Instant) -> JailBans {
    let addresses = jail.rows().iter().filter_map(|row| match row.subject {
        BanSubject::Network(network) => Some(network),
        BanSubject::Other(_) => None,
    });
    let addresses: Vec<IpNet> = addresses.collect();
    // A jail that bans nobody lacks nothing.
    let understood = if addresses.is_empty() {
        Vec::new()
    } else {
        let asked = actions::understood(link, jail.name().as_str());
        timeout_at(until, asked).await.unwrap_or_default()
    };
    let names = understood.into_iter().flat_map(|action| action.stores);
    let names = names.collect();
    JailBans {
        jail: jail.name().to_string(),
        addresses,
        names,
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
