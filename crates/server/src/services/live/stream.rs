//! What one client is sent.
use std::{collections::VecDeque, sync::Arc, time::Duration};

use axum::body::Bytes;
use domain::{EventId, HistoryReads, StorageError};
use futures_util::{Stream, stream::unfold};
use tokio::{
    sync::broadcast::{self, error::RecvError},
    time::{Instant, Interval, MissedTickBehavior, interval_at},
};
use tokio_util::sync::CancellationToken;

use super::{LiveFeed, MAX_EVENTS, MAX_EVENTS_PER_MESSAGE, Missed, Seat};
use crate::services::session_gate::SessionGate;

/// How often a client hears that the line is alive, and its session is looked at.
const PING_EVERY: Duration = Duration::from_secs(15);
const PING: Bytes = Bytes::from_static(b"event: ping\ndata: {}\n\n");

/// Who listens.
pub(crate) struct Listener {
    /// Its session, which must go on.
    pub(crate) token: String,
    /// Who knows whether it does.
    pub(crate) gate: Arc<SessionGate>,
    /// The last event that it knows of.
    pub(crate) after: Option<EventId>,
}

/// The frames for one client, until its session ends or the server stops.
///
/// # Errors
/// Storage's, when it must be asked for what was missed.
pub(crate) async fn stream(
    feed: &Arc<LiveFeed>,
    history: &dyn HistoryReads,
    seat: Seat,
    listener: Listener,
) -> Result<impl Stream<Item = Bytes> + use<>, StorageError> {
    let start = feed.start(listener.after);
    let mut first = VecDeque::from([hello(start.last)]);
    first.extend(start.status);
    match (start.missed, listener.after) {
        (Missed::Frames(frames), _) => first.extend(frames),
        (Missed::AskStorage, after) => {
            first.extend(missed(feed, history, after.unwrap_or(EventId(0))).await?);
        }
    }
    let client = Client {
        first,
        frames: start.frames,
        ping: pings(),
        stop: feed.stop.clone(),
        feed: Arc::clone(feed),
        listener,
        _seat: seat,
    };
    Ok(unfold(client, async |mut client| {
        let frame = client.next().await?;
        Some((frame, client))
    }))
}

async fn missed(
    feed: &LiveFeed,
    history: &dyn HistoryReads,
    after: EventId,
) -> Result<Vec<Bytes>, StorageError> {
    let mut events = history.events_after(after, MAX_EVENTS + 1).await?;
    if events.len() > MAX_EVENTS {
        let last = history.last_event().await?;
        return Ok(vec![feed.render.behind(last)]);
    }
    let mut frames = Vec::new();
    while !events.is_empty() {
        let rest = events.split_off(events.len().min(MAX_EVENTS_PER_MESSAGE));
        let last = events.iter().map(|event| event.id).max().unwrap_or(after);
        frames.push(feed.render.events(events, last));
        events = rest;
    }
    Ok(frames)
}

fn hello(last: Option<EventId>) -> Bytes {
    let body = serde_json::json!({ "lastEventId": last.map(|id| id.0.to_string()) });
    format!("event: hello\ndata: {body}\n\n").into()
}

fn pings() -> Interval {
    let mut ping = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ping
}

struct Client {
    first: VecDeque<Bytes>,
    frames: broadcast::Receiver<Bytes>,
    ping: Interval,
    stop: CancellationToken,
    feed: Arc<LiveFeed>,
    listener: Listener,
    /// Given back at the end.
    _seat: Seat,
}

impl Client {
    /// What comes next; `None` at the end.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(frame) = self.first.pop_front() {
            return Some(frame);
        }
        tokio::select! {
            biased;
            () = self.stop.cancelled() => None,
            _ = self.ping.tick() => self.ping().await,
            frame = self.frames.recv() => match frame {
                Ok(frame) => Some(frame),
                Err(RecvError::Lagged(_)) => Some(self.behind()),
                Err(RecvError::Closed) => None,
            },
        }
    }

    /// The session is looked at without being used: an open tab is nobody at work.
    async fn ping(&self) -> Option<Bytes> {
        match self.listener.gate.is_alive(&self.listener.token).await {
            Ok(false) => None,
            // Storage that is busy for a moment ends no session.
            Ok(true) | Err(_) => Some(PING),
        }
    }

    /// What still waits is skipped too: whoever loads anew has it.
    fn behind(&mut self) -> Bytes {
        let start = self.feed.start(None);
        self.frames = start.frames;
        self.first.extend(start.status);
        self.feed.render.behind(start.last.unwrap_or(EventId(0)))
    }
}
