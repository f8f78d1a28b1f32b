//! How far an action reaches: from which ports of the machine it bans an address.
//!
//! That is judged by what its commands say, not by its name: whoever bans by a script or a firewall that nobody knows is taken for one that bans from
//! everything, unless the commands bound it by the port that the action is told.

use std::collections::HashSet;

use super::action::ActionConfig;
use super::layers::without_condition;
use super::tags;

/// A port that stands in no file.
pub(super) const PORT_MARK: &str = "\u{1}port\u{1}";

const PORT: &str = "port";

/// What makes or undoes the rules that a ban consists of.
const BANNING: [&str; 2] = ["actionstart", "actionban"];

/// Where stock actions are told what kind of rules they make. The one for pf goes through its ports before it takes all of them.
const KINDS: [&str; 2] = ["type", "actiontype"];

/// Both kinds of addresses; an action may have commands of its own for each.
const FAMILIES: [&str; 2] = ["?family=inet4", "?family=inet6"];

/// Programs by which one tells somebody. What they send is not looked at.
const TELLING: [&str; 7] = [
    "apprise", "curl", "logger", "mail", "mailx", "sendmail", "wget",
];

/// Words of commands that keep somebody out.
const KEEPING_OUT: [&str; 18] = [
    "afctl",
    "apf",
    "blackhole",
    "csf",
    "firewall-cmd",
    "hosts.allow",
    "hosts.deny",
    "ip6tables",
    "ipf",
    "ipfw",
    "ipset",
    "iptables",
    "nft",
    "npfctl",
    "pfctl",
    "route",
    "shorewall",
    "ufw",
];

/// How far what an action does to an address reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// It keeps nobody out; it only tells of a ban.
    Nothing,
    /// The ports that it was told, as they stand there.
    Ports(Vec<String>),
    /// All ports, or nobody knows which.
    Everything,
}

/// How far an action reaches; `marked` is the same one, told the mark as its port.
pub(super) fn of(real: &ActionConfig, marked: &ActionConfig) -> Reach {
    // What a module does cannot be told from here.
    if real.is_python() || marked.file != real.file {
        return Reach::Everything;
    }
    if FAMILIES.iter().all(|family| only_tells(real, family)) {
        return Reach::Nothing;
    }
    if KINDS.iter().any(|kind| named(real, kind).any(is_all_ports)) {
        return Reach::Everything;
    }
    let is_bounded = |family: &&str| {
        let mut commands = commands(marked, family);
        commands.any(|text| uses_port(marked, family, text, &mut HashSet::new()))
    };
    let ports: Vec<String> = named(real, PORT)
        .map(|text| text.trim().to_owned())
        .collect();
    let is_known = |ports: &String| !ports.is_empty() && !ports.contains(['<', '%', '$', '`']);
    if FAMILIES.iter().all(is_bounded) && !ports.is_empty() && ports.iter().all(is_known) {
        return Reach::Ports(ports);
    }
    Reach::Everything
}

/// The values of a property, with or without a condition.
fn named<'a>(action: &'a ActionConfig, name: &str) -> impl Iterator<Item = &'a str> {
    let properties = action.properties.iter();
    let own = properties.filter(move |(of, _)| without_condition(of).0 == name);
    own.filter_map(|(_, value)| value.text())
}

fn is_all_ports(kind: &str) -> bool {
    kind.contains("allports")
}

/// A property for a family.
fn property<'a>(action: &'a ActionConfig, name: &str, family: &str) -> Option<&'a str> {
    let own = action.property(&[name, family].concat());
    own.or_else(|| action.property(name))?.text()
}

fn commands<'a>(action: &'a ActionConfig, family: &str) -> impl Iterator<Item = &'a str> {
    BANNING
        .into_iter()
        .filter_map(move |name| property(action, name, family))
}

/// Whether a text has the port in it, or gets it when the daemon fills in what is left.
fn uses_port<'a>(
    action: &'a ActionConfig,
    family: &str,
    text: &'a str,
    seen: &mut HashSet<&'a str>,
) -> bool {
    text.contains(PORT_MARK)
        || tags::names(text).any(|tag| {
            let inner = || property(action, tag, family);
            tag == PORT
                || (seen.insert(tag)
                    && inner().is_some_and(|text| uses_port(action, family, text, seen)))
        })
}

/// Whether nothing has to be undone at the end of a ban, and what it begins with is no more than a message.
fn only_tells(action: &ActionConfig, family: &str) -> bool {
    let says = |name: &str| property(action, name, family).unwrap_or_default().trim();
    if says("actionban").is_empty() && says("actionstart").is_empty() {
        return true;
    }
    let text: Vec<&str> = commands(action, family).collect();
    let text = text.join("\n");
    let is_part = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    let words = text.split(|c| !is_part(c));
    let words: HashSet<&str> = words.map(|word| word.trim_matches('.')).collect();
    let has = |known: &[&str]| known.iter().any(|word| words.contains(word));
    says("actionunban").is_empty() && has(&TELLING) && !has(&KEEPING_OUT)
}
