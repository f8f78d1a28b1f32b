//! `/hosts/{host}/config/…`: fail2ban's configuration, what it was, and changes of it.
use utoipa_axum::router::OpenApiRouter;

use crate::{
    permission::{acts, reads},
    state::{ReadState, WriteState},
};

mod apply;
mod archive;
mod change;
mod confirm;
mod diff;
mod file;
mod item;
mod items;
mod options;
mod plan;
mod state;
mod version;
mod versions;

pub(super) fn reading() -> OpenApiRouter<ReadState> {
    OpenApiRouter::new()
        .routes(reads!(items::list_items))
        .routes(reads!(item::show_item))
        .routes(reads!(options::list_options))
        .routes(reads!(file::show_file))
        .routes(reads!(state::config_state))
        .routes(reads!(versions::list_versions))
        .routes(reads!(version::show_version))
        .routes(reads!(diff::show_diff))
        .routes(reads!(archive::export_archive))
}

pub(super) fn acting() -> OpenApiRouter<WriteState> {
    OpenApiRouter::new()
        .routes(acts!(plan::plan_changes))
        .routes(acts!(apply::apply_changes))
        .routes(acts!(confirm::confirm_change))
        .routes(acts!(confirm::revert_change))
        .routes(acts!(confirm::adopt_files))
}

#[cfg(test)]
mod tests;
