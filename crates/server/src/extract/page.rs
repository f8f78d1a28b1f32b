//! Where a page of a list begins, and how long it is.
use domain::{PageSize, PageToken};

use crate::problem::Problem;

/// The length of a page, from the query; 100 when it is not said.
///
/// # Errors
/// `invalid` beyond 1 to 500.
pub(crate) fn page_size(limit: Option<i64>) -> Result<PageSize, Problem> {
    let Some(limit) = limit else {
        return Ok(PageSize::default());
    };
    u16::try_from(limit)
        .ok()
        .and_then(PageSize::new)
        .ok_or_else(|| {
            let message = format!("a page has 1 to {} items", PageSize::MAX);
            Problem::invalid("limit", "out-of-range", message)
        })
}

/// Where a page begins, from the query; the first one when it is not said.
pub(crate) fn page_start(cursor: Option<String>) -> Option<PageToken> {
    cursor.filter(|cursor| !cursor.is_empty()).map(PageToken)
}
