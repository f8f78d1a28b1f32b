use domain::{Storage as _, Timestamp};
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

fn oldest_first() -> EventQuery {
    EventQuery {
        oldest_first: true,
        ..EventQuery::default()
    }
}

#[tokio::test]
async fn export_reads_a_page_when_it_is_taken_and_no_sooner() {
    let app = TestApp::new().await;
    bans(&app, 0..600).await;
    let pieces = export(app.storage.history(), oldest_first(), Counting);
    let mut pieces = std::pin::pin!(pieces.await.unwrap());
    assert_eq!(pieces.next().await.unwrap().unwrap().len(), 500);
    // Were the rest read ahead, these would be missing.
    bans(&app, 600..700).await;
    let rest: Vec<u8> = pieces.try_concat().await.unwrap();
    assert_eq!(rest, [vec![b'.'; 200], b"end".to_vec()].concat());
}

#[tokio::test]
async fn export_whose_storage_fails_breaks_off() {
    let app = TestApp::new().await;
    bans(&app, 0..600).await;
    let pieces = export(app.storage.history(), oldest_first(), Counting);
    let mut pieces = std::pin::pin!(pieces.await.unwrap());
    assert!(pieces.next().await.unwrap().is_ok());
    app.storage.close().await;
    assert!(pieces.next().await.unwrap().is_err());
    assert!(pieces.next().await.is_none());
}
