//! What has happened before a test begins.
use domain::{
    Asn, BanSubject, CountryCode, EventKind, HearCursor, HeardBatch, HeardEvent, HeardFailures,
    HostId, MAX_EVENTS_PER_BATCH, Origin, Place, Storage as _, Timestamp,
};

use super::TestApp;

/// Events to be stored, each at its moment.
#[derive(Default)]
pub(crate) struct Past {
    events: Vec<(HeardEvent, Place)>,
    failures: Vec<HeardFailures>,
}

impl Past {
    /// A detected ban of ten minutes, for the next calls to change.
    pub(crate) fn ban(&mut self, at: &str, jail: &str, subject: &str) -> &mut HeardEvent {
        let at: jiff::Timestamp = at.parse().unwrap();
        self.ban_at(at.into(), jail, subject)
    }

    /// See [`Self::ban`].
    pub(crate) fn ban_at(&mut self, at: Timestamp, jail: &str, subject: &str) -> &mut HeardEvent {
        let event = HeardEvent {
            at,
            kind: EventKind::Ban,
            jail: jail.parse().unwrap(),
            subject: BanSubject::from_daemon(subject),
            origin: Origin::Detected,
            actor: None,
            cause: None,
            bantime_seconds: Some(600),
            failures: Some(5),
            ban_count: None,
            lines: Vec::new(),
        };
        self.events.push((event, Place::default()));
        &mut self.events.last_mut().unwrap().0
    }

    /// Says from where the last one was.
    pub(crate) fn from(&mut self, country: Option<&str>, asn: Option<u32>) {
        self.events.last_mut().unwrap().1 = Place {
            country: country.map(|code| CountryCode::new(code).unwrap()),
            asn: asn.map(Asn),
        };
    }

    /// Failures without a ban.
    pub(crate) fn failures(&mut self, hour: &str, jail: &str, subject: &str, count: u32) {
        let hour: jiff::Timestamp = hour.parse().unwrap();
        self.failures.push(HeardFailures {
            jail: jail.parse().unwrap(),
            subject: BanSubject::from_daemon(subject),
            hour: hour.into(),
            count,
            last_at: Timestamp::from(hour).plus_seconds(60),
        });
    }

    /// The events as they are to be stored.
    pub(crate) fn events(&self) -> impl Iterator<Item = &(HeardEvent, Place)> {
        self.events.iter()
    }

    /// Stores it, behind what is stored already; who is hearing goes on from where they are.
    pub(crate) async fn store(self, app: &TestApp) {
        let mut failures = self.failures;
        let mut events = self.events.into_iter().peekable();
        while events.peek().is_some() || !failures.is_empty() {
            let some = events.by_ref().take(MAX_EVENTS_PER_BATCH);
            let (events, places): (Vec<_>, Vec<_>) = some.unzip();
            let failures = std::mem::take(&mut failures);
            store_batch(app, events, failures, &places).await;
        }
    }
}

/// Stores one batch, again when somebody who hears stored something in between.
async fn store_batch(
    app: &TestApp,
    events: Vec<HeardEvent>,
    failures: Vec<HeardFailures>,
    places: &[Place],
) {
    let host = HostId::local();
    let first = HearCursor(format!("test-{}", app.clock.next_number()));
    let mut batch = HeardBatch {
        events,
        failures,
        cursor: first.clone(),
        more: false,
    };
    loop {
        let before = app.storage.history().hear_cursor(&host).await.unwrap();
        batch.cursor = before.clone().unwrap_or_else(|| first.clone());
        let writes = app.storage.history_writes();
        let stored = writes.store_heard(&host, before.as_ref(), &batch, places);
        if stored.await.unwrap().is_some() {
            return;
        }
    }
}
