//! Hearing where something is missing, wrong, or changes under it.
use std::{
    fs,
    io::Write as _,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use agent::Agent;
use domain::{Clock as _, SystemClock};
use lab::Lab;

use super::{Listener, ground, jail};
use crate::ground::{Ground, LIMIT, config, lab_with, until, without_database};

/// Set in the other process that a test makes of itself.
const INSIDE: &str = "BANGUI_TEST_WITHOUT_INOTIFY";

/// Another agent on the same daemon, after a restart of BanGUI.
async fn restarted(ground: Ground) -> Ground {
    ground.agent.stop().await;
    let agent = Agent::start(config(&ground.lab, ground.lab.socket()));
    agent.first_answer().await;
    Ground { agent, ..ground }
}

/// Who has heard of a first ban, of 198.51.100.1.
async fn one_ban_heard(ground: &Ground) -> Listener {
    let mut ears = Listener::default();
    ground.raw(&["set", "app", "banip", "198.51.100.1"]).await;
    ears.until(&ground.agent, "the ban is told", |ears| {
        ears.events.len() == 1
    })
    .await;
    ears
}

fn append(path: &Path, text: &str) {
    let mut file = fs::File::options().append(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

/// The local time in so many seconds, as fail2ban's log and the lab's jails write it.
fn local(seconds: i64) -> String {
    let at = SystemClock.now().plus_seconds(seconds).as_millis();
    let at = jiff::Timestamp::from_millisecond(at).unwrap();
    let at = jiff::tz::TimeZone::system().to_datetime(at);
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[tokio::test]
async fn daemon_without_a_database_is_heard_by_its_log() {
    let mut lab = lab_with(vec![jail("app", 600)]).await;
    without_database(&mut lab).await;
    let ground = Ground::on(lab, |config| config).await;
    let mut ears = Listener::default();
    let attacker = "198.51.100.7".parse().unwrap();
    ground.lab.attack("app", attacker).await.unwrap();
    ground.raw(&["set", "app", "banip", "198.51.100.8"]).await;
    ears.until(&ground.agent, "both bans are told", |ears| {
        ears.has("ban app 198.51.100.7") && ears.has("manual ban app 198.51.100.8")
    })
    .await;
    assert_eq!(ears.failures, 3);
    ground.raw(&["set", "app", "unbanip", "198.51.100.8"]).await;
    // Nothing tells why it ended.
    ears.until(&ground.agent, "the end is told", |ears| {
        ears.has("ended app 198.51.100.8")
    })
    .await;
    ears.until_quiet(&ground.agent).await;
    assert_eq!(ears.events.len(), 3, "{:?}", ears.told());
    ground.end().await;
}

#[tokio::test]
async fn ban_after_a_restart_by_failures_before_it_is_not_taken_for_one_by_hand() {
    let mut lab = lab_with(vec![jail("app", 600)]).await;
    without_database(&mut lab).await;
    let ground = Ground::on(lab, |config| config).await;
    let mut ears = Listener::default();
    let line = |address: &str| {
        let line = ExtraLine::of(address);
        append(ground.lab.log_for("app").unwrap(), &line.0);
    };
    line("198.51.100.7");
    line("198.51.100.7");
    ears.until(&ground.agent, "two failures are told", |ears| {
        ears.failures == 2
    })
    .await;
    // The third comes while nobody listens, and only the ban is logged.
    let log = ground.lab.log_for("app").unwrap().to_owned();
    ground.agent.stop().await;
    ground.raw(&["set", "loglevel", "NOTICE"]).await;
    append(&log, &ExtraLine::of("198.51.100.7").0);
    until("the daemon has banned", async || {
        let text = fs::read_to_string(ground.lab.log_file()).unwrap();
        text.contains("[app] Ban 198.51.100.7")
    })
    .await;
    let cursor = ears.cursor.clone();
    let ground = restarted(ground).await;
    let mut ears = Listener {
        cursor,
        ..Listener::default()
    };
    ears.until(&ground.agent, "the ban is told", |ears| {
        !ears.events.is_empty()
    })
    .await;
    ground.raw(&["set", "app", "banip", "198.51.100.8"]).await;
    ears.until(&ground.agent, "the second ban is told", |ears| {
        ears.events.len() == 2
    })
    .await;
    assert_eq!(
        ears.told(),
        ["ban app 198.51.100.7", "manual ban app 198.51.100.8"]
    );
    assert_eq!(ears.failures, 0);
    ground.end().await;
}

/// A line that the jail's filter takes for a failure.
struct ExtraLine(String);

impl ExtraLine {
    fn of(address: &str) -> Self {
        let line = lab::ExtraJail::new("app").line;
        Self(format!(
            "{} {}\n",
            local(0),
            line.replace("{address}", address)
        ))
    }
}

#[tokio::test]
async fn log_target_that_changes_and_comes_back_counts_nothing_twice() {
    let mut ground = ground(vec![jail("app", 600)]).await;
    let mut ears = Listener::default();
    let first = ground.lab.log_file().display().to_string();
    let other = format!("{first}-other");
    let mut failures = 0;
    for (number, target) in [&first, &other, &first, &other].into_iter().enumerate() {
        ground.raw(&["set", "logtarget", target]).await;
        // One that asks at once where the log is; and one that has read both.
        ground = restarted(ground).await;
        let address = format!("198.51.100.{}", number + 1);
        ground
            .lab
            .attack("app", address.parse().unwrap())
            .await
            .unwrap();
        failures += 3;
        ears.until(&ground.agent, "the ban and its failures are told", |ears| {
            ears.has(&format!("ban app {address}")) && ears.failures >= failures
        })
        .await;
        assert_eq!(ears.failures, failures, "{target}");
    }
    ears.until_quiet(&ground.agent).await;
    assert_eq!(ears.failures, failures);
    assert_eq!(ears.events.len(), 4, "{:?}", ears.told());
    ground.end().await;
}

#[tokio::test]
async fn event_from_the_future_is_told_once_and_hides_nothing_that_comes_later() {
    let ground = ground(vec![jail("app", 600)]).await;
    let mut ears = one_ban_heard(&ground).await;
    let tomorrow = local(24 * 3_600);
    append(
        ground.lab.log_file(),
        &format!("{tomorrow},971 fail2ban.actions        [1]: NOTICE  [app] Ban 198.51.100.9\n"),
    );
    ears.until(&ground.agent, "what is to come is told", |ears| {
        ears.of("198.51.100.9").len() == 1
    })
    .await;
    ground.raw(&["set", "app", "banip", "198.51.100.2"]).await;
    ears.until(&ground.agent, "the next ban is told", |ears| {
        ears.has("manual ban app 198.51.100.2")
    })
    .await;
    let ground = restarted(ground).await;
    ground.raw(&["set", "app", "banip", "198.51.100.3"]).await;
    ears.until(&ground.agent, "the ban after the restart is told", |ears| {
        ears.has("manual ban app 198.51.100.3")
    })
    .await;
    ears.until_quiet(&ground.agent).await;
    assert_eq!(ears.events.len(), 4, "{:?}", ears.told());
    assert_eq!(ears.of("198.51.100.9").len(), 1);
    ground.end().await;
}

#[tokio::test]
async fn jail_that_is_renamed_ends_its_bans_and_bans_under_its_new_name() {
    let ground = ground(vec![jail("app", 600)]).await;
    let mut ears = one_ban_heard(&ground).await;
    let log = ground.lab.log_for("app").unwrap().display().to_string();
    ground.configure(
        "jail.d/zz-renamed.local",
        &format!(
            "[app]\nenabled = false\n\n[renamed]\nenabled = true\nbackend = polling\nfilter = lab-extra-0\n\
             logpath = {log} head\nmaxretry = 3\nbantime = 600\naction =\n"
        ),
    );
    ground.lab.client_output(&["reload"]).await.unwrap();
    ears.until(&ground.agent, "the ban has ended", |ears| {
        ears.has("flushed app 198.51.100.1")
    })
    .await;
    for _ in 0..3 {
        append(Path::new(&log), &ExtraLine::of("198.51.100.2").0);
    }
    ears.until(&ground.agent, "the new name bans", |ears| {
        ears.has("ban renamed 198.51.100.2")
    })
    .await;
    ears.until_quiet(&ground.agent).await;
    assert_eq!(ears.events.len(), 3, "{:?}", ears.told());
    ground.end().await;
}

#[tokio::test]
async fn log_that_cannot_be_read_for_a_while_loses_nothing() {
    let ground = ground(vec![jail("app", 600)]).await;
    let mut ears = one_ban_heard(&ground).await;
    let log = ground.lab.log_file().to_owned();
    let aside = log.with_extension("aside");
    // The daemon goes on writing to the file, which is nowhere to be found.
    fs::rename(&log, &aside).unwrap();
    fs::create_dir(&log).unwrap();
    ground.raw(&["set", "app", "banip", "198.51.100.2"]).await;
    ears.until(&ground.agent, "the database tells the ban", |ears| {
        ears.has("manual ban app 198.51.100.2")
    })
    .await;
    fs::remove_dir(&log).unwrap();
    fs::rename(&aside, &log).unwrap();
    ground.raw(&["set", "app", "unbanip", "198.51.100.1"]).await;
    ears.until(&ground.agent, "the log is heard again", |ears| {
        ears.has("unbanned app 198.51.100.1")
    })
    .await;
    ears.until_quiet(&ground.agent).await;
    assert_eq!(ears.events.len(), 3, "{:?}", ears.told());
    ground.end().await;
}

/// A daemon in another zone than this process, on the lab's configuration.
async fn daemon_in(lab: &Lab, zone: &str) -> tokio::process::Child {
    let installed = lab.installation();
    let mut command = tokio::process::Command::new(&installed.server);
    if let Some(modules) = &installed.python_path {
        command.env("PYTHONPATH", modules);
    }
    command
        .arg("-c")
        .arg(lab.config_dir())
        .arg("-s")
        .arg(lab.socket())
        .arg("-p")
        .arg(lab.folder().join("other.pid"))
        .args(["-x", "-f", "start"])
        .env("TZ", zone)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let daemon = command.spawn().unwrap();
    until("the daemon runs its jails", async || {
        let status = lab.client_output(&["status", "app"]).await;
        status.is_ok_and(|status| status.contains("Banned IP list"))
    })
    .await;
    daemon
}

#[tokio::test]
async fn daemon_that_changes_its_zone_is_heard_at_the_right_time() {
    let mut ground = ground(vec![jail("app", 600)]).await;
    let mut ears = one_ban_heard(&ground).await;
    ground.remembers("198.51.100.1").await;
    ground.lab.kill_daemon().await;
    let mut daemon = daemon_in(&ground.lab, "Asia/Tokyo").await;
    ears.until(&ground.agent, "it is restored", |ears| {
        ears.has("restored app 198.51.100.1")
    })
    .await;
    let tokyo = SystemClock.now();
    ground.raw(&["set", "app", "banip", "198.51.100.2"]).await;
    ears.until(&ground.agent, "the ban in Tokyo is told", |ears| {
        ears.has("manual ban app 198.51.100.2")
    })
    .await;
    ground.remembers("198.51.100.2").await;
    daemon.kill().await.unwrap();
    ground.lab.start_daemon().await.unwrap();
    let back = SystemClock.now();
    ground.raw(&["set", "app", "banip", "198.51.100.3"]).await;
    ears.until(&ground.agent, "the ban back home is told", |ears| {
        ears.has("manual ban app 198.51.100.3")
    })
    .await;
    for (address, ordered) in [("198.51.100.2", tokyo), ("198.51.100.3", back)] {
        let of = ears.events.iter().find(|event| {
            event.kind == domain::EventKind::Ban && event.subject.to_string() == address
        });
        let late = of.unwrap().at.millis_since(ordered);
        let limit = i64::try_from(LIMIT.as_millis()).unwrap();
        assert!((-1_000..limit).contains(&late), "{address}: {late} ms");
    }
    ears.until_quiet(&ground.agent).await;
    let bans = ears
        .told()
        .iter()
        .filter(|told| told.contains("ban"))
        .count();
    assert_eq!(bans, 3, "{:?}", ears.told());
    ground.end().await;
}

/// In a user namespace of its own a process may be allowed no watch at all.
#[tokio::test]
async fn daemon_is_heard_where_the_limit_of_inotify_is_reached() {
    let program = std::env::current_exe().unwrap();
    let run = tokio::process::Command::new("unshare")
        .args(["--user", "--map-root-user", "sh", "-c"])
        .arg("echo 0 >/proc/sys/user/max_inotify_instances && exec \"$0\" \"$@\"")
        .arg(program)
        .args(["hearing::trouble::hears_without_inotify", "--exact"])
        .args(["--ignored", "--nocapture"])
        .env(INSIDE, "yes")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let ended = tokio::time::timeout(2 * LIMIT, run).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    let complained = String::from_utf8_lossy(&ended.stderr);
    if complained.contains("unshare failed") {
        println!("passed over: this machine allows no user namespace: {complained}");
        return;
    }
    assert!(ended.status.success(), "{said}{complained}");
    assert!(said.contains("1 passed"), "{said}");
}

#[tokio::test]
#[ignore = "run by daemon_is_heard_where_the_limit_of_inotify_is_reached, in a process of its own"]
async fn hears_without_inotify() {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    let created = rustix::fs::inotify::init(rustix::fs::inotify::CreateFlags::CLOEXEC);
    assert_eq!(created.unwrap_err(), rustix::io::Errno::MFILE);
    let ground = ground(vec![jail("app", 600)]).await;
    let mut ears = Listener::default();
    ears.listen(&ground.agent, Duration::from_millis(100)).await;
    for n in 1..=3 {
        let address = format!("198.51.100.{n}");
        // It is being waited for when it comes.
        let began = Instant::now();
        let order = ["set", "app", "banip", address.as_str()];
        let ban = ground.raw(&order);
        let told = ears.until(&ground.agent, "the ban is told", |ears| {
            ears.has(&format!("manual ban app {address}"))
        });
        tokio::join!(ban, told);
        assert!(began.elapsed() < Duration::from_secs(10));
    }
    ground.end().await;
}
