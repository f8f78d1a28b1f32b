//! `GET /api/v1/geo`
use axum::{Json, extract::State};
use domain::{PlaceKind, PlaceSource, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    permission::{Caller, HistoryRead, reads},
    problem::Problem,
    state::ReadState,
};

/// Networks move; data older than this are wrong in places.
const OLD_DAYS: i64 = 60;
const DAY_MILLIS: i64 = 86_400_000;

pub(super) fn reading() -> OpenApiRouter<ReadState> {
    OpenApiRouter::new().routes(reads!(geo_sources))
}

/// Data that countries and networks of addresses come from.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GeoBody {
    /// The data of countries, then those of networks.
    items: Vec<GeoSourceBody>,
}

/// Where countries, or networks, come from.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct GeoSourceBody {
    /// What they tell.
    kind: GeoKind,
    /// What they are called.
    name: String,
    /// Whether they are a file that somebody put there; else they came with BanGUI.
    supplied: bool,
    /// When they were made, where that is known.
    made_at: Option<String>,
    /// Their age in days.
    age_days: Option<i64>,
    /// Whether they are older than 60 days.
    old: bool,
    /// How many ranges of addresses they tell of; `null` where that is not known.
    ranges: Option<u64>,
    /// Under which licence, and whom to credit.
    licence: String,
    /// Why a file that somebody put there is not used, or what is missing.
    problem: Option<String>,
}

/// What data of places tell.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum GeoKind {
    /// The country.
    Country,
    /// The network.
    Network,
}

impl GeoSourceBody {
    fn new(source: PlaceSource, now: Timestamp) -> Self {
        let age_days = source
            .made_at
            .map(|made_at| now.millis_since(made_at).max(0) / DAY_MILLIS);
        Self {
            kind: match source.kind {
                PlaceKind::Country => GeoKind::Country,
                PlaceKind::Network => GeoKind::Network,
            },
            name: source.name,
            supplied: source.supplied,
            made_at: source.made_at.map(|at| at.to_string()),
            age_days,
            old: age_days.is_some_and(|days| days > OLD_DAYS),
            ranges: Some(source.ranges).filter(|ranges| *ranges > 0),
            licence: source.licence,
            problem: source.problem,
        }
    }
}

/// Where countries and networks of addresses come from, how old the data are, and whom to credit.
///
/// The countries that come with BanGUI are those where an address is registered.
#[utoipa::path(
    get,
    path = "/geo",
    tag = "geo",
    responses((status = 200, body = GeoBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["history:read"]))
)]
pub(super) async fn geo_sources(
    _: Caller<HistoryRead>,
    State(state): State<ReadState>,
) -> Json<GeoBody> {
    let now = state.clock.now();
    let sources = state.places.sources().into_iter();
    Json(GeoBody {
        items: sources
            .map(|source| GeoSourceBody::new(source, now))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use domain::Role;

    use crate::testing::TestApp;

    #[tokio::test]
    async fn geo_sources_tell_age_and_trouble() {
        let app = TestApp::new().await;
        let viewer = app.as_role(Role::Viewer).await;
        insta::assert_snapshot!(viewer.get("/api/v1/geo").await.shown(), @r#"
        200 OK
        {
          "items": [
            {
              "ageDays": null,
              "kind": "country",
              "licence": "Free",
              "madeAt": null,
              "name": "Built in",
              "old": false,
              "problem": "mine.mmdb: it is no database",
              "ranges": null,
              "supplied": false
            },
            {
              "ageDays": 61,
              "kind": "network",
              "licence": "Free",
              "madeAt": "2026-09-23T12:00:00.000Z",
              "name": "Mine",
              "old": true,
              "problem": null,
              "ranges": 1,
              "supplied": true
            }
          ]
        }
        "#);
    }
}
