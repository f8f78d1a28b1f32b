//! How jails see their logs, with a real daemon.
mod clock;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use agent::Timeouts;
use domain::{
    Clock, HearCursor, HostHears as _, JailAlarm, JailHealth, JailUnknown, LastHeard, SystemClock,
};

use crate::ground::{Ground, Shifted, lab, until};

/// A daemon whose log is heard, and whose jails are looked at anew with each question.
struct Scene {
    ground: Ground,
    clock: Arc<Shifted>,
    heard: tokio::sync::Mutex<Option<HearCursor>>,
}

impl Scene {
    async fn on(lab: lab::Lab) -> Self {
        let clock = Arc::new(Shifted::default());
        let shown = Arc::clone(&clock);
        let ground = Ground::on(lab, |config| agent::AgentConfig {
            clock: shown,
            timeouts: Timeouts {
                jail_detail: Duration::ZERO,
                ..config.timeouts
            },
            ..config
        })
        .await;
        let heard = tokio::sync::Mutex::default();
        Self {
            ground,
            clock,
            heard,
        }
    }

    async fn new() -> Self {
        Self::on(lab().await).await
    }

    /// How a jail sees its logs, when all that was written to fail2ban's log is heard.
    async fn health(&self, jail: &str) -> JailHealth {
        self.hear().await;
        self.health_unheard(jail).await
    }

    async fn health_unheard(&self, jail: &str) -> JailHealth {
        let jails = self.ground.agent.jail_health(&[]).await.unwrap();
        jails
            .into_iter()
            .find(|health| health.jail.as_str() == jail)
            .unwrap()
    }

    /// The jail `app` reads on, and notes so once its log is written to.
    async fn writes_until_no_alarm(&self, log: &Path) {
        until("the alarm ends", async || {
            write(log, "more\n", &self.clock);
            self.alarms("app").await.is_empty()
        })
        .await;
    }

    async fn hear(&self) {
        let mut heard = self.heard.lock().await;
        loop {
            let agent = &self.ground.agent;
            let batch = agent.hear(heard.as_ref(), Duration::ZERO).await.unwrap();
            *heard = Some(batch.cursor);
            if !batch.more {
                return;
            }
        }
    }

    fn log(&self, jail: &str) -> PathBuf {
        self.ground.lab.log_for(jail).unwrap().to_owned()
    }

    async fn alarms(&self, jail: &str) -> Vec<JailAlarm> {
        self.health(jail).await.alarms
    }
}

/// Writes lines that match nothing, as if at the clock's time.
fn write(path: &Path, text: &str, clock: &Shifted) {
    let file = append(path, text);
    let millis = u64::try_from(clock.now().as_millis()).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_millis(millis))
        .unwrap();
}

fn append(path: &Path, text: &str) -> std::fs::File {
    use std::io::Write as _;
    let mut options = std::fs::File::options();
    let mut file = options.append(true).create(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

/// The local time in so many hours, as logs have it.
fn local(clock: &dyn Clock, hours: i64) -> String {
    let at = clock.now().plus_seconds(hours * 3_600).as_millis();
    let at = jiff::Timestamp::from_millisecond(at).unwrap();
    let at = jiff::tz::TimeZone::system().to_datetime(at);
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Waits until fail2ban has noted that it read the log of `app`, and answers how far. It notes at most every ten seconds, and only when there is more to read.
async fn read_to(scene: &Scene) -> u64 {
    let log = scene.log("app");
    let mut noted = 0;
    until("fail2ban noted how far it read", async || {
        write(&log, "the first line, and more of it\n", &scene.clock);
        noted = scene.health("app").await.logs[0].read_to.unwrap_or(0);
        noted > 0
    })
    .await;
    noted
}

#[tokio::test]
async fn health_of_a_jail_whose_log_is_read_has_no_alarm() {
    let scene = Scene::new().await;
    let noted = read_to(&scene).await;
    let health = scene.health("app").await;
    assert_eq!((health.alarms, health.unknown), (vec![], vec![]));
    let log = &health.logs[0];
    assert_eq!(
        log.path,
        scene
            .ground
            .lab
            .log_for("app")
            .unwrap()
            .display()
            .to_string()
    );
    assert!(log.size.unwrap() >= noted);
    assert!(log.written_at.is_some());
    scene.ground.end().await;
}

#[tokio::test]
async fn health_of_a_log_that_cannot_be_read_says_what_is_there_instead() {
    let scene = Scene::new().await;
    let log = scene.log("app");
    std::fs::remove_file(&log).unwrap();
    assert_eq!(scene.alarms("app").await, [JailAlarm::LogMissing]);
    std::os::unix::fs::symlink("nowhere", &log).unwrap();
    assert_eq!(scene.alarms("app").await, [JailAlarm::LogMissing]);
    std::fs::remove_file(&log).unwrap();
    std::fs::create_dir(&log).unwrap();
    assert_eq!(scene.alarms("app").await, [JailAlarm::LogUnreadable]);
    let seen = &scene.health("app").await.logs[0];
    assert_eq!((seen.written_at, seen.size), (None, None));
    assert_eq!(scene.alarms("web").await, []);
    scene.ground.end().await;
}

#[tokio::test]
async fn health_of_a_log_without_writes_or_matches_says_so_after_their_time() {
    let scene = Scene::new().await;
    let log = scene.log("app");
    assert_eq!(scene.alarms("app").await, []);
    scene.clock.pass(25 * 3_600);
    assert_eq!(scene.alarms("app").await, [JailAlarm::LogSilent]);
    write(&log, "nothing of interest\n", &scene.clock);
    assert_eq!(scene.alarms("app").await, []);
    scene.clock.pass(7 * 24 * 3_600);
    write(&log, "nothing of interest\n", &scene.clock);
    let alarms = scene.alarms("app").await;
    assert!(alarms.contains(&JailAlarm::NothingMatches), "{alarms:?}");
    scene.ground.end().await;
}

#[tokio::test]
async fn health_of_a_log_that_is_not_read_on_tells_it_from_one_rotated_away() {
    let scene = Scene::new().await;
    let log = scene.log("app");
    read_to(&scene).await;
    // Past the agent: it would not expect an idle jail to read.
    scene.ground.raw(&["set", "app", "idle", "on"]).await;
    write(&log, "one\n", &scene.clock);
    assert_eq!(scene.alarms("app").await, []);
    scene.clock.pass(60);
    write(&log, "two\n", &scene.clock);
    assert_eq!(scene.alarms("app").await, []);
    scene.clock.pass(60);
    assert_eq!(scene.alarms("app").await, [JailAlarm::LogNotRead]);
    std::fs::rename(&log, log.with_extension("old")).unwrap();
    write(&log, "another first line\n", &scene.clock);
    assert_eq!(scene.alarms("app").await, [JailAlarm::LogRotatedAway]);
    scene.ground.raw(&["set", "app", "idle", "off"]).await;
    scene.writes_until_no_alarm(&log).await;
    scene.ground.end().await;
}

#[tokio::test]
async fn folder_in_the_place_of_a_log_is_an_alarm_until_the_log_is_back() {
    let scene = Scene::new().await;
    let log = scene.log("app");
    read_to(&scene).await;
    let kept = log.with_extension("kept");
    std::fs::rename(&log, &kept).unwrap();
    std::fs::create_dir(&log).unwrap();
    assert_eq!(scene.alarms("app").await, [JailAlarm::LogUnreadable]);
    std::fs::remove_dir(&log).unwrap();
    std::fs::rename(&kept, &log).unwrap();
    scene.writes_until_no_alarm(&log).await;
    scene.ground.end().await;
}

#[tokio::test]
async fn log_that_the_daemon_says_it_cannot_open_is_an_alarm_until_it_was_tried_again() {
    let scene = Scene::new().await;
    let log = scene.log("app");
    // Past the agent: the daemon, which can open it, must not note that it did.
    scene.ground.raw(&["set", "app", "idle", "on"]).await;
    let wrote = || write(&log, "nothing of interest\n", &scene.clock);
    let complains = || {
        scene.clock.pass(1);
        let at = local(&*scene.clock, 0);
        let path = log.display();
        let line = format!("{at},000 fail2ban.filter [1]: ERROR   Unable to open {path}\n");
        append(scene.ground.lab.log_file(), &line);
    };
    wrote();
    assert_eq!(scene.alarms("app").await, []);
    let alarm = [JailAlarm::LogUnreadable];
    for _ in 0..3 {
        complains();
        assert_eq!(scene.alarms("app").await, alarm);
        scene.clock.pass(2);
        wrote();
        assert_eq!(scene.alarms("app").await, alarm);
    }
    assert_eq!(scene.alarms("web").await, []);
    scene.clock.pass(10);
    assert_eq!(scene.alarms("app").await, []);
    complains();
    assert_eq!(scene.alarms("app").await, alarm);
    scene.ground.raw(&["set", "app", "idle", "off"]).await;
    until("it is read on", async || {
        wrote();
        scene.alarms("app").await.is_empty()
    })
    .await;
    scene.ground.end().await;
}

#[tokio::test]
async fn daemon_without_a_database_leaves_open_how_far_logs_are_read() {
    let mut lab = lab().await;
    crate::ground::without_database(&mut lab).await;
    let scene = Scene::on(lab).await;
    let log = scene.log("app");
    write(&log, "nothing of interest\n", &scene.clock);
    for _ in 0..2 {
        let health = scene.health("app").await;
        assert_eq!(health.alarms, []);
        assert_eq!(health.unknown, [JailUnknown::ReadingNotNoted]);
        assert_eq!(health.logs[0].read_to, None);
        // Though nobody reads it now, nothing says so.
        scene.ground.raw(&["set", "app", "idle", "on"]).await;
        scene.clock.pass(600);
        write(&log, "nothing of interest\n", &scene.clock);
    }
    scene.ground.end().await;
}

#[tokio::test]
async fn matches_that_would_not_be_heard_are_unknown_and_not_missed() {
    let scene = Scene::new().await;
    let log = scene.log("app");
    let unknown = scene.health_unheard("app").await.unknown;
    assert_eq!(unknown, [JailUnknown::MatchesNotHeard]);
    scene.clock.pass(8 * 24 * 3_600);
    write(&log, "nothing of interest\n", &scene.clock);
    assert_eq!(scene.health_unheard("app").await.alarms, []);
    scene.ground.end().await;
}

#[tokio::test]
async fn past_that_history_knows_is_told_and_the_time_before_listening_is_not_held_against_a_jail()
{
    let scene = Scene::new().await;
    scene.hear().await;
    let log = scene.log("app");
    let now = scene.clock.now();
    let past = LastHeard {
        jail: crate::ground::jail("app"),
        failure_at: Some(now.plus_seconds(-8 * 24 * 3_600)),
        ban_at: Some(now),
    };
    let of = async || {
        write(&log, "nothing of interest\n", &scene.clock);
        let before = std::slice::from_ref(&past);
        let jails = scene.ground.agent.jail_health(before).await.unwrap();
        let mut jails = jails.into_iter();
        jails.find(|health| health.jail.as_str() == "app").unwrap()
    };
    let health = of().await;
    assert_eq!(health.last_failure_at, past.failure_at);
    assert_eq!(health.last_ban_at, Some(now));
    assert_eq!(health.alarms, []);
    scene.clock.pass(8 * 24 * 3_600);
    let alarms = of().await.alarms;
    assert!(alarms.contains(&JailAlarm::NothingMatches), "{alarms:?}");
    scene.ground.end().await;
}

#[tokio::test]
async fn time_in_which_failures_are_not_logged_is_not_held_against_a_jail() {
    let scene = Scene::new().await;
    let log = scene.log("app");
    scene.ground.raw(&["set", "loglevel", "NOTICE"]).await;
    let not_heard = JailUnknown::MatchesNotHeard;
    until("it is known that failures are not logged", async || {
        scene.health("app").await.unknown.contains(&not_heard)
    })
    .await;
    scene.clock.pass(8 * 24 * 3_600);
    scene.ground.raw(&["set", "loglevel", "INFO"]).await;
    until("it is known that they are again", async || {
        write(&log, "nothing of interest\n", &scene.clock);
        !scene.health("app").await.unknown.contains(&not_heard)
    })
    .await;
    let alarms = scene.alarms("app").await;
    assert!(!alarms.contains(&JailAlarm::NothingMatches), "{alarms:?}");
    scene.ground.end().await;
}
