//! A whole list, from its first byte to its last.
use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use ipnet::IpNet;

use crate::line::{self, Found, Reading};

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// How many pieces of junk are shown, and how much of each.
const EXAMPLES: usize = 10;
const EXAMPLE_CHARS: usize = 80;

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
    let (mut bytes, mut number) = (Vec::new(), 0);
    loop {
        bytes.clear();
        if list.read_until(b'\n', &mut bytes)? == 0 {
            return Ok(parsed);
        }
        if list.limit() == 0 {
            return Err(ParseError::TooLarge(limits.bytes));
        }
        number += 1;
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_start_matches('\u{feff}');
        line::read(text, &mut reading, |found| parsed.take(found, number, text));
        if parsed.networks.len() > limits.networks {
            return Err(ParseError::TooMany(limits.networks));
        }
    }
}

impl List {
    fn take(&mut self, found: Found, line: u64, text: &str) {
        match found {
            Found::Networks {
                networks,
                was_masked,
            } => {
                self.networks.extend(networks);
                self.masked += u64::from(was_masked);
            }
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
