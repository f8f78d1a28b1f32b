//! Expressions of a rule: fields, and what they are compared with.
use std::net::IpAddr;

use serde_json::Value;

use super::names;
use crate::truth::{
    model::{Field, Pattern, Tuple, Version},
    packet::number,
    verdict::Doubt,
};

/// More of a part that is not understood says no more.
const MAX_TEXT: usize = 120;

/// A part in its own words, cut.
pub(crate) fn words(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.chars().take(MAX_TEXT).collect()
}

pub(crate) fn unknown(value: &Value) -> Doubt {
    Doubt::Unknown { text: words(value) }
}

/// The one key of an object, and its value.
pub(crate) fn only(value: &Value) -> Option<(&str, &Value)> {
    let object = value.as_object()?;
    let mut entries = object.iter();
    match (entries.next(), entries.next()) {
        (Some((key, value)), None) => Some((key.as_str(), value)),
        _ => None,
    }
}

/// The texts of an object that has exactly these keys.
fn exactly<'a, const N: usize>(value: &'a Value, keys: [&str; N]) -> Option<[&'a str; N]> {
    let object = value.as_object()?;
    if object.len() != N {
        return None;
    }
    let mut found = [""; N];
    for (place, key) in found.iter_mut().zip(keys) {
        *place = object.get(key)?.as_str()?;
    }
    Some(found)
}

/// The fields of the left side.
pub(crate) fn fields(left: &Value) -> Vec<Field> {
    match only(left) {
        Some(("concat", Value::Array(parts))) => parts.iter().map(field).collect(),
        _ => vec![field(left)],
    }
}

pub(crate) fn field(left: &Value) -> Field {
    let found = match only(left) {
        Some(("payload", of)) => exactly(of, ["protocol", "field"])
            .and_then(|[protocol, field]| payload(protocol, field)),
        Some(("meta", of)) => exactly(of, ["key"]).and_then(|[key]| meta(key)),
        Some(("ct", of)) => connection(of),
        Some(("fib", of)) => route(of),
        _ => None,
    };
    found.unwrap_or_else(|| Field::Other(unknown(left)))
}

fn payload(protocol: &str, field: &str) -> Option<Field> {
    let number = match protocol {
        "tcp" | "udp" | "udplite" | "sctp" | "dccp" => {
            u8::try_from(names::find(names::PROTOCOLS, protocol)?).ok()
        }
        _ => None,
    };
    Some(match (protocol, field) {
        ("ip", "saddr") => Field::Source(Version::Four),
        ("ip", "daddr") => Field::Destination(Version::Four),
        ("ip", "protocol") => Field::Header(Version::Four),
        ("ip", "frag-off") => Field::FragmentOffset,
        ("ip6", "saddr") => Field::Source(Version::Six),
        ("ip6", "daddr") => Field::Destination(Version::Six),
        ("ip6", "nexthdr") => Field::Header(Version::Six),
        ("th", "sport") => Field::SourcePort(None),
        ("th", "dport") => Field::DestinationPort(None),
        ("tcp", "flags") => Field::TcpFlags,
        ("icmp", "type") => Field::IcmpType(Version::Four),
        ("icmpv6", "type") => Field::IcmpType(Version::Six),
        (_, "sport") if number.is_some() => Field::SourcePort(number),
        (_, "dport") if number.is_some() => Field::DestinationPort(number),
        _ => return None,
    })
}

fn meta(key: &str) -> Option<Field> {
    Some(match key {
        "l4proto" => Field::Protocol,
        "nfproto" | "protocol" => Field::Version,
        "iif" | "iifname" => Field::InterfaceIn,
        "oif" | "oifname" => Field::InterfaceOut,
        "mark" => Field::Mark,
        "pkttype" => Field::PacketType,
        "iifgroup" | "iiftype" | "iifkind" | "oifgroup" | "oiftype" | "oifkind" | "sdif"
        | "sdifname" | "ibrname" | "obrname" => Field::Other(Doubt::Interface),
        _ => return None,
    })
}

fn connection(of: &Value) -> Option<Field> {
    if let Some([key, direction]) = exactly(of, ["key", "dir"]) {
        return match (key, direction) {
            ("ip saddr", "original") => Some(Field::OriginalSource(Version::Four)),
            ("ip6 saddr", "original") => Some(Field::OriginalSource(Version::Six)),
            ("ip daddr", "original") => Some(Field::OriginalDestination(Version::Four)),
            ("ip6 daddr", "original") => Some(Field::OriginalDestination(Version::Six)),
            ("proto-dst", "original") => Some(Field::OriginalPort),
            _ => None,
        };
    }
    let [key] = exactly(of, ["key"])?;
    match key {
        "state" => Some(Field::ConnectionState),
        "status" => Some(Field::ConnectionStatus),
        "direction" => Some(Field::ConnectionDirection),
        "mark" => Some(Field::ConnectionMark),
        _ => None,
    }
}

fn route(of: &Value) -> Option<Field> {
    let object = of.as_object()?;
    if object.len() != 2 {
        return None;
    }
    let result = object.get("result")?.as_str()?;
    let flags = match object.get("flags")? {
        Value::String(flag) => vec![flag.as_str()],
        Value::Array(flags) => flags.iter().map(Value::as_str).collect::<Option<_>>()?,
        _ => return None,
    };
    let has = |flag| flags.contains(&flag);
    match (result, flags.len()) {
        ("type", 1) if has("saddr") => Some(Field::SourceType),
        ("type", 1) if has("daddr") => Some(Field::DestinationType {
            by_interface: false,
        }),
        ("type", 2) if has("daddr") && has("iif") => {
            Some(Field::DestinationType { by_interface: true })
        }
        ("oif", 2) if has("saddr") && has("iif") => Some(Field::ReturnRoute),
        ("oif", 3) if has("saddr") && has("iif") && has("mark") => Some(Field::ReturnRoute),
        _ => None,
    }
}

/// The patterns of one side of a comparison: as many as there are fields.
pub(crate) fn tuple(fields: &[Field], value: &Value) -> Tuple {
    let Some(value) = element(value) else {
        return fields
            .iter()
            .map(|_| Pattern::Unknown(words(value)))
            .collect();
    };
    if let [field] = fields {
        return vec![pattern(field, value)];
    }
    match only(value) {
        Some(("concat", Value::Array(parts))) if parts.len() == fields.len() => fields
            .iter()
            .zip(parts)
            .map(|(field, part)| pattern(field, part))
            .collect(),
        _ => fields
            .iter()
            .map(|_| Pattern::Unknown(words(value)))
            .collect(),
    }
}

/// The value of an element, unless it has a rate or the like of its own.
fn element(value: &Value) -> Option<&Value> {
    let Some(("elem", of)) = only(value) else {
        return Some(value);
    };
    let object = of.as_object()?;
    let harmless = ["val", "counter", "timeout", "expires", "comment", "last"];
    let mut keys = object.keys();
    if !keys.all(|key| harmless.contains(&key.as_str())) {
        return None;
    }
    object.get("val")
}

/// What one field is compared with.
pub(crate) fn pattern(field: &Field, value: &Value) -> Pattern {
    let found = match only(value) {
        Some(("prefix", of)) => prefix(field, of),
        Some(("range", Value::Array(ends))) => match ends.as_slice() {
            [first, last] => scalar(field, first)
                .zip(scalar(field, last))
                .map(|(first, last)| Pattern::Range(first, last)),
            _ => None,
        },
        Some(("|", Value::Array(_))) => bits(field, value).map(Pattern::one),
        _ => interface(field, value).or_else(|| scalar(field, value).map(Pattern::one)),
    };
    found.unwrap_or_else(|| Pattern::Unknown(words(value)))
}

fn prefix(field: &Field, of: &Value) -> Option<Pattern> {
    let first = scalar(field, of.get("addr")?)?;
    let length = u32::try_from(of.get("len")?.as_u64()?).ok()?;
    let width = field.largest().count_ones();
    let free = width.checked_sub(length)?;
    let rest = u128::MAX.checked_shr(u128::BITS - free).unwrap_or(0);
    Some(Pattern::Range(first & !rest, first | rest))
}

fn interface(field: &Field, value: &Value) -> Option<Pattern> {
    if !matches!(field, Field::InterfaceIn | Field::InterfaceOut) {
        return None;
    }
    let name = value.as_str()?;
    if let Some(literal) = name.strip_suffix("\\*") {
        return Some(Pattern::Name(format!("{literal}*")));
    }
    Some(match name.strip_suffix('*') {
        Some(begin) => Pattern::NamePrefix(begin.to_owned()),
        None => Pattern::Name(name.to_owned()),
    })
}

/// Bits that are named one by one.
pub(crate) fn bits(field: &Field, value: &Value) -> Option<u128> {
    match value {
        Value::Array(parts) => parts
            .iter()
            .try_fold(0, |all, part| Some(all | bits(field, part)?)),
        Value::Object(_) => match only(value)? {
            ("|", parts @ Value::Array(_)) => bits(field, parts),
            _ => None,
        },
        one => scalar(field, one),
    }
}

/// A single value as a number.
pub(crate) fn scalar(field: &Field, value: &Value) -> Option<u128> {
    let name = value.as_str();
    let listed = |names| name.and_then(|name| names::find(names, name));
    let plain = || {
        let parsed = name.and_then(|name| name.parse::<u64>().ok());
        let number = value.as_u64().or(parsed).map(u128::from)?;
        (number <= field.largest()).then_some(number)
    };
    match field {
        Field::Source(version)
        | Field::Destination(version)
        | Field::OriginalSource(version)
        | Field::OriginalDestination(version) => {
            let address: IpAddr = name?.parse().ok()?;
            (Version::of(address) == *version).then(|| number(address))
        }
        Field::Version => listed(names::VERSIONS),
        Field::Protocol | Field::Header(_) => listed(names::PROTOCOLS).or_else(plain),
        Field::ConnectionState => listed(names::CONNECTION_STATES).or_else(plain),
        Field::ConnectionStatus => listed(names::CONNECTION_STATUS).or_else(plain),
        Field::ConnectionDirection => listed(names::DIRECTIONS),
        Field::TcpFlags => listed(names::TCP_FLAGS).or_else(plain),
        Field::IcmpType(Version::Four) => listed(names::ICMP_TYPES).or_else(plain),
        Field::IcmpType(Version::Six) => listed(names::ICMPV6_TYPES).or_else(plain),
        Field::DestinationType { .. } | Field::SourceType => listed(names::ROUTE_TYPES),
        Field::PacketType => listed(names::PACKET_TYPES),
        Field::ReturnRoute => value.as_bool().map(u128::from),
        Field::SourcePort(_)
        | Field::DestinationPort(_)
        | Field::OriginalPort
        | Field::FragmentOffset
        | Field::Mark
        | Field::ConnectionMark => plain(),
        Field::InterfaceIn | Field::InterfaceOut | Field::Masked(..) | Field::Other(_) => None,
    }
}
