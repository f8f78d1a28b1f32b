//! `/hosts/{host}/firewall`: what the packet filter really does, and putting it right; `/addresses/{ip}/truth`.
use utoipa_axum::router::OpenApiRouter;

use crate::{
    permission::{acts, reads},
    state::{ReadState, WriteState},
};

mod drift;
mod repair;
mod standing;
mod truth;

pub(super) fn reading() -> OpenApiRouter<ReadState> {
    OpenApiRouter::new()
        .routes(reads!(standing::firewall_standing))
        .routes(reads!(truth::address_truth))
}

pub(super) fn acting() -> OpenApiRouter<WriteState> {
    OpenApiRouter::new()
        .routes(acts!(repair::check_firewall))
        .routes(acts!(repair::repair_firewall))
}

#[cfg(test)]
mod tests;
