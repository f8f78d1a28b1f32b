//! `/stats`: bans counted, always from roll-ups.
use domain::{TimeRange, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    permission::reads,
    problem::Problem,
    routers::v1::history::{FilterParams, Refusals},
    services::history::{Filters, range::Zone, zone},
    state::ReadState,
};

mod bans;
mod failing;
mod heat;
mod top;

pub(super) fn reading() -> OpenApiRouter<ReadState> {
    OpenApiRouter::new()
        .routes(reads!(bans::count_bans))
        .routes(reads!(top::top_bans))
        .routes(reads!(heat::heat_map))
        .routes(reads!(failing::failing))
}

/// What was counted. Its ends are full quarters of an hour: those that were asked for are moved outwards.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RangeBody {
    /// The first moment.
    from: String,
    /// The first moment that is not counted any more.
    until: String,
    /// Where the period before begins, with which it is compared; that one ends at `from`.
    previous_from: String,
    /// The zone in which days and hours are meant.
    time_zone: String,
}

impl RangeBody {
    fn new(range: TimeRange, previous_from: Timestamp, zone: &Zone) -> Self {
        Self {
            from: range.from.to_string(),
            until: range.until.to_string(),
            previous_from: previous_from.to_string(),
            time_zone: zone.name().to_owned(),
        }
    }

    /// Compared with as many seconds before it.
    fn seconds(range: TimeRange, zone: &Zone) -> Self {
        let length = range.until.millis_since(range.from);
        let previous_from = Timestamp::from_millis(range.from.as_millis() - length);
        Self::new(range, previous_from, zone)
    }
}

/// Which bans to count, and when.
struct Counting {
    filters: Filters,
    range: TimeRange,
    zone: Zone,
}

impl Counting {
    async fn read(
        params: FilterParams,
        mut refusals: Refusals,
        state: &ReadState,
    ) -> Result<Self, Problem> {
        let filters = params.read(&mut refusals);
        let zone = zone(state).await?;
        let range = filters.when.counted(state.clock.now(), &zone);
        let range = refusals.range(range)?;
        Ok(Self {
            filters,
            range,
            zone,
        })
    }
}

#[cfg(test)]
mod tests;
