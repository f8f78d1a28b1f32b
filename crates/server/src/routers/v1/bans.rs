//! `/bans` over all hosts, and `/hosts/{host}/bans…`: bans in force, banning and unbanning.
use utoipa_axum::router::OpenApiRouter;

use crate::{
    permission::{acts, reads},
    state::{ReadState, WriteState},
};

mod check;
mod clear;
mod create;
mod list;
mod remove;

pub(super) use create::BanCountsBody;
pub(super) use list::{ActiveBanBody, FamilyName, SortOrder, SubjectKind};

pub(super) fn reading() -> OpenApiRouter<ReadState> {
    OpenApiRouter::new()
        .routes(reads!(list::list_bans))
        .routes(reads!(check::check_bans))
}

pub(super) fn acting() -> OpenApiRouter<WriteState> {
    OpenApiRouter::new()
        .routes(acts!(create::create_bans))
        .routes(acts!(remove::remove_bans))
        .routes(acts!(clear::clear_bans))
}

#[cfg(test)]
mod tests;
