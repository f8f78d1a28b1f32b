//! `/audit`
use utoipa_axum::router::OpenApiRouter;

use crate::state::{ReadState, WriteState};

pub(super) fn reading() -> OpenApiRouter<ReadState> {
    OpenApiRouter::new()
}

pub(super) fn acting() -> OpenApiRouter<WriteState> {
    OpenApiRouter::new()
}
