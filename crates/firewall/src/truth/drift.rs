//! The bans of jails against what the kernel holds.
mod enforced;
mod names;
mod ranges;
mod stores;

use std::{fmt, net::IpAddr};

use ipnet::IpNet;
use tokio::task::spawn_blocking;

pub use names::Named;

use self::{
    names::Wanted,
    ranges::Ranges,
    stores::{Names, Store, Stores},
};
use crate::{
    Place,
    truth::{Outcome, ReadError, Rulesets, model::Version, packet},
};

/// The bans that should be in force, as fail2ban says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JailBans {
    /// The jail's name.
    pub jail: String,
    /// What it has banned.
    pub addresses: Vec<IpNet>,
    /// The sets or chains that its actions are known to use, see [`Named::by_command`]. Where none of them is there, nothing of the jail is blocked.
    ///
    /// Empty where that is not known: then sets and chains are looked for by the names that fail2ban's own actions
    /// make from the jail's name, and where there are none of these it cannot be told whether there should be.
    pub names: Vec<Named>,
}

/// Where a jail's bans are kept in the kernel.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Backing {
    /// A set of nftables.
    NftSet {
        /// The table's family.
        family: String,
        /// The table's name.
        table: String,
        /// The set's name.
        set: String,
    },
    /// A set of ipset.
    Ipset {
        /// Its name.
        name: String,
    },
    /// A chain with a rule for each address.
    IptablesChain {
        /// `ip` or `ip6`.
        family: String,
        /// The table's name.
        table: String,
        /// The chain's name.
        chain: String,
        /// Whether it is in a table of the older iptables.
        legacy: bool,
    },
}

/// A set or chain of fail2ban, and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Which it is.
    pub backing: Backing,
    /// What it holds.
    pub addresses: Vec<IpNet>,
    /// Whether a rule that incoming packets can reach drops by it.
    pub in_force: bool,
}

/// How the kernel differs from a jail's bans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JailDrift {
    /// The jail's name.
    pub jail: String,
    /// Where its bans are kept; empty where no set or chain of it was found.
    pub backing: Vec<Backing>,
    /// Banned by the jail, and not dropped.
    pub missing: Vec<IpNet>,
    /// Dropped, and not banned by the jail any more.
    pub excess: Vec<IpNet>,
    /// Why it cannot be told, or only in part.
    pub unsure: Vec<JailDoubt>,
}

/// What is not known about a jail's bans in the kernel. [`fmt::Display`] says it in plain words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JailDoubt {
    /// A set or chain cannot be read.
    Unread {
        /// Its name. Hostile text.
        name: String,
        /// Why.
        reason: String,
    },
    /// No rule drops by a set or chain.
    NotInForce {
        /// Its name. Hostile text.
        name: String,
    },
    /// Another rule lets through what is banned.
    LetThrough,
    /// There is no set or chain with a name of the jail's.
    NotFound,
}

impl fmt::Display for JailDoubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unread { name, reason } => write!(f, "{name} cannot be read: {reason}"),
            Self::NotInForce { name } => write!(f, "no rule drops by {name}"),
            Self::LetThrough => f.write_str("what is banned is let through by another rule"),
            Self::NotFound => f.write_str(
                "no set or chain of this jail was found; its actions may not use the packet filter",
            ),
        }
    }
}

/// What all sets and chains with the names of fail2ban hold.
///
/// # Errors
/// [`ReadError`] where the packet filter cannot be read.
pub async fn bans_in_force(place: &Place) -> Result<Vec<Held>, ReadError> {
    let rulesets = Rulesets::read(place).await?;
    let stores = Stores::read(&rulesets, Names::OfFail2ban).await?;
    let held = stores
        .all
        .into_iter()
        .filter(|store| store.unread.is_none());
    Ok(held
        .map(|store| Held {
            addresses: store.held.networks(store.version),
            in_force: store.in_force,
            backing: store.backing,
        })
        .collect())
}

/// Compares the bans of all jails with what the kernel drops; each set is listed once.
///
/// 5,000 bans take a tenth of a second.
///
/// # Errors
/// [`ReadError`] where the packet filter cannot be read at all.
pub async fn drift(place: &Place, jails: &[JailBans]) -> Result<Vec<JailDrift>, ReadError> {
    let rulesets = Rulesets::read(place).await?;
    let jails = jails.to_vec();
    let wanted: Vec<Vec<Wanted>> = jails.iter().map(names::wanted).collect();
    let names = wanted.iter().flatten().map(|wanted| wanted.name.clone());
    let stores = Stores::read(&rulesets, Names::These(names.collect())).await?;
    let compared = spawn_blocking(move || compare_all(&jails, &wanted, &stores)).await;
    let compared = compared.map_err(|error| ReadError::Kernel(std::io::Error::other(error)))?;
    let mut drifts = Vec::with_capacity(compared.len());
    for (mut drift, sample) in compared {
        if let Some(network) = sample
            && is_let_through(&rulesets, network).await?
        {
            drift.missing.push(network);
            drift.doubt(JailDoubt::LetThrough);
        }
        drifts.push(drift);
    }
    Ok(drifts)
}

/// Compares all jails, and answers with each a ban of it that is in force, if there is one.
fn compare_all(
    jails: &[JailBans],
    wanted: &[Vec<Wanted>],
    stores: &Stores,
) -> Vec<(JailDrift, Option<IpNet>)> {
    let claims: Vec<Vec<usize>> = wanted.iter().map(|wanted| stores.of(wanted)).collect();
    // A set that jails share holds the bans of them all.
    let owned = |store: usize| {
        let claims = jails.iter().zip(&claims);
        let owners = claims.filter(|(_, claimed)| claimed.contains(&store));
        owners
            .flat_map(|(jail, _)| jail.addresses.iter().copied())
            .collect()
    };
    jails
        .iter()
        .zip(&claims)
        .map(|(jail, claimed)| {
            let found = compare(jail, claimed, stores, owned);
            (found, sample(jail, claimed, stores))
        })
        .collect()
}

/// Compares one jail; `owned` are the bans of all jails that keep theirs in a store.
fn compare(
    jail: &JailBans,
    claimed: &[usize],
    stores: &Stores,
    owned: impl Fn(usize) -> Vec<IpNet>,
) -> JailDrift {
    let mut drift = JailDrift {
        jail: jail.jail.clone(),
        backing: Vec::new(),
        missing: Vec::new(),
        excess: Vec::new(),
        unsure: Vec::new(),
    };
    let mut is_unread = false;
    for version in [Version::Four, Version::Six] {
        let banned = of_version(&jail.addresses, version);
        let mut held = Ranges::default();
        for (place, store) in claimed
            .iter()
            .filter_map(|place| Some((place, stores.all.get(*place)?)))
        {
            if store.version != version {
                continue;
            }
            drift.backing.push(store.backing.clone());
            if let Some(reason) = &store.unread {
                drift.doubt(JailDoubt::Unread {
                    name: store.name().to_owned(),
                    reason: reason.clone(),
                });
                is_unread = true;
                continue;
            }
            if !store.in_force {
                drift.doubt(JailDoubt::NotInForce {
                    name: store.name().to_owned(),
                });
                continue;
            }
            held.add(&store.held);
            let owned = Ranges::of(&of_version(&owned(*place), version));
            drift
                .excess
                .extend(store.held.without(&owned).networks(version));
        }
        let missing = banned.into_iter().filter(|network| !held.covers(*network));
        drift.missing.extend(missing);
    }
    if drift.backing.is_empty() && !jail.addresses.is_empty() && !stores.lack(&jail.names) {
        drift.doubt(JailDoubt::NotFound);
        drift.missing.clear();
    }
    if is_unread {
        drift.missing.clear();
    }
    drift
}

/// A ban of the jail that is in a set or chain in force.
fn sample(jail: &JailBans, claimed: &[usize], stores: &Stores) -> Option<IpNet> {
    let claimed = claimed.iter().filter_map(|place| stores.all.get(*place));
    let in_force: Vec<&Store> = claimed
        .filter(|store| store.in_force && store.unread.is_none())
        .collect();
    let is_held = |network: &&IpNet| {
        let version = Version::of(network.addr());
        in_force
            .iter()
            .any(|store| store.version == version && store.held.covers(**network))
    };
    jail.addresses.iter().find(is_held).copied()
}

/// Whether no path is closed to an address, though it is in a set by which a rule drops.
async fn is_let_through(rulesets: &Rulesets, network: IpNet) -> Result<bool, ReadError> {
    let verdicts = rulesets.verdicts(network.network()).await?;
    let mut outcomes = verdicts.iter().map(|verdict| verdict.outcome);
    Ok(outcomes.all(|outcome| outcome == Outcome::NotBlocked))
}

impl JailDrift {
    /// Each doubt once: a jail may have a set for each version of IP.
    fn doubt(&mut self, doubt: JailDoubt) {
        if !self.unsure.contains(&doubt) {
            self.unsure.push(doubt);
        }
    }
}

fn of_version(networks: &[IpNet], version: Version) -> Vec<IpNet> {
    let networks = networks.iter().copied();
    networks
        .filter(|network| Version::of(network.addr()) == version)
        .collect()
}

/// The first and the last address of a network as numbers.
fn ends(network: IpNet) -> (u128, u128) {
    let number = |address: IpAddr| packet::number(address);
    (number(network.network()), number(network.broadcast()))
}
