//! What happened: events, what is counted of them, and the questions about both.
mod bans;
mod codes;
mod counting;
mod failing;
mod forget;
mod in_network;
mod in_order;
mod names;
mod packed;
mod pages;
mod places;
mod rollups;
mod rows;
mod selection;
mod store;
mod stretches;
mod subject;
mod subjects;
mod time;
mod top_subjects;
mod tops;

use async_trait::async_trait;
use domain::{
    BanFilter, BanSubject, Count, Dimension, Event, EventFilter, EventId, EventPage, EventQuery,
    Failing, HearCursor, HeardBatch, HistoryReads, HistorySize, HistoryWrites, HostId, Place,
    StorageError, Stored, SubjectInJail, TimeRange, Timestamp, Top,
};
use rusqlite::Connection;

use self::{names::Jails, subject::Columns};
use super::{queries, readers::Readers, writer::Writer};

#[async_trait]
impl HistoryReads for Readers {
    async fn events(&self, query: &EventQuery) -> Result<EventPage, StorageError> {
        let query = query.clone();
        self.run(move |connection| pages::page(connection, &query))
            .await
    }

    async fn event(&self, id: EventId) -> Result<Option<Event>, StorageError> {
        self.run(move |connection| event(connection, id)).await
    }

    async fn events_after(&self, id: EventId, limit: usize) -> Result<Vec<Event>, StorageError> {
        self.run(move |connection| rows::after(connection, id.0, limit))
            .await
    }

    async fn last_event(&self) -> Result<EventId, StorageError> {
        self.run(|connection| counting::last_event(connection).map(EventId))
            .await
    }

    async fn count_events(&self, filter: &EventFilter, limit: u64) -> Result<Count, StorageError> {
        let filter = filter.clone();
        self.run(move |connection| counting::events(connection, &filter, limit))
            .await
    }

    async fn bans_between(
        &self,
        filter: &BanFilter,
        edges: &[Timestamp],
    ) -> Result<Vec<u64>, StorageError> {
        let (filter, edges) = (filter.clone(), edges.to_vec());
        self.run(move |connection| bans::between(connection, &filter, &edges))
            .await
    }

    async fn top(
        &self,
        filter: &BanFilter,
        range: TimeRange,
        by: Dimension,
        limit: usize,
    ) -> Result<Top, StorageError> {
        let filter = filter.clone();
        self.run(move |connection| tops::top(connection, &filter, range, by, limit))
            .await
    }

    async fn failing(
        &self,
        host: Option<&HostId>,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<Failing>, StorageError> {
        let host = host.cloned();
        self.run(move |connection| failing::failing(connection, host.as_ref(), since, limit))
            .await
    }

    async fn subject(&self, subject: &BanSubject) -> Result<Vec<SubjectInJail>, StorageError> {
        let subject = subject.clone();
        self.run(move |connection| in_jails(connection, &subject))
            .await
    }

    async fn hear_cursor(&self, host: &HostId) -> Result<Option<HearCursor>, StorageError> {
        let host = host.clone();
        self.run(move |connection| store::cursor(connection, &host))
            .await
    }

    async fn history_size(&self) -> Result<HistorySize, StorageError> {
        self.run(counting::size).await
    }
}

#[async_trait]
impl HistoryWrites for Writer {
    async fn store_heard(
        &self,
        host: &HostId,
        expected: Option<&HearCursor>,
        batch: &HeardBatch,
        places: &[Place],
    ) -> Result<Option<Stored>, StorageError> {
        let (host, expected) = (host.clone(), expected.cloned());
        let (batch, places) = (batch.clone(), places.to_vec());
        self.run(move |connection| {
            store::heard(connection, &host, expected.as_ref(), &batch, &places)
        })
        .await
    }

    async fn forget(
        &self,
        events_before: Timestamp,
        failures_before: Timestamp,
        limit: usize,
    ) -> Result<u64, StorageError> {
        self.run(move |connection| {
            forget::forget(connection, events_before, failures_before, limit)
        })
        .await
    }
}

fn event(connection: &Connection, EventId(id): EventId) -> Result<Option<Event>, StorageError> {
    let jails = Jails::load(connection)?;
    let Some(mut event) = rows::by_id(connection, &jails, id)? else {
        return Ok(None);
    };
    if event.has_lines {
        event.what.lines = rows::lines(connection, id)?;
    }
    Ok(Some(event))
}

/// What is known of a subject, most bans first.
fn in_jails(
    connection: &Connection,
    subject: &BanSubject,
) -> Result<Vec<SubjectInJail>, StorageError> {
    let columns = match subject {
        BanSubject::Network(network) => Columns::of_network(network),
        BanSubject::Other(text) => {
            let Some(text) = names::find(connection, queries::HISTORY_TEXT, text)? else {
                return Ok(Vec::new());
            };
            Columns::of_text(text)
        }
    };
    let jails = Jails::load(connection)?;
    let mut rows = subjects::in_jails(connection, &columns)?;
    rows.sort_by_key(|row| std::cmp::Reverse(row.bans));
    rows.into_iter()
        .map(|row| {
            let jail = jails.get(row.jail)?;
            Ok(SubjectInJail {
                host: jail.host.clone(),
                jail: jail.name.clone(),
                bans: row.bans.unsigned_abs(),
                unbans: row.unbans.unsigned_abs(),
                failures: row.failures.unsigned_abs(),
                first_at: row.first_at.map(Timestamp::from_millis),
                last_at: row.last_at.map(Timestamp::from_millis),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests;
