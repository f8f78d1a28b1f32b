//! `/blocklists`: sources of blocked networks, their copies and what they blocked.
use utoipa_axum::router::OpenApiRouter;

use crate::{
    permission::{acts, reads},
    state::{ReadState, WriteState},
};

mod body;
mod catalogue;

mod change;
mod hits;
mod left_out;
mod overlaps;
mod preview;
mod runs;
mod show;
mod waiting;

pub(super) fn reading() -> OpenApiRouter<ReadState> {
    OpenApiRouter::new()
        .routes(reads!(show::list_blocklists))
        .routes(reads!(catalogue::blocklist_catalogue))
        .routes(reads!(overlaps::blocklist_overlaps))
        .routes(reads!(hits::blocklist_hits))
        .routes(reads!(show::show_blocklist))
        .routes(reads!(runs::blocklist_runs))
}

pub(super) fn acting() -> OpenApiRouter<WriteState> {
    OpenApiRouter::new()
        .routes(acts!(change::add_blocklist))
        .routes(acts!(preview::preview_blocklist))
        .routes(acts!(change::change_blocklist))
        .routes(acts!(change::remove_blocklist))
        .routes(acts!(change::import_blocklist))
        .routes(acts!(waiting::accept_blocklist))
        .routes(acts!(waiting::refuse_blocklist))
}

#[cfg(test)]
mod tests;
