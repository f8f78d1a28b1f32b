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

/// A set or chain in which an action keeps bans.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Named {
    /// A set of nftables.
    NftSet(String),
    /// A set of ipset.
    Ipset(String),
    /// A chain with a rule for each address.
    Chain(String),
}

impl Named {
    /// Its name; from [`Named::by_command`] with the tags that fail2ban replaces.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::NftSet(name) | Self::Ipset(name) | Self::Chain(name) => name,
        }
    }

    /// The same with another name.
    #[must_use]
    pub fn renamed(&self, name: String) -> Self {
        match self {
            Self::NftSet(_) => Self::NftSet(name),
            Self::Ipset(_) => Self::Ipset(name),
            Self::Chain(_) => Self::Chain(name),
        }
    }

    /// Where a command by which an action bans (its `actionban`) puts the address, with fail2ban's tags as they stand in it.
    ///
    /// `None` where it is none that is understood: it may block in quite another way, or not at all.
    #[must_use]
    pub fn by_command(command: &str) -> Option<Self> {
        let words: Vec<&str> = command.split_whitespace().collect();
        in_nftables(&words)
            .or_else(|| in_ipset(&words))
            .or_else(|| in_chain(&words))
    }
}

/// The tag that stands for who is banned.
const ADDRESS: &str = "<ip>";

/// `nft add element FAMILY TABLE SET { <ip> }`
fn in_nftables(words: &[&str]) -> Option<Named> {
    let is_begin = |part: &[&str]| match part {
        ["add", "element", _, _, _, open, ADDRESS, after, ..] => {
            matches!(*open, "{" | "\\{") && matches!(*after, "}" | "\\}" | "timeout")
        }
        _ => false,
    };
    let at = (0..words.len()).find(|at| words.get(*at..).is_some_and(is_begin))?;
    let by_nft = words.get(..at)?.iter().any(|word| word.contains("nft"));
    let set = words.get(at + 4).filter(|_| by_nft)?;
    Some(Named::NftSet((*set).to_owned()))
}

/// `ipset -exist add SET <ip> …`
fn in_ipset(words: &[&str]) -> Option<Named> {
    let is_add = |word: &&str| matches!(*word, "add" | "--add" | "-A");
    let at = words.iter().position(is_add)?;
    let before = words.get(..at)?;
    let mut options = before.iter().rev().skip_while(|word| word.starts_with('-'));
    let by_ipset = options
        .next()
        .is_some_and(|word| word.trim_matches(['<', '>']).ends_with("ipset"));
    let [set, ADDRESS, ..] = words.get(at + 1..)? else {
        return None;
    };
    by_ipset.then(|| Named::Ipset((*set).to_owned()))
}

/// `iptables -I CHAIN 1 -s <ip> -j …`
fn in_chain(words: &[&str]) -> Option<Named> {
    let is_add = |word: &&str| matches!(*word, "-I" | "-A" | "--insert" | "--append");
    let at = words.iter().position(is_add)?;
    let by_iptables = |word: &&str| word.contains("iptables") || word.contains("ip6tables");
    let by_iptables = words.get(..at)?.iter().any(by_iptables);
    let chain = words.get(at + 1).filter(|_| by_iptables)?;
    // No other condition: a rule with a port or an interface is no plain entry of a list.
    let rest = words.get(at + 2..)?;
    let rest = match rest {
        [number, rest @ ..] if number.parse::<u32>().is_ok() => rest,
        rest => rest,
    };
    match rest {
        ["-s" | "--source", ADDRESS, "-j" | "--jump", ..] => {
            Some(Named::Chain((*chain).to_owned()))
        }
        _ => None,
    }
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
    let known = jail.names.iter().map(|named| Wanted {
        name: named.name().to_owned(),
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
    fn by_command_of_fail2bans_actions_is_the_set_or_chain() {
        let nft = "<nftables> add element <table_family> <table> <addr_set> \\{ <ip> \\}";
        let chain = Named::Chain("f2b-<name>".into());
        let set = Named::Ipset("<ipmset>".into());
        for (command, named) in [
            (nft, Named::NftSet("<addr_set>".into())),
            (
                "nft add element inet f2b web { <ip> timeout 600s }",
                Named::NftSet("web".into()),
            ),
            (
                "ipset -exist add <ipmset> <ip> timeout <ipsettime>",
                set.clone(),
            ),
            (
                "ipset add <ipmset> <ip> timeout <ipsettime> -exist",
                set.clone(),
            ),
            ("<ipset> -exist add <ipmset> <ip>", set),
            (
                "ipset --test f2b-<name> <ip> ||  ipset --add f2b-<name> <ip>",
                Named::Ipset("f2b-<name>".into()),
            ),
            (
                "<iptables> -I f2b-<name> 1 -s <ip> -j <blocktype>",
                chain.clone(),
            ),
            (
                "<iptables> -I f2b-<name> 1 -s <ip> -j f2b-<name>-log",
                chain,
            ),
        ] {
            assert_eq!(Named::by_command(command), Some(named), "{command}");
        }
    }

    #[test]
    fn by_command_of_what_blocks_otherwise_or_not_at_all_is_none() {
        for command in [
            "",
            "printf %%b \"<ip>\\n\" | mail -s \"banned\" root",
            "echo +<ip> > /proc/net/xt_recent/<iptname>",
            "ip route add <blocktype> <ip>",
            "firewall-cmd --direct --add-rule <family> filter f2b-<name> 0 -s <ip> -j <blocktype>",
            "firewall-cmd --ipset=<ipmset> --add-entry=<ip>",
            "ufw insert 1 deny from <ip> to any",
            // Of two parts, or with conditions of its own.
            "nft add element inet f2b pairs { <ip> . 22 }",
            "iptables -I INPUT 1 -s <ip> -p tcp --dport 22 -j DROP",
            "ipset add f2b-pairs <ip>,tcp:22",
        ] {
            assert_eq!(Named::by_command(command), None, "{command}");
        }
    }
}
