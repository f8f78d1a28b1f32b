//! The reading half of the port.
use std::net::IpAddr;

use async_trait::async_trait;
use domain::{
    AuditPage, AuditQuery, Session, SessionWithUser, Settings, StorageError, StorageReads,
    TaskName, TaskRun, Timestamp, TokenHash, User, UserId, UserName,
};

use super::{audit, error::driver, queries, readers::Readers, sessions, settings, tasks, users};

#[async_trait]
impl StorageReads for Readers {
    async fn setup_completed(&self) -> Result<bool, StorageError> {
        self.run(settings::setup_completed).await
    }

    async fn settings(&self) -> Result<Option<Settings>, StorageError> {
        self.run(settings::current).await
    }

    async fn user_by_name(&self, name: &UserName) -> Result<Option<User>, StorageError> {
        let name = name.clone();
        self.run(move |connection| users::by_name(connection, &name))
            .await
    }

    async fn user(&self, id: UserId) -> Result<Option<User>, StorageError> {
        self.run(move |connection| users::by_id(connection, id))
            .await
    }

    async fn session(&self, token: &TokenHash) -> Result<Option<SessionWithUser>, StorageError> {
        let token = token.0;
        self.run(move |connection| sessions::by_token(connection, &token))
            .await
    }

    async fn sessions_of(
        &self,
        user: UserId,
        now: Timestamp,
    ) -> Result<Vec<Session>, StorageError> {
        self.run(move |connection| sessions::of_user(connection, user, now))
            .await
    }

    async fn session_addresses(&self, now: Timestamp) -> Result<Vec<IpAddr>, StorageError> {
        self.run(move |connection| sessions::addresses(connection, now))
            .await
    }

    async fn audit(&self, query: &AuditQuery) -> Result<AuditPage, StorageError> {
        let query = query.clone();
        self.run(move |connection| audit::page(connection, &query))
            .await
    }

    async fn last_task_runs(&self) -> Result<Vec<(TaskName, TaskRun)>, StorageError> {
        self.run(tasks::last_runs).await
    }

    async fn ping(&self) -> Result<(), StorageError> {
        self.run(|connection| {
            connection
                .prepare_cached(queries::SCHEMA_PING)
                .and_then(|mut statement| statement.query_row([], |_| Ok(())))
                .map_err(driver)
        })
        .await
    }
}
