//! The names that fail2ban's actions give to sets and chains.
use super::JailBans;
use crate::truth::model::Version;

/// A name that a set or chain of a jail may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) name: String,
    /// Of which version of IP it must be then.
    pub(super) version: Option<Version>,
    /// Whether it was made from the jail's name.
    pub(super) is_made: bool,
}

/// The names of sets and chains that one of fail2ban's own actions uses for a jail; none where the action does not use
/// the packet filter, or keeps its bans in rules without such names.
///
/// The action is as `fail2ban-client get JAIL actions` names it. The name is that of the jail, unless the action was
/// given another.
#[must_use]
pub fn names_for(action: &str, name: &str) -> Vec<String> {
    let without = ["xt_recent", "firewallcmd-rich"];
    if without.iter().any(|part| action.contains(part)) {
        return Vec::new();
    }
    if action.starts_with("nftables") {
        return vec![format!("addr-set-{name}"), format!("addr6-set-{name}")];
    }
    if action.contains("ipset") {
        return vec![format!("f2b-{name}"), format!("f2b-{name}6")];
    }
    if action.starts_with("iptables") || action.starts_with("firewallcmd") {
        return vec![format!("f2b-{name}")];
    }
    Vec::new()
}

/// The names to look for.
pub(super) fn wanted(jail: &JailBans) -> Vec<Wanted> {
    let name = &jail.jail;
    let four = Some(Version::Four);
    let six = Some(Version::Six);
    // Chains have one name for both; a set of ipset with that name is of IPv4.
    let made = [
        (format!("addr-set-{name}"), four),
        (format!("addr6-set-{name}"), six),
        (format!("f2b-{name}"), None),
        (format!("f2b-{name}6"), six),
        (format!("fail2ban-{name}"), None),
    ];
    let made = made.map(|(name, version)| Wanted {
        name,
        version,
        is_made: true,
    });
    let known = jail.names.iter().map(|name| Wanted {
        name: name.clone(),
        version: None,
        is_made: false,
    });
    let mut all: Vec<Wanted> = made.into();
    for wanted in known {
        if !all.iter().any(|one| one.name == wanted.name) {
            all.push(wanted);
        }
    }
    all
}

/// Whether a set or chain is named as those of fail2ban's own actions.
pub(super) fn is_of_fail2ban(name: &str) -> bool {
    let begins = ["addr-set-", "addr6-set-", "f2b-", "fail2ban-"];
    // The table's own chain holds rules for sets.
    name != "f2b-chain" && begins.iter().any(|begin| name.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_for_actions_of_fail2ban() {
        let sets = vec!["addr-set-sshd".to_owned(), "addr6-set-sshd".to_owned()];
        let ipsets = vec!["f2b-sshd".to_owned(), "f2b-sshd6".to_owned()];
        let chains = vec!["f2b-sshd".to_owned()];
        for (action, names) in [
            ("nftables-multiport", sets.clone()),
            ("nftables", sets),
            ("iptables-ipset-proto6-allports", ipsets.clone()),
            ("firewallcmd-ipset", ipsets),
            ("iptables-multiport", chains.clone()),
            ("iptables-multiport-log", chains),
            ("iptables-xt_recent-echo", Vec::new()),
            ("firewallcmd-rich-rules", Vec::new()),
            ("sendmail-whois", Vec::new()),
            ("hostsdeny", Vec::new()),
            ("route", Vec::new()),
            ("dummy", Vec::new()),
        ] {
            assert_eq!(names_for(action, "sshd"), names, "{action}");
        }
    }
}
