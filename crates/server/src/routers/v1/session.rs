//! `/session`: the session in use, and the way into one; `/start`: whether there is one.
use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    permission::{acts, reads},
    state::{ReadState, WriteState},
};

pub(super) mod cookie;
mod current;
mod password;
mod password_check;
mod sign_in;
mod sign_out;
mod start;

pub(super) fn reading() -> OpenApiRouter<ReadState> {
    OpenApiRouter::new()
        .routes(reads!(current::current_session))
        .routes(reads!(start::start))
}

pub(super) fn acting() -> OpenApiRouter<WriteState> {
    OpenApiRouter::new()
        .routes(acts!(sign_in::sign_in))
        .routes(acts!(sign_out::sign_out))
        .routes(acts!(password::change_password))
        .routes(acts!(password_check::check_password))
        .layer(DefaultBodyLimit::max(super::SMALL_BODY_BYTES))
}
