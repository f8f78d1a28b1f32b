//! What happens to every request before and after its handler.
mod client;
mod cross_site;
mod headers;
mod problems;

pub(crate) use client::find_client;
pub(crate) use cross_site::refuse_cross_site;
pub(crate) use headers::security_headers;
pub(crate) use problems::render_problems;
