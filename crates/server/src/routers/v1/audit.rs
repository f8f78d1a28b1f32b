//! `/audit`
use utoipa_axum::router::OpenApiRouter;

use crate::{
    permission::reads,
    state::{ReadState, WriteState},
};

mod list;

pub(super) fn reading() -> OpenApiRouter<ReadState> {
    OpenApiRouter::new().routes(reads!(list::list_audit))
}

pub(super) fn acting() -> OpenApiRouter<WriteState> {
    OpenApiRouter::new()
}
