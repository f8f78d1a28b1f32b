#![doc = include_str!("../README.md")]

mod client;
mod control;
mod daemon;
mod enforcement;
mod error;
mod folder;
mod installation;
mod jails;
mod lab;
mod options;
mod socket;
pub mod traffic;

pub use error::LabError;
pub use installation::{Installation, ROOT_VARIABLE};
pub use jails::stock_jails;
pub use lab::Lab;
pub use options::{Enforcement, ExtraJail, JailSet, LabConfig};
pub use traffic::TrafficCounts;
