//! What handlers take from a request, with clear problems for what cannot be read.
mod body;
mod client;

pub use body::{Body, Params, Segments};
pub use client::{Client, Secure, session_token};
pub(crate) use client::{SESSION_COOKIES, session_cookie_name};
