//! The lab with the installed fail2ban, or the one that `BANGUI_TEST_FAIL2BAN_ROOT` names.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::IpAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use lab::{Enforcement, ExtraJail, JailSet, Lab, LabConfig, LabError};

/// More than any machine needs; a test that waits for a fact waits at most so long.
const LIMIT: Duration = Duration::from_mins(1);

fn silent() -> LabConfig {
    LabConfig::for_tests().expect("fail2ban is installed")
}

fn one_jail(name: &str) -> LabConfig {
    LabConfig {
        jails: JailSet::Names(vec![name.into()]),
        ..silent()
    }
}

fn address(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

async fn eventually(what: &str, mut is_true: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !is_true().await {
        assert!(start.elapsed() < LIMIT, "{what}: not within {LIMIT:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn eventually_banned(lab: &Lab, jail: &str, address: IpAddr) {
    eventually(&format!("{address} banned in {jail}"), async || {
        let banned = lab
            .client_output(&["get", jail, "banip"])
            .await
            .expect("an answer");
        banned
            .split_whitespace()
            .any(|found| found == address.to_string())
    })
    .await;
}

/// Whether a process runs; one that waits for its parent to take notice of its end does not.
fn runs(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(") ")
        .next()
        .is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['Z', 'X']))
}

#[tokio::test]
async fn start_all_stock_jails_run_and_stop_leaves_nothing() {
    let lab = Lab::start(silent()).await.expect("started");
    let status = lab.client_output(&["status"]).await.expect("an answer");
    for jail in lab::stock_jails() {
        assert!(status.contains(jail), "{status}");
    }
    let (folder, pid) = (lab.folder().to_path_buf(), lab.daemon_pid().expect("runs"));
    assert!(folder.exists() && runs(pid));
    lab.stop().await;
    assert!(!folder.exists(), "the folder is left");
    assert!(!runs(pid), "the daemon is left");
}

#[tokio::test]
async fn drop_without_stop_leaves_nothing() {
    let lab = Lab::start(one_jail("sshd")).await.expect("started");
    let (folder, pid) = (lab.folder().to_path_buf(), lab.daemon_pid().expect("runs"));
    drop(lab);
    assert!(!folder.exists(), "the folder is left");
    assert!(!runs(pid), "the daemon is left");
}

#[tokio::test]
async fn attack_each_jail_bans_both_families() {
    let lab = Lab::start(silent()).await.expect("started");
    let jails: Vec<String> = lab.jails().map(str::to_owned).collect();
    let mut attacks = Vec::new();
    for (number, jail) in (1_u8..).zip(&jails) {
        attacks.push((jail, IpAddr::from([203, 0, 113, number])));
        attacks.push((jail, address(&format!("2001:db8:bad::{number:x}"))));
    }
    for (jail, from) in &attacks {
        lab.attack(jail, *from).await.expect("written");
    }
    for (jail, from) in &attacks {
        eventually_banned(&lab, jail, *from).await;
    }
    lab.stop().await;
}

#[tokio::test]
async fn attack_in_a_namespace_reaches_its_packet_filter_only() {
    let lab = Lab::start(one_jail("sshd")).await.expect("started");
    if lab.enforcement() == Enforcement::None {
        println!("skipped: this machine does not permit a network namespace");
        return;
    }
    let from = [address("203.0.113.77"), address("2001:db8:bad::77")];
    for from in from {
        lab.attack("sshd", from).await.expect("written");
    }
    eventually("both are in the sets", async || {
        let rules = lab.ruleset().await.expect("nft answers");
        from.iter().all(|from| rules.contains(&from.to_string()))
    })
    .await;
    let outside = Command::new("nft").args(["list", "ruleset"]).output();
    let outside = outside.map(|output| output.stdout).unwrap_or_default();
    assert!(
        !String::from_utf8_lossy(&outside).contains("203.0.113.77"),
        "a ban reached the machine"
    );
    lab.stop().await;
}

#[tokio::test]
async fn packet_filter_stays_while_daemons_come_and_go_and_ends_with_the_lab() {
    let mut lab = Lab::start(one_jail("sshd")).await.expect("started");
    if lab.enforcement() == Enforcement::None {
        println!("skipped: this machine does not permit a network namespace");
        return;
    }
    let nft = async |lab: &Lab, words: &str| {
        let mut command = lab.in_namespace("nft").expect("a namespace");
        let status = command.arg(words).status().await.expect("nft runs");
        assert!(status.success(), "{words}");
    };
    nft(
        &lab,
        "add table inet other; add set inet other held { type ipv4_addr; }",
    )
    .await;
    nft(&lab, "add element inet other held { 198.51.100.77 }").await;
    for end in ["stop", "kill"] {
        let first = lab.daemon_pid();
        if end == "stop" {
            lab.stop_daemon().await;
        } else {
            lab.kill_daemon().await;
        }
        let between = lab.ruleset().await.expect("nft answers without a daemon");
        assert!(between.contains("198.51.100.77"), "{end}: {between}");
        lab.start_daemon().await.expect("started again");
        assert_ne!(lab.daemon_pid(), first);
        let after = lab.ruleset().await.expect("nft answers");
        assert!(after.contains("198.51.100.77"), "{end}: {after}");
        let daemon = lab.daemon_pid().expect("runs");
        let namespace = fs::read_link(format!("/proc/{daemon}/ns/net")).expect("a namespace");
        let shown = lab.in_namespace("readlink").expect("a namespace");
        assert_eq!(
            said(shown, "/proc/self/ns/net").await,
            namespace.display().to_string()
        );
        assert_ne!(
            namespace,
            fs::read_link("/proc/self/ns/net").expect("one's own")
        );
        if let Some(file) = lab.namespace() {
            assert_eq!(fs::read_link(file).expect("there"), namespace);
        }
    }
    let link = lab.in_namespace("ip").expect("a namespace");
    assert!(said(link, "link").await.contains("LOOPBACK,UP"));
    let file = lab.namespace();
    lab.stop().await;
    assert!(
        file.is_none_or(|file| !file.exists()),
        "the namespace is left"
    );
}

/// What a program prints.
async fn said(mut program: tokio::process::Command, argument: &str) -> String {
    let output = program.arg(argument).output().await.expect("runs");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[tokio::test]
async fn start_without_enforcement_bans_without_rules() {
    let config = LabConfig {
        enforcement: Enforcement::None,
        ..one_jail("dovecot")
    };
    let lab = Lab::start(config).await.expect("started");
    assert_eq!(lab.enforcement(), Enforcement::None);
    lab.attack("dovecot", address("203.0.113.5"))
        .await
        .expect("written");
    eventually_banned(&lab, "dovecot", address("203.0.113.5")).await;
    assert_eq!(lab.ruleset().await.expect("nothing to ask"), "");
    let log = fs::read_to_string(lab.log_file()).expect("a log");
    assert!(!log.contains("ERROR"), "{log}");
    lab.stop().await;
}

#[tokio::test]
async fn kill_and_start_daemon_restores_bans() {
    let mut lab = Lab::start(one_jail("sshd")).await.expect("started");
    let attacker = address("203.0.113.9");
    lab.attack("sshd", attacker).await.expect("written");
    eventually_banned(&lab, "sshd", attacker).await;
    // The daemon stores the ban a moment after it takes effect, and a killed one restores what it has stored.
    eventually("the ban is stored", async || {
        let database = fs::read(lab.database()).expect("a database");
        let stored = b"203.0.113.9";
        database.windows(stored.len()).any(|part| part == stored)
    })
    .await;
    let killed = lab.daemon_pid().expect("runs");
    lab.kill_daemon().await;
    assert_eq!(lab.daemon_pid(), None);
    assert!(!runs(killed));
    assert!(lab.client_output(&["ping"]).await.is_err());
    lab.start_daemon().await.expect("started again");
    assert_ne!(lab.daemon_pid(), Some(killed));
    eventually_banned(&lab, "sshd", attacker).await;
    let second = lab.daemon_pid();
    lab.start_daemon().await.expect("runs already");
    assert_eq!(lab.daemon_pid(), second);
    lab.restart_daemon().await.expect("restarted");
    assert_ne!(lab.daemon_pid(), second);
    lab.stop().await;
}

#[tokio::test]
async fn client_stop_start_and_restart_keep_the_daemon_the_labs_own() {
    let lab = Lab::start(one_jail("sshd")).await.expect("started");
    let first = lab.daemon_pid();
    let refused = lab.client_output(&["start"]).await;
    assert!(
        matches!(refused, Err(LabError::Client { .. })),
        "{refused:?}"
    );
    lab.client_output(&["stop"]).await.expect("stopped");
    eventually("the daemon has ended", async || lab.daemon_pid().is_none()).await;
    lab.client_output(&["start"]).await.expect("started");
    let second = lab.daemon_pid().expect("the lab's own");
    assert_ne!(Some(second), first);
    lab.client_output(&["restart"]).await.expect("restarted");
    let third = lab.daemon_pid().expect("the lab's own");
    assert_ne!(third, second);
    if lab.enforcement() == Enforcement::Namespace {
        let namespace =
            |pid: &str| fs::read_link(format!("/proc/{pid}/ns/net")).expect("a namespace");
        assert_ne!(namespace(&third.to_string()), namespace("self"));
    }
    lab.client_output(&["restart", "sshd"])
        .await
        .expect("one jail restarts");
    assert_eq!(lab.daemon_pid(), Some(third));
    lab.stop().await;
    assert!(!runs(third));
}

#[tokio::test]
async fn start_in_a_folder_keeps_it_for_the_next_lab_and_refuses_a_second_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = LabConfig {
        folder: Some(folder.path().join("it's a lab")),
        ..one_jail("postfix")
    };
    let lab = Lab::start(config.clone()).await.expect("started");
    let second = Lab::start(config.clone()).await;
    assert!(
        matches!(second, Err(LabError::FolderInUse(_))),
        "{second:?}"
    );
    lab.attack("postfix", address("203.0.113.4"))
        .await
        .expect("written");
    eventually_banned(&lab, "postfix", address("203.0.113.4")).await;
    let local = lab.config_dir().join("jail.local");
    fs::write(&local, "[postfix]\nmaxretry = 9\n").expect("written");
    lab.stop().await;
    let lab = Lab::start(config).await.expect("started again");
    eventually_banned(&lab, "postfix", address("203.0.113.4")).await;
    let maxretry = lab.client_output(&["get", "postfix", "maxretry"]).await;
    assert_eq!(maxretry.expect("an answer"), "9");
    lab.stop().await;
    assert!(local.exists());
}

#[tokio::test]
async fn set_rate_traffic_brings_bans_and_silence() {
    let lab = Lab::start(silent()).await.expect("started");
    assert_eq!(lab.traffic().lines, 0);
    lab.set_rate(400.0);
    eventually("somebody is banned", async || {
        let log = fs::read_to_string(lab.log_file()).expect("a log");
        log.contains("] Ban ")
    })
    .await;
    lab.set_rate(0.0);
    let counts = lab.traffic();
    assert!(
        counts.lines > 0 && counts.failures > 0 && counts.noise_lines() > 0,
        "{counts:?}"
    );
    lab.attack("sshd", address("203.0.113.1"))
        .await
        .expect("written");
    // The attack was written after the rate had changed: from here on only attacks are written. The ban takes the
    // daemon a second, in which traffic would have written hundreds of lines.
    let noise = lab.traffic().noise_lines();
    eventually_banned(&lab, "sshd", address("203.0.113.1")).await;
    assert_eq!(lab.traffic().noise_lines(), noise);
    lab.stop().await;
}

#[tokio::test]
async fn start_with_extra_jails_runs_them_beside_no_stock_jail() {
    let config = LabConfig {
        jails: JailSet::Names(Vec::new()),
        extra_jails: (0..20)
            .map(|number| ExtraJail {
                bantime_seconds: 3600 + number,
                ..ExtraJail::new(format!("app-{number:02}"))
            })
            .collect(),
        ..silent()
    };
    let lab = Lab::start(config).await.expect("started");
    assert_eq!(lab.jails().count(), 20);
    let bantime = lab.client_output(&["get", "app-07", "bantime"]).await;
    assert_eq!(bantime.expect("an answer"), "3607");
    for from in ["203.0.113.1", "2001:db8:bad::1"] {
        lab.attack("app-19", address(from)).await.expect("written");
        eventually_banned(&lab, "app-19", address(from)).await;
    }
    lab.stop().await;
}

#[tokio::test]
async fn start_with_odd_settings_is_refused_with_their_name() {
    for name in ["", "a]b", "DEFAULT", "a\nb", " a"] {
        let config = LabConfig {
            extra_jails: vec![ExtraJail::new(name)],
            ..silent()
        };
        let refused = Lab::start(config).await;
        assert!(
            matches!(refused, Err(LabError::BadJailName(bad)) if bad == name),
            "{name:?}"
        );
    }
    let unknown = Lab::start(one_jail("nosuch")).await;
    assert!(
        matches!(unknown, Err(LabError::BadJailName(_))),
        "{unknown:?}"
    );
    let long = LabConfig {
        folder: Some(
            tempfile::tempdir()
                .expect("a folder")
                .path()
                .join("x".repeat(100)),
        ),
        ..silent()
    };
    let long = Lab::start(long).await;
    assert!(
        matches!(long, Err(LabError::SocketPathTooLong(_))),
        "{long:?}"
    );
}

#[tokio::test]
async fn start_with_a_broken_configuration_says_what_the_daemon_said() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("etc")).expect("made");
    fs::write(folder.path().join("etc/jail.local"), "no section\n").expect("written");
    let config = LabConfig {
        folder: Some(folder.path().to_path_buf()),
        ..one_jail("sshd")
    };
    match Lab::start(config).await {
        Err(LabError::NotStarted { output }) => assert!(output.contains("no section"), "{output}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn attack_unknown_jail_and_recidive_alone_are_refused() {
    let lab = Lab::start(one_jail("recidive")).await.expect("started");
    let unknown = lab.attack("nosuch", address("203.0.113.1")).await;
    assert!(
        matches!(unknown, Err(LabError::UnknownJail(_))),
        "{unknown:?}"
    );
    let alone = lab.attack("recidive", address("203.0.113.1")).await;
    assert!(
        matches!(alone, Err(LabError::TooFewJails { there: 0, .. })),
        "{alone:?}"
    );
    lab.stop().await;
}

/// Not a test by itself: the process that the next test ends. The lab is started on a thread that ends at once.
#[test]
#[ignore = "started by daemon_ends_with_a_lab_that_is_killed"]
fn runs_a_lab_until_killed() {
    let Ok(folder) = std::env::var("LAB_TEST_FOLDER") else {
        return;
    };
    let config = LabConfig {
        folder: Some(folder.into()),
        ..one_jail("sshd")
    };
    let start = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(Lab::start(config))
    };
    let lab = std::thread::spawn(start)
        .join()
        .expect("no panic")
        .expect("started");
    let holder = lab.namespace().and_then(|file| {
        let folder = file.parent()?.parent()?;
        Some(folder.file_name()?.to_str()?.to_owned())
    });
    println!(
        "\nlab of daemon {} {}",
        lab.daemon_pid().expect("the thread's end did not end it"),
        holder.unwrap_or_default()
    );
    std::thread::sleep(LIMIT * 3);
    drop(lab);
}

#[test]
fn daemon_ends_with_a_lab_that_is_killed() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args([
            "--exact",
            "runs_a_lab_until_killed",
            "--ignored",
            "--nocapture",
        ])
        .env("LAB_TEST_FOLDER", folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("started");
    let output = BufReader::new(child.stdout.take().expect("piped"));
    let line = output
        .lines()
        .map_while(Result::ok)
        .find_map(|line| Some(line.strip_prefix("lab of daemon ")?.to_owned()))
        .expect("process ids");
    let (pid, holder) = line.split_once(' ').expect("two");
    let pid: u32 = pid.parse().expect("a process id");
    // There is none where bans are not enforced, and none that is told of where root does not make it.
    let holder: Option<u32> = holder.parse().ok();
    assert!(holder.is_none_or(runs), "nothing holds the namespace");
    assert!(
        runs(pid) && answers(folder.path()),
        "the daemon did not outlive the thread that started the lab"
    );
    child.kill().expect("killed");
    child.wait().expect("ended");
    let start = Instant::now();
    // The main thread of a process ends before the threads that may still hold the socket.
    while runs(pid) || answers(folder.path()) || holder.is_some_and(runs) {
        assert!(
            start.elapsed() < LIMIT,
            "the daemon or its namespace lives on"
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn answers(folder: &Path) -> bool {
    std::os::unix::net::UnixStream::connect(folder.join("fail2ban.sock")).is_ok()
}
