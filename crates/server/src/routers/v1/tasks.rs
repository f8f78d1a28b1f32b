//! `/tasks`: what runs on a schedule.
use utoipa_axum::router::OpenApiRouter;

use crate::{
    permission::{acts, reads},
    state::{ReadState, WriteState},
};

mod list;
mod run;

pub(super) fn reading() -> OpenApiRouter<ReadState> {
    OpenApiRouter::new().routes(reads!(list::list_tasks))
}

pub(super) fn acting() -> OpenApiRouter<WriteState> {
    OpenApiRouter::new().routes(acts!(run::run_task))
}

#[cfg(test)]
mod tests;
