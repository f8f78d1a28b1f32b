//! A table that is removed leaves what is of others.
use firewall::{Backend, Content};

use crate::ground::{
    BAD,
    Fate::{Delivered, Dropped},
    Ground, ban, nets,
};

crate::with_each_backend!(removed_table_is_gone_and_the_rest_is_as_it_was);

/// Others' rules, of which none may be touched.
const OTHERS: &str = "
    table inet f2b-table {
        set addr-set-sshd { type ipv4_addr; elements = { 192.0.2.66, 192.0.2.67 } }
        chain f2b-chain { type filter hook input priority filter - 1; tcp dport 22 ip saddr @addr-set-sshd counter reject; }
    }
    table inet filter {
        chain input { type filter hook input priority filter; policy accept; ct state invalid counter drop; }
    }
    table ip nat {
        map ports { type inet_service : ipv4_addr . inet_service; elements = { 80 : 10.7.7.2 . 8080 } }
        chain prerouting { type nat hook prerouting priority dstnat; dnat to tcp dport map @ports; }
    }
    table ip6 guard {
        chain forward { type filter hook forward priority filter; policy accept; }
    }
";

/// All rules and sets of the host, of whoever they are.
fn all_rules(ground: &Ground) -> [String; 4] {
    let lines = [
        "nft list ruleset",
        "iptables-save",
        "ip6tables-save",
        "ipset save",
    ];
    lines.map(|line| {
        let printed = ground.host.run(line);
        // Without the time at which it was printed, and the packets of the system's chains.
        let kept = printed.lines().filter(|line| !line.starts_with('#'));
        let kept = kept.map(|line| line.split_once(" [").map_or(line, |(chain, _)| chain));
        kept.collect::<Vec<&str>>().join("\n")
    })
}

/// Rules and sets of others, beside which a table is loaded and removed.
fn make_others(ground: &Ground) {
    ground.host.nft(OTHERS);
    ground.host.run("ipset create f2b-sshd hash:ip timeout 0");
    ground.host.run("ipset add f2b-sshd 192.0.2.66");
    for program in ["iptables", "ip6tables"] {
        for chain in ["PREROUTING", "FORWARD", "OUTPUT"] {
            ground.host.run(&format!(
                "{program} -t mangle -A {chain} -p tcp --dport 9 -j DROP"
            ));
        }
        ground
            .host
            .run(&format!("{program} -A INPUT -p tcp --dport 9 -j ACCEPT"));
    }
    ground
        .host
        .run("iptables -A INPUT -m set --match-set f2b-sshd src -j REJECT");
}

async fn removed_table_is_gone_and_the_rest_is_as_it_was(backend: Backend) {
    let ground = Ground::make(backend).await;
    make_others(&ground);
    let before = all_rules(&ground);
    assert!(!ground.table.remove().await.unwrap());
    assert_eq!(all_rules(&ground), before);
    let content = Content {
        blocked: nets(&["198.51.100.0/24", "2001:db8:bad::7/128"]),
        blocked_out: nets(&["198.51.100.0/24"]),
        allowed: nets(&["192.0.2.0/24"]),
        bans: vec![
            ban("203.0.113.66/32", Some(3600)),
            ban("203.0.113.64/28", None),
        ],
        established_stay: true,
    };
    for _ in 0..2 {
        ground.load(content.clone()).await;
        assert_ne!(all_rules(&ground), before);
        ground.assert_fates(&[(BAD, Dropped)]).await;
        assert!(ground.table.remove().await.unwrap());
        assert_eq!(all_rules(&ground), before);
        ground.assert_fates(&[(BAD, Delivered)]).await;
    }
    assert_eq!(ground.table.state().await.unwrap(), None);
}
