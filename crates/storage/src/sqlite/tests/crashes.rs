//! A step that fails leaves nothing of the steps before it.
use std::{sync::Barrier, thread};

use domain::{
    AuditAction, NewAdmin, NewSession, PasswordHash, Session, SessionId, Settings, SetupOutcome,
    Storage as _, StorageReads as _, StorageWrites as _, TimeZoneName, Timestamp, TokenHash,
    UserId,
};

use super::{super::Sqlite, Folder, count, entry};

const TABLES: [&str; 5] = ["setup", "settings", "users", "sessions", "audit"];

fn settings() -> Settings {
    Settings {
        time_zone: TimeZoneName::utc(),
        session_idle_seconds: 60,
        session_absolute_seconds: 120,
        fail2ban_socket: None,
        retention_days: 365,
        online_lookups: false,
        blocked_connections_stay: false,
    }
}

fn admin() -> NewAdmin {
    NewAdmin {
        name: "admin".parse().unwrap(),
        password: PasswordHash::new("$argon2id$old".to_owned()),
    }
}

fn session(user: UserId, number: u8) -> NewSession {
    NewSession {
        session: Session {
            id: SessionId(number.to_string()),
            user,
            created_at: Timestamp::from_millis(0),
            last_seen_at: Timestamp::from_millis(0),
            idle_expires_at: Timestamp::from_millis(1),
            expires_at: Timestamp::from_millis(2),
            address: [192, 0, 2, number].into(),
            user_agent: String::new(),
        },
        token: TokenHash([number; 32]),
    }
}

async fn complete(storage: &Sqlite) -> Result<SetupOutcome, domain::StorageError> {
    let audit = entry(AuditAction::SetupCompleted, 0);
    storage
        .writes()
        .complete_setup(&settings(), &admin(), &audit)
        .await
}

/// Makes one kind of change to a table fail.
fn sabotage(folder: &Folder, what: &str, table: &str) {
    let trigger = format!(
        "CREATE TRIGGER sabotage AFTER {what} ON {table} BEGIN SELECT raise(ABORT, 'sabotage'); END"
    );
    folder.connection().execute_batch(&trigger).unwrap();
}

fn repair(folder: &Folder) {
    let drop = "DROP TRIGGER sabotage";
    folder.connection().execute_batch(drop).unwrap();
}

/// Everything that is in the tables, as text.
fn everything(folder: &Folder) -> Vec<String> {
    let connection = folder.connection();
    let mut rows = Vec::new();
    for table in TABLES {
        let mut statement = connection
            .prepare(&format!("SELECT * FROM {table} ORDER BY 1"))
            .unwrap();
        let columns = statement.column_count();
        let mut found = statement.raw_query();
        while let Some(row) = found.next().unwrap() {
            let values: Vec<rusqlite::types::Value> = (0..columns)
                .map(|column| row.get(column).unwrap())
                .collect();
            rows.push(format!("{table}: {values:?}"));
        }
    }
    rows
}

#[tokio::test]
async fn setup_whose_step_fails_leaves_nothing_and_can_be_done_again() {
    for table in ["setup", "settings", "users", "audit"] {
        let folder = Folder::new();
        let storage = folder.open();
        sabotage(&folder, "INSERT", table);
        complete(&storage).await.unwrap_err();
        let raw = folder.connection();
        for left in TABLES {
            assert_eq!(count(&raw, left), 0, "{left} after a failure in {table}");
        }
        assert!(!storage.reads().setup_completed().await.unwrap());

        repair(&folder);
        let again = complete(&storage).await.unwrap();
        assert!(matches!(again, SetupOutcome::Completed(_)), "{again:?}");
        storage.close().await;
    }
}

#[tokio::test]
async fn write_whose_entry_fails_leaves_nothing() {
    let folder = Folder::new();
    let storage = folder.open();
    let SetupOutcome::Completed(user) = complete(&storage).await.unwrap() else {
        panic!("the setup had been done");
    };
    let writes = storage.writes();
    let audit = entry(AuditAction::SettingsChanged, 0);
    for number in 1..=2 {
        writes
            .create_session(&session(user, number), &audit)
            .await
            .unwrap();
    }
    let before = everything(&folder);
    sabotage(&folder, "INSERT", "audit");

    let password = PasswordHash::new("$argon2id$new".to_owned());
    let one = SessionId("1".to_owned());
    let mut changed = settings();
    changed.session_idle_seconds = 1;
    let writes = &storage.writer;
    writes.save_settings(&changed, &audit).await.unwrap_err();
    let third = session(user, 3);
    writes.create_session(&third, &audit).await.unwrap_err();
    writes.revoke_session(user, &one, &audit).await.unwrap_err();
    let all = writes.revoke_sessions(user, None, &audit).await;
    all.unwrap_err();
    let change = writes.change_password(user, &password, None, &audit).await;
    change.unwrap_err();
    writes.record(&[audit.clone(), audit]).await.unwrap_err();
    assert_eq!(everything(&folder), before);

    repair(&folder);
    storage
        .writer
        .revoke_sessions(user, None, &entry(AuditAction::SessionsRevoked, 1))
        .await
        .unwrap();
    assert_ne!(everything(&folder), before);
}

#[test]
fn setup_by_two_processes_at_once_is_done_by_exactly_one() {
    let folder = Folder::new();
    // Two storages on one file share nothing but the file, as two processes do.
    let storages: [Sqlite; 2] = [folder.open(), folder.open()];
    let together = Barrier::new(2);
    let race = |storage| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        together.wait();
        runtime.block_on(complete(storage)).unwrap()
    };
    let outcomes = thread::scope(|scope| {
        storages
            .each_ref()
            .map(|storage| scope.spawn(|| race(storage)))
            .map(|racer| racer.join().unwrap())
    });
    let done = |outcome: &SetupOutcome| matches!(outcome, SetupOutcome::Completed(_));
    assert_eq!(outcomes.iter().filter(|outcome| done(outcome)).count(), 1);
    assert_eq!(count(&folder.connection(), "users"), 1);
}

#[tokio::test]
async fn setup_flag_cannot_be_taken_back() {
    let folder = Folder::new();
    let storage = folder.open();
    complete(&storage).await.unwrap();
    let raw = folder.connection();
    raw.execute("DELETE FROM setup", []).unwrap_err();
    assert!(storage.readers.setup_completed().await.unwrap());
}
