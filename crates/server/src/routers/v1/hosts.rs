//! `/hosts/{host}/…`: what concerns one machine.
use utoipa_axum::router::OpenApiRouter;

use crate::{
    permission::reads,
    state::{ReadState, WriteState},
};

mod status;

pub(super) fn reading() -> OpenApiRouter<ReadState> {
    OpenApiRouter::new().routes(reads!(status::host_status))
}

pub(super) fn acting() -> OpenApiRouter<WriteState> {
    OpenApiRouter::new()
}
