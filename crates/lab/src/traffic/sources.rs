//! Where attacks come from: networks over the world, a few of which attack much more than the others.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use fastrand::Rng;

/// What a source is after; it decides which services it tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aim {
    Shell,
    Web,
    Mail,
    /// A repeat offender that tries whatever answers, and so meets the recidive jail.
    Everything,
}

/// An attacking address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) address: IpAddr,
    pub(crate) aim: Aim,
    /// How often it attacks, in comparison with others.
    weight: u32,
}

/// All attackers of a seed.
#[derive(Debug)]
pub(crate) struct Sources {
    all: Vec<Source>,
    /// The sum of the weights up to and with the source of the same index.
    sums: Vec<u64>,
}

/// A network that attacks come from: the country it is registered in, its first address, the length of its
/// prefix, how many of its hosts attack, and how often, in comparison with others.
#[cfg_attr(
    not(test),
    expect(
        dead_code,
        reason = "the country is for the reader of the table, and for the test that counts them"
    )
)]
struct Network(&'static str, &'static str, u8, u16, u32);

impl Sources {
    pub(crate) fn new(rng: &mut Rng) -> Self {
        let mut all = Vec::new();
        for network in NETWORKS {
            let ranks = 1..=u32::from(network.3);
            all.extend(ranks.filter_map(|rank| network.source(rng, rank)));
        }
        let sums = all
            .iter()
            .scan(0, |sum, source| {
                *sum += u64::from(source.weight);
                Some(*sum)
            })
            .collect();
        Self { all, sums }
    }

    /// Draws a source and its index, the heavy ones more often.
    pub(crate) fn draw(&self, rng: &mut Rng) -> Option<(usize, Source)> {
        let total = *self.sums.last()?;
        let at = rng.u64(0..total);
        let index = self.sums.partition_point(|sum| *sum <= at);
        self.all.get(index).map(|source| (index, *source))
    }
}

fn aim(rng: &mut Rng, rank: u32) -> Aim {
    match rng.u8(0..100) {
        0..25 if rank == 1 => Aim::Everything,
        0..50 => Aim::Shell,
        50..76 => Aim::Web,
        76..97 => Aim::Mail,
        _ => Aim::Everything,
    }
}

impl Network {
    /// The attacker at a place in the network's order; the first ones are its repeat offenders.
    fn source(&self, rng: &mut Rng, rank: u32) -> Option<Source> {
        Some(Source {
            address: self.host(rng)?,
            aim: aim(rng, rank),
            weight: (self.4 * 12 / rank).max(1),
        })
    }

    /// An address of the network that a host can have.
    fn host(&self, rng: &mut Rng) -> Option<IpAddr> {
        match self.1.parse().ok()? {
            IpAddr::V4(base) => {
                let mask = u32::MAX.checked_shr(u32::from(self.2)).unwrap_or(0);
                let drawn = u32::from(base) | (rng.u32(..) & mask);
                // Last bytes of 0 and 255 are mostly not hosts.
                let last = 1 + rng.u32(0..254);
                Some(Ipv4Addr::from((drawn & !0xff) | last).into())
            }
            IpAddr::V6(base) => {
                // A customer gets a /48 or a /64: the first 64 bits are drawn inside the network.
                let high = (u64::MAX.checked_shr(u32::from(self.2)).unwrap_or(0) & rng.u64(..))
                    & 0xffff_ffff_ffff_fff0;
                let low = match rng.u8(0..3) {
                    0 => u64::from(rng.u8(1..)),
                    1 => u64::from(rng.u16(1..)),
                    _ => rng.u64(1..),
                };
                let drawn = u128::from(base) | (u128::from(high) << 64) | u128::from(low);
                Some(Ipv6Addr::from(drawn).into())
            }
        }
    }
}

/// Public networks of providers and carriers, with weights that resemble what a small server sees.
const NETWORKS: &[Network] = &[
    Network("CN", "218.92.0.0", 24, 24, 90),
    Network("CN", "222.186.42.0", 24, 12, 40),
    Network("CN", "61.177.172.0", 24, 12, 40),
    Network("CN", "112.85.42.0", 24, 10, 25),
    Network("CN", "180.101.88.0", 24, 10, 25),
    Network("CN", "43.136.0.0", 14, 40, 12),
    Network("CN", "119.29.0.0", 16, 20, 6),
    Network("CN", "124.220.0.0", 14, 30, 8),
    Network("US", "167.99.0.0", 16, 30, 14),
    Network("US", "159.65.0.0", 16, 25, 12),
    Network("US", "138.68.0.0", 16, 20, 10),
    Network("US", "134.209.0.0", 16, 20, 10),
    Network("US", "34.80.0.0", 13, 25, 8),
    Network("US", "52.160.0.0", 13, 25, 8),
    Network("US", "20.40.0.0", 14, 20, 6),
    Network("US", "71.6.128.0", 18, 8, 4),
    Network("RU", "92.255.85.0", 24, 8, 24),
    Network("RU", "5.188.206.0", 24, 8, 20),
    Network("RU", "46.146.0.0", 16, 14, 5),
    Network("RU", "95.165.0.0", 16, 12, 5),
    Network("NL", "45.148.10.0", 24, 12, 34),
    Network("NL", "80.94.95.0", 24, 8, 18),
    Network("NL", "89.248.165.0", 24, 8, 10),
    Network("DE", "185.220.101.0", 24, 16, 16),
    Network("DE", "88.198.0.0", 16, 14, 6),
    Network("DE", "217.160.0.0", 16, 8, 4),
    Network("FR", "51.15.0.0", 16, 18, 8),
    Network("FR", "51.38.0.0", 16, 16, 7),
    Network("FR", "91.121.0.0", 16, 10, 4),
    Network("VN", "14.160.0.0", 11, 30, 10),
    Network("VN", "118.69.0.0", 16, 14, 6),
    Network("VN", "103.75.180.0", 22, 8, 4),
    Network("IN", "103.21.124.0", 22, 8, 4),
    Network("IN", "117.192.0.0", 10, 26, 9),
    Network("IN", "139.59.0.0", 17, 16, 7),
    Network("BR", "177.0.0.0", 10, 26, 9),
    Network("BR", "189.0.0.0", 11, 16, 5),
    Network("KR", "211.192.0.0", 12, 18, 7),
    Network("KR", "121.128.0.0", 11, 14, 5),
    Network("ID", "36.64.0.0", 12, 20, 7),
    Network("ID", "103.144.0.0", 20, 8, 3),
    Network("SG", "128.199.64.0", 18, 14, 8),
    Network("SG", "165.22.48.0", 20, 10, 6),
    Network("LT", "141.98.10.0", 24, 8, 22),
    Network("RO", "193.32.162.0", 24, 8, 22),
    Network("RO", "86.120.0.0", 13, 10, 4),
    Network("BG", "87.120.84.0", 24, 8, 12),
    Network("GB", "87.236.176.0", 24, 10, 5),
    Network("GB", "81.128.0.0", 12, 8, 3),
    Network("TW", "1.32.192.0", 18, 8, 3),
    Network("TW", "118.160.0.0", 13, 12, 4),
    Network("TH", "171.96.0.0", 13, 10, 4),
    Network("JP", "153.120.0.0", 15, 8, 3),
    Network("HK", "103.100.208.0", 22, 8, 5),
    Network("TR", "78.160.0.0", 11, 12, 4),
    Network("TR", "185.122.200.0", 22, 6, 4),
    Network("IR", "2.176.0.0", 12, 10, 4),
    Network("UA", "91.200.12.0", 22, 6, 5),
    Network("PL", "83.0.0.0", 11, 10, 3),
    Network("IT", "79.0.0.0", 10, 10, 3),
    Network("ES", "80.24.0.0", 13, 8, 3),
    Network("MX", "201.96.0.0", 11, 12, 4),
    Network("AR", "190.0.0.0", 12, 10, 3),
    Network("CO", "181.48.0.0", 13, 8, 3),
    Network("CL", "190.160.0.0", 14, 6, 2),
    Network("ZA", "41.0.0.0", 11, 8, 3),
    Network("EG", "41.32.0.0", 12, 8, 3),
    Network("NG", "105.112.0.0", 12, 6, 2),
    Network("KE", "41.80.0.0", 15, 5, 2),
    Network("PK", "39.32.0.0", 11, 8, 3),
    Network("BD", "103.108.144.0", 22, 5, 2),
    Network("PH", "112.198.0.0", 16, 6, 2),
    Network("AU", "203.0.0.0", 18, 4, 1),
    Network("CA", "142.44.128.0", 17, 8, 4),
    Network("FI", "95.216.0.0", 16, 8, 4),
    Network("SE", "213.112.0.0", 14, 4, 2),
    Network("CZ", "89.102.0.0", 15, 4, 2),
    Network("KZ", "95.56.0.0", 14, 6, 2),
    Network("CN", "240e:300::", 24, 10, 8),
    Network("CN", "2408:8000::", 20, 10, 6),
    Network("CN", "2409:8000::", 20, 8, 5),
    Network("DE", "2a01:4f8::", 32, 10, 6),
    Network("DE", "2a0b:f4c2::", 48, 6, 6),
    Network("FR", "2001:41d0::", 32, 10, 6),
    Network("FR", "2001:bc8::", 32, 6, 4),
    Network("NL", "2a03:b0c0::", 32, 8, 5),
    Network("US", "2604:a880::", 32, 10, 6),
    Network("US", "2600:3c00::", 32, 8, 4),
    Network("US", "2001:470::", 32, 8, 5),
    Network("FI", "2a01:4f9::", 32, 6, 4),
    Network("IN", "2401:4900::", 32, 6, 3),
    Network("IN", "2405:201::", 32, 6, 3),
    Network("VN", "2402:800::", 32, 6, 3),
    Network("BR", "2804:14c::", 32, 8, 4),
    Network("JP", "2400:8900::", 32, 4, 2),
    Network("RU", "2a00:1fa0::", 32, 4, 3),
    Network("GB", "2a00:23c0::", 28, 4, 2),
    Network("ZA", "2c0f:f000::", 24, 3, 1),
];

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use super::*;

    #[test]
    fn networks_have_their_first_address_and_many_countries() {
        let mut countries = BTreeSet::new();
        for Network(country, base, length, hosts, weight) in NETWORKS {
            let base: IpAddr = base.parse().expect("an address");
            let host_bits = match base {
                IpAddr::V4(base) => u128::from(u32::from(base)) << 96 << length,
                IpAddr::V6(base) => u128::from(base) << length,
            };
            assert_eq!(host_bits, 0, "{base}/{length} has bits after its prefix");
            assert!(*hosts > 0 && *weight > 0, "{base}");
            countries.insert(country);
        }
        assert!(countries.len() >= 30, "{countries:?}");
    }

    #[test]
    fn draw_prefers_some_networks_and_reaches_both_families() {
        let mut rng = Rng::with_seed(7);
        let sources = Sources::new(&mut rng);
        let mut heavy = 0;
        let mut six = 0;
        let mut seen = HashSet::new();
        for _ in 0..10_000 {
            let (_, source) = sources.draw(&mut rng).expect("a source");
            seen.insert(source.address);
            match source.address {
                IpAddr::V4(v4) if v4.octets()[..2] == [218, 92] => heavy += 1,
                IpAddr::V6(_) => six += 1,
                IpAddr::V4(_) => {}
            }
        }
        assert!(heavy > 600, "{heavy} of one /24");
        assert!(six > 400, "{six} IPv6");
        assert!(seen.len() > 500, "{} sources", seen.len());
    }
}
