//! What happened, and the questions about it, against a plain list that is counted by hand.
mod asking;
mod failing;
mod model;

pub(crate) use asking::*;
pub(crate) use failing::*;
