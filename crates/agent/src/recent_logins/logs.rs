//! Log files that jails read, as far as sshd writes into them.
use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
};

use domain::LoginWay;
use memchr::memmem;

use super::{
    collected::Collected,
    line_time::LineTimes,
    sshd::{self, accepted_from},
    wtmp::regular,
};
use crate::file_end;

/// What is read of the end of a file, and of all files together.
const MAX_FILE_BYTES: u64 = 4 << 20;
const MAX_BYTES: u64 = 40 << 20;

/// A longer line is none of sshd's, which cuts what it says.
const MAX_LINE_BYTES: usize = 8 << 10;

/// Reads the ends of logs, and of those that a rotation put aside last, until enough was read. Blocks.
pub(super) fn read(logs: &[PathBuf], collected: &mut Collected) {
    let times = LineTimes::of_the_machine(collected.now());
    let mut left = MAX_BYTES;
    for path in logs.iter().flat_map(|log| [log.clone(), put_aside(log)]) {
        match end(&path, left.min(MAX_FILE_BYTES)) {
            Ok(bytes) => {
                left = left.saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
                take(&bytes, &times, collected);
            }
            Err(error) => {
                tracing::debug!(%error, path = %path.display(), "a log cannot be read for logins");
            }
        }
    }
}

/// The name that a rotation gives a file first.
pub(super) fn put_aside(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".1");
    name.into()
}

fn end(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = regular(path)?;
    let length = file.metadata()?.len();
    Ok(file_end::read(&file, length, usize::MAX, most)?.bytes)
}

fn take(bytes: &[u8], times: &LineTimes, collected: &mut Collected) {
    let name = memmem::Finder::new("sshd");
    for line in bytes.split(|byte| *byte == b'\n') {
        if line.len() > MAX_LINE_BYTES || name.find(line).is_none() {
            continue;
        }
        let line = String::from_utf8_lossy(line);
        let Some((at, message)) = sshd::said(&line, times) else {
            continue;
        };
        if collected.told(at)
            && let Some(address) = accepted_from(message)
        {
            collected.login(address, at, LoginWay::Ssh);
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{RecentLogins, Timestamp};
    use proptest::prelude::*;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-23T18:00:00Z"
            .parse::<jiff::Timestamp>()
            .unwrap()
            .into()
    }

    fn found(logs: &[PathBuf]) -> RecentLogins {
        let mut collected = Collected::new(now());
        read(logs, &mut collected);
        collected.finish().within("0.0.0.0/0".parse().unwrap())
    }

    fn names(found: &RecentLogins) -> Vec<String> {
        let items = found.items.iter();
        items.map(|login| login.address.to_string()).collect()
    }

    fn accepted(at: &str, address: &str) -> String {
        format!(
            "{at} host sshd[1001]: Accepted publickey for alice from {address} port 50022 ssh2: ED25519 SHA256:abc\n"
        )
    }

    #[test]
    fn log_has_the_logins_of_the_last_days_also_after_a_rotation() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("auth.log");
        let text = [
            "2026-11-20T12:00:00Z host sshd[7]: Failed password for root from 192.0.2.66 port 1 ssh2\n".to_owned(),
            "2026-11-20T12:00:01Z host sudo: sshd[7]: Accepted password for a from 192.0.2.67 port 1 ssh2\n".to_owned(),
            accepted("2026-11-21T12:00:00Z", "192.0.2.7"),
        ];
        std::fs::write(&log, text.concat()).unwrap();
        let before = [
            accepted("2026-10-01T12:00:00Z", "192.0.2.68"),
            accepted("2026-11-01T12:00:00Z", "192.0.2.8"),
        ];
        std::fs::write(put_aside(&log), before.concat()).unwrap();
        let found = found(&[folder.path().join("missing.log"), log]);
        assert!(found.known);
        assert_eq!(names(&found), ["192.0.2.7", "192.0.2.8"]);
    }

    #[test]
    fn log_in_which_sshd_lately_wrote_nothing_makes_nothing_known() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let unknown = |text: &str| {
            std::fs::write(&path, text).unwrap();
            let found = found(&[path.clone(), folder.path().to_owned()]);
            (found.known, found.total) == (false, 0)
        };
        assert!(unknown(""));
        assert!(unknown(
            "192.0.2.1 - - \"GET /sshd[1]: Accepted password for a from 192.0.2.7 port 1 ssh2\"\n"
        ));
        assert!(unknown(&accepted("2026-09-01T12:00:00Z", "192.0.2.7")));
        assert!(!unknown(
            "2026-11-23T12:00:00Z host sshd[1]: Server listening on :: port 22.\n"
        ));
    }

    #[test]
    fn log_of_many_bytes_is_read_from_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("auth.log");
        let mut text = accepted("2026-11-23T12:00:00Z", "192.0.2.7");
        let noise = "2026-11-23T12:00:00Z host sshd[7]: Invalid user a from 192.0.2.66 port 1\n";
        let most = usize::try_from(MAX_FILE_BYTES).unwrap();
        text.push_str(&noise.repeat(most / noise.len() + 1));
        text.push_str(&accepted("2026-11-23T12:00:00Z", "192.0.2.8"));
        std::fs::write(&log, text).unwrap();
        assert_eq!(names(&found(&[log])), ["192.0.2.8"]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_harm(
            lines in prop::collection::vec((any::<bool>(), prop::collection::vec(any::<u8>(), 0..200)), 0..20),
        ) {
            let mut bytes = Vec::new();
            for (sshd, rest) in &lines {
                if *sshd {
                    bytes.extend(b"2026-11-23T12:00:00Z host sshd[1]: Accepted password for ");
                }
                bytes.extend(rest);
                bytes.push(b'\n');
            }
            let mut collected = Collected::new(now());
            take(&bytes, &LineTimes::of_the_machine(now()), &mut collected);
            prop_assert!(collected.finish().len() <= bytes.len() / 20);
        }
    }
}
