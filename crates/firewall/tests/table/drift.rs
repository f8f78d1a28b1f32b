//! What others change by hand is found, and made good by the next load.
use std::sync::Arc;

use firewall::{Backend, Content, Drift, List};

use crate::ground::{BAD, Fate::Delivered, Fate::Dropped, GOOD, Ground, ban, nets};

fn content() -> Content {
    Content {
        blocked: nets(&["198.51.100.7/32", "198.51.100.8/30", "2001:db8:bad::/64"]),
        blocked_out: nets(&["198.51.100.7/32"]),
        allowed: nets(&["203.0.113.0/24", "192.0.2.7/32"]),
        bans: vec![
            ban("203.0.113.66/32", None),
            ban("203.0.112.0/24", Some(3600)),
        ],
        established_stay: true,
    }
}

/// Changes something by hand, and answers what is found of it.
async fn found_after(ground: &Ground, change: &str) -> Vec<Drift> {
    let content = Arc::new(content());
    ground.table.load(Arc::clone(&content)).await.unwrap();
    assert_eq!(
        ground.table.verify(Arc::clone(&content)).await.unwrap(),
        [],
        "before {change}"
    );
    ground.host.nft(change);
    let found = ground.table.verify(Arc::clone(&content)).await.unwrap();
    let loaded = ground.table.load(Arc::clone(&content)).await.unwrap();
    assert_eq!(loaded.changed, !found.is_empty(), "{change}");
    assert_eq!(
        ground.table.verify(content).await.unwrap(),
        [],
        "after {change}"
    );
    ground
        .assert_fates(&[(BAD, Dropped), (GOOD, Delivered)])
        .await;
    found
}

fn rules(chain: &str) -> Drift {
    Drift::Rules {
        chain: chain.to_owned(),
    }
}

fn chain(name: &str) -> Drift {
    Drift::Chain {
        name: name.to_owned(),
    }
}

#[tokio::test]
async fn removed_table_is_found_and_loaded_again() {
    let ground = Ground::make(Backend::Nftables).await;
    assert_eq!(
        found_after(&ground, "delete table inet bangui").await,
        [Drift::NoTable]
    );
    let asleep = "add table inet bangui { flags dormant; }";
    assert_eq!(found_after(&ground, asleep).await, [Drift::Asleep]);
}

#[tokio::test]
async fn changed_rules_are_found_and_put_back() {
    let ground = Ground::make(Backend::Nftables).await;
    for name in [
        "prerouting",
        "allowed",
        "banned",
        "blocked",
        "output",
        "forward",
        "allowed_out",
        "blocked_out",
    ] {
        let found = found_after(&ground, &format!("flush chain inet bangui {name}")).await;
        assert_eq!(found, [rules(name)]);
        let accept = format!("insert rule inet bangui {name} ip saddr 198.51.100.7 accept");
        assert_eq!(found_after(&ground, &accept).await, [rules(name)]);
        let queue = format!("add rule inet bangui {name} tcp dport 22 log prefix \"x\"");
        assert_eq!(found_after(&ground, &queue).await, [rules(name)]);
    }
}

#[tokio::test]
async fn changed_chains_are_found_and_made_again() {
    let ground = Ground::make(Backend::Nftables).await;
    let policy = "add chain inet bangui prerouting { policy drop; }";
    assert_eq!(found_after(&ground, policy).await, [chain("prerouting")]);
    let gone = "flush chain inet bangui forward; delete chain inet bangui forward";
    assert_eq!(found_after(&ground, gone).await, [chain("forward")]);
    let later = "delete chain inet bangui output; add chain inet bangui output { type filter hook output priority 300; }";
    assert_eq!(found_after(&ground, later).await, [chain("output")]);
    let foreign = "table inet bangui {
        set mine { type ipv4_addr; }
        chain mine { type filter hook prerouting priority -160; ip saddr @mine accept; ip saddr @blocked4_32_1 accept; }
    }";
    // The number of the sets is that of the loads before.
    let state = ground.table.state().await.unwrap().unwrap();
    let foreign = foreign.replace("_1 accept", &format!("_{} accept", state.generation));
    let found = found_after(&ground, &foreign).await;
    assert_eq!(
        found,
        [
            chain("mine"),
            Drift::Set {
                name: "mine".to_owned()
            }
        ]
    );
}

#[tokio::test]
async fn blocked_sets_in_force_take_no_change_by_hand() {
    let ground = Ground::make(Backend::Nftables).await;
    ground.load(content()).await;
    for change in [
        "delete element inet bangui blocked4_32_1 { 198.51.100.7 }",
        "add element inet bangui blocked4_32_1 { 192.0.2.99 }",
        "flush set inet bangui blocked6_64_1",
        "delete set inet bangui blocked6_64_1",
    ] {
        let tried = ground.host.command("nft").arg(change).output().unwrap();
        assert!(!tried.status.success(), "{change}");
    }
    assert_eq!(ground.table.verify(content().into()).await.unwrap(), []);
}

#[tokio::test]
async fn blocked_networks_of_other_sets_are_named() {
    let ground = Ground::make(Backend::Nftables).await;
    ground.load(content()).await;
    let other = Content {
        blocked: nets(&[
            "198.51.100.7/32",
            "198.51.100.8/31",
            "198.51.100.128/25",
            "2001:db8:bad::/64",
        ]),
        ..content()
    };
    let found = ground.table.verify(other.into()).await.unwrap();
    let missing = Drift::Missing {
        list: List::Blocked,
        examples: nets(&["198.51.100.128/25"]),
        count: 1,
    };
    let excess = Drift::Excess {
        list: List::Blocked,
        examples: nets(&["198.51.100.10/31"]),
        count: 1,
    };
    assert!(
        found.contains(&missing) && found.contains(&excess),
        "{found:?}"
    );
}

#[tokio::test]
async fn bans_and_allowed_networks_changed_by_hand_are_named_and_put_right() {
    let ground = Ground::make(Backend::Nftables).await;
    let missing = |list, network| Drift::Missing {
        list,
        examples: nets(&[network]),
        count: 1,
    };
    let excess = |list, network| Drift::Excess {
        list,
        examples: nets(&[network]),
        count: 1,
    };
    for (change, drift) in [
        (
            "delete element inet bangui banned4_32 { 203.0.113.66 }",
            missing(List::Bans, "203.0.113.66/32"),
        ),
        (
            "flush set inet bangui banned4_24",
            missing(List::Bans, "203.0.112.0/24"),
        ),
        (
            "add element inet bangui banned4_32 { 192.0.2.7 }",
            excess(List::Bans, "192.0.2.7/32"),
        ),
        (
            "delete element inet bangui allowed4_24 { 203.0.113.0 }",
            missing(List::Allowed, "203.0.113.0/24"),
        ),
        (
            "add element inet bangui allowed4_32 { 198.51.100.7 }",
            excess(List::Allowed, "198.51.100.7/32"),
        ),
        // Its end is elsewhere now.
        (
            "delete element inet bangui banned4_24 { 203.0.112.0 }; add element inet bangui banned4_24 { 203.0.112.0 timeout 30m }",
            missing(List::Bans, "203.0.112.0/24"),
        ),
    ] {
        assert_eq!(found_after(&ground, change).await, [drift]);
    }
}

/// Does something by hand to a table of ipset, and answers what is found of it.
async fn found_after_by_ipset(ground: &Ground, lines: &[&str]) -> Vec<Drift> {
    let content = Arc::new(content());
    ground.table.load(Arc::clone(&content)).await.unwrap();
    let before = ground.table.verify(Arc::clone(&content)).await.unwrap();
    assert_eq!(before, [], "before {lines:?}");
    for line in lines {
        ground.host.run(line);
    }
    let found = ground.table.verify(Arc::clone(&content)).await.unwrap();
    ground.table.repair(Arc::clone(&content)).await.unwrap();
    let after = ground.table.verify(content).await.unwrap();
    assert_eq!(after, [], "after {lines:?}");
    ground
        .assert_fates(&[(BAD, Dropped), (GOOD, Delivered)])
        .await;
    found
}

#[tokio::test]
async fn changed_rules_of_iptables_are_found_and_put_back() {
    let ground = Ground::make(Backend::Ipset).await;
    for chain in ["BANGUI", "BANGUI-drop", "BANGUI-out", "BANGUI-out-drop"] {
        let flush = format!("iptables -t mangle -F {chain}");
        assert_eq!(
            found_after_by_ipset(&ground, &[&flush]).await,
            [rules(chain)]
        );
        let accept = format!("ip6tables -t mangle -I {chain} -s 2001:db8::7 -j ACCEPT");
        assert_eq!(
            found_after_by_ipset(&ground, &[&accept]).await,
            [rules(chain)]
        );
    }
    for (hook, name) in [
        ("PREROUTING", "BANGUI"),
        ("OUTPUT", "BANGUI-out"),
        ("FORWARD", "BANGUI-out"),
    ] {
        let gone = format!("iptables -t mangle -D {hook} -j {name}");
        assert_eq!(found_after_by_ipset(&ground, &[&gone]).await, [chain(name)]);
        let twice = format!("iptables -t mangle -A {hook} -j {name}");
        assert_eq!(
            found_after_by_ipset(&ground, &[&twice]).await,
            [chain(name)]
        );
    }
}

#[tokio::test]
async fn changed_sets_of_ipset_are_found_and_put_right() {
    let ground = Ground::make(Backend::Ipset).await;
    let missing = |list, network| Drift::Missing {
        list,
        examples: nets(&[network]),
        count: 1,
    };
    let excess = |list, network| Drift::Excess {
        list,
        examples: nets(&[network]),
        count: 1,
    };
    for (lines, drifts) in [
        (
            &["ipset del bangui_ips4_N 198.51.100.7"][..],
            vec![missing(List::Blocked, "198.51.100.7/32")],
        ),
        (
            &["ipset del bangui_outips4_N 198.51.100.7"],
            vec![missing(List::BlockedOut, "198.51.100.7/32")],
        ),
        (
            // As many as before.
            &[
                "ipset del bangui_nets4_N 198.51.100.8/30",
                "ipset add bangui_nets4_N 192.0.2.0/24",
            ],
            vec![
                missing(List::Blocked, "198.51.100.8/30"),
                excess(List::Blocked, "192.0.2.0/24"),
            ],
        ),
        (
            &["ipset del bangui_allowed4 192.0.2.7"],
            vec![missing(List::Allowed, "192.0.2.7/32")],
        ),
        (
            &["ipset add bangui_banned4 192.0.2.7"],
            vec![excess(List::Bans, "192.0.2.7/32")],
        ),
        (
            &["ipset add bangui_banned4 203.0.112.0/24 timeout 99 -exist"],
            vec![missing(List::Bans, "203.0.112.0/24")],
        ),
    ] {
        let state = ground.table.state().await.unwrap();
        let generation = state.map_or(1, |state| state.generation);
        let lines: Vec<String> = lines
            .iter()
            .map(|line| line.replace("_N", &format!("_{generation}")))
            .collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        assert_eq!(
            found_after_by_ipset(&ground, &lines).await,
            drifts,
            "{lines:?}"
        );
    }
}

#[tokio::test]
async fn leftovers_of_ipset_go_with_the_next_load() {
    let ground = Ground::make(Backend::Ipset).await;
    ground.load(content()).await;
    // As a load leaves them that was killed.
    ground.host.run("ipset create bangui_ips4_2 hash:ip");
    ground.host.run("ipset add bangui_ips4_2 192.0.2.7");
    ground.host.run("ipset create bangui_trial_ips4_1 hash:ip");
    let state = ground.table.state().await.unwrap().unwrap();
    assert_eq!((state.generation, state.hash), (1, content().hash()));
    assert_eq!(ground.table.verify(content().into()).await.unwrap(), []);
    ground.load(content()).await;
    let state = ground.table.state().await.unwrap().unwrap();
    let names = ground.host.run("ipset list -n");
    let of_loads = names
        .lines()
        .filter(|name| name.ends_with(&format!("_{}", state.generation)));
    // Four of what comes in, and four of what goes out; three for each family that stay; and one of another table.
    assert_eq!(
        (of_loads.count(), names.lines().count()),
        (8, 8 + 6 + 1),
        "{names}"
    );
}
