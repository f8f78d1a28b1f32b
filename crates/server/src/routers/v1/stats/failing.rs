//! `GET /api/v1/stats/failing`
use axum::{Json, extract::State};
use domain::{Failing, HostId, Places};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    extract::Asked,
    permission::{Caller, HistoryRead},
    problem::Problem,
    routers::v1::{
        bans::SubjectKind,
        history::{Refusals, moment},
    },
    services::stats,
    state::ReadState,
};

/// The most lines of a list.
const MAX_LINES: i64 = 300;
/// The lines of a list when nothing is said.
const USUAL_LINES: i64 = 50;
/// Since when failures are counted when nothing is said, in seconds.
const USUAL_SECONDS: i64 = 3600;

/// Whose failures, and since when.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct FailingParams {
    /// Only on this host; on all when it is not said.
    host: Option<String>,
    /// Since which moment, in RFC 3339; an hour ago when it is not said. Failures are kept by the hour: the whole hour of the moment is counted.
    since: Option<String>,
    /// How many lines at most: 1 to 300, 50 when it is not said.
    limit: Option<i64>,
}

/// Who is failing and not banned.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FailingBody {
    /// Since when failures were counted.
    since: String,
    /// Most failures first.
    items: Vec<FailingItemBody>,
}

/// Somebody who is failing.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct FailingItemBody {
    /// On which host.
    host: String,
    /// In which jail. Text from the daemon.
    jail: String,
    /// Who. Text from the daemon.
    subject: String,
    /// What the subject is.
    kind: SubjectKind,
    /// Failures since then.
    failures: u64,
    /// When the last one happened.
    last_at: String,
    /// Country, by two letters; `null` when unknown.
    country: Option<String>,
    /// Number of the network; `null` when unknown.
    asn: Option<u32>,
    /// Name of the network.
    network_name: Option<String>,
}

/// Who fails in the logs and is not banned now, most failures first; after a ban that is over only what came since.
#[utoipa::path(
    get,
    path = "/stats/failing",
    tag = "stats",
    params(FailingParams),
    responses((status = 200, body = FailingBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["history:read"]))
)]
pub(super) async fn failing(
    _: Caller<HistoryRead>,
    State(state): State<ReadState>,
    Asked((params,)): Asked<(FailingParams,)>,
) -> Result<Json<FailingBody>, Problem> {
    let mut refusals = Refusals::default();
    let limit = refusals.lines(params.limit, USUAL_LINES, MAX_LINES);
    let host = params.host.filter(|host| !host.is_empty());
    let host: Option<HostId> = host.and_then(|host| {
        let parsed = host.parse().ok();
        if parsed.is_none() {
            refusals.add(
                "host",
                "not-a-host",
                "write the name of a host, such as local",
            );
        }
        parsed
    });
    let since = params.since.filter(|since| !since.is_empty());
    let since = since
        .and_then(|since| refusals.take(moment("since", &since)))
        .unwrap_or_else(|| state.clock.now().plus_seconds(-USUAL_SECONDS));
    refusals.or(())?;
    let found = stats::failing(&state, host.as_ref(), since, limit).await?;
    Ok(Json(FailingBody {
        since: since.to_string(),
        items: found
            .into_iter()
            .map(|failing| FailingItemBody::new(failing, state.places.as_ref()))
            .collect(),
    }))
}

impl FailingItemBody {
    fn new(failing: Failing, places: &dyn Places) -> Self {
        let network_name = failing.place.asn.and_then(|asn| places.network_name(asn));
        Self {
            host: failing.host.into(),
            jail: failing.jail.into(),
            kind: SubjectKind::of(&failing.subject),
            subject: failing.subject.to_string(),
            failures: failing.failures,
            last_at: failing.last_at.to_string(),
            country: failing.place.country.map(Into::into),
            asn: failing.place.asn.map(|asn| asn.0),
            network_name: network_name.map(|name| name.to_string()),
        }
    }
}
