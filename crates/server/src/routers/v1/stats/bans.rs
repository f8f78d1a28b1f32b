//! `GET /api/v1/stats/bans`
use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Counting, RangeBody};
use crate::{
    extract::Asked,
    permission::{Caller, HistoryRead},
    problem::Problem,
    routers::v1::history::{FilterParams, Refusals},
    services::stats::{Bucket, series},
    state::ReadState,
};

/// Bans over time.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct BanSeriesBody {
    /// What was counted.
    range: RangeBody,
    /// How long the buckets are; the first and the last one may be shorter.
    bucket: BucketName,
    /// The buckets without gaps, oldest first: each goes on until the next one starts, the last one until `range.until`.
    buckets: Vec<BucketBody>,
    /// Bans in the range.
    total: u64,
    /// Bans in the period before.
    previous_total: u64,
}

/// How long a bucket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum BucketName {
    /// A quarter of an hour.
    Quarter,
    /// An hour of the clock.
    Hour,
    /// A day of the calendar: 23 to 25 hours.
    Day,
    /// Seven days from Monday on.
    Week,
    /// A month of the calendar.
    Month,
}

/// Bans of one bucket.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BucketBody {
    /// Where it begins.
    start: String,
    /// Bans.
    bans: u64,
    /// Bans in the same bucket of the period before.
    previous: u64,
}

/// Bans over time, in buckets of the calendar in the zone of the settings, beside those of the period before.
///
/// Up to 12 hours are cut into quarters of an hour, 9 days into hours, 120 days into days, 3 years into weeks, longer ranges into months. Ends of the range that
/// are no full quarters of an hour are moved outwards. A range of whole days that is shown in days or longer is compared with as many days of the
/// calendar before it, any other one with as many seconds.
#[utoipa::path(
    get,
    path = "/stats/bans",
    tag = "stats",
    params(FilterParams),
    responses((status = 200, body = BanSeriesBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["history:read"]))
)]
pub(super) async fn count_bans(
    _: Caller<HistoryRead>,
    State(state): State<ReadState>,
    Asked((filters,)): Asked<(FilterParams,)>,
) -> Result<Json<BanSeriesBody>, Problem> {
    let counting = Counting::read(filters, Refusals::default(), &state).await?;
    let Counting { range, zone, .. } = &counting;
    let filter = counting.filters.bans();
    let series = series(state.history.as_ref(), &filter, *range, zone).await?;
    let (total, previous_total) = series.totals();
    Ok(Json(BanSeriesBody {
        range: RangeBody::new(*range, series.previous_from, zone),
        bucket: series.bucket.into(),
        buckets: series
            .buckets
            .into_iter()
            .map(|bucket| BucketBody {
                start: bucket.start.to_string(),
                bans: bucket.bans,
                previous: bucket.previous,
            })
            .collect(),
        total,
        previous_total,
    }))
}

impl From<Bucket> for BucketName {
    fn from(bucket: Bucket) -> Self {
        match bucket {
            Bucket::Quarter => Self::Quarter,
            Bucket::Hour => Self::Hour,
            Bucket::Day => Self::Day,
            Bucket::Week => Self::Week,
            Bucket::Month => Self::Month,
        }
    }
}
