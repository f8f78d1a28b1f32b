//! A whole list, from its first byte to its last.
use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use ipnet::IpNet;

use crate::line::{self, Found, Reading};

/// How what gzip has packed begins.
pub(crate) const GZIP: [u8; 2] = [0x1f, 0x8b];

/// How many pieces of junk are shown, and how much of each.
const EXAMPLES: usize = 10;
const EXAMPLE_CHARS: usize = 80;

/// Bytes of a line that are read at once. Only sets of nftables have longer lines, which are read piece by piece.
const LONGEST: u64 = 64 << 10;

/// How large a list may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes, unpacked.
    pub bytes: u64,
    /// Networks, before they are merged.
    pub networks: usize,
}

impl Default for Limits {
    /// 64 MiB and two million networks: several times the largest lists that are published.
    fn default() -> Self {
        Self {
            bytes: 64 << 20,
            networks: 2_000_000,
        }
    }
}

/// Why a list was not read to its end. Nothing of it counts then.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    /// It is larger than it may be.
    #[error("the list is larger than {0} bytes")]
    TooLarge(u64),
    /// It names more networks than it may.
    #[error("the list has more than {0} networks")]
    TooMany(usize),
    /// It could not be read, or unpacked.
    #[error("the list cannot be read: {0}")]
    Read(#[from] io::Error),
}

/// What a list says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List {
    /// The networks in the order of the list, each as often as it says it; a single address is a network of one.
    pub networks: Vec<IpNet>,
    /// How many were written with host bits, which were masked.
    pub masked: u64,
    /// What was not understood.
    pub junk: Junk,
}

/// Entries that are nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Junk {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub examples: Vec<JunkLine>,
}

/// A line with something in it that is nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JunkLine {
    /// Its number, from 1.
    pub line: u64,
    /// Its beginning. Hostile text.
    pub text: String,
}

/// Reads a list, packed with gzip or not.
///
/// # Errors
/// [`ParseError`], where it is too large or cannot be read. What is no address is junk and no error.
pub fn parse(list: impl Read, limits: Limits) -> Result<List, ParseError> {
    let mut list = BufReader::new(list);
    // A shorter answer is only given at the end of what there is.
    if list.fill_buf()?.starts_with(&GZIP) {
        lines(BufReader::new(MultiGzDecoder::new(list)), limits)
    } else {
        lines(list, limits)
    }
}

fn lines(list: impl BufRead, limits: Limits) -> Result<List, ParseError> {
    let mut list = list.take(limits.bytes.saturating_add(1));
    let mut parsed = List::default();
    let mut reading = Reading::default();
    let (mut bytes, mut number) = (Vec::new(), 1);
    loop {
        let more = list.by_ref().take(LONGEST).read_until(b'\n', &mut bytes)?;
        if list.limit() == 0 {
            return Err(ParseError::TooLarge(limits.bytes));
        }
        if bytes.is_empty() {
            return Ok(parsed);
        }
        // The end of the last line may be that of the list.
        let is_whole = bytes.ends_with(b"\n") || more == 0;
        let rest = (!is_whole).then(|| cut(&mut bytes));
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_start_matches('\u{feff}');
        line::read(text, &mut reading, |found| parsed.take(found, number, text));
        if parsed.networks.len() > limits.networks {
            return Err(ParseError::TooMany(limits.networks));
        }
        bytes.clear();
        match rest {
            Some(rest) if reading.in_elements => bytes = rest,
            Some(_) => {
                // All that counts of such a line stands at its beginning.
                list.skip_until(b'\n')?;
                number += 1;
            }
            None => number += 1,
        }
    }
}

/// Takes from a line that is not at its end what stands behind the last comma: it may be half of an address.
fn cut(line: &mut Vec<u8>) -> Vec<u8> {
    let comma = line.iter().rposition(|byte| *byte == b',');
    comma.map_or_else(Vec::new, |comma| line.split_off(comma + 1))
}

impl List {
    fn take(&mut self, found: Found, line: u64, text: &str) {
        match found {
            Found::Network {
                network,
                was_masked,
            } => {
                self.networks.push(network);
                self.masked += u64::from(was_masked);
            }
            Found::Range(networks) => self.networks.extend(networks),
            Found::Junk => {
                self.junk.count += 1;
                if self.junk.examples.len() < EXAMPLES {
                    let text = text.trim().chars().take(EXAMPLE_CHARS).collect();
                    self.junk.examples.push(JunkLine { line, text });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
