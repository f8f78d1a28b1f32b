//! Bytes to values and back, without any input or output of its own.
//!
//! The daemon speaks Python's pickle. A general unpickler would let the peer choose what runs here,
//! so this one knows a short list of opcodes, builds only plain [`Value`]s and counts what it builds.

mod arena;
mod decode;
mod encode;
mod opcode;
mod reply;
mod scan;
mod value;

pub use decode::decode;
pub use encode::{EncodeError, encode};
pub use reply::{RawReply, split_reply};
pub use scan::ReplyScanner;
pub use value::{Object, Value};

/// Ends every request and every reply.
pub const TERMINATOR: &[u8] = b"<F2B_END_COMMAND>";

/// What one request or reply may cost at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one reply, terminator included. 100,000 bans with their times are 6.5 MB.
    pub max_reply_bytes: usize,
    /// Bytes of one request, terminator included. A reload of all stock jails is 370 kB.
    pub max_request_bytes: usize,
    /// Values that decoding may make on the way, shared ones counted as often as they are used.
    /// An address in a list takes four.
    pub max_values: usize,
    /// Bytes of text that a decoded reply may hold, shared text counted as often as it is used.
    pub max_text_bytes: usize,
    /// How deep values may be nested.
    pub max_depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_reply_bytes: 64 << 20,
            max_request_bytes: 16 << 20,
            max_values: 8_000_000,
            max_text_bytes: 128 << 20,
            max_depth: 48,
        }
    }
}

/// Why bytes are not a reply.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProtocolError {
    /// The reply, or a length inside it, is larger than allowed.
    #[error("the reply is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The reply holds more values than allowed.
    #[error("the reply holds more than {limit} values")]
    TooManyValues {
        /// The limit.
        limit: usize,
    },
    /// The reply is nested deeper than allowed, or contains itself.
    #[error("the reply is nested deeper than {limit} levels")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// The bytes end before the value does.
    #[error("the reply ends in the middle")]
    Truncated,
    /// An opcode outside the allow-list.
    #[error("the reply holds an instruction that is not allowed (0x{opcode:02x} at byte {offset})")]
    Forbidden {
        /// The opcode.
        opcode: u8,
        /// Where it stands.
        offset: usize,
    },
    /// Allowed opcodes in an order that makes no value.
    #[error("the reply is malformed at byte {offset}: {what}")]
    Malformed {
        /// Where it was noticed.
        offset: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// A well-formed value that is not what the command answers with.
    #[error("`{command}` was answered with something unexpected: {got}")]
    Unexpected {
        /// The command, without its arguments.
        command: String,
        /// The start of the answer.
        got: String,
    },
}
