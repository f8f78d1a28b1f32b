//! `POST /api/v1/hosts/{host}/firewall/check`, `POST /api/v1/hosts/{host}/firewall/repair`
use axum::{Json, extract::State};
use domain::JailName;
use serde::Deserialize;
use utoipa::ToSchema;

use super::drift::DriftBody;
use crate::{
    extract::{Body, HostPlace},
    permission::{Caller, FirewallCheck, FirewallRepair},
    problem::Problem,
    routers::v1::hosts::EmptyRequest,
    services::blocking::firewall::{self, Repair},
    state::WriteState,
};

/// What is to be put right.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RepairRequest {
    /// Jails: who is banned and not blocked is banned again, by the jail's own action.
    jails: Vec<String>,
    /// Whether BanGUI's own table is loaded anew.
    own: bool,
}

/// Compares what should be blocked with what is, now.
#[utoipa::path(
    post,
    path = "/hosts/{host}/firewall/check",
    tag = "firewall",
    params(("host" = String, Path, description = "Name of the host; `local` is this machine")),
    request_body = EmptyRequest,
    responses((status = 200, body = DriftBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["firewall:check"]))
)]
pub(super) async fn check_firewall(
    _: Caller<FirewallCheck>,
    State(state): State<WriteState>,
    HostPlace(host): HostPlace,
    Body(EmptyRequest {}): Body<EmptyRequest>,
) -> Result<Json<DriftBody>, Problem> {
    state.host(&host)?;
    let drift = state.blocking.check_now().await?;
    Ok(Json(DriftBody::from(&*drift)))
}

/// Puts right what is banned and not blocked, looks again, and answers how it is then.
#[utoipa::path(
    post,
    path = "/hosts/{host}/firewall/repair",
    tag = "firewall",
    params(("host" = String, Path, description = "Name of the host; `local` is this machine")),
    request_body = RepairRequest,
    responses((status = 200, body = DriftBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["firewall:repair"]))
)]
pub(super) async fn repair_firewall(
    caller: Caller<FirewallRepair>,
    State(state): State<WriteState>,
    HostPlace(host): HostPlace,
    Body(request): Body<RepairRequest>,
) -> Result<Json<DriftBody>, Problem> {
    let jails: Result<Vec<JailName>, _> = request.jails.iter().map(|jail| jail.parse()).collect();
    let repair = Repair {
        jails: jails.map_err(|error| Problem::invalid("jails", "not-a-jail", error))?,
        own: request.own,
    };
    let drift = firewall::repair(&state, &caller.author(), &host, repair).await?;
    Ok(Json(DriftBody::from(&*drift)))
}
