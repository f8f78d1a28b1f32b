//! Storage that counts what it is asked.
use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use domain::{
    AuditPage, AuditQuery, BlockingReads, BlockingWrites, HistoryReads, HistoryWrites, NewAdmin,
    NewAuditEntry, NewSession, PasswordHash, Session, SessionId, SessionWithUser, Settings,
    SetupOutcome, Storage, StorageError, StorageReads, StorageWrites, TaskName, TaskRun, Timestamp,
    TokenHash, User, UserId, UserName,
};
use storage::Sqlite;

/// Real storage behind a count of reads and writes.
pub(crate) struct Counted {
    inner: Sqlite,
    reads: Arc<AtomicUsize>,
    writes: Arc<AtomicUsize>,
}

impl Counted {
    pub(super) fn new(inner: Sqlite) -> Self {
        Self {
            inner,
            reads: Arc::default(),
            writes: Arc::default(),
        }
    }

    /// Reads and writes since the last [`Self::forget_calls`].
    pub(crate) fn calls(&self) -> (usize, usize) {
        let count = |calls: &AtomicUsize| calls.load(Ordering::SeqCst);
        (count(&self.reads), count(&self.writes))
    }

    pub(crate) fn forget_calls(&self) {
        self.reads.store(0, Ordering::SeqCst);
        self.writes.store(0, Ordering::SeqCst);
    }
}

#[async_trait]
impl Storage for Counted {
    fn reads(&self) -> Arc<dyn StorageReads> {
        Arc::new(Reads(self.inner.reads(), Arc::clone(&self.reads)))
    }

    fn writes(&self) -> Arc<dyn StorageWrites> {
        Arc::new(Writes(self.inner.writes(), Arc::clone(&self.writes)))
    }

    fn blocking(&self) -> Arc<dyn BlockingReads> {
        self.inner.blocking()
    }

    fn blocking_writes(&self) -> Arc<dyn BlockingWrites> {
        self.inner.blocking_writes()
    }

    fn history(&self) -> Arc<dyn HistoryReads> {
        self.inner.history()
    }

    fn history_writes(&self) -> Arc<dyn HistoryWrites> {
        self.inner.history_writes()
    }

    async fn close(&self) {
        self.inner.close().await;
    }
}

struct Reads(Arc<dyn StorageReads>, Arc<AtomicUsize>);
struct Writes(Arc<dyn StorageWrites>, Arc<AtomicUsize>);

macro_rules! counting {
    ($half:ident: $port:ident {
        $($name:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)+
    }) => {
        #[async_trait]
        impl $port for $half {
            $(async fn $name(&self, $($argument: $kind),*) -> Result<$answer, StorageError> {
                self.1.fetch_add(1, Ordering::SeqCst);
                self.0.$name($($argument),*).await
            })+
        }
    };
}
counting!(Reads: StorageReads {
    setup_completed() -> bool;
    settings() -> Option<Settings>;
    user_by_name(name: &UserName) -> Option<User>;
    user(id: UserId) -> Option<User>;
    session(token: &TokenHash) -> Option<SessionWithUser>;
    sessions_of(user: UserId, now: Timestamp) -> Vec<Session>;
    session_addresses(now: Timestamp) -> Vec<IpAddr>;
    last_task_runs() -> Vec<(TaskName, TaskRun)>;
    audit(query: &AuditQuery) -> AuditPage;
    ping() -> ();
});
counting!(Writes: StorageWrites {
    complete_setup(settings: &Settings, admin: &NewAdmin, audit: &NewAuditEntry) -> SetupOutcome;
    save_settings(settings: &Settings, audit: &NewAuditEntry) -> ();
    create_session(session: &NewSession, audit: &NewAuditEntry) -> ();
    touch_sessions(seen: &[(SessionId, Timestamp, Timestamp)]) -> ();
    revoke_session(user: UserId, session: &SessionId, audit: &NewAuditEntry) -> bool;
    revoke_sessions(user: UserId, keep: Option<&SessionId>, audit: &NewAuditEntry) -> u64;
    change_password(user: UserId, password: &PasswordHash, keep: Option<&SessionId>, audit: &NewAuditEntry) -> u64;
    delete_expired_sessions(now: Timestamp) -> u64;
    keep_task_run(task: &TaskName, run: &TaskRun) -> ();
    record(entries: &[NewAuditEntry]) -> ();
});
