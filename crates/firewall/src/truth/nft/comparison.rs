//! The statement `match`.
use serde_json::Value;

use super::expression::{bits, field, fields, only, pattern, scalar, tuple, unknown, words};
use crate::truth::{
    model::{Field, Model, Operand, Pattern, SetKey, TableKey, Test},
    verdict::Doubt,
};

/// The condition; one that is not understood is not known.
pub(crate) fn test(model: &mut Model, table: &TableKey, of: &Value) -> Test {
    let parts = of.as_object().filter(|object| object.len() == 3);
    let parts = parts.and_then(|object| {
        let op = object.get("op")?.as_str()?;
        Some((op, object.get("left")?, object.get("right")?))
    });
    let Some((op, left, right)) = parts else {
        return Test::Unknown(unknown(of));
    };
    let found = match only(left) {
        Some(("&", Value::Array(sides))) => masked(model, table, op, sides, right),
        _ => plain(model, table, op, &fields(left), right),
    };
    found.unwrap_or_else(|| Test::Unknown(unknown(of)))
}

/// The name behind the sign of a set.
pub(crate) fn set_name(value: &Value) -> Option<&str> {
    value.as_str()?.strip_prefix('@')
}

fn plain(
    model: &mut Model,
    table: &TableKey,
    op: &str,
    fields: &[Field],
    right: &Value,
) -> Option<Test> {
    let negated = match op {
        "==" | "in" => false,
        "!=" => true,
        _ => return ordered(op, fields, right),
    };
    if let [field] = fields
        && is_bits(field)
        && let Some(found) = flags(op, field, right)
    {
        return Some(found);
    }
    if op == "in" {
        return None;
    }
    let operand = if let Some(name) = set_name(right) {
        named(model, table, name, fields)
    } else {
        Operand::Any(match only(right) {
            // An empty one is one that was not listed.
            Some(("set", Value::Array(elements))) if !elements.is_empty() => elements
                .iter()
                .map(|element| tuple(fields, element))
                .collect(),
            Some(("set", _)) => return None,
            _ => vec![tuple(fields, right)],
        })
    };
    Some(Test::Compare {
        fields: fields.to_vec(),
        negated,
        operand,
    })
}

fn named(model: &mut Model, table: &TableKey, name: &str, fields: &[Field]) -> Operand {
    let set = SetKey::Nft {
        table: table.clone(),
        name: name.to_owned(),
    };
    Operand::Set(model.add_use(set, fields.to_vec()))
}

/// Fields whose values are bits with names.
const fn is_bits(field: &Field) -> bool {
    matches!(
        field,
        Field::ConnectionState | Field::ConnectionStatus | Field::TcpFlags
    )
}

/// `None` for what is compared as any other field is.
fn flags(op: &str, field: &Field, right: &Value) -> Option<Test> {
    let compare = |negated, pattern| Test::Compare {
        fields: vec![field.clone()],
        negated,
        operand: Operand::Any(vec![vec![pattern]]),
    };
    let mask = bits(field, right)?;
    match op {
        "in" => Some(compare(false, Pattern::AnyBit(mask))),
        "==" => Some(compare(false, Pattern::one(mask))),
        // Versions differ in whether this means another value, or none of the bits.
        _ if mask.count_ones() > 1 => Some(Test::Any(vec![
            compare(true, Pattern::AnyBit(mask)),
            Test::Unknown(Doubt::Unknown { text: words(right) }),
        ])),
        _ => Some(compare(true, Pattern::one(mask))),
    }
}

fn ordered(op: &str, fields: &[Field], right: &Value) -> Option<Test> {
    let [field] = fields else {
        return None;
    };
    let value = scalar(field, right)?;
    let none = (1, 0);
    let (first, last) = match op {
        "<" => value.checked_sub(1).map_or(none, |last| (0, last)),
        "<=" => (0, value),
        ">" => value
            .checked_add(1)
            .map_or(none, |first| (first, field.largest())),
        ">=" => (value, field.largest()),
        _ => return None,
    };
    Some(Test::Compare {
        fields: fields.to_vec(),
        negated: false,
        operand: Operand::Any(vec![vec![Pattern::Range(first, last)]]),
    })
}

/// Some bits of a field are compared.
fn masked(
    model: &mut Model,
    table: &TableKey,
    op: &str,
    sides: &[Value],
    right: &Value,
) -> Option<Test> {
    let [left, mask] = sides else {
        return None;
    };
    let field = field(left);
    // Services are told apart by ranges, not by bits.
    if matches!(
        field,
        Field::SourcePort(_)
            | Field::DestinationPort(_)
            | Field::OriginalPort
            | Field::Protocol
            | Field::Header(_)
            | Field::Other(_)
    ) {
        return None;
    }
    let negated = match op {
        "==" => false,
        "!=" => true,
        _ => return None,
    };
    let mask = bits(&field, mask)?;
    if let Some(name) = set_name(right).filter(|_| field.is_of_address()) {
        let fields = vec![Field::Masked(Box::new(field), mask)];
        let operand = named(model, table, name, &fields);
        return Some(Test::Compare {
            fields,
            negated,
            operand,
        });
    }
    let values = match only(right) {
        Some(("set", Value::Array(elements))) if !elements.is_empty() => elements.as_slice(),
        Some(("set", _)) => return None,
        _ => std::slice::from_ref(right),
    };
    let patterns = values.iter().map(|value| {
        let value = bits(&field, value).or_else(|| match pattern(&field, value) {
            Pattern::Range(first, last) if first == last => Some(first),
            _ => None,
        });
        value.map(|value| vec![Pattern::Bits { mask, value }])
    });
    Some(Test::Compare {
        operand: Operand::Any(patterns.collect::<Option<_>>()?),
        fields: vec![field],
        negated,
    })
}
