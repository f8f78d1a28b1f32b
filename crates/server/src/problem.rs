//! Errors on the wire: RFC 9457 problem details, with one registry of types.
mod finding;
mod mapping;
mod registry;
mod why;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::Why;
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use finding::{ChangeUnderWay, FindingBody, ItemIdBody, ItemKindName, ReasonBody};
pub(crate) use registry::Code;
pub(crate) use why::WhyBody;

/// The last part of the identifier of every problem, by which pages know them.
pub fn words() -> impl Iterator<Item = &'static str> {
    Code::ALL.iter().map(|code| code.word())
}

/// A problem, as every failing endpoint answers it (`application/problem+json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Stable identifier, `/problems/…`; clients and translations depend on it.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "/problems/jail-not-found")]
    code: Code,
    /// Short English summary of the type.
    #[schema(value_type = String)]
    title: &'static str,
    /// The HTTP status again, for logs of bodies.
    status: u16,
    /// What happened this time, where it is safe to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The same as `detail`, with a word by which it can be said in another language.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Box<WhyBody>>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
    /// The values that were not taken, by field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// What the lock-out guard would not let be banned.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hits: Vec<TargetHits>,
    /// Why a configuration was not loaded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<ReloadProblemBody>,
    /// What speaks against a change of the configuration.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<FindingBody>,
    /// The files of the configuration that are not as they were.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<String>,
    /// The change of the configuration that has to end first.
    #[serde(skip_serializing_if = "Option::is_none")]
    under_way: Option<Box<ChangeUnderWay>>,
    /// After how many seconds another try makes sense.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_seconds: Option<u64>,
    /// Names this request in the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
}

/// One value that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The field, as a path such as `targets[3]`.
    pub field: String,
    /// Stable identifier of what is wrong.
    #[schema(value_type = String)]
    pub code: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

/// A target of a ban, and the protected addresses it would hit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TargetHits {
    /// The target.
    pub target: String,
    /// What it would hit.
    pub hits: Vec<HitBody>,
}

/// A protected address that a ban would hit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HitBody {
    /// What it is.
    pub reason: HitReason,
    /// The address; the first that would be hit where a whole network is protected.
    pub address: String,
    /// Whether `confirmOwnAddress` lifts the refusal.
    pub can_be_overridden: bool,
}

/// What a protected address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum HitReason {
    /// The loopback range.
    Loopback,
    /// An address of the machine.
    OwnAddress,
    /// A gateway of the machine.
    Gateway,
    /// A name server of the machine.
    NameServer,
    /// An address from which somebody is logged in to the machine.
    SshSession,
    /// A proxy through which people reach BanGUI.
    Proxy,
    /// An address from which somebody is signed in to BanGUI.
    SignedIn,
    /// On the allowlist.
    Allowlisted,
    /// The address of who asks.
    Requester,
    /// Every address of a family.
    Everything,
}

/// Why the configuration, or a jail's part of it, was not loaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReloadProblemBody {
    /// The jail; `null` when the whole configuration is meant.
    pub jail: Option<String>,
    /// What is wrong.
    pub detail: String,
}

impl Problem {
    /// A problem of the registry.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self {
            code,
            title: code.title(),
            status: code.status().as_u16(),
            detail: None,
            why: None,
            remedy: None,
            errors: Vec::new(),
            hits: Vec::new(),
            problems: Vec::new(),
            findings: Vec::new(),
            files: Vec::new(),
            under_way: None,
            retry_after_seconds: None,
            request_id: None,
        }
    }

    /// A problem with one value.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "errors and texts are handed over alike"
    )]
    pub fn invalid(field: impl Into<String>, code: &'static str, message: impl ToString) -> Self {
        Self::new(Code::Invalid).error(FieldError {
            field: field.into(),
            code,
            message: message.to_string(),
        })
    }

    /// Says what happened this time.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// What happened, in one sentence.
    pub(crate) fn text(&self) -> &str {
        self.detail.as_deref().unwrap_or(self.title)
    }

    /// Says what happened this time by its name.
    #[must_use]
    pub fn why(mut self, why: Why) -> Self {
        self.detail = Some(why.text.clone());
        self.why = Some(Box::new(why.into()));
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// Adds a value that was not taken.
    #[must_use]
    pub fn error(mut self, error: FieldError) -> Self {
        self.errors.push(error);
        self
    }

    /// The values that were not taken.
    pub(crate) fn into_errors(self) -> Vec<FieldError> {
        self.errors
    }

    /// Adds what the lock-out guard refused.
    #[must_use]
    pub fn hits(mut self, hits: Vec<TargetHits>) -> Self {
        self.hits = hits;
        self
    }

    /// Adds why a configuration was not loaded.
    #[must_use]
    pub fn problems(mut self, problems: Vec<ReloadProblemBody>) -> Self {
        self.problems = problems;
        self
    }

    /// Adds what speaks against a change.
    #[must_use]
    pub fn findings(mut self, findings: Vec<FindingBody>) -> Self {
        self.findings = findings;
        self
    }

    /// Adds the files that are not as they were.
    #[must_use]
    pub fn files(mut self, files: Vec<String>) -> Self {
        self.files = files;
        self
    }

    /// Adds the change that has to end first.
    #[must_use]
    pub fn under_way(mut self, change: ChangeUnderWay) -> Self {
        self.under_way = Some(Box::new(change));
        self
    }

    /// Says after how many seconds another try makes sense; sent as `Retry-After` too.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// Names the request.
    #[must_use]
    pub(crate) fn request_id(mut self, id: Option<String>) -> Self {
        self.request_id = id;
        self
    }

    /// Which problem of the registry this is.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }

    /// What happened this time, for the audit log.
    pub(crate) fn detail_text(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    pub(crate) const fn retry_after_seconds(&self) -> Option<u64> {
        self.retry_after_seconds
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.code.status()
    }
}

impl IntoResponse for Problem {
    /// The body is written by [`crate::layers::render_problems`], which knows the request's id.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Box::new(self));
        response
    }
}
