//! What handlers take from a request, with clear problems for what cannot be read.
mod asked;
mod body;
mod client;
mod conditional;
mod page;
mod place;

pub(crate) use asked::Asked;
pub(crate) use body::{Body, Params, Segments};
pub(crate) use client::session_cookie_name;
pub(crate) use client::{Client, Secure, session_token};
pub(crate) use conditional::{Conditional, IfNoneMatch};
pub(crate) use page::{page_size, page_start};
pub(crate) use place::{FilterPlace, HostPlace, JailPlace, parse_host};
