//! What the cases put into storage.
use domain::{
    Actor, AuditAction, AuditEntry, AuditQuery, HostId, NewAdmin, NewAuditEntry, NewSession,
    Outcome, PageSize, PasswordHash, Session, SessionId, Settings, SetupOutcome, Storage,
    TimeZoneName, Timestamp, TokenHash, UserId, UserName,
};
use serde_json::json;

pub(crate) const fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

pub(crate) fn name(text: &str) -> UserName {
    text.parse().unwrap()
}

pub(crate) fn settings() -> Settings {
    Settings {
        time_zone: "Europe/Berlin".parse().unwrap(),
        session_idle_seconds: 1_800,
        session_absolute_seconds: 43_200,
        fail2ban_socket: Some("/run/fail2ban/fail2ban.sock".to_owned()),
        retention_days: 365,
        online_lookups: false,
        blocked_connections_stay: false,
    }
}

pub(crate) fn other_settings() -> Settings {
    Settings {
        time_zone: TimeZoneName::utc(),
        session_idle_seconds: 60,
        session_absolute_seconds: 120,
        fail2ban_socket: None,
        retention_days: 30,
        online_lookups: true,
        blocked_connections_stay: true,
    }
}

pub(crate) fn admin(text: &str) -> NewAdmin {
    NewAdmin {
        name: name(text),
        password: PasswordHash::new(format!("$argon2id${text}")),
    }
}

pub(crate) fn entry(action: AuditAction, millis: i64) -> NewAuditEntry {
    NewAuditEntry {
        at: at(millis),
        actor: Actor::System,
        address: None,
        action,
        host: Some(HostId::local()),
        target: "sshd".to_owned(),
        outcome: Outcome::Success,
        detail: json!({ "count": 1 }),
    }
}

/// The session `number` of a user: created at that second, idle for 1,000 s, at most 10,000 s.
pub(crate) fn session(user: UserId, number: u8) -> NewSession {
    let created = at(i64::from(number) * 1_000);
    NewSession {
        session: Session {
            id: SessionId(format!("session-{}-{number}", user.0)),
            user,
            created_at: created,
            last_seen_at: created,
            idle_expires_at: created.plus_seconds(1_000),
            expires_at: created.plus_seconds(10_000),
            address: [198, 51, 100, number].into(),
            user_agent: "Firefox".to_owned(),
        },
        token: token(number),
    }
}

pub(crate) const fn token(number: u8) -> TokenHash {
    TokenHash([number; 32])
}

/// Finishes the setup; the key of the admin.
pub(crate) async fn set_up(storage: &dyn Storage) -> UserId {
    let done = storage
        .writes()
        .complete_setup(
            &settings(),
            &admin("admin"),
            &entry(AuditAction::SetupCompleted, 0),
        )
        .await
        .unwrap();
    let SetupOutcome::Completed(user) = done else {
        panic!("the setup had been done");
    };
    user
}

/// Makes sessions of a user, the numbers of which are given.
pub(crate) async fn sign_in(
    storage: &dyn Storage,
    user: UserId,
    numbers: impl IntoIterator<Item = u8>,
) {
    for number in numbers {
        storage
            .writes()
            .create_session(
                &session(user, number),
                &entry(AuditAction::SessionCreated, 0),
            )
            .await
            .unwrap();
    }
}

/// The running sessions of a user by number of the last octet of their address, as they are listed.
pub(crate) async fn listed(storage: &dyn Storage, user: UserId, now: Timestamp) -> Vec<String> {
    let sessions = storage.reads().sessions_of(user, now).await.unwrap();
    sessions.into_iter().map(|session| session.id.0).collect()
}

/// The newest 500 entries.
pub(crate) async fn trail(storage: &dyn Storage) -> Vec<AuditEntry> {
    let query = AuditQuery {
        limit: PageSize::new(PageSize::MAX).unwrap(),
        ..AuditQuery::default()
    };
    storage.reads().audit(&query).await.unwrap().items
}

/// How often an action was done, among the newest 500.
pub(crate) async fn times(storage: &dyn Storage, action: AuditAction) -> usize {
    let entries = trail(storage).await;
    entries
        .iter()
        .filter(|found| found.entry.action == action)
        .count()
}
