//! Rulesets of nftables.
use std::fmt::Write as _;

use fastrand::Rng;

use super::{SOURCES, SOURCES_V6, pick};
use crate::ground::{BEHIND, HOST};

/// A ruleset of two or three tables.
pub(crate) fn ruleset(rng: &mut Rng) -> String {
    let mut ruleset = "flush ruleset\n".to_owned();
    for number in 0..rng.usize(2..4) {
        let family = pick(rng, &["ip", "inet", "inet", "ip6"]);
        write!(ruleset, "{}", table(rng, family, number)).unwrap();
    }
    ruleset
}

fn sets(family: &str) -> String {
    let mut text = String::new();
    if family != "ip6" {
        text += "set singles { type ipv4_addr; flags timeout; counter; elements = { 198.51.100.7 timeout 1h, 10.9.9.9 }; }\n\
            set networks { type ipv4_addr; flags interval; elements = { 198.51.100.128/25, 203.0.113.70-203.0.113.80 }; }\n\
            set pairs { type ipv4_addr . inet_service; flags interval; elements = { 198.51.100.0/25 . 20-25, 10.9.9.9 . 53 }; }\n\
            map decisions { type ipv4_addr : verdict; elements = { 198.51.100.7 : drop, 203.0.113.77 : jump c0, 10.9.9.9 : accept }; }\n";
    }
    if family != "ip" {
        text += "set networks6 { type ipv6_addr; flags interval; elements = { 2001:db8:bad::/48 }; }\n\
            map decisions6 { type ipv6_addr : verdict; flags interval; elements = { 2001:db8:900d::/48 : goto c0 }; }\n";
    }
    text +=
        "set ports { type inet_service; flags interval; elements = { 20-30, 80, 8000-9000 }; }\n";
    text
}

fn table(rng: &mut Rng, family: &str, number: usize) -> String {
    let mut text = format!("table {family} t{number} {{\n");
    text += &sets(family);
    let chains = 3;
    // Chains that come later may jump to those before.
    for chain in 0..chains {
        writeln!(text, "chain c{chain} {{").unwrap();
        for _ in 0..rng.usize(1..4) {
            writeln!(text, "  {}", rule(rng, family, "forward", chain)).unwrap();
        }
        text += "}\n";
    }
    for base in 0..rng.usize(1..4) {
        let hook = pick(rng, &["prerouting", "input", "input", "forward", "forward"]);
        let priority = pick(rng, &["-300", "-150", "-1", "0", "0", "10"]);
        let policy = pick(rng, &["accept", "accept", "accept", "drop"]);
        writeln!(
            text,
            "chain b{base} {{ type filter hook {hook} priority {priority}; policy {policy};"
        )
        .unwrap();
        for _ in 0..rng.usize(2..7) {
            writeln!(text, "  {}", rule(rng, family, hook, chains)).unwrap();
        }
        text += "}\n";
    }
    text + "}\n"
}

fn rule(rng: &mut Rng, family: &str, hook: &str, chains: usize) -> String {
    let mut parts = Vec::new();
    for _ in 0..rng.usize(0..3) {
        add(&mut parts, condition(rng, family, hook));
    }
    let statement = match rng.u8(..12) {
        0 => "counter accept".to_owned(),
        1..=3 => "drop".to_owned(),
        4 => "counter return".to_owned(),
        5 => "accept".to_owned(),
        6 | 7 if chains > 0 => format!("jump c{}", rng.usize(..chains)),
        8 if chains > 0 => format!("goto c{}", rng.usize(..chains)),
        9 => format!(
            "meta mark set {}",
            pick(rng, &["0x1", "0x2", "meta mark | 0x4"])
        ),
        10 => by_map(rng, family, chains),
        _ => "continue".to_owned(),
    };
    add(&mut parts, statement);
    parts.join(" ")
}

/// Adds a part, unless it is about another protocol than those before: `nft` refuses that.
fn add(parts: &mut Vec<String>, part: String) {
    let version = |part: &str| match part.split(' ').next() {
        Some("ip" | "icmp") => Some(4),
        Some("ip6" | "icmpv6") => Some(6),
        _ => None,
    };
    let protocol = |part: &str| match part.split(' ').next() {
        Some(name @ ("tcp" | "udp" | "icmp" | "icmpv6")) => Some(name.to_owned()),
        _ if part.contains(". tcp dport") => Some("tcp".to_owned()),
        _ if part.starts_with("meta l4proto") || part.starts_with("th") => Some("any".to_owned()),
        _ => None,
    };
    let differs = |other: &String| {
        let versions = version(other).zip(version(&part));
        let protocols = protocol(other).zip(protocol(&part));
        versions.is_some_and(|(one, other)| one != other)
            || protocols.is_some_and(|(one, other)| one != other)
    };
    if !parts.iter().any(differs) {
        parts.push(part);
    }
}

fn by_map(rng: &mut Rng, family: &str, chains: usize) -> String {
    let named = match family {
        "ip6" => "ip6 saddr vmap @decisions6",
        _ => "ip saddr vmap @decisions",
    };
    match rng.u8(..4) {
        // Chains that the map leads to come first.
        0 if chains > 0 => named.to_owned(),
        1 => "tcp dport vmap { 22 : drop, 80-90 : accept, 2222 : return }".to_owned(),
        2 => "meta l4proto . th dport vmap { tcp . 22 : drop, udp . 53 : accept }".to_owned(),
        _ => "ct state vmap { established : accept, new : continue, invalid : drop }".to_owned(),
    }
}

fn condition(rng: &mut Rng, family: &str, hook: &str) -> String {
    let not = pick(rng, &["", "", "", "!= "]);
    match rng.u8(..15) {
        0..6 => source(rng, family, not),
        6..9 => service(rng, family, not),
        9..11 => connection(rng, hook).to_owned(),
        11 if family != "ip6" => {
            let networks = [HOST, BEHIND, "203.0.113.0/24", "10.0.0.0/8"];
            format!("ip daddr {not}{}", pick(rng, &networks))
        }
        12 if family != "ip6" => "ip frag-off & 0x1fff != 0".to_owned(),
        _ => other(rng, hook).to_owned(),
    }
}

/// Ports, protocols and what follows from them.
fn service(rng: &mut Rng, family: &str, not: &str) -> String {
    let (field, values): (&str, &[&str]) = match rng.u8(..7) {
        0 => ("tcp dport", &["22", "80", "{ 22, 2222 }", "1-1023"]),
        1 => ("udp dport", &["53", "@ports", "{ 53, 8080-8090 }"]),
        2 => ("th dport", &["22", "53", "@ports"]),
        3 if family != "ip6" => (
            "icmp type",
            &["echo-request", "{ echo-reply, destination-unreachable }"],
        ),
        4 if family != "ip" => ("icmpv6 type", &["echo-request", "nd-neighbor-solicit"]),
        5 => {
            let flags = [
                "tcp flags & (fin|syn|rst|ack) == syn",
                "tcp flags syn",
                "tcp flags & ack == ack",
            ];
            return pick(rng, &flags).to_owned();
        }
        _ => (
            "meta l4proto",
            &["tcp", "{ tcp, udp }", "icmp", "ipv6-icmp"],
        ),
    };
    format!("{field} {not}{}", pick(rng, values))
}

fn connection(rng: &mut Rng, hook: &str) -> &'static str {
    let mut choices = vec![
        "ct state new",
        "ct state established,related",
        "ct state invalid",
        "ct state != new",
        "ct state { new, untracked }",
        "ct direction original",
        "ct status dnat",
        "tcp dport 1-65535 ct original proto-dst 2222",
        "ct mark 0x0",
    ];
    if hook == "prerouting" {
        choices.push("ct state untracked");
    }
    choices[rng.usize(..choices.len())]
}

fn other(rng: &mut Rng, hook: &str) -> &'static str {
    let of_hook: &[&'static str] = match hook {
        "forward" => &[
            "iifname \"wan\"",
            "iifname != \"wan\"",
            "iifname \"l*\"",
            "oifname \"lan\"",
        ],
        _ => &[
            "fib daddr type local",
            "iif lo",
            "iifname { \"wan\", \"eth9\" }",
            "fib saddr . iif oif missing",
        ],
    };
    let any: &[&'static str] = &[
        "meta mark 0x1",
        "meta mark != 0x2",
        "meta mark & 0x4 == 0x4",
        "meta mark & 0x3 != 0x0",
        "limit rate 10000/second",
        "tcp sport 1024-65535",
        "meta pkttype host",
        "fib saddr type local",
        "tcp dport != @ports",
    ];
    if rng.bool() {
        of_hook[rng.usize(..of_hook.len())]
    } else {
        any[rng.usize(..any.len())]
    }
}

fn source(rng: &mut Rng, family: &str, not: &str) -> String {
    let v6 = family == "ip6" || family == "inet" && rng.bool();
    if v6 {
        let one = pick(rng, &SOURCES_V6);
        return match rng.u8(..3) {
            0 => format!("ip6 saddr {not}@networks6"),
            1 => format!("ip6 saddr {not}{{ {one}, 2001:db8:1::/64 }}"),
            _ => format!("ip6 saddr {not}{one}"),
        };
    }
    let one = pick(rng, &SOURCES);
    match rng.u8(..9) {
        0 => format!("ip saddr {not}@singles"),
        1 => format!("ip saddr {not}@networks"),
        2 => format!("ip saddr . tcp dport {not}@pairs"),
        3 => format!("ip saddr {not}{{ {one}, 192.0.2.1 }}"),
        4 => format!("ip saddr {not}198.51.100.0-203.0.113.80"),
        5 => "ip saddr & 0.0.0.255 == 0.0.0.7".to_owned(),
        6 => format!(
            "ip saddr {} 203.0.113.0",
            pick(rng, &["<", ">=", "<=", ">"])
        ),
        _ => format!("ip saddr {not}{one}"),
    }
}

/// A table that translates destinations.
pub(crate) fn translation(rng: &mut Rng) -> String {
    let mut text = format!("table ip translates {{\nchain c0 {{}}\n{}", sets("ip"));
    text += "map targets { type inet_service : ipv4_addr . inet_service; elements = { 53 : 10.7.7.2 . 8080 }; }\n";
    text += "chain published { type nat hook prerouting priority dstnat;\n";
    for _ in 0..rng.usize(1..4) {
        let mut parts = vec![condition(rng, "ip", "prerouting")];
        let statement = pick(
            rng,
            &[
                "tcp dport 2222 dnat to 10.7.7.2:80",
                "tcp dport { 22, 80 } dnat to 10.7.7.2",
                "udp dport 8080 dnat to 10.7.7.2:53",
                "udp dport 53 redirect to :8080",
                "tcp dport 80 redirect to :22",
                "tcp dport 1-65535 dnat to tcp dport map { 22 : 10.7.7.2, 2222 : 203.0.113.1 }",
                "udp dport 1-65535 dnat to udp dport map @targets",
                "accept",
            ],
        );
        add(&mut parts, statement.to_owned());
        writeln!(text, "  {}", parts.join(" ")).unwrap();
    }
    text + "}\n}\n"
}
