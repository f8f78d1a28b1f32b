//! The live feed: what was stored and how the host is, written once and sent to every client that listens.
//!
//! A frame is rendered once, whoever listens. A client that cannot keep up misses frames and is told that it is behind; nobody waits for it.
mod places_left;
mod stream;

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::body::Bytes;
use domain::{Event, EventId, HostStatus};
use tokio::{sync::broadcast, time::Instant};
use tokio_util::sync::CancellationToken;

use places_left::Seats;
pub(crate) use places_left::{Seat, TooMany};
pub(crate) use stream::{Listener, stream};

/// The most events that are shown one by one in [`WINDOW`], and that a client who comes back is told of one by one. Whoever missed more loads anew.
pub(crate) const MAX_EVENTS: usize = 1_000;
/// The most events of one message.
pub(crate) const MAX_EVENTS_PER_MESSAGE: usize = 100;
const WINDOW: Duration = Duration::from_secs(1);
/// Frames that wait for the slowest client.
const WAITING_FRAMES: usize = 64;

/// How events and states become frames; the wire is the routers' business.
pub(crate) trait Render: Send + Sync {
    /// One message, or two when there were too many events for one.
    fn events(&self, events: Vec<Event>, last: EventId) -> Bytes;
    /// The state of the host.
    fn status(&self, status: HostStatus) -> Bytes;
    /// "Load anew", with the key to go on from.
    fn behind(&self, last: EventId) -> Bytes;
}

/// See the module.
pub(crate) struct LiveFeed {
    render: Box<dyn Render>,
    sender: broadcast::Sender<Bytes>,
    state: Mutex<State>,
    seats: Seats,
    stop: CancellationToken,
}

#[derive(Default)]
struct State {
    /// The event stored last; `None` until storage has been asked.
    last: Option<EventId>,
    /// The newest frames of events, for clients that come back.
    recent: VecDeque<Recent>,
    /// Events in `recent`.
    recent_events: usize,
    /// The state of the host that was told last.
    status: Option<(u64, Bytes)>,
    flood: Flood,
}

struct Recent {
    /// The event stored last before this frame.
    after: EventId,
    last: EventId,
    events: usize,
    frame: Bytes,
}

/// How many events went out lately.
#[derive(Default)]
struct Flood {
    window: Option<Instant>,
    events: usize,
    /// Events that nobody was told of one by one, and not told yet that there were any.
    untold: bool,
}

/// What a client begins with.
pub(crate) struct Start {
    /// The event stored last.
    pub(crate) last: Option<EventId>,
    /// The state of the host.
    pub(crate) status: Option<Bytes>,
    /// What was missed, or how to find out.
    pub(crate) missed: Missed,
    frames: broadcast::Receiver<Bytes>,
}

/// What happened since a client was last there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Missed {
    /// These frames, perhaps none.
    Frames(Vec<Bytes>),
    /// Storage knows.
    AskStorage,
}

impl LiveFeed {
    /// A feed whose streams end when `stop` is cancelled.
    pub(crate) fn new(render: Box<dyn Render>, stop: CancellationToken) -> Self {
        Self {
            render,
            sender: broadcast::Sender::new(WAITING_FRAMES),
            state: Mutex::default(),
            seats: Seats::default(),
            stop,
        }
    }

    /// Ends all streams, also those that begin later.
    pub(crate) fn end(&self) {
        self.stop.cancel();
    }

    /// A seat for a client, as long as there is one for its session.
    pub(crate) fn seat(&self, session: &domain::SessionId) -> Result<Seat, TooMany> {
        self.seats.take(session)
    }

    /// Where the numbers of events stand at the start.
    pub(crate) fn begin(&self, last: EventId) {
        self.lock().last.get_or_insert(last);
    }

    /// The event stored last, as far as it was told here; `None` before the first look at storage.
    pub(crate) fn last(&self) -> Option<EventId> {
        self.lock().last
    }

    /// Tells everybody of what was stored.
    pub(crate) fn publish(&self, events: Vec<Event>) {
        let Some(newest) = events.iter().map(|event| event.id).max() else {
            return;
        };
        let mut state = self.lock();
        let after = state.last.unwrap_or(newest);
        let last = after.max(newest);
        state.last = Some(last);
        let count = events.len();
        if state.flood.is_too_much(count) {
            // Whoever comes back from before here must not take the frames around the gap for all there was.
            state.recent.clear();
            state.recent_events = 0;
            return;
        }
        let frame = self.render.events(events, last);
        state.keep(Recent {
            after,
            last,
            events: count,
            frame: frame.clone(),
        });
        // Sent while the state is held, so that a client that begins gets each frame once. Nobody listening is no error.
        let _ = self.sender.send(frame);
    }

    /// Tells everybody how the host is, when that has changed.
    pub(crate) fn publish_status(&self, status: HostStatus) {
        let mut state = self.lock();
        let revision = status.revision;
        if state
            .status
            .as_ref()
            .is_some_and(|(known, _)| *known == revision)
        {
            return;
        }
        let frame = self.render.status(status);
        state.status = Some((revision, frame.clone()));
        let _ = self.sender.send(frame);
    }

    /// To be called about once a second: tells of a flood that nobody was told of one by one.
    pub(crate) fn tick(&self) {
        let mut state = self.lock();
        if !std::mem::take(&mut state.flood.untold) {
            return;
        }
        if let Some(last) = state.last {
            let _ = self.sender.send(self.render.behind(last));
        }
    }

    fn start(&self, after: Option<EventId>) -> Start {
        let state = self.lock();
        Start {
            last: state.last,
            status: state.status.as_ref().map(|(_, frame)| frame.clone()),
            missed: state.missed_since(after),
            frames: self.sender.subscribe(),
        }
    }

    /// A panic while the lock was held leaves counts that are at worst too small, and frames that are whole.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn keep(&mut self, recent: Recent) {
        self.recent_events += recent.events;
        self.recent.push_back(recent);
        while self.recent_events > MAX_EVENTS {
            match self.recent.pop_front() {
                Some(oldest) => self.recent_events -= oldest.events,
                None => return,
            }
        }
    }

    fn missed_since(&self, after: Option<EventId>) -> Missed {
        let Some(after) = after.filter(|after| self.last.is_none_or(|last| *after < last)) else {
            return Missed::Frames(Vec::new());
        };
        if self
            .recent
            .front()
            .is_none_or(|oldest| oldest.after > after)
        {
            return Missed::AskStorage;
        }
        let missed = self.recent.iter().filter(|recent| recent.last > after);
        Missed::Frames(missed.map(|recent| recent.frame.clone()).collect())
    }
}

impl Flood {
    /// Counts events; whether they are too many to be shown one by one.
    fn is_too_much(&mut self, events: usize) -> bool {
        let now = Instant::now();
        if self
            .window
            .is_none_or(|begin| now.duration_since(begin) >= WINDOW)
        {
            self.window = Some(now);
            self.events = 0;
        }
        self.events += events;
        let too_many = self.events > MAX_EVENTS;
        self.untold |= too_many;
        too_many
    }
}

#[cfg(test)]
pub(crate) mod tests;
