use std::{
    num::NonZeroU8,
    sync::{Arc, mpsc},
    time::Duration,
};

use domain::{Storage as _, StorageError, StorageReads as _, StorageWrites as _};
use futures_util::future::join_all;
use tokio::{sync::oneshot, task::JoinSet};

use super::{
    super::{OpenOptions, Sqlite},
    Folder,
};

/// Far more than anything takes; reached only by a test that fails.
const AGES: Duration = Duration::from_mins(1);

fn one_reader(folder: &Folder, busy_timeout: Duration) -> Sqlite {
    let options = OpenOptions {
        readers: NonZeroU8::MIN,
        busy_timeout,
        ..OpenOptions::new(folder.database())
    };
    Sqlite::open(options).unwrap()
}

#[tokio::test(flavor = "current_thread")]
async fn read_on_a_runtime_of_one_thread_lets_others_run() {
    let folder = Folder::new();
    let storage = folder.open();
    let (go, waits) = mpsc::channel();
    // The query ends only after the other future has run, on the one thread that there is.
    let read = storage.readers.run(move |_| {
        waits
            .recv_timeout(AGES)
            .map_err(|error| StorageError::Driver(Box::new(error)))
    });
    let (read, sent) = tokio::join!(read, async { go.send(()) });
    read.unwrap();
    sent.unwrap();
}

#[tokio::test(flavor = "current_thread")]
async fn write_on_a_runtime_of_one_thread_lets_others_run() {
    let folder = Folder::new();
    let storage = folder.open();
    let (go, waits) = mpsc::channel();
    let waits = std::sync::Mutex::new(waits);
    let write = storage.writer.run(move |_| {
        let waits = waits.lock().unwrap();
        waits
            .recv_timeout(AGES)
            .map_err(|error| StorageError::Driver(Box::new(error)))
    });
    let (write, sent) = tokio::join!(write, async { go.send(()) });
    write.unwrap();
    sent.unwrap();
}

#[tokio::test]
async fn read_while_a_write_is_under_way_does_not_wait_for_it() {
    let folder = Folder::new();
    let storage = folder.open();
    let (go, waits) = mpsc::channel::<()>();
    let waits = std::sync::Mutex::new(waits);
    let write = storage.writer.run(move |connection| {
        connection
            .execute("INSERT INTO setup (id, completed_at) VALUES (1, 0)", [])
            .map_err(super::super::error::driver)?;
        let waits = waits.lock().unwrap();
        waits
            .recv_timeout(AGES)
            .map_err(|error| StorageError::Driver(Box::new(error)))
    });
    let read = async {
        let before = storage.reads().setup_completed().await.unwrap();
        go.send(()).unwrap();
        before
    };
    let (write, before) = tokio::join!(write, read);
    write.unwrap();
    assert!(!before);
    assert!(storage.reads().setup_completed().await.unwrap());
}

#[tokio::test]
async fn reader_whose_query_panics_comes_back() {
    reader_comes_back_after_panics().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reader_whose_query_panics_on_a_thread_of_the_runtime_comes_back() {
    let mut task = JoinSet::new();
    task.spawn(reader_comes_back_after_panics());
    task.join_next().await.unwrap().unwrap();
}

async fn reader_comes_back_after_panics() {
    let folder = Folder::new();
    let storage = one_reader(&folder, AGES);
    for _ in 0..3 {
        let failed = storage
            .readers
            .run::<(), _>(|_| panic!("a query panics in a test"))
            .await;
        assert!(matches!(failed, Err(StorageError::Driver(_))));
        storage.readers.ping().await.unwrap();
    }
}

#[tokio::test]
async fn reader_of_a_caller_that_went_away_is_lent_again_only_after_its_query() {
    let folder = Folder::new();
    let storage = one_reader(&folder, Duration::from_millis(50));
    let (go, waits) = mpsc::channel::<()>();
    let (started, starts) = oneshot::channel();
    let read = storage.readers.run(move |_| {
        let _ = started.send(());
        let _ = waits.recv_timeout(AGES);
        Ok(())
    });
    tokio::select! {
        _ = read => panic!("the query ended before it was told to"),
        begun = starts => begun.unwrap(),
    }
    // The caller has gone, the query still runs: nobody else gets its connection.
    let busy = storage.readers.ping().await;
    assert!(matches!(busy, Err(StorageError::Busy)), "{busy:?}");
    go.send(()).unwrap();
    storage.close().await;
    let closed = storage.readers.ping().await;
    assert!(matches!(closed, Err(StorageError::Closed)), "{closed:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn question_that_takes_long_leaves_the_runtime_to_others() {
    let folder = Folder::new();
    let storage = folder.open();
    let readers = Arc::clone(&storage.readers);
    let (go, waits) = mpsc::channel::<()>();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let told = readers.run(move |_| Ok(waits.recv_timeout(AGES).is_ok()));
        told.await.unwrap()
    });
    // The only thread of the runtime waits in the question; who answers it is another task.
    tasks.spawn(async move { go.send(()).is_ok() });
    assert_eq!(tasks.join_all().await, [true, true]);
    storage.close().await;
}

#[tokio::test]
async fn reader_that_is_asked_to_write_refuses() {
    let folder = Folder::new();
    let storage = folder.open();
    let refused = storage
        .readers
        .run(|connection| {
            connection
                .execute("DELETE FROM audit", [])
                .map_err(super::super::error::driver)
        })
        .await;
    assert!(
        matches!(refused, Err(StorageError::ReadOnly)),
        "{refused:?}"
    );
}

#[tokio::test]
async fn rows_that_no_version_wrote_are_inconsistent() {
    let folder = Folder::new();
    let storage = folder.open();
    let raw = folder.connection();
    for (spoil, table) in [
        (
            "INSERT INTO users (name, role, password, created_at) VALUES ('a b', 'admin', '', 0)",
            "users",
        ),
        (
            "INSERT INTO settings VALUES (1, 'Mars/Base', 1, 1, NULL, 365, 0, 0)",
            "settings",
        ),
        (
            "INSERT INTO audit (at, actor, action, target, outcome, detail) VALUES (0, 'system', 'no.such', '', 'failed', '1')",
            "audit",
        ),
        (
            "INSERT INTO audit (at, actor, action, host, target, outcome, detail) VALUES (0, 'system', 'bans.created', 'A B', '', 'failed', '1')",
            "audit",
        ),
        (
            "INSERT INTO audit (at, actor, user_id, user_name, action, target, outcome, detail) VALUES (0, 'user', 1, 'A B', 'bans.created', '', 'failed', '1')",
            "audit",
        ),
    ] {
        raw.execute(spoil, []).unwrap();
        let answer = match table {
            "users" => storage.reads().user(domain::UserId(1)).await.map(|_| ()),
            "settings" => storage.reads().settings().await.map(|_| ()),
            _ => storage
                .reads()
                .audit(&domain::AuditQuery::default())
                .await
                .map(|_| ()),
        };
        match answer {
            Err(StorageError::Inconsistent { table: found, .. }) => assert_eq!(found, table),
            other => panic!("{spoil}: {other:?}"),
        }
        if table == "audit" {
            raw.execute("DELETE FROM audit", []).unwrap();
        }
    }
}

#[tokio::test]
async fn closing_writes_what_waits_and_folds_the_log() {
    let folder = Folder::new();
    let storage = folder.open();
    let (go, waits) = mpsc::channel::<()>();
    let waits = std::sync::Mutex::new(waits);
    let held = storage.writer.run(move |_| {
        let _ = waits.lock().unwrap().recv_timeout(AGES);
        Ok(())
    });
    let entries: Vec<_> = (0..100)
        .map(|millis| super::entry(domain::AuditAction::BansCreated, millis))
        .collect();
    let recorded = join_all(
        entries
            .iter()
            .map(|entry| storage.writer.record(std::slice::from_ref(entry))),
    );
    let (held, recorded, (), ()) = tokio::join!(held, recorded, storage.close(), async {
        go.send(()).unwrap();
    });
    held.unwrap();
    let kept = recorded.into_iter().flatten().count();
    assert_eq!(kept, 100, "all were in the queue before the close");
    for suffix in ["-wal", "-shm"] {
        let beside = folder.path().join(format!("bangui.sqlite3{suffix}"));
        assert!(!beside.exists(), "{suffix}");
    }
    assert_eq!(super::count(&folder.connection(), "audit"), 100);
}
