//! Values to request bytes: pickle protocol 2, which every fail2ban's Python reads.

use super::{Limits, TERMINATOR, Value};

/// Why a command cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// An argument contains the terminator, at which the daemon would split the request in two.
    #[error("an argument contains the text `<F2B_END_COMMAND>`, which ends a request")]
    Terminator,
    /// The request is larger than allowed.
    #[error("the request is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The arguments are nested deeper than allowed.
    #[error("the request is nested deeper than {limit} levels")]
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// A value that a request never carries.
    #[error("a request cannot carry {0}")]
    Unsupported(&'static str),
}

/// Encodes one command with its terminator, ready to be written.
pub fn encode(command: &[Value], limits: &Limits) -> Result<Vec<u8>, EncodeError> {
    let mut out = Vec::with_capacity(128);
    out.extend_from_slice(b"\x80\x02");
    let mut encoder = Encoder { out, limits };
    encoder.items(command, 1)?;
    let mut out = encoder.out;
    out.push(b'.');
    if contains(&out, TERMINATOR) {
        return Err(EncodeError::Terminator);
    }
    out.extend_from_slice(TERMINATOR);
    if out.len() > limits.max_request_bytes {
        return Err(EncodeError::TooLarge {
            limit: limits.max_request_bytes,
        });
    }
    Ok(out)
}

struct Encoder<'a> {
    out: Vec<u8>,
    limits: &'a Limits,
}

impl Encoder<'_> {
    fn value(&mut self, value: &Value, depth: usize) -> Result<(), EncodeError> {
        if depth > self.limits.max_depth {
            return Err(EncodeError::TooDeep {
                limit: self.limits.max_depth,
            });
        }
        match value {
            Value::None => self.out.push(b'N'),
            Value::Bool(truth) => self.out.push(if *truth { 0x88 } else { 0x89 }),
            Value::Int(number) => self.int(*number),
            Value::Float(number) => {
                self.out.push(b'G');
                self.out.extend_from_slice(&number.to_be_bytes());
            }
            Value::Str(text) => self.text(text)?,
            Value::List(items) => self.items(items, depth)?,
            Value::Tuple(items) => {
                self.out.push(b'(');
                for item in items {
                    self.value(item, depth + 1)?;
                }
                self.out.push(b't');
            }
            Value::Dict(pairs) => {
                self.out.extend_from_slice(b"}(");
                for (key, value) in pairs {
                    self.value(key, depth + 1)?;
                    self.value(value, depth + 1)?;
                }
                self.out.push(b'u');
            }
            Value::BigInt(_) => return Err(EncodeError::Unsupported("so large a number")),
            Value::Bytes(_) => return Err(EncodeError::Unsupported("bytes")),
            Value::Set(_) => return Err(EncodeError::Unsupported("a set")),
            Value::Object(_) | Value::Global(_) => {
                return Err(EncodeError::Unsupported("an object"));
            }
        }
        Ok(())
    }

    fn items(&mut self, items: &[Value], depth: usize) -> Result<(), EncodeError> {
        self.out.extend_from_slice(b"](");
        for item in items {
            self.value(item, depth + 1)?;
        }
        self.out.push(b'e');
        Ok(())
    }

    fn int(&mut self, number: i64) {
        if let Ok(small) = i32::try_from(number) {
            self.out.push(b'J');
            self.out.extend_from_slice(&small.to_le_bytes());
        } else {
            self.out.extend_from_slice(b"\x8a\x08");
            self.out.extend_from_slice(&number.to_le_bytes());
        }
    }

    fn text(&mut self, text: &str) -> Result<(), EncodeError> {
        let too_large = EncodeError::TooLarge {
            limit: self.limits.max_request_bytes,
        };
        if text.len() > self.limits.max_request_bytes.saturating_sub(self.out.len()) {
            return Err(too_large);
        }
        let length = u32::try_from(text.len()).map_err(|_| too_large)?;
        self.out.push(b'X');
        self.out.extend_from_slice(&length.to_le_bytes());
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}
