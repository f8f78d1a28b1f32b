//! Reading `nft -j list ruleset`.
//!
//! Whatever is not understood becomes a condition or an end that is not known: newer programs may list what this one
//! has not heard of, and older ones list some things wrongly (see the crate's README).
pub(crate) mod comparison;
pub(crate) mod expression;
pub(crate) mod names;
pub(crate) mod statement;
pub(crate) mod text;
pub(crate) mod translation;

use serde_json::Value;

use self::{
    expression::{only, words},
    statement::Reading,
    text::Texts,
};
use crate::truth::{
    hooks::Hooks,
    model::{Base, Family, Hook, Model, Policy, Rule, Step, TableKey, Test},
    verdict::Doubt,
};

/// A rule of which parts are listed by name alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Opaque {
    pub(crate) chain: usize,
    pub(crate) rule: usize,
}

/// Adds all tables of the listing. Answers which rules need another program to be understood.
pub(crate) fn add(
    model: &mut Model,
    listing: &Value,
    texts: &mut Texts,
    hooks: &Hooks,
) -> Result<Vec<Opaque>, String> {
    let listed = listing.get("nftables").and_then(Value::as_array);
    let listed = listed.ok_or_else(|| "there is no list of nftables in it".to_owned())?;
    let mut opaque = Vec::new();
    for entry in listed {
        match only(entry) {
            Some(("chain", of)) => add_chain(model, of, hooks),
            Some(("rule", of)) => opaque.extend(add_rule(model, of, texts, hooks)),
            _ => {}
        }
    }
    Ok(opaque)
}

fn table_of(of: &Value) -> Option<TableKey> {
    Some(TableKey {
        family: Family::parse(of.get("family")?.as_str()?)?,
        name: of.get("table")?.as_str()?.to_owned(),
        legacy: false,
    })
}

fn add_chain(model: &mut Model, of: &Value, hooks: &Hooks) {
    let name = of.get("name").and_then(Value::as_str);
    let (Some(table), Some(name)) = (table_of(of), name) else {
        model
            .unread
            .push(format!("a chain of nftables has no name: {}", words(of)));
        return;
    };
    let base = base(of, &table, name, hooks);
    model.add_chain(&table, name, base);
}

fn base(of: &Value, table: &TableKey, name: &str, hooks: &Hooks) -> Option<Base> {
    let text = |key| of.get(key).and_then(Value::as_str);
    if hooks.is_dormant(table) {
        return None;
    }
    let hook = match text("hook")? {
        "ingress" => Hook::Ingress,
        "prerouting" => Hook::Prerouting,
        "input" => Hook::Input,
        "forward" => Hook::Forward,
        _ => Hook::Other,
    };
    let priority = of.get("prio").and_then(Value::as_i64);
    let listed = match of.get("dev") {
        Some(Value::String(device)) => Some(vec![device.clone()]),
        Some(Value::Array(devices)) => devices
            .iter()
            .map(|device| Some(device.as_str()?.to_owned()))
            .collect(),
        _ => None,
    };
    Some(Base {
        hook,
        nat: text("type") == Some("nat"),
        priority: priority
            .and_then(|priority| i32::try_from(priority).ok())
            .unwrap_or_default(),
        policy: match text("policy") {
            Some("accept") => Policy::Accept,
            Some("drop") => Policy::Drop,
            _ => Policy::Unknown,
        },
        devices: listed.or_else(|| hooks.devices(table, name)),
    })
}

fn add_rule(model: &mut Model, of: &Value, texts: &mut Texts, hooks: &Hooks) -> Option<Opaque> {
    let name = of.get("chain").and_then(Value::as_str);
    let (Some(table), Some(name)) = (table_of(of), name) else {
        model
            .unread
            .push(format!("a rule of nftables has no chain: {}", words(of)));
        return None;
    };
    let mut reading = Reading::default();
    let handle = of.get("handle").and_then(Value::as_u64);
    let is_strange = |handle| hooks.strange.contains(&(table.clone(), handle));
    if handle.is_some_and(is_strange) {
        let doubt = Doubt::Unknown {
            text: "an expression that nft does not list".to_owned(),
        };
        reading.steps.push(Step::Test(Test::Unknown(doubt)));
    }
    match of.get("expr") {
        Some(Value::Array(statements)) => {
            for statement in statements {
                statement::read(&mut reading, model, &table, statement);
            }
        }
        None => {}
        Some(other) => reading
            .steps
            .push(Step::Anything(expression::unknown(other))),
    }
    let text = handle.and_then(|handle| texts.take(&table, name, handle));
    let chain = model.add_chain(&table, name, None);
    let rules = &mut model.chains.get_mut(chain)?.rules;
    let place = rules.len();
    rules.push(Rule {
        steps: reading.steps,
        handle,
        text: text.unwrap_or_else(|| {
            text::cut(&of.get("expr").map(Value::to_string).unwrap_or_default())
        }),
        counter: reading.counter,
    });
    reading.is_opaque.then_some(Opaque { chain, rule: place })
}
