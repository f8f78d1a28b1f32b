//! What a network covers, before it is banned.
use std::{cmp::Reverse, collections::BTreeMap, net::IpAddr};

use domain::{
    ActiveBanQuery, AllowEntry, Asn, CountryCode, GuardHit, HostId, PageSize, ParsedTarget,
    RecentLogins, parse_target,
};
use ipnet::IpNet;

use super::{allow, lists, own_bans, recent_logins::sign_ins};
use crate::{
    problem::{Code, Problem},
    services::bans::{covers, text_of},
    state::ReadState,
};

/// The most targets that are looked at together.
const MAX_TARGETS: usize = 20;
/// How many addresses of a network are looked up, from the first to the last.
const LOOKED_UP: u128 = 256;
/// How many countries and networks are named.
const NAMED: usize = 5;

/// What a network covers.
#[derive(Debug)]
pub(crate) struct Cover {
    pub(crate) network: IpNet,
    pub(crate) masked: bool,
    pub(crate) addresses: String,
    pub(crate) countries: Vec<(Option<CountryCode>, u8)>,
    pub(crate) networks: Vec<(Option<Asn>, u8)>,
    pub(crate) banned_inside: u64,
    pub(crate) own_bans: usize,
    pub(crate) lists: Vec<String>,
    pub(crate) allowed: Vec<AllowEntry>,
    pub(crate) hits: Vec<GuardHit>,
    pub(crate) recent_logins: RecentLogins,
}

/// What networks cover.
///
/// # Errors
/// `invalid`, `too-many-targets`, storage's and the host's.
pub(crate) async fn cover(
    state: &ReadState,
    host: &HostId,
    requester: IpAddr,
    targets: &[String],
) -> Result<Vec<Cover>, Problem> {
    if targets.len() > MAX_TARGETS {
        return Err(Problem::new(Code::TooManyTargets)
            .detail(format!("{MAX_TARGETS} targets can be looked at together.")));
    }
    let sign_ins = sign_ins(state).await?;
    let mut covers = Vec::new();
    for (at, text) in targets.iter().enumerate() {
        let target = parse_target(text)
            .map_err(|error| Problem::invalid(format!("targets[{at}]"), "not-an-address", error))?;
        let mut cover = cover_one(state, host, requester, target).await?;
        sign_ins.add_to(&mut cover.recent_logins, cover.network);
        covers.push(cover);
    }
    Ok(covers)
}

async fn cover_one(
    state: &ReadState,
    host: &HostId,
    requester: IpAddr,
    target: ParsedTarget,
) -> Result<Cover, Problem> {
    let network = target.network;
    let reads = state.host(host)?;
    let hits = reads.guard_hits(&[network], Some(requester)).await?;
    let recent_logins = reads.recent_logins(&[network]).await?.pop();
    let query = ActiveBanQuery {
        search: Some(text_of(network)),
        limit: PageSize::new(1).unwrap_or_default(),
        ..ActiveBanQuery::default()
    };
    let banned = reads.active_bans(&query).await?.total;
    let (countries, networks) = places(state, network);
    let known = state.blocking.known.lists();
    let has = |id| known.index.get(id).is_some_and(|list| list.meets(network));
    let lists = lists::all(state).await?.into_iter();
    Ok(Cover {
        network,
        masked: target.masked,
        addresses: covers(network),
        countries,
        networks,
        banned_inside: banned,
        own_bans: own_bans::in_force(state, Some(network)).await?.len(),
        lists: lists
            .filter(|list| has(list.id))
            .map(|list| list.settings.name.into())
            .collect(),
        allowed: allow::meeting(state, network).await?,
        hits: hits.into_iter().flatten().collect(),
        recent_logins: recent_logins.unwrap_or_default(),
    })
}

/// Countries and networks of addresses from the first to the last, with their shares.
#[expect(clippy::type_complexity, reason = "two lists of the same form")]
fn places(
    state: &ReadState,
    network: IpNet,
) -> (Vec<(Option<CountryCode>, u8)>, Vec<(Option<Asn>, u8)>) {
    let (mut countries, mut networks) = (BTreeMap::new(), BTreeMap::new());
    let mut looked_up = 0_u64;
    for address in addresses(network) {
        let place = state.places.place(address);
        *countries.entry(place.country).or_insert(0_u64) += 1;
        *networks.entry(place.asn).or_insert(0_u64) += 1;
        looked_up += 1;
    }
    (shares(countries, looked_up), shares(networks, looked_up))
}

fn shares<T: Ord>(counts: BTreeMap<T, u64>, of: u64) -> Vec<(T, u8)> {
    let mut counts: Vec<(T, u64)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| Reverse(*count));
    let percent = |count: u64| u8::try_from((count * 100).div_ceil(of.max(1))).unwrap_or(100);
    let shares = counts.into_iter().take(NAMED);
    shares.map(|(what, count)| (what, percent(count))).collect()
}

/// Some addresses of a network, evenly from the first on.
fn addresses(network: IpNet) -> impl Iterator<Item = IpAddr> {
    let host_bits = u32::from(network.max_prefix_len() - network.prefix_len());
    let count = 1_u128.checked_shl(host_bits).unwrap_or(u128::MAX);
    let (looked_up, step) = (count.min(LOOKED_UP), (count / LOOKED_UP).max(1));
    let first = network.network();
    (0..looked_up).map(move |number| at(first, number * step))
}

/// The address so much behind another, of the same network.
fn at(first: IpAddr, offset: u128) -> IpAddr {
    match first {
        IpAddr::V4(first) => {
            let offset = u32::try_from(offset).unwrap_or(u32::MAX);
            IpAddr::V4(u32::from(first).saturating_add(offset).into())
        }
        IpAddr::V6(first) => IpAddr::V6(u128::from(first).saturating_add(offset).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looked_at(network: &str) -> Vec<String> {
        let addresses = addresses(network.parse().unwrap());
        addresses.map(|address| address.to_string()).collect()
    }

    #[test]
    fn addresses_of_a_small_network_are_all_of_them() {
        assert_eq!(looked_at("198.51.100.7/32"), ["198.51.100.7"]);
        assert_eq!(
            looked_at("198.51.100.6/31"),
            ["198.51.100.6", "198.51.100.7"]
        );
    }

    #[test]
    fn addresses_of_a_large_network_are_spread_over_it() {
        let of_eight = looked_at("11.0.0.0/8");
        assert_eq!(of_eight.len(), 256);
        assert_eq!((&*of_eight[1], &*of_eight[255]), ("11.1.0.0", "11.255.0.0"));
        let of_all = looked_at("::/0");
        assert_eq!(
            (of_all.len(), &*of_all[255]),
            (256, "feff:ffff:ffff:ffff:ffff:ffff:ffff:ff01")
        );
    }

    #[test]
    fn shares_name_the_largest_first() {
        let counts = BTreeMap::from([("a", 1), ("b", 3)]);
        assert_eq!(shares(counts, 4), [("b", 75), ("a", 25)]);
    }
}
