//! What happened, and the questions about it, against a plain list that is counted by hand.
mod asking;
mod model;

pub(crate) use asking::*;
