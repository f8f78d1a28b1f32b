//! Setup, settings, users.
use std::sync::Arc;

use domain::{AuditAction, PasswordHash, Role, SetupOutcome, Storage, StorageError, User, UserId};
use tokio::{sync::Barrier, task::JoinSet};

use super::make;

pub(crate) async fn setup_of_new_storage_is_open_and_there_are_no_settings(storage: &dyn Storage) {
    assert!(!storage.reads().setup_completed().await.unwrap());
    assert_eq!(storage.reads().settings().await.unwrap(), None);
    assert_eq!(make::trail(storage).await, []);
}

pub(crate) async fn setup_completed_leaves_flag_settings_admin_and_entry(storage: &dyn Storage) {
    let mut entry = make::entry(AuditAction::SetupCompleted, 42_000);
    entry.address = Some([192, 0, 2, 7].into());
    let done = storage
        .writes()
        .complete_setup(&make::settings(), &make::admin("root"), &entry)
        .await
        .unwrap();

    let SetupOutcome::Completed(id) = done else {
        panic!("{done:?}");
    };
    assert!(storage.reads().setup_completed().await.unwrap());
    assert_eq!(
        storage.reads().settings().await.unwrap(),
        Some(make::settings())
    );
    let user = storage.reads().user(id).await.unwrap().unwrap();
    let expected = User {
        id,
        name: make::name("root"),
        role: Role::Admin,
        password: make::admin("root").password,
        created_at: make::at(42_000),
    };
    assert_eq!(user, expected);
    assert_eq!(
        storage.reads().user_by_name(&user.name).await.unwrap(),
        Some(user)
    );
    let trail = make::trail(storage).await;
    let trail: Vec<_> = trail.into_iter().map(|found| found.entry).collect();
    assert_eq!(trail, [entry]);
}

pub(crate) async fn setup_completed_again_writes_nothing(storage: &dyn Storage) {
    make::set_up(storage).await;
    let again = storage
        .writes()
        .complete_setup(
            &make::other_settings(),
            &make::admin("second"),
            &make::entry(AuditAction::SetupCompleted, 1),
        )
        .await
        .unwrap();

    assert_eq!(again, SetupOutcome::AlreadyCompleted);
    assert_eq!(
        storage.reads().settings().await.unwrap(),
        Some(make::settings())
    );
    let second = storage.reads().user_by_name(&make::name("second")).await;
    assert_eq!(second.unwrap(), None);
    assert_eq!(make::times(storage, AuditAction::SetupCompleted).await, 1);
}

pub(crate) async fn setup_completed_by_many_at_once_is_done_by_exactly_one(storage: &dyn Storage) {
    const MANY: usize = 16;
    let together = Arc::new(Barrier::new(MANY));
    let mut racers = JoinSet::new();
    for racer in 0..MANY {
        let (writes, together) = (storage.writes(), Arc::clone(&together));
        racers.spawn(async move {
            let admin = make::admin(&format!("admin{racer}"));
            let entry = make::entry(AuditAction::SetupCompleted, 0);
            together.wait().await;
            let done = writes
                .complete_setup(&make::settings(), &admin, &entry)
                .await;
            (admin.name, done.unwrap())
        });
    }
    let finished = racers.join_all().await;

    let winners: Vec<_> = finished
        .iter()
        .filter_map(|(name, done)| match done {
            SetupOutcome::Completed(id) => Some((name, *id)),
            SetupOutcome::AlreadyCompleted => None,
        })
        .collect();
    assert_eq!(winners.len(), 1, "{finished:?}");
    for (name, _) in &finished {
        let found = storage.reads().user_by_name(name).await.unwrap();
        let won = winners.iter().find(|(winner, _)| *winner == name);
        assert_eq!(found.map(|user| user.id), won.map(|(_, id)| *id));
    }
    assert_eq!(make::times(storage, AuditAction::SetupCompleted).await, 1);
}

pub(crate) async fn settings_saved_replace_all_and_leave_an_entry(storage: &dyn Storage) {
    make::set_up(storage).await;
    storage
        .writes()
        .save_settings(
            &make::other_settings(),
            &make::entry(AuditAction::SettingsChanged, 1),
        )
        .await
        .unwrap();

    assert_eq!(
        storage.reads().settings().await.unwrap(),
        Some(make::other_settings())
    );
    assert_eq!(make::times(storage, AuditAction::SettingsChanged).await, 1);
}

pub(crate) async fn settings_saved_before_setup_are_refused_and_leave_no_entry(
    storage: &dyn Storage,
) {
    let refused = storage
        .writes()
        .save_settings(
            &make::settings(),
            &make::entry(AuditAction::SettingsChanged, 1),
        )
        .await
        .unwrap_err();

    assert!(matches!(
        refused,
        StorageError::Inconsistent {
            table: "settings",
            ..
        }
    ));
    assert_eq!(storage.reads().settings().await.unwrap(), None);
    assert_eq!(make::trail(storage).await, []);
}

pub(crate) async fn user_that_does_not_exist_is_none(storage: &dyn Storage) {
    make::set_up(storage).await;
    let by_name = storage.reads().user_by_name(&make::name("nobody")).await;
    assert_eq!(by_name.unwrap(), None);
    assert_eq!(storage.reads().user(UserId(404)).await.unwrap(), None);
}

pub(crate) async fn password_changed_ends_the_other_sessions_and_leaves_an_entry(
    storage: &dyn Storage,
) {
    let user = make::set_up(storage).await;
    make::sign_in(storage, user, 1..=3).await;
    let new = PasswordHash::new("$argon2id$new".to_owned());
    let kept = make::session(user, 2).session.id;
    let ended = storage
        .writes()
        .change_password(
            user,
            &new,
            Some(&kept),
            &make::entry(AuditAction::PasswordChanged, 1),
        )
        .await
        .unwrap();

    assert_eq!(ended, 2);
    let found = storage.reads().user(user).await.unwrap().unwrap();
    assert_eq!(found.password, new);
    assert_eq!(make::listed(storage, user, make::at(0)).await, [kept.0]);
    assert_eq!(make::times(storage, AuditAction::PasswordChanged).await, 1);
}

pub(crate) async fn password_of_unknown_user_is_refused_and_leaves_no_entry(storage: &dyn Storage) {
    let user = make::set_up(storage).await;
    make::sign_in(storage, user, 1..=1).await;
    let refused = storage
        .writes()
        .change_password(
            UserId(404),
            &PasswordHash::new("$argon2id$new".to_owned()),
            None,
            &make::entry(AuditAction::PasswordChanged, 1),
        )
        .await
        .unwrap_err();

    assert!(matches!(
        refused,
        StorageError::Inconsistent { table: "users", .. }
    ));
    assert_eq!(make::times(storage, AuditAction::PasswordChanged).await, 0);
    assert_eq!(make::listed(storage, user, make::at(0)).await.len(), 1);
}
