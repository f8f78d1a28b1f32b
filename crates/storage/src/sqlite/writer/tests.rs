use std::{
    num::NonZeroU8,
    sync::{Mutex, mpsc},
    time::Duration,
};

use domain::{AuditAction, Storage as _, StorageError, StorageWrites as _};
use rusqlite::{Connection, ffi};
use tokio::sync::oneshot;

use super::{
    super::{
        OpenOptions, Sqlite,
        error::driver,
        tests::{Folder, count, entry, unprivileged},
    },
    refine,
};

/// Far more than anything takes; reached only by a test that fails.
const AGES: Duration = Duration::from_mins(1);

fn open(folder: &Folder, busy_timeout: Duration, write_queue: usize) -> Sqlite {
    let options = OpenOptions {
        readers: NonZeroU8::MIN,
        busy_timeout,
        write_queue,
        ..OpenOptions::new(folder.database())
    };
    Sqlite::open(options).unwrap()
}

/// Writes one entry of `bytes`.
fn insert(connection: &Connection, bytes: usize) -> Result<(), StorageError> {
    let target = "x".repeat(bytes);
    connection
        .execute(
            "INSERT INTO audit (at, actor, action, target, outcome, detail) VALUES (0, 'system', 'bans.created', ?1, 'failed', '{}')",
            [target],
        )
        .map(|_| ())
        .map_err(driver)
}

/// A write that ends when it is told to, so that others wait behind it.
struct Held {
    go: mpsc::Sender<()>,
    running: oneshot::Receiver<()>,
}

fn held() -> (
    Held,
    impl Fn(&Connection) -> Result<(), StorageError> + Send + 'static,
) {
    let (go, waits) = mpsc::channel();
    let (started, running) = oneshot::channel();
    let once = Mutex::new(Some((waits, started)));
    let work = move |_: &Connection| {
        if let Some((waits, started)) = once.lock().unwrap().take() {
            let _ = started.send(());
            let _ = waits.recv_timeout(AGES);
        }
        Ok(())
    };
    (Held { go, running }, work)
}

type Write<T> = Box<dyn Fn(&Connection) -> Result<T, StorageError> + Send>;

/// Holds the writer, lets the writes wait, lets go, and answers what became of each.
async fn together<T: Send + 'static>(
    storage: &Sqlite,
    writes: Vec<Write<T>>,
) -> Vec<Result<T, StorageError>> {
    let (Held { go, running }, work) = held();
    let queue = storage.writer.queue.clone();
    let first = storage.writer.run(work);
    let rest = async {
        running.await.unwrap();
        let mut answers = Vec::new();
        for write in writes {
            let (reply, answer) = oneshot::channel();
            let job = super::Message::Write(Box::new(super::Job::new(write, reply)));
            queue.send(job).await.unwrap();
            answers.push(answer);
        }
        go.send(()).unwrap();
        answers
    };
    let (first, answers) = tokio::join!(first, rest);
    first.unwrap();
    let mut results = Vec::new();
    for answer in answers {
        results.push(answer.await.unwrap());
    }
    results
}

#[tokio::test]
async fn writes_that_wait_together_are_one_transaction() {
    let folder = Folder::new();
    let storage = open(&folder, AGES, 8);
    let others = Mutex::new(folder.connection());
    let results = together::<(i64, i64)>(
        &storage,
        vec![
            Box::new(|connection| insert(connection, 1).map(|()| (0, 0))),
            Box::new(move |connection| {
                let others = others.lock().unwrap();
                Ok((count(connection, "audit"), count(&others, "audit")))
            }),
        ],
    )
    .await;
    // The second saw the first's entry, which nobody else saw yet.
    assert!(
        matches!(results.as_slice(), [Ok(_), Ok((1, 0))]),
        "{results:?}"
    );
    assert_eq!(count(&folder.connection(), "audit"), 1);
}

#[tokio::test]
async fn write_that_fails_or_panics_does_not_spoil_its_group() {
    let folder = Folder::new();
    let storage = open(&folder, AGES, 8);
    let results = together::<()>(
        &storage,
        vec![
            Box::new(|connection| insert(connection, 1)),
            Box::new(|connection| {
                insert(connection, 2)?;
                Err(StorageError::BadPageToken)
            }),
            Box::new(|connection| insert(connection, 3)),
            Box::new(|connection| {
                insert(connection, 4)?;
                panic!("a write panics in a test")
            }),
            Box::new(|connection| insert(connection, 5)),
        ],
    )
    .await;

    assert!(
        matches!(
            results.as_slice(),
            [
                Ok(()),
                Err(StorageError::BadPageToken),
                Ok(()),
                Err(StorageError::Driver(_)),
                Ok(())
            ]
        ),
        "{results:?}"
    );
    assert_eq!(count(&folder.connection(), "audit"), 3);
}

#[tokio::test]
async fn write_that_fills_the_disk_is_told_so_and_its_group_is_written() {
    let folder = Folder::new();
    let storage = open(&folder, AGES, 8);
    storage
        .writer
        .run(|connection| {
            // SQLite's own limit fails where a full disk does.
            let pages: i64 = connection
                .query_row("PRAGMA page_count", [], |row| row.get(0))
                .map_err(driver)?;
            connection
                .query_row(
                    &format!("PRAGMA max_page_count = {}", pages + 4),
                    [],
                    |_| Ok(()),
                )
                .map_err(driver)
        })
        .await
        .unwrap();
    let results = together::<()>(
        &storage,
        vec![
            Box::new(|connection| insert(connection, 1)),
            Box::new(|connection| insert(connection, 1_000_000)),
            Box::new(|connection| insert(connection, 1)),
        ],
    )
    .await;

    assert!(
        matches!(
            results.as_slice(),
            [Ok(()), Err(StorageError::DiskFull), Ok(())]
        ),
        "{results:?}"
    );
    assert_eq!(count(&folder.connection(), "audit"), 2);
}

#[tokio::test]
async fn write_that_ends_the_transaction_loses_only_itself() {
    let folder = Folder::new();
    let storage = open(&folder, AGES, 8);
    let results = together::<()>(
        &storage,
        vec![
            Box::new(|connection| insert(connection, 1)),
            Box::new(|connection| connection.execute_batch("ROLLBACK").map_err(driver)),
            Box::new(|connection| insert(connection, 1)),
        ],
    )
    .await;

    assert!(
        matches!(
            results.as_slice(),
            [Ok(()), Err(StorageError::Driver(_)), Ok(())]
        ),
        "{results:?}"
    );
    assert_eq!(count(&folder.connection(), "audit"), 2);
}

#[tokio::test]
async fn write_to_a_database_that_cannot_be_written_is_told_so() {
    let folder = Folder::new();
    let storage = open(&folder, AGES, 8);
    storage
        .writer
        .run(|connection| {
            connection
                .pragma_update(None, "query_only", true)
                .map_err(driver)
        })
        .await
        .unwrap();
    let refused = storage
        .writer
        .record(&[entry(AuditAction::BansCreated, 0)])
        .await;
    assert!(
        matches!(refused, Err(StorageError::ReadOnly)),
        "{refused:?}"
    );
    storage.reads().ping().await.unwrap();
}

#[tokio::test]
async fn writes_while_another_process_writes_are_all_told_busy_after_one_wait() {
    let folder = Folder::new();
    let storage = open(&folder, Duration::from_millis(200), 64);
    let mut other = folder.connection();
    let holding = other
        .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)
        .unwrap();
    let begun = std::time::Instant::now();
    let mut waiting = tokio::task::JoinSet::new();
    for millis in 0..40 {
        let writes = storage.writes();
        waiting.spawn(async move {
            writes
                .record(&[entry(AuditAction::BansCreated, millis)])
                .await
        });
    }
    for answer in waiting.join_all().await {
        assert!(matches!(answer, Err(StorageError::Busy)), "{answer:?}");
    }
    // One wait each would be 8 s.
    assert!(
        begun.elapsed() < Duration::from_secs(4),
        "{:?}",
        begun.elapsed()
    );
    holding.rollback().unwrap();

    storage
        .writer
        .record(&[entry(AuditAction::BansCreated, 0)])
        .await
        .unwrap();
    assert_eq!(count(&folder.connection(), "audit"), 1);
}

#[tokio::test]
async fn write_that_finds_no_room_in_the_queue_is_told_busy() {
    let folder = Folder::new();
    let storage = open(&folder, Duration::from_millis(50), 1);
    let (Held { go, running }, work) = held();
    let first = storage.writer.run(work);
    let rest = async {
        running.await.unwrap();
        let (reply, answer) = oneshot::channel();
        let second = super::Job::new(|connection: &Connection| insert(connection, 1), reply);
        let second = super::Message::Write(Box::new(second));
        assert!(storage.writer.queue.try_send(second).is_ok());
        let third = storage.writer.run(|connection| insert(connection, 1)).await;
        go.send(()).unwrap();
        answer.await.unwrap().unwrap();
        third
    };
    let (first, third) = tokio::join!(first, rest);
    first.unwrap();
    assert!(matches!(third, Err(StorageError::Busy)), "{third:?}");
    assert_eq!(count(&folder.connection(), "audit"), 1);
}

#[tokio::test]
async fn write_whose_caller_went_away_is_still_written() {
    let folder = Folder::new();
    let storage = open(&folder, AGES, 8);
    let (Held { go, running }, work) = held();
    let first = storage.writer.run(work);
    let rest = async {
        running.await.unwrap();
        tokio::select! {
            biased;
            _ = storage.writer.run(|connection| insert(connection, 1)) => panic!("it cannot have run"),
            () = std::future::ready(()) => {}
        }
        go.send(()).unwrap();
    };
    let (first, ()) = tokio::join!(first, rest);
    first.unwrap();
    storage.close().await;
    assert_eq!(count(&folder.connection(), "audit"), 1);
}

#[test]
fn storage_dropped_unclosed_ends_its_thread() {
    let folder = Folder::new();
    let storage = open(&folder, AGES, 8);
    let thread = storage.writer.thread.try_lock().unwrap().take().unwrap();
    drop(storage);
    thread.join().unwrap();
}

#[test]
fn error_of_a_file_system_gone_read_only_says_so() {
    let folder = Folder::new();
    let path = folder.database();
    std::fs::write(&path, "").unwrap();
    let io = || {
        let error = ffi::Error::new(ffi::SQLITE_IOERR_WRITE);
        driver(rusqlite::Error::SqliteFailure(error, None))
    };
    assert!(matches!(refine(&path, io()), StorageError::Driver(_)));
    let mut mode = std::fs::metadata(&path).unwrap().permissions();
    mode.set_readonly(true);
    std::fs::set_permissions(&path, mode).unwrap();
    let refined = unprivileged(|| refine(&path, io()));
    assert!(matches!(refined, StorageError::ReadOnly), "{refined:?}");
    let other = unprivileged(|| refine(&path, StorageError::Busy));
    assert!(matches!(other, StorageError::Busy), "{other:?}");
}
