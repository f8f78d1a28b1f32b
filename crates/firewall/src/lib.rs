#![doc = include_str!("../README.md")]

mod netlink;
mod place;
mod table;
pub mod truth;

pub use place::{Place, ProgramError};
pub use table::{
    AddressHits, Backend, Ban, Content, ContentHash, ContentHashError, Counter, Counts, Drift,
    Hits, List, Loaded, State, Table, TableError, TableName, TableNameError, Unusable, Where,
};
