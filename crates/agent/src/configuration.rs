//! fail2ban's configuration as its files have it: what it means, where each value comes from, what speaks against it.
mod file;
mod findings;
mod item;
mod items;
mod reading;
mod reads;
mod running;
mod told;

pub(crate) use reading::{ConfigReader, version};
