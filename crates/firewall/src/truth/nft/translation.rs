//! Statements that translate destinations, and those that set the mark.
use std::net::IpAddr;

use serde_json::Value;

use super::{
    comparison::set_name,
    expression::{field, fields, only, tuple},
};
use crate::truth::model::{
    Family, Field, Model, SetKey, Step, TableKey, Target, TargetAddress, TargetPort, Targets,
    Version,
};

/// The statement `dnat`.
pub(crate) fn destination(model: &mut Model, table: &TableKey, of: &Value) -> Step {
    let family = of.get("family").and_then(Value::as_str);
    let version = match (family, table.family) {
        (Some("ip"), _) | (None, Family::Ip) => Some(Version::Four),
        (Some("ip6"), _) | (None, Family::Ip6) => Some(Version::Six),
        _ => None,
    };
    let port = port(of.get("port"));
    let targets = targets(model, table, of, port).unwrap_or(Targets::One(Target {
        address: TargetAddress::Unknown,
        port: TargetPort::Unknown,
    }));
    Step::Translate { version, targets }
}

/// The statement `redirect`.
pub(crate) fn redirect(of: &Value) -> Step {
    Step::Translate {
        version: None,
        targets: Targets::One(Target {
            address: TargetAddress::Own,
            port: port(of.get("port")),
        }),
    }
}

fn port(value: Option<&Value>) -> TargetPort {
    let Some(value) = value else {
        return TargetPort::Kept;
    };
    let number = value.as_u64().and_then(|port| u16::try_from(port).ok());
    number.map_or(TargetPort::Unknown, TargetPort::One)
}

fn targets(model: &mut Model, table: &TableKey, of: &Value, port: TargetPort) -> Option<Targets> {
    let Some(address) = of.get("addr") else {
        let address = TargetAddress::Kept;
        return Some(Targets::One(Target { address, port }));
    };
    if let Some(address) = parse(address) {
        return Some(Targets::One(Target { address, port }));
    }
    let ("map", map) = only(address)? else {
        return None;
    };
    let fields = fields(map.get("key")?);
    let data = map.get("data")?;
    if let Some(name) = set_name(data) {
        let set = SetKey::Nft {
            table: table.clone(),
            name: name.to_owned(),
        };
        return Some(Targets::Named(model.add_use(set, fields)));
    }
    let ("set", Value::Array(listed)) = only(data)? else {
        return None;
    };
    let entry = |entry: &Value| {
        let [from, to] = entry.as_array()?.as_slice() else {
            return None;
        };
        if from.as_str() == Some("*") {
            return None;
        }
        Some((tuple(&fields, from), target(to, port)?))
    };
    let entries: Vec<_> = listed.iter().map(entry).collect::<Option<_>>()?;
    (!entries.is_empty()).then_some(Targets::Map { fields, entries })
}

fn parse(value: &Value) -> Option<TargetAddress> {
    value
        .as_str()?
        .parse::<IpAddr>()
        .ok()
        .map(TargetAddress::One)
}

fn target(value: &Value, kept: TargetPort) -> Option<Target> {
    if let Some(("concat", Value::Array(parts))) = only(value) {
        let [address, with] = parts.as_slice() else {
            return None;
        };
        return Some(Target {
            address: parse(address)?,
            port: port(Some(with)),
        });
    }
    Some(Target {
        address: parse(value)?,
        port: kept,
    })
}

/// Setting the mark, as far as the value is understood.
pub(crate) fn mark(value: &Value) -> Step {
    match formula(value) {
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

/// Whether the value is made of the mark and of numbers alone.
pub(crate) fn is_formula(value: &Value) -> bool {
    formula(value).is_some()
}

/// The mask and the bits to flip which do the same.
fn formula(value: &Value) -> Option<(u32, u32)> {
    let number = |value: &Value| u32::try_from(value.as_u64()?).ok();
    if let Some(all) = number(value) {
        return Some((u32::MAX, all));
    }
    if field(value) == Field::Mark {
        return Some((0, 0));
    }
    let (operator, Value::Array(sides)) = only(value)? else {
        return None;
    };
    let [left, right] = sides.as_slice() else {
        return None;
    };
    let (mask, flip) = formula(left)?;
    let right = number(right)?;
    Some(match operator {
        "&" => (mask | !right, flip & right),
        "|" => (mask | right, flip | right),
        "^" => (mask, flip ^ right),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    type OfMark = fn(u32) -> u32;

    #[test]
    fn mark_formula_does_what_the_expression_does() {
        let old = json!({"meta": {"key": "mark"}});
        let cases: [(Value, OfMark); 5] = [
            (json!(5), |_| 5),
            (json!({"|": [old, 16]}), |mark| mark | 16),
            (json!({"&": [old, 255]}), |mark| mark & 255),
            (json!({"^": [old, 3]}), |mark| mark ^ 3),
            (json!({"|": [{"&": [old, 511]}, 256]}), |mark| {
                (mark & 511) | 256
            }),
        ];
        for (value, expected) in cases {
            let (mask, flip) = formula(&value).unwrap();
            for old in [0, 1, 0x1ff, 0xdead_beef, u32::MAX] {
                assert_eq!((old & !mask) ^ flip, expected(old), "{value}");
            }
        }
        assert_eq!(formula(&json!({"ct": {"key": "mark"}})), None);
    }
}
