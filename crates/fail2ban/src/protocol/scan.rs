//! Finds the end of a reply while it arrives.

use super::{Limits, ProtocolError, TERMINATOR, opcode};

/// Walks over the bytes of a reply as they arrive and says where it ends.
///
/// The terminator may also stand inside a reply (a failregex can contain it), so the end is where the
/// value's own last instruction is followed by the terminator. Each byte is looked at once; a length
/// that no reply may have is refused when its prefix arrives, before anything waits for it.
#[derive(Debug, Clone)]
pub struct ReplyScanner {
    position: usize,
    stopped: bool,
    limit: usize,
}

impl ReplyScanner {
    /// A scanner at the start of a reply.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self {
            position: 0,
            stopped: false,
            limit: limits.max_reply_bytes,
        }
    }

    /// Gives the length of the reply, terminator included, once all of it is in `bytes`.
    ///
    /// `bytes` starts with the reply each time and may only grow between calls.
    pub fn scan(&mut self, bytes: &[u8]) -> Result<Option<usize>, ProtocolError> {
        while !self.stopped {
            let rest = bytes.get(self.position..).unwrap_or_default();
            match opcode::read(rest, self.position)? {
                opcode::Step::Whole(op, length) => {
                    self.position += length;
                    self.stopped = op == opcode::Op::Stop;
                    self.check(0)?;
                }
                opcode::Step::Short(needed) => {
                    self.check(needed)?;
                    return Ok(None);
                }
            }
        }
        let end = self.position + TERMINATOR.len();
        let tail = bytes.get(self.position..).unwrap_or_default();
        let tail = tail.get(..TERMINATOR.len()).unwrap_or(tail);
        if !TERMINATOR.starts_with(tail) {
            return Err(ProtocolError::Malformed {
                offset: self.position,
                what: "no terminator after the value",
            });
        }
        Ok((tail.len() == TERMINATOR.len()).then_some(end))
    }

    fn check(&self, needed: u64) -> Result<(), ProtocolError> {
        let needed = usize::try_from(needed).unwrap_or(usize::MAX);
        if self.position.saturating_add(needed) > self.limit {
            return Err(ProtocolError::TooLarge { limit: self.limit });
        }
        Ok(())
    }
}
