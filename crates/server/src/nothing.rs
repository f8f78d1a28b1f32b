//! A host that tells nothing and a history without events, until the agent hears and storage keeps.
use std::{net::IpAddr, sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::{
    Asn, BanFilter, BanSubject, Count, Dimension, Event, EventFilter, EventId, EventPage,
    EventQuery, Failing, HearCursor, HeardBatch, HistoryReads, HistorySize, HistoryWrites,
    HostError, HostHears, HostId, JailHealth, Place, PlaceSource, Places, StorageError, Stored,
    SubjectInJail, TimeRange, Timestamp, Top,
};

/// See the module.
#[derive(Debug, Clone, Copy)]
pub struct Nothing;

#[async_trait]
impl HostHears for Nothing {
    async fn hear(
        &self,
        after: Option<&HearCursor>,
        wait: Duration,
    ) -> Result<HeardBatch, HostError> {
        tokio::time::sleep(wait).await;
        Ok(HeardBatch {
            events: Vec::new(),
            failures: Vec::new(),
            cursor: after.cloned().unwrap_or(HearCursor(String::new())),
            more: false,
        })
    }

    async fn jail_health(&self) -> Result<Vec<JailHealth>, HostError> {
        Ok(Vec::new())
    }
}

impl Places for Nothing {
    fn place(&self, _: IpAddr) -> Place {
        Place::default()
    }

    fn network_name(&self, _: Asn) -> Option<Arc<str>> {
        None
    }

    fn sources(&self) -> Vec<PlaceSource> {
        Vec::new()
    }
}

#[async_trait]
impl HistoryReads for Nothing {
    async fn events(&self, _: &EventQuery) -> Result<EventPage, StorageError> {
        Ok(EventPage {
            items: Vec::new(),
            next: None,
        })
    }

    async fn event(&self, _: EventId) -> Result<Option<Event>, StorageError> {
        Ok(None)
    }

    async fn events_after(&self, _: EventId, _: usize) -> Result<Vec<Event>, StorageError> {
        Ok(Vec::new())
    }

    async fn last_event(&self) -> Result<EventId, StorageError> {
        Ok(EventId(0))
    }

    async fn count_events(&self, _: &EventFilter, _: u64) -> Result<Count, StorageError> {
        Ok(Count {
            count: 0,
            more: false,
        })
    }

    async fn bans_between(
        &self,
        _: &BanFilter,
        edges: &[Timestamp],
    ) -> Result<Vec<u64>, StorageError> {
        Ok(vec![0; edges.len().saturating_sub(1)])
    }

    async fn top(
        &self,
        _: &BanFilter,
        _: TimeRange,
        _: Dimension,
        _: usize,
    ) -> Result<Top, StorageError> {
        Ok(Top {
            items: Vec::new(),
            total: 0,
            exact: true,
        })
    }

    async fn failing(
        &self,
        _: Option<&HostId>,
        _: Timestamp,
        _: usize,
    ) -> Result<Vec<Failing>, StorageError> {
        Ok(Vec::new())
    }

    async fn subject(&self, _: &BanSubject) -> Result<Vec<SubjectInJail>, StorageError> {
        Ok(Vec::new())
    }

    async fn hear_cursor(&self, _: &HostId) -> Result<Option<HearCursor>, StorageError> {
        Ok(None)
    }

    async fn history_size(&self) -> Result<HistorySize, StorageError> {
        Ok(HistorySize {
            events: 0,
            oldest: None,
            bytes: 0,
        })
    }
}

#[async_trait]
impl HistoryWrites for Nothing {
    async fn store_heard(
        &self,
        _: &HostId,
        _: Option<&HearCursor>,
        _: &HeardBatch,
        _: &[Place],
    ) -> Result<Option<Stored>, StorageError> {
        Ok(None)
    }

    async fn forget(&self, _: Timestamp, _: Timestamp, _: usize) -> Result<u64, StorageError> {
        Ok(0)
    }
}
