//! `GET /api/v1/allowlist`
use axum::{Json, extract::State};
use domain::{AllowEntry, AllowSubject};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    permission::{AllowlistRead, Caller},
    problem::Problem,
    services::blocking::allow,
    state::ReadState,
};

/// Who is never blocked.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AllowList {
    /// The entries, newest first; at most a thousand.
    items: Vec<AllowEntryBody>,
    /// Why fail2ban's files or running jails do not follow the allowlist, or `null`; it is tried again every few minutes.
    problem: Option<String>,
}

/// An entry of the allowlist.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AllowEntry)]
pub(crate) struct AllowEntryBody {
    /// Its key.
    id: i64,
    /// Who is let through: an address, a network or the name of a host.
    subject: String,
    /// What the subject is.
    kind: AllowKind,
    /// For people.
    note: String,
    /// Who made it.
    owner: String,
    /// When.
    created_at: String,
    /// Until when it holds; `null` is for good.
    expires_at: Option<String>,
    /// On which host it holds; `null` is everywhere.
    host: Option<String>,
    /// Whether it holds now.
    holds: bool,
    /// What a name was last found to be; `null` for others, and where it was not asked for yet.
    resolved: Option<ResolvedBody>,
}

/// What a subject is.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum AllowKind {
    /// One address.
    Address,
    /// A network.
    Network,
    /// The name of a host.
    Name,
}

/// What a name was last found to be.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ResolvedName)]
struct ResolvedBody {
    /// When it was asked for.
    at: String,
    /// Its addresses; those from before where nobody answered.
    addresses: Vec<String>,
    /// Why it could not be told, or `null`.
    problem: Option<String>,
}

impl AllowEntryBody {
    pub(crate) fn of(entry: AllowEntry, state: &ReadState) -> Self {
        let holds = entry.holds(state.clock.now());
        let (kind, resolved) = match &entry.entry.subject {
            AllowSubject::Network(network) if network.prefix_len() == network.max_prefix_len() => {
                (AllowKind::Address, None)
            }
            AllowSubject::Network(_) => (AllowKind::Network, None),
            AllowSubject::Name(name) => {
                let found = state.blocking.known.names().get(name).cloned();
                let resolved = found.map(|found| ResolvedBody {
                    at: found.at.to_string(),
                    addresses: found.addresses.iter().map(ToString::to_string).collect(),
                    problem: found.problem,
                });
                (AllowKind::Name, resolved)
            }
        };
        let said = entry.entry;
        Self {
            id: entry.id.0,
            subject: said.subject.to_string(),
            kind,
            note: said.note.into(),
            owner: said.owner.into(),
            created_at: said.created_at.to_string(),
            expires_at: said.expires_at.map(|at| at.to_string()),
            host: said.host.map(Into::into),
            holds,
            resolved,
        }
    }
}

/// Who is never blocked: by no list, no jail and no ban made by hand.
#[utoipa::path(
    get,
    path = "/allowlist",
    tag = "allowlist",
    responses((status = 200, body = AllowList), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["allowlist:read"]))
)]
pub(super) async fn list_allowed(
    _: Caller<AllowlistRead>,
    State(state): State<ReadState>,
) -> Result<Json<AllowList>, Problem> {
    let entries = allow::all(&state).await?.into_iter();
    let items = entries.map(|entry| AllowEntryBody::of(entry, &state));
    Ok(Json(AllowList {
        items: items.collect(),
        problem: state
            .blocking
            .known
            .allow_problem()
            .map(|problem| String::clone(&problem)),
    }))
}
