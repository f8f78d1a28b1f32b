//! Keeping what was heard: events and failures in the journal (`recent`), from where they are worked into the tables.
use std::{collections::HashMap, sync::Arc};

use domain::{
    Event, EventId, HearCursor, HeardBatch, HeardEvent, HeardFailures, HostId, Place, StorageError,
    Stored,
};
use rusqlite::{Connection, OptionalExtension as _, named_params};

use super::super::{error::driver, queries};
use super::{
    codes::{self, inconsistent},
    counting,
    knowledge::Knowledge,
    names::{self, Jails, Keys},
    recent::{Entry, Failed, Is, Recent, States},
    rollups, rows,
    subject::Columns,
    subjects,
};

/// Stores a batch; `None` when it was heard from another place than the one that is stored.
pub(super) fn heard(
    (connection, states): (&Connection, &States),
    host: &HostId,
    expected: Option<&HearCursor>,
    batch: &HeardBatch,
    places: &[Place],
) -> Result<Option<Stored>, StorageError> {
    if cursor(connection, host)?.as_ref() != expected {
        return Ok(None);
    }
    let mut intake = Intake::new(connection, host, states.written(connection)?)?;
    let places = places.iter().copied();
    let unknown = std::iter::repeat(Place::default());
    for (event, place) in batch.events.iter().zip(places.chain(unknown)) {
        intake.event(event, &place)?;
    }
    for failures in &batch.failures {
        intake.failures(failures)?;
    }
    let (recent, stored) = intake.finish(&batch.cursor)?;
    states.set(recent);
    Ok(Some(stored))
}

/// How far a host has been heard.
pub(super) fn cursor(
    connection: &Connection,
    host: &HostId,
) -> Result<Option<HearCursor>, StorageError> {
    let Some(host) = names::find(connection, queries::HISTORY_HOST, host.as_str())? else {
        return Ok(None);
    };
    connection
        .prepare_cached(queries::HISTORY_CURSOR)
        .and_then(|mut statement| statement.query_row([host], |row| row.get(0)).optional())
        .map(|cursor| cursor.map(HearCursor))
        .map_err(driver)
}

struct Intake<'a> {
    connection: &'a Connection,
    host: &'a HostId,
    keys: Keys<'a>,
    /// What was recent before.
    before: Arc<Recent>,
    recent: Recent,
    /// What is new, and where each is in it.
    new: Vec<Entry>,
    own: HashMap<(Is, Columns), usize>,
    failed: Vec<Failed>,
    /// Of events in the tables that become richer.
    rollups: rollups::Changes,
    subjects: subjects::Changes,
    stored: Stored,
    newest: Option<i64>,
    last: i64,
}

impl<'a> Intake<'a> {
    fn new(
        connection: &'a Connection,
        host: &'a HostId,
        before: Arc<Recent>,
    ) -> Result<Self, StorageError> {
        Ok(Self {
            connection,
            host,
            keys: Keys::of(connection, host)?,
            recent: Recent::clone(&before),
            before,
            new: Vec::new(),
            own: HashMap::new(),
            failed: Vec::new(),
            rollups: rollups::Changes::default(),
            subjects: subjects::Changes::default(),
            stored: Stored {
                events: Vec::new(),
                new: 0,
            },
            newest: counting::newest_in_tables(connection)?,
            last: counting::last_event(connection)?,
        })
    }

    fn event(&mut self, event: &HeardEvent, place: &Place) -> Result<(), StorageError> {
        let subject = self.subject(&event.subject)?;
        let is = Is {
            at: event.at.as_millis(),
            jail: self.keys.jail(&event.jail)?,
            kind: codes::kind(event.kind),
        };
        let actor = match &event.actor {
            Some(actor) => Some(self.keys.actor(actor.as_str())?),
            None => None,
        };
        let told = Knowledge {
            origin: codes::origin(event.origin),
            country: codes::country(place.country),
            asn: codes::asn(place.asn),
            actor,
            cause: event.cause.map(codes::cause),
            bantime: event.bantime_seconds,
            failures: event.failures,
            ban_count: event.ban_count,
            lines: !event.lines.is_empty(),
        };
        if let Some(known) = self.in_tables(is, &subject)? {
            return self.add_to_known(known, (is, &subject), event, &told);
        }
        if let Some((spot, entry)) = self.recent.find(is, &subject) {
            if let Some(richer) = self.richer(&entry, event, &told)? {
                self.recent.replace(spot, richer)?;
            }
            return Ok(());
        }
        let Some(number) = self.own.get(&(is, subject)).copied() else {
            return self.add_new(event, (is, subject), told);
        };
        if let Some(entry) = self.new.get(number).cloned()
            && let Some(richer) = self.richer(&entry, event, &told)?
            && let Some(entry) = self.new.get_mut(number)
        {
            *entry = richer;
        }
        Ok(())
    }

    fn subject(&mut self, subject: &domain::BanSubject) -> Result<Columns, StorageError> {
        Ok(match subject {
            domain::BanSubject::Network(network) => Columns::of_network(network),
            domain::BanSubject::Other(text) => Columns::of_text(self.keys.text(text)?),
        })
    }

    fn add_new(
        &mut self,
        event: &HeardEvent,
        (is, subject): (Is, Columns),
        told: Knowledge,
    ) -> Result<(), StorageError> {
        self.last += 1;
        let id = self.last;
        if told.lines {
            self.save_lines(id, &event.lines)?;
        }
        self.stored.new += 1;
        self.stored.events.push(Event {
            id: EventId(id),
            host: self.host.clone(),
            what: HeardEvent {
                lines: Vec::new(),
                ..event.clone()
            },
            place: codes::to_place(told.country, told.asn)?,
            has_lines: told.lines,
        });
        self.own.insert((is, subject), self.new.len());
        self.new.push(Entry {
            id,
            is,
            subject,
            known: told,
        });
        Ok(())
    }

    /// A recent event with what was not known of it; `None` when nothing was new.
    fn richer(
        &mut self,
        entry: &Entry,
        event: &HeardEvent,
        told: &Knowledge,
    ) -> Result<Option<Entry>, StorageError> {
        let known = entry.known.with(told);
        if known == entry.known {
            return Ok(None);
        }
        if known.lines && !entry.known.lines {
            self.save_lines(entry.id, &event.lines)?;
        }
        let richer = Entry {
            known,
            ..entry.clone()
        };
        let jails = Jails::load(self.connection)?;
        let told = rows::of_entry(self.connection, &jails, &richer)?;
        self.stored.events.push(told);
        Ok(Some(richer))
    }

    /// The event in the tables, with what is known of it.
    fn in_tables(
        &self,
        is: Is,
        subject: &Columns,
    ) -> Result<Option<(i64, Knowledge)>, StorageError> {
        // Nearly always it is new, and newer than any.
        if self.newest.is_none_or(|newest| newest < is.at) {
            return Ok(None);
        }
        self.connection
            .prepare_cached(queries::EVENTS_KNOWN)
            .and_then(|mut statement| {
                statement
                    .query_row(
                        named_params! {
                            ":at": is.at,
                            ":address": subject.address,
                            ":prefix": subject.prefix,
                            ":text": subject.text,
                            ":jail": is.jail,
                            ":kind": is.kind,
                        },
                        |row| Ok((row.get(0)?, Knowledge::read(row)?)),
                    )
                    .optional()
            })
            .map_err(driver)
    }

    /// Adds to an event in the tables what was not known of it.
    fn add_to_known(
        &mut self,
        (id, before): (i64, Knowledge),
        (is, subject): (Is, &Columns),
        event: &HeardEvent,
        told: &Knowledge,
    ) -> Result<(), StorageError> {
        let after = before.with(told);
        if after == before {
            return Ok(());
        }
        self.enrich(id, &after)?;
        if after.lines && !before.lines {
            self.save_lines(id, &event.lines)?;
        }
        let (old, new) = (before.ban(is.at, is.jail), after.ban(is.at, is.jail));
        if is.kind == codes::BAN && old != new {
            self.rollups.count(&old, -1);
            self.rollups.count(&new, 1);
            let change = subjects::Change {
                jail: is.jail,
                at: is.at,
                event_at: Some(is.at),
                place: after.place(),
                counted: vec![(old, -1), (new, 1)],
                ..subjects::Change::default()
            };
            self.subjects.add(subject, change);
        }
        let jails = Jails::load(self.connection)?;
        let richer = rows::by_id(self.connection, &jails, id)?
            .ok_or(inconsistent("an event went while it was written"))?;
        self.stored.events.push(richer);
        Ok(())
    }

    fn enrich(&self, id: i64, after: &Knowledge) -> Result<(), StorageError> {
        self.connection
            .prepare_cached(queries::EVENTS_ENRICH)
            .and_then(|mut statement| {
                statement.execute(named_params! {
                    ":id": id,
                    ":origin": after.origin,
                    ":country": after.country,
                    ":asn": after.asn,
                    ":actor": after.actor,
                    ":cause": after.cause,
                    ":bantime": after.bantime,
                    ":failures": after.failures,
                    ":ban_count": after.ban_count,
                    ":lines": after.lines,
                })
            })
            .map(|_| ())
            .map_err(driver)
    }

    fn save_lines(&self, id: i64, lines: &[String]) -> Result<(), StorageError> {
        let lines =
            serde_json::to_string(lines).map_err(|error| StorageError::Driver(Box::new(error)))?;
        self.connection
            .prepare_cached(queries::EVENTS_LINES_INSERT)
            .and_then(|mut statement| {
                statement.execute(named_params! { ":event": id, ":lines": lines })
            })
            .map(|_| ())
            .map_err(driver)
    }

    fn failures(&mut self, failures: &HeardFailures) -> Result<(), StorageError> {
        let jail = self.keys.jail(&failures.jail)?;
        let subject = self.subject(&failures.subject)?;
        let last_at = failures.last_at.as_millis();
        self.connection
            .prepare_cached(queries::FAILURES_ADD)
            .and_then(|mut statement| {
                statement.execute(named_params! {
                    ":hour": failures.hour.as_millis(),
                    ":jail": jail,
                    ":address": subject.address,
                    ":prefix": subject.prefix,
                    ":text": subject.text,
                    ":count": failures.count,
                    ":last_at": last_at,
                })
            })
            .map_err(driver)?;
        self.failed.push(Failed {
            subject,
            jail,
            count: failures.count.into(),
            last_at,
        });
        Ok(())
    }

    /// Writes what was gathered; answers what then is recent.
    fn finish(mut self, cursor: &HearCursor) -> Result<(Recent, Stored), StorageError> {
        let recounted = !self.rollups.is_empty();
        self.rollups.save(self.connection)?;
        self.subjects.save(self.connection)?;
        self.recent.append(self.new, self.failed)?;
        self.recent.save(self.connection, &self.before)?;
        if recounted {
            self.recent.tables_changed(self.connection)?;
        }
        self.connection
            .prepare_cached(queries::HISTORY_CURSOR_SAVE)
            .and_then(|mut statement| {
                statement.execute(named_params! { ":host": self.keys.host(), ":cursor": cursor.0 })
            })
            .map_err(driver)?;
        self.connection
            .prepare_cached(queries::HISTORY_ADD)
            .and_then(|mut statement| {
                statement.execute(named_params! {
                    ":new": self.stored.new.cast_signed(), ":last": self.last
                })
            })
            .map_err(driver)?;
        Ok((self.recent, self.stored))
    }
}
