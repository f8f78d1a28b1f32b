//! Reads what `fail2ban-client -d` prints: the commands that configure a daemon, one Python list a line.

mod parser;

use crate::protocol::Value;

/// What a dump may cost at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DumpLimits {
    /// Bytes of the whole text. All stock jails together are 370 kB.
    pub max_bytes: usize,
    /// How deep lists may be nested.
    pub max_depth: usize,
}

impl Default for DumpLimits {
    fn default() -> Self {
        Self {
            max_bytes: 32 << 20,
            max_depth: 32,
        }
    }
}

/// Why a text is not a dump.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, byte {column}: {problem}")]
pub struct DumpError {
    /// Line, from 1.
    pub line: usize,
    /// Byte of that line, from 1.
    pub column: usize,
    /// What is wrong there.
    pub problem: &'static str,
}

/// Reads a whole dump into the commands of a `reload` or `server-stream`.
///
/// Lists may also span lines, as `--dp` prints them. Empty lines are skipped, anything else is an error:
/// a stream with a missing command would configure something else than was asked.
pub fn parse_stream(text: &str, limits: &DumpLimits) -> Result<Vec<Vec<Value>>, DumpError> {
    parser::Parser::new(text, limits)?.stream()
}

/// Reads one Python value, as `repr` prints it.
pub fn parse_value(text: &str, limits: &DumpLimits) -> Result<Value, DumpError> {
    parser::Parser::new(text, limits)?.only_value()
}
