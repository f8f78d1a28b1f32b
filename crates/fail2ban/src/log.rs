//! Reads the lines that fail2ban logs, without input or output of its own.
//!
//! [`LogLine::parse`] takes a line apart, [`LogEvent::of`] says what it tells. Text between is hostile: a line can name whatever an attacker sent.

mod event;
mod line;

pub use event::{ActionStep, LogEvent};
pub use line::{Level, LogLine, MAX_LINE_BYTES};
