#![doc = include_str!("../README.md")]

pub mod client;
pub mod config;
pub mod database;
pub mod dump;
pub mod log;
pub mod protocol;

mod ban;
mod ignore;
mod jail;
mod subject;
mod version;

pub use ban::{BanTimes, BannedRow};
pub use client::{
    Capabilities, CheckFailure, Client, ClientConfig, ClientError, CommandClass, DaemonError,
    LogTarget, SCRATCH_JAIL_PREFIX, ServerSettings,
};
pub use ignore::IgnoreEntry;
pub use ipnet::IpNet;
pub use jail::{Escalation, JailCounters, JailSettings, JailStatus, Seconds};
pub use protocol::{Limits, ProtocolError, Value};
pub use subject::Subject;
pub use version::Version;
