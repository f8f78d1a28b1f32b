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

/// A name of a jail that stands in no file.
pub(super) const NAME_MARK: &str = "\u{1}name\u{1}";

const PORT: &str = "port";
const NAME: &str = "name";

/// What makes the rules that a ban consists of.
const START: &str = "actionstart";
const BAN: &str = "actionban";

/// Where stock actions are told what kind of rules they make. The one for pf goes through its ports before it takes all of them.
const KINDS: [&str; 2] = ["type", "actiontype"];

/// Both kinds of addresses; an action may have commands of its own for each.
const FAMILIES: [&str; 2] = ["?family=inet4", "?family=inet6"];

/// Programs by which one tells somebody. What they send is not looked at.
const TELLING: [&str; 7] = [
    "apprise", "curl", "logger", "mail", "mailx", "sendmail", "wget",
];

/// Programs that keep somebody out, also with something behind a hyphen (`iptables-legacy`).
const KEEPING_OUT: [&str; 16] = [
    "afctl",
    "apf",
    "blackhole",
    "csf",
    "firewall-cmd",
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

/// Files that keep somebody out.
const LISTS: [&str; 2] = ["hosts.allow", "hosts.deny"];

/// Where programs are. One of these that is not known could do anything.
const PROGRAMS: [&str; 7] = [
    "/bin/",
    "/opt/",
    "/root/",
    "/sbin/",
    "/usr/bin/",
    "/usr/local/",
    "/usr/sbin/",
];

/// What `ip` is told to do before it keeps somebody out. By itself it is a word of messages.
const OF_IP: [&str; 6] = ["-4", "-6", "link", "route", "rule", "xfrm"];

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
        let uses = |name: &str, what: Mark| {
            let text = property(marked, name, family).unwrap_or_default();
            what.is_in(marked, family, text, &mut HashSet::new())
        };
        // What is made at the start for the port has the jail's name, and a ban is an entry of it.
        uses(BAN, Mark::PORT) || (uses(START, Mark::PORT) && uses(BAN, Mark::NAME))
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

/// What an action was told in place of something.
#[derive(Clone, Copy)]
struct Mark {
    mark: &'static str,
    tag: &'static str,
}

impl Mark {
    const PORT: Self = Self {
        mark: PORT_MARK,
        tag: PORT,
    };
    const NAME: Self = Self {
        mark: NAME_MARK,
        tag: NAME,
    };

    /// Whether a text has it, or gets it when the daemon fills in what is left.
    fn is_in<'a>(
        self,
        action: &'a ActionConfig,
        family: &str,
        text: &'a str,
        seen: &mut HashSet<&'a str>,
    ) -> bool {
        text.contains(self.mark)
            || tags::names(text).any(|tag| {
                let inner = || property(action, tag, family);
                tag == self.tag
                    || (seen.insert(tag)
                        && inner().is_some_and(|text| self.is_in(action, family, text, seen)))
            })
    }
}

/// Whether nothing has to be undone at the end of a ban, and what it begins with is no more than a message.
fn only_tells(action: &ActionConfig, family: &str) -> bool {
    let says = |name: &str| property(action, name, family).unwrap_or_default().trim();
    if says(BAN).is_empty() && says(START).is_empty() {
        return true;
    }
    if !says("actionunban").is_empty() {
        return false;
    }
    let mut text = String::new();
    let mut seen = HashSet::new();
    for name in [START, BAN] {
        write_out(action, family, says(name), &mut seen, &mut text);
    }
    let between = |c: char| c.is_whitespace() || "\"'`;|&()<>".contains(c);
    // `program=iptables`; what is told as `ip=` is no program.
    let words = text
        .split(between)
        .filter_map(|word| word.rsplit('=').next());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let tells = |word: &&str| TELLING.contains(&program(word));
    let ip = |pair: &[&str]| matches!(pair, [one, other] if program(one) == "ip" && OF_IP.contains(other));
    words.iter().any(tells)
        && !words.iter().any(|word| may_keep_out(word))
        && !words.windows(2).any(ip)
}

/// A text with what its tags stand for behind it, each once.
fn write_out<'a>(
    action: &'a ActionConfig,
    family: &str,
    text: &'a str,
    seen: &mut HashSet<&'a str>,
    into: &mut String,
) {
    // A tag is no word: `<ip>` is not the program.
    let mut rest = text;
    while let Some((before, tag, after)) = rest
        .split_once('<')
        .and_then(|(before, rest)| Some((before, rest.split_once('>')?)))
        .map(|(before, (tag, after))| (before, tag, after))
    {
        into.push_str(before);
        into.push(' ');
        if seen.insert(tag)
            && let Some(inner) = property(action, tag, family)
        {
            write_out(action, family, inner, seen, into);
        }
        rest = after;
    }
    into.push_str(rest);
    into.push('\n');
}

/// The name of a program without its folder; what lies elsewhere than programs do is none.
fn program(word: &str) -> &str {
    let is_program = !word.contains('/') || PROGRAMS.iter().any(|folder| word.starts_with(folder));
    let name = word.rsplit('/').next().unwrap_or_default();
    if is_program { name } else { word }
}

fn may_keep_out(word: &str) -> bool {
    let name = program(word);
    let known = KEEPING_OUT.iter().any(|known| {
        let rest = name.strip_prefix(known);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    });
    let is_unknown =
        PROGRAMS.iter().any(|folder| word.starts_with(folder)) && !TELLING.contains(&name);
    known || is_unknown || LISTS.iter().any(|list| word.contains(list))
}
