//! What is done to hosts: carried through to its end, and written down.
use std::{future::Future, net::IpAddr, sync::Arc};

use domain::{
    Actor, AuditAction, Clock, ConfigError, Finding, HostError, HostId, NewAuditEntry, Outcome,
    Secrets, StorageWrites,
};
use serde_json::{Value, json};
use tokio_util::task::TaskTracker;

use crate::{
    permission::Caller,
    problem::{Code, Problem},
    services::addresses::details::JailDetails,
};

/// The most characters of a reason.
const MAX_REASON_CHARS: usize = 500;
/// The most addresses that one entry names; more are counted only.
pub(crate) const MAX_NAMED: usize = 100;

/// Who asked for something, and from where.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    /// Who.
    pub(crate) actor: Actor,
    /// From where.
    pub(crate) address: IpAddr,
}

impl<P> From<&Caller<P>> for Origin {
    fn from(caller: &Caller<P>) -> Self {
        Self {
            actor: caller.actor(),
            address: caller.address,
        }
    }
}

/// Something to be done to a host.
#[derive(Debug, Clone)]
pub(crate) struct Deed {
    /// Who asked for it.
    pub(crate) origin: Origin,
    /// What.
    pub(crate) action: AuditAction,
    /// To which host.
    pub(crate) host: HostId,
    /// To what on it. Hostile text.
    pub(crate) target: String,
    /// What was asked for, as an object; part of the entry's detail whatever comes of it.
    pub(crate) asked: Value,
}

/// What came of it, as the audit log tells it.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    /// In one word.
    pub(crate) outcome: Outcome,
    /// With counts and names.
    pub(crate) detail: Value,
}

impl Told {
    /// It was done.
    pub(crate) const fn success(detail: Value) -> Self {
        Self {
            outcome: Outcome::Success,
            detail,
        }
    }

    /// It was done, and what was asked for says it all.
    pub(crate) fn done() -> Self {
        Self::success(json!({}))
    }

    /// The host did not do it.
    pub(crate) fn error(error: &impl Refusal) -> Self {
        error.told()
    }

    fn because(outcome: Outcome, error: &impl ToString) -> Self {
        Self {
            outcome,
            detail: json!({ "error": reason(&error.to_string()) }),
        }
    }
}

/// Why a host did not do something.
pub(crate) trait Refusal: Into<Problem> + Send + 'static {
    /// As the audit log tells it.
    fn told(&self) -> Told;
}

impl Refusal for HostError {
    fn told(&self) -> Told {
        let outcome = match self {
            Self::UnsafeReload(_) => Outcome::Refused,
            _ => Outcome::Failed,
        };
        Told::because(outcome, self)
    }
}

impl Refusal for ConfigError {
    fn told(&self) -> Told {
        match self {
            Self::Host(error) => error.told(),
            Self::Blocked(findings) => Told {
                outcome: Outcome::Refused,
                detail: json!({ "error": self.to_string(), "findings": named(findings) }),
            },
            // Its text may repeat a value.
            Self::BadChange { change, .. } => Told {
                outcome: Outcome::Refused,
                detail: json!({ "error": "the change cannot be made like this", "change": change }),
            },
            Self::ItemNotFound(_)
            | Self::FileNotFound(_)
            | Self::VersionNotFound(_)
            | Self::Changed { .. }
            | Self::Busy { .. }
            | Self::NothingPending
            | Self::CommandsForbidden
            | Self::NeedsPassword
            | Self::BadTest(_)
            | Self::PathNotAllowed(_) => Told::because(Outcome::Refused, self),
            Self::Files { .. } | Self::TestEnded(_) | Self::RegexProgram(_) | Self::Restart(_) => {
                Told::because(Outcome::Failed, self)
            }
        }
    }
}

/// What findings are about, without their texts, which may repeat values.
fn named(findings: &[Finding]) -> Value {
    let named = findings.iter().take(MAX_NAMED).map(|finding| {
        json!({
            "code": finding.code,
            "item": finding.item.as_ref().map(|item| item.name.as_str()),
            "option": finding.option,
        })
    });
    named.collect()
}

/// Carries deeds through. What has begun is finished and written down, also when nobody waits for the answer any more.
#[derive(Clone)]
pub(crate) struct Deeds {
    storage: Arc<dyn StorageWrites>,
    clock: Arc<dyn Clock>,
    details: Arc<JailDetails>,
    tracker: TaskTracker,
}

impl Deeds {
    /// Deeds that are written to this storage, and waited for by the owner of this tracker.
    pub(crate) fn new(
        storage: Arc<dyn StorageWrites>,
        clock: Arc<dyn Clock>,
        details: Arc<JailDetails>,
        tracker: TaskTracker,
    ) -> Self {
        Self {
            storage,
            clock,
            details,
            tracker,
        }
    }

    /// Where work that outlives a request is waited for.
    pub(crate) const fn tracker(&self) -> &TaskTracker {
        &self.tracker
    }

    /// Does one thing and writes it down.
    pub(crate) async fn carry_out<T, E, F>(
        &self,
        deed: Deed,
        work: F,
        tell: impl FnOnce(&T) -> Told + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Refusal,
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        self.carry_through(deed, async move {
            let result = work.await;
            let told = match &result {
                Ok(done) => tell(done),
                Err(error) => Told::error(error),
            };
            (result.map_err(Into::into), told)
        })
        .await
    }

    /// Does something that says itself what is to be written down.
    pub(crate) async fn carry_through<T, F>(&self, deed: Deed, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: Future<Output = (Result<T, Problem>, Told)> + Send + 'static,
    {
        let deeds = self.clone();
        let whole = self.tracker.spawn(async move {
            let (result, told) = work.await;
            if !is_about_bans(deed.action) {
                deeds.details.forget();
            }
            let recorded = deeds.record(deed, told).await;
            // What the host said is the more useful answer.
            let done = result?;
            recorded?;
            Ok(done)
        });
        whole.await.unwrap_or_else(|error| {
            tracing::error!(error = %error, "an action did not come to its end");
            Err(Problem::new(Code::Internal))
        })
    }

    /// Writes down what was done. When that fails, the log keeps what storage could not.
    pub(crate) async fn record(&self, deed: Deed, told: Told) -> Result<(), Problem> {
        let entry = NewAuditEntry {
            at: self.clock.now(),
            actor: deed.origin.actor,
            address: Some(deed.origin.address),
            action: deed.action,
            host: Some(deed.host),
            target: deed.target,
            outcome: told.outcome,
            detail: joined(deed.asked, told.detail),
        };
        let Err(error) = self.storage.record(std::slice::from_ref(&entry)).await else {
            return Ok(());
        };
        tracing::error!(
            audit.actor = ?entry.actor,
            audit.address = ?entry.address,
            audit.action = entry.action.as_str(),
            audit.target = ?entry.target,
            audit.outcome = entry.outcome.as_str(),
            audit.detail = %entry.detail,
            "what was done could not be written to the audit log"
        );
        Err(Problem::from(error)
            .detail("It was carried out, but could not be written to the audit log."))
    }
}

/// Bans leave jails as they are; all else may change them.
const fn is_about_bans(action: AuditAction) -> bool {
    matches!(
        action,
        AuditAction::BansCreated | AuditAction::BansRemoved | AuditAction::BansCleared
    )
}

/// Why something failed, short and without what is called like a secret.
pub(crate) fn reason(text: &str) -> String {
    cut(&Secrets::default().hide(text), MAX_REASON_CHARS)
}

/// The beginning of a text that is too long.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most).chain(['…']).collect()
}

/// Both objects in one; what came of it has the last word.
fn joined(asked: Value, told: Value) -> Value {
    match (asked, told) {
        (Value::Object(mut asked), Value::Object(told)) => {
            asked.extend(told);
            Value::Object(asked)
        }
        (_, told) => told,
    }
}
