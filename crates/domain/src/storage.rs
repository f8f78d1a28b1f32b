//! The Storage port: what BanGUI remembers. No SQL, no driver types.
use std::{net::IpAddr, sync::Arc};

use async_trait::async_trait;

use crate::{
    AuditEntry, AuditQuery, BlockingReads, BlockingWrites, HistoryReads, HistoryWrites,
    NewAuditEntry, NewSession, PageToken, PasswordHash, Session, SessionId, SessionWithUser,
    Settings, TaskName, TaskRun, Timestamp, TokenHash, User, UserId, UserName,
};

/// What can go wrong in storage. Concrete on purpose: callers match on it.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The database did not answer in time; the caller may try again.
    #[error("the database is busy")]
    Busy,
    /// The database, its folder or its file system cannot be written.
    #[error("the database cannot be written")]
    ReadOnly,
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// The page token is not one that this storage made.
    #[error("the page token does not belong to this list")]
    BadPageToken,
    /// A row that this version cannot have written.
    #[error("table {table}: {what}")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// What is wrong, without its content.
        what: &'static str,
    },
    /// Storage has been closed.
    #[error("the database is closed")]
    Closed,
    /// Anything else; the cause is for the log, never for a client.
    #[error("the database failed")]
    Driver(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A page of audit entries, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditPage {
    /// The entries.
    pub items: Vec<AuditEntry>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<PageToken>,
}

/// The account that the wizard makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAdmin {
    /// By what the person signs in.
    pub name: UserName,
    /// The hash of the password.
    pub password: PasswordHash,
}

/// What came of finishing the setup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetupOutcome {
    /// Done, now and for good.
    Completed(UserId),
    /// It was done before; nothing was written.
    AlreadyCompleted,
}

/// What can be read. Never waits for a writer.
#[async_trait]
pub trait StorageReads: Send + Sync {
    /// Whether the wizard has been finished.
    async fn setup_completed(&self) -> Result<bool, StorageError>;

    /// The settings; `None` before setup.
    async fn settings(&self) -> Result<Option<Settings>, StorageError>;

    /// A user by name.
    async fn user_by_name(&self, name: &UserName) -> Result<Option<User>, StorageError>;

    /// A user by key.
    async fn user(&self, id: UserId) -> Result<Option<User>, StorageError>;

    /// A session and its user by the hash of its token; ended ones are not found, expired ones are.
    async fn session(&self, token: &TokenHash) -> Result<Option<SessionWithUser>, StorageError>;

    /// The sessions of a user that have not ended at `now`, last used first; at most 200.
    async fn sessions_of(&self, user: UserId, now: Timestamp)
    -> Result<Vec<Session>, StorageError>;

    /// From where people signed in whose sessions have not ended at `now`, each address once; of the 1,000 sessions that end last.
    async fn session_addresses(&self, now: Timestamp) -> Result<Vec<IpAddr>, StorageError>;

    /// A page of what was done, newest first.
    async fn audit(&self, query: &AuditQuery) -> Result<AuditPage, StorageError>;

    /// The last run of each task that has one kept, by name.
    async fn last_task_runs(&self) -> Result<Vec<(TaskName, TaskRun)>, StorageError>;

    /// Whether the database answers; for the readiness probe.
    async fn ping(&self) -> Result<(), StorageError>;
}

/// What can be written. Each method is one transaction; the audit entry is part of it.
#[async_trait]
pub trait StorageWrites: Send + Sync {
    /// Finishes the setup: settings, the first account and the entry, all or nothing, once.
    async fn complete_setup(
        &self,
        settings: &Settings,
        admin: &NewAdmin,
        audit: &NewAuditEntry,
    ) -> Result<SetupOutcome, StorageError>;

    /// Replaces the settings.
    async fn save_settings(
        &self,
        settings: &Settings,
        audit: &NewAuditEntry,
    ) -> Result<(), StorageError>;

    /// Makes a session.
    async fn create_session(
        &self,
        session: &NewSession,
        audit: &NewAuditEntry,
    ) -> Result<(), StorageError>;

    /// Moves last use (and with it the idle limit) of many sessions: `(session, last seen, idle limit)`.
    async fn touch_sessions(
        &self,
        seen: &[(SessionId, Timestamp, Timestamp)],
    ) -> Result<(), StorageError>;

    /// Ends one session of a user; `false` and no entry when there was none.
    async fn revoke_session(
        &self,
        user: UserId,
        session: &SessionId,
        audit: &NewAuditEntry,
    ) -> Result<bool, StorageError>;

    /// Ends all sessions of a user, but for the one to keep; answers how many ended.
    async fn revoke_sessions(
        &self,
        user: UserId,
        keep: Option<&SessionId>,
        audit: &NewAuditEntry,
    ) -> Result<u64, StorageError>;

    /// Sets a password and ends all sessions of the user but for the one to keep; answers how many ended.
    async fn change_password(
        &self,
        user: UserId,
        password: &PasswordHash,
        keep: Option<&SessionId>,
        audit: &NewAuditEntry,
    ) -> Result<u64, StorageError>;

    /// Removes sessions that ended before `now`; answers how many.
    async fn delete_expired_sessions(&self, now: Timestamp) -> Result<u64, StorageError>;

    /// Keeps a run as the last one of its task.
    async fn keep_task_run(&self, task: &TaskName, run: &TaskRun) -> Result<(), StorageError>;

    /// Remembers what was done, many in one transaction.
    async fn record(&self, entries: &[NewAuditEntry]) -> Result<(), StorageError>;
}

/// Storage as a whole, as only the wiring knows it.
#[async_trait]
pub trait Storage: Send + Sync {
    /// The reading half.
    fn reads(&self) -> Arc<dyn StorageReads>;

    /// The writing half.
    fn writes(&self) -> Arc<dyn StorageWrites>;

    /// What can be asked about the past.
    fn history(&self) -> Arc<dyn HistoryReads>;

    /// What can be written about the past.
    fn history_writes(&self) -> Arc<dyn HistoryWrites>;

    /// What can be read of lists, bans made by hand and the allowlist.
    fn blocking(&self) -> Arc<dyn BlockingReads>;

    /// What can be written of them.
    fn blocking_writes(&self) -> Arc<dyn BlockingWrites>;

    /// Finishes what is being written and closes; later calls answer [`StorageError::Closed`].
    async fn close(&self);
}
