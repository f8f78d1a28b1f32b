//! Lists that are well known. Nothing of them ships with BanGUI, and none is on until somebody turns it on.
//!
//! Terms and counts are of August and September 2026. Left out are lists that are empty (Feodo Tracker, since its botnets were taken
//! down), need a key, or are gone.
use std::time::Duration;

/// How a list is written. [`crate::parse`] finds out by itself; this is for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListFormat {
    /// An address on each line.
    Addresses,
    /// A network or an address on each line.
    Networks,
    /// A JSON object with a network on each line.
    JsonLines,
    /// The first address, the last one and more columns.
    Columns,
}

/// Of which families the addresses are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Families {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
    /// Both.
    Both,
}

/// A list that somebody publishes for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownList {
    /// Stays the same whatever the publisher changes.
    pub id: &'static str,
    /// As its publisher calls it.
    pub name: &'static str,
    /// Where it is; always a valid [`crate::SourceUrl`].
    pub url: &'static str,
    /// Where the publisher says what it is and how it may be used.
    pub home: &'static str,
    /// What is on it.
    pub contains: &'static str,
    /// How it may be used, in short. The publisher's own words count.
    pub terms: &'static str,
    /// How it is written.
    pub format: ListFormat,
    /// Of which families it is.
    pub families: Families,
    /// About how many entries it has, where that was counted.
    pub entries: Option<u32>,
    /// What the publisher asks to be left between two downloads, or after what time there is something new; `None` where nothing is said.
    pub least_interval: Option<Duration>,
    /// A sensible time between two downloads.
    pub interval: Duration,
}

const HOUR: Duration = Duration::from_hours(1);
const HALF_DAY: Duration = Duration::from_hours(12);
const DAY: Duration = Duration::from_hours(24);

const SPAMHAUS_TERMS: &str = "Free for everybody, also for companies. The Spamhaus Project must be named, and the date and copyright of the file kept, where the list is passed on or part of a product.";
const SPAMHAUS_HOME: &str = "https://www.spamhaus.org/blocklists/do-not-route-or-peer/";
const FIREHOL_TERMS: &str = "No licence of its own: the terms of the lists that it merges apply, some of which forbid resale.";
const BLOCKLIST_DE_TERMS: &str = "Free and voluntary, used at your own risk; no licence is stated. Very large numbers of downloads may be charged for.";
const BLOCKLIST_DE_HOME: &str = "https://www.blocklist.de/en/export.html";
const IPSUM_TERMS: &str = "In the public domain (The Unlicense).";
const IPSUM_HOME: &str = "https://github.com/stamparm/ipsum";
const ABUSEIPDB_TERMS: &str =
    "A copy made with permission of AbuseIPDB, whose terms forbid passing the data on.";
const ABUSEIPDB_HOME: &str = "https://github.com/borestad/blocklist-abuseipdb";

/// What most lists have in common; each says what is different.
const PLAIN: KnownList = KnownList {
    id: "",
    name: "",
    url: "",
    home: "",
    contains: "",
    terms: "",
    format: ListFormat::Addresses,
    families: Families::V4,
    entries: None,
    least_interval: None,
    interval: DAY,
};

const CATALOGUE: [KnownList; 21] = [
    KnownList {
        id: "spamhaus-drop",
        name: "Spamhaus DROP",
        url: "https://www.spamhaus.org/drop/drop_v4.json",
        home: SPAMHAUS_HOME,
        contains: "Networks that belong to criminals or were taken over by them. Very few mistakes: a good first list.",
        terms: SPAMHAUS_TERMS,
        format: ListFormat::JsonLines,
        entries: Some(1_700),
        least_interval: Some(HOUR),
        ..PLAIN
    },
    KnownList {
        id: "spamhaus-dropv6",
        name: "Spamhaus DROPv6",
        url: "https://www.spamhaus.org/drop/drop_v6.json",
        home: SPAMHAUS_HOME,
        contains: "The same for IPv6.",
        terms: SPAMHAUS_TERMS,
        format: ListFormat::JsonLines,
        families: Families::V6,
        least_interval: Some(HOUR),
        ..PLAIN
    },
    KnownList {
        id: "firehol-level1",
        name: "FireHOL level 1",
        url: "https://iplists.firehol.org/files/firehol_level1.netset",
        home: "https://iplists.firehol.org/?ipset=firehol_level1",
        contains: "Several lists in one, chosen for few mistakes: Spamhaus DROP, DShield, unassigned and private networks. Private ones are left out when it is imported.",
        terms: FIREHOL_TERMS,
        format: ListFormat::Networks,
        ..PLAIN
    },
    KnownList {
        id: "firehol-level2",
        name: "FireHOL level 2",
        url: "https://iplists.firehol.org/files/firehol_level2.netset",
        home: "https://iplists.firehol.org/?ipset=firehol_level2",
        contains: "Several lists in one of who attacked within about two days, among them blocklist.de and GreenSnow.",
        terms: FIREHOL_TERMS,
        format: ListFormat::Networks,
        ..PLAIN
    },
    KnownList {
        id: "blocklist-de-all",
        name: "blocklist.de, all",
        url: "https://lists.blocklist.de/lists/all.txt",
        home: BLOCKLIST_DE_HOME,
        contains: "Who attacked any service of the servers that report there, most of them with fail2ban, within two days.",
        families: Families::Both,
        entries: Some(31_000),
        ..BLOCKLIST_DE
    },
    KnownList {
        id: "blocklist-de-ssh",
        name: "blocklist.de, SSH",
        url: "https://lists.blocklist.de/lists/ssh.txt",
        contains: "Who attacked SSH within two days.",
        ..BLOCKLIST_DE
    },
    KnownList {
        id: "blocklist-de-mail",
        name: "blocklist.de, mail",
        url: "https://lists.blocklist.de/lists/mail.txt",
        contains: "Who attacked mail servers within two days.",
        ..BLOCKLIST_DE
    },
    KnownList {
        id: "blocklist-de-apache",
        name: "blocklist.de, Apache",
        url: "https://lists.blocklist.de/lists/apache.txt",
        contains: "Who attacked web servers within two days.",
        ..BLOCKLIST_DE
    },
    KnownList {
        id: "blocklist-de-bruteforcelogin",
        name: "blocklist.de, web logins",
        url: "https://lists.blocklist.de/lists/bruteforcelogin.txt",
        contains: "Who tried passwords at Joomla, WordPress and other web logins within two days.",
        ..BLOCKLIST_DE
    },
    KnownList {
        id: "cins-army",
        name: "CINS Army",
        url: "https://cinsscore.com/list/ci-badguys.txt",
        home: "https://cinsscore.com/",
        contains: "The 15,000 addresses with the worst marks of sensors of a security company.",
        terms: "Free for firewalls, in any way that suits; not to be passed on with a product without permission.",
        entries: Some(15_000),
        ..PLAIN
    },
    KnownList {
        id: "emerging-threats-compromised",
        name: "Emerging Threats, compromised hosts",
        url: "https://rules.emergingthreats.net/blockrules/compromised-ips.txt",
        home: "https://rules.emergingthreats.net/",
        contains: "Hosts that are known to have been broken into and attack others.",
        terms: "The list itself states none; the rules of the same publisher are under the BSD licence.",
        entries: Some(550),
        ..PLAIN
    },
    KnownList {
        id: "dshield",
        name: "DShield block list",
        url: "https://feeds.dshield.org/block.txt",
        home: "https://isc.sans.edu/api/",
        contains: "The 20 networks of 256 addresses each that attacked the most targets of late. Whole networks, so bystanders are possible; the publisher itself advises against blocking by it alone.",
        terms: "CC BY-NC-SA: free to protect networks of your own, also a company's; not for resale. DShield.org must be named.",
        format: ListFormat::Columns,
        entries: Some(20),
        least_interval: Some(HALF_DAY),
        ..PLAIN
    },
    KnownList {
        id: "greensnow",
        name: "GreenSnow",
        url: "https://blocklist.greensnow.co/greensnow.txt",
        home: "https://greensnow.co/",
        contains: "Who scanned ports or tried passwords of late.",
        terms: "Free to use; it must not be published again.",
        entries: Some(3_600),
        interval: HALF_DAY,
        ..PLAIN
    },
    KnownList {
        id: "tor-exits",
        name: "Tor exits",
        url: "https://check.torproject.org/torbulkexitlist",
        home: "https://metrics.torproject.org/collector.html",
        contains: "Where the users of Tor come from. Not bad in itself: block it only where nobody honest comes through Tor.",
        terms: "The Tor Project gives its exit lists without conditions (CC0).",
        entries: Some(1_300),
        least_interval: Some(Duration::from_mins(40)),
        interval: HALF_DAY,
        ..PLAIN
    },
    KnownList {
        id: "bruteforceblocker",
        name: "BruteForceBlocker",
        url: "https://danger.rulez.sk/projects/bruteforceblocker/blist.php",
        home: "https://danger.rulez.sk/index.php/bruteforceblocker/",
        contains: "Who tried passwords at SSH, reported by the users of a program of that name.",
        terms: "None are stated.",
        entries: Some(550),
        ..PLAIN
    },
    KnownList {
        id: "ipsum-3",
        name: "IPsum level 3",
        url: "https://raw.githubusercontent.com/stamparm/ipsum/master/levels/3.txt",
        contains: "Addresses that are on three or more of over 30 public lists.",
        ..IPSUM
    },
    KnownList {
        id: "ipsum-5",
        name: "IPsum level 5",
        url: "https://raw.githubusercontent.com/stamparm/ipsum/master/levels/5.txt",
        contains: "Addresses that are on five or more of over 30 public lists: fewer, and fewer mistakes.",
        ..IPSUM
    },
    KnownList {
        id: "binary-defense",
        name: "Binary Defense ban list",
        url: "https://www.binarydefense.com/banlist.txt",
        home: "https://www.binarydefense.com/banlist.txt",
        contains: "Who attacked the honeypots of a security company.",
        terms: "For public use only; not in products or services that somebody pays for.",
        entries: Some(3_500),
        ..PLAIN
    },
    KnownList {
        id: "abuseipdb-7d",
        name: "AbuseIPDB of seven days, copied by borestad",
        url: "https://raw.githubusercontent.com/borestad/blocklist-abuseipdb/main/abuseipdb-s100-7d.ipv4",
        contains: "The addresses that the users of AbuseIPDB reported most surely within seven days.",
        ..ABUSEIPDB
    },
    KnownList {
        id: "abuseipdb-30d",
        name: "AbuseIPDB of 30 days, copied by borestad",
        url: "https://raw.githubusercontent.com/borestad/blocklist-abuseipdb/main/abuseipdb-s100-30d.ipv4",
        contains: "The same within 30 days. Longer than that, addresses have new owners too often.",
        ..ABUSEIPDB
    },
    KnownList {
        id: "stopforumspam-toxic",
        name: "Stop Forum Spam, toxic networks",
        url: "https://www.stopforumspam.com/downloads/toxic_ip_cidr.txt",
        home: "https://www.stopforumspam.com/legal",
        contains: "Networks from which forums get nothing but spam.",
        terms: "Not for commercial use, nor in software that somebody pays for.",
        format: ListFormat::Networks,
        entries: Some(60),
        ..PLAIN
    },
];

const BLOCKLIST_DE: KnownList = KnownList {
    home: BLOCKLIST_DE_HOME,
    terms: BLOCKLIST_DE_TERMS,
    families: Families::Both,
    least_interval: Some(Duration::from_mins(30)),
    interval: HALF_DAY,
    ..PLAIN
};

const IPSUM: KnownList = KnownList {
    home: IPSUM_HOME,
    terms: IPSUM_TERMS,
    least_interval: Some(DAY),
    ..PLAIN
};

const ABUSEIPDB: KnownList = KnownList {
    home: ABUSEIPDB_HOME,
    terms: ABUSEIPDB_TERMS,
    interval: HALF_DAY,
    ..PLAIN
};

/// Lists to choose from.
#[must_use]
pub const fn catalogue() -> &'static [KnownList] {
    &CATALOGUE
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::SourceUrl;

    fn all(of: fn(&KnownList) -> &'static str) -> BTreeSet<&'static str> {
        catalogue().iter().map(of).collect()
    }

    #[test]
    fn each_known_list_is_named_once_and_has_a_valid_url() {
        for list in catalogue() {
            let url: SourceUrl = list.url.parse().unwrap();
            assert_eq!(url.as_str(), list.url, "{}", list.id);
            assert_eq!(list.home.parse::<SourceUrl>().unwrap().as_str(), list.home);
            let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(list.id.chars().all(is_plain), "{}", list.id);
        }
        let count = catalogue().len();
        assert_eq!(all(|list| list.id).len(), count);
        assert_eq!(all(|list| list.name).len(), count);
        assert_eq!(all(|list| list.url).len(), count);
    }

    #[test]
    fn each_known_list_says_what_it_is_and_is_asked_for_no_more_often_than_its_publisher_wants() {
        for list in catalogue() {
            for text in [list.name, list.contains, list.terms] {
                assert!(!text.trim().is_empty() && text.len() < 300, "{}", list.id);
            }
            assert!(
                list.terms.ends_with('.') && list.contains.ends_with('.'),
                "{}",
                list.id
            );
            assert_ne!(list.entries, Some(0), "{}", list.id);
            assert!(
                list.interval >= list.least_interval.unwrap_or(HOUR),
                "{}",
                list.id
            );
        }
    }
}
