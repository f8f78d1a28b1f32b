use super::*;

fn nets(texts: &[&str]) -> Vec<IpNet> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn ban(network: &str, confirmed: Option<&str>) -> BlockedBan {
    BlockedBan {
        network: network.parse().unwrap(),
        remaining: None,
        confirmed: confirmed.map(|address| address.parse().unwrap()),
    }
}

fn protected(reason: GuardReason, network: &str) -> ProtectedNetwork {
    ProtectedNetwork {
        reason,
        network: network.parse().unwrap(),
    }
}

const SSH: GuardReason = GuardReason::SshSession;

#[test]
fn needed_within_is_what_is_protected_and_blocked_and_not_let_through() {
    let set = BlockSet {
        blocked: nets(&["45.0.0.0/24", "45.0.2.0/24", "2001:db8::/48"]),
        blocked_out: nets(&["46.0.0.7/32"]),
        allowed: nets(&["45.0.2.128/25"]),
        bans: vec![ban("203.0.113.0/24", None), ban("198.51.100.7/32", None)],
        established_stay: false,
    };
    let known = [
        protected(GuardReason::Loopback, "127.0.0.0/8"),
        protected(SSH, "45.0.0.255/32"),
        protected(SSH, "45.0.1.0/32"),
        protected(SSH, "45.0.2.200/32"),
        protected(SSH, "2001:db8::1/128"),
        protected(GuardReason::NameServer, "46.0.0.7/32"),
        protected(GuardReason::SignedIn, "203.0.113.5/32"),
        protected(GuardReason::Allowlisted, "198.51.100.0/24"),
        protected(GuardReason::Gateway, "192.0.2.1/32"),
    ];
    let free = needed_within(&set, &known);
    let expected = [
        "45.0.0.255/32",
        "46.0.0.7/32",
        "198.51.100.0/24",
        "203.0.113.5/32",
        "2001:db8::1/128",
    ];
    assert_eq!(free, nets(&expected));
}

#[test]
fn needed_within_of_a_confirmed_ban_is_not_what_was_given_up() {
    let bans = |confirmed| BlockSet {
        bans: vec![ban("203.0.113.0/24", confirmed)],
        ..BlockSet::default()
    };
    let own = [protected(SSH, "203.0.113.5/32")];
    assert_eq!(needed_within(&bans(Some("203.0.113.5")), &own), []);
    assert_eq!(needed_within(&bans(None), &own), nets(&["203.0.113.5/32"]));
    // Somebody else's place was not given up, and what the machine needs nobody can give up.
    let other = [
        protected(SSH, "203.0.113.6/32"),
        protected(GuardReason::NameServer, "203.0.113.5/32"),
    ];
    let free = needed_within(&bans(Some("203.0.113.5")), &other);
    assert_eq!(free, nets(&["203.0.113.5/32", "203.0.113.6/32"]));
    // Another ban of it, which nobody confirmed.
    let mut two = bans(Some("203.0.113.5"));
    two.bans.push(ban("203.0.113.5/32", None));
    assert_eq!(needed_within(&two, &own), nets(&["203.0.113.5/32"]));
}

#[test]
fn refused_is_who_asks_unless_confirmed_and_anybody_else_always() {
    let order = |network, requester: &str, confirm_own_address| BlockCommand {
        bans: vec![ban(network, None), ban("192.0.2.1/32", None)],
        requester: Some(requester.parse().unwrap()),
        confirm_own_address,
    };
    let known = [
        protected(SSH, "203.0.113.5/32"),
        protected(GuardReason::Allowlisted, "198.51.100.0/24"),
    ];
    for (network, requester, confirmed, is_refused) in [
        ("203.0.113.0/24", "203.0.113.5", false, true),
        ("203.0.113.0/24", "203.0.113.5", true, false),
        ("203.0.113.0/24", "203.0.113.9", true, true),
        ("198.51.100.7/32", "192.0.2.9", true, true),
        // The table lets the allowlist through within it.
        ("198.51.0.0/16", "192.0.2.9", false, false),
        ("127.0.0.1/32", "192.0.2.9", true, true),
    ] {
        let refused = refused(&order(network, requester, confirmed), &known);
        let networks: Vec<IpNet> = refused.iter().map(|ban| ban.network).collect();
        let expected = if is_refused { nets(&[network]) } else { vec![] };
        assert_eq!(networks, expected, "{network} {requester} {confirmed}");
    }
}
