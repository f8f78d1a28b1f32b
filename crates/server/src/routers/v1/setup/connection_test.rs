//! `POST /api/v1/setup/connection-test`
use axum::{Json, extract::State, http::HeaderMap};
use domain::HostId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{connections::ConnectionTestBody, shown_token};
use crate::{
    extract::Body, permission::Visitor, problem::Problem, services::setup, state::ReadState,
};

/// A socket to try.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConnectionTestRequest {
    /// Its absolute path.
    socket: String,
}

/// Tries a socket. What is found is the answer, also when nobody listens there.
#[utoipa::path(
    post,
    path = "/setup/connection-test",
    tag = "setup",
    params(("x-setup-token" = Option<String>, Header, description = "The setup token, where it is required")),
    request_body = ConnectionTestRequest,
    responses((status = 200, body = ConnectionTestBody), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn test_connection(
    visitor: Visitor,
    State(state): State<ReadState>,
    headers: HeaderMap,
    Body(request): Body<ConnectionTestRequest>,
) -> Result<Json<ConnectionTestBody>, Problem> {
    setup::admit(&state, &visitor.client, shown_token(&headers)).await?;
    let host = state.host(&HostId::local())?;
    let tested = setup::connection(host.as_ref(), &request.socket).await?;
    Ok(Json(tested.into()))
}

#[cfg(test)]
mod tests;
