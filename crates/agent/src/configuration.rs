//! fail2ban's configuration: what its files mean and where each value comes from, and changing them and taking that back. Nothing else writes these
//! files.
//!
//! A change is planned (`draft`, `check`), applied (`apply`) as one transaction that is written down first (`journal`), waits to be confirmed where
//! it is risky (`confirm`), is finished or taken back by the next start when the power goes (`recover`), and is kept as a version (`record`).
mod apply;
mod archive;
mod changes;
mod check;
mod confirm;
mod diff;
mod disk;
mod draft;
mod effects;
mod file;
mod findings;
mod folder;
mod history;
mod item;
mod items;
mod journal;
mod mask;
mod objections;
mod observer;
mod port;
mod privileged;
mod reading;
mod reads;
mod record;
mod recover;
mod risks;
mod running;
mod state;
mod steps;
mod store;
mod told;
mod trial;
mod undo;

pub(crate) use disk::failed as disk_failed;
pub use observer::{ApplyObserver, ApplyPoint, DiskPoint};
pub(crate) use reading::{ConfigReader, version};
pub(crate) use recover::recover;
pub(crate) use state::Configuration;
pub(crate) use told::specs;
