use domain::{PageSize, Storage as _, Timestamp};
use futures_util::{StreamExt as _, TryStreamExt as _};

use super::*;
use crate::testing::{Past, TestApp};

/// 2026-11-23T00:00:00Z
const START: i64 = 1_795_392_000_000;

/// Writes nothing but how many there were.
struct Counting;

impl EventWriter for Counting {
    fn page(&mut self, events: Vec<Event>) -> Result<Vec<u8>, ExportError> {
        Ok(vec![b'.'; events.len()])
    }

    fn end(&mut self) -> Vec<u8> {
        b"end".to_vec()
    }
}

async fn bans(app: &TestApp, numbers: std::ops::Range<u32>) {
    let mut past = Past::default();
    for n in numbers {
        let address = std::net::Ipv4Addr::from_bits(0x0a00_0000 + n);
        let at = Timestamp::from_millis(START + i64::from(n));
        past.ban_at(at, "sshd", &address.to_string());
    }
    past.store(app).await;
}

fn oldest_first(limit: u16) -> EventQuery {
    EventQuery {
        oldest_first: true,
        limit: PageSize::new(limit).unwrap(),
        ..EventQuery::default()
    }
}

#[tokio::test]
async fn export_reads_a_page_when_it_is_taken_and_no_sooner() {
    let app = TestApp::new().await;
    bans(&app, 0..60).await;
    let pieces = export(app.storage.history(), oldest_first(50), Counting);
    let mut pieces = std::pin::pin!(pieces.await.unwrap());
    assert_eq!(pieces.next().await.unwrap().unwrap().len(), 50);
    // Were the rest read ahead, these would be missing.
    bans(&app, 60..70).await;
    let rest: Vec<u8> = pieces.try_concat().await.unwrap();
    assert_eq!(rest, [vec![b'.'; 20], b"end".to_vec()].concat());
}

#[tokio::test]
async fn export_of_many_pages_has_each_event_once_and_one_page_at_a_time() {
    let app = TestApp::new().await;
    bans(&app, 0..1_000).await;
    for oldest_first in [true, false] {
        let query = EventQuery {
            oldest_first,
            ..self::oldest_first(7)
        };
        let pieces = export(app.storage.history(), query, Counting).await;
        let pieces: Vec<Vec<u8>> = pieces.unwrap().try_collect().await.unwrap();
        assert_eq!(pieces.len(), 143);
        assert!(pieces.iter().all(|piece| piece.len() <= 7 + b"end".len()));
        assert_eq!(
            pieces.concat(),
            [vec![b'.'; 1_000], b"end".to_vec()].concat()
        );
    }
}

#[tokio::test]
async fn export_whose_storage_fails_breaks_off() {
    let app = TestApp::new().await;
    bans(&app, 0..60).await;
    let pieces = export(app.storage.history(), oldest_first(50), Counting);
    let mut pieces = std::pin::pin!(pieces.await.unwrap());
    assert!(pieces.next().await.unwrap().is_ok());
    app.storage.close().await;
    assert!(pieces.next().await.unwrap().is_err());
    assert!(pieces.next().await.is_none());
}
