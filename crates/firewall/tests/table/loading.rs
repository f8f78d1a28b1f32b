//! What a load changes, and what it leaves.
use std::{
    io::{BufRead as _, BufReader},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    process::Stdio,
    sync::Arc,
};

use firewall::{Backend, Content, Counts, Place, State, Table, TableError};
use ipnet::IpNet;

use crate::ground::{
    BAD,
    Fate::{Delivered, Dropped},
    Ground, ban, blocking, nets,
};
use crate::namespace::Namespace;

crate::with_each_backend!(
    state_tells_after_a_restart_what_is_in_force,
    lists_out_of_order_are_refused_and_change_nothing,
    hundred_thousand_networks_are_loaded_and_verified,
    two_tables_do_not_meet,
    changes_succeed_beside_others_who_change_the_rules,
);

async fn state_tells_after_a_restart_what_is_in_force(backend: Backend) {
    let ground = Ground::make(backend).await;
    let content = Content {
        blocked: nets(&[
            "192.0.2.1/32",
            "192.0.2.4/31",
            "192.0.2.8/30",
            "2001:db8::/32",
        ]),
        blocked_out: nets(&["192.0.2.1/32", "2001:db8::1/128"]),
        allowed: nets(&["198.51.100.0/24"]),
        bans: vec![ban("203.0.113.66/32", None)],
        established_stay: true,
    };
    ground.load(content.clone()).await;
    // Of another run, which knows nothing of the first.
    let again = Table::with(ground.host.place(), "bangui".parse().unwrap(), backend);
    let again = again.await.unwrap();
    let expected = State {
        hash: content.hash(),
        generation: 1,
        blocked: Counts {
            addresses_v4: 1,
            networks_v4: 2,
            addresses_v6: 0,
            networks_v6: 1,
        },
        blocked_out: Counts {
            addresses_v4: 1,
            addresses_v6: 1,
            ..Counts::default()
        },
        allowed: 1,
        bans: 1,
    };
    assert_eq!(again.state().await.unwrap(), Some(expected));
    assert!(!again.load(content.clone().into()).await.unwrap().changed);
    let other = Content {
        established_stay: false,
        ..content
    };
    assert!(again.load(other.into()).await.unwrap().changed);
    assert_eq!(again.state().await.unwrap().unwrap().generation, 2);
}

#[tokio::test]
async fn no_set_is_one_of_intervals_which_would_slow_down_others() {
    let ground = Ground::make(Backend::Nftables).await;
    let content = Content {
        blocked: many(1_000, false),
        bans: vec![ban("198.51.100.0/24", None)],
        allowed: nets(&["203.0.113.0/24"]),
        ..Content::default()
    };
    ground.load(content).await;
    let sets = ground.host.run("nft -t list sets");
    assert!(sets.contains("blocked4_32_1") && sets.contains("banned4_24"));
    assert!(!sets.contains("interval"), "{sets}");
}

#[tokio::test]
async fn nftables_are_found_first() {
    let namespace = Namespace::make();
    let table = Table::find(namespace.place(), "bangui".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(table.backend(), Backend::Nftables);
    // And nothing was made to find out.
    assert_eq!(namespace.run("nft list ruleset"), "");
}

#[tokio::test]
async fn trial_of_ipset_leaves_nothing() {
    let namespace = Namespace::make();
    let name = "bangui".parse().unwrap();
    Table::with(namespace.place(), name, Backend::Ipset)
        .await
        .unwrap();
    assert_eq!(namespace.run("ipset save"), "");
    let rules = namespace.run("iptables-save") + &namespace.run("ip6tables-save");
    assert!(!rules.contains("BANGUI"), "{rules}");
}

#[tokio::test]
async fn unchanged_content_is_no_event_in_the_kernel() {
    let ground = Ground::make(Backend::Nftables).await;
    let content = Content {
        blocked: nets(&["192.0.2.1/32", "192.0.2.4/31", "2001:db8::/32"]),
        allowed: nets(&["198.51.100.0/24"]),
        bans: vec![
            ban("203.0.113.66/32", None),
            ban("203.0.113.67/32", Some(3600)),
        ],
        ..Content::default()
    };
    ground.load(content.clone()).await;
    let mut monitor = ground.host.command("nft");
    let mut monitor = monitor
        .arg("monitor")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(monitor.stdout.take().unwrap()).lines();
    // It listens from some time on: others' changes are made until it tells one.
    let mut told = std::thread::spawn(move || lines.next().map(|line| (line.unwrap(), lines)));
    let mut made = 0;
    while !told.is_finished() {
        ground.host.nft(&format!("add table ip before{made}"));
        made += 1;
    }
    let (_, mut lines) = told.join().unwrap().unwrap();
    for _ in 0..3 {
        assert!(!ground.load(content.clone()).await.changed);
    }
    ground.table.verify(content.into()).await.unwrap();
    ground.table.hits().await.unwrap();
    ground.host.nft("add table ip after");
    let mut events = Vec::new();
    told = std::thread::spawn(move || {
        loop {
            let line = lines.next().unwrap().unwrap();
            if line.contains("table ip after") {
                return Some((events.join("\n"), lines));
            }
            events.push(line);
        }
    });
    let (events, _) = told.join().unwrap().unwrap();
    monitor.kill().unwrap();
    monitor.wait().unwrap();
    assert!(!events.contains("bangui"), "{events}");
}

async fn lists_out_of_order_are_refused_and_change_nothing(backend: Backend) {
    let ground = Ground::make(backend).await;
    let good = blocking(&["198.51.100.7/32"]);
    ground.load(good.clone()).await;
    for bad in [
        &["192.0.2.2/32", "192.0.2.1/32"][..],
        &["192.0.2.0/24", "192.0.2.1/32"],
        &["192.0.2.1/32", "192.0.2.1/32"],
        &["192.0.2.1/24"],
        &["2001:db8::/32", "192.0.2.1/32"],
        &["2001:db8::/32", "2001:db8:1::/48"],
    ] {
        for content in [
            blocking(bad),
            Content {
                blocked_out: nets(bad),
                ..Content::default()
            },
        ] {
            let refused = ground.table.load(Arc::new(content)).await;
            assert!(
                matches!(refused, Err(TableError::Disorder { .. })),
                "{bad:?}"
            );
        }
    }
    assert!(!ground.load(good).await.changed);
}

/// Networks without overlaps that do not touch: four of five are single addresses.
pub(crate) fn many(count: u32, is_v6: bool) -> Vec<IpNet> {
    let mut next = 0x0b00_0000_u32;
    let network = |number: u32| {
        let host_bits = if number.is_multiple_of(5) {
            4 + number % 5
        } else {
            0
        };
        let size = 1_u32 << host_bits;
        let first = next.next_multiple_of(size);
        next = first + size + 1;
        let host_bits = u8::try_from(host_bits).unwrap();
        if is_v6 {
            let address = Ipv6Addr::from_bits(u128::from(first) | 0x2001_0db8 << 96);
            IpNet::new(IpAddr::V6(address), 128 - host_bits).unwrap()
        } else {
            IpNet::new(IpAddr::V4(Ipv4Addr::from_bits(first)), 32 - host_bits).unwrap()
        }
    };
    (0..count).map(network).collect()
}

async fn hundred_thousand_networks_are_loaded_and_verified(backend: Backend) {
    let ground = Ground::make(backend).await;
    let mut blocked = many(90_000, false);
    blocked.extend(many(10_000, true));
    let content = Arc::new(Content {
        blocked,
        ..Content::default()
    });
    let loaded = ground.table.load(Arc::clone(&content)).await.unwrap();
    assert_eq!((loaded.changed, loaded.networks), (true, 100_000));
    let blocked = ground.table.state().await.unwrap().unwrap().blocked;
    assert_eq!(blocked.total(), 100_000);
    assert_eq!(blocked.addresses_v4 + blocked.networks_v4, 90_000);
    assert_eq!(ground.table.verify(Arc::clone(&content)).await.unwrap(), []);
    // And the next set takes its place, and that of nothing else.
    let fewer = Content {
        blocked: many(50_000, false),
        ..Content::default()
    };
    ground.load(fewer.clone()).await;
    assert_eq!(ground.table.verify(fewer.into()).await.unwrap(), []);
    ground.assert_fates(&[(BAD, Delivered)]).await;
}

async fn two_tables_do_not_meet(backend: Backend) {
    let ground = Ground::make(backend).await;
    let other = Table::with(ground.host.place(), "other".parse().unwrap(), backend);
    let other = other.await.unwrap();
    let bad = blocking(&["198.51.100.7/32"]);
    ground.load(bad.clone()).await;
    other
        .load(blocking(&["198.51.100.8/32"]).into())
        .await
        .unwrap();
    ground.assert_fates(&[(BAD, Dropped)]).await;
    other.remove().await.unwrap();
    assert_eq!(ground.table.verify(bad.into()).await.unwrap(), []);
    ground
        .assert_fates(&[(BAD, Dropped), ("198.51.100.8", Delivered)])
        .await;
}

async fn changes_succeed_beside_others_who_change_the_rules(backend: Backend) {
    let ground = Ground::make(backend).await;
    ground
        .host
        .nft("table inet busy { set some { type ipv4_addr; }; }");
    let mut other = ground.host.command("sh");
    // As fail2ban bans and unbans, again and again.
    let line = "nft add element inet busy some { 192.0.2.1 }; nft delete element inet busy some { 192.0.2.1 }";
    let mut other = other
        .args(["-c", &format!("while :; do {line}; echo; done")])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut done = BufReader::new(other.stdout.take().unwrap()).lines();
    for number in 1..=10 {
        let content = Content {
            blocked: many(1_000 + number, false),
            bans: vec![ban("198.51.100.7/32", Some(3600))],
            ..Content::default()
        };
        ground.load(content.clone()).await;
        let length = format!("203.0.113.0/{}", 20 + number);
        ground.table.ban(&[ban(&length, None)]).await.unwrap();
        ground.table.unban(&nets(&[&length])).await.unwrap();
        assert_eq!(ground.table.verify(content.into()).await.unwrap(), []);
        // The other was not idle meanwhile.
        done.next().unwrap().unwrap();
    }
    other.kill().unwrap();
    other.wait().unwrap();
    ground.assert_fates(&[(BAD, Dropped)]).await;
}

#[tokio::test]
async fn namespace_that_is_not_there_is_named() {
    let place = Place::namespace("/nonexistent/netns".into());
    let none = Table::find(place, "bangui".parse().unwrap())
        .await
        .unwrap_err();
    assert!(none.nftables.contains("/nonexistent/netns"), "{none}");
    assert!(none.ipset.contains("/nonexistent/netns"), "{none}");
}

#[tokio::test]
async fn kernel_that_refuses_gives_the_reason_for_each_backend() {
    let namespace = Namespace::make();
    // A user of another user namespace has no rights in this one.
    let output = namespace
        .command("setpriv")
        .args([
            "--bounding-set=-all",
            "--inh-caps=-all",
            "--reuid=65534",
            "--clear-groups",
        ])
        .arg(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "loading::finds_nothing_without_rights",
            "--ignored",
            "--nocapture",
        ])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("nftables: ") && said.contains("ipset: "),
        "{said}"
    );
    assert!(said.contains("not permitted"), "{said}");
}

#[tokio::test]
#[ignore = "a part of the test above, in a process of its own"]
async fn finds_nothing_without_rights() {
    let none = Table::find(Place::own(), "bangui".parse().unwrap())
        .await
        .unwrap_err();
    println!("{none}");
}
