//! The target of a rule.
use std::net::{IpAddr, SocketAddr};

use super::{matches::hexadecimal, options::ListedOption};
use crate::truth::{
    model::{Decision, SetKey, Step, Target, TargetAddress, TargetPort, Targets, Version},
    verdict::Doubt,
};

/// What a target that is no chain does.
pub(crate) fn read(name: &str, version: Version, options: &[ListedOption<'_>]) -> Option<Step> {
    let option = |wanted: &str| options.iter().find(|option| option.name == wanted);
    let word = |wanted: &str| option(wanted).and_then(ListedOption::word);
    Some(match name {
        "ACCEPT" | "SNAT" | "MASQUERADE" => Step::Decide(Decision::Accept),
        "DROP" | "REJECT" => Step::Decide(Decision::Drop),
        "RETURN" => Step::Decide(Decision::Return),
        "NOTRACK" => Step::Untrack,
        "CT" if option("--notrack").is_some() => Step::Untrack,
        "MARK" => mark(options),
        "CONNMARK" if option("--restore-mark").is_some() => Step::SetMark {
            mask: u32::MAX,
            flip: None,
        },
        "CONNMARK" => Step::SetConnectionMark,
        "DNAT" => translate(version, destination(word("--to-destination"))),
        "REDIRECT" => translate(
            version,
            Target {
                address: TargetAddress::Own,
                port: match option("--to-ports") {
                    Some(ports) => port(ports.word()),
                    None => TargetPort::Kept,
                },
            },
        ),
        "NETMAP" => translate(
            version,
            Target {
                address: TargetAddress::Unknown,
                port: TargetPort::Kept,
            },
        ),
        "SET" => set(options),
        "NFQUEUE" | "QUEUE" | "TPROXY" | "SYNPROXY" | "TARPIT" | "DELUDE" | "CHAOS" | "STEAL" => {
            Step::EndSomehow(Doubt::Program)
        }
        _ if is_harmless(name) => return None,
        _ => Step::Anything(Doubt::Unknown {
            text: format!("-j {name}"),
        }),
    })
}

/// Targets that do not change where a packet goes.
fn is_harmless(name: &str) -> bool {
    matches!(
        name,
        "LOG"
            | "NFLOG"
            | "ULOG"
            | "TRACE"
            | "AUDIT"
            | "TCPMSS"
            | "TCPOPTSTRIP"
            | "CHECKSUM"
            | "DSCP"
            | "TOS"
            | "TTL"
            | "HL"
            | "ECN"
            | "CLASSIFY"
            | "SECMARK"
            | "CONNSECMARK"
            | "RATEEST"
            | "IDLETIMER"
            | "CT"
    )
}

const fn translate(version: Version, target: Target) -> Step {
    Step::Translate {
        version: Some(version),
        targets: Targets::One(target),
    }
}

/// `address`, `address:port`, `[address]:port` or `:port`; others have several of them.
fn destination(word: Option<&str>) -> Target {
    let one = |address, port| Target {
        address: TargetAddress::One(address),
        port,
    };
    let unknown = Target {
        address: TargetAddress::Unknown,
        port: TargetPort::Unknown,
    };
    let Some(word) = word else {
        return unknown;
    };
    if let Some(ports) = word.strip_prefix(':') {
        return Target {
            address: TargetAddress::Kept,
            port: port(Some(ports)),
        };
    }
    if let Ok(address) = word.parse::<IpAddr>() {
        return one(address, TargetPort::Kept);
    }
    if let Ok(both) = word.parse::<SocketAddr>() {
        return one(both.ip(), TargetPort::One(both.port()));
    }
    let bare = word
        .strip_prefix('[')
        .and_then(|word| word.strip_suffix(']'));
    if let Some(Ok(address)) = bare.map(str::parse::<IpAddr>) {
        return one(address, TargetPort::Kept);
    }
    unknown
}

fn port(word: Option<&str>) -> TargetPort {
    let parsed = word.and_then(|word| word.parse().ok());
    parsed.map_or(TargetPort::Unknown, TargetPort::One)
}

fn mark(options: &[ListedOption<'_>]) -> Step {
    let found = match options {
        [option] => option.word().and_then(|word| {
            let (value, mask) = word.split_once('/').unwrap_or((word, "0xffffffff"));
            let (value, mask) = (hexadecimal(value)?, hexadecimal(mask)?);
            match option.name {
                "--set-xmark" => Some((mask, value)),
                // All bits of the value are written too.
                "--set-mark" => Some((mask | value, value)),
                _ => None,
            }
        }),
        _ => None,
    };
    match found {
        Some((mask, flip)) => Step::SetMark {
            mask,
            flip: Some(flip),
        },
        None => Step::SetMark {
            mask: u32::MAX,
            flip: None,
        },
    }
}

fn set(options: &[ListedOption<'_>]) -> Step {
    let names = ["--add-set", "--del-set", "--map-set"];
    let option = options.iter().find(|option| names.contains(&option.name));
    match option.and_then(ListedOption::two_words) {
        Some((name, _)) if option.is_some_and(|option| option.name != "--map-set") => {
            Step::Fill(SetKey::Ipset {
                name: name.to_owned(),
            })
        }
        _ => Step::Anything(Doubt::Unknown {
            text: "-j SET".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destination_reads_addresses_with_and_without_ports() {
        let one = |address: &str| TargetAddress::One(address.parse().unwrap());
        for (word, address, port) in [
            ("10.0.0.2", one("10.0.0.2"), TargetPort::Kept),
            ("10.0.0.2:80", one("10.0.0.2"), TargetPort::One(80)),
            ("[2001:db8::2]:80", one("2001:db8::2"), TargetPort::One(80)),
            ("2001:db8::2", one("2001:db8::2"), TargetPort::Kept),
            ("[2001:db8::2]", one("2001:db8::2"), TargetPort::Kept),
            (":80", TargetAddress::Kept, TargetPort::One(80)),
            (":80-90", TargetAddress::Kept, TargetPort::Unknown),
            (
                "10.0.0.2-10.0.0.3",
                TargetAddress::Unknown,
                TargetPort::Unknown,
            ),
            (
                "10.0.0.2:80-90",
                TargetAddress::Unknown,
                TargetPort::Unknown,
            ),
        ] {
            assert_eq!(destination(Some(word)), Target { address, port }, "{word}");
        }
    }
}
