//! What the kernel says of elements, where a list of them is not read.
use std::{
    fmt::Write as _,
    net::{IpAddr, Ipv4Addr},
    process::{Command, Stdio},
    time::Instant,
};

use firewall::truth::{Doubt, Outcome, Path, Rulesets};

use crate::namespace::Namespace;

async fn outcome(rulesets: &Rulesets, source: Ipv4Addr) -> Outcome {
    let verdicts = rulesets.verdicts(source.into()).await.unwrap();
    verdicts[0].outcome
}

#[tokio::test]
async fn borders_of_intervals_are_where_they_were_put() {
    let networks = [
        "0.0.0.0/8",
        "10.0.0.0/25",
        // Side by side, and one within reach of nothing.
        "10.0.1.0/24",
        "10.0.2.0-10.0.2.7",
        "10.0.2.9",
        "100.64.0.0/10",
        "203.0.113.77",
        "224.0.0.0/3",
    ];
    let borders = [
        ("0.0.0.0", true),
        ("0.255.255.255", true),
        ("1.0.0.0", false),
        ("9.255.255.255", false),
        ("10.0.0.0", true),
        ("10.0.0.127", true),
        ("10.0.0.128", false),
        ("10.0.0.255", false),
        ("10.0.1.0", true),
        ("10.0.1.255", true),
        ("10.0.2.0", true),
        ("10.0.2.7", true),
        ("10.0.2.8", false),
        ("10.0.2.9", true),
        ("10.0.2.10", false),
        ("100.63.255.255", false),
        ("100.127.255.255", true),
        ("203.0.113.76", false),
        ("203.0.113.77", true),
        ("203.0.113.78", false),
        ("223.255.255.255", false),
        ("224.0.0.0", true),
        ("255.255.255.255", true),
    ];
    for flags in [
        "interval",
        "interval, timeout",
        "interval; auto-merge",
        "interval; counter",
    ] {
        let namespace = Namespace::make();
        namespace.nft(&format!(
            "table inet t {{
                set s {{ type ipv4_addr; flags {flags}; elements = {{ {} }}; }}
                chain c {{ type filter hook input priority 0; policy accept; ip saddr @s drop; }}
            }}",
            networks.join(", ")
        ));
        let rulesets = Rulesets::read(&namespace.place()).await.unwrap();
        for (address, within) in borders {
            let expected = if within {
                Outcome::Blocked
            } else {
                Outcome::NotBlocked
            };
            let found = outcome(&rulesets, address.parse().unwrap()).await;
            assert_eq!(found, expected, "{address} in {flags}");
        }
    }
}

#[tokio::test]
async fn set_of_hundred_thousand_networks_costs_a_question_nothing() {
    let namespace = Namespace::make();
    let mut ruleset = "table inet t {
        set singles { type ipv4_addr; flags timeout; }
        set networks { type ipv4_addr; flags interval; }
        chain c { type filter hook input priority 0; policy accept;
            ip saddr @singles drop
            ip saddr @networks drop
        }\n}\n"
        .to_owned();
    let numbers = || 0..100_000_u32;
    let singles: Vec<String> = numbers()
        .map(|number| Ipv4Addr::from_bits(0x0b00_0000 + number * 2).to_string())
        .collect();
    let networks: Vec<String> = numbers()
        .map(|number| format!("{}/30", Ipv4Addr::from_bits(0x6440_0000 + number * 8)))
        .collect();
    writeln!(
        ruleset,
        "add element inet t singles {{ {} }}",
        singles.join(", ")
    )
    .unwrap();
    writeln!(
        ruleset,
        "add element inet t networks {{ {} }}",
        networks.join(", ")
    )
    .unwrap();
    namespace.nft(&ruleset);
    let started = Instant::now();
    let rulesets = Rulesets::read(&namespace.place()).await.unwrap();
    let read = started.elapsed();
    let started = Instant::now();
    for (address, expected) in [
        (0x0b00_0000, Outcome::Blocked),
        (0x0b00_0001, Outcome::NotBlocked),
        (0x0b00_0000 + 2 * 99_999, Outcome::Blocked),
        (0x6440_0003, Outcome::Blocked),
        (0x6440_0004, Outcome::NotBlocked),
        (0x6440_0000 + 8 * 99_999, Outcome::Blocked),
    ] {
        let found = outcome(&rulesets, Ipv4Addr::from_bits(address)).await;
        assert_eq!(found, expected, "{}", Ipv4Addr::from_bits(address));
    }
    let asked = started.elapsed();
    println!(
        "200,000 elements: rules read in {} ms, a question answered in {} ms",
        read.as_millis(),
        asked.as_millis() / 6
    );
    // `nft` takes more than a second for the elements alone.
    assert!((read + asked).as_secs_f64() < 1.0, "{read:?} {asked:?}");
}

/// Not a test by itself: the process in which programs are missing.
#[tokio::test]
#[ignore = "started by programs_that_are_missing_make_nothing_certain"]
async fn asks_without_programs() {
    let Ok(file) = std::env::var("FIREWALL_TEST_NAMESPACE") else {
        return;
    };
    let place = firewall::Place::namespace(file.into());
    let rulesets = Rulesets::read(&place).await.unwrap();
    let source: IpAddr = "198.51.100.7".parse().unwrap();
    let verdict = rulesets.verdicts(source).await.unwrap().remove(0);
    assert_eq!(verdict.path, Path::HostInput);
    let is_unread = |doubt: &Doubt| matches!(doubt, Doubt::Unread { .. });
    let unread = verdict.unsure.iter().any(|unsure| is_unread(&unsure.doubt));
    println!(
        "\nfound {:?} {:?} {unread}",
        rulesets.absent(),
        verdict.outcome
    );
}

/// What is found in a namespace by a process that has no other programs than these.
fn found_with(namespace: &Namespace, programs: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    for program in programs.iter().chain(&["nsenter", "cat"]) {
        let places = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"];
        let mut found = places
            .map(|place| std::path::Path::new(place).join(program))
            .into_iter();
        let found = found.find(|path| path.exists()).unwrap();
        std::os::unix::fs::symlink(found, folder.path().join(program)).unwrap();
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "sets::asks_without_programs",
            "--ignored",
            "--nocapture",
        ])
        .env("PATH", folder.path())
        .env("FIREWALL_TEST_NAMESPACE", namespace.file())
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let found = text.lines().find_map(|line| line.strip_prefix("found "));
    found.unwrap().to_owned()
}

#[test]
fn programs_that_are_missing_make_nothing_certain() {
    let namespace = Namespace::make();
    // Nothing is there that a program could list.
    assert_eq!(
        found_with(&namespace, &["ip"]),
        "[\"nft\"] NotBlocked false"
    );
    namespace.nft("table inet t { chain c { type filter hook input priority 0; }; }");
    assert_eq!(found_with(&namespace, &["ip"]), "[\"nft\"] CannotTell true");
    assert_eq!(
        found_with(&namespace, &["nft"]),
        "[\"ip\"] NotBlocked false"
    );
    if crate::iptables::has("legacy") {
        namespace.shell("iptables-legacy -A INPUT -s 198.51.100.7 -j DROP");
        assert_eq!(found_with(&namespace, &["nft", "ip"]), "[] CannotTell true");
        let all = ["nft", "ip", "iptables-legacy-save"];
        assert_eq!(found_with(&namespace, &all), "[] Blocked false");
    }
}
