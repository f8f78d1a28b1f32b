//! fail2ban's configuration: its files byte for byte, and what they mean to it.
//!
//! [`Tree`] is one file, with every byte kept and edits that touch nothing else. The rules are those of the parser that
//! fail2ban reads with, Python's `configparser` with `;` as the only sign of a comment behind a value.
//! [`options`] describes each option.

pub mod check;
pub mod options;
pub mod text;
pub mod time;
pub mod tree;

pub use tree::{EditError, Entry, Problem, ProblemKind, Section, Tree};
