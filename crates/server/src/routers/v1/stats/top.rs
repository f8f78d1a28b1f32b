//! `GET /api/v1/stats/top`
use axum::{Json, extract::State};
use domain::{Counted, Dimension, DimensionValue, Places};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Counting, RangeBody};
use crate::{
    extract::Asked,
    permission::{Caller, HistoryRead},
    problem::Problem,
    routers::v1::history::{FilterParams, OriginName, Refusals},
    state::ReadState,
};

/// The most lines of a list: every country fits.
const MAX_LINES: i64 = 300;
/// The lines of a list when nothing is said.
const USUAL_LINES: i64 = 10;

/// By what to count, and how many lines.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct TopParams {
    /// By what bans are counted.
    #[param(inline)]
    by: TopBy,
    /// How many lines at most: 1 to 300, 10 when it is not said.
    limit: Option<i64>,
}

/// By what bans are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum TopBy {
    /// By jail.
    Jail,
    /// By country.
    Country,
    /// By network (autonomous system).
    Network,
    /// By who was banned.
    Subject,
    /// By who or what banned.
    Origin,
}

/// Who or what was banned most.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TopBody {
    /// What was counted; compared with as many seconds before it.
    range: RangeBody,
    /// Most bans first.
    items: Vec<TopItemBody>,
    /// Bans of all, also of those that are not listed.
    total: u64,
    /// Whether it is certain that nobody is missing from the list. The numbers are right in any case.
    exact: bool,
}

/// One line.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TopItemBody {
    /// Name of the jail, letters of the country, number of the network, the subject, or the origin; `null` where country or network is unknown.
    key: Option<String>,
    /// Name of the network.
    label: Option<String>,
    /// Country of the subject, or the country itself.
    country: Option<String>,
    /// Network of the subject, or the network itself.
    asn: Option<u32>,
    /// Bans in the range.
    bans: u64,
    /// Bans in the period before.
    previous: u64,
}

/// Who or what was banned most.
#[utoipa::path(
    get,
    path = "/stats/top",
    tag = "stats",
    params(TopParams, FilterParams),
    responses((status = 200, body = TopBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["history:read"]))
)]
pub(super) async fn top_bans(
    _: Caller<HistoryRead>,
    State(state): State<ReadState>,
    Asked((top, filters)): Asked<(TopParams, FilterParams)>,
) -> Result<Json<TopBody>, Problem> {
    let mut refusals = Refusals::default();
    let limit = refusals.lines(top.limit, USUAL_LINES, MAX_LINES);
    let counting = Counting::read(filters, refusals, &state).await?;
    let filter = counting.filters.bans();
    let by = top.by.into();
    let top = state
        .history
        .top(&filter, counting.range, by, limit)
        .await?;
    Ok(Json(TopBody {
        range: RangeBody::seconds(counting.range, &counting.zone),
        items: top
            .items
            .into_iter()
            .map(|item| TopItemBody::new(item, state.places.as_ref()))
            .collect(),
        total: top.total,
        exact: top.exact,
    }))
}

impl TopItemBody {
    fn new(counted: Counted, places: &dyn Places) -> Self {
        let (key, country, asn) = match counted.value {
            DimensionValue::Jail(jail) => (Some(jail.into()), None, None),
            DimensionValue::Country(country) => {
                (country.map(|code| code.to_string()), country, None)
            }
            DimensionValue::Network(asn) => (asn.map(|asn| asn.0.to_string()), None, asn),
            DimensionValue::Subject(subject, place) => {
                (Some(subject.to_string()), place.country, place.asn)
            }
            DimensionValue::Origin(origin) => {
                let name = match origin.into() {
                    OriginName::Detected => "detected",
                    OriginName::Manual => "manual",
                    OriginName::Blocklist => "blocklist",
                };
                (Some(name.to_owned()), None, None)
            }
        };
        let label = asn.and_then(|asn| places.network_name(asn));
        Self {
            key,
            label: label.map(|name| name.to_string()),
            country: country.map(Into::into),
            asn: asn.map(|asn| asn.0),
            bans: counted.bans,
            previous: counted.previous,
        }
    }
}

impl From<TopBy> for Dimension {
    fn from(by: TopBy) -> Self {
        match by {
            TopBy::Jail => Self::Jail,
            TopBy::Country => Self::Country,
            TopBy::Network => Self::Network,
            TopBy::Subject => Self::Subject,
            TopBy::Origin => Self::Origin,
        }
    }
}
