//! `GET /api/v1/history`
use axum::{Json, extract::State};
use domain::{Count, EventQuery, PageSize};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{EventBody, FilterParams, Refusals, filters::EventParams};
use crate::{
    extract::{Asked, page_size, page_start},
    permission::{Caller, HistoryRead},
    problem::Problem,
    routers::v1::bans::SortOrder,
    services::history::COUNT_LIMIT,
    state::ReadState,
};

/// In which order, and which page.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct HistoryPageParams {
    /// Newest first (`desc`) when it is not said.
    #[param(inline)]
    order: Option<SortOrder>,
    /// Where the page begins: `nextCursor` of the page before.
    cursor: Option<String>,
    /// How many items the page may have: 1 to 500, 100 when it is not said.
    limit: Option<i64>,
}

/// A page of what happened.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct HistoryPageBody {
    /// The events.
    items: Vec<EventBody>,
    /// Where the next page begins; `null` at the end.
    next_cursor: Option<String>,
    /// How many events fit over all pages; only on the first page.
    total: Option<CountBody>,
}

/// A count that stops at a limit, or where looking on would take too long.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CountBody {
    /// How many, or at least how many.
    count: u64,
    /// Whether there may be more.
    more: bool,
}

/// What happened, newest or oldest first.
///
/// A list ends with what is stored when each page is read: newer events do not move the pages after the first.
#[utoipa::path(
    get,
    path = "/history",
    tag = "history",
    params(FilterParams, EventParams, HistoryPageParams),
    responses((status = 200, body = HistoryPageBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["history:read"]))
)]
pub(super) async fn list_history(
    _: Caller<HistoryRead>,
    State(state): State<ReadState>,
    Asked((filters, events, page)): Asked<(FilterParams, EventParams, HistoryPageParams)>,
) -> Result<Json<HistoryPageBody>, Problem> {
    let mut refusals = Refusals::default();
    let filters = filters.read(&mut refusals);
    let conditions = events.read(&mut refusals);
    let limit = page.limit(&mut refusals);
    let (filters, conditions) = refusals.or((filters, conditions))?;
    let query = EventQuery {
        filter: filters.events(conditions, &state).await?,
        oldest_first: page.order == Some(SortOrder::Asc),
        after: page_start(page.cursor),
        limit,
    };
    let found = state.history.events(&query).await?;
    let total = match (&query.after, &found.next) {
        (Some(_), _) => None,
        (None, None) => Some(Count {
            count: found.items.len() as u64,
            more: false,
        }),
        (None, Some(_)) => {
            let count = state.history.count_events(&query.filter, COUNT_LIMIT);
            Some(count.await?.at_least(found.items.len()))
        }
    };
    Ok(Json(HistoryPageBody {
        items: found
            .items
            .into_iter()
            .map(|event| EventBody::new(event, state.places.as_ref()))
            .collect(),
        next_cursor: found.next.map(|token| token.0),
        total: total.map(Into::into),
    }))
}

impl HistoryPageParams {
    fn limit(&self, refusals: &mut Refusals) -> PageSize {
        page_size(self.limit).unwrap_or_else(|problem| {
            refusals.join(problem);
            PageSize::default()
        })
    }
}

impl From<Count> for CountBody {
    fn from(count: Count) -> Self {
        Self {
            count: count.count,
            more: count.more,
        }
    }
}
