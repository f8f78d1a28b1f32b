//! The rules: what routers and tasks ask for, and what they are not allowed to decide themselves.
pub(crate) mod addresses;
pub(crate) mod audit;
pub(crate) mod bans;
pub(crate) mod history;
pub(crate) mod intake;
pub(crate) mod jails;
pub(crate) mod jobs;
pub(crate) mod limits;
pub(crate) mod live;
pub(crate) mod orders;
pub(crate) mod passwords;
pub(crate) mod session_gate;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod setup;
pub(crate) mod sign_in;
pub(crate) mod stats;
