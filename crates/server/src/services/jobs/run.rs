//! Running jobs.
use std::{future::Future, panic::AssertUnwindSafe, sync::Arc};

use domain::{BanCommand, BanSubject, HostActs, HostError, Outcome, UnbanCommand, UnbanScope};
use futures_util::FutureExt as _;
use serde_json::json;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{JobKind, JobState, JobView, Jobs};
use crate::{
    problem::{Code, Problem},
    services::{
        audit::{Deed, Deeds, Told},
        bans::{BanProgress, CHUNK, unbanned_count},
        orders::{Orders, OrdersOf},
    },
};

/// A ban of many targets.
pub(crate) struct BanJob {
    /// What the audit log will say of it.
    pub(crate) deed: Deed,
    /// The whole order, of any length.
    pub(crate) command: BanCommand,
}

/// An unban of many subjects.
pub(crate) struct UnbanJob {
    /// What the audit log will say of it.
    pub(crate) deed: Deed,
    /// The subjects by place.
    pub(crate) places: Vec<(UnbanScope, Vec<BanSubject>)>,
}

/// Starts and cancels jobs.
#[derive(Clone)]
pub(crate) struct JobRunner {
    jobs: Arc<Jobs>,
    deeds: Deeds,
    orders: Arc<Orders>,
    stop: CancellationToken,
    /// There is one host: one turn. Fair, so that jobs run in the order in which they were asked for.
    turn: Arc<Semaphore>,
}

impl JobRunner {
    /// A runner whose jobs end when `stop` is cancelled.
    pub(crate) fn new(
        jobs: Arc<Jobs>,
        deeds: Deeds,
        orders: Arc<Orders>,
        stop: CancellationToken,
    ) -> Self {
        Self {
            jobs,
            deeds,
            orders,
            stop,
            turn: Arc::new(Semaphore::new(1)),
        }
    }

    /// Asks a job to end after its current order.
    ///
    /// # Errors
    /// `job-not-found`.
    pub(crate) fn cancel(&self, id: &str) -> Result<(), Problem> {
        if self.jobs.cancel(id) {
            return Ok(());
        }
        Err(Problem::new(Code::JobNotFound))
    }

    /// Begins to ban.
    ///
    /// # Errors
    /// `busy`.
    pub(crate) fn start_ban(
        &self,
        acts: Arc<dyn HostActs>,
        job: BanJob,
    ) -> Result<JobView, Problem> {
        let orders = ban_orders(&job.command);
        let total = job.command.targets.len();
        self.start(JobKind::Ban, total, job.deed, |run| {
            ban_all(run, acts, orders)
        })
    }

    /// Begins to unban.
    ///
    /// # Errors
    /// `busy`.
    pub(crate) fn start_unban(
        &self,
        acts: Arc<dyn HostActs>,
        job: UnbanJob,
    ) -> Result<JobView, Problem> {
        let total = job.places.iter().map(|(_, subjects)| subjects.len()).sum();
        let orders = unban_orders(job.places);
        self.start(JobKind::Unban, total, job.deed, |run| {
            unban_all(run, acts, orders)
        })
    }
}

async fn ban_all(
    run: Run,
    acts: Arc<dyn HostActs>,
    orders: Vec<BanCommand>,
) -> Result<(), HostError> {
    for order in orders {
        if run.cancel.is_cancelled() {
            break;
        }
        run.orders.ban(&order);
        let report = acts.ban(&order).await?;
        run.jobs.banned(&run.id, BanProgress::of(&report));
    }
    Ok(())
}

async fn unban_all(
    run: Run,
    acts: Arc<dyn HostActs>,
    orders: Vec<UnbanCommand>,
) -> Result<(), HostError> {
    for order in orders {
        if run.cancel.is_cancelled() {
            break;
        }
        run.orders.unban(&order);
        let report = acts.unban(&order).await?;
        run.jobs
            .unbanned(&run.id, report.results.len(), unbanned_count(&report));
    }
    Ok(())
}

/// What the work of a job is handed.
struct Run {
    id: String,
    jobs: Arc<Jobs>,
    orders: OrdersOf,
    cancel: CancellationToken,
}

impl JobRunner {
    fn start<W, F>(
        &self,
        kind: JobKind,
        total: usize,
        deed: Deed,
        work: W,
    ) -> Result<JobView, Problem>
    where
        W: FnOnce(Run) -> F + Send + 'static,
        F: Future<Output = Result<(), HostError>> + Send,
    {
        let cancel = self.stop.child_token();
        let view = self.jobs.add(kind, total, cancel.clone())?;
        let run = Run {
            id: view.id.clone(),
            jobs: Arc::clone(&self.jobs),
            orders: self.orders.of(&deed.origin.actor, &deed.host),
            cancel,
        };
        let runner = self.clone();
        self.deeds
            .tracker()
            .spawn(async move { runner.run(run, deed, work).await });
        Ok(view)
    }

    async fn run<W, F>(self, run: Run, deed: Deed, work: W)
    where
        W: FnOnce(Run) -> F + Send + 'static,
        F: Future<Output = Result<(), HostError>> + Send,
    {
        let id = run.id.clone();
        let cancel = run.cancel.clone();
        let turn = tokio::select! {
            biased;
            () = cancel.cancelled() => None,
            turn = self.turn.acquire() => turn.ok(),
        };
        let state = match turn {
            None => JobState::Cancelled,
            Some(_turn) => {
                let ended = AssertUnwindSafe(async { work(run).await })
                    .catch_unwind()
                    .await;
                self.end_of(&id, &cancel, ended)
            }
        };
        if let Some(view) = self.jobs.finish(&id, state) {
            // The log has what could not be recorded; nobody waits for an answer.
            let _logged = self.deeds.record(deed, told(&view)).await;
        }
    }

    fn end_of(
        &self,
        id: &str,
        cancel: &CancellationToken,
        ended: std::thread::Result<Result<(), HostError>>,
    ) -> JobState {
        match ended {
            Ok(Err(error)) => {
                tracing::warn!(job.id = id, error = %error, "a job failed");
                JobState::Failed(Box::new(error.into()))
            }
            Err(_) => {
                tracing::error!(job.id = id, "a job panicked");
                JobState::Failed(Box::new(Problem::new(Code::Internal)))
            }
            // It may have been cancelled after its last order, when nothing was left to do.
            Ok(Ok(())) if cancel.is_cancelled() && !self.is_complete(id) => JobState::Cancelled,
            Ok(Ok(())) => JobState::Done,
        }
    }

    fn is_complete(&self, id: &str) -> bool {
        self.jobs
            .job(id)
            .is_some_and(|view| view.done >= view.total)
    }
}

fn ban_orders(command: &BanCommand) -> Vec<BanCommand> {
    command
        .targets
        .chunks(CHUNK)
        .map(|targets| BanCommand {
            jail: command.jail.clone(),
            targets: targets.to_vec(),
            requester: command.requester,
            confirm_own_address: command.confirm_own_address,
            for_list: false,
        })
        .collect()
}

/// Orders of at most [`CHUNK`] subjects each.
pub(crate) fn unban_orders(places: Vec<(UnbanScope, Vec<BanSubject>)>) -> Vec<UnbanCommand> {
    places
        .into_iter()
        .flat_map(|(scope, subjects)| {
            let orders: Vec<UnbanCommand> = subjects
                .chunks(CHUNK)
                .map(|subjects| UnbanCommand {
                    scope: scope.clone(),
                    subjects: subjects.to_vec(),
                })
                .collect();
            orders
        })
        .collect()
}

fn told(view: &JobView) -> Told {
    let counts = match view.kind {
        JobKind::Ban => json!({ "counts": view.counts }),
        JobKind::Unban => json!({ "unbanned": view.unbanned }),
    };
    let (state, error) = match &view.state {
        JobState::Running => ("running", None),
        JobState::Done => ("done", None),
        JobState::Failed(problem) => ("failed", Some(problem)),
        JobState::Cancelled => ("cancelled", None),
    };
    let mut detail =
        json!({ "job": view.id, "state": state, "total": view.total, "done": view.done });
    if let (Some(detail), serde_json::Value::Object(counts)) = (detail.as_object_mut(), counts) {
        detail.extend(counts);
        if let Some(problem) = error {
            detail.insert("problem".to_owned(), json!(problem.code()));
            detail.insert("error".to_owned(), json!(problem.detail_text()));
        }
    }
    Told {
        outcome: outcome(view),
        detail,
    }
}

fn outcome(view: &JobView) -> Outcome {
    match (&view.state, view.kind) {
        (JobState::Done, JobKind::Unban) => Outcome::Success,
        (JobState::Done | JobState::Running, JobKind::Ban) => view.counts.outcome(),
        _ if view.done > 0 => Outcome::Partial,
        _ => Outcome::Failed,
    }
}
