use std::{sync::Arc, time::Duration};

use domain::{Event, HostId, Place, SessionId};
use futures_util::StreamExt as _;

use super::*;
use crate::testing::{TestApp, TestClock, heard_ban};

/// Frames that say which events are in them.
struct Plain;

impl Render for Plain {
    fn events(&self, events: Vec<Event>, last: EventId) -> Bytes {
        let ids: Vec<i64> = events.iter().map(|event| event.id.0).collect();
        format!("{ids:?} {}", last.0).into()
    }

    fn status(&self, status: HostStatus) -> Bytes {
        format!("status {}", status.revision).into()
    }

    fn behind(&self, last: EventId) -> Bytes {
        format!("behind {}", last.0).into()
    }
}

fn feed() -> Arc<LiveFeed> {
    let feed = LiveFeed::new(Box::new(Plain), CancellationToken::new());
    feed.begin(EventId(10));
    Arc::new(feed)
}

fn events(ids: impl IntoIterator<Item = i64>) -> Vec<Event> {
    let at = domain::Clock::now(&TestClock::stopped());
    let event = |id| Event {
        id: EventId(id),
        host: HostId::local(),
        what: heard_ban(at, "192.0.2.1"),
        place: Place::default(),
        has_lines: false,
    };
    ids.into_iter().map(event).collect()
}

fn frames(missed: &Missed) -> Vec<String> {
    match missed {
        Missed::Frames(frames) => frames
            .iter()
            .map(|frame| String::from_utf8_lossy(frame).into_owned())
            .collect(),
        Missed::AskStorage => vec!["ask".to_owned()],
    }
}

#[tokio::test(start_paused = true)]
async fn client_that_comes_back_is_told_what_it_missed_from_memory_or_sent_to_storage() {
    let feed = feed();
    feed.publish(events([11, 12]));
    feed.publish(events([13]));
    let missed = |after: i64| frames(&feed.start(Some(EventId(after))).missed);
    assert_eq!(missed(13), [] as [&str; 0]);
    assert_eq!(missed(12), ["[13] 13"]);
    // Twice is better than never: 11 is known, 12 is not.
    assert_eq!(missed(11), ["[11, 12] 12", "[13] 13"]);
    assert_eq!(missed(10), ["[11, 12] 12", "[13] 13"]);
    assert_eq!(missed(9), ["ask"]);
    assert_eq!(frames(&feed.start(None).missed), [] as [&str; 0]);
    assert_eq!(feed.start(None).last, Some(EventId(13)));
}

#[tokio::test(start_paused = true)]
async fn event_told_again_is_sent_with_the_newest_id() {
    let feed = feed();
    feed.publish(events([11]));
    let mut start = feed.start(None);
    feed.publish(events([3]));
    assert_eq!(start.frames.recv().await.unwrap(), "[3] 11");
    assert_eq!(feed.start(None).last, Some(EventId(11)));
}

#[tokio::test(start_paused = true)]
async fn flood_is_told_as_behind_once_a_second() {
    let feed = feed();
    let mut start = feed.start(None);
    for batch in 0..10 {
        feed.publish(events(11 + batch * 500..511 + batch * 500));
    }
    feed.tick();
    feed.tick();
    let mut told = Vec::new();
    while let Ok(frame) = start.frames.try_recv() {
        told.push(
            String::from_utf8_lossy(&frame)
                .chars()
                .take(11)
                .collect::<String>(),
        );
    }
    assert_eq!(told, ["[11, 12, 13", "[511, 512, ", "behind 5010"]);
    // Around the gap, only storage knows.
    assert_eq!(feed.start(Some(EventId(400))).missed, Missed::AskStorage);
    tokio::time::advance(Duration::from_secs(1)).await;
    feed.publish(events([5011]));
    assert_eq!(start.frames.recv().await.unwrap(), "[5011] 5011");
    assert_eq!(
        frames(&feed.start(Some(EventId(5010))).missed),
        ["[5011] 5011"]
    );
}

/// A listener of a real session, with what it says as texts.
async fn listen(
    app: &TestApp,
    feed: &Arc<LiveFeed>,
    token: &str,
) -> impl futures_util::Stream<Item = String> + Unpin + use<> {
    let listener = Listener {
        token: token.to_owned(),
        gate: app.gate(),
        after: None,
    };
    let seat = feed.seat(&SessionId("any".to_owned())).unwrap();
    let history = domain::Storage::history(app.storage.as_ref());
    let stream = stream(feed, history.as_ref(), seat, listener)
        .await
        .unwrap();
    Box::pin(stream.map(|frame| String::from_utf8_lossy(&frame).into_owned()))
}

#[tokio::test]
async fn client_that_does_not_keep_up_is_told_once_and_goes_on() {
    let app = TestApp::new().await;
    let token = app.session(domain::Role::Viewer).await;
    let feed = feed();
    let mut client = listen(&app, &feed, &token).await;
    for id in 0..200 {
        feed.publish(events([11 + id]));
    }
    assert!(client.next().await.unwrap().starts_with("event: hello"));
    assert_eq!(client.next().await.unwrap(), "behind 210");
    feed.publish(events([211]));
    assert_eq!(client.next().await.unwrap(), "[211] 211");
}

#[tokio::test]
async fn stream_ends_at_stop_and_with_its_session_by_the_next_ping() {
    let app = TestApp::new().await;
    let token = app.session(domain::Role::Viewer).await;
    let feed = feed();
    let mut client = listen(&app, &feed, &token).await;
    let mut other = listen(&app, &feed, &token).await;
    client.next().await.unwrap();
    other.next().await.unwrap();
    tokio::time::pause();
    assert_eq!(client.next().await.unwrap(), "event: ping\ndata: {}\n\n");
    app.clock.advance_seconds(3_601);
    assert_eq!(client.next().await, None, "the session has ended");
    tokio::time::resume();
    feed.end();
    assert_eq!(other.next().await, None, "the server stops");
    assert_eq!(
        listen(&app, &feed, &token).await.count().await,
        1,
        "hello and no more"
    );
}
