#![doc = include_str!("../README.md")]

mod guard;
mod line;
mod parse;
mod ranges;

pub use guard::{Guard, Guarded, WIDEST_V4, WIDEST_V6};
pub use parse::{Junk, JunkLine, Limits, List, ParseError, parse};
pub use ranges::fewest;
