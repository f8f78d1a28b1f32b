//! The matches of a rule.
use std::net::IpAddr;

use super::options::ListedOption;
use crate::truth::{
    model::{Field, Model, Operand, Pattern, SetKey, Test, Version},
    nft::names,
    packet::number,
    verdict::Doubt,
};

/// What was read of the rule so far.
#[derive(Debug)]
pub(crate) struct Matching<'a> {
    pub(crate) model: &'a mut Model,
    pub(crate) version: Version,
    /// The protocol that the packet must have.
    pub(crate) protocol: Option<u8>,
    /// The module whose options follow.
    module: String,
    pub(crate) tests: Vec<Test>,
}

impl<'a> Matching<'a> {
    pub(crate) const fn new(model: &'a mut Model, version: Version) -> Self {
        Self {
            model,
            version,
            protocol: None,
            module: String::new(),
            tests: Vec::new(),
        }
    }

    /// Reads an option; one that is not understood is a condition that is not known.
    pub(crate) fn read(&mut self, option: &ListedOption<'_>) {
        if option.name == "-m" {
            self.begin(option.word().unwrap_or_default());
            return;
        }
        if is_said_already(&self.module) && !option.name.is_empty() {
            return;
        }
        let read = match option.name {
            name if name.starts_with("--") => self.extended(option),
            _ => self.plain(option),
        };
        match read {
            Some(tests) => self.tests.extend(tests),
            None => self.unknown(option.name),
        }
    }

    /// Modules with options that are not read are not known as a whole.
    fn begin(&mut self, module: &str) {
        module.clone_into(&mut self.module);
        match module {
            "limit" | "hashlimit" | "connlimit" | "recent" | "quota" | "statistic" | "rateest"
            | "connbytes" => self.tests.push(Test::Unknown(Doubt::Rate)),
            "physdev" => self.tests.push(Test::Unknown(Doubt::Interface)),
            // Without its option to turn it round it holds where the way back is the same.
            "rpfilter" => {
                let test = compare(Field::ReturnRoute, false, vec![Pattern::one(1)]);
                self.tests.push(test);
            }
            "tcp" | "udp" | "udplite" | "sctp" | "dccp" | "icmp" | "icmp6" | "ipv6-icmp"
            | "multiport" | "set" | "conntrack" | "state" | "comment" | "iprange" | "mark"
            | "addrtype" | "pkttype" => {}
            _ => self.unknown(""),
        }
    }

    fn unknown(&mut self, option: &str) {
        let text = format!("-m {} {option}", self.module);
        let text = text.trim().to_owned();
        self.tests.push(Test::Unknown(Doubt::Unknown { text }));
    }

    fn plain(&mut self, option: &ListedOption<'_>) -> Option<Vec<Test>> {
        let negated = option.negated;
        let field = match option.name {
            "-s" => Field::Source(self.version),
            "-d" => Field::Destination(self.version),
            "-i" => Field::InterfaceIn,
            "-o" => Field::InterfaceOut,
            "-p" => return self.protocol(option),
            // Only what follows the first part of a packet in parts is like this.
            "-f" if option.has_no_words() => {
                let holds = Test::Compare {
                    fields: Vec::new(),
                    negated: !negated,
                    operand: Operand::Any(vec![Vec::new()]),
                };
                return Some(vec![holds]);
            }
            _ => return None,
        };
        let word = option.word()?;
        let pattern = match field {
            Field::Source(_) | Field::Destination(_) => network(self.version, word)?,
            _ => interface(word),
        };
        Some(vec![compare(field, negated, vec![pattern])])
    }

    fn protocol(&mut self, option: &ListedOption<'_>) -> Option<Vec<Test>> {
        let word = option.word()?;
        if word == "all" {
            return Some(Vec::new());
        }
        let number = word.parse::<u8>().ok().map(u128::from);
        let number = number.or_else(|| names::find(names::PROTOCOLS, word))?;
        if !option.negated {
            self.protocol = u8::try_from(number).ok();
        }
        let pattern = vec![Pattern::one(number)];
        Some(vec![compare(Field::Protocol, option.negated, pattern)])
    }

    fn extended(&mut self, option: &ListedOption<'_>) -> Option<Vec<Test>> {
        match (self.module.as_str(), option.name) {
            ("comment", "--comment")
            | ("set", "--update-counters" | "--update-subcounters")
            | ("rpfilter", "--loose" | "--validmark" | "--accept-local") => Some(Vec::new()),
            ("rpfilter", "--invert") => {
                self.tests.pop();
                let pattern = vec![Pattern::one(1)];
                Some(vec![compare(Field::ReturnRoute, true, pattern)])
            }
            ("set", "--match-set") => Some(vec![self.set(option)?]),
            ("multiport", "--ports") if !option.negated => self.either_port(option),
            ("conntrack", "--ctstate") | ("state", "--state") => state(option),
            _ => {
                let (field, patterns) = self.of_packet(option)?;
                // Any at all is no condition.
                if patterns.is_empty() {
                    return Some(Vec::new());
                }
                Some(vec![compare(field, option.negated, patterns)])
            }
        }
    }

    /// What one field of the packet must be.
    fn of_packet(&self, option: &ListedOption<'_>) -> Option<(Field, Vec<Pattern>)> {
        let version = self.version;
        if (self.module.as_str(), option.name) == ("tcp", "--tcp-flags") {
            let (mask, value) = option.two_words()?;
            let (mask, value) = (tcp_flags(mask)?, tcp_flags(value)?);
            return Some((Field::TcpFlags, vec![Pattern::Bits { mask, value }]));
        }
        let word = option.word()?;
        Some(match (self.module.as_str(), option.name) {
            (_, "--sport" | "--sports") => (Field::SourcePort(self.protocol), ports(word)?),
            (_, "--dport" | "--dports") => (Field::DestinationPort(self.protocol), ports(word)?),
            ("icmp" | "icmp6" | "ipv6-icmp", "--icmp-type" | "--icmpv6-type") => {
                (Field::IcmpType(version), icmp(version, word)?)
            }
            ("iprange", "--src-range") => (Field::Source(version), vec![range(version, word)?]),
            ("iprange", "--dst-range") => {
                (Field::Destination(version), vec![range(version, word)?])
            }
            ("mark", "--mark") => (Field::Mark, vec![mark(word)?]),
            ("addrtype", "--src-type") => (Field::SourceType, types(word)?),
            ("addrtype", "--dst-type") => (
                Field::DestinationType {
                    by_interface: false,
                },
                types(word)?,
            ),
            ("pkttype", "--pkt-type") => {
                let kind = names::find(names::PACKET_TYPES, word)?;
                (Field::PacketType, vec![Pattern::one(kind)])
            }
            ("conntrack", "--ctorigdstport") => (Field::OriginalPort, ports(word)?),
            ("conntrack", "--ctorigsrc") => (
                Field::OriginalSource(version),
                vec![network(version, word)?],
            ),
            ("conntrack", "--ctorigdst") => (
                Field::OriginalDestination(version),
                vec![network(version, word)?],
            ),
            _ => return None,
        })
    }

    fn either_port(&self, option: &ListedOption<'_>) -> Option<Vec<Test>> {
        let patterns = ports(option.word()?)?;
        let fields = [
            Field::SourcePort(self.protocol),
            Field::DestinationPort(self.protocol),
        ];
        let tests = fields.map(|field| compare(field, false, patterns.clone()));
        Some(vec![Test::Any(tests.into())])
    }

    fn set(&mut self, option: &ListedOption<'_>) -> Option<Test> {
        let (name, directions) = option.two_words()?;
        let fields = match directions {
            "src" => vec![Field::Source(self.version)],
            "dst" => vec![Field::Destination(self.version)],
            _ => return None,
        };
        let set = SetKey::Ipset {
            name: name.to_owned(),
        };
        let used = self.model.add_use(set, fields.clone());
        Some(Test::Compare {
            fields,
            negated: option.negated,
            operand: Operand::Set(used),
        })
    }
}

fn compare(field: Field, negated: bool, patterns: Vec<Pattern>) -> Test {
    Test::Compare {
        fields: vec![field],
        negated,
        operand: Operand::Any(patterns.into_iter().map(|pattern| vec![pattern]).collect()),
    }
}

/// States of a connection, some of which are kept elsewhere.
fn state(option: &ListedOption<'_>) -> Option<Vec<Test>> {
    let (mut states, mut translated) = (0, 0);
    for name in option.word()?.split(',') {
        match name {
            "SNAT" => translated |= 16,
            "DNAT" => translated |= 32,
            _ => states |= names::find(names::CONNECTION_STATES, name)?,
        }
    }
    let pattern = vec![Pattern::AnyBit(states)];
    let states = compare(Field::ConnectionState, option.negated, pattern);
    if translated == 0 {
        return Some(vec![states]);
    }
    if option.negated {
        return None;
    }
    let pattern = vec![Pattern::AnyBit(translated)];
    let translated = compare(Field::ConnectionStatus, false, pattern);
    Some(vec![Test::Any(vec![states, translated])])
}

/// Modules of which the mention alone said that they are not known.
fn is_said_already(module: &str) -> bool {
    !matches!(
        module,
        "" | "tcp"
            | "udp"
            | "udplite"
            | "sctp"
            | "dccp"
            | "icmp"
            | "icmp6"
            | "ipv6-icmp"
            | "multiport"
            | "set"
            | "conntrack"
            | "state"
            | "comment"
            | "iprange"
            | "mark"
            | "addrtype"
            | "pkttype"
            | "rpfilter"
    )
}

/// An address with a length or a mask behind it.
pub(crate) fn network(version: Version, word: &str) -> Option<Pattern> {
    let width = match version {
        Version::Four => 32,
        Version::Six => 128,
    };
    let of = |word: &str| {
        let address: IpAddr = word.parse().ok()?;
        (Version::of(address) == version).then(|| number(address))
    };
    let Some((address, mask)) = word.split_once('/') else {
        return of(word).map(Pattern::one);
    };
    let value = of(address)?;
    if let Ok(length) = mask.parse::<u32>() {
        let free = u32::checked_sub(width, length)?;
        let rest = u128::MAX.checked_shr(u128::BITS - free).unwrap_or(0);
        return Some(Pattern::Range(value & !rest, value | rest));
    }
    let mask = of(mask)?;
    Some(Pattern::Bits {
        mask,
        value: value & mask,
    })
}

fn interface(word: &str) -> Pattern {
    match word.strip_suffix('+') {
        Some(begin) => Pattern::NamePrefix(begin.to_owned()),
        None => Pattern::Name(word.to_owned()),
    }
}

/// Ports and ranges with commas between.
fn ports(word: &str) -> Option<Vec<Pattern>> {
    let one = |word: &str| {
        let port = |word: &str| word.parse::<u16>().ok().map(u128::from);
        match word.split_once(':') {
            Some((first, "")) => Some(Pattern::Range(port(first)?, u128::from(u16::MAX))),
            Some(("", last)) => Some(Pattern::Range(0, port(last)?)),
            Some((first, last)) => Some(Pattern::Range(port(first)?, port(last)?)),
            None => port(word).map(Pattern::one),
        }
    };
    word.split(',').map(one).collect()
}

fn tcp_flags(word: &str) -> Option<u128> {
    match word {
        "NONE" => Some(0),
        "ALL" => Some(0x3f),
        _ => word.split(',').try_fold(0, |all, name| {
            Some(all | names::find(names::TCP_FLAGS, name)?)
        }),
    }
}

/// A type of ICMP; nothing where it is any. Of echo requests the code is 0.
fn icmp(version: Version, word: &str) -> Option<Vec<Pattern>> {
    if word == "any" || word == "255" && version == Version::Four {
        return Some(Vec::new());
    }
    let names = match version {
        Version::Four => names::ICMP_TYPES,
        Version::Six => names::ICMPV6_TYPES,
    };
    let kind = |word: &str| {
        let number = word.parse::<u8>().ok().map(u128::from);
        number.or_else(|| names::find(names, word))
    };
    Some(vec![match word.split_once('/') {
        None | Some((_, "0")) => Pattern::one(kind(word.split('/').next()?)?),
        // No echo request is like this.
        Some(_) => Pattern::Range(1, 0),
    }])
}

fn range(version: Version, word: &str) -> Option<Pattern> {
    let (first, last) = word.split_once('-')?;
    let of = |word: &str| {
        let address: IpAddr = word.parse().ok()?;
        (Version::of(address) == version).then(|| number(address))
    };
    Some(Pattern::Range(of(first)?, of(last)?))
}

fn mark(word: &str) -> Option<Pattern> {
    let (value, mask) = word.split_once('/').unwrap_or((word, "0xffffffff"));
    Some(Pattern::Bits {
        mask: u128::from(hexadecimal(mask)?),
        value: u128::from(hexadecimal(value)?),
    })
}

pub(crate) fn hexadecimal(word: &str) -> Option<u32> {
    match word.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => word.parse().ok(),
    }
}

fn types(word: &str) -> Option<Vec<Pattern>> {
    word.split(',')
        .map(|name| names::find(names::ROUTE_TYPES, name).map(Pattern::one))
        .collect()
}
