//! Closing.
use domain::{AuditAction, AuditQuery, Storage, StorageError};

use super::make;

pub(crate) async fn ping_of_open_storage_answers(storage: &dyn Storage) {
    storage.reads().ping().await.unwrap();
}

pub(crate) async fn calls_after_closing_answer_closed(storage: &dyn Storage) {
    make::set_up(storage).await;
    let (reads, writes) = (storage.reads(), storage.writes());
    storage.close().await;
    storage.close().await;

    let closed = [
        reads.ping().await,
        reads.audit(&AuditQuery::default()).await.map(|_| ()),
        storage.reads().settings().await.map(|_| ()),
        writes
            .record(&[make::entry(AuditAction::BansCreated, 1)])
            .await,
        storage
            .writes()
            .delete_expired_sessions(make::at(0))
            .await
            .map(|_| ()),
    ];
    for answer in closed {
        assert!(matches!(answer, Err(StorageError::Closed)), "{answer:?}");
    }
}
