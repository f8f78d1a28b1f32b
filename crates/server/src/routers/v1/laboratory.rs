//! `/hosts/{host}/laboratory/…`: trying filters on lines.
use utoipa_axum::router::OpenApiRouter;

use crate::{
    permission::{acts, reads},
    state::{ReadState, WriteState},
};

mod report;
mod run;
mod samples;
mod test;

pub(super) fn reading() -> OpenApiRouter<ReadState> {
    OpenApiRouter::new().routes(reads!(samples::show_samples))
}

pub(super) fn acting() -> OpenApiRouter<WriteState> {
    OpenApiRouter::new()
        .routes(acts!(test::test_filter))
        .routes(acts!(samples::set_samples))
        .routes(acts!(run::run_samples))
}

#[cfg(test)]
mod tests;
