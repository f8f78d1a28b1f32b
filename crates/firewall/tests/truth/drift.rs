//! The bans of jails against what the kernel holds.
use std::fmt::Write as _;

use firewall::truth::{Backing, JailBans, JailDoubt, JailDrift, Named, bans_in_force, drift};
use ipnet::IpNet;

use crate::namespace::Namespace;

pub(crate) fn nets(texts: &[&str]) -> Vec<IpNet> {
    let net = |text: &&str| match text.parse::<std::net::IpAddr>() {
        Ok(address) => address.into(),
        Err(_) => text.parse().unwrap(),
    };
    texts.iter().map(net).collect()
}

pub(crate) fn bans(jail: &str, addresses: &[&str]) -> JailBans {
    JailBans {
        jail: jail.to_owned(),
        addresses: nets(addresses),
        names: Vec::new(),
    }
}

pub(crate) async fn one(namespace: &Namespace, jail: JailBans) -> JailDrift {
    let mut found = drift(&namespace.place(), &[jail]).await.unwrap();
    assert_eq!(found.len(), 1);
    found.remove(0)
}

const F2B_TABLE: &str = "table inet f2b-table {
    set addr-set-sshd { type ipv4_addr; elements = { 198.51.100.7, 198.51.100.8, 203.0.113.5 }; }
    set addr6-set-sshd { type ipv6_addr; elements = { 2001:db8:bad::7 }; }
    set addr-set-web { type ipv4_addr; flags interval; elements = { 203.0.113.0/25, 198.51.100.9 }; }
    set addr-set-idle { type ipv4_addr; }
    set addr-set-loose { type ipv4_addr; elements = { 198.51.100.7 }; }
    chain f2b-chain { type filter hook input priority -1; policy accept;
        tcp dport 22 ip saddr @addr-set-sshd reject
        tcp dport 22 ip6 saddr @addr6-set-sshd reject
        tcp dport { 80, 443 } ip saddr @addr-set-web reject
        tcp dport 25 ip saddr @addr-set-idle reject
    }
}";

fn set(set: &str) -> Backing {
    Backing::NftSet {
        family: "inet".into(),
        table: "f2b-table".into(),
        set: set.into(),
    }
}

fn told(
    jail: &str,
    backing: &[&str],
    missing: &[&str],
    excess: &[&str],
    unsure: Option<JailDoubt>,
) -> JailDrift {
    JailDrift {
        jail: jail.into(),
        backing: backing.iter().map(|name| set(name)).collect(),
        missing: nets(missing),
        excess: nets(excess),
        unsure: unsure.into_iter().collect(),
    }
}

#[tokio::test]
async fn drift_of_nftables_sets_says_what_is_missing_and_what_is_in_excess() {
    let namespace = Namespace::make();
    namespace.nft(F2B_TABLE);
    let jails = [
        bans(
            "sshd",
            &[
                "198.51.100.7",
                "198.51.100.70",
                "203.0.113.5",
                "2001:db8:bad::7",
                "2001:db8:bad::8",
            ],
        ),
        bans("web", &["203.0.113.0/26", "203.0.113.64", "198.51.100.9"]),
        bans("idle", &[]),
        bans("loose", &["198.51.100.7", "2001:db8::1"]),
        bans("mail", &["198.51.100.7"]),
        bans("quiet", &[]),
        JailBans {
            names: vec![Named::NftSet("addr-set-gone".into())],
            ..bans("gone", &["198.51.100.7"])
        },
    ];
    let found = drift(&namespace.place(), &jails).await.unwrap();
    let excess = [
        "203.0.113.65",
        "203.0.113.66/31",
        "203.0.113.68/30",
        "203.0.113.72/29",
        "203.0.113.80/28",
        "203.0.113.96/27",
    ];
    let not_used = JailDoubt::NotInForce {
        name: "addr-set-loose".to_owned(),
    };
    let expected = [
        told(
            "sshd",
            &["addr-set-sshd", "addr6-set-sshd"],
            &["198.51.100.70", "2001:db8:bad::8"],
            &["198.51.100.8"],
            None,
        ),
        told("web", &["addr-set-web"], &[], &excess, None),
        told("idle", &["addr-set-idle"], &[], &[], None),
        // It is in the set, but nothing drops by it.
        told(
            "loose",
            &["addr-set-loose"],
            &["198.51.100.7", "2001:db8::1"],
            &[],
            Some(not_used),
        ),
        // Mail is sent, or something else happens that is no packet filter's.
        told("mail", &[], &[], &[], Some(JailDoubt::NotFound)),
        told("quiet", &[], &[], &[], None),
        // Its action is known, so its set should be there.
        told("gone", &[], &["198.51.100.7"], &[], None),
    ];
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), expected.len());
}

#[tokio::test]
async fn drift_follows_what_is_done_by_hand() {
    let namespace = Namespace::make();
    namespace.nft(F2B_TABLE);
    let sshd = || {
        bans(
            "sshd",
            &[
                "198.51.100.7",
                "198.51.100.8",
                "203.0.113.5",
                "2001:db8:bad::7",
            ],
        )
    };
    let found = one(&namespace, sshd()).await;
    assert_eq!(
        (found.missing, found.excess, found.unsure),
        (vec![], vec![], vec![])
    );
    namespace.nft("delete element inet f2b-table addr-set-sshd { 198.51.100.7 }");
    namespace.nft("add element inet f2b-table addr6-set-sshd { 2001:db8:bad::9 }");
    let found = one(&namespace, sshd()).await;
    assert_eq!(found.missing, nets(&["198.51.100.7"]));
    assert_eq!(found.excess, nets(&["2001:db8:bad::9"]));
    // A rule of somebody else's that lets all in first.
    namespace.nft("insert rule inet f2b-table f2b-chain tcp dport 22 accept");
    let found = one(&namespace, sshd()).await;
    assert!(
        found.missing.contains(&nets(&["198.51.100.8"])[0]),
        "{found:?}"
    );
    assert_eq!(found.unsure, [JailDoubt::LetThrough]);
    namespace.nft("flush ruleset");
    let found = one(&namespace, sshd()).await;
    assert_eq!((found.backing.len(), found.missing.len()), (0, 0));
    assert_eq!(found.unsure, [JailDoubt::NotFound]);
}

/// Sets and chains as fail2ban's actions make them.
const OLDER_ACTIONS: &str = "
    ipset create f2b-sshd hash:ip timeout 0
    ipset add f2b-sshd 198.51.100.7 timeout 600
    ipset add f2b-sshd 198.51.100.8 timeout 600
    ipset create f2b-sshd6 hash:ip family inet6
    ipset add f2b-sshd6 2001:db8:bad::7
    iptables-nft -w -I INPUT -p tcp -m multiport --dports 22 -m set --match-set f2b-sshd src -j REJECT
    ip6tables-nft -w -I INPUT -p tcp -m multiport --dports 22 -m set --match-set f2b-sshd6 src -j REJECT
    ipset create f2b-unused hash:net
    ipset add f2b-unused 198.51.100.0/24
    iptables-nft -w -N f2b-web
    iptables-nft -w -A f2b-web -s 203.0.113.5 -j REJECT
    iptables-nft -w -A f2b-web -s 203.0.113.6 -j DROP
    iptables-nft -w -A f2b-web -j RETURN
    iptables-nft -w -I INPUT -p tcp -m multiport --dports 80,443 -j f2b-web
    iptables-nft -w -N f2b-lost
    iptables-nft -w -A f2b-lost -s 203.0.113.7 -j REJECT
    iptables-nft -w -A f2b-lost -j RETURN";

fn chain(chain: &str) -> Backing {
    Backing::IptablesChain {
        family: "ip".into(),
        table: "filter".into(),
        chain: chain.into(),
        legacy: false,
    }
}

fn ipset(name: &str) -> Backing {
    Backing::Ipset { name: name.into() }
}

#[tokio::test]
async fn drift_of_ipset_and_chains_is_found_too() {
    let namespace = Namespace::make();
    namespace.shell(OLDER_ACTIONS);
    let jails = [
        bans("sshd", &["198.51.100.7", "198.51.100.9", "2001:db8:bad::7"]),
        // The name of its set would be that of the other's set of IPv6.
        bans("sshd6", &["198.51.100.7"]),
        bans("unused", &["198.51.100.0/25"]),
        bans("web", &["203.0.113.5", "203.0.113.9"]),
        bans("lost", &["203.0.113.7"]),
    ];
    let found = drift(&namespace.place(), &jails).await.unwrap();
    let expected = [
        (
            vec![ipset("f2b-sshd"), ipset("f2b-sshd6")],
            vec!["198.51.100.9"],
            vec!["198.51.100.8"],
            false,
        ),
        (vec![], vec![], vec![], true),
        (
            vec![ipset("f2b-unused")],
            vec!["198.51.100.0/25"],
            vec![],
            true,
        ),
        (
            vec![chain("f2b-web")],
            vec!["203.0.113.9"],
            vec!["203.0.113.6"],
            false,
        ),
        (vec![chain("f2b-lost")], vec!["203.0.113.7"], vec![], true),
    ];
    assert_eq!(found.len(), expected.len());
    for (found, (backing, missing, excess, unsure)) in found.into_iter().zip(expected) {
        assert_eq!(found.backing, backing);
        assert_eq!(found.missing, nets(&missing), "{}", found.jail);
        assert_eq!(found.excess, nets(&excess), "{}", found.jail);
        assert_eq!(!found.unsure.is_empty(), unsure, "{}", found.jail);
    }
}

#[tokio::test]
async fn bans_in_force_lists_all_that_fail2ban_keeps() {
    let namespace = Namespace::make();
    namespace.shell(OLDER_ACTIONS);
    namespace.nft(F2B_TABLE);
    let held = bans_in_force(&namespace.place()).await.unwrap();
    let of = |backing: &Backing| {
        let held = held.iter().find(|held| held.backing == *backing).unwrap();
        (held.addresses.clone(), held.in_force)
    };
    let expected = [
        (
            ipset("f2b-sshd"),
            vec!["198.51.100.7", "198.51.100.8"],
            true,
        ),
        (ipset("f2b-sshd6"), vec!["2001:db8:bad::7"], true),
        (ipset("f2b-unused"), vec!["198.51.100.0/24"], false),
        (chain("f2b-web"), vec!["203.0.113.5", "203.0.113.6"], true),
        (chain("f2b-lost"), vec!["203.0.113.7"], false),
        (
            set("addr-set-web"),
            vec!["198.51.100.9", "203.0.113.0/25"],
            true,
        ),
        (set("addr-set-idle"), vec![], true),
        (set("addr-set-loose"), vec!["198.51.100.7"], false),
    ];
    for (backing, addresses, in_force) in expected {
        assert_eq!(
            of(&backing),
            (nets_joined(&addresses), in_force),
            "{backing:?}"
        );
    }
}

/// The fewest networks.
fn nets_joined(texts: &[&str]) -> Vec<IpNet> {
    IpNet::aggregate(&nets(texts))
}

/// The jails, 500 bans each.
fn many_jails() -> Vec<JailBans> {
    let jail = |jail: u32| {
        let addresses: Vec<String> = (0..500)
            .map(|number| format!("11.{jail}.{}.{}", number / 250, number % 250))
            .collect();
        let texts: Vec<&str> = addresses.iter().map(String::as_str).collect();
        bans(&format!("j{jail}"), &texts)
    };
    (0..10).map(jail).collect()
}

/// One ban too many is in the kernel, and nothing else is found.
async fn assert_found(namespace: &Namespace) {
    let mut jails = many_jails();
    let excess = jails[3].addresses.pop().unwrap();
    let found = drift(&namespace.place(), &jails).await.unwrap();
    for (place, found) in found.into_iter().enumerate() {
        let expected = if place == 3 { vec![excess] } else { Vec::new() };
        assert_eq!(
            (found.excess, found.missing, found.unsure),
            (expected, vec![], vec![])
        );
    }
}

#[tokio::test]
async fn drift_of_five_thousand_bans_in_sets_is_the_one_too_many() {
    let namespace = Namespace::make();
    let mut table = "table inet f2b-table {\n".to_owned();
    let mut rules = String::new();
    for JailBans {
        jail, addresses, ..
    } in many_jails()
    {
        let addresses: Vec<String> = addresses.iter().map(|net| net.addr().to_string()).collect();
        let addresses = addresses.join(", ");
        writeln!(
            table,
            "set addr-set-{jail} {{ type ipv4_addr; elements = {{ {addresses} }}; }}"
        )
        .unwrap();
        writeln!(rules, "tcp dport 22 ip saddr @addr-set-{jail} reject").unwrap();
    }
    write!(
        table,
        "chain f2b-chain {{ type filter hook input priority -1; policy accept;\n{rules} }}\n}}"
    )
    .unwrap();
    namespace.nft(&table);
    assert_found(&namespace).await;
}

#[tokio::test]
async fn drift_of_five_thousand_bans_in_chains_is_the_one_too_many() {
    for program in ["nft", "legacy"] {
        if !crate::iptables::has(program) {
            continue;
        }
        let namespace = Namespace::make();
        let mut chains = "*filter\n".to_owned();
        let mut rules = String::new();
        for JailBans {
            jail, addresses, ..
        } in many_jails()
        {
            writeln!(chains, ":f2b-{jail} - [0:0]").unwrap();
            writeln!(
                rules,
                "-A INPUT -p tcp -m multiport --dports 22 -j f2b-{jail}"
            )
            .unwrap();
            for address in addresses {
                writeln!(rules, "-A f2b-{jail} -s {address} -j REJECT").unwrap();
            }
        }
        namespace.shell(&format!(
            "iptables-{program}-restore <<'END'\n{chains}{rules}COMMIT\nEND\n"
        ));
        assert_found(&namespace).await;
    }
}
