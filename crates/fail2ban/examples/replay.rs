//! Decodes the replies of recordings and compares them with what Python says.
//!
//! `cargo run -p fail2ban --example replay -- FILE.jsonl…` prints the counts and exits with 1 on any difference.

use std::io::{BufRead, BufReader, Write};
use std::process::ExitCode;

#[path = "../tests/support/normalise.rs"]
mod normalise;
#[path = "../tests/support/recorded.rs"]
mod recorded;

use recorded::Outcome;

fn main() -> std::io::Result<ExitCode> {
    let files: Vec<String> = std::env::args().skip(1).collect();
    let mut out = std::io::stdout().lock();
    let mut good = !files.is_empty();
    if files.is_empty() {
        writeln!(out, "usage: replay FILE.jsonl…")?;
    }
    for file in files {
        good &= replay_file(&file, &mut out)?;
    }
    Ok(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Whether all lines of a file are as they should be; a file without lines is not.
fn replay_file(file: &str, out: &mut impl Write) -> std::io::Result<bool> {
    let (mut equal, mut decoded, mut differ) = (0, 0, 0);
    for (number, line) in BufReader::new(std::fs::File::open(file)?)
        .lines()
        .enumerate()
    {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        match recorded::replay(&line) {
            Outcome::Equal => equal += 1,
            Outcome::Decoded => decoded += 1,
            Outcome::Differs(how) => {
                differ += 1;
                writeln!(
                    out,
                    "{file}:{}: {}",
                    number + 1,
                    how.chars().take(2000).collect::<String>()
                )?;
            }
        }
    }
    let lines = equal + decoded + differ;
    writeln!(
        out,
        "{file}: {lines} replies, {equal} equal, {differ} different, {decoded} decoded with nothing to compare"
    )?;
    Ok(differ == 0 && lines > 0)
}
