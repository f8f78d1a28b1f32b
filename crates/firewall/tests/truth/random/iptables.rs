//! Rulesets of iptables.
use std::fmt::Write as _;

use fastrand::Rng;

use super::{SOURCES, SOURCES_V6, pick};

/// Lines of a shell that make a ruleset of iptables.
pub(crate) fn lines(rng: &mut Rng, program: &str) -> String {
    let mut lines = String::new();
    for version in ["", "6"] {
        writeln!(
            lines,
            "ipt{version}() {{ ip{version}tables-{program} -w \"$@\"; }}"
        )
        .unwrap();
        for table in ["filter", "raw", "mangle", "nat"] {
            writeln!(
                lines,
                "ipt{version} -t {table} -F\nipt{version} -t {table} -X"
            )
            .unwrap();
        }
    }
    lines += "ipset destroy\n\
        ipset create singles hash:ip timeout 0\nipset add singles 198.51.100.7 timeout 600\nipset add singles 10.9.9.9\n\
        ipset create networks hash:net\nipset add networks 198.51.100.0/24\nipset add networks 198.51.100.200 nomatch\n\
        ipset create v6 hash:net family inet6\nipset add v6 2001:db8:bad::/48\n";
    for version in ["", "6"] {
        for hook in ["INPUT", "FORWARD"] {
            let policy = pick(rng, &["ACCEPT", "ACCEPT", "DROP"]);
            writeln!(lines, "ipt{version} -P {hook} {policy}").unwrap();
        }
        for chain in 0..3 {
            writeln!(lines, "ipt{version} -N c{chain}").unwrap();
            for _ in 0..rng.usize(1..4) {
                let rule = iptables_rule(rng, version == "6", chain);
                writeln!(lines, "ipt{version} -A c{chain} {rule}").unwrap();
            }
        }
        for hook in ["INPUT", "FORWARD"] {
            for _ in 0..rng.usize(1..6) {
                let rule = iptables_rule(rng, version == "6", 3);
                writeln!(lines, "ipt{version} -A {hook} {rule}").unwrap();
            }
        }
        for (table, hook) in [
            ("raw", "PREROUTING"),
            ("mangle", "PREROUTING"),
            ("mangle", "INPUT"),
        ] {
            if rng.bool() {
                let rule = iptables_rule(rng, version == "6", 0);
                let rule = rule.replace("-j REJECT", "-j DROP");
                writeln!(lines, "ipt{version} -t {table} -A {hook} {rule}").unwrap();
            }
        }
    }
    if rng.bool() {
        lines += "ipt -t nat -A PREROUTING -p tcp --dport 2222 -m addrtype --dst-type LOCAL -j DNAT --to-destination 10.7.7.2:80\n";
    }
    lines
}

fn iptables_rule(rng: &mut Rng, v6: bool, chains: usize) -> String {
    let mut parts = Vec::new();
    if rng.bool() {
        parts.push(source(rng, v6));
    }
    if rng.bool() {
        parts.push(service(rng, v6).to_owned());
    }
    if rng.u8(..3) == 0 {
        parts.push(pick(rng, &OTHERS).to_owned());
    }
    let reject = if chains > 0 { "-j REJECT" } else { "-j DROP" };
    parts.push(match rng.u8(..8) {
        0 => "-j ACCEPT".to_owned(),
        1 | 2 => reject.to_owned(),
        3 => "-j RETURN".to_owned(),
        4 if chains > 0 => format!("-j c{}", rng.usize(..chains)),
        5 if chains > 0 => format!("-g c{}", rng.usize(..chains)),
        6 if chains == 0 => "-j MARK --set-mark 0x1".to_owned(),
        _ => "-j DROP".to_owned(),
    });
    parts.join(" ")
}

const OTHERS: [&str; 13] = [
    "-m conntrack --ctstate RELATED,ESTABLISHED",
    "-m conntrack --ctstate NEW",
    "-m conntrack ! --ctstate NEW",
    "-m conntrack --ctstate DNAT",
    "-m state --state INVALID",
    "-m addrtype --dst-type LOCAL",
    "-m addrtype ! --src-type LOCAL",
    "-i wan",
    "! -i wan",
    "-i lo",
    "-m mark --mark 0x1/0x3",
    "-m comment --comment 'a -j \"DROP\" b'",
    "-m limit --limit 10000/sec",
];

fn source(rng: &mut Rng, v6: bool) -> String {
    let not = pick(rng, &["", "", "! "]);
    let source = if v6 {
        pick(rng, &SOURCES_V6)
    } else {
        pick(rng, &SOURCES)
    };
    match rng.u8(..4) {
        0 if v6 => format!("-m set {not}--match-set v6 src"),
        0 => format!("-m set {not}--match-set singles src"),
        1 if !v6 => format!("-m set {not}--match-set networks src"),
        2 if !v6 => format!("-m iprange {not}--src-range 198.51.100.0-203.0.113.80"),
        _ => format!("{not}-s {source}"),
    }
}

fn service(rng: &mut Rng, v6: bool) -> &'static str {
    let ping = if v6 {
        "-p ipv6-icmp -m icmp6 --icmpv6-type 128"
    } else {
        "-p icmp -m icmp --icmp-type 8/0"
    };
    let choices = [
        "-p tcp -m multiport --dports 22,2222",
        "-p tcp -m multiport ! --dports 22:80",
        "-p udp -m multiport --ports 53,8080",
        "-p tcp --dport 80",
        "-p tcp ! --dport 1:1023",
        "-p udp",
        "! -p tcp",
        "-p tcp --syn",
        "-p tcp --tcp-flags ALL SYN",
        ping,
    ];
    choices[rng.usize(..choices.len())]
}
