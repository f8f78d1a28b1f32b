//! The rules: what routers and tasks ask for, and what they are not allowed to decide themselves.
pub mod jobs;
pub mod session_gate;
pub mod sign_in;
