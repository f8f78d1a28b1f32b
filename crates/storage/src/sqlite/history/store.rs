//! Keeping what was heard.
use domain::{
    Event, EventId, HearCursor, HeardBatch, HeardEvent, HeardFailures, HostId, Place, StorageError,
    Stored,
};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};

use super::super::{error::driver, queries};
use super::{
    codes::{self, inconsistent},
    names::{self, Jails, Keys},
    rollups::{self, Ban},
    rows,
    subject::Columns,
    subjects,
};

/// Stores a batch; `None` when it was heard from another place than the one that is stored.
pub(super) fn heard(
    connection: &Connection,
    host: &HostId,
    expected: Option<&HearCursor>,
    batch: &HeardBatch,
    places: &[Place],
) -> Result<Option<Stored>, StorageError> {
    if cursor(connection, host)?.as_ref() != expected {
        return Ok(None);
    }
    let mut intake = Intake {
        connection,
        host,
        keys: Keys::of(connection, host)?,
        rollups: rollups::Changes::default(),
        subjects: subjects::Changes::default(),
        stored: Stored {
            events: Vec::with_capacity(batch.events.len()),
            new: 0,
        },
        last: 0,
    };
    let places = places.iter().copied();
    let unknown = std::iter::repeat(Place::default());
    for (event, place) in batch.events.iter().zip(places.chain(unknown)) {
        intake.event(event, &place)?;
    }
    for failures in &batch.failures {
        intake.failures(failures)?;
    }
    intake.finish(&batch.cursor).map(Some)
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

/// What may become known of an event later.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Knowledge {
    origin: i64,
    country: i64,
    asn: i64,
    actor: Option<i64>,
    cause: Option<i64>,
    bantime: Option<i64>,
    failures: Option<u32>,
    ban_count: Option<u32>,
    lines: bool,
}

impl Knowledge {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            origin: row.get(1)?,
            country: row.get(2)?,
            asn: row.get(3)?,
            actor: row.get(4)?,
            cause: row.get(5)?,
            bantime: row.get(6)?,
            failures: row.get(7)?,
            ban_count: row.get(8)?,
            lines: row.get(9)?,
        })
    }

    /// This, and what `other` knows beyond it.
    fn with(&self, other: &Self) -> Self {
        let known = |number: i64, other: i64| if number == 0 { other } else { number };
        // "It cannot be known" is as good as nothing once somebody knows.
        let unknown = codes::cause(domain::UnbanCause::Unknown);
        let cause = match (self.cause, other.cause) {
            (Some(cause), Some(told)) if cause == unknown => Some(told),
            (cause, told) => cause.or(told),
        };
        Self {
            origin: known(self.origin, other.origin),
            country: known(self.country, other.country),
            asn: known(self.asn, other.asn),
            actor: self.actor.or(other.actor),
            cause,
            bantime: self.bantime.or(other.bantime),
            failures: self.failures.or(other.failures),
            ban_count: self.ban_count.or(other.ban_count),
            lines: self.lines || other.lines,
        }
    }

    const fn ban(&self, at: i64, jail: i64) -> Ban {
        Ban {
            at,
            jail,
            country: self.country,
            asn: self.asn,
            origin: self.origin,
        }
    }

    fn place(&self) -> Option<(i64, i64)> {
        (self.country != 0 || self.asn != 0).then_some((self.country, self.asn))
    }
}

struct Intake<'a> {
    connection: &'a Connection,
    host: &'a HostId,
    keys: Keys<'a>,
    rollups: rollups::Changes,
    subjects: subjects::Changes,
    stored: Stored,
    last: i64,
}

impl Intake<'_> {
    fn event(&mut self, event: &HeardEvent, place: &Place) -> Result<(), StorageError> {
        let jail = self.keys.jail(&event.jail)?;
        let subject = self.subject(&event.subject)?;
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
        match self.insert(event, jail, &subject, &told)? {
            Some(id) => self.count_new(id, event, (jail, &subject), &told),
            None => self.add_to_known(event, jail, &subject, &told),
        }
    }

    fn subject(&mut self, subject: &domain::BanSubject) -> Result<Columns, StorageError> {
        Ok(match subject {
            domain::BanSubject::Network(network) => Columns::of_network(network),
            domain::BanSubject::Other(text) => Columns::of_text(self.keys.text(text)?),
        })
    }

    /// The key of the new row; `None` when the event is known.
    fn insert(
        &self,
        event: &HeardEvent,
        jail: i64,
        subject: &Columns,
        told: &Knowledge,
    ) -> Result<Option<i64>, StorageError> {
        let mut statement = self
            .connection
            .prepare_cached(queries::EVENTS_INSERT)
            .map_err(driver)?;
        let inserted = statement
            .execute(named_params! {
                ":at": event.at.as_millis(),
                ":jail": jail,
                ":kind": codes::kind(event.kind),
                ":origin": told.origin,
                ":address": subject.address,
                ":prefix": subject.prefix,
                ":text": subject.text,
                ":country": told.country,
                ":asn": told.asn,
                ":actor": told.actor,
                ":cause": told.cause,
                ":bantime": told.bantime,
                ":failures": told.failures,
                ":ban_count": told.ban_count,
                ":lines": told.lines,
            })
            .map_err(driver)?;
        Ok((inserted == 1).then(|| self.connection.last_insert_rowid()))
    }

    fn count_new(
        &mut self,
        id: i64,
        event: &HeardEvent,
        (jail, subject): (i64, &Columns),
        told: &Knowledge,
    ) -> Result<(), StorageError> {
        if told.lines {
            self.save_lines(id, &event.lines)?;
        }
        let at = event.at.as_millis();
        let is = |code| i64::from(codes::kind(event.kind) == code);
        let mut counted = Vec::new();
        if is(codes::BAN) == 1 {
            let ban = told.ban(at, jail);
            self.rollups.count(&ban, 1);
            counted.push((ban, 1));
        }
        let change = subjects::Change {
            jail,
            bans: is(codes::BAN),
            unbans: is(codes::UNBAN),
            event_at: Some(at),
            at,
            place: told.place(),
            counted,
            ..subjects::Change::default()
        };
        self.subjects.add(subject, change);
        self.last = self.last.max(id);
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
        Ok(())
    }

    /// Adds to a known event what was not known of it.
    fn add_to_known(
        &mut self,
        event: &HeardEvent,
        jail: i64,
        subject: &Columns,
        told: &Knowledge,
    ) -> Result<(), StorageError> {
        let at = event.at.as_millis();
        let (id, before) = self
            .connection
            .prepare_cached(queries::EVENTS_KNOWN)
            .and_then(|mut statement| {
                statement.query_row(
                    named_params! {
                        ":at": at,
                        ":address": subject.address,
                        ":prefix": subject.prefix,
                        ":text": subject.text,
                        ":jail": jail,
                        ":kind": codes::kind(event.kind),
                    },
                    |row| Ok((row.get::<_, i64>(0)?, Knowledge::read(row)?)),
                )
            })
            .map_err(driver)?;
        let after = before.with(told);
        if after == before {
            return Ok(());
        }
        self.enrich(id, &after)?;
        if after.lines && !before.lines {
            self.save_lines(id, &event.lines)?;
        }
        let (old, new) = (before.ban(at, jail), after.ban(at, jail));
        if codes::kind(event.kind) == codes::BAN && old != new {
            self.rollups.count(&old, -1);
            self.rollups.count(&new, 1);
            let change = subjects::Change {
                jail,
                at,
                event_at: Some(at),
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
        let change = subjects::Change {
            jail,
            failures: i64::from(failures.count),
            at: last_at,
            ..subjects::Change::default()
        };
        self.subjects.add(&subject, change);
        Ok(())
    }

    fn finish(self, cursor: &HearCursor) -> Result<Stored, StorageError> {
        self.rollups.save(self.connection)?;
        self.subjects.save(self.connection)?;
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
        Ok(self.stored)
    }
}
