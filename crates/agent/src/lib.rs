#![doc = include_str!("../README.md")]

mod agent;
mod bans;
mod bans_index;
mod budget;
mod config;
mod configuration;
mod connection;
mod convert;
mod core;
mod cursor;
mod daemon_log;
mod detail;
mod file_end;
mod finding;
mod guard;
mod health;
mod hear;
mod jail_bans;
mod jails;
mod laboratory;
mod link;
mod mirror;
mod pipe;
mod poll;
mod reload;
mod restart;
mod snapshot;
mod times;
mod words;

pub use agent::Agent;
pub use config::{AgentConfig, Timeouts};
pub use configuration::{ApplyObserver, ApplyPoint, DiskPoint};
pub use guard::{Facts, FactsSource, GuardConfig, MachineFacts};
pub use hear::JournalConfig;
pub use words::{NameLimits, NewNames, OptionWords, Words, words};
