//! Sessions.
use domain::{AuditAction, NewSession, Role, SessionId, SessionWithUser, Storage, UserId};

use super::make;

pub(crate) async fn session_created_is_found_by_its_token_as_it_was(storage: &dyn Storage) {
    let user = make::set_up(storage).await;
    let mut over_v6 = make::session(user, 2);
    over_v6.session.address = "2001:db8::ffff:7".parse().unwrap();
    "'; DROP TABLE sessions; --\0\u{202e}<script>日本".clone_into(&mut over_v6.session.user_agent);
    for new in [make::session(user, 1), over_v6] {
        storage
            .writes()
            .create_session(&new, &make::entry(AuditAction::SessionCreated, 5))
            .await
            .unwrap();

        let found = storage.reads().session(&new.token).await.unwrap();
        let expected = SessionWithUser {
            session: new.session,
            user_name: make::name("admin"),
            role: Role::Admin,
        };
        assert_eq!(found, Some(expected));
    }
    assert_eq!(make::times(storage, AuditAction::SessionCreated).await, 2);
}

pub(crate) async fn session_of_unknown_token_is_none(storage: &dyn Storage) {
    let user = make::set_up(storage).await;
    make::sign_in(storage, user, 1..=1).await;
    assert_eq!(
        storage.reads().session(&make::token(2)).await.unwrap(),
        None
    );
}

pub(crate) async fn session_past_its_limits_is_still_found(storage: &dyn Storage) {
    let user = make::set_up(storage).await;
    make::sign_in(storage, user, 1..=1).await;
    let long_after = make::at(1_000_000_000);
    assert!(make::listed(storage, user, long_after).await.is_empty());
    let found = storage.reads().session(&make::token(1)).await.unwrap();
    assert!(found.is_some());
}

pub(crate) async fn session_of_unknown_user_is_refused_and_leaves_no_entry(storage: &dyn Storage) {
    make::set_up(storage).await;
    let orphan = make::session(UserId(404), 1);
    let refused = storage
        .writes()
        .create_session(&orphan, &make::entry(AuditAction::SessionCreated, 0))
        .await;

    assert!(refused.is_err());
    assert_eq!(storage.reads().session(&orphan.token).await.unwrap(), None);
    assert_eq!(make::times(storage, AuditAction::SessionCreated).await, 0);
}

pub(crate) async fn session_with_taken_token_or_id_is_refused_and_the_first_stands(
    storage: &dyn Storage,
) {
    let user = make::set_up(storage).await;
    make::sign_in(storage, user, 1..=1).await;
    let first = make::session(user, 1);
    let second = make::session(user, 2);
    let same_token = NewSession {
        token: first.token,
        ..second.clone()
    };
    let mut same_id = second;
    same_id.session.id = first.session.id.clone();
    for clash in [same_token, same_id] {
        let refused = storage
            .writes()
            .create_session(&clash, &make::entry(AuditAction::SessionCreated, 0))
            .await;
        assert!(refused.is_err());
    }

    let found = storage.reads().session(&first.token).await.unwrap();
    assert_eq!(found.unwrap().session, first.session);
    assert_eq!(make::times(storage, AuditAction::SessionCreated).await, 1);
}

pub(crate) async fn sessions_of_user_are_the_running_ones_last_used_first(storage: &dyn Storage) {
    let user = make::set_up(storage).await;
    make::sign_in(storage, user, 1..=3).await;
    let id = |number| make::session(user, number).session.id;
    // 1 is the last used, and over its idle limit at 500 s already; 2 reaches its absolute limit at 10,002 s.
    storage
        .writes()
        .touch_sessions(&[
            (id(1), make::at(9_000), make::at(500_000)),
            (id(2), make::at(8_000), make::at(99_999_000)),
        ])
        .await
        .unwrap();

    let listed = |millis| make::listed(storage, user, make::at(millis));
    assert_eq!(listed(499_999).await, [id(1).0, id(2).0, id(3).0]);
    assert_eq!(listed(500_000).await, [id(2).0, id(3).0]);
    assert_eq!(listed(10_001_999).await, [id(2).0]);
    assert!(listed(10_002_000).await.is_empty());
    let nobody = make::listed(storage, UserId(404), make::at(0)).await;
    assert!(nobody.is_empty());
}

pub(crate) async fn sessions_of_user_are_at_most_200(storage: &dyn Storage) {
    let user = make::set_up(storage).await;
    make::sign_in(storage, user, 1..=201).await;
    let listed = make::listed(storage, user, make::at(0)).await;
    assert_eq!(listed.len(), 200);
    assert_eq!(listed.first(), Some(&make::session(user, 201).session.id.0));
    assert_eq!(listed.last(), Some(&make::session(user, 2).session.id.0));
}

pub(crate) async fn addresses_of_sessions_are_those_of_running_ones_each_once(
    storage: &dyn Storage,
) {
    let user = make::set_up(storage).await;
    assert!(addresses(storage, 0).await.is_empty());
    // Idle until 1,001 s, 1,002 s, 1,003 s and 1,004 s.
    for (number, address) in [
        (1, "192.0.2.1"),
        (2, "2001:db8::2"),
        (3, "192.0.2.3"),
        (4, "192.0.2.3"),
    ] {
        let mut new = make::session(user, number);
        new.session.address = address.parse().unwrap();
        let entry = make::entry(AuditAction::SessionCreated, 0);
        storage.writes().create_session(&new, &entry).await.unwrap();
    }
    for (millis, expected) in [
        (1_000_999, &["192.0.2.1", "192.0.2.3", "2001:db8::2"][..]),
        (1_001_000, &["192.0.2.3", "2001:db8::2"]),
        (1_003_000, &["192.0.2.3"]),
        (1_004_000, &[]),
    ] {
        assert_eq!(addresses(storage, millis).await, expected, "{millis}");
    }
}

/// In the order of their texts.
async fn addresses(storage: &dyn Storage, millis: i64) -> Vec<String> {
    let found = storage.reads().session_addresses(make::at(millis)).await;
    let mut texts: Vec<String> = found.unwrap().iter().map(ToString::to_string).collect();
    texts.sort();
    texts
}

pub(crate) async fn session_touched_moves_forward_and_never_back(storage: &dyn Storage) {
    let user = make::set_up(storage).await;
    make::sign_in(storage, user, 1..=2).await;
    let id = make::session(user, 1).session.id;
    let unknown = SessionId("unknown".to_owned());
    storage.writes().touch_sessions(&[]).await.unwrap();
    storage
        .writes()
        .touch_sessions(&[
            (unknown, make::at(1), make::at(2)),
            (id.clone(), make::at(60_000), make::at(1_060_000)),
        ])
        .await
        .unwrap();
    storage
        .writes()
        .touch_sessions(&[(id, make::at(30_000), make::at(1_030_000))])
        .await
        .unwrap();

    let moved = storage.reads().session(&make::token(1)).await.unwrap();
    let moved = moved.unwrap().session;
    assert_eq!(moved.last_seen_at, make::at(60_000));
    assert_eq!(moved.idle_expires_at, make::at(1_060_000));
    let other = storage.reads().session(&make::token(2)).await.unwrap();
    assert_eq!(other.unwrap().session, make::session(user, 2).session);
}

pub(crate) async fn session_touched_after_its_end_stays_ended(storage: &dyn Storage) {
    let user = make::set_up(storage).await;
    make::sign_in(storage, user, 1..=1).await;
    let id = make::session(user, 1).session.id;
    let entry = make::entry(AuditAction::SessionRevoked, 0);
    let writes = storage.writes();
    assert!(writes.revoke_session(user, &id, &entry).await.unwrap());
    writes
        .touch_sessions(&[(id, make::at(60_000), make::at(1_060_000))])
        .await
        .unwrap();
    assert_eq!(
        storage.reads().session(&make::token(1)).await.unwrap(),
        None
    );
}

pub(crate) async fn session_revoked_is_gone_and_leaves_an_entry(storage: &dyn Storage) {
    let user = make::set_up(storage).await;
    make::sign_in(storage, user, 1..=2).await;
    let id = make::session(user, 1).session.id;
    let entry = make::entry(AuditAction::SessionRevoked, 0);
    let writes = storage.writes();
    assert!(writes.revoke_session(user, &id, &entry).await.unwrap());
    assert!(!writes.revoke_session(user, &id, &entry).await.unwrap());

    assert_eq!(
        storage.reads().session(&make::token(1)).await.unwrap(),
        None
    );
    let other = storage.reads().session(&make::token(2)).await.unwrap();
    assert!(other.is_some());
    assert_eq!(make::times(storage, AuditAction::SessionRevoked).await, 1);
}

pub(crate) async fn session_of_another_user_is_not_revoked_and_leaves_no_entry(
    storage: &dyn Storage,
) {
    let user = make::set_up(storage).await;
    make::sign_in(storage, user, 1..=1).await;
    let id = make::session(user, 1).session.id;
    let entry = make::entry(AuditAction::SessionRevoked, 0);
    let revoked = storage
        .writes()
        .revoke_session(UserId(404), &id, &entry)
        .await;

    assert!(!revoked.unwrap());
    let kept = storage.reads().session(&make::token(1)).await.unwrap();
    assert!(kept.is_some());
    assert_eq!(make::times(storage, AuditAction::SessionRevoked).await, 0);
}

pub(crate) async fn sessions_revoked_but_one_keep_that_one(storage: &dyn Storage) {
    let user = make::set_up(storage).await;
    make::sign_in(storage, user, 1..=3).await;
    let kept = make::session(user, 2).session.id;
    let entry = make::entry(AuditAction::SessionsRevoked, 0);
    let writes = storage.writes();
    let ended = writes.revoke_sessions(user, Some(&kept), &entry).await;
    assert_eq!(ended.unwrap(), 2);
    assert_eq!(make::listed(storage, user, make::at(0)).await, [kept.0]);
    let ended = writes.revoke_sessions(user, None, &entry).await;
    assert_eq!(ended.unwrap(), 1);
    assert!(make::listed(storage, user, make::at(0)).await.is_empty());
    let ended = writes.revoke_sessions(user, None, &entry).await;
    assert_eq!(ended.unwrap(), 0);
    assert_eq!(make::times(storage, AuditAction::SessionsRevoked).await, 3);
}

pub(crate) async fn sessions_expired_before_now_are_deleted_and_no_others(storage: &dyn Storage) {
    let user = make::set_up(storage).await;
    // Idle until 1,001 s, 1,002 s and 1,003 s.
    make::sign_in(storage, user, 1..=3).await;
    let delete = async |millis| {
        storage
            .writes()
            .delete_expired_sessions(make::at(millis))
            .await
            .unwrap()
    };
    assert_eq!(delete(1_001_000).await, 0);
    assert_eq!(delete(1_002_000).await, 1);
    assert_eq!(delete(1_002_000).await, 0);
    for (number, found) in [(1, false), (2, true), (3, true)] {
        let session = storage.reads().session(&make::token(number)).await;
        assert_eq!(session.unwrap().is_some(), found, "{number}");
    }
}
