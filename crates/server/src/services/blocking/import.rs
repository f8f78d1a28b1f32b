//! Fetching lists when they are due, and putting them in force.
use std::time::{Duration, Instant};

use super::{
    Blocking, NotCarriedOut,
    fetch::{Came, FetchError, Protected, ReadList},
    known::Importing,
    reasons,
};
use blocklists::{Doubt, Extent, Judgement, difference, judge};
use domain::{
    BlockTarget, Blocklist, GuardReason, ImportOutcome, ImportRun, JunkExample, ListTry,
    ProtectedNetwork, StorageError, TakenCopy, TaskCause, Timestamp, WaitReason, Why, WhyCode,
};

/// How long a list is let alone whose fetching cannot be written down.
const PUT_OFF: Duration = Duration::from_hours(1);
/// The longest that a server may ask for.
const LONGEST_WAIT_SECONDS: i64 = 2 * 86_400;

impl Blocking {
    /// Fetches all lists that are due, or that somebody wants, and puts what is new in force; answers how many were fetched.
    ///
    /// # Errors
    /// Storage's. A list that cannot be fetched is no error: its run says so, and the copy before stays in force.
    pub(crate) async fn import_due(&self) -> Result<u64, StorageError> {
        let mut fetched = 0;
        // Somebody may want one while another is fetched, or put in force.
        loop {
            let some = self.import_each().await?;
            if some.is_empty() {
                return Ok(fetched);
            }
            fetched += u64::try_from(some.len()).unwrap_or(u64::MAX);
            // It is noted, shown and tried again.
            let _noted = self.carry_out(false).await;
            // Only now nobody waits for them any more.
            drop(some);
        }
    }

    async fn import_each(&self) -> Result<Vec<Importing>, StorageError> {
        let mut fetched = Vec::new();
        while let Some(list) = self.next_due().await? {
            fetched.push(self.import(&list).await?);
        }
        Ok(fetched)
    }

    async fn next_due(&self) -> Result<Option<Blocklist>, StorageError> {
        let now = self.clock.now();
        let lists = self.view.storage.blocklists().await?;
        let is_due = |list: &Blocklist| {
            let ordered = self.view.known.is_ordered(list.id);
            let is_put_off = self.view.known.is_put_off(list.id);
            ordered || (list.settings.enabled && !is_put_off && has_come(list, now))
        };
        Ok(lists.into_iter().find(is_due))
    }

    async fn import(&self, list: &Blocklist) -> Result<Importing, StorageError> {
        let importing = self.view.known.import_begins(list.id);
        let person = self.view.known.take_order(list.id);
        let cause = person.map_or(TaskCause::Schedule, TaskCause::Person);
        let (began_at, began) = (self.clock.now(), Instant::now());
        let came = match self.protected().await {
            Ok(protected) => self.fetch(list, protected).await.map_err(Refused::Fetch),
            Err(error) => Err(Refused::Protected(error)),
        };
        let none = ImportRun::of_nothing(list.id, began_at, 0, cause, ImportOutcome::Unchanged);
        let mut tried = match came {
            Ok(Came::Unchanged) => unchanged(list, none),
            Ok(Came::List(read)) => self.judged(list, none, *read).await?,
            Err(error) => failed(list, none, &error),
        };
        tried.run.took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        tell(list, &tried.run);
        let is_new = tried.copy.as_ref().is_some_and(|copy| copy.waits.is_none());
        // `false`: somebody removed it meanwhile, or it is fetched from somewhere else by now.
        let kept = self.writes.keep_try(&tried).await;
        if is_new && matches!(list.settings.target, BlockTarget::Jail(_)) {
            self.jails.wake();
        }
        if let Err(error) = kept {
            // What cannot be written down is not asked for again and again, and the others have their turn.
            self.view.known.put_off(list.id, PUT_OFF);
            let error = &error as &dyn std::error::Error;
            tracing::error!(
                list.id = list.id.0,
                error,
                "what was fetched cannot be kept"
            );
        }
        Ok(importing)
    }

    /// All that must never be blocked, now.
    pub(super) async fn protected(&self) -> Result<Protected, NotCarriedOut> {
        let allowed = super::wanted::allowed(&self.view, self.clock.now()).await?;
        let protected = self.host.protected().await?.into_iter();
        let allowed = allowed.into_iter().map(|network| ProtectedNetwork {
            reason: GuardReason::Allowlisted,
            network,
        });
        let mut all = Protected::new();
        for protected in protected.chain(allowed) {
            all.entry(protected.network.trunc())
                .or_insert(protected.reason);
        }
        Ok(all)
    }

    async fn judged(
        &self,
        list: &Blocklist,
        none: ImportRun,
        read: ReadList,
    ) -> Result<ListTry, StorageError> {
        let before = self.view.storage.list_networks(list.id).await?;
        let last_good = list.copy.map(|_| Extent::of(&before));
        let waits = match judge(last_good, Extent::of(&read.networks)) {
            Judgement::Take => None,
            Judgement::Ask(Doubt::Empty) if last_good.is_none() => {
                return Ok(failed(list, none, &Refused::Empty));
            }
            Judgement::Ask(doubt) => Some(reason(doubt)),
        };
        let changes = difference(&before, &read.networks);
        let run = ImportRun {
            outcome: waits.map_or(ImportOutcome::Taken, ImportOutcome::Waits),
            bytes: read.bytes,
            parsed: read.parsed,
            masked: read.list.masked,
            junk: read.list.junk.count,
            junk_examples: examples(&read),
            too_wide: count(read.too_wide.len()),
            special: count(read.special.len()),
            subtracted: count(read.subtracted.len()),
            left_out: read.left_out(),
            networks: count(read.networks.len()),
            added: count(changes.added.len()),
            removed: count(changes.removed.len()),
            ..none
        };
        Ok(ListTry {
            url: list.settings.url.clone(),
            failures: 0,
            next_at: next(list, run.began_at),
            copy: Some(TakenCopy {
                networks: read.networks,
                waits,
                etag: read.body.validators.etag,
                last_modified: read.body.validators.last_modified,
                content: read.body.sha256,
            }),
            run,
        })
    }
}

/// Why a list was not taken.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error(transparent)]
    Fetch(FetchError),
    #[error(transparent)]
    Protected(NotCarriedOut),
    #[error("the list is empty")]
    Empty,
}

impl Refused {
    fn why(&self) -> Why {
        match self {
            Self::Fetch(error) => reasons::of_fetch(error),
            Self::Protected(error) => error.why(),
            Self::Empty => Why::new(WhyCode::ListEmpty, self),
        }
    }
}

/// Whether a list is to be fetched. A moment that is further off than any was noted before the clock was set back.
fn has_come(list: &Blocklist, now: Timestamp) -> bool {
    let longest = i64::from(list.settings.every_seconds).max(LONGEST_WAIT_SECONDS);
    list.next_at
        .is_none_or(|at| at <= now || at > now.plus_seconds(longest))
}

fn unchanged(list: &Blocklist, none: ImportRun) -> ListTry {
    ListTry {
        url: list.settings.url.clone(),
        failures: 0,
        next_at: next(list, none.began_at),
        copy: None,
        run: none,
    }
}

fn failed(list: &Blocklist, none: ImportRun, error: &Refused) -> ListTry {
    let failures = list.failures.saturating_add(1);
    let every = Duration::from_secs(u64::from(list.settings.every_seconds));
    let wait = match error {
        Refused::Fetch(error) => error.backoff(failures),
        Refused::Protected(_) | Refused::Empty => blocklists::backoff(failures, None),
    };
    // Never sooner than a server asks for, and else not later than it would be fetched anyway.
    let wait = match error {
        Refused::Fetch(FetchError::Download(error)) if error.retry_after().is_some() => wait,
        _ => wait.min(every),
    };
    let seconds = i64::try_from(wait.as_secs()).unwrap_or(i64::MAX);
    ListTry {
        url: list.settings.url.clone(),
        failures,
        next_at: none.began_at.plus_seconds(seconds),
        copy: None,
        run: ImportRun {
            outcome: ImportOutcome::Failed {
                problem: error.why(),
            },
            ..none
        },
    }
}

fn next(list: &Blocklist, after: Timestamp) -> Timestamp {
    after.plus_seconds(i64::from(list.settings.every_seconds))
}

pub(super) const fn reason(doubt: Doubt) -> WaitReason {
    match doubt {
        Doubt::Empty => WaitReason::Empty,
        Doubt::ShrankBelowHalf { .. } => WaitReason::Shrank,
        Doubt::GrewOverThreefold { .. } => WaitReason::Grew,
        Doubt::CoversBelowHalf => WaitReason::CoversLess,
        Doubt::CoversOverThreefold => WaitReason::CoversMore,
        Doubt::CoversTooMuch => WaitReason::CoversTooMuch,
    }
}

pub(super) fn examples(read: &ReadList) -> Vec<JunkExample> {
    let examples = read.list.junk.examples.iter().map(|example| JunkExample {
        line: example.line,
        text: example.text.clone(),
    });
    examples.collect()
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn tell(list: &Blocklist, run: &ImportRun) {
    match &run.outcome {
        ImportOutcome::Failed { problem } => {
            tracing::warn!(list.id = list.id.0, %problem, "a list was not fetched");
        }
        outcome => tracing::info!(
            list.id = list.id.0,
            ?outcome,
            networks = run.networks,
            added = run.added,
            removed = run.removed,
            took_ms = run.took_ms,
            "a list was fetched"
        ),
    }
}
