//! The sets and chains in which bans are kept.
use std::{collections::HashSet, io, net::IpAddr};

use ipnet::IpNet;

use super::{
    Backing, ends,
    enforced::{Enforced, may_block},
    names::{Named, Wanted, is_of_fail2ban},
    ranges::Ranges,
};
use crate::{
    Place,
    netlink::Socket,
    truth::{
        ReadError, Rulesets,
        ipset::{self, Ipsets},
        kernel,
        model::{Chain, Family, Field, Operand, Pattern, SetKey, Step, Test, Version},
        resolve,
    },
};

/// A set or chain, and what it holds.
#[derive(Debug)]
pub(super) struct Store {
    pub(super) backing: Backing,
    pub(super) version: Version,
    pub(super) held: Ranges,
    /// Whether incoming packets meet it.
    pub(super) in_force: bool,
    /// Why it is not known what it holds.
    pub(super) unread: Option<String>,
}

impl Store {
    pub(super) fn name(&self) -> &str {
        match &self.backing {
            Backing::NftSet { set, .. } => set,
            Backing::Ipset { name } => name,
            Backing::IptablesChain { chain, .. } => chain,
        }
    }

    const fn is_ipset(&self) -> bool {
        matches!(self.backing, Backing::Ipset { .. })
    }
}

/// All that were asked for.
#[derive(Debug, Default)]
pub(super) struct Stores {
    pub(super) all: Vec<Store>,
    /// The names of sets and chains that are there, but are no lists of addresses.
    others: HashSet<String>,
    /// Whether there may be sets of ipset that could not be listed.
    misses_ipsets: bool,
    /// Whether there may be chains that could not be listed.
    misses_chains: bool,
}

/// Which sets and chains are read.
#[derive(Debug, Clone)]
pub(super) enum Names {
    /// Those with the names of fail2ban.
    OfFail2ban,
    These(HashSet<String>),
}

impl Names {
    fn contains(&self, name: &str) -> bool {
        match self {
            Self::OfFail2ban => is_of_fail2ban(name),
            Self::These(names) => names.contains(name),
        }
    }
}

impl Stores {
    /// Reads all with such names, each once.
    pub(super) async fn read(rulesets: &Rulesets, names: Names) -> Result<Self, ReadError> {
        let ipsets = Ipsets::read(rulesets.place()).await;
        let (misses_ipsets, unlike) = (ipsets.are_unreadable(), ipsets.of_others());
        let mut others: HashSet<String> = unlike.map(str::to_owned).collect();
        let ipsets = list_ipsets(rulesets.place(), &ipsets, &names).await;
        let (model, place) = (rulesets.model(), rulesets.place().clone());
        let work = move || {
            let enforced = Enforced::of(&model);
            let mut all = nft_stores(&place, &names, &enforced)?;
            let ipsets = ipsets.into_iter();
            all.extend(ipsets.map(|listed| ipset_store(listed, &enforced)));
            let chains = model.chains.iter().enumerate();
            for (place, chain) in chains.filter(|(_, chain)| names.contains(&chain.name)) {
                match chain_store(place, chain, &enforced) {
                    Some(store) => all.push(store),
                    None => {
                        others.insert(chain.name.clone());
                    }
                }
            }
            Ok(Self {
                all,
                others,
                misses_ipsets,
                misses_chains: !model.unread.is_empty(),
            })
        };
        let read = tokio::task::spawn_blocking(work).await;
        read.unwrap_or_else(|error| Err(ReadError::Kernel(io::Error::other(error))))
    }

    /// Whether it is certain that none of the named is there, where any is named.
    pub(super) fn lack(&self, named: &[Named]) -> bool {
        let is_lacking = |named: &Named| {
            let may_be_missed = match named {
                // The kernel itself lists them.
                Named::NftSet(_) => false,
                Named::Ipset(_) => self.misses_ipsets,
                Named::Chain(_) => self.misses_chains,
            };
            let has_name = |store: &Store| store.name() == named.name();
            !may_be_missed && !self.others.contains(named.name()) && !self.all.iter().any(has_name)
        };
        !named.is_empty() && named.iter().all(is_lacking)
    }

    /// The places of those with one of the names.
    pub(super) fn of(&self, wanted: &[Wanted]) -> Vec<usize> {
        let is_like = |store: &Store| {
            wanted.iter().any(|wanted| {
                // A set of ipset is of one version, and only chains have the same name for both.
                let version = wanted.version.or(if store.is_ipset() && wanted.is_made {
                    Some(Version::Four)
                } else {
                    None
                });
                wanted.name == store.name() && version.is_none_or(|one| one == store.version)
            })
        };
        let all = self.all.iter().enumerate();
        all.filter(|(_, store)| is_like(store))
            .map(|(place, _)| place)
            .collect()
    }
}

fn nft_stores(place: &Place, names: &Names, enforced: &Enforced) -> Result<Vec<Store>, ReadError> {
    let mut socket = Socket::open(place)?;
    if kernel::generation(&mut socket)?.is_none() {
        return Ok(Vec::new());
    }
    let mut stores = Vec::new();
    let sets = kernel::sets(&mut socket)?;
    for set in sets.into_iter().filter(|set| names.contains(&set.name)) {
        let (held, unread) = match resolve::addresses(&mut socket, &set) {
            Ok(held) => (held, None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        let key = SetKey::Nft {
            table: set.table.clone(),
            name: set.name.clone(),
        };
        stores.push(Store {
            in_force: enforced.has_set(&key),
            backing: Backing::NftSet {
                family: set.table.family.name().to_owned(),
                table: set.table.name,
                set: set.name,
            },
            version: set.version,
            held: Ranges::new(held),
            unread,
        });
    }
    Ok(stores)
}

/// A set of ipset, with its elements or why they are not known.
type ListedIpset = (String, Version, Result<Vec<String>, String>);

async fn list_ipsets(place: &Place, ipsets: &Ipsets, names: &Names) -> Vec<ListedIpset> {
    let mut listed = Vec::new();
    let wanted = ipsets.of_addresses();
    for (name, version) in wanted.filter(|(name, _)| names.contains(name)) {
        let elements = ipset::elements(place, name).await;
        let elements = elements.map_err(|error| error.to_string());
        listed.push((name.to_owned(), version, elements));
    }
    listed.sort_unstable_by(|(one, ..), (other, ..)| one.cmp(other));
    listed
}

fn ipset_store((name, version, elements): ListedIpset, enforced: &Enforced) -> Store {
    let (elements, unread) = match elements {
        Ok(elements) => (elements, None),
        Err(reason) => (Vec::new(), Some(reason)),
    };
    let held = elements.iter().filter_map(|element| network(element));
    Store {
        in_force: enforced.has_set(&SetKey::Ipset { name: name.clone() }),
        backing: Backing::Ipset { name },
        version,
        held: Ranges::new(held.map(ends).collect()),
        unread,
    }
}

fn network(text: &str) -> Option<IpNet> {
    let address = || text.parse::<IpAddr>().ok().map(IpNet::from);
    text.parse().ok().or_else(address)
}

/// A chain with a rule for each address.
fn chain_store(place: usize, chain: &Chain, enforced: &Enforced) -> Option<Store> {
    let version = match chain.table.family {
        Family::Ip => Version::Four,
        Family::Ip6 => Version::Six,
        _ => return None,
    };
    // A chain of sets is no list of addresses, and neither is one of the kernel's own.
    let is_list =
        chain.base.is_none() && !chain.rules.iter().any(|rule| has_set(rule.steps.iter()));
    if !is_list {
        return None;
    }
    let blocking = chain.rules.iter().filter(|rule| may_block(rule));
    let held = blocking.flat_map(|rule| sources(rule.steps.iter(), version));
    Some(Store {
        backing: Backing::IptablesChain {
            family: chain.table.family.name().to_owned(),
            table: chain.table.name.clone(),
            chain: chain.name.clone(),
            legacy: chain.table.legacy,
        },
        version,
        held: Ranges::new(held.collect()),
        in_force: enforced.has_chain(place),
        unread: None,
    })
}

fn has_set<'a>(mut steps: impl Iterator<Item = &'a Step>) -> bool {
    steps.any(|step| {
        matches!(
            step,
            Step::Test(Test::Compare {
                operand: Operand::Set(_),
                ..
            })
        )
    })
}

/// The sources that a rule is about.
fn sources<'a>(
    steps: impl Iterator<Item = &'a Step>,
    version: Version,
) -> impl Iterator<Item = (u128, u128)> {
    steps
        .filter_map(move |step| match step {
            Step::Test(Test::Compare {
                fields,
                negated: false,
                operand: Operand::Any(tuples),
            }) if *fields == [Field::Source(version)] => Some(tuples),
            _ => None,
        })
        .flatten()
        .filter_map(|tuple| match tuple.as_slice() {
            [Pattern::Range(first, last)] => Some((*first, *last)),
            _ => None,
        })
}
