//! The agent against a real fail2ban in a folder of its own; nothing outside it is touched.

// Marked as tests for clippy, which knows only unit tests by itself.
#[cfg(test)]
mod bans;
#[cfg(test)]
mod changing;
#[cfg(test)]
mod configuration;
#[cfg(test)]
mod flood;
#[cfg(test)]
mod ground;
#[cfg(test)]
mod health;
#[cfg(test)]
mod hearing;
#[cfg(test)]
mod jails;
#[cfg(test)]
mod journal;
#[cfg(test)]
mod laboratory;
#[cfg(test)]
mod many;
#[cfg(test)]
mod program;
#[cfg(test)]
mod proxy;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod recent_logins;
#[cfg(test)]
mod reload;
#[cfg(test)]
mod service;
#[cfg(test)]
mod stock_samples;
#[cfg(test)]
mod trouble;
