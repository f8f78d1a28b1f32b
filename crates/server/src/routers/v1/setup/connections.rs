//! `GET /api/v1/setup/connections`
use axum::{Json, extract::State, http::HeaderMap};
use domain::{ConnectionTest, HostId};
use serde::Serialize;
use utoipa::ToSchema;

use super::shown_token;
use crate::{
    permission::Visitor, problem::Problem, routers::v1::hosts::DaemonBody, services::setup,
    state::ReadState,
};

/// Sockets where a fail2ban may be, each tried just now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConnectionList {
    /// The sockets, those that exist first.
    items: Vec<ConnectionTestBody>,
}

/// What came of trying a socket.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectionTestBody {
    /// Path of the socket.
    socket: String,
    /// Whether it is the one in use.
    in_use: bool,
    /// What was found.
    daemon: DaemonBody,
    /// Running jails, when it answers.
    jails: Vec<String>,
}

impl From<(ConnectionTest, bool)> for ConnectionTestBody {
    fn from((test, in_use): (ConnectionTest, bool)) -> Self {
        Self {
            socket: test.socket,
            in_use,
            daemon: test.daemon.into(),
            jails: test.jails,
        }
    }
}

/// Tries every socket where a fail2ban may be.
#[utoipa::path(
    get,
    path = "/setup/connections",
    tag = "setup",
    params(("x-setup-token" = Option<String>, Header, description = "The setup token, where it is required")),
    responses((status = 200, body = ConnectionList), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn setup_connections(
    visitor: Visitor,
    State(state): State<ReadState>,
    headers: HeaderMap,
) -> Result<Json<ConnectionList>, Problem> {
    setup::admit(&state, &visitor.client, shown_token(&headers)).await?;
    let host = state.host(&HostId::local())?;
    let tests = setup::connections(host.as_ref()).await?;
    Ok(Json(ConnectionList {
        items: tests.into_iter().map(Into::into).collect(),
    }))
}
