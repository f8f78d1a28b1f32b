//! A hundred thousand bans at once, with someone who listens, looks and polls all the while.
use std::{
    collections::HashMap,
    fs,
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use domain::{EventKind, HearCursor, HostHears as _, Origin};

use crate::ground::Ground;

const MANY: u32 = 100_000;

/// What one command holds: the daemon answers nobody else meanwhile.
const PER_COMMAND: u32 = 5_000;

/// Longer than a hundred thousand bans take on a busy machine.
const FLOOD_LIMIT: Duration = Duration::from_mins(5);

fn address(n: u32) -> String {
    // 198.18.0.0/15 is set apart for benchmarks.
    Ipv4Addr::from_bits(0xC612_0000 + n).to_string()
}

async fn ban_all(ground: &Ground) {
    for from in (0..MANY).step_by(PER_COMMAND as usize) {
        let addresses: Vec<String> = (from..from + PER_COMMAND).map(address).collect();
        let mut words = vec!["set", "app", "banip"];
        words.extend(addresses.iter().map(String::as_str));
        ground.raw(&words).await;
    }
}

/// How often each ban is told, until as many are.
async fn heard(ground: &Ground) -> HashMap<String, u32> {
    let (began, mut cursor): (Instant, Option<HearCursor>) = (Instant::now(), None);
    let mut told = HashMap::new();
    while told.len() < MANY as usize {
        assert!(began.elapsed() < FLOOD_LIMIT, "{} were told", told.len());
        let wait = Duration::from_millis(200);
        let batch = ground.agent.hear(cursor.as_ref(), wait).await.unwrap();
        assert!(batch.events.len() <= domain::MAX_EVENTS_PER_BATCH);
        for event in &batch.events {
            assert_eq!(
                (event.kind, event.origin),
                (EventKind::Ban, Origin::Manual),
                "{event:?}"
            );
            // Told again with the same time when its row makes it richer.
            let key = format!("{} {}", event.subject, event.at.as_millis());
            *told.entry(key).or_default() += 1;
        }
        let told_something = !batch.events.is_empty();
        // The same cursor again would ask for the same batch again, for ever.
        assert!(!told_something || cursor.as_ref() != Some(&batch.cursor));
        cursor = Some(batch.cursor);
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn hundred_thousand_bans_at_once_are_each_heard_once_and_the_daemon_never_waits() {
    let ground = Ground::new().await;
    let (told, ()) = tokio::join!(heard(&ground), ban_all(&ground));
    // One time for each subject, so no ban is two events.
    assert_eq!(told.len(), MANY as usize);
    let subjects: std::collections::HashSet<&str> = told
        .keys()
        .filter_map(|key| key.split(' ').next())
        .collect();
    assert_eq!(subjects.len(), MANY as usize);
    let stored = || {
        let database = rusqlite::Connection::open_with_flags(
            ground.lab.database(),
            rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY,
        )
        .unwrap();
        database.busy_timeout(FLOOD_LIMIT).unwrap();
        let count = database.query_row("SELECT count(*) FROM bans", [], |row| row.get::<_, u32>(0));
        count.unwrap()
    };
    let began = Instant::now();
    while stored() < MANY {
        assert!(began.elapsed() < FLOOD_LIMIT, "{} are stored", stored());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let log = fs::read_to_string(ground.lab.log_file()).unwrap();
    assert!(!log.contains("locked"), "the daemon was locked out");
    ground.end().await;
}
