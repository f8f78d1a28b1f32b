use std::{fs, time::Duration};

use agent::{AgentConfig, JournalConfig, Timeouts};
use domain::{
    ConfigError, DaemonActs, DaemonReads, DaemonState, HostActs, HostError, LogLevel, LogPage,
    LogQuery,
};

use crate::{
    ground::{Ground, ban_of, jail, lab, until},
    journal::{Journal, entry, own_user},
};

/// A lab whose agent can start the daemon.
async fn restartable() -> Ground {
    let lab = lab().await;
    let start = vec![
        lab.client_program().display().to_string(),
        "start".to_owned(),
    ];
    Ground::on(lab, |config| AgentConfig {
        start_command: Some(start),
        ..config
    })
    .await
}

async fn with_start_command(command: &[&str], limit: Duration) -> Ground {
    let command = command.iter().map(|word| (*word).to_owned()).collect();
    Ground::on(lab().await, |config| AgentConfig {
        start_command: Some(command),
        timeouts: Timeouts {
            restart: limit,
            ..config.timeouts
        },
        ..config
    })
    .await
}

#[tokio::test]
async fn restart_starts_another_daemon_with_all_jails_and_their_bans() {
    let ground = restartable().await;
    ground
        .agent
        .ban(&ban_of("app", &["192.0.2.1"]))
        .await
        .unwrap();
    ground.remembers("192.0.2.1").await;
    let before = ground.lab.daemon_pid();
    let report = ground.agent.restart_daemon().await.unwrap();
    assert_eq!(
        (report.by.as_str(), report.jails_lost.as_slice()),
        ("command", [].as_slice())
    );
    assert_eq!(report.running, [jail("app"), jail("web")]);
    assert_ne!(ground.lab.daemon_pid(), before);
    assert!(matches!(ground.state().await, DaemonState::Up { .. }));
    ground.shows(&["app 192.0.2.1"]).await;
    ground.end().await;
}

#[tokio::test]
async fn restart_that_would_lose_a_jail_or_its_log_is_refused_and_the_daemon_runs_on() {
    let ground = restartable().await;
    let before = ground.lab.daemon_pid();
    for (file, text, says) in [
        (
            "jail.d/bad.local",
            "[web]\nfailregex = ^bad (<HOST>$\n",
            "addfailregex",
        ),
        (
            "jail.d/bad.local",
            "[web]\nenabled = false\n",
            "does not enable it",
        ),
        (
            "fail2ban.d/zz.local",
            "[DEFAULT]\nlogtarget = /nonexistent/x/y.log\n",
            "no folder",
        ),
    ] {
        let path = ground.configure(file, text);
        match ground.agent.restart_daemon().await {
            Err(ConfigError::Host(HostError::UnsafeReload(problems))) => {
                assert!(problems[0].detail.contains(says), "{says}: {problems:?}");
            }
            other => panic!("not refused: {other:?}"),
        }
        fs::remove_file(path).unwrap();
    }
    assert_eq!(ground.lab.daemon_pid(), before);
    assert_eq!(ground.running().await, ["app", "web"]);
    ground.end().await;
}

#[tokio::test]
async fn restart_of_a_daemon_that_is_down_starts_it() {
    let mut ground = restartable().await;
    ground.lab.stop_daemon().await;
    let report = ground.agent.restart_daemon().await.unwrap();
    assert_eq!(report.running, [jail("app"), jail("web")]);
    ground.end().await;
}

#[tokio::test]
async fn restart_without_a_way_to_do_it_says_so_and_stops_nothing() {
    let ground = Ground::new().await;
    let before = ground.lab.daemon_pid();
    let result = ground.agent.restart_daemon().await;
    assert!(matches!(result, Err(ConfigError::Restart(_))), "{result:?}");
    assert_eq!(ground.lab.daemon_pid(), before);
    ground.end().await;
}

#[tokio::test]
async fn restart_whose_command_fails_passes_on_its_words() {
    let ground = with_start_command(
        &["/bin/sh", "-c", "echo no space; exit 3"],
        Duration::from_mins(1),
    )
    .await;
    let Err(ConfigError::Restart(why)) = ground.agent.restart_daemon().await else {
        panic!("it cannot start");
    };
    assert!(why.contains("no space") && why.contains('3'), "{why}");
    assert!(matches!(ground.state().await, DaemonState::Down { .. }));
    ground.end().await;
}

#[tokio::test]
async fn restart_whose_command_hangs_ends_in_time_and_leaves_nothing() {
    let marker = "31415926";
    let ground = with_start_command(&["sleep", marker], Duration::from_secs(2)).await;
    let Err(ConfigError::Restart(why)) = ground.agent.restart_daemon().await else {
        panic!("it cannot start");
    };
    assert!(why.contains("does not answer"), "{why}");
    let runs = || {
        let processes = fs::read_dir("/proc").unwrap().flatten();
        processes
            .filter_map(|process| fs::read(process.path().join("cmdline")).ok())
            .any(|line| line == format!("sleep\0{marker}\0").into_bytes())
    };
    until("nothing is left", async || !runs()).await;
    ground.end().await;
}

fn query(level: Option<LogLevel>, text: Option<&str>, after: Option<&str>) -> LogQuery {
    LogQuery {
        level,
        text: text.map(str::to_owned),
        after: after.map(str::to_owned),
        limit: 100,
    }
}

fn texts(page: &LogPage) -> Vec<&str> {
    page.lines.iter().map(|line| line.text.as_str()).collect()
}

#[tokio::test]
async fn log_is_shown_from_its_end_and_followed_through_a_rotation() {
    let ground = Ground::new().await;
    let all = query(None, None, None);
    let end = ground.agent.daemon_log(&all).await.unwrap();
    assert_eq!(end.source, ground.lab.log_file().display().to_string());
    assert!(
        texts(&end)
            .iter()
            .any(|text| text.contains("Jail 'web' started")),
        "{end:?}"
    );
    let last = end.lines.last().unwrap();
    let age = agent_now().millis_since(last.at.unwrap()) / 1_000;
    assert!((-5..600).contains(&age), "{age} s old: {last:?}");

    ground
        .agent
        .ban(&ban_of("app", &["192.0.2.1"]))
        .await
        .unwrap();
    let bans = query(Some(LogLevel::Notice), Some("BAN 192.0.2"), Some(&end.next));
    let more = ground.agent.daemon_log(&bans).await.unwrap();
    assert_eq!(
        (texts(&more), more.gap),
        (vec!["[app] Ban 192.0.2.1"], false)
    );
    assert_eq!(
        (more.lines[0].level, more.lines[0].logger.as_deref()),
        (Some(LogLevel::Notice), Some("actions"))
    );

    let log = ground.lab.log_file().to_owned();
    fs::rename(&log, log.with_extension("log.1")).unwrap();
    assert_eq!(ground.agent.flush_logs().await.unwrap(), "rolled over");
    ground
        .agent
        .ban(&ban_of("app", &["192.0.2.2"]))
        .await
        .unwrap();
    let after = query(
        Some(LogLevel::Notice),
        Some("ban 192.0.2"),
        Some(&more.next),
    );
    let after = ground.agent.daemon_log(&after).await.unwrap();
    assert_eq!(
        (texts(&after), after.gap),
        (vec!["[app] Ban 192.0.2.2"], false)
    );
    ground.end().await;
}

fn agent_now() -> domain::Timestamp {
    domain::Clock::now(&domain::SystemClock)
}

#[tokio::test]
async fn log_with_hostile_and_huge_lines_is_shown_as_text_that_is_cut() {
    use std::io::Write as _;
    let ground = Ground::new().await;
    let mut log = fs::OpenOptions::new()
        .append(true)
        .open(ground.lab.log_file())
        .unwrap();
    let head = "2026-11-28 18:00:00,001 fail2ban.transmitter    [1]: ERROR   ";
    log.write_all(format!("{head}{}\n", "x".repeat(300_000)).as_bytes())
        .unwrap();
    log.write_all(format!("{head}odd ").as_bytes()).unwrap();
    log.write_all(b"\xff\x00\x1b[31m\r\n<script>\n").unwrap();
    let page = ground
        .agent
        .daemon_log(&query(Some(LogLevel::Error), None, None))
        .await
        .unwrap();
    let [.., huge, odd] = page.lines.as_slice() else {
        panic!("{page:?}");
    };
    assert!(huge.cut && huge.text.len() <= 5_000, "{}", huge.text.len());
    assert_eq!(odd.text, "odd \u{fffd}\0\u{1b}[31m\n<script>");
    ground.end().await;
}

#[tokio::test]
async fn log_of_a_daemon_that_is_down_is_where_it_or_its_configuration_said() {
    let mut ground = Ground::new().await;
    let log = ground.lab.log_file().display().to_string();
    ground
        .agent
        .daemon_log(&query(None, None, None))
        .await
        .unwrap();
    ground.lab.stop_daemon().await;
    let page = ground
        .agent
        .daemon_log(&query(None, Some("exiting"), None))
        .await
        .unwrap();
    assert_eq!(
        (page.source.as_str(), page.lines.len()),
        (log.as_str(), 1),
        "{page:?}"
    );
    let other = agent::Agent::start(crate::ground::config(&ground.lab, ground.lab.socket()));
    other.first_answer().await;
    let page = other.daemon_log(&query(None, None, None)).await.unwrap();
    assert_eq!((page.source, page.problem), (log, None));
    other.stop().await;
    ground.end().await;
}

#[tokio::test]
async fn log_that_is_no_file_says_why_nothing_is_shown() {
    let ground = Ground::on(lab().await, |config| AgentConfig {
        journal: JournalConfig {
            folder: Some(config.config_dir.join("no-journal")),
            ..JournalConfig::default()
        },
        ..config
    })
    .await;
    ground.raw(&["set", "logtarget", "SYSOUT"]).await;
    let page = ground
        .agent
        .daemon_log(&query(None, None, None))
        .await
        .unwrap();
    assert_eq!((page.source.as_str(), page.lines.len()), ("SYSOUT", 0));
    assert!(page.problem.unwrap().detail.contains("no journal"));
    ground.end().await;
}

#[tokio::test]
async fn log_target_outside_of_the_folders_is_a_finding_but_not_the_one_in_use() {
    let ground = Ground::new().await;
    let current = ground.lab.log_file().display().to_string();
    assert_eq!(ground.agent.check_log_target(&current).await, []);
    assert_eq!(ground.agent.check_log_target("SYSLOG").await, []);
    let found = ground.agent.check_log_target("/etc/cron.d/fail2ban").await;
    assert_eq!((found.len(), found[0].code.as_str()), (1, "bad-log-target"));
    ground.end().await;
}

#[tokio::test]
async fn log_in_the_journal_is_shown_and_followed() {
    use std::io::Write as _;
    let mut journal = Journal::new();
    let mut stream = journal.writer.stdin.take().unwrap();
    let mut write = |user: u32, message: &str| {
        stream.write_all(entry(user, message).as_bytes()).unwrap();
        stream.flush().unwrap();
    };
    let own = journal.config();
    let ground = Ground::on(lab().await, |config| AgentConfig {
        journal: own,
        ..config
    })
    .await;
    ground.raw(&["set", "logtarget", "SYSOUT"]).await;
    write(
        own_user() + 1,
        "2026-11-28 18:00:00,001 fail2ban.actions [1]: NOTICE  forged",
    );
    write(
        own_user(),
        "2026-11-28 18:00:00,001 fail2ban.actions [1]: NOTICE  [app] Ban 192.0.2.1",
    );
    let page = async |after: Option<&str>, wanted: &str| {
        let query = query(Some(LogLevel::Notice), None, after);
        let mut shown = ground.agent.daemon_log(&query).await.unwrap();
        // systemd's writer works in its own time.
        until(wanted, async || {
            shown = ground.agent.daemon_log(&query).await.unwrap();
            texts(&shown).contains(&wanted)
        })
        .await;
        shown
    };
    let first = page(None, "[app] Ban 192.0.2.1").await;
    assert_eq!(
        (texts(&first).len(), first.source.as_str()),
        (1, "journal"),
        "{first:?}"
    );
    write(
        own_user(),
        "2026-11-28 18:00:00,001 fail2ban.actions [1]: NOTICE  [app] Ban 192.0.2.2",
    );
    let next = page(Some(&first.next), "[app] Ban 192.0.2.2").await;
    assert_eq!((texts(&next).len(), next.gap), (1, false), "{next:?}");
    ground.end().await;
}
