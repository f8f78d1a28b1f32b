//! What the agent hears where fail2ban logs to the journal: real lines of a real daemon, in a journal of the test's own.
use std::{
    fs::File,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::net::UnixDatagram,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use agent::{Agent, JournalConfig};
use domain::{
    Clock as _, EventKind, HearCursor, HeardEvent, HostHears as _, Origin, SystemClock, UnbanCause,
};
use lab::ExtraJail;

use crate::ground::{Ground, LIMIT, config, lab_with};

/// Writes journals from text; systemd's own.
const JOURNAL_REMOTE: &str = "/lib/systemd/systemd-journal-remote";

/// The user that fail2ban runs as in a test.
pub(crate) fn own_user() -> u32 {
    rustix::process::getuid().as_raw()
}

/// A journal that a test writes to, as systemd does with the output of a service.
pub(crate) struct Journal {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) writer: Child,
}

impl Journal {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let writer = Command::new(JOURNAL_REMOTE)
            .arg(format!(
                "--output={}",
                folder.path().join("test.journal").display()
            ))
            .arg("-")
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the package systemd-journal-remote");
        Self { folder, writer }
    }

    pub(crate) fn config(&self) -> JournalConfig {
        JournalConfig {
            folder: Some(self.folder.path().to_owned()),
            user: own_user(),
            ..JournalConfig::default()
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        drop(self.writer.stdin.take());
        self.writer.wait().unwrap();
    }
}

pub(crate) fn entry(user: u32, message: &str) -> String {
    entry_of(user, "fail2ban-server", message)
}

fn entry_of(user: u32, identifier: &str, message: &str) -> String {
    let micros = SystemClock.now().as_millis() * 1_000;
    format!(
        "__REALTIME_TIMESTAMP={micros}\n__MONOTONIC_TIMESTAMP={micros}\n_BOOT_ID=0123456789abcdef0123456789abcdef\n\
         _COMM=fail2ban-server\n_UID={user}\n_PID=1\nSYSLOG_IDENTIFIER={identifier}\nMESSAGE={message}\n\n"
    )
}

/// Carries what the daemon prints into the journal.
struct Carrier {
    end: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Carrier {
    fn new(printed: &Path, mut into: impl std::io::Write + Send + 'static) -> Self {
        let end = Arc::new(AtomicBool::new(false));
        let (ended, file) = (Arc::clone(&end), File::open(printed).unwrap());
        let thread = thread::spawn(move || {
            let mut lines = BufReader::new(file);
            let mut line = String::new();
            while !ended.load(Ordering::Relaxed) {
                if lines.read_line(&mut line).unwrap() == 0 || !line.ends_with('\n') {
                    thread::sleep(Duration::from_millis(5));
                    continue;
                }
                let text = entry(own_user(), line.trim_end());
                into.write_all(text.as_bytes()).unwrap();
                into.flush().unwrap();
                line.clear();
            }
        });
        Self { end, thread }
    }

    fn end(self) {
        self.end.store(true, Ordering::Relaxed);
        self.thread.join().unwrap();
    }
}

/// Carries what reaches a syslog socket into the journal, taken apart as systemd does.
fn carry_syslog(socket: &Path, mut into: impl std::io::Write + Send + 'static) -> Carrier {
    let end = Arc::new(AtomicBool::new(false));
    let (ended, socket) = (Arc::clone(&end), UnixDatagram::bind(socket).unwrap());
    socket
        .set_read_timeout(Some(Duration::from_millis(20)))
        .unwrap();
    let thread = thread::spawn(move || {
        let mut space = vec![0; 64 << 10];
        while !ended.load(Ordering::Relaxed) {
            let Ok(length) = socket.recv(&mut space) else {
                continue;
            };
            // `<29>fail2ban.actions[20832]: NOTICE [sshd] Ban 192.0.2.10` and a zero byte.
            let text = String::from_utf8_lossy(&space[..length]).into_owned();
            let (_, text) = text.trim_end_matches('\0').split_once('>').unwrap();
            let (head, message) = text.split_once("]: ").unwrap();
            let (identifier, _) = head.split_once('[').unwrap();
            let text = entry_of(own_user(), identifier, message);
            into.write_all(text.as_bytes()).unwrap();
            into.flush().unwrap();
        }
    });
    Carrier { end, thread }
}

fn told(event: &HeardEvent) -> String {
    let what = match (event.kind, event.cause) {
        (EventKind::Ban, _) if event.origin == Origin::Manual => "manual",
        (EventKind::Ban, _) => "ban",
        (EventKind::Restored, _) => "restored",
        (EventKind::Unban, Some(UnbanCause::ByHand)) => "unbanned",
        (EventKind::Unban, _) => "ended",
    };
    format!("{what} {}", event.subject)
}

/// Listens until this was told, in any order; each thing once, save for what makes it richer.
async fn hear(agent: &Agent, cursor: &mut Option<HearCursor>, wanted: &[&str]) -> u32 {
    let began = std::time::Instant::now();
    let (mut heard, mut failures) = (std::collections::BTreeMap::new(), 0);
    let all = |heard: &std::collections::BTreeMap<(String, i64), u32>| {
        wanted
            .iter()
            .all(|one| heard.keys().any(|(told, _)| told == one))
    };
    while !all(&heard) {
        assert!(began.elapsed() < LIMIT, "{wanted:?} but {heard:?}");
        let batch = agent
            .hear(cursor.as_ref(), Duration::from_millis(300))
            .await
            .unwrap();
        for event in &batch.events {
            *heard
                .entry((told(event), event.at.as_millis()))
                .or_insert(0) += 1;
        }
        failures += batch.failures.iter().map(|of| of.count).sum::<u32>();
        *cursor = Some(batch.cursor);
    }
    let told: Vec<&str> = heard.keys().map(|(told, _)| told.as_str()).collect();
    let mut expected = wanted.to_vec();
    expected.sort_unstable();
    assert_eq!(told, expected);
    failures
}

#[tokio::test(flavor = "multi_thread")]
async fn daemon_that_logs_to_the_journal_is_heard_across_restarts_and_nobody_else() {
    let mut journal = Journal::new();
    let lab = lab_with(vec![ExtraJail::new("app")]).await;
    let printed: PathBuf = lab.folder().join("daemon.out");
    let mut stream = journal.writer.stdin.take().unwrap();
    // Another user's program that calls itself fail2ban.
    let forged = "2026-11-24 12:00:00,000 fail2ban.actions [1]: NOTICE  [app] Ban 198.51.100.66";
    stream
        .write_all(entry(own_user() + 1, forged).as_bytes())
        .unwrap();
    let carrier = Carrier::new(&printed, stream);
    let (own, again) = (journal.config(), journal.config());
    let ground = Ground::on(lab, |config| agent::AgentConfig {
        journal: own,
        ..config
    })
    .await;
    ground.raw(&["set", "logtarget", "STDOUT"]).await;

    let mut cursor = None;
    let attacker = "198.51.100.7".parse().unwrap();
    ground.lab.attack("app", attacker).await.unwrap();
    ground.raw(&["set", "app", "banip", "198.51.100.8"]).await;
    let failures = hear(
        &ground.agent,
        &mut cursor,
        &["ban 198.51.100.7", "manual 198.51.100.8"],
    )
    .await;
    assert_eq!(failures, 3);
    ground.raw(&["set", "app", "unbanip", "198.51.100.8"]).await;
    hear(&ground.agent, &mut cursor, &["unbanned 198.51.100.8"]).await;

    // What happens while nobody listens is told to the next one, and nothing of before.
    ground.agent.stop().await;
    ground.raw(&["set", "app", "banip", "198.51.100.9"]).await;
    let next = Agent::start(agent::AgentConfig {
        journal: again,
        ..config(&ground.lab, ground.lab.socket())
    });
    next.first_answer().await;
    hear(&next, &mut cursor, &["manual 198.51.100.9"]).await;
    next.stop().await;
    carrier.end();
    ground.lab.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn daemon_that_logs_to_syslog_is_heard_where_syslog_goes_to_the_journal() {
    let mut journal = Journal::new();
    let lab = lab_with(vec![ExtraJail::new("app")]).await;
    let socket = lab.folder().join("syslog.sock");
    let carrier = carry_syslog(&socket, journal.writer.stdin.take().unwrap());
    let own = journal.config();
    let ground = Ground::on(lab, |config| agent::AgentConfig {
        journal: own,
        ..config
    })
    .await;
    let socket = socket.display().to_string();
    ground.raw(&["set", "syslogsocket", &socket]).await;
    ground
        .raw(&["set", "logtarget", "SYSLOG[facility=auth]"])
        .await;
    let mut cursor = None;
    let attacker = "198.51.100.7".parse().unwrap();
    ground.lab.attack("app", attacker).await.unwrap();
    ground.raw(&["set", "app", "banip", "198.51.100.8"]).await;
    let wanted = ["ban 198.51.100.7", "manual 198.51.100.8"];
    let failures = hear(&ground.agent, &mut cursor, &wanted).await;
    assert_eq!(failures, 3);
    ground.raw(&["set", "app", "unbanip", "198.51.100.8"]).await;
    hear(&ground.agent, &mut cursor, &["unbanned 198.51.100.8"]).await;
    ground.agent.stop().await;
    carrier.end();
    ground.lab.stop().await;
}
