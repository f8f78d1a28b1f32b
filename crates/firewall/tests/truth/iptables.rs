//! Rulesets of iptables and ipset, in tables of nftables and in those of the older iptables.
use std::process::{Command, Stdio};

use firewall::truth::{
    Outcome::{Blocked, NotBlocked},
    Path::{Forwarded, HostInput, PublishedPort},
    Rulesets,
};

use crate::{
    expected::{BAD, BAD_V6, INNER, NEAR, OTHER, OTHER_V6, try_out, try_shell},
    ground::Ground,
    namespace::Namespace,
};

/// Which of the two programs: that with tables of nftables, and the older one.
const PROGRAMS: [&str; 2] = ["nft", "legacy"];

/// Whether the kernel has tables of the older iptables.
pub(crate) fn has(program: &str) -> bool {
    if program == "nft" {
        return true;
    }
    let namespace = Namespace::make();
    let tried: &mut Command = &mut namespace.command("iptables-legacy");
    let tried = tried.args(["-S"]).stdout(Stdio::null()).status();
    let has = tried.is_ok_and(|status| status.success());
    if !has {
        println!("skipped: the kernel has no tables of the older iptables");
    }
    has
}

/// Tries lines of a shell in which `iptables` is each of the two programs.
async fn try_both(lines: &str, expected: &[crate::expected::Expected]) {
    for program in PROGRAMS.into_iter().filter(|program| has(program)) {
        let ground = Ground::make();
        ground.host.shell(&format!(
            "iptables() {{ iptables-{program} -w \"$@\"; }}\n\
             ip6tables() {{ ip6tables-{program} -w \"$@\"; }}\n{lines}"
        ));
        try_out(&ground, &[], expected).await;
    }
}

#[tokio::test]
async fn iptables_multiport_of_fail2ban_blocks_its_ports() {
    let lines = "
        iptables -N f2b-sshd
        iptables -A f2b-sshd -j RETURN
        iptables -I INPUT -p tcp -m multiport --dports 22,2222 -j f2b-sshd
        iptables -I f2b-sshd 1 -s 198.51.100.7 -j REJECT --reject-with icmp-port-unreachable
        ip6tables -N f2b-sshd
        ip6tables -A f2b-sshd -j RETURN
        ip6tables -I INPUT -p tcp -m multiport --dports 22,2222 -j f2b-sshd
        ip6tables -I f2b-sshd 1 -s 2001:db8:bad::7 -j REJECT --reject-with icmp6-port-unreachable
        iptables -N f2b-web
        iptables -A f2b-web -j RETURN
        iptables -I INPUT -p tcp -m multiport --dports 80:90,443 -j f2b-web
        iptables -I f2b-web 1 -s 203.0.113.0/24 -j DROP";
    let expected = [
        (BAD, HostInput, Blocked, "tcp 22,2222"),
        (NEAR, HostInput, Blocked, "tcp 80-90,443"),
        (OTHER, HostInput, NotBlocked, "nothing"),
        (BAD_V6, HostInput, Blocked, "tcp 22,2222"),
        (OTHER_V6, HostInput, NotBlocked, "nothing"),
        (BAD, Forwarded, NotBlocked, "nothing"),
    ];
    try_both(lines, &expected).await;
}

#[tokio::test]
async fn rule_of_iptables_is_named_with_its_text_and_counter() {
    for program in PROGRAMS.into_iter().filter(|program| has(program)) {
        let ground = Ground::make();
        ground.host.shell(&format!(
            "iptables-{program} -w -A INPUT -p tcp -m multiport --dports 22 -m comment --comment 'a \"b\"' -s 198.51.100.7 -j DROP"
        ));
        let _ = ground.send(
            BAD,
            firewall::truth::Protocol::Tcp,
            (crate::ground::HOST, 22),
        );
        let _ = ground.arrived();
        let rulesets = Rulesets::read(&ground.host.place()).await.unwrap();
        let verdicts = rulesets.verdicts(BAD.parse().unwrap()).await.unwrap();
        let rule = &verdicts[0].because[0].rule;
        assert_eq!(rule.legacy, program == "legacy");
        assert_eq!(rule.handle.is_none(), rule.legacy);
        assert_eq!(rule.counter.unwrap().packets, 1);
        assert_eq!(
            (rule.table.as_str(), rule.chain.as_str(), rule.line),
            ("filter", "INPUT", Some(1))
        );
        assert_eq!(
            rule.text,
            "-A INPUT -s 198.51.100.7/32 -p tcp -m multiport --dports 22 -m comment --comment \"a \\\"b\\\"\" -j DROP"
        );
    }
}

#[tokio::test]
async fn sets_of_ipset_are_asked() {
    let lines = "
        ipset -exist create f2b-sshd hash:ip timeout 0
        ipset -exist add f2b-sshd 198.51.100.7 timeout 600
        iptables -I INPUT -p tcp -m multiport --dports 22,2222 -m set --match-set f2b-sshd src -j REJECT
        ipset create f2b-sshd6 hash:ip family inet6
        ipset add f2b-sshd6 2001:db8:bad::7
        ip6tables -I INPUT -p tcp -m multiport --dports 22,2222 -m set --match-set f2b-sshd6 src -j DROP
        ipset create networks hash:net
        ipset add networks 203.0.113.0/24
        ipset add networks 10.0.0.0/8
        ipset add networks 10.9.9.9 nomatch
        iptables -t raw -A PREROUTING -p udp -m set --match-set networks src -j DROP
        ipset create both list:set
        ipset add both networks
        ipset add both f2b-sshd
        iptables -A INPUT -p tcp --dport 80 -m set ! --match-set both src -j DROP
        ipset create own hash:ip
        ipset add own 203.0.113.1
        iptables -A INPUT -p tcp --dport 443 -m set --match-set own dst -s 198.51.100.200 -j DROP";
    let expected = [
        (BAD, HostInput, Blocked, "tcp 22,2222"),
        (NEAR, HostInput, Blocked, "udp"),
        (NEAR, Forwarded, Blocked, "udp"),
        (INNER, HostInput, NotBlocked, "nothing"),
        (BAD_V6, HostInput, Blocked, "tcp 22,2222"),
        (OTHER_V6, HostInput, NotBlocked, "nothing"),
    ];
    for program in PROGRAMS.into_iter().filter(|program| has(program)) {
        let ground = Ground::make();
        ground.host.shell(&format!(
            "iptables() {{ iptables-{program} -w \"$@\"; }}\n\
             ip6tables() {{ ip6tables-{program} -w \"$@\"; }}\n{lines}"
        ));
        // The addresses of the host are several: to which of them a packet goes is not said.
        let unsure = ["198.51.100.200 tcp 443 to this machine: it depends on the destination"];
        try_out(&ground, &unsure, &expected).await;
    }
}

#[tokio::test]
async fn chains_like_those_of_ufw_are_followed() {
    let lines = "
        for c in ufw-before-input ufw-before-forward ufw-after-input ufw-user-input ufw-not-local ufw-skip-to-policy-input ufw-reject-input; do iptables -N $c; done
        iptables -P INPUT DROP
        iptables -P FORWARD DROP
        iptables -A INPUT -j ufw-before-input
        iptables -A INPUT -j ufw-after-input
        iptables -A INPUT -j ufw-reject-input
        iptables -A ufw-before-input -i lo -j ACCEPT
        iptables -A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        iptables -A ufw-before-input -m conntrack --ctstate INVALID -j DROP
        iptables -A ufw-before-input -p icmp --icmp-type 3 -j ACCEPT
        iptables -A ufw-before-input -p icmp --icmp-type 8 -j ACCEPT
        iptables -A ufw-before-input -p udp --sport 67 --dport 68 -j ACCEPT
        iptables -A ufw-before-input -j ufw-not-local
        iptables -A ufw-before-input -d 224.0.0.251/32 -p udp --dport 5353 -j ACCEPT
        iptables -A ufw-before-input -j ufw-user-input
        iptables -A ufw-not-local -m addrtype --dst-type LOCAL -j RETURN
        iptables -A ufw-not-local -m addrtype --dst-type MULTICAST -j RETURN
        iptables -A ufw-not-local -m addrtype --dst-type BROADCAST -j RETURN
        iptables -A ufw-not-local -m limit --limit 3/min --limit-burst 10 -j LOG --log-prefix '[UFW BLOCK] '
        iptables -A ufw-not-local -j DROP
        iptables -A ufw-user-input -s 198.51.100.7 -j REJECT
        iptables -A ufw-user-input -p tcp --dport 22 -j ACCEPT
        iptables -A ufw-user-input -p tcp -m multiport --dports 80,443 -m comment --comment 'dapp_Nginx' -j ACCEPT
        iptables -A ufw-user-input -s 10.9.9.0/24 -p tcp --dport 2222 -j ACCEPT
        iptables -A ufw-after-input -p udp --dport 137 -g ufw-skip-to-policy-input
        iptables -A ufw-skip-to-policy-input -j DROP";
    let expected = [
        (BAD, HostInput, Blocked, "everything but udp 68 and icmp"),
        (OTHER, HostInput, NotBlocked, "nothing"),
        (INNER, HostInput, NotBlocked, "nothing"),
        (OTHER, Forwarded, Blocked, "nothing"),
        (OTHER_V6, HostInput, NotBlocked, "nothing"),
    ];
    try_both(lines, &expected).await;
}

#[tokio::test]
async fn published_ports_like_those_of_docker_are_followed() {
    let lines = "
        iptables -t nat -N DOCKER
        iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
        iptables -t nat -A DOCKER -i lan -j RETURN
        iptables -t nat -A DOCKER ! -i lan -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.7.7.2:80
        iptables -t nat -A DOCKER ! -i lan -p udp --dport 53 -j DNAT --to-destination 10.7.7.2
        iptables -t nat -A PREROUTING -p tcp --dport 443 -j REDIRECT --to-ports 2222
        for c in DOCKER DOCKER-USER DOCKER-ISOLATION-STAGE-1 DOCKER-ISOLATION-STAGE-2; do iptables -N $c; done
        iptables -P FORWARD DROP
        iptables -A FORWARD -j DOCKER-USER
        iptables -A FORWARD -j DOCKER-ISOLATION-STAGE-1
        iptables -A FORWARD -o lan -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        iptables -A FORWARD -o lan -j DOCKER
        iptables -A FORWARD -i lan ! -o lan -j ACCEPT
        iptables -A DOCKER -d 10.7.7.2/32 ! -i lan -o lan -p tcp -m tcp --dport 80 -j ACCEPT
        iptables -A DOCKER -d 10.7.7.2/32 ! -i lan -o lan -p udp --dport 53 -j ACCEPT
        iptables -A DOCKER-ISOLATION-STAGE-1 -i lan ! -o lan -j DOCKER-ISOLATION-STAGE-2
        iptables -A DOCKER-ISOLATION-STAGE-1 -j RETURN
        iptables -A DOCKER-ISOLATION-STAGE-2 -o lan -j DROP
        iptables -A DOCKER-ISOLATION-STAGE-2 -j RETURN
        iptables -A DOCKER-USER -s 198.51.100.7 -m conntrack --ctorigdstport 8080 -j DROP
        iptables -A DOCKER-USER -s 203.0.113.77 -j DROP
        iptables -A DOCKER-USER -j RETURN
        iptables -A INPUT -s 198.51.100.7 -p tcp --dport 2222 -j DROP
        iptables -A INPUT -s 10.9.9.9 -j DROP";
    for program in PROGRAMS.into_iter().filter(|program| has(program)) {
        let ground = Ground::make();
        ground.host.shell(&format!(
            "iptables() {{ iptables-{program} -w \"$@\"; }}\n{lines}"
        ));
        // Where it goes is a part of the question that is not asked.
        let unsure = ["forwarded: it depends on the"];
        let expected = [
            (BAD, PublishedPort, Blocked, "tcp 8080"),
            (NEAR, PublishedPort, Blocked, "tcp 8080 and udp 53"),
            (OTHER, PublishedPort, NotBlocked, "nothing"),
            // A ban in the chain for packets to the machine itself does nothing to containers.
            (INNER, PublishedPort, NotBlocked, "nothing"),
            (INNER, HostInput, Blocked, "everything"),
            (BAD, HostInput, Blocked, "tcp 443,2222"),
        ];
        try_out(&ground, &unsure, &expected).await;
    }
}

#[tokio::test]
async fn matches_and_targets_of_iptables_are_understood() {
    let lines = "
        iptables -t raw -A PREROUTING -p udp --dport 8080 -j CT --notrack
        iptables -t mangle -A PREROUTING -s 198.51.100.7 -j MARK --set-mark 0x10/0xff
        iptables -t mangle -A PREROUTING ! -s 198.51.100.7 -j MARK --set-xmark 0x0/0xffffffff
        iptables -A INPUT -p udp -m conntrack --ctstate UNTRACKED -s 10.9.9.9 -j DROP
        iptables -A INPUT -p udp --dport 8080 -m state --state NEW -j DROP
        iptables -A INPUT -m mark --mark 0x10/0xf0 -p tcp --dport 443 -j DROP
        iptables -A INPUT -m iprange --src-range 198.51.100.100-203.0.113.80 -p tcp --dport 80 -j DROP
        iptables -A INPUT -p tcp ! --syn -m state --state NEW -j DROP
        iptables -A INPUT -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN --dport 2222 ! -i lo ! -s 10.0.0.0/8 -j DROP
        iptables -A INPUT -s 198.51.0.7/255.255.0.255 -p udp -m multiport ! --dports 53,8080 -j DROP
        iptables -A INPUT -m pkttype --pkt-type multicast -j DROP
        iptables -A INPUT -f -j DROP
        iptables -A INPUT -m addrtype --src-type LOCAL -j DROP
        iptables -A INPUT -i w+ -p icmp -m icmp --icmp-type echo-request -s 203.0.113.77 -j DROP
        ip6tables -A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 128 -s 2001:db8:bad::/48 -j DROP
        ip6tables -A INPUT -m rpfilter --invert -j DROP
        ip6tables -A INPUT -p tcp --dport 22 -j LOG --log-prefix 'new ssh: ' --log-level 4
        ip6tables -A INPUT -p tcp --dport 1024: -j REJECT --reject-with tcp-reset";
    let lines = lines.replace(
        "ip6tables -A INPUT -m rpfilter",
        "ip6tables -t raw -A PREROUTING -m rpfilter",
    );
    let expected = [
        (
            BAD,
            HostInput,
            Blocked,
            "tcp 443 and udp 0-52,54-8079,8081-65535",
        ),
        (OTHER, HostInput, Blocked, "tcp 80"),
        (NEAR, HostInput, Blocked, "tcp 80 and icmp"),
        (INNER, HostInput, Blocked, "udp 8080"),
        (BAD_V6, HostInput, Blocked, "icmpv6"),
    ];
    try_both(&lines, &expected).await;
}

#[tokio::test]
async fn both_iptables_at_once_are_read() {
    if !has("legacy") {
        return;
    }
    let lines = "
        iptables-legacy -w -A INPUT -s 198.51.100.7 -j DROP
        iptables-legacy -w -A INPUT -s 203.0.113.77 -j ACCEPT
        iptables-nft -w -A INPUT -s 203.0.113.77 -p tcp --dport 22 -j DROP
        ip6tables-legacy -w -P FORWARD DROP";
    let expected = [
        (BAD, HostInput, Blocked, "everything"),
        (NEAR, HostInput, Blocked, "tcp 22"),
        (BAD_V6, Forwarded, Blocked, "nothing"),
        (OTHER, Forwarded, NotBlocked, "nothing"),
    ];
    try_shell(lines, &[], &expected).await;
}
