use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;

use super::*;

fn net(text: &str) -> IpNet {
    domain::parse_target(text).unwrap().network
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn facts() -> Facts {
    Facts {
        own: vec![
            ip("198.51.100.20"),
            ip("2001:db8:1::20"),
            ip("127.0.0.1"),
            ip("::1"),
        ],
        gateways: vec![ip("198.51.100.1"), ip("fe80::1")],
        name_servers: vec![ip("203.0.113.53"), ip("127.0.0.53")],
        ssh_sessions: vec![ip("192.0.2.22"), ip("::ffff:127.0.0.1")],
    }
}

fn protected(network: &str, reason: GuardReason) -> ProtectedNetwork {
    ProtectedNetwork {
        network: network.parse().unwrap(),
        reason,
    }
}

/// What a server sets.
fn set() -> Vec<ProtectedNetwork> {
    vec![
        protected("198.51.100.40/32", GuardReason::Proxy),
        protected("10.20.0.0/16", GuardReason::Proxy),
        protected("192.0.2.33/32", GuardReason::SignedIn),
        protected("203.0.113.128/26", GuardReason::Allowlisted),
        protected("2001:db8:a::/48", GuardReason::Allowlisted),
    ]
}

fn all() -> Arc<[ProtectedNetwork]> {
    all_protected(&facts(), &set())
}

fn reasons(network: &str, requester: Option<&str>) -> Vec<(GuardReason, String)> {
    hits(net(network), requester.map(ip), &all())
        .into_iter()
        .map(|hit| (hit.reason, hit.address.to_string()))
        .collect()
}

fn hit(reason: GuardReason, address: &str) -> (GuardReason, String) {
    (reason, address.to_owned())
}

#[test]
fn harmless_target_has_no_hits() {
    assert_eq!(reasons("192.0.2.7", Some("192.0.2.8")), []);
    assert_eq!(reasons("2001:db8:9::/48", Some("192.0.2.8")), []);
}

#[test]
fn loopback_and_what_contains_it_is_refused() {
    assert_eq!(
        reasons("127.3.2.1", None),
        [hit(GuardReason::Loopback, "127.3.2.1")]
    );
    assert_eq!(
        reasons("127.0.0.0/8", None),
        [hit(GuardReason::Loopback, "127.0.0.0")]
    );
    assert_eq!(
        reasons("126.0.0.0/7", None),
        [hit(GuardReason::Loopback, "127.0.0.1")]
    );
    assert_eq!(reasons("::1", None), [hit(GuardReason::Loopback, "::1")]);
    assert_eq!(
        reasons("::ffff:127.0.0.1", None),
        [hit(GuardReason::Loopback, "127.0.0.1")]
    );
}

#[test]
fn own_address_gateway_and_name_server_are_refused() {
    assert_eq!(
        reasons("198.51.100.20", None),
        [hit(GuardReason::OwnAddress, "198.51.100.20")]
    );
    assert_eq!(
        reasons("2001:db8:1::/64", None),
        [hit(GuardReason::OwnAddress, "2001:db8:1::20")]
    );
    assert_eq!(
        reasons("fe80::/10", None),
        [hit(GuardReason::Gateway, "fe80::1")]
    );
    assert_eq!(
        reasons("203.0.113.53", None),
        [hit(GuardReason::NameServer, "203.0.113.53")]
    );
    assert_eq!(
        reasons("198.51.100.0/24", None),
        [
            hit(GuardReason::OwnAddress, "198.51.100.20"),
            hit(GuardReason::Gateway, "198.51.100.1"),
            hit(GuardReason::Proxy, "198.51.100.40"),
        ]
    );
}

#[test]
fn everything_and_the_unspecified_address_are_refused() {
    assert!(reasons("0.0.0.0/0", None).contains(&hit(GuardReason::Everything, "0.0.0.0")));
    assert_eq!(
        reasons("0.0.0.0", None),
        [hit(GuardReason::Everything, "0.0.0.0")]
    );
    assert_eq!(
        reasons("0.0.0.0/8", None),
        [hit(GuardReason::Everything, "0.0.0.0")]
    );
    assert!(reasons("::/0", None).contains(&hit(GuardReason::Everything, "::")));
}

#[test]
fn requester_alone_is_lifted_by_the_second_yes() {
    let found = hits(net("192.0.2.0/28"), Some(ip("::ffff:192.0.2.8")), &all());
    assert_eq!(
        found,
        [GuardHit {
            reason: GuardReason::Requester,
            address: ip("192.0.2.8")
        }]
    );
    assert!(refuses(&found, false));
    assert!(!refuses(&found, true));
}

#[test]
fn requester_beside_another_reason_is_not_lifted() {
    let found = hits(net("203.0.113.0/26"), Some(ip("203.0.113.9")), &all());
    assert_eq!(found.len(), 2);
    assert!(refuses(&found, true));
}

#[test]
fn requester_on_loopback_is_loopback_and_not_lifted() {
    let found = hits(net("127.0.0.1"), Some(ip("127.0.0.1")), &all());
    assert_eq!(
        found,
        [GuardHit {
            reason: GuardReason::Loopback,
            address: ip("127.0.0.1")
        }]
    );
    assert!(refuses(&found, true));
}

#[test]
fn network_given_with_host_bits_or_mapped_is_brought_into_form() {
    let six = |text: &str| text.parse::<IpNet>().unwrap();
    assert_eq!(canonical_network(six("192.0.2.9/24")), net("192.0.2.0/24"));
    assert_eq!(
        canonical_network(six("::ffff:192.0.2.9/120")),
        net("192.0.2.0/24")
    );
    assert_eq!(
        canonical_network(six("2001:db8::1/64")),
        net("2001:db8::/64")
    );
    assert_eq!(hits(six("::ffff:127.0.0.1/128"), None, &all()).len(), 1);
}

#[test]
fn login_proxy_and_somebody_signed_in_are_refused_whoever_says_yes() {
    for (target, reason) in [
        ("192.0.2.22", GuardReason::SshSession),
        ("198.51.100.40", GuardReason::Proxy),
        ("192.0.2.33", GuardReason::SignedIn),
    ] {
        let found = hits(net(target), Some(ip("192.0.2.8")), &all());
        let [hit] = &*found else {
            panic!("{target}: {found:?}");
        };
        assert_eq!((hit.reason, hit.address), (reason, ip(target)));
        assert!(refuses(&found, true), "{target}");
    }
}

#[test]
fn network_that_is_protected_as_a_whole_is_refused_with_each_part_of_it() {
    for (target, first) in [
        ("10.20.30.40", "10.20.30.40"),
        ("10.20.0.0/16", "10.20.0.0"),
        ("10.16.0.0/12", "10.20.0.0"),
    ] {
        assert_eq!(reasons(target, None), [hit(GuardReason::Proxy, first)]);
    }
    for (target, first) in [
        ("203.0.113.191", "203.0.113.191"),
        ("203.0.113.160/27", "203.0.113.160"),
        ("203.0.113.128/25", "203.0.113.128"),
        ("2001:db8:a:1::/64", "2001:db8:a:1::"),
        ("2001:db8:8::/45", "2001:db8:a::"),
    ] {
        assert_eq!(
            reasons(target, None),
            [hit(GuardReason::Allowlisted, first)]
        );
    }
    assert_eq!(reasons("203.0.113.192", None), []);
    assert_eq!(reasons("10.21.0.0", None), []);
}

#[test]
fn session_at_the_requesters_own_address_is_lifted_with_it() {
    for own in ["192.0.2.22", "192.0.2.33", "::ffff:192.0.2.22"] {
        let found = hits(net(own), Some(ip(own)), &all());
        assert_eq!(
            found,
            [GuardHit {
                reason: GuardReason::Requester,
                address: domain::canonical(ip(own))
            }]
        );
        assert!(refuses(&found, false));
        assert!(!refuses(&found, true));
    }
}

#[test]
fn session_of_somebody_else_beside_the_requesters_own_address_is_not_lifted() {
    let found = hits(net("192.0.2.16/28"), Some(ip("192.0.2.22")), &all());
    assert!(!refuses(&found, true));
    let found = hits(net("192.0.2.16/28"), Some(ip("192.0.2.23")), &all());
    assert_eq!(found.len(), 2);
    assert!(refuses(&found, true));
}

#[test]
fn requester_on_the_allowlist_or_at_the_proxy_is_not_lifted() {
    for own in ["203.0.113.130", "198.51.100.40"] {
        let found = hits(net(own), Some(ip(own)), &all());
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(refuses(&found, true));
    }
}

#[test]
fn network_with_very_many_protected_addresses_tells_of_some() {
    let many: Vec<ProtectedNetwork> = (0..=255)
        .map(|last| protected(&format!("192.0.2.{last}/32"), GuardReason::Allowlisted))
        .collect();
    let known = all_protected(&Facts::default(), &many);
    let found = hits(net("192.0.2.0/24"), None, &known);
    assert_eq!(found.len(), MAX_HITS_PER_REASON);
}

#[tokio::test]
async fn protected_is_what_the_machine_needs_and_what_was_set_last_each_once() {
    let (_, guard) = Counting::guard(usize::MAX, Duration::from_hours(1));
    guard.set(&set()).unwrap();
    let mapped = protected("::ffff:192.0.2.77/128", GuardReason::Allowlisted);
    let bits = protected("203.0.113.1/24", GuardReason::Allowlisted);
    guard.set(&[mapped, bits, bits]).unwrap();
    let known = guard.protected().await.unwrap();
    let mut expected = vec![
        protected("127.0.0.0/8", GuardReason::Loopback),
        protected("192.0.2.22/32", GuardReason::SshSession),
        protected("192.0.2.77/32", GuardReason::Allowlisted),
        protected("198.51.100.1/32", GuardReason::Gateway),
        protected("198.51.100.20/32", GuardReason::OwnAddress),
        protected("203.0.113.0/24", GuardReason::Allowlisted),
        protected("203.0.113.53/32", GuardReason::NameServer),
        protected("::1/128", GuardReason::Loopback),
        protected("2001:db8:1::20/128", GuardReason::OwnAddress),
        protected("fe80::1/128", GuardReason::Gateway),
    ];
    expected.sort();
    assert_eq!(*known, *expected);
}

#[tokio::test]
async fn more_protected_networks_than_there_may_be_are_refused_and_the_last_ones_stay() {
    let (_, guard) = Counting::guard(usize::MAX, Duration::from_hours(1));
    guard.set(&set()).unwrap();
    let before = guard.protected().await.unwrap();
    let one = protected("192.0.2.0/24", GuardReason::Allowlisted);
    let many = vec![one; MAX_PROTECTED_NETWORKS + 1];
    assert_eq!(
        guard.set(&many),
        Err(HostError::TooManyTargets {
            max: MAX_PROTECTED_NETWORKS
        })
    );
    assert_eq!(guard.protected().await.unwrap(), before);
    assert_eq!(guard.set(&many[1..]), Ok(()));
}

proptest! {
    #[test]
    fn network_that_holds_a_protected_address_is_always_refused(which in 0usize..9, prefix in 0u8..=128) {
        let Facts { own, gateways, name_servers, ssh_sessions } = facts();
        let addresses = [own, gateways, name_servers, ssh_sessions].concat();
        let address = addresses[which];
        let width = if address.is_ipv4() { prefix % 33 } else { prefix };
        let network = IpNet::new(address, width).unwrap();
        prop_assert!(refuses(&hits(network, None, &all()), true), "{}", network);
    }

    /// Two networks have something in common or they do not; nothing else decides.
    #[test]
    fn target_is_hit_exactly_when_it_and_a_protected_network_have_an_address_in_common(
        bits: u32, width in 1u8..=32, other: u32, other_width in 1u8..=32,
    ) {
        let target = IpNet::new(IpAddr::V4(bits.into()), width).unwrap().trunc();
        let known = IpNet::new(IpAddr::V4(other.into()), other_width).unwrap().trunc();
        let protected = [ProtectedNetwork { network: known, reason: GuardReason::Allowlisted }];
        let found = hits(target, None, &protected);
        let told = found.iter().find(|hit| hit.reason == GuardReason::Allowlisted);
        let shorter = width.min(other_width);
        let in_common = (bits ^ other).checked_shr(32 - u32::from(shorter)).unwrap_or_default() == 0;
        prop_assert_eq!(told.is_some(), in_common && !told_by_loopback(target, known));
        if let Some(hit) = told {
            prop_assert!(target.contains(&hit.address) && known.contains(&hit.address));
        }
    }
}

/// Where the first address in common is a loopback one, loopback is the reason.
fn told_by_loopback(target: IpNet, known: IpNet) -> bool {
    target.network().max(known.network()).is_loopback()
}

#[test]
fn routes_are_read_from_the_kernels_text() {
    let four = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n\
        eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n\
        eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n\
        broken\n";
    assert_eq!(routes::gateways_v4(four), [ip("172.17.0.1")]);
    let six = "00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003 eth0\n\
        fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001 eth0\n";
    assert_eq!(routes::gateways_v6(six), [ip("fe80::1")]);
}

#[test]
fn name_servers_are_read_with_comments_and_zones_left_aside() {
    let text = "# made by hand\nsearch example.org\nnameserver 203.0.113.53\nnameserver fe80::53%eth0\n;nameserver 192.0.2.1\nnameserver nonsense\n";
    assert_eq!(
        facts::name_servers(text),
        [ip("203.0.113.53"), ip("fe80::53")]
    );
}

#[test]
fn machine_facts_of_this_machine_name_its_loopback_address() {
    assert!(
        MachineFacts::default()
            .read()
            .unwrap()
            .own
            .contains(&ip("127.0.0.1"))
    );
}

/// Counts how often it is read; fails from a number of times on.
struct Counting {
    read: AtomicUsize,
    fails_from: usize,
}

impl Counting {
    fn guard(fails_from: usize, refresh: Duration) -> (Arc<Self>, Guard) {
        let source = Arc::new(Self {
            read: AtomicUsize::new(0),
            fails_from,
        });
        let facts = Arc::<Self>::clone(&source);
        (source, Guard::new(GuardConfig { facts, refresh }))
    }
}

impl FactsSource for Counting {
    fn read(&self) -> std::io::Result<Facts> {
        if self.read.fetch_add(1, Ordering::SeqCst) >= self.fails_from {
            return Err(std::io::Error::other("too many open files"));
        }
        Ok(facts())
    }
}

#[tokio::test]
async fn facts_are_read_once_until_they_are_old() {
    for (refresh, reads) in [(Duration::from_hours(1), 1), (Duration::ZERO, 2)] {
        let (source, guard) = Counting::guard(usize::MAX, refresh);
        guard.facts(guard.config.refresh).await.unwrap();
        guard.facts(guard.config.refresh).await.unwrap();
        assert_eq!(source.read.load(Ordering::SeqCst), reads);
    }
}

#[tokio::test]
async fn facts_that_cannot_be_read_any_more_are_the_last_known_and_without_any_nothing_is_banned() {
    let (source, guard) = Counting::guard(1, Duration::ZERO);
    guard.facts(guard.config.refresh).await.unwrap();
    assert_eq!(*guard.facts(guard.config.refresh).await.unwrap(), facts());
    assert_eq!(source.read.load(Ordering::SeqCst), 2);
    let (_, blind) = Counting::guard(0, Duration::ZERO);
    let refused = blind.facts(blind.config.refresh).await;
    assert_eq!(
        refused,
        Err(domain::HostError::GuardBlind(
            "too many open files".to_owned()
        ))
    );
}

#[test]
fn file_of_the_machine_that_is_there_and_cannot_be_read_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let of = |path: std::path::PathBuf| MachineFacts {
        routes_v4: path,
        ..MachineFacts::default()
    };
    assert!(of(folder.path().join("absent")).read().is_ok());
    // A folder cannot be read as a file, not even by root.
    let error = of(folder.path().to_owned()).read().unwrap_err();
    assert!(error.to_string().contains(folder.path().to_str().unwrap()));
    let utmp = MachineFacts {
        utmp: folder.path().to_owned(),
        ..MachineFacts::default()
    };
    assert!(utmp.read().is_err());
}
