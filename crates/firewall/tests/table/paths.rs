//! Which packets are dropped, on which paths.
use std::{
    io::{Read as _, Write as _},
    net::Ipv4Addr,
};

use firewall::{AddressHits, Backend, Content, Counter, Hits};

use crate::ground::{
    BAD, BAD_V6, BEHIND, BEHIND_V6,
    Fate::{Delivered, Dropped},
    GOOD, GOOD_V6, Ground, HOST, any, blocking, nets, packets_of, until,
};

crate::with_each_backend!(
    listed_addresses_are_dropped_and_others_are_not,
    allowed_networks_are_never_dropped,
    loopback_is_never_dropped,
    forwarded_packets_are_dropped,
    published_port_of_a_container_is_covered,
    established_connections_stay_where_they_may,
    established_connections_are_cut_where_they_may_not_stay,
    packets_to_listed_networks_are_dropped_where_that_is_wanted,
);

async fn listed_addresses_are_dropped_and_others_are_not(backend: Backend) {
    let ground = Ground::make(backend).await;
    let fates = [(BAD, Delivered), (GOOD, Delivered), (BAD_V6, Delivered)];
    ground.load(Content::default()).await;
    ground.assert_fates(&fates).await;
    // As single addresses, and as networks.
    for (v4, v6) in [
        ("198.51.100.7/32", "2001:db8:bad::7/128"),
        ("198.51.100.0/28", "2001:db8:bad::/48"),
    ] {
        let loaded = ground.load(blocking(&[v4, v6])).await;
        assert!(loaded.changed);
        assert_eq!(loaded.networks, 2);
        let fates = [
            (BAD, Dropped),
            (GOOD, Delivered),
            (BAD_V6, Dropped),
            (GOOD_V6, Delivered),
        ];
        ground.assert_fates(&fates).await;
    }
    assert_counted(&ground.table.hits().await.unwrap());
    ground.load(blocking(&["198.51.100.9/32"])).await;
    ground
        .assert_fates(&[(BAD, Delivered), (BAD_V6, Delivered)])
        .await;
}

fn assert_counted(hits: &Hits) {
    // Two of IPv4 and two of IPv6, with the headers of IP and UDP, and 8 bytes within.
    let (v4, v6) = (20 + 8 + 8, 40 + 8 + 8);
    let incoming = Counter {
        packets: 4,
        bytes: 2 * v4 + 2 * v6,
    };
    let of = |address: &str, size: u64| AddressHits {
        address: address.parse().unwrap(),
        dropped: Counter {
            packets: 2,
            bytes: 2 * size,
        },
    };
    let expected = Hits {
        incoming,
        outgoing: Counter::default(),
        by_address: vec![of(BAD, v4), of(BAD_V6, v6)],
    };
    assert_eq!(*hits, expected);
}

async fn allowed_networks_are_never_dropped(backend: Backend) {
    let ground = Ground::make(backend).await;
    let content = Content {
        blocked: nets(&["198.51.100.0/24", "2001:db8:bad::7/128"]),
        allowed: nets(&["198.51.100.7/32", "2001:db8::/32"]),
        ..Content::default()
    };
    ground.load(content).await;
    let fates = [
        (BAD, Delivered),
        ("198.51.100.8", Dropped),
        (BAD_V6, Delivered),
    ];
    ground.assert_fates(&fates).await;
}

async fn loopback_is_never_dropped(backend: Backend) {
    let ground = Ground::make(backend).await;
    let everything = nets(&["0.0.0.0/0", "::/0"]);
    ground
        .load(Content {
            blocked: everything.clone(),
            blocked_out: everything,
            ..Content::default()
        })
        .await;
    ground
        .assert_fates(&[(GOOD, Dropped), (GOOD_V6, Dropped)])
        .await;
    // Also not to an own address of another interface, which goes by loopback.
    for address in [
        "127.0.0.1:0",
        "[::1]:0",
        "203.0.113.1:0",
        "[2001:db8:1::1]:0",
    ] {
        let (one, other) = (ground.host.udp(address), ground.host.udp(address));
        one.send_to(b"own", other.local_addr().unwrap()).unwrap();
        until("a packet by loopback", async || {
            other.recv(&mut [0; 3]).is_ok()
        })
        .await;
    }
}

async fn forwarded_packets_are_dropped(backend: Backend) {
    let ground = Ground::make(backend).await;
    ground
        .load(blocking(&["198.51.100.7/32", "2001:db8:bad::/64"]))
        .await;
    for (address, bad, good) in [(BEHIND, BAD, GOOD), (BEHIND_V6, BAD_V6, GOOD_V6)] {
        let receiver = ground.behind.udp(any(address));
        assert_eq!(ground.fate_at(bad, address, &receiver).await, Dropped);
        assert_eq!(ground.fate_at(good, address, &receiver).await, Delivered);
    }
}

async fn published_port_of_a_container_is_covered(backend: Backend) {
    let ground = Ground::make(backend).await;
    // As a container engine publishes a port.
    ground.host.nft(
        "table ip engine {
            chain published { type nat hook prerouting priority dstnat; udp dport 8080 dnat to 10.7.7.2:9000; }
            chain hidden { type nat hook postrouting priority srcnat; oifname lan masquerade; }
        }",
    );
    ground.load(blocking(&["198.51.100.7/32"])).await;
    let receiver = ground.behind.udp(any(BEHIND));
    let published = "203.0.113.1:8080";
    assert_eq!(ground.fate_at(GOOD, published, &receiver).await, Delivered);
    assert_eq!(ground.fate_at(BAD, published, &receiver).await, Dropped);
}

fn with_established(established_stay: bool) -> Content {
    Content {
        established_stay,
        ..blocking(&["198.51.100.0/24"])
    }
}

async fn established_connections_stay_where_they_may(backend: Backend) {
    let ground = Ground::make(backend).await;
    // From now on the kernel tracks connections.
    let content = Content {
        established_stay: true,
        ..Content::default()
    };
    ground.load(content).await;
    let (mut outside, mut inside) = ground.connect(BAD);
    ground.load(with_established(true)).await;
    let mut heard = [0; 5];
    outside.write_all(b"still").unwrap();
    inside.read_exact(&mut heard).unwrap();
    inside.write_all(b"there").unwrap();
    outside.read_exact(&mut heard).unwrap();
    assert_eq!(&heard, b"there");
    // What is new is dropped.
    assert_eq!(ground.fate(BAD).await, Dropped);
}

async fn established_connections_are_cut_where_they_may_not_stay(backend: Backend) {
    let ground = Ground::make(backend).await;
    let content = Content {
        established_stay: true,
        ..Content::default()
    };
    ground.load(content).await;
    let (mut outside, inside) = ground.connect(BAD);
    ground.load(with_established(false)).await;
    inside.set_nonblocking(true).unwrap();
    outside.write_all(b"still").unwrap();
    let sender = BAD.parse().unwrap();
    until("the packet is counted as dropped", async || {
        ground.dropped(sender).await > 0
    })
    .await;
    let read = (&inside).read(&mut [0; 5]);
    assert_eq!(read.unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

async fn packets_to_listed_networks_are_dropped_where_that_is_wanted(backend: Backend) {
    let ground = Ground::make(backend).await;
    let content = Content {
        blocked: nets(&["198.51.100.0/24", "2001:db8:bad::7/128"]),
        blocked_out: nets(&["198.51.100.7/32", "2001:db8:bad::/64"]),
        allowed: nets(&["2001:db8:bad::8/128"]),
        ..Content::default()
    };
    ground.load(content).await;
    let mut dropped = 0;
    for namespace in [&ground.host, &ground.behind] {
        for (to, from, fate) in [
            (BAD, "0.0.0.0:0", Dropped),
            // It is listed, but not for this direction.
            ("198.51.100.8", "0.0.0.0:0", Delivered),
            (GOOD, "0.0.0.0:0", Delivered),
            (BAD_V6, "[::]:0", Dropped),
            (GOOD_V6, "[::]:0", Delivered),
        ] {
            let receiver = ground
                .outside
                .udp(any(if to.contains(':') { "[" } else { "" }));
            let to = (to.parse::<std::net::IpAddr>().unwrap(), 9000);
            // The kernel says so where a packet of its own is dropped.
            let _ = namespace.udp(from).send_to(b"out", to);
            if fate == Dropped {
                dropped += 1;
                let is_counted =
                    async || ground.table.hits().await.unwrap().outgoing.packets == dropped;
                until("a packet is counted as dropped", is_counted).await;
                assert!(receiver.recv(&mut [0; 3]).is_err());
            } else {
                until("a packet goes out", async || {
                    receiver.recv(&mut [0; 3]).is_ok()
                })
                .await;
            }
        }
    }
    assert_eq!(ground.table.hits().await.unwrap().outgoing.packets, dropped);
}

#[tokio::test]
async fn packets_are_dropped_also_where_no_more_senders_can_be_counted() {
    let ground = Ground::make(Backend::Nftables).await;
    ground.load(blocking(&["198.51.100.7/32"])).await;
    let senders = (0..65_536_u32).map(|number| Ipv4Addr::from_bits(0x0b00_0000 + number));
    let senders: Vec<String> = senders.map(|sender| sender.to_string()).collect();
    let senders = senders.join(",");
    ground
        .host
        .nft(&format!("add element inet bangui hits4 {{ {senders} }}"));
    let receiver = ground.host.udp(any(HOST));
    let sender = ground.outside.udp("198.51.100.7:0");
    sender.send_to(b"flood", HOST).unwrap();
    let counted = async || ground.table.hits().await.unwrap().incoming.packets == 1;
    until("the packet is counted", counted).await;
    assert!(receiver.recv(&mut [0; 5]).is_err());
    let hits = ground.table.hits().await.unwrap();
    assert_eq!(hits.by_address.len(), 65_536);
    assert_eq!(packets_of(&hits, BAD.parse().unwrap()), 0);
}
