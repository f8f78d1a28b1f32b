//! The statements of a rule.
use serde_json::Value;

use super::{
    comparison,
    expression::{field, fields, only, tuple, unknown, words},
    translation,
};
use crate::truth::{
    model::{Decision, Field, Model, Operand, Pattern, SetKey, Step, TableKey, Test},
    verdict::{Counter, Doubt},
};

/// A rule as it is read.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) steps: Vec<Step>,
    pub(crate) counter: Option<Counter>,
    /// Whether parts of it are matches or targets of iptables, which are listed by name alone.
    pub(crate) is_opaque: bool,
}

/// Reads one statement.
pub(crate) fn read(reading: &mut Reading, model: &mut Model, table: &TableKey, statement: &Value) {
    let Some((key, of)) = only(statement) else {
        reading.steps.push(Step::Anything(unknown(statement)));
        return;
    };
    // Where a map has no entry, the rule ends there.
    if !has_map_of_its_own(key) && has_map(of) {
        reading.steps.push(Step::Test(Test::Unknown(unknown(of))));
    }
    let step = match key {
        "match" => Some(Step::Test(comparison::test(model, table, of))),
        "counter" => {
            reading.counter = counter(of).or(reading.counter);
            None
        }
        "vmap" => Some(decide_by(model, table, of)),
        // A new connection is not taken over, and the rule ends there.
        "flow" | "limit" | "quota" | "ct count" | "meter" => {
            Some(Step::Test(Test::Unknown(Doubt::Rate)))
        }
        "queue" | "synproxy" => Some(Step::EndSomehow(Doubt::Program)),
        "mangle" => {
            reading.steps.extend(mangle(of));
            None
        }
        "set" | "map" => {
            reading.steps.extend(fill(table, of));
            None
        }
        "dnat" => Some(translation::destination(model, table, of)),
        "redirect" => Some(translation::redirect(of)),
        "notrack" => Some(Step::Untrack),
        "xt" => {
            reading.is_opaque = true;
            opaque(of)
        }
        _ if is_harmless(key) => None,
        _ => {
            Some(decision(key, of).map_or_else(|| Step::Anything(unknown(statement)), Step::Decide))
        }
    };
    reading.steps.extend(step);
}

/// Statements of which maps are read with them.
fn has_map_of_its_own(key: &str) -> bool {
    matches!(key, "match" | "vmap" | "dnat" | "set" | "map" | "mangle")
}

fn has_map(value: &Value) -> bool {
    match value {
        Value::Object(entries) => entries.contains_key("map") || entries.values().any(has_map),
        Value::Array(parts) => parts.iter().any(has_map),
        _ => false,
    }
}

/// Statements that do not change where a packet goes.
fn is_harmless(key: &str) -> bool {
    matches!(
        key,
        "log" | "dup" | "flow" | "last" | "secmark" | "ct helper" | "ct timeout" | "ct expectation"
    )
}

fn decision(key: &str, of: &Value) -> Option<Decision> {
    let target = || Some(of.get("target")?.as_str()?.to_owned());
    Some(match key {
        // Translation of sources ends a chain as accepting does.
        "accept" | "snat" | "masquerade" => Decision::Accept,
        "drop" | "reject" => Decision::Drop,
        "return" => Decision::Return,
        "continue" => Decision::Continue,
        "jump" => Decision::Jump(target()?),
        "goto" => Decision::Goto(target()?),
        _ => return None,
    })
}

fn counter(of: &Value) -> Option<Counter> {
    Some(Counter {
        packets: of.get("packets")?.as_u64()?,
        bytes: of.get("bytes")?.as_u64()?,
    })
}

fn decide_by(model: &mut Model, table: &TableKey, of: &Value) -> Step {
    let strange = || Step::Anything(unknown(of));
    let (Some(key), Some(data)) = (of.get("key"), of.get("data")) else {
        return strange();
    };
    let fields = fields(key);
    if let Some(name) = comparison::set_name(data) {
        let set = SetKey::Nft {
            table: table.clone(),
            name: name.to_owned(),
        };
        return Step::DecideByNamed(model.add_use(set, fields));
    }
    let Some(("set", Value::Array(entries))) = only(data) else {
        return strange();
    };
    let entry = |entry: &Value| {
        let [from, to] = entry.as_array()?.as_slice() else {
            return None;
        };
        let (key, of) = only(to)?;
        // The entry for all that is not in others matches them too: it would have to come last.
        if from.as_str() == Some("*") {
            return None;
        }
        Some((tuple(&fields, from), decision(key, of)?))
    };
    let read: Option<Vec<_>> = entries.iter().map(entry).collect();
    match read {
        Some(entries) if !entries.is_empty() => Step::DecideBy { fields, entries },
        _ => strange(),
    }
}

/// A statement that writes.
fn mangle(of: &Value) -> Vec<Step> {
    let (Some(key), Some(value)) = (of.get("key"), of.get("value")) else {
        return vec![Step::Anything(unknown(of))];
    };
    let written = field(key);
    let mut steps = Vec::new();
    let is_literal = value.is_number() || value.is_string() || value.is_boolean();
    let is_formula = written == Field::Mark && translation::is_formula(value);
    if !is_literal && !is_formula {
        // What is read may not be there, and the rule ends there.
        steps.push(Step::Test(Test::Unknown(unknown(value))));
    }
    match (&written, only(key)) {
        (Field::Mark, _) => steps.push(translation::mark(value)),
        (Field::ConnectionMark, _) => steps.push(Step::SetConnectionMark),
        (_, Some(("meta" | "ct", _))) => steps.extend(rewrite(written)),
        // Parts of a header without a name may be any.
        (Field::Other(_), Some(("payload", of))) if of.get("base").is_some() => {
            steps.push(Step::Anything(unknown(of)));
        }
        (Field::Other(doubt), _) => steps.push(Step::Test(Test::Unknown(doubt.clone()))),
        _ => {
            steps.push(Step::Test(is_there(&written)));
            steps.extend(rewrite(written));
        }
    }
    steps
}

fn rewrite(written: Field) -> impl Iterator<Item = Step> {
    written.written_with().into_iter().map(Step::Rewrite)
}

/// Whether the packet has the field at all.
fn is_there(field: &Field) -> Test {
    Test::Compare {
        operand: Operand::Any(vec![vec![Pattern::Range(0, field.largest())]]),
        fields: vec![field.clone()],
        negated: false,
    }
}

/// A statement that adds to a set; where the set is full, or a rate in it is kept, the rule ends there.
fn fill(table: &TableKey, of: &Value) -> Vec<Step> {
    let name = of.get("set").or_else(|| of.get("map"));
    let Some(name) = name.and_then(comparison::set_name) else {
        return vec![Step::Anything(unknown(of))];
    };
    let set = SetKey::Nft {
        table: table.clone(),
        name: name.to_owned(),
    };
    vec![Step::Fill(set), Step::Test(Test::Unknown(Doubt::Rate))]
}

/// A match or a target of iptables of which only the name is listed.
fn opaque(of: &Value) -> Option<Step> {
    let part = |key| of.get(key).and_then(Value::as_str);
    match (part("type"), part("name")) {
        (Some("match"), Some("comment"))
        | (Some("target"), Some("LOG" | "NFLOG" | "TRACE" | "TCPMSS" | "CHECKSUM")) => None,
        (Some("target"), Some("REJECT")) => Some(Step::Decide(Decision::Drop)),
        (Some("match"), _) => Some(Step::Test(Test::Unknown(unknown(of)))),
        _ => Some(Step::Anything(Doubt::Unknown { text: words(of) })),
    }
}
