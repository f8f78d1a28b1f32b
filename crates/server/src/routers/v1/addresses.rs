//! `/addresses/{ip}`: all that is known of one address.
use utoipa_axum::router::OpenApiRouter;

use crate::{permission::reads, state::ReadState};

mod show;

pub(super) fn reading() -> OpenApiRouter<ReadState> {
    OpenApiRouter::new().routes(reads!(show::show_address))
}

#[cfg(test)]
mod tests;
