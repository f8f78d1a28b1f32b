//! Reading a pasted list of addresses. Pure, and bounded whatever is pasted.
use std::collections::{HashMap, hash_map::Entry};

use domain::{AddressError, parse_target};
use ipnet::IpNet;

/// The most targets of a list.
pub(super) const MAX_LIST_TARGETS: usize = super::MAX_TARGETS;
/// The most characters of a target that are repeated in the answer; no address is longer than 49.
const MAX_SHOWN_CHARS: usize = 100;

/// Why a list is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListProblem {
    /// More than [`MAX_LIST_TARGETS`]; reading ended there.
    TooManyTargets,
}

/// One target of a list, as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WrittenTarget {
    /// Its line, from 1.
    pub(crate) line: usize,
    /// As it was written, cut after [`MAX_SHOWN_CHARS`]. Hostile text.
    pub(crate) text: String,
    /// What it means.
    pub(crate) meaning: Result<Target, AddressError>,
}

/// A target that is an address or a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target {
    /// The canonical network.
    pub(crate) network: IpNet,
    /// Whether host bits were cut off.
    pub(crate) masked: bool,
    /// The line where the same network was written first, if this is not the first time.
    pub(crate) duplicate_of: Option<usize>,
}

/// Reads the targets of a list: addresses and networks, separated by white space, commas and semicolons. From `#` to the end of a line is a comment.
///
/// # Errors
/// [`ListProblem::TooManyTargets`], as soon as there is one too many.
pub(crate) fn read_list(text: &str) -> Result<Vec<WrittenTarget>, ListProblem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut first_lines: HashMap<IpNet, usize> = HashMap::new();
    let mut targets = Vec::new();
    for (line, content) in (1..).zip(text.lines()) {
        let content = content.split('#').next().unwrap_or_default();
        for written in content.split(is_separator).filter(|part| !part.is_empty()) {
            if targets.len() >= MAX_LIST_TARGETS {
                return Err(ListProblem::TooManyTargets);
            }
            let meaning = parse_target(written).map(|parsed| Target {
                network: parsed.network,
                masked: parsed.masked,
                duplicate_of: note_first(&mut first_lines, parsed.network, line),
            });
            targets.push(WrittenTarget {
                line,
                text: written.chars().take(MAX_SHOWN_CHARS).collect(),
                meaning,
            });
        }
    }
    Ok(targets)
}

/// The line where the network was written before, if it was.
fn note_first(
    first_lines: &mut HashMap<IpNet, usize>,
    network: IpNet,
    line: usize,
) -> Option<usize> {
    match first_lines.entry(network) {
        Entry::Occupied(first) => Some(*first.get()),
        Entry::Vacant(unseen) => {
            unseen.insert(line);
            None
        }
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | ';')
}

/// How many addresses a network covers, in decimal digits: 2^128 is one more than the largest number that the machine knows.
pub(crate) fn covers(network: IpNet) -> String {
    let host_bits = u32::from(network.max_prefix_len() - network.prefix_len());
    1_u128.checked_shl(host_bits).map_or_else(
        || "340282366920938463463374607431768211456".to_owned(),
        |count| count.to_string(),
    )
}

#[cfg(test)]
mod tests;
