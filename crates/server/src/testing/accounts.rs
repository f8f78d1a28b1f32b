//! The accounts and sessions of a test's server, and what its wizard would have left.
use domain::{
    Actor, AuditAction, Clock as _, NewAdmin, NewAuditEntry, NewSession, Outcome, Role, Session,
    SessionId, Settings, Storage as _, TimeZoneName, UserId, UserName,
};
use storage::Sqlite;

use super::{PASSWORD, TestApp, TestClock};
use crate::services::{
    passwords::{Password, hash_with},
    session_gate::hash_token,
};

impl TestApp {
    /// Makes an account of this role where there is none, and a session; answers its token.
    pub(crate) async fn session(&self, role: Role) -> String {
        let user = self.account(role);
        let now = self.clock.now();
        let number = self.clock.next_number();
        let token = format!("token-{}-{number}", role.as_str());
        let session = Session {
            id: SessionId(format!("session-{}-{number}", role.as_str())),
            user,
            created_at: now,
            last_seen_at: now,
            idle_expires_at: now.plus_seconds(3600),
            expires_at: now.plus_seconds(86_400),
            address: "203.0.113.5".parse().unwrap(),
            user_agent: "test".to_owned(),
        };
        let new = NewSession {
            session,
            token: hash_token(&token),
        };
        let entry = NewAuditEntry {
            actor: Actor::System,
            address: None,
            ..entry(&self.clock, AuditAction::SessionCreated)
        };
        self.storage
            .writes()
            .create_session(&new, &entry)
            .await
            .unwrap();
        self.storage.forget_calls();
        token
    }

    /// The account of a role: `admin`, `operator`, `viewer`.
    fn account(&self, role: Role) -> UserId {
        let connection = rusqlite::Connection::open(&self.database).unwrap();
        connection
            .busy_timeout(std::time::Duration::from_secs(10))
            .unwrap();
        connection
            .execute(
                "INSERT OR IGNORE INTO users (name, role, password, created_at) VALUES (?1, ?1, ?2, ?3)",
                rusqlite::params![
                    role.as_str(),
                    cheap_hash().expose(),
                    self.clock.now().as_millis()
                ],
            )
            .unwrap();
        let id = connection
            .query_row(
                "SELECT id FROM users WHERE name = ?1",
                [role.as_str()],
                |row| row.get(0),
            )
            .unwrap();
        UserId(id)
    }
}

/// What the wizard would have left.
pub(super) async fn set_up(storage: &Sqlite, clock: &TestClock) {
    let settings = Settings {
        time_zone: TimeZoneName::utc(),
        session_idle_seconds: 3600,
        session_absolute_seconds: 86_400,
        fail2ban_socket: None,
        retention_days: 365,
        online_lookups: false,
        blocked_connections_stay: false,
    };
    let admin = NewAdmin {
        name: UserName::admin(),
        password: cheap_hash(),
    };
    let entry = NewAuditEntry {
        actor: Actor::System,
        address: None,
        ..entry(clock, AuditAction::SetupCompleted)
    };
    storage
        .writes()
        .complete_setup(&settings, &admin, &entry)
        .await
        .unwrap();
}

fn entry(clock: &TestClock, action: AuditAction) -> NewAuditEntry {
    NewAuditEntry {
        at: clock.now(),
        actor: Actor::System,
        address: None,
        action,
        host: None,
        target: "test".to_owned(),
        outcome: Outcome::Success,
        detail: serde_json::json!({}),
    }
}

/// Of [`PASSWORD`], with costs that do not hold a test up; the costs stand in the hash.
fn cheap_hash() -> domain::PasswordHash {
    let costs = argon2::Params::new(8, 1, 1, None).unwrap();
    hash_with(costs, &Password::new(PASSWORD.to_owned())).unwrap()
}
