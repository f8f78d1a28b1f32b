//! What the agent hears of a real daemon.
mod trouble;

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use agent::Agent;
use domain::{
    EventKind, HearCursor, HeardBatch, HeardEvent, HostActs as _, HostHears as _, Origin,
    UnbanCause,
};
use fail2ban::{Subject, database::Database};
use lab::ExtraJail;

use crate::ground::{Ground, LIMIT, ban_of, lab_with, unban_of, until};

/// Someone who listens and keeps what storage would keep.
#[derive(Default)]
struct Listener {
    cursor: Option<HearCursor>,
    events: Vec<HeardEvent>,
    failures: u32,
    batches: Vec<(Option<HearCursor>, HeardBatch)>,
}

impl Listener {
    async fn listen(&mut self, agent: &Agent, wait: Duration) {
        let batch = agent.hear(self.cursor.as_ref(), wait).await.unwrap();
        assert!(batch.events.len() <= domain::MAX_EVENTS_PER_BATCH);
        assert!(batch.cursor.0.len() <= 4_096, "{}", batch.cursor.0);
        for event in &batch.events {
            self.keep(event);
        }
        self.failures += batch.failures.iter().map(|f| f.count).sum::<u32>();
        self.batches
            .push((self.cursor.replace(batch.cursor.clone()), batch));
    }

    /// As storage does: known again, only what was unknown is filled.
    fn keep(&mut self, event: &HeardEvent) {
        let known = self.events.iter_mut().find(|old| {
            (&old.jail, &old.subject, old.kind, old.at)
                == (&event.jail, &event.subject, event.kind, event.at)
        });
        match known {
            Some(old) => {
                old.bantime_seconds = old.bantime_seconds.or(event.bantime_seconds);
                old.failures = old.failures.or(event.failures);
                old.ban_count = old.ban_count.or(event.ban_count);
                if old.lines.is_empty() {
                    old.lines.clone_from(&event.lines);
                }
            }
            None => self.events.push(event.clone()),
        }
    }

    /// Listens until something holds.
    async fn until(&mut self, agent: &Agent, what: &str, holds: impl Fn(&Self) -> bool) {
        let began = Instant::now();
        while !holds(self) {
            assert!(
                began.elapsed() < LIMIT,
                "waited in vain until {what}: {:#?}",
                self.told()
            );
            self.listen(agent, Duration::from_millis(500)).await;
        }
    }

    /// Listens until nothing was told for a while that is longer than any decision takes.
    async fn until_quiet(&mut self, agent: &Agent) {
        let mut told = Instant::now();
        while told.elapsed() < Duration::from_secs(6) {
            let before = self.events.len();
            self.listen(agent, Duration::from_millis(500)).await;
            if self.events.len() > before {
                told = Instant::now();
            }
        }
    }

    fn has(&self, told: &str) -> bool {
        self.told().iter().any(|event| event == told)
    }

    /// Without times, in the order of happening.
    fn told(&self) -> Vec<String> {
        let mut events: Vec<&HeardEvent> = self.events.iter().collect();
        events.sort_by_key(|event| event.at);
        events.into_iter().map(line).collect()
    }

    fn of(&self, subject: &str) -> Vec<String> {
        let end = format!(" {subject}");
        self.told()
            .into_iter()
            .filter(|told| told.contains(&end))
            .collect()
    }
}

fn line(event: &HeardEvent) -> String {
    let what = match (event.kind, event.cause) {
        (EventKind::Ban, _) => match event.origin {
            Origin::Detected => "ban",
            Origin::Manual => "manual ban",
            Origin::Blocklist => "listed ban",
        },
        (EventKind::Restored, _) => "restored",
        (EventKind::Unban, Some(UnbanCause::Expired)) => "expired",
        (EventKind::Unban, Some(UnbanCause::ByHand)) => "unbanned",
        (EventKind::Unban, Some(UnbanCause::Flushed)) => "flushed",
        (EventKind::Unban, _) => "ended",
    };
    format!("{what} {} {}", event.jail, event.subject)
}

fn jail(name: &str, bantime_seconds: i64) -> ExtraJail {
    ExtraJail {
        bantime_seconds,
        ..ExtraJail::new(name)
    }
}

async fn ground(jails: Vec<ExtraJail>) -> Ground {
    Ground::on(lab_with(jails).await, |config| config).await
}

#[tokio::test]
async fn ban_from_failures_is_heard_at_once_with_all_that_is_known() {
    let ground = ground(vec![jail("app", 600)]).await;
    let mut ears = Listener::default();
    ears.listen(&ground.agent, Duration::from_millis(100)).await;
    ground
        .lab
        .attack("app", "198.51.100.7".parse().unwrap())
        .await
        .unwrap();
    ears.until(&ground.agent, "the ban is told", |ears| {
        ears.has("ban app 198.51.100.7")
    })
    .await;
    let ban = ears
        .events
        .iter()
        .find(|e| e.kind == EventKind::Ban)
        .unwrap();
    assert_eq!(ban.origin, Origin::Detected);
    assert_eq!(ban.bantime_seconds, Some(600));
    assert_eq!(ban.failures, Some(3));
    assert_eq!(ban.ban_count, Some(1));
    assert_eq!(ban.lines.len(), 3);
    assert_eq!(ears.failures, 3);
    ground.end().await;
}

#[tokio::test]
async fn bans_by_hand_are_heard_as_manual_within_the_time_limit() {
    let ground = ground(vec![jail("app", 600)]).await;
    let mut ears = Listener::default();
    ears.listen(&ground.agent, Duration::from_millis(100)).await;
    let mut times = Vec::new();
    for n in 1..=20 {
        let address = format!("198.51.100.{n}");
        let began = Instant::now();
        ground.raw(&["set", "app", "banip", &address]).await;
        ears.until(&ground.agent, "the ban is told", |ears| {
            ears.has(&format!("manual ban app {address}"))
        })
        .await;
        times.push(began.elapsed());
    }
    times.sort();
    println!(
        "from order to batch: p50 {:?}, p95 {:?}",
        times[9], times[18]
    );
    assert!(times[18] < Duration::from_millis(500), "{times:?}");
    ground.end().await;
}

#[tokio::test]
async fn ends_of_bans_are_told_apart() {
    let ground = ground(vec![jail("short", 4), jail("long", 600)]).await;
    let mut ears = Listener::default();
    ears.listen(&ground.agent, Duration::from_millis(100)).await;
    ground.raw(&["set", "short", "banip", "198.51.100.1"]).await;
    ground.raw(&["set", "long", "banip", "198.51.100.2"]).await;
    ground.raw(&["set", "long", "banip", "198.51.100.3"]).await;
    ground.raw(&["set", "long", "banip", "198.51.100.4"]).await;
    ears.until(&ground.agent, "all bans are told", |ears| {
        ears.events.len() == 4
    })
    .await;
    ground
        .raw(&["set", "long", "unbanip", "198.51.100.2"])
        .await;
    let order = unban_of(Some("long"), &["198.51.100.3"]);
    ground.agent.unban(&order).await.unwrap();
    ears.until(&ground.agent, "three ends are told", |ears| {
        ears.events.len() == 7
    })
    .await;
    ground.raw(&["stop", "long"]).await;
    ears.until(&ground.agent, "four ends are told", |ears| {
        ears.events.len() == 8
    })
    .await;
    ears.until_quiet(&ground.agent).await;
    assert_eq!(
        ears.of("198.51.100.1"),
        [
            "manual ban short 198.51.100.1",
            "expired short 198.51.100.1"
        ]
    );
    for subject in ["198.51.100.2", "198.51.100.3"] {
        assert_eq!(
            ears.of(subject),
            [
                format!("manual ban long {subject}"),
                format!("unbanned long {subject}")
            ]
        );
    }
    assert_eq!(
        ears.of("198.51.100.4"),
        ["manual ban long 198.51.100.4", "flushed long 198.51.100.4"]
    );
    ground.end().await;
}

#[tokio::test]
async fn daemon_restarted_in_order_flushes_and_restores() {
    let mut ground = ground(vec![jail("app", 600)]).await;
    let mut ears = Listener::default();
    ground.raw(&["set", "app", "banip", "198.51.100.1"]).await;
    ears.until(&ground.agent, "the ban is told", |ears| {
        ears.events.len() == 1
    })
    .await;
    ground.lab.restart_daemon().await.unwrap();
    ears.until(&ground.agent, "it is restored", |ears| {
        ears.has("restored app 198.51.100.1")
    })
    .await;
    ears.until_quiet(&ground.agent).await;
    assert_eq!(
        ears.told(),
        [
            "manual ban app 198.51.100.1",
            "flushed app 198.51.100.1",
            "restored app 198.51.100.1"
        ]
    );
    ground.end().await;
}

#[tokio::test]
async fn daemon_killed_and_started_restores_and_ends_only_what_is_over() {
    let mut ground = ground(vec![jail("app", 600), jail("short", 2)]).await;
    let mut ears = Listener::default();
    ground.raw(&["set", "app", "banip", "198.51.100.1"]).await;
    ground.remembers("198.51.100.1").await;
    ground.raw(&["set", "short", "banip", "198.51.100.2"]).await;
    ears.until(&ground.agent, "both bans are told", |ears| {
        ears.events.len() == 2
    })
    .await;
    ground.lab.kill_daemon().await;
    let over = Instant::now() + Duration::from_secs(3);
    until("the short ban is over", async || Instant::now() > over).await;
    ground.lab.start_daemon().await.unwrap();
    ears.until(&ground.agent, "the end is told", |ears| {
        ears.has("expired short 198.51.100.2") && ears.has("restored app 198.51.100.1")
    })
    .await;
    ears.until_quiet(&ground.agent).await;
    assert_eq!(
        ears.of("198.51.100.1"),
        ["manual ban app 198.51.100.1", "restored app 198.51.100.1"]
    );
    assert_eq!(
        ears.of("198.51.100.2"),
        [
            "manual ban short 198.51.100.2",
            "expired short 198.51.100.2"
        ]
    );
    ground.end().await;
}

#[tokio::test]
async fn log_rotated_both_ways_loses_nothing() {
    let ground = ground(vec![jail("app", 600)]).await;
    let mut ears = Listener::default();
    let log = ground.lab.log_file().to_owned();
    let rotated = log.with_extension("log.1");
    ground.raw(&["set", "app", "banip", "198.51.100.1"]).await;
    ears.until(&ground.agent, "the ban is told", |ears| {
        ears.events.len() == 1
    })
    .await;
    // By name: the daemon writes to the old file until it is told.
    fs::rename(&log, &rotated).unwrap();
    fs::File::create(&log).unwrap();
    ground.raw(&["set", "app", "banip", "198.51.100.2"]).await;
    ground.raw(&["flushlogs"]).await;
    ground.raw(&["set", "app", "banip", "198.51.100.3"]).await;
    ears.until(&ground.agent, "three bans are told", |ears| {
        ears.events.len() == 3
    })
    .await;
    // By copy.
    ground.raw(&["set", "app", "banip", "198.51.100.4"]).await;
    fs::copy(&log, &rotated).unwrap();
    fs::OpenOptions::new()
        .write(true)
        .truncate(true)
        .open(&log)
        .unwrap();
    ground.raw(&["set", "app", "banip", "198.51.100.5"]).await;
    ears.until(&ground.agent, "five bans are told", |ears| {
        ears.events.len() == 5
    })
    .await;
    ears.until_quiet(&ground.agent).await;
    assert_eq!(ears.events.len(), 5, "{:?}", ears.told());
    ground.end().await;
}

fn until_stored(database: &Path, jail: &str, subject: &str) {
    let subject = Subject::parse(subject);
    let began = Instant::now();
    let stored =
        || Database::open(database).is_ok_and(|rows| rows.has_ban(jail, &subject).unwrap());
    while !stored() {
        assert!(began.elapsed() < LIMIT, "{subject:?} was never stored");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[tokio::test]
async fn what_happened_while_nobody_listened_is_told_across_a_rotation() {
    let Ground {
        mut lab,
        agent,
        client,
    } = ground(vec![jail("app", 600)]).await;
    let mut ears = Listener::default();
    let raw = async |words: &[&str]| {
        let words: Vec<fail2ban::Value> = words.iter().map(|word| (*word).into()).collect();
        client
            .request(&words, fail2ban::CommandClass::Action)
            .await
            .unwrap()
    };
    raw(&["set", "app", "banip", "198.51.100.1"]).await;
    ears.until(&agent, "the ban is told", |ears| ears.events.len() == 1)
        .await;
    agent.stop().await;
    raw(&["set", "app", "banip", "198.51.100.2"]).await;
    raw(&["set", "app", "unbanip", "198.51.100.1"]).await;
    let log = lab.log_file().to_owned();
    fs::rename(&log, log.with_extension("log.1")).unwrap();
    raw(&["flushlogs"]).await;
    raw(&["set", "app", "banip", "198.51.100.3"]).await;
    // The daemon answers before it has stored the ban: killed there, it would never restore it.
    until_stored(lab.database(), "app", "198.51.100.3");
    lab.kill_daemon().await;
    lab.start_daemon().await.unwrap();
    let ground = Ground::on(lab, |config| config).await;
    ears.until(&ground.agent, "both bans are told as restored", |ears| {
        ["198.51.100.2", "198.51.100.3"]
            .iter()
            .all(|subject| ears.has(&format!("restored app {subject}")))
    })
    .await;
    ears.until_quiet(&ground.agent).await;
    assert_eq!(
        ears.of("198.51.100.1"),
        ["manual ban app 198.51.100.1", "unbanned app 198.51.100.1"]
    );
    for subject in ["198.51.100.2", "198.51.100.3"] {
        assert_eq!(
            ears.of(subject),
            [
                format!("manual ban app {subject}"),
                format!("restored app {subject}")
            ]
        );
    }
    ground.end().await;
}

#[tokio::test]
async fn cursors_asked_again_give_the_same() {
    let ground = ground(vec![jail("app", 2)]).await;
    let mut ears = Listener::default();
    for n in 1..=5 {
        ground
            .raw(&["set", "app", "banip", &format!("198.51.100.{n}")])
            .await;
        ears.listen(&ground.agent, Duration::from_millis(300)).await;
    }
    ears.until(&ground.agent, "all is told", |ears| ears.events.len() == 10)
        .await;
    ears.until_quiet(&ground.agent).await;
    let told: BTreeSet<String> = ears.events.iter().map(timed).collect();
    assert_eq!(told.len(), 10, "{told:#?}");
    for (after, _) in ears.batches.iter().step_by(3) {
        let mut again = Listener {
            cursor: after.clone(),
            ..Listener::default()
        };
        again.until_quiet(&ground.agent).await;
        for event in &again.events {
            assert!(
                told.contains(&timed(event)),
                "{} is new after {after:?}: {told:#?}",
                timed(event)
            );
        }
    }
    ground.end().await;
}

fn timed(event: &HeardEvent) -> String {
    format!("{} {}", event.at, line(event))
}

#[tokio::test]
async fn question_left_unstored_is_answered_the_same_again() {
    let ground = ground(vec![jail("app", 600)]).await;
    ground
        .agent
        .ban(&ban_of("app", &["198.51.100.7"]))
        .await
        .unwrap();
    let wait = Duration::from_secs(5);
    let first = ground.agent.hear(None, wait).await.unwrap();
    assert!(!first.events.is_empty());
    let again = ground.agent.hear(None, wait).await.unwrap();
    assert_eq!(first, again);
    ground.end().await;
}

#[tokio::test]
async fn daemon_without_a_log_file_is_heard_by_its_database() {
    let ground = ground(vec![jail("app", 3)]).await;
    ground.raw(&["set", "logtarget", "STDOUT"]).await;
    let mut ears = Listener::default();
    ears.listen(&ground.agent, Duration::from_millis(100)).await;
    ground.raw(&["set", "app", "banip", "198.51.100.1"]).await;
    ears.until(&ground.agent, "ban and end are told", |ears| {
        ears.events.len() == 2
    })
    .await;
    assert_eq!(
        ears.told(),
        ["manual ban app 198.51.100.1", "expired app 198.51.100.1"]
    );
    ears.until_quiet(&ground.agent).await;
    assert_eq!(ears.events.len(), 2, "{:?}", ears.told());
    ground.end().await;
}

#[tokio::test]
async fn log_in_whose_place_is_a_folder_is_done_without() {
    let ground = ground(vec![jail("app", 600)]).await;
    let log = ground.lab.log_file().to_owned();
    fs::remove_file(&log).unwrap();
    fs::create_dir(&log).unwrap();
    let mut ears = Listener::default();
    ground.raw(&["set", "app", "banip", "198.51.100.1"]).await;
    ears.until(&ground.agent, "the ban is told", |ears| {
        ears.has("manual ban app 198.51.100.1")
    })
    .await;
    ground.end().await;
}

#[tokio::test]
async fn partial_and_hostile_lines_tell_nothing() {
    let ground = ground(vec![jail("app", 600)]).await;
    let mut ears = Listener::default();
    let mut log = fs::OpenOptions::new()
        .append(true)
        .open(ground.lab.log_file())
        .unwrap();
    log.write_all(b"\xff\xfe [app] Ban 198.51.100.9\n").unwrap();
    log.write_all(
        b"2026-11-23 20:20:03,971 fail2ban.actions [1]: NOTICE  [a,b] Ban 198.51.100.9\n",
    )
    .unwrap();
    log.write_all(&vec![b'x'; 2_000_000]).unwrap();
    log.write_all(b"\n").unwrap();
    ground.raw(&["set", "app", "banip", "198.51.100.1"]).await;
    log.write_all(b"2026-11-23 20:20:03,971 fail2ban.actions [1]: NOTICE  [app] Ban 198.51.100.9")
        .unwrap();
    ears.until_quiet(&ground.agent).await;
    assert_eq!(ears.told(), ["manual ban app 198.51.100.1"]);
    ground.end().await;
}
