//! Listings that are made up.
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{listing, model, ssh, verdicts};
use crate::truth::{
    iptables,
    model::{Family, Model},
    nft::text::Texts,
};

const WORDS: &[&str] = &[
    "match",
    "op",
    "left",
    "right",
    "payload",
    "protocol",
    "field",
    "meta",
    "key",
    "ct",
    "fib",
    "result",
    "flags",
    "set",
    "elem",
    "val",
    "vmap",
    "data",
    "map",
    "jump",
    "goto",
    "target",
    "accept",
    "drop",
    "reject",
    "return",
    "continue",
    "counter",
    "packets",
    "bytes",
    "limit",
    "mangle",
    "value",
    "dnat",
    "addr",
    "port",
    "redirect",
    "xt",
    "type",
    "name",
    "range",
    "prefix",
    "len",
    "concat",
    "&",
    "|",
    "^",
    "==",
    "!=",
    "<",
    "in",
    "ip",
    "ip6",
    "tcp",
    "udp",
    "th",
    "saddr",
    "daddr",
    "sport",
    "dport",
    "state",
    "status",
    "mark",
    "l4proto",
    "nfproto",
    "iifname",
    "oifname",
    "new",
    "established",
    "wan",
    "w*",
    "sub",
    "input",
    "@set",
    "*",
    "198.51.100.7",
    "198.51.100.0",
    "::1",
    "22",
    "notrack",
    "queue",
    "syn",
    "local",
    "iif",
    "dir",
    "original",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        9 => prop::sample::select(WORDS).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ]
}

/// JSON whose words are those of rules.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0_u64..70_000).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 4, |inner| {
        let entry = (word(), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::from),
            prop::collection::vec(entry, 1..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_rules_are_judged_without_panic(rules in prop::collection::vec(value(), 0..6)) {
        let model = model(&listing(rules));
        prop_assert_eq!(verdicts(&model, None).len(), 3);
    }

    #[test]
    fn any_listing_is_read_without_panic(listing in value(), entries in prop::collection::vec(value(), 0..6)) {
        let _ = verdicts(&model(&listing), None);
        let _ = verdicts(&model(&json!({"nftables": entries})), Some(ssh()));
    }

    #[test]
    fn any_lines_of_iptables_are_read_without_panic(
        words in prop::collection::vec(prop_oneof![
            prop::sample::select(&[
                "*filter", ":INPUT DROP [0:0]", ":f2b - [0:0]", "[1:60] -A INPUT", "-A f2b", "-s", "-d", "!", "-m",
                "-p", "tcp", "-j", "-g", "f2b", "DROP", "RETURN", "DNAT", "--to-destination", "10.0.0.1:80",
                "set", "--match-set", "src", "multiport", "--dports", "22,80:", "conntrack", "--ctstate", "NEW",
                "198.51.100.7/32", "/", "\"", "\\", "\n", "COMMIT", "mark", "--mark", "0x1/0xff", "--ports",
            ]).prop_map(str::to_owned),
            "\\PC{0,5}",
        ], 0..60),
    ) {
        let mut model = Model::default();
        iptables::add_legacy(&mut model, Family::Ip, &words.join(" "));
        prop_assert_eq!(verdicts(&model, None).len(), 3);
        let _ = Texts::read(&words.join(" "));
    }
}
