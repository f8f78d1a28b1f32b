//! What must never be blocked, whatever a list says.
use ipnet::IpNet;

use crate::{ranges::Ranges, special};

/// The widest network of IPv4 that a list may name.
pub const WIDEST_V4: u8 = 8;
/// The widest network of IPv6 that a list may name.
pub const WIDEST_V6: u8 = 19;

/// What is kept free.
#[derive(Debug, Clone)]
pub struct Guard {
    protected: Vec<IpNet>,
    special: Vec<IpNet>,
}

/// Networks that may be blocked, and what had to be left out for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guarded {
    /// The fewest networks with all that may be blocked, in order, IPv4 first.
    pub networks: Vec<IpNet>,
    /// Protected networks that the list would have blocked, or a part of them.
    pub subtracted: Vec<IpNet>,
    /// Networks of the list that are special: private, reserved and the like. They are out, whole or that part of them.
    pub special: Vec<IpNet>,
    /// Networks of the list that are wider than any may be. They are out as a whole.
    pub too_wide: Vec<IpNet>,
}

impl Guard {
    /// Keeps some networks free: the machine's own, its gateways and name servers, the allowlist, where sessions come from. What is special is always.
    #[must_use]
    pub fn new(protected: impl IntoIterator<Item = IpNet>) -> Self {
        Self {
            protected: protected
                .into_iter()
                .map(|network| network.trunc())
                .collect(),
            special: special::networks().collect(),
        }
    }

    /// Keeps special networks free only where they are protected: for lists of somebody's own, such as of a laboratory.
    #[must_use]
    pub fn allowing_special(mut self) -> Self {
        self.special.clear();
        self
    }

    /// Leaves out of a list what must not be blocked, and merges the rest.
    #[must_use]
    pub fn apply(&self, networks: impl IntoIterator<Item = IpNet>) -> Guarded {
        let specials = Ranges::of(self.special.iter().copied());
        let (mut wanted, mut special, mut too_wide) = (Ranges::default(), Vec::new(), Vec::new());
        for network in networks {
            if is_too_wide(network) {
                too_wide.push(network);
                continue;
            }
            if specials.meets(network) {
                special.push(network);
            }
            wanted.push(network);
        }
        wanted.merge();
        // Nothing is copied where nothing is left out.
        if !special.is_empty() {
            wanted = wanted.without(&specials);
        }
        let met = self.protected.iter().copied();
        let subtracted: Vec<IpNet> = met.filter(|network| wanted.meets(*network)).collect();
        if !subtracted.is_empty() {
            wanted = wanted.without(&Ranges::of(subtracted.iter().copied()));
        }
        Guarded {
            networks: wanted.networks(),
            subtracted,
            special,
            too_wide,
        }
    }
}

const fn is_too_wide(network: IpNet) -> bool {
    match network {
        IpNet::V4(network) => network.prefix_len() < WIDEST_V4,
        IpNet::V6(network) => network.prefix_len() < WIDEST_V6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nets(texts: &[&str]) -> Vec<IpNet> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn protected_addresses_are_cut_out_and_told() {
        let guard = Guard::new(nets(&["8.8.8.8/32", "9.9.9.9/32", "2a00::/32"]));
        let guarded = guard.apply(nets(&["8.8.8.8/31", "1.1.1.0/24", "2a00::1/128"]));
        assert_eq!(guarded.networks, nets(&["1.1.1.0/24", "8.8.8.9/32"]));
        assert_eq!(guarded.subtracted, nets(&["8.8.8.8/32", "2a00::/32"]));
        assert_eq!((guarded.special, guarded.too_wide), (vec![], vec![]));
    }

    #[test]
    fn protected_network_with_host_bits_protects_its_whole_network() {
        let guarded = Guard::new(nets(&["8.8.8.8/24"])).apply(nets(&["8.8.8.1/32"]));
        assert_eq!(guarded.networks, []);
        assert_eq!(guarded.subtracted, nets(&["8.8.8.0/24"]));
    }

    #[test]
    fn special_networks_are_left_out_and_told_unless_somebody_allows_them() {
        let list = nets(&["192.168.0.0/15", "10.1.2.3/32", "::1/128", "8.0.0.0/8"]);
        let guarded = Guard::new([]).apply(list.clone());
        assert_eq!(guarded.networks, nets(&["8.0.0.0/8", "192.169.0.0/16"]));
        assert_eq!(
            guarded.special,
            nets(&["192.168.0.0/15", "10.1.2.3/32", "::1/128"])
        );
        let own = Guard::new(nets(&["10.1.2.3/32"]))
            .allowing_special()
            .apply(list);
        assert_eq!(
            own.networks,
            nets(&["8.0.0.0/8", "192.168.0.0/15", "::1/128"])
        );
        assert_eq!(own.subtracted, nets(&["10.1.2.3/32"]));
    }

    #[test]
    fn network_wider_than_any_may_be_is_out_as_a_whole() {
        let guarded =
            Guard::new([]).apply(nets(&["8.0.0.0/7", "9.0.0.0/8", "2a00::/18", "2c00::/19"]));
        assert_eq!(guarded.too_wide, nets(&["8.0.0.0/7", "2a00::/18"]));
        assert_eq!(guarded.networks, nets(&["9.0.0.0/8", "2c00::/19"]));
    }
}
