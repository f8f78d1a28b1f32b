//! How jails see their logs, with a real daemon.
use std::{
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};

use agent::Timeouts;
use domain::{Clock as _, HostHears as _, JailAlarm, JailHealth};

use crate::ground::{Ground, Shifted, lab, until};

async fn ground() -> (Ground, Arc<Shifted>) {
    let clock = Arc::new(Shifted::default());
    let shown = Arc::clone(&clock);
    let ground = Ground::on(lab().await, |config| agent::AgentConfig {
        clock: shown,
        timeouts: Timeouts {
            jail_detail: Duration::ZERO,
            ..config.timeouts
        },
        ..config
    })
    .await;
    (ground, clock)
}

async fn health(ground: &Ground, jail: &str) -> JailHealth {
    let jails = ground.agent.jail_health().await.unwrap();
    jails
        .into_iter()
        .find(|health| health.jail.as_str() == jail)
        .unwrap()
}

/// Writes lines that match nothing, as if at the clock's time.
fn write(path: &Path, text: &str, clock: &Shifted) {
    use std::io::Write as _;
    let mut file = std::fs::File::options()
        .append(true)
        .create(true)
        .open(path)
        .unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let millis = u64::try_from(clock.now().as_millis()).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_millis(millis))
        .unwrap();
}

/// Waits until fail2ban has noted that it read the log of `app`, and answers how far. It notes at most every ten seconds, and only when there is more to read.
async fn read_to(ground: &Ground, clock: &Shifted) -> u64 {
    let log = ground.lab.log_for("app").unwrap();
    let mut noted = 0;
    until("fail2ban noted how far it read", async || {
        write(log, "the first line, and more of it\n", clock);
        noted = health(ground, "app").await.logs[0].read_to.unwrap_or(0);
        noted > 0
    })
    .await;
    noted
}

#[tokio::test]
async fn health_of_a_jail_whose_log_is_read_has_no_alarm() {
    let (ground, clock) = ground().await;
    let noted = read_to(&ground, &clock).await;
    let health = health(&ground, "app").await;
    assert_eq!(health.alarms, []);
    let log = &health.logs[0];
    assert_eq!(
        log.path,
        ground.lab.log_for("app").unwrap().display().to_string()
    );
    assert!(log.size.unwrap() >= noted);
    assert!(log.written_at.is_some());
    ground.end().await;
}

#[tokio::test]
async fn health_of_a_log_that_cannot_be_read_says_what_is_there_instead() {
    let (ground, _) = ground().await;
    let log = ground.lab.log_for("app").unwrap().to_owned();
    std::fs::remove_file(&log).unwrap();
    assert_eq!(health(&ground, "app").await.alarms, [JailAlarm::LogMissing]);
    std::os::unix::fs::symlink("nowhere", &log).unwrap();
    assert_eq!(health(&ground, "app").await.alarms, [JailAlarm::LogMissing]);
    std::fs::remove_file(&log).unwrap();
    std::fs::create_dir(&log).unwrap();
    assert_eq!(
        health(&ground, "app").await.alarms,
        [JailAlarm::LogUnreadable]
    );
    let seen = &health(&ground, "app").await.logs[0];
    assert_eq!((seen.written_at, seen.size), (None, None));
    assert_eq!(health(&ground, "web").await.alarms, []);
    ground.end().await;
}

#[tokio::test]
async fn health_of_a_log_without_writes_or_matches_says_so_after_their_time() {
    let (ground, clock) = ground().await;
    let log = ground.lab.log_for("app").unwrap().to_owned();
    assert_eq!(health(&ground, "app").await.alarms, []);
    clock.pass(25 * 3_600);
    assert_eq!(health(&ground, "app").await.alarms, [JailAlarm::LogSilent]);
    write(&log, "nothing of interest\n", &clock);
    assert_eq!(health(&ground, "app").await.alarms, []);
    clock.pass(7 * 24 * 3_600);
    write(&log, "nothing of interest\n", &clock);
    let alarms = health(&ground, "app").await.alarms;
    assert!(alarms.contains(&JailAlarm::NothingMatches), "{alarms:?}");
    ground.end().await;
}

#[tokio::test]
async fn health_of_a_log_that_is_not_read_on_tells_it_from_one_rotated_away() {
    let (ground, clock) = ground().await;
    let log = ground.lab.log_for("app").unwrap().to_owned();
    read_to(&ground, &clock).await;
    // Past the agent: it would not expect an idle jail to read.
    ground.raw(&["set", "app", "idle", "on"]).await;
    write(&log, "one\n", &clock);
    assert_eq!(health(&ground, "app").await.alarms, []);
    clock.pass(60);
    write(&log, "two\n", &clock);
    assert_eq!(health(&ground, "app").await.alarms, []);
    clock.pass(60);
    assert_eq!(health(&ground, "app").await.alarms, [JailAlarm::LogNotRead]);
    std::fs::rename(&log, log.with_extension("old")).unwrap();
    write(&log, "another first line\n", &clock);
    assert_eq!(
        health(&ground, "app").await.alarms,
        [JailAlarm::LogRotatedAway]
    );
    // It reads on, and notes so once it is written to.
    ground.raw(&["set", "app", "idle", "off"]).await;
    until("the alarm ends", async || {
        write(&log, "more\n", &clock);
        health(&ground, "app").await.alarms.is_empty()
    })
    .await;
    ground.end().await;
}
