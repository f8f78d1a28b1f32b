//! `GET /api/v1/stats/heat`
use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Counting, RangeBody};
use crate::{
    extract::Asked,
    permission::{Caller, HistoryRead},
    problem::Problem,
    routers::v1::history::{FilterParams, Refusals},
    services::stats::{HEAT_LONGEST, Heat, heat},
    state::ReadState,
};

/// When in the week bans happen.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct HeatBody {
    /// What was counted.
    range: RangeBody,
    /// The zone in which days and hours are meant.
    time_zone: String,
    /// Seven days, Monday first, of 24 local hours each.
    #[schema(value_type = Vec<Vec<u64>>)]
    cells: Heat,
}

/// When in the week bans happen, over at most 367 days. An hour that comes twice when clocks go back is counted in the same cell.
#[utoipa::path(
    get,
    path = "/stats/heat",
    tag = "stats",
    params(FilterParams),
    responses((status = 200, body = HeatBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["history:read"]))
)]
pub(super) async fn heat_map(
    _: Caller<HistoryRead>,
    State(state): State<ReadState>,
    Asked((filters,)): Asked<(FilterParams,)>,
) -> Result<Json<HeatBody>, Problem> {
    let counting = Counting::read(filters, Refusals::default(), &state).await?;
    let Counting { range, zone, .. } = &counting;
    if range.until.millis_since(range.from) > HEAT_LONGEST {
        let message = "a heat map spans at most 367 days: choose a later `from`";
        return Err(Problem::invalid("from", "range-too-long", message));
    }
    let filter = counting.filters.bans();
    let cells = heat(state.history.as_ref(), &filter, *range, zone).await?;
    Ok(Json(HeatBody {
        range: RangeBody::seconds(*range, zone),
        time_zone: zone.name().to_owned(),
        cells,
    }))
}
