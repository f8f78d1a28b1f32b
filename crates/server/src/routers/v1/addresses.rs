//! `/addresses/{ip}`: all that is known of one address.
use utoipa_axum::router::OpenApiRouter;

use crate::{
    permission::{acts, reads},
    state::{ReadState, WriteState},
};

mod lookup;
mod show;

pub(super) fn reading() -> OpenApiRouter<ReadState> {
    OpenApiRouter::new().routes(reads!(show::show_address))
}

pub(super) fn acting() -> OpenApiRouter<WriteState> {
    OpenApiRouter::new().routes(acts!(lookup::look_up_address))
}

#[cfg(test)]
mod tests;
