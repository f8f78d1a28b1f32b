//! What pages ask over HTTP, as `questions` asks it through the port.
use std::net::IpAddr;

use ipnet::IpNet;

use super::make::{Network, World, skewed};

/// Makes a path, behind `/api/v1/`, with values of its own.
pub(super) type AskedPath = fn(&World, &mut fastrand::Rng) -> String;

pub(super) const QUESTIONS: &[(&str, AskedPath)] = &[
    ("list: newest", |_, _| "history?limit=100".to_owned()),
    ("list: a page in the midst", |_, r| {
        format!("history?cursor={}", cursor(r))
    }),
    ("list: 24 h", |_, r| format!("history?{}", range(r, 1))),
    ("list: jail", |w, r| format!("history?jail={}", jail(w, r))),
    ("list: jail, in the midst", |w, r| {
        format!("history?jail={}&cursor={}", jail(w, r), cursor(r))
    }),
    ("list: two jails", |w, _| {
        format!("history?jail={}&jail={}", w.jails[4], w.jails[5])
    }),
    ("list: country", |w, r| {
        format!("history?country={}", country(w, r))
    }),
    ("list: three countries", |w, r| {
        format!(
            "history?country={}&country={}&country={}",
            country(w, r),
            country(w, r),
            country(w, r)
        )
    }),
    ("list: network (ASN)", |w, r| {
        format!("history?asn={}", asn(w, r))
    }),
    ("list: kind", |_, _| "history?event=restored".to_owned()),
    ("list: origin", |_, _| "history?origin=manual".to_owned()),
    ("list: jail and country", |w, r| {
        format!("history?jail={}&country={}", jail(w, r), country(w, r))
    }),
    ("list: rarest jail and country", |w, r| {
        format!("history?jail={}&country={}", w.jails[11], country(w, r))
    }),
    ("list: jail and kind", |w, r| {
        format!("history?jail={}&event=restored", jail(w, r))
    }),
    ("list: country and kind", |w, r| {
        format!("history?country={}&event=restored", country(w, r))
    }),
    ("list: country and origin", |w, r| {
        format!("history?country={}&origin=manual", country(w, r))
    }),
    ("list: jail, country, origin, kind", |w, r| {
        format!(
            "history?jail={}&country={}&origin=manual&event=ban",
            w.jails[0],
            busy_network(w, r).country
        )
    }),
    ("list: network (ASN) and jail", |w, r| {
        format!("history?asn={}&jail={}", asn(w, r), jail(w, r))
    }),
    ("list: address", |w, r| {
        format!("history?address={}", busy_address(w, r))
    }),
    ("list: /24", |w, r| {
        format!("history?address={}", network(w, r, 24))
    }),
    ("list: /16", |w, r| {
        format!("history?address={}", network(w, r, 16))
    }),
    ("list: /8", |w, r| {
        format!("history?address={}", network(w, r, 8))
    }),
    ("list: /24 and jail", |w, r| {
        format!("history?address={}&jail={}", network(w, r, 24), jail(w, r))
    }),
    ("list: /16 and origin", |w, r| {
        format!(
            "history?address={}&origin=manual",
            around(busy_address(w, r), 16)
        )
    }),
    ("series: 24 h by hour", |_, r| {
        format!("stats/bans?{}", range(r, 1))
    }),
    ("series: 7 days", |_, r| {
        format!("stats/bans?{}", range(r, 7))
    }),
    ("series: 30 days by day", |_, r| {
        format!("stats/bans?{}", range(r, 30))
    }),
    ("series: 365 days by day", |_, r| {
        format!("stats/bans?{}", range(r, 365))
    }),
    ("series: 365 days by day, jail", |w, r| {
        format!("stats/bans?{}&jail={}", range(r, 365), jail(w, r))
    }),
    ("series: 365 days by day, country", |w, r| {
        format!("stats/bans?{}&country={}", range(r, 365), country(w, r))
    }),
    ("series: 365 days by day, network", |w, r| {
        format!("stats/bans?{}&asn={}", range(r, 365), asn(w, r))
    }),
    ("series: 365 days by day, jail and country", |w, r| {
        format!(
            "stats/bans?{}&jail={}&country={}",
            range(r, 365),
            jail(w, r),
            country(w, r)
        )
    }),
    ("series: 365 days by day, origin", |_, r| {
        format!("stats/bans?{}&origin=manual", range(r, 365))
    }),
    ("heat map: 30 days", |_, r| {
        format!("stats/heat?{}", range(r, 30))
    }),
    ("heat map: 365 days", |_, r| {
        format!("stats/heat?{}", range(r, 365))
    }),
    ("heat map: 365 days, country", |w, r| {
        format!("stats/heat?{}&country={}", range(r, 365), country(w, r))
    }),
    ("map: 24 h", |_, r| {
        format!("stats/top?by=country&limit=300&{}", range(r, 1))
    }),
    ("map: 30 days", |_, r| {
        format!("stats/top?by=country&limit=300&{}", range(r, 30))
    }),
    ("map: 365 days", |_, r| {
        format!("stats/top?by=country&limit=300&{}", range(r, 365))
    }),
    ("map: 365 days, jail", |w, r| {
        format!(
            "stats/top?by=country&limit=300&{}&jail={}",
            range(r, 365),
            jail(w, r)
        )
    }),
    ("top jails: 30 days", |_, r| {
        format!("stats/top?by=jail&limit=10&{}", range(r, 30))
    }),
    ("top jails: 365 days, country", |w, r| {
        format!(
            "stats/top?by=jail&limit=10&{}&country={}",
            range(r, 365),
            country(w, r)
        )
    }),
    ("top networks: 24 h", |_, r| {
        format!("stats/top?by=network&limit=10&{}", range(r, 1))
    }),
    ("top networks: 30 days", |_, r| {
        format!("stats/top?by=network&limit=10&{}", range(r, 30))
    }),
    ("top networks: 365 days", |_, r| {
        format!("stats/top?by=network&limit=10&{}", range(r, 365))
    }),
    ("top networks: 365 days, jail", |w, r| {
        format!(
            "stats/top?by=network&limit=10&{}&jail={}",
            range(r, 365),
            jail(w, r)
        )
    }),
    ("top networks: 365 days, country", |w, r| {
        format!(
            "stats/top?by=network&limit=10&{}&country={}",
            range(r, 365),
            country(w, r)
        )
    }),
    ("top origins: 365 days", |_, r| {
        format!("stats/top?by=origin&limit=10&{}", range(r, 365))
    }),
    ("top subjects: 24 h", |_, r| {
        format!("stats/top?by=subject&limit=10&{}", range(r, 1))
    }),
    ("top subjects: 7 days", |_, r| {
        format!("stats/top?by=subject&limit=10&{}", range(r, 7))
    }),
    ("top subjects: 30 days", |_, r| {
        format!("stats/top?by=subject&limit=10&{}", range(r, 30))
    }),
    ("top subjects: 365 days", |_, r| {
        format!("stats/top?by=subject&limit=10&{}", range(r, 365))
    }),
    ("top subjects: 30 days, jail", |w, r| {
        format!(
            "stats/top?by=subject&limit=10&{}&jail={}",
            range(r, 30),
            jail(w, r)
        )
    }),
    ("failing: 1 h", |_, _| "stats/failing?limit=50".to_owned()),
    ("address: page", |w, r| {
        format!("addresses/{}", busy_address(w, r))
    }),
    ("event with lines", |w, r| {
        format!("history/{}", 1 + r.u64(0..w.events))
    }),
    ("size", |_, _| "history/size".to_owned()),
];

/// So many networks have the most events.
const BUSY: usize = 4;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

fn range(random: &mut fastrand::Rng, days: i64) -> String {
    let until = World::end() - random.i64(0..6 * HOUR);
    let text = |at| domain::Timestamp::from_millis(at).to_string();
    format!("from={}&until={}", text(until - days * DAY), text(until))
}

fn jail<'a>(world: &'a World, random: &mut fastrand::Rng) -> &'a domain::JailName {
    &world.jails[random.usize(0..world.jails.len())]
}

fn country(world: &World, random: &mut fastrand::Rng) -> domain::CountryCode {
    world.countries[skewed(random, world.countries.len())]
}

fn asn(world: &World, random: &mut fastrand::Rng) -> u32 {
    world.networks[skewed(random, world.networks.len())].asn.0
}

/// Where a page begins that is not the first.
fn cursor(random: &mut fastrand::Rng) -> String {
    format!("{}.0", World::end() - random.i64(0..300 * DAY))
}

/// One whose narrow lists are a page already with a million events. With ten times the events those of most are ten times as long, and what is compared is how long
/// the same answer takes.
fn busy_network<'a>(world: &'a World, random: &mut fastrand::Rng) -> &'a Network {
    &world.networks[random.usize(0..BUSY)]
}

fn busy_address(world: &World, random: &mut fastrand::Rng) -> IpAddr {
    let network = busy_network(world, random);
    network.address(random.u32(0..network.addresses))
}

/// The network of some address.
fn network(world: &World, random: &mut fastrand::Rng, prefix: u8) -> IpNet {
    around(world.some_address(random), prefix)
}

/// The network of an address; four times as long a prefix for IPv6.
fn around(address: IpAddr, prefix: u8) -> IpNet {
    let prefix = if address.is_ipv6() {
        prefix * 4
    } else {
        prefix
    };
    IpNet::new_assert(address, prefix).trunc()
}
