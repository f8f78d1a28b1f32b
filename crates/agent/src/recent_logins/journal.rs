//! The journal, as far as sshd writes into it.
use std::time::Duration;

use domain::LoginWay;
use tokio::process::Command;

use super::{collected::Collected, sshd::accepted_from};
use crate::{
    JournalConfig,
    hear::JournalEntry,
    laboratory::program::{self, Limits},
    mirror::on_disk,
};

/// The most logins that are read, the newest ones.
const ENTRIES: u32 = 20_000;

/// A long journal may take longer: what has come by then is the newest.
const LIMITS: Limits = Limits {
    time: Duration::from_secs(3),
    output: 32 << 20,
};

/// Reads who was let in, the newest first.
pub(super) async fn read(config: &JournalConfig, collected: &mut Collected) {
    let there = config.clone();
    if !on_disk(move || there.has_files()).await {
        return;
    }
    let mut logins = command(config, collected, ENTRIES);
    logins.args(["--grep=^Accepted ", "--case-sensitive=yes"]);
    take(logins, collected).await;
    // That nobody was let in is known where sshd says anything there.
    let anything = command(config, collected, 1);
    take(anything, collected).await;
}

fn command(config: &JournalConfig, collected: &Collected, most: u32) -> Command {
    const MILLIS_PER_SECOND: i64 = 1000;
    let since = collected.since().as_millis() / MILLIS_PER_SECOND;
    let mut command = Command::from(config.sshd_command());
    command.args(["--reverse", &format!("--lines={most}")]);
    command.arg(format!("--since=@{since}"));
    command
}

async fn take(command: Command, collected: &mut Collected) {
    let done = program::run(command, LIMITS, |line| {
        let Some(entry) = JournalEntry::parse(line) else {
            return;
        };
        if collected.told(entry.at)
            && let Some(address) = accepted_from(&entry.message)
        {
            collected.login(address, entry.at, LoginWay::Ssh);
        }
    })
    .await;
    if let Err(error) = done {
        tracing::debug!(%error, "the journal could not be read to its end for logins");
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write as _,
        process::{Command as Program, Stdio},
    };

    use domain::{Clock as _, RecentLogins, SystemClock};

    use super::*;

    /// Writes journals from text; systemd's own.
    const JOURNAL_REMOTE: &str = "/lib/systemd/systemd-journal-remote";

    fn entry(program: &str, user: u32, message: &str) -> String {
        let micros = SystemClock.now().as_millis() * 1_000;
        format!(
            "__REALTIME_TIMESTAMP={micros}\n__MONOTONIC_TIMESTAMP={micros}\n_BOOT_ID=0123456789abcdef0123456789abcdef\n\
             _COMM={program}\n_UID={user}\n_PID=1\nSYSLOG_IDENTIFIER=sshd\nMESSAGE={message}\n\n"
        )
    }

    /// What is found in a journal of these entries.
    async fn found(entries: &[String]) -> RecentLogins {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test.journal");
        let mut writer = Program::new(JOURNAL_REMOTE)
            .arg(format!("--output={}", file.display()))
            .arg("-")
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the package systemd-journal-remote");
        let mut pipe = writer.stdin.take().unwrap();
        pipe.write_all(entries.concat().as_bytes()).unwrap();
        drop(pipe);
        writer.wait().unwrap();
        let config = JournalConfig {
            folder: Some(folder.path().to_owned()),
            ..JournalConfig::default()
        };
        let mut collected = Collected::new(SystemClock.now());
        read(&config, &mut collected).await;
        collected.finish().within("0.0.0.0/0".parse().unwrap())
    }

    fn accepted(address: &str) -> String {
        format!("Accepted password for alice from {address} port 50022 ssh2")
    }

    #[tokio::test]
    async fn journal_has_the_logins_that_sshd_itself_wrote() {
        let found = found(&[
            entry("sshd", 0, &accepted("192.0.2.7")),
            entry("sshd-session", 0, &accepted("192.0.2.8")),
            entry("sshd", 1000, &accepted("192.0.2.66")),
            entry("su", 0, &accepted("192.0.2.67")),
            entry(
                "sshd",
                0,
                "Invalid user Accepted password for a from 192.0.2.68 port 1 ssh2",
            ),
        ])
        .await;
        let mut names: Vec<String> = found
            .items
            .iter()
            .map(|login| login.address.to_string())
            .collect();
        names.sort();
        assert_eq!(
            (found.known, names),
            (true, vec!["192.0.2.7".into(), "192.0.2.8".into()])
        );
    }

    #[tokio::test]
    async fn journal_in_which_sshd_let_nobody_in_is_known_and_one_without_sshd_is_not() {
        let listening = entry("sshd", 0, "Server listening on :: port 22.");
        let quiet = found(&[listening]).await;
        assert_eq!((quiet.known, quiet.total), (true, 0));
        let other = found(&[entry("su", 0, "hello")]).await;
        assert_eq!((other.known, other.total), (false, 0));
    }
}
