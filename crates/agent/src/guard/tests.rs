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
    }
}

fn reasons(network: &str, requester: Option<&str>) -> Vec<(GuardReason, String)> {
    hits(net(network), requester.map(ip), &facts())
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
            hit(GuardReason::Gateway, "198.51.100.1")
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
    let found = hits(net("192.0.2.0/24"), Some(ip("::ffff:192.0.2.8")), &facts());
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
    let found = hits(net("203.0.113.0/24"), Some(ip("203.0.113.9")), &facts());
    assert_eq!(found.len(), 2);
    assert!(refuses(&found, true));
}

#[test]
fn requester_on_loopback_is_loopback_and_not_lifted() {
    let found = hits(net("127.0.0.1"), Some(ip("127.0.0.1")), &facts());
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
    assert_eq!(hits(six("::ffff:127.0.0.1/128"), None, &facts()).len(), 1);
}

proptest! {
    #[test]
    fn network_that_holds_a_protected_address_is_always_refused(which in 0usize..7, prefix in 0u8..=128) {
        let all: Vec<IpAddr> = facts().own.into_iter().chain(facts().gateways).chain(facts().name_servers).collect();
        let address = all[which];
        let width = if address.is_ipv4() { prefix % 33 } else { prefix };
        let network = IpNet::new(address, width).unwrap();
        prop_assert!(refuses(&hits(network, None, &facts()), true), "{}", network);
    }
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
        guard.facts().await.unwrap();
        guard.facts().await.unwrap();
        assert_eq!(source.read.load(Ordering::SeqCst), reads);
    }
}

#[tokio::test]
async fn facts_that_cannot_be_read_any_more_are_the_last_known_and_without_any_nothing_is_banned() {
    let (source, guard) = Counting::guard(1, Duration::ZERO);
    guard.facts().await.unwrap();
    assert_eq!(*guard.facts().await.unwrap(), facts());
    assert_eq!(source.read.load(Ordering::SeqCst), 2);
    let (_, blind) = Counting::guard(0, Duration::ZERO);
    let refused = blind.facts().await;
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
}
