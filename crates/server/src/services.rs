//! The rules: what routers and tasks ask for, and what they are not allowed to decide themselves.
pub(crate) mod audit;
pub(crate) mod bans;
pub(crate) mod jails;
pub mod jobs;
pub mod limits;
pub mod passwords;
pub mod session_gate;
pub mod sessions;
pub mod settings;
pub mod setup;
pub mod sign_in;
