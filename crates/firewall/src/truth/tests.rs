//! Listings as no program should write them.
mod made_up;

use std::net::IpAddr;

use serde_json::{Value, json};

use super::{
    Doubt, Outcome, Path, Protocol, Question, Service, Verdict,
    hooks::Hooks,
    judge::Bench,
    machine::Machine,
    members::Members,
    model::{Family, Model, TableKey},
    nft::{self, text::Texts},
};

const SOURCE: &str = "198.51.100.7";

fn model(listing: &Value) -> Model {
    let mut model = Model::default();
    let _ = nft::add(
        &mut model,
        listing,
        &mut Texts::default(),
        &Hooks::default(),
    );
    model
}

/// A machine with two interfaces, and the way to the source by the first.
fn machine() -> Machine {
    let source: IpAddr = SOURCE.parse().unwrap();
    Machine {
        interfaces: Some(vec!["wan".into(), "lan".into()]),
        addresses: Some(vec!["203.0.113.1".parse().unwrap()]),
        routes: [(source, "wan".to_owned())].into(),
        ..Machine::default()
    }
}

fn verdicts(model: &Model, service: Option<Service>) -> Vec<Verdict> {
    // Nothing is known of any set.
    let members = vec![Members::unreadable("this is a test"); model.uses.len()];
    let bench = Bench {
        model,
        members: &members,
        machine: &machine(),
    };
    let paths = [Path::HostInput, Path::Forwarded, Path::PublishedPort];
    let verdict = |path| {
        bench.verdict(&Question {
            source: SOURCE.parse().unwrap(),
            path,
            service,
            interface: None,
        })
    };
    paths.into_iter().map(verdict).collect()
}

/// A ruleset with one chain for packets to the machine, and one that may be jumped to.
fn listing(rules: Vec<Value>) -> Value {
    let table = |mut of: Value| {
        of["family"] = "inet".into();
        of["table"] = "t".into();
        of
    };
    let mut entries = vec![
        json!({"metainfo": {"json_schema_version": 1}}),
        json!({"table": {"family": "inet", "name": "t"}}),
        json!({"chain": table(json!({"name": "sub"}))}),
        json!({"chain": table(json!({
            "name": "input", "type": "filter", "hook": "input", "prio": 0, "policy": "accept"
        }))}),
    ];
    entries.extend(
        rules.into_iter().map(
            |expr| json!({"rule": table(json!({"chain": "input", "handle": 7, "expr": expr}))}),
        ),
    );
    json!({ "nftables": entries })
}

fn ssh() -> Service {
    Service {
        protocol: Protocol::Tcp,
        port: Some(22),
    }
}

/// What becomes of a packet that meets these statements and then a drop, in one rule.
fn before_drop(statements: &Value) -> Verdict {
    let mut statements = statements.as_array().unwrap().clone();
    statements.push(json!({"drop": null}));
    verdicts(&model(&listing(vec![statements.into()])), Some(ssh())).remove(0)
}

#[test]
fn statement_that_is_not_understood_makes_nothing_certain() {
    let source = json!({"payload": {"protocol": "ip", "field": "saddr"}});
    for statements in [
        json!([{"future": {"is": "now"}}]),
        json!(["jump {\n\tdrop\n}"]),
        json!([null]),
        json!([{}]),
        json!([{"match": null}]),
        json!([{"match": {"op": "==", "left": source, "right": "no address"}}]),
        json!([{"match": {"op": "~", "left": source, "right": SOURCE}}]),
        json!([{"match": {"op": "==", "left": source, "right": SOURCE, "more": 1}}]),
        json!([{"match": {"op": "==", "left": source, "right": {"set": []}}}]),
        json!([{"match": {"op": "==", "left": source, "right": {"set": null}}}]),
        json!([{"match": {"op": "==", "left": source, "right": "@set"}}]),
        json!([{"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr", "tunnel": "vxlan"}}, "right": SOURCE}}]),
        json!([{"match": {"op": "==", "left": {"payload": {"base": "nh", "offset": 96, "len": 32}}, "right": 1}}]),
        json!([{"match": {"op": "==", "left": {"meta": {"key": "skuid"}}, "right": 0}}]),
        json!([{"match": {"op": "==", "left": {"&": [source]}, "right": SOURCE}}]),
        json!([{"match": {"op": "==", "left": source, "right": {"set": [{"elem": {"val": SOURCE, "limit": {}}}]}}}]),
        json!([{"jump": {"target": "nowhere"}}]),
        json!([{"jump": {}}]),
        json!([{"vmap": {"key": source, "data": "@map"}}]),
        json!([{"vmap": {"key": source, "data": {"set": [["*", {"accept": null}]]}}}]),
        json!([{"limit": {"rate": 1, "per": "second"}}]),
        json!([{"limit": "named"}]),
        json!([{"quota": "named"}]),
        json!([{"queue": null}]),
        json!([{"flow": {"op": "add", "flowtable": "@f"}}]),
        json!([{"counter": {"map": {"key": source, "data": "@counters"}}}]),
        json!([{"mangle": {"key": {"meta": {"key": "mark"}}, "value": {"map": {"key": source, "data": "@marks"}}}}]),
        json!([{"mangle": {"key": {"meta": {"key": "priority"}}, "value": {"map": {"key": source, "data": "@marks"}}}}]),
        json!([{"mangle": {"key": {"tcp option": {"name": "maxseg", "field": "size"}}, "value": {"rt": {"key": "mtu"}}}}]),
        json!([{"match": {"op": "==", "left": {"payload": {"protocol": "ether", "field": "type"}}, "right": "ip"}}]),
        json!([{"tproxy": {"port": 80}}]),
        json!([{"xt": null}]),
        json!([{"xt": {"type": "target", "name": "TARPIT"}}]),
        json!([{"xt": {"type": "match", "name": "set"}}]),
        json!([{"set": {"op": "add", "elem": source, "set": "@set"}}]),
        json!([{"mangle": {"key": {"payload": {"base": "nh", "offset": 0, "len": 8}}, "value": 1}}]),
    ] {
        let verdict = before_drop(&statements);
        assert_eq!(
            verdict.outcome,
            Outcome::CannotTell,
            "{statements}: {verdict:?}"
        );
        assert!(!verdict.unsure.is_empty(), "{statements}");
        assert!(
            verdict
                .unsure
                .iter()
                .all(|unsure| !unsure.doubt.to_string().is_empty())
        );
    }
}

#[test]
fn rule_with_an_expression_that_nft_passes_over_is_not_certain() {
    let listing = listing(vec![json!([{"drop": null}])]);
    let mut hooks = Hooks::default();
    let table = TableKey {
        family: Family::Inet,
        name: "t".into(),
        legacy: false,
    };
    hooks.strange.insert((table, 7));
    let mut model = Model::default();
    nft::add(&mut model, &listing, &mut Texts::default(), &hooks).unwrap();
    let verdict = verdicts(&model, Some(ssh())).remove(0);
    assert_eq!(verdict.outcome, Outcome::CannotTell);
}

#[test]
fn statement_that_only_counts_changes_nothing() {
    for statements in [
        json!([{"counter": {"packets": 1, "bytes": 60}}]),
        json!([{"counter": "named"}]),
        json!([{"log": {"prefix": "x"}}]),
        json!([{"mangle": {"key": {"meta": {"key": "nftrace"}}, "value": 1}}]),
        json!([{"ct helper": "sip"}]),
        json!([{"mangle": {"key": {"meta": {"key": "mark"}}, "value": {"|": [{"meta": {"key": "mark"}}, 1]}}}]),
        json!([{"mangle": {"key": {"payload": {"protocol": "tcp", "field": "dport"}}, "value": 80}}]),
        json!([{"xt": {"type": "match", "name": "comment"}}]),
        json!([{"jump": {"target": "sub"}}]),
        json!([]),
    ] {
        let verdict = before_drop(&statements);
        // A jump ends its rule, and the drop behind it is never met.
        let is_jump = statements.to_string().contains("jump");
        let expected = if is_jump {
            Outcome::NotBlocked
        } else {
            Outcome::Blocked
        };
        assert_eq!(verdict.outcome, expected, "{statements}: {verdict:?}");
    }
}

#[test]
fn chains_that_go_round_in_circles_end_unsure() {
    let to = |target: &str| json!([{"jump": {"target": target}}]);
    let mut round = listing(vec![to("input"), to("input")]);
    let entries = round["nftables"].as_array_mut().unwrap();
    entries
        .push(json!({"rule": {"family": "inet", "table": "t", "chain": "sub", "expr": to("sub")}}));
    let verdict = verdicts(&model(&round), None).remove(0);
    assert_eq!(verdict.outcome, Outcome::CannotTell);
    assert!(
        verdict
            .unsure
            .iter()
            .any(|unsure| unsure.doubt == Doubt::Size)
    );
}

/// The verdict about packets to the machine, by the interface, from a source.
fn from(model: &Model, machine: &Machine, source: &str, interface: Option<&str>) -> Verdict {
    let members = vec![Members::default(); model.uses.len()];
    let bench = Bench {
        model,
        members: &members,
        machine,
    };
    bench.verdict(&Question {
        source: source.parse().unwrap(),
        path: Path::HostInput,
        service: Some(ssh()),
        interface: interface.map(str::to_owned),
    })
}

fn by_lan(statement: &str) -> Value {
    json!([
        {"match": {"op": "==", "left": {"meta": {"key": "iifname"}}, "right": "lan"}},
        {statement: null}
    ])
}

#[test]
fn interface_is_that_of_the_question_or_of_the_route() {
    let model = model(&listing(vec![by_lan("drop")]));
    let machine = machine();
    let outcome = |source, interface| from(&model, &machine, source, interface).outcome;
    assert_eq!(outcome(SOURCE, None), Outcome::NotBlocked);
    assert_eq!(outcome(SOURCE, Some("wan")), Outcome::NotBlocked);
    assert_eq!(outcome(SOURCE, Some("lan")), Outcome::Blocked);
    // There is no way back to this one.
    assert_eq!(outcome("198.51.100.8", None), Outcome::CannotTell);
}

#[test]
fn rules_for_bridges_make_what_comes_by_a_bridge_unsure() {
    let mut listing = listing(Vec::new());
    let chain = json!({"chain": {
        "family": "bridge", "table": "b", "name": "input", "type": "filter", "hook": "input", "prio": 0,
        "policy": "accept"
    }});
    listing["nftables"].as_array_mut().unwrap().push(chain);
    let model = model(&listing);
    let machine = Machine {
        bridges: vec!["lan".into()],
        ..machine()
    };
    let outcome = |interface| from(&model, &machine, SOURCE, Some(interface)).outcome;
    assert_eq!(outcome("wan"), Outcome::NotBlocked);
    assert_eq!(outcome("lan"), Outcome::CannotTell);
}

#[test]
fn own_address_is_unsure_where_there_are_rules_for_what_is_sent() {
    let own = "203.0.113.1";
    let mut listing = listing(Vec::new());
    let before = from(&model(&listing), &machine(), own, Some("lo"));
    assert_eq!(before.outcome, Outcome::NotBlocked);
    let chain = json!({"chain": {
        "family": "inet", "table": "t", "name": "output", "type": "filter", "hook": "output", "prio": 0,
        "policy": "drop"
    }});
    listing["nftables"].as_array_mut().unwrap().push(chain);
    let after = from(&model(&listing), &machine(), own, Some("lo"));
    assert_eq!(after.outcome, Outcome::CannotTell);
    assert_eq!(after.unsure[0].doubt, Doubt::Own);
}
