//! `/history`: what happened, event by event.
use utoipa_axum::router::OpenApiRouter;

use crate::{permission::reads, state::ReadState};

mod event;
mod export;
mod filters;
mod list;
mod show;
mod size;

pub(crate) use event::EventBody;
pub(super) use event::OriginName;
pub(super) use filters::{FilterParams, Refusals, moment, subject};

pub(super) fn reading() -> OpenApiRouter<ReadState> {
    OpenApiRouter::new()
        .routes(reads!(list::list_history))
        .routes(reads!(export::export_history))
        .routes(reads!(size::history_size))
        .routes(reads!(show::show_event))
}

#[cfg(test)]
mod tests;
