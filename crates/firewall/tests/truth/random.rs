//! Rulesets that are made up: what is certain must be what packets do.
mod iptables;
mod nftables;

use std::ops::Range;

use fastrand::Rng;

use self::{
    iptables::lines,
    nftables::{ruleset, translation},
};
use crate::{
    ground::{Ground, SENDERS},
    probes::{Tally, tcp, udp},
};

/// Tries many rulesets on one ground.
async fn try_many(
    seeds: Range<u64>,
    make: impl Fn(&mut Rng) -> String,
    load: impl Fn(&Ground, &str),
) {
    let ground = Ground::make();
    let services = [tcp(22), tcp(80), tcp(2222), udp(53), udp(8080)];
    let mut all = Tally::default();
    for seed in seeds.clone() {
        let ruleset = make(&mut Rng::with_seed(seed));
        load(&ground, &ruleset);
        let tally = ground.try_all(&SENDERS, &services).await;
        assert!(
            tally.wrong.is_empty(),
            "seed {seed}:\n{ruleset}\n{}",
            tally.wrong
        );
        all.certain += tally.certain;
        all.elsewhere += tally.elsewhere;
        all.unsure.extend(tally.unsure);
    }
    let (certain, unsure) = (all.certain, all.unsure.len());
    println!(
        "{} rulesets: {certain} verdicts certain, {unsure} not, {} about other ways",
        seeds.count(),
        all.elsewhere
    );
    assert!(
        certain > 3 * unsure,
        "too much is unsure: {:#?}",
        all.unsure
    );
}

#[tokio::test]
async fn random_rulesets_of_nftables_are_told_right() {
    let load = |ground: &Ground, ruleset: &str| ground.host.nft(ruleset);
    try_many(0..25, ruleset, load).await;
}

#[tokio::test]
async fn random_rulesets_of_nftables_with_translation_are_told_right() {
    let load = |ground: &Ground, ruleset: &str| ground.host.nft(ruleset);
    let make = |rng: &mut Rng| ruleset(rng) + &translation(rng);
    try_many(1000..1025, make, load).await;
}

#[tokio::test]
async fn random_rulesets_of_iptables_are_told_right() {
    let load = |ground: &Ground, ruleset: &str| ground.host.shell(ruleset);
    let make = |rng: &mut Rng| lines(rng, "nft");
    try_many(2000..2015, make, load).await;
}

#[tokio::test]
async fn random_rulesets_of_the_older_iptables_are_told_right() {
    if !crate::iptables::has("legacy") {
        return;
    }
    let load = |ground: &Ground, ruleset: &str| ground.host.shell(ruleset);
    let make = |rng: &mut Rng| lines(rng, "legacy");
    try_many(3000..3015, make, load).await;
}

pub(crate) fn pick<'a>(rng: &mut Rng, choices: &[&'a str]) -> &'a str {
    choices[rng.usize(..choices.len())]
}

pub(crate) const SOURCES: [&str; 10] = [
    "198.51.100.7",
    "198.51.100.200",
    "198.51.100.0/24",
    "198.51.100.0/28",
    "203.0.113.77",
    "203.0.113.0/24",
    "10.0.0.0/8",
    "10.9.9.9",
    "128.0.0.0/1",
    "192.0.2.0/24",
];
pub(crate) const SOURCES_V6: [&str; 5] = [
    "2001:db8:bad::7",
    "2001:db8:bad::/48",
    "2001:db8:900d::7",
    "2001:db8::/32",
    "fe80::/10",
];
