//! What happened: events, what is counted of them, and the questions about both.
mod bans;
mod codes;
mod counting;
mod cuts;
mod day_sums;
mod failing;
mod forget;
mod found;
mod in_network;
mod in_order;
mod index;
mod knowledge;
mod last_heard;
mod moment;
mod names;
mod network_count;
mod packed;
mod pages;
mod places;
mod ranges;
mod recent;
mod remembered;
mod repeaters;
mod rollups;
mod rows;
mod selection;
mod settle;
mod store;
mod stretches;
mod subject;
mod subjects;
#[cfg(test)]
mod testing;
mod time;
mod top_candidates;
mod top_subjects;
mod tops;

use std::sync::Arc;

use async_trait::async_trait;
use domain::{
    BanFilter, BanSubject, Count, Dimension, Event, EventFilter, EventId, EventPage, EventQuery,
    Failing, HearCursor, HeardBatch, HistoryReads, HistorySize, HistoryWrites, HostId, JailName,
    LastHeard, Place, StorageError, Stored, SubjectInJail, TimeRange, Timestamp, Top,
};

use self::{moment::Moment, subject::Columns};
pub(super) use self::{recent::States, settle::step as settle_step};
use super::{queries, readers::Readers, writer::Writer};

impl Readers {
    /// Runs a question about what happened.
    async fn at_moment<T, F>(&self, question: F) -> Result<T, StorageError>
    where
        T: Send + 'static,
        F: FnOnce(&Moment<'_>) -> Result<T, StorageError> + Send + 'static,
    {
        let states = Arc::clone(self.states());
        self.run(move |connection| question(&Moment::of(connection, &states)?))
            .await
    }
}

#[async_trait]
impl HistoryReads for Readers {
    async fn events(&self, query: &EventQuery) -> Result<EventPage, StorageError> {
        let query = query.clone();
        self.at_moment(move |moment| pages::page(moment, &query))
            .await
    }

    async fn event(&self, id: EventId) -> Result<Option<Event>, StorageError> {
        self.at_moment(move |moment| event(moment, id)).await
    }

    async fn events_after(&self, id: EventId, limit: usize) -> Result<Vec<Event>, StorageError> {
        self.at_moment(move |moment| rows::after(moment, id.0, limit))
            .await
    }

    async fn last_event(&self) -> Result<EventId, StorageError> {
        self.run(|connection| counting::last_event(connection).map(EventId))
            .await
    }

    async fn count_events(&self, filter: &EventFilter, limit: u64) -> Result<Count, StorageError> {
        let filter = filter.clone();
        self.at_moment(move |moment| counting::events(moment, &filter, limit))
            .await
    }

    async fn bans_between(
        &self,
        filter: &BanFilter,
        edges: &[Timestamp],
    ) -> Result<Vec<u64>, StorageError> {
        let (filter, edges) = (filter.clone(), edges.to_vec());
        self.at_moment(move |moment| bans::between(moment, &filter, &edges))
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
        self.at_moment(move |moment| tops::top(moment, &filter, range, by, limit))
            .await
    }

    async fn failing(
        &self,
        host: Option<&HostId>,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<Failing>, StorageError> {
        let host = host.cloned();
        self.at_moment(move |moment| failing::failing(moment, host.as_ref(), since, limit))
            .await
    }

    async fn last_heard(
        &self,
        host: &HostId,
        jails: &[JailName],
    ) -> Result<Vec<LastHeard>, StorageError> {
        let (host, jails) = (host.clone(), jails.to_vec());
        self.at_moment(move |moment| last_heard::last_heard(moment, &host, &jails))
            .await
    }

    async fn subject(&self, subject: &BanSubject) -> Result<Vec<SubjectInJail>, StorageError> {
        let subject = subject.clone();
        self.at_moment(move |moment| in_jails(moment, &subject))
            .await
    }

    async fn hear_cursor(&self, host: &HostId) -> Result<Option<HearCursor>, StorageError> {
        let host = host.clone();
        self.run(move |connection| store::cursor(connection, &host))
            .await
    }

    async fn history_size(&self) -> Result<HistorySize, StorageError> {
        self.at_moment(counting::size).await
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
        let states = Arc::clone(self.states());
        self.run(move |connection| {
            let into = (connection, &*states);
            store::heard(into, &host, expected.as_ref(), &batch, &places)
        })
        .await
    }

    async fn forget(
        &self,
        events_before: Timestamp,
        failures_before: Timestamp,
        limit: usize,
    ) -> Result<u64, StorageError> {
        // What is forgotten stays counted, so it has to be counted first.
        let before = events_before.as_millis();
        loop {
            let states = Arc::clone(self.states());
            let step = self.run(move |connection| settle::older(connection, &states, before));
            if !step.await? {
                break;
            }
        }
        let states = Arc::clone(self.states());
        self.run(move |connection| {
            forget::forget(
                (connection, &states),
                (events_before, failures_before),
                limit,
            )
        })
        .await
    }
}

fn event(moment: &Moment<'_>, EventId(id): EventId) -> Result<Option<Event>, StorageError> {
    let jails = moment.jails()?;
    let Some(mut event) = rows::by_ids(moment, &jails, std::iter::once(id))?.pop() else {
        return Ok(None);
    };
    if event.has_lines {
        event.what.lines = rows::lines(moment, id)?;
    }
    Ok(Some(event))
}

/// What is known of a subject, most bans first.
fn in_jails(moment: &Moment<'_>, subject: &BanSubject) -> Result<Vec<SubjectInJail>, StorageError> {
    let columns = match subject {
        BanSubject::Network(network) => Columns::of_network(network),
        BanSubject::Other(text) => {
            let Some(text) = names::find(moment, queries::HISTORY_TEXT, text)? else {
                return Ok(Vec::new());
            };
            Columns::of_text(text)
        }
    };
    let jails = moment.jails()?;
    let mut rows = subjects::in_jails(moment, &columns)?;
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
