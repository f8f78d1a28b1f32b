//! `POST /api/v1/hosts/{host}/unbans/all`
use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    extract::{Body, HostPlace},
    permission::{BansWrite, Caller},
    problem::Problem,
    services::bans::clear,
    state::WriteState,
};

/// What must be typed, so that nobody ends every ban by a slip.
const CONFIRMATION: &str = "unban all";

/// An order to end every ban.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnbanAllRequest {
    /// The words `unban all`.
    #[schema(example = "unban all")]
    confirm: String,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnbanAllBody {
    /// How many bans ended.
    unbanned: u64,
}

/// Ends every ban in every jail.
#[utoipa::path(
    post,
    path = "/hosts/{host}/unbans/all",
    tag = "bans",
    params(("host" = String, Path, description = "Name of the host; `local` is this machine")),
    request_body = UnbanAllRequest,
    responses((status = 200, body = UnbanAllBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["bans:write"]))
)]
pub(super) async fn clear_bans(
    caller: Caller<BansWrite>,
    State(state): State<WriteState>,
    HostPlace(host): HostPlace,
    Body(request): Body<UnbanAllRequest>,
) -> Result<Json<UnbanAllBody>, Problem> {
    if request.confirm != CONFIRMATION {
        let message = format!("write {CONFIRMATION:?} to end every ban in every jail");
        return Err(Problem::invalid("confirm", "not-confirmed", message));
    }
    let unbanned = clear(&state, (&caller).into(), host).await?;
    Ok(Json(UnbanAllBody { unbanned }))
}
