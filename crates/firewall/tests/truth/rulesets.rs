//! Rulesets of nftables that people have, one by one.
use firewall::truth::{
    Outcome::{Blocked, CannotTell, NotBlocked},
    Path::{Forwarded, HostInput, PublishedPort},
    Rulesets,
};

use crate::{
    expected::{BAD, BAD_V6, INNER, NEAR, OTHER, OTHER_V6, try_nft, try_out},
    ground::Ground,
};

#[tokio::test]
async fn no_rules_block_nothing() {
    let expected = [
        (BAD, HostInput, NotBlocked, "nothing"),
        (BAD_V6, Forwarded, NotBlocked, "nothing"),
    ];
    try_nft("", &[], &expected).await;
}

#[tokio::test]
async fn nftables_multiport_of_fail2ban_blocks_its_ports() {
    let ruleset = "table inet f2b-table {
        set addr-set-sshd { type ipv4_addr; elements = { 198.51.100.7 }; }
        set addr-set-web { type ipv4_addr; elements = { 198.51.100.7, 203.0.113.77 }; }
        set addr6-set-sshd { type ipv6_addr; elements = { 2001:db8:bad::7 }; }
        chain f2b-chain { type filter hook input priority -1; policy accept;
            tcp dport { 22, 2222 } ip saddr @addr-set-sshd reject with icmp port-unreachable
            tcp dport { 22, 2222 } ip6 saddr @addr6-set-sshd reject with icmpv6 port-unreachable
            tcp dport { 80, 443 } ip saddr @addr-set-web reject with icmp port-unreachable
        }
    }";
    let expected = [
        (BAD, HostInput, Blocked, "tcp 22,80,443,2222"),
        (NEAR, HostInput, Blocked, "tcp 80,443"),
        (OTHER, HostInput, NotBlocked, "nothing"),
        (BAD_V6, HostInput, Blocked, "tcp 22,2222"),
        (OTHER_V6, HostInput, NotBlocked, "nothing"),
        // The chain sees nothing that is forwarded.
        (BAD, Forwarded, NotBlocked, "nothing"),
    ];
    let ground = Ground::make();
    ground.host.nft(ruleset);
    try_out(&ground, &[], &expected).await;
    let rulesets = Rulesets::read(&ground.host.place()).await.unwrap();
    let verdicts = rulesets.verdicts(BAD.parse().unwrap()).await.unwrap();
    let because: Vec<(String, &str)> = verdicts[0]
        .because
        .iter()
        .map(|because| (because.scope.to_string(), because.rule.text.as_str()))
        .collect();
    assert_eq!(
        because,
        [
            (
                "tcp 22,2222".to_owned(),
                "tcp dport { 22, 2222 } ip saddr @addr-set-sshd reject with icmp port-unreachable"
            ),
            (
                "tcp 80,443".to_owned(),
                "tcp dport { 80, 443 } ip saddr @addr-set-web reject with icmp port-unreachable"
            ),
        ]
    );
    assert_eq!(verdicts[0].because[0].rule.table, "f2b-table");
    assert_eq!(verdicts[0].interface.as_deref(), Some("wan"));
}

#[tokio::test]
async fn nftables_allports_of_fail2ban_block_its_protocols() {
    let ruleset = "table inet f2b-table {
        set addr-set-sshd { type ipv4_addr; elements = { 198.51.100.7 }; }
        set addr-set-all { type ipv4_addr; flags interval; elements = { 203.0.113.64/26 }; }
        chain f2b-chain { type filter hook input priority -1; policy accept;
            meta l4proto { tcp } ip saddr @addr-set-sshd counter reject
            meta l4proto { tcp, udp } ip saddr @addr-set-all drop
        }
    }";
    let expected = [
        (BAD, HostInput, Blocked, "tcp"),
        (NEAR, HostInput, Blocked, "tcp and udp"),
        (OTHER, HostInput, NotBlocked, "nothing"),
    ];
    try_nft(ruleset, &[], &expected).await;
}

#[tokio::test]
async fn own_table_before_translation_covers_all_paths() {
    let ruleset = "table inet own {
        set allowed { type ipv4_addr; flags interval; elements = { 203.0.113.77, 192.0.2.0/24 }; }
        set singles { type ipv4_addr; flags timeout; counter; elements = { 198.51.100.7 timeout 1h, 203.0.113.77 }; }
        set networks { type ipv4_addr; flags interval; counter; elements = { 10.9.0.0/16, 203.0.113.0/24 }; }
        set singles6 { type ipv6_addr; elements = { 2001:db8:bad::7 }; }
        chain prerouting { type filter hook prerouting priority -150; policy accept;
            iifname lo accept
            ct state established,related accept
            ip saddr @allowed return
            meta nfproto ipv4 goto four
            ip6 saddr @singles6 counter drop
        }
        chain four {
            ip saddr @singles jump hit
            ip saddr @networks goto hit
        }
        chain hit { counter drop; }
    }
    table ip engine {
        chain published { type nat hook prerouting priority dstnat; tcp dport 8080 dnat to 10.7.7.2:80; }
    }";
    let expected = [
        (BAD, HostInput, Blocked, "everything"),
        (BAD, Forwarded, Blocked, "everything"),
        (BAD, PublishedPort, Blocked, "tcp 8080"),
        (INNER, PublishedPort, Blocked, "tcp 8080"),
        (NEAR, PublishedPort, NotBlocked, "nothing"),
        (OTHER, HostInput, NotBlocked, "nothing"),
        (BAD_V6, Forwarded, Blocked, "everything"),
    ];
    try_nft(ruleset, &[], &expected).await;
}

#[tokio::test]
async fn input_policy_drop_with_accepts_is_told_apart_from_bans() {
    let ruleset = "table inet filter {
        chain input { type filter hook input priority filter; policy drop;
            iif lo accept
            ct state vmap { established : accept, related : accept, invalid : drop }
            meta l4proto { icmp, ipv6-icmp } accept
            tcp dport { 22, 80, 443 } ct state new accept
            ip saddr 10.9.9.0/24 tcp dport 2222 accept
        }
        chain forward { type filter hook forward priority filter; policy drop; }
    }
    table inet f2b-table {
        set addr-set-sshd { type ipv4_addr; elements = { 198.51.100.7 }; }
        chain f2b-chain { type filter hook input priority -1; policy accept;
            tcp dport 22 ip saddr @addr-set-sshd reject
        }
    }";
    let expected = [
        (BAD, HostInput, Blocked, "tcp 22"),
        (OTHER, HostInput, NotBlocked, "nothing"),
        (INNER, HostInput, NotBlocked, "nothing"),
        (OTHER, Forwarded, Blocked, "nothing"),
    ];
    let ground = Ground::make();
    ground.host.nft(ruleset);
    try_out(&ground, &[], &expected).await;
    let rulesets = Rulesets::read(&ground.host.place()).await.unwrap();
    let verdicts = rulesets.verdicts(OTHER.parse().unwrap()).await.unwrap();
    assert_eq!(
        verdicts[0].closed.to_string(),
        "everything but tcp 22,80,443 and icmp"
    );
    assert!(verdicts[1].closed.is_everything());
    assert_eq!(verdicts[1].because[0].rule.text, "policy drop");
}

#[tokio::test]
async fn accept_in_one_chain_does_not_stop_the_next() {
    let ruleset = "table inet first {
        chain input { type filter hook input priority -10; policy accept; ip saddr 198.51.100.0/24 accept; }
        chain early { type filter hook prerouting priority -300; accept; }
    }
    table ip second {
        chain input { type filter hook input priority 10; policy accept; ip saddr 198.51.100.7 counter drop; }
    }
    table inet dormant {
        flags dormant;
        chain input { type filter hook input priority -20; policy drop; }
    }";
    let expected = [
        (BAD, HostInput, Blocked, "everything"),
        (OTHER, HostInput, NotBlocked, "nothing"),
    ];
    try_nft(ruleset, &[], &expected).await;
}

#[tokio::test]
async fn sources_in_all_forms_are_compared() {
    let ruleset = "table inet forms {
        set ranges { type ipv4_addr; flags interval; elements = { 198.51.100.0-198.51.100.99, 10.0.0.0/8 }; }
        set pairs { type ipv4_addr . inet_service; flags interval; elements = { 198.51.100.200 . 20-30, 203.0.113.0/24 . 443 }; }
        set lengths { type ipv4_addr; elements = { 198.51.100.0, 192.0.2.0 }; }
        set triples { type ipv4_addr . inet_proto . inet_service; elements = { 10.9.9.9 . udp . 53 }; }
        map decisions { type ipv6_addr : verdict; flags interval; elements = { 2001:db8:bad::/48 : drop, 2001:db8:900d::/48 : jump sub }; }
        chain input { type filter hook input priority 0; policy accept;
            tcp dport 80 ip saddr != @ranges drop
            ip saddr . tcp dport @pairs drop
            ip saddr . meta l4proto . th dport @triples drop
            udp dport 8080 ip saddr != 198.51.100.0/24 drop
            udp dport 8080 ip saddr & 0.0.0.255 == 0.0.0.7 drop
            tcp dport 8080 ip saddr { 198.51.100.7, 203.0.113.0/26, 10.9.9.9-10.9.9.12 } drop
            tcp dport 2222 ip saddr >= 203.0.113.0 drop
            tcp dport 443 ip6 saddr vmap @decisions
            udp dport 53 ip saddr & 255.255.255.0 == @lengths drop
            udp dport 53 ip saddr & 255.255.0.0 != @lengths ip saddr 10.0.0.0/8 continue
            udp dport 53 ip6 saddr != { 2001:db8:bad::/64 } drop
            ip saddr . tcp dport vmap { 203.0.113.77 . 22 : drop, 10.9.9.9 . 22 : continue }
        }
        chain sub { tcp dport 443 drop; }
    }";
    let expected = [
        (BAD, HostInput, Blocked, "tcp 8080 and udp 53,8080"),
        (OTHER, HostInput, Blocked, "tcp 20-30 and udp 53"),
        (NEAR, HostInput, Blocked, "tcp 22,443,2222"),
        (INNER, HostInput, Blocked, "tcp 8080 and udp 53"),
        (BAD_V6, HostInput, Blocked, "tcp 443"),
        (OTHER_V6, HostInput, Blocked, "tcp 443"),
    ];
    try_nft(ruleset, &[], &expected).await;
}

#[tokio::test]
async fn what_is_not_known_is_said_with_its_reason() {
    let ruleset = "table inet unsure {
        set seen { type ipv4_addr; flags dynamic,timeout; size 100; timeout 1h; }
        chain input { type filter hook input priority 0; policy accept;
            tcp dport 22 limit rate 100/second burst 200 packets accept
            tcp dport 22 drop
            tcp dport 80 meta mark 0x1 drop
            tcp dport 443 tcp sport 1-100 drop
            udp dport 53 add @seen { ip saddr }
            udp dport 53 ip saddr @seen drop
            tcp dport 2222 ip saddr 198.51.100.7 meta mark set 0x5
            tcp dport 2222 meta mark 0x5 drop
        }
    }";
    let unsure = [
        "tcp 22 to this machine: it depends on what came before",
        "tcp 80 to this machine: it depends on a mark",
        "tcp 443 to this machine: it depends on the source port",
        "udp 53 to this machine: it depends on what came before",
        // Whom the rule before marks is known, and of all others it is not.
        "tcp 2222 to this machine: it depends on a mark",
    ];
    let expected = [
        (BAD, HostInput, Blocked, "tcp 2222"),
        (OTHER, HostInput, NotBlocked, "nothing"),
    ];
    try_nft(ruleset, &unsure, &expected).await;
    let everywhere = "table inet unsure {
        chain input { type filter hook input priority 0; policy drop; limit rate 1/second accept; }
    }";
    try_nft(
        everywhere,
        &["it depends on what came before"],
        &[(BAD, HostInput, CannotTell, "nothing")],
    )
    .await;
}

#[tokio::test]
async fn chains_at_the_arrival_are_asked_for_their_interfaces() {
    let ruleset = "table netdev early {
        chain wan { type filter hook ingress device \"wan\" priority 0; policy accept;
            ip saddr 198.51.100.7 drop
            ip6 saddr 2001:db8:bad::/48 tcp dport 22 drop
        }
        chain lan { type filter hook ingress device \"lan\" priority 0; policy accept; ip saddr 198.51.100.200 drop; }
    }
    table inet early {
        chain wan { type filter hook ingress device \"wan\" priority 10; policy accept; ip saddr 203.0.113.77 udp dport 53 drop; }
    }";
    let expected = [
        (BAD, HostInput, Blocked, "everything"),
        (BAD, Forwarded, Blocked, "everything"),
        (OTHER, HostInput, NotBlocked, "nothing"),
        (NEAR, HostInput, Blocked, "udp 53"),
        (BAD_V6, Forwarded, Blocked, "tcp 22"),
    ];
    try_nft(ruleset, &[], &expected).await;
}

#[tokio::test]
async fn elements_for_all_others_are_not_overlooked() {
    let ruleset = "table ip others {
        set counted { type ipv4_addr; flags interval; counter; elements = { 198.51.100.0/24, * }; }
        map decisions { type ipv4_addr : verdict; flags interval; elements = { 203.0.113.0/24 : accept, 198.51.100.7 : jump sub, * : drop }; }
        chain input { type filter hook input priority 0; policy accept;
            tcp dport 22 ip saddr @counted drop
            tcp dport 80 ip saddr vmap @decisions
        }
        chain sub { tcp dport 80 return; }
    }";
    let expected = [
        // Nobody is a stranger to a set that holds all.
        (BAD, HostInput, NotBlocked, "nothing"),
        (NEAR, HostInput, NotBlocked, "nothing"),
        (INNER, HostInput, NotBlocked, "nothing"),
    ];
    let ground = Ground::make();
    ground.host.nft(ruleset);
    try_out(&ground, &[], &expected).await;
    let rulesets = Rulesets::read(&ground.host.place()).await.unwrap();
    for (source, closed) in [(BAD, "tcp 22"), (NEAR, "tcp 22"), (OTHER, "tcp 22,80")] {
        let verdicts = rulesets.verdicts(source.parse().unwrap()).await.unwrap();
        assert_eq!(verdicts[0].closed.to_string(), closed, "{source}");
    }
}
