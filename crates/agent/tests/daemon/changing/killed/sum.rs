//! The sum over all parts. Each is a process of its own, so what they count is added up in a file.
use std::{io::Write as _, path::Path};

use super::Deed;

/// All parts together have at least so many deaths.
const LEAST_DEATHS: usize = 100;

const ALL: [Deed; 5] = [
    Deed::Applying,
    Deed::TakingBack,
    Deed::Confirming,
    Deed::Undoing,
    Deed::Starting,
];

/// What all parts make together: how many they are, and the least deaths of them.
fn of_all_parts() -> (usize, usize) {
    let parts = ALL.map(Deed::parts);
    let count = parts.iter().map(|(count, _)| count).sum();
    (
        count,
        parts.iter().map(|(count, least)| count * least).sum(),
    )
}

/// Adds what a part has counted. The last one to end tells the sum, and looks whether it is enough; where not all parts are run there is none, and what
/// each has at least makes sure that it would be enough.
pub(super) fn add(rounds: usize, deaths: usize) {
    let (all_parts, least) = of_all_parts();
    assert!(least >= LEAST_DEATHS, "the parts need not have enough");
    let itself = std::process::id().to_string();
    let run = std::env::var("NEXTEST_RUN_ID").unwrap_or(itself);
    let sums = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("deaths-{run}"));
    let mut file = std::fs::File::options()
        .create(true)
        .append(true)
        .open(&sums)
        .unwrap();
    // One write each: parts that end at the same time do not mix.
    let line = format!("{rounds} {deaths}\n");
    file.write_all(line.as_bytes()).unwrap();
    let told = std::fs::read_to_string(&sums).unwrap();
    let count = |line: &str| -> (usize, usize) {
        let (rounds, deaths) = line.split_once(' ').unwrap();
        (rounds.parse().unwrap(), deaths.parse().unwrap())
    };
    let parts: Vec<(usize, usize)> = told.lines().map(count).collect();
    if parts.len() < all_parts || std::fs::remove_file(&sums).is_err() {
        // Others go on, or ended in the same moment and tell it.
        return;
    }
    let rounds: usize = parts.iter().map(|part| part.0).sum();
    let deaths: usize = parts.iter().map(|part| part.1).sum();
    println!("all {all_parts} parts together: {rounds} rounds, {deaths} deaths by kill -9");
    assert!(deaths >= LEAST_DEATHS, "{deaths} deaths are too few");
}
