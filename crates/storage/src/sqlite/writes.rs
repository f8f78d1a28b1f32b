//! The writing half of the port: each method is one command, each command all or nothing.
use async_trait::async_trait;
use domain::{
    NewAdmin, NewAuditEntry, NewSession, PasswordHash, SessionId, Settings, SetupOutcome,
    StorageError, StorageWrites, TaskName, TaskRun, Timestamp, UserId,
};

use super::{audit::NewRow, sessions, settings, tasks, users, writer::Writer};

#[async_trait]
impl StorageWrites for Writer {
    async fn complete_setup(
        &self,
        settings: &Settings,
        admin: &NewAdmin,
        audit: &NewAuditEntry,
    ) -> Result<SetupOutcome, StorageError> {
        let (new, admin) = (settings.clone(), admin.clone());
        let audit = NewRow::try_from(audit)?;
        self.run(move |connection| {
            if !settings::complete_setup(connection, audit.at())? {
                return Ok(SetupOutcome::AlreadyCompleted);
            }
            settings::insert(connection, &new)?;
            let user = users::insert_admin(connection, &admin, audit.at())?;
            audit.insert(connection)?;
            Ok(SetupOutcome::Completed(user))
        })
        .await
    }

    async fn save_settings(
        &self,
        settings: &Settings,
        audit: &NewAuditEntry,
    ) -> Result<(), StorageError> {
        let (new, audit) = (settings.clone(), NewRow::try_from(audit)?);
        self.run(move |connection| {
            settings::update(connection, &new)?;
            audit.insert(connection)
        })
        .await
    }

    async fn create_session(
        &self,
        session: &NewSession,
        audit: &NewAuditEntry,
    ) -> Result<(), StorageError> {
        let (session, audit) = (session.clone(), NewRow::try_from(audit)?);
        self.run(move |connection| {
            sessions::insert(connection, &session)?;
            audit.insert(connection)
        })
        .await
    }

    async fn touch_sessions(
        &self,
        seen: &[(SessionId, Timestamp, Timestamp)],
    ) -> Result<(), StorageError> {
        if seen.is_empty() {
            return Ok(());
        }
        let seen = seen.to_vec();
        self.run(move |connection| sessions::touch(connection, &seen))
            .await
    }

    async fn revoke_session(
        &self,
        user: UserId,
        session: &SessionId,
        audit: &NewAuditEntry,
    ) -> Result<bool, StorageError> {
        let (session, audit) = (session.clone(), NewRow::try_from(audit)?);
        self.run(move |connection| {
            let ended = sessions::delete_one(connection, user, &session)?;
            if ended {
                audit.insert(connection)?;
            }
            Ok(ended)
        })
        .await
    }

    async fn revoke_sessions(
        &self,
        user: UserId,
        keep: Option<&SessionId>,
        audit: &NewAuditEntry,
    ) -> Result<u64, StorageError> {
        let (keep, audit) = (keep.cloned(), NewRow::try_from(audit)?);
        self.run(move |connection| {
            let ended = sessions::delete_of_user(connection, user, keep.as_ref())?;
            audit.insert(connection)?;
            Ok(ended)
        })
        .await
    }

    async fn change_password(
        &self,
        user: UserId,
        password: &PasswordHash,
        keep: Option<&SessionId>,
        audit: &NewAuditEntry,
    ) -> Result<u64, StorageError> {
        let (password, keep) = (password.clone(), keep.cloned());
        let audit = NewRow::try_from(audit)?;
        self.run(move |connection| {
            users::set_password(connection, user, &password)?;
            let ended = sessions::delete_of_user(connection, user, keep.as_ref())?;
            audit.insert(connection)?;
            Ok(ended)
        })
        .await
    }

    async fn delete_expired_sessions(&self, now: Timestamp) -> Result<u64, StorageError> {
        self.run(move |connection| sessions::delete_expired(connection, now))
            .await
    }

    async fn keep_task_run(&self, task: &TaskName, run: &TaskRun) -> Result<(), StorageError> {
        let (task, run) = (task.clone(), run.clone());
        self.run(move |connection| tasks::keep_run(connection, &task, &run))
            .await
    }

    async fn record(&self, entries: &[NewAuditEntry]) -> Result<(), StorageError> {
        if entries.is_empty() {
            return Ok(());
        }
        let rows = entries
            .iter()
            .map(NewRow::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        self.run(move |connection| rows.iter().try_for_each(|row| row.insert(connection)))
            .await
    }
}
