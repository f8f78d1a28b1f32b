//! fail2ban's configuration: its files byte for byte, and what they mean to it.
//!
//! [`Tree`] is one file, with every byte kept and edits that touch nothing else. The rules are those of the parser that
//! fail2ban reads with, Python's `configparser` with `;` as the only sign of a comment behind a value.
//!
//! [`Config`] is all files together, from [`files`] on the disk or not written yet: every value of every jail, filter and action as
//! the daemon gets it, with the lines that it comes from, and the commands that `fail2ban-client -d` prints. [`options`] describes each
//! option.

pub mod check;
pub mod files;
pub mod options;
pub mod parameters;
pub mod regex;
pub mod text;
pub mod time;
pub mod tree;

mod action;
mod budget;
mod definition;
mod dialect;
mod effective;
mod filter;
mod interpolate;
mod jail;
mod layers;
mod meaning;
mod reach;
mod refusal;
mod server;
mod tags;
mod words;

pub use action::ActionConfig;
pub use budget::Limits;
pub use effective::{Effective, Origin, Settings, Source, ValueProblem};
pub use filter::FilterConfig;
pub use jail::{JailConfig, JailFailure, JailWarning, LogPath};
pub use layers::{Layer, SkipReason, Skipped};
pub use meaning::{Config, JailEntry};
pub use reach::Reach;
pub use refusal::{InterpolationError, JailError, Refusal, Refused};
pub use server::ServerConfig;
pub use tree::{EditError, Entry, Problem, ProblemKind, Section, Tree};
