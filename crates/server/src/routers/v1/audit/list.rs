//! `GET /api/v1/audit`
use axum::{Json, extract::State};
use domain::{Actor, AuditAction, AuditEntry, AuditPage, AuditQuery, Outcome, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use crate::{
    extract::{Params, page_size, page_start},
    permission::{AuditRead, Caller},
    problem::Problem,
    state::ReadState,
};

/// Which entries are wanted. Conditions are joined by "and".
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditListParams {
    /// Only of this user, by name.
    user: Option<String>,
    /// Only of this action.
    action: Option<AuditActionName>,
    /// Only with this outcome.
    outcome: Option<AuditOutcome>,
    /// Only from this moment on, in RFC 3339.
    from: Option<String>,
    /// Only before this moment, in RFC 3339.
    until: Option<String>,
    /// Where the page begins: `nextCursor` of the page before.
    cursor: Option<String>,
    /// How many items the page may have: 1 to 500, 100 when it is not said.
    limit: Option<i64>,
}

/// A page of what was done, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditPageBody {
    /// The entries.
    items: Vec<AuditEntryBody>,
    /// Where the next page begins; `null` at the end.
    next_cursor: Option<String>,
}

/// Something that was done, or tried.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditEntryBody {
    /// Its name.
    id: String,
    /// When.
    at: String,
    /// Who.
    actor: AuditActor,
    /// From where; `null` for BanGUI itself.
    address: Option<String>,
    /// What.
    action: AuditActionName,
    /// On which host, where it concerns one.
    host: Option<String>,
    /// On what: a jail, a session, an address. May hold text from outside.
    target: String,
    /// What came of it.
    outcome: AuditOutcome,
    /// Counts, addresses (at most 100), reasons. May hold text from outside.
    #[schema(value_type = Object)]
    detail: serde_json::Value,
}

/// Who did something.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ActorBody)]
pub(crate) struct AuditActor {
    /// What kind of actor.
    kind: AuditActorKind,
    /// The name of the user at that time, or what a visitor typed.
    name: Option<String>,
}

/// What kind of actor.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum AuditActorKind {
    /// Somebody with an account.
    User,
    /// Somebody who was not signed in.
    Visitor,
    /// BanGUI itself.
    System,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum AuditOutcome {
    /// Done.
    Success,
    /// Done in part.
    Partial,
    /// Not allowed.
    Refused,
    /// Tried, and failed.
    Failed,
}

/// What was done: the text of [`AuditAction`], listed in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AuditActionName(AuditAction);

impl Serialize for AuditActionName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

impl<'de> Deserialize<'de> for AuditActionName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        AuditAction::parse(&text)
            .map(Self)
            .ok_or_else(|| D::Error::custom("this is no action of the audit log"))
    }
}

impl PartialSchema for AuditActionName {
    fn schema() -> RefOr<Schema> {
        let texts = AuditAction::ALL.iter().map(|action| action.as_str());
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("What was done."))
            .enum_values(Some(texts))
            .into()
    }
}

impl ToSchema for AuditActionName {}

/// Who did what, newest first.
#[utoipa::path(
    get,
    path = "/audit",
    tag = "audit",
    params(AuditListParams),
    responses((status = 200, body = AuditPageBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["audit:read"]))
)]
pub(super) async fn list_audit(
    _: Caller<AuditRead>,
    State(state): State<ReadState>,
    Params(params): Params<AuditListParams>,
) -> Result<Json<AuditPageBody>, Problem> {
    let page = state.storage.audit(&params.query()?).await?;
    Ok(Json(page.into()))
}

impl AuditListParams {
    fn query(self) -> Result<AuditQuery, Problem> {
        let user = self.user.filter(|user| !user.is_empty());
        Ok(AuditQuery {
            user: user.map(|user| user.parse()).transpose().map_err(
                |error: domain::NameError| Problem::invalid("user", "not-a-user", error),
            )?,
            action: self.action.map(|action| action.0),
            outcome: self.outcome.map(Into::into),
            from: moment("from", self.from)?,
            until: moment("until", self.until)?,
            after: page_start(self.cursor),
            limit: page_size(self.limit)?,
        })
    }
}

fn moment(field: &str, text: Option<String>) -> Result<Option<Timestamp>, Problem> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let moment: jiff::Timestamp = text.parse().map_err(|_| {
        Problem::invalid(
            field,
            "not-a-moment",
            "write a moment in RFC 3339, such as 2026-11-23T17:57:03Z",
        )
    })?;
    Ok(Some(moment.into()))
}

impl From<AuditPage> for AuditPageBody {
    fn from(page: AuditPage) -> Self {
        Self {
            items: page.items.into_iter().map(Into::into).collect(),
            next_cursor: page.next.map(|token| token.0),
        }
    }
}

impl From<AuditEntry> for AuditEntryBody {
    fn from(AuditEntry { id, entry }: AuditEntry) -> Self {
        Self {
            id: id.to_string(),
            at: entry.at.to_string(),
            actor: entry.actor.into(),
            address: entry.address.map(|address| address.to_string()),
            action: AuditActionName(entry.action),
            host: entry.host.map(Into::into),
            target: entry.target,
            outcome: entry.outcome.into(),
            detail: entry.detail,
        }
    }
}

impl From<Actor> for AuditActor {
    fn from(actor: Actor) -> Self {
        let (kind, name) = match actor {
            Actor::User { name, .. } => (AuditActorKind::User, Some(name.into())),
            Actor::Visitor { claimed } => (AuditActorKind::Visitor, claimed),
            Actor::System => (AuditActorKind::System, None),
        };
        Self { kind, name }
    }
}

impl From<Outcome> for AuditOutcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Success => Self::Success,
            Outcome::Partial => Self::Partial,
            Outcome::Refused => Self::Refused,
            Outcome::Failed => Self::Failed,
        }
    }
}

impl From<AuditOutcome> for Outcome {
    fn from(outcome: AuditOutcome) -> Self {
        match outcome {
            AuditOutcome::Success => Self::Success,
            AuditOutcome::Partial => Self::Partial,
            AuditOutcome::Refused => Self::Refused,
            AuditOutcome::Failed => Self::Failed,
        }
    }
}

#[cfg(test)]
mod tests;
