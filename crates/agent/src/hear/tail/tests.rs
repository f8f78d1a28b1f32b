//! A log on a real disk, through everything that rotates it.
use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use flate2::{Compression, write::GzEncoder};
use tempfile::TempDir;

use super::{Position, Read, Resume, Tail};

/// A log, and who writes to it.
struct Log {
    folder: TempDir,
    path: PathBuf,
    /// Files are as old as the test says, so that their order does not hang on how quick it is.
    minutes: u64,
}

impl Log {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fail2ban.log");
        Self {
            folder,
            path,
            minutes: 0,
        }
    }

    fn with(text: &str) -> Self {
        let mut log = Self::new();
        log.write(text);
        log
    }

    fn sibling(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes to the log, a minute after what was written before.
    fn write(&mut self, text: impl AsRef<[u8]>) {
        let path = self.path.clone();
        self.write_to(&path, text);
    }

    fn write_to(&mut self, path: &Path, text: impl AsRef<[u8]>) {
        let mut file = File::options()
            .append(true)
            .create(true)
            .open(path)
            .unwrap();
        file.write_all(text.as_ref()).unwrap();
        self.minutes += 1;
        file.set_modified(time(self.minutes)).unwrap();
    }

    fn rename(&self, name: &str) -> PathBuf {
        let to = self.sibling(name);
        fs::rename(&self.path, &to).unwrap();
        to
    }

    /// As `copytruncate` does: the file stays, what was in it is in the copy.
    fn copy_and_truncate(&mut self, name: &str) {
        let to = self.sibling(name);
        fs::copy(&self.path, &to).unwrap();
        File::options()
            .write(true)
            .open(&to)
            .unwrap()
            .set_modified(time(self.minutes))
            .unwrap();
        self.truncate();
    }

    fn truncate(&self) {
        File::options()
            .write(true)
            .truncate(true)
            .open(&self.path)
            .unwrap();
    }

    fn last_millis(&self) -> i64 {
        let since = time(self.minutes).duration_since(SystemTime::UNIX_EPOCH);
        i64::try_from(since.unwrap().as_millis()).unwrap()
    }
}

fn time(minutes: u64) -> SystemTime {
    const BEGIN_SECONDS: u64 = 1_795_456_000;
    SystemTime::UNIX_EPOCH + Duration::from_secs(BEGIN_SECONDS + minutes * 60)
}

/// Compresses a file as logrotate does: another name, another inode, the same time.
fn compress(path: &Path) -> PathBuf {
    let modified = fs::metadata(path).unwrap().modified().unwrap();
    let mut name = path.as_os_str().to_owned();
    name.push(".gz");
    let mut to = GzEncoder::new(File::create(&name).unwrap(), Compression::fast());
    to.write_all(&fs::read(path).unwrap()).unwrap();
    to.finish().unwrap().set_modified(modified).unwrap();
    fs::remove_file(path).unwrap();
    PathBuf::from(name)
}

/// All lines that are there now.
fn lines(tail: &mut Tail) -> Vec<String> {
    let mut lines = Vec::new();
    while let Read::Line { text, .. } = tail.read().unwrap() {
        lines.push(String::from_utf8_lossy(text).into_owned());
    }
    lines
}

fn from_the_beginning(log: &Log) -> Tail {
    Tail::resume(&log.path, &Resume::default()).0
}

/// Where it is, for another one to go on.
fn position(tail: &Tail) -> Position {
    tail.position(tail.place().unwrap()).unwrap()
}

fn resumed(log: &Log, at: &Position, last_millis: i64) -> (Tail, Vec<String>, bool) {
    let resume = Resume {
        from: Some(at),
        told: Some(at),
        last_millis: Some(last_millis),
    };
    let (mut tail, new_from) = Tail::resume(&log.path, &resume);
    let lines = lines(&mut tail);
    (tail, lines, new_from.is_some())
}

/// Reads the log up to now and stops; then something happens, and what another one reads is answered.
fn read_stop_and_resume(mut log: Log, meanwhile: impl FnOnce(&mut Log)) -> Vec<String> {
    let mut tail = from_the_beginning(&log);
    lines(&mut tail);
    let (at, last) = (position(&tail), log.last_millis());
    drop(tail);
    meanwhile(&mut log);
    let (_, lines, _) = resumed(&log, &at, last);
    lines
}

#[test]
fn log_that_grows_is_read_on() {
    let mut log = Log::with("one\ntwo\n");
    let mut tail = from_the_beginning(&log);
    assert_eq!(lines(&mut tail), ["one", "two"]);
    assert_eq!(tail.read().unwrap(), Read::End { open: true });
    log.write("three\n");
    assert_eq!(lines(&mut tail), ["three"]);
}

#[test]
fn log_that_is_missing_is_read_when_it_appears() {
    let mut log = Log::new();
    let mut tail = from_the_beginning(&log);
    assert_eq!(tail.read().unwrap(), Read::End { open: false });
    assert_eq!(tail.place(), None);
    log.write("one\n");
    assert_eq!(lines(&mut tail), ["one"]);
}

#[test]
fn log_renamed_while_it_is_read_is_read_to_its_end_before_the_new_one() {
    let mut log = Log::with("one\n");
    let mut tail = from_the_beginning(&log);
    assert_eq!(lines(&mut tail), ["one"]);
    let old = log.rename("fail2ban.log.1");
    // fail2ban writes to the renamed file until it has opened the new one.
    log.write_to(&old, "two\n");
    assert_eq!(lines(&mut tail), ["two"]);
    log.write_to(&old, "three\n");
    log.write("four\n");
    assert_eq!(lines(&mut tail), ["three", "four"]);
    log.write("five\n");
    assert_eq!(lines(&mut tail), ["five"]);
}

#[test]
fn log_rotated_twice_between_two_readings_loses_nothing() {
    let mut log = Log::with("one\n");
    let mut tail = from_the_beginning(&log);
    assert_eq!(lines(&mut tail), ["one"]);
    log.write("two\n");
    let first = log.rename("fail2ban.log.1");
    log.write("three\n");
    fs::rename(&first, log.sibling("fail2ban.log.2")).unwrap();
    log.rename("fail2ban.log.1");
    log.write("four\n");
    assert_eq!(lines(&mut tail), ["two", "three", "four"]);
}

#[test]
fn log_renamed_while_nobody_read_is_read_on_under_its_new_name() {
    let read = read_stop_and_resume(Log::with("one\n"), |log| {
        log.write("two\n");
        log.rename("fail2ban.log.1");
        log.write("three\n");
    });
    assert_eq!(read, ["two", "three"]);
}

#[test]
fn log_rotated_twice_while_nobody_read_is_read_on_through_both() {
    let read = read_stop_and_resume(Log::with("one\n"), |log| {
        log.write("two\n");
        let first = log.rename("fail2ban.log.1");
        log.write("three\n");
        fs::rename(&first, log.sibling("fail2ban.log.2")).unwrap();
        log.rename("fail2ban.log.1");
        log.write("four\n");
    });
    assert_eq!(read, ["two", "three", "four"]);
}

#[test]
fn log_rotated_and_compressed_while_nobody_read_is_read_on() {
    let read = read_stop_and_resume(Log::with("one\n"), |log| {
        log.write("two\n");
        let first = log.rename("fail2ban.log.1");
        log.write("three\n");
        compress(&first);
        fs::rename(
            log.sibling("fail2ban.log.1.gz"),
            log.sibling("fail2ban.log.2.gz"),
        )
        .unwrap();
        compress(&log.rename("fail2ban.log.1"));
        log.write("four\n");
    });
    assert_eq!(read, ["two", "three", "four"]);
}

#[test]
fn log_rotated_with_dates_in_its_names_is_read_on() {
    let read = read_stop_and_resume(Log::with("one\n"), |log| {
        log.write("two\n");
        compress(&log.rename("fail2ban.log-20261123"));
        log.write("three\n");
        log.rename("fail2ban.log-20261124-1795456000");
        log.write("four\n");
        // Neither is a rotation of this log.
        log.write_to(&log.sibling("fail2ban.log.bak"), "no\n");
        log.write_to(&log.sibling("fail2ban.log-old"), "no\n");
    });
    assert_eq!(read, ["two", "three", "four"]);
}

#[test]
fn log_copied_and_truncated_while_it_is_read_loses_nothing() {
    let mut log = Log::with("one\n");
    let mut tail = from_the_beginning(&log);
    assert_eq!(lines(&mut tail), ["one"]);
    log.write("two\n");
    log.copy_and_truncate("fail2ban.log.1");
    log.write("three\n");
    assert_eq!(lines(&mut tail), ["two", "three"]);
}

#[test]
fn log_copied_and_truncated_while_nobody_read_loses_nothing() {
    let read = read_stop_and_resume(Log::with("one\n"), |log| {
        log.write("two\n");
        log.copy_and_truncate("fail2ban.log.1");
        log.write("three\n");
    });
    assert_eq!(read, ["two", "three"]);
}

#[test]
fn log_truncated_and_grown_beyond_what_was_read_begins_anew() {
    let mut log = Log::with("one\n");
    let mut tail = from_the_beginning(&log);
    assert_eq!(lines(&mut tail), ["one"]);
    log.truncate();
    log.write("another first line that is longer\nsecond\n");
    assert_eq!(
        lines(&mut tail),
        ["another first line that is longer", "second"]
    );
    let read = read_stop_and_resume(Log::with("one\n"), |log| {
        log.truncate();
        log.write("another first line that is longer\nsecond\n");
    });
    assert_eq!(read, ["another first line that is longer", "second"]);
}

#[test]
fn inode_that_another_file_has_got_is_not_taken_for_the_one_that_was_read() {
    let mut log = Log::with("one\n");
    let mut tail = from_the_beginning(&log);
    lines(&mut tail);
    let (mut at, last) = (position(&tail), log.last_millis());
    drop(tail);
    log.truncate();
    log.write("two, in a new file\nthree\n");
    // As it is when a file system gives the number of the removed file to the next one.
    let found = super::source::identify(&log.path, 256).unwrap();
    (at.file.device, at.file.inode) = (found.device, found.inode);
    let (_, lines, known) = resumed(&log, &at, last);
    assert_eq!(lines, ["two, in a new file", "three"]);
    assert!(!known, "where it was is lost");
}

#[test]
fn place_in_a_file_that_is_gone_goes_on_with_what_was_written_later() {
    let read = read_stop_and_resume(Log::with("one\n"), |log| {
        fs::remove_file(&log.path).unwrap();
        log.write("two\n");
        log.rename("fail2ban.log.1");
        log.write("three\n");
    });
    assert_eq!(read, ["two", "three"]);
}

#[test]
fn rotations_from_before_are_not_read_again() {
    let mut log = Log::with("old\n");
    log.rename("fail2ban.log.1");
    log.write("one\n");
    let mut tail = from_the_beginning(&log);
    assert_eq!(lines(&mut tail), ["old", "one"]);
    let at = position(&tail);
    let (_, read, known) = resumed(&log, &at, log.last_millis());
    assert_eq!((read, known), (vec![], true));
}

#[test]
fn half_a_line_is_read_when_it_is_whole() {
    let mut log = Log::with("one\ntw");
    let mut tail = from_the_beginning(&log);
    assert_eq!(lines(&mut tail), ["one"]);
    assert_eq!(position(&tail).byte, 4);
    log.write("o\n");
    assert_eq!(lines(&mut tail), ["two"]);
    let read = read_stop_and_resume(Log::with("one\ntw"), |log| log.write("o\n"));
    assert_eq!(read, ["two"]);
}

#[test]
fn line_without_an_end_in_a_rotated_file_is_left() {
    let mut log = Log::with("one\nhalf");
    let mut tail = from_the_beginning(&log);
    assert_eq!(lines(&mut tail), ["one"]);
    log.rename("fail2ban.log.1");
    log.write("two\n");
    assert_eq!(lines(&mut tail), ["two"]);
}

#[test]
fn line_that_is_too_long_is_passed_over_and_the_next_one_is_read() {
    let mut log = Log::with("one\n");
    log.write(vec![b'x'; 2_000_000]);
    let mut tail = from_the_beginning(&log);
    assert_eq!(lines(&mut tail), ["one"]);
    log.write("\ntwo\n");
    assert_eq!(lines(&mut tail), ["two"]);
    let at = position(&tail);
    assert_eq!(at.byte, fs::metadata(&log.path).unwrap().len());
}

#[test]
fn bytes_that_are_no_text_are_given_as_they_are() {
    let mut log = Log::new();
    log.write(b"\xff\xfe\x00one\n\ntwo\r\n");
    let mut tail = from_the_beginning(&log);
    let mut found = Vec::new();
    while let Read::Line { text, .. } = tail.read().unwrap() {
        found.push(text.to_vec());
    }
    let expected: [&[u8]; 3] = [b"\xff\xfe\x00one", b"", b"two\r"];
    assert_eq!(found, expected);
}

#[test]
fn log_that_may_not_be_read_is_an_error_and_read_when_it_may() {
    let log = Log::new();
    // A folder in its place: nobody may read that as a log, not even root.
    fs::create_dir(&log.path).unwrap();
    let mut tail = from_the_beginning(&log);
    assert!(tail.read().is_err());
    assert!(tail.read().is_err());
    fs::remove_dir(&log.path).unwrap();
    let mut log = log;
    log.write("one\n");
    assert_eq!(lines(&mut tail), ["one"]);
}

#[test]
fn log_without_permission_is_an_error_for_who_has_none() {
    use std::os::unix::fs::PermissionsExt as _;

    /// The user `nobody`, who owns nothing.
    const NOBODY: u32 = 65_534;
    let log = Log::with("one\n");
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(log.folder.path(), 0o755);
    let is_root = rustix::process::getuid().is_root();
    mode(&log.path, if is_root { 0o600 } else { 0o000 });
    let mut tail = from_the_beginning(&log);
    let reading = std::thread::spawn(move || {
        if is_root {
            // Of this thread alone.
            rustix::thread::set_thread_uid(rustix::process::Uid::from_raw(NOBODY)).unwrap();
        }
        let kind = tail.read().unwrap_err().kind();
        (tail, kind)
    });
    let (mut tail, kind) = reading.join().unwrap();
    assert_eq!(kind, std::io::ErrorKind::PermissionDenied);
    mode(&log.path, 0o600);
    assert_eq!(lines(&mut tail), ["one"]);
}

#[test]
fn rotated_file_that_is_damaged_is_left_out_and_the_others_are_read() {
    let read = read_stop_and_resume(Log::with("one\n"), |log| {
        log.rename("fail2ban.log.2");
        log.write("two\n");
        let damaged = log.rename("fail2ban.log.1.gz");
        assert!(damaged.exists());
        log.write("three\n");
    });
    assert_eq!(read, ["three"]);
}

#[test]
fn rotated_file_that_cannot_be_read_is_told_with_the_time_that_is_missing() {
    for ending in ["xz", "zst", "bz2"] {
        let mut log = Log::with("one\n");
        let mut tail = from_the_beginning(&log);
        lines(&mut tail);
        let (at, last) = (position(&tail), log.last_millis());
        drop(tail);
        log.write("two\n");
        let missing = log.last_millis();
        log.rename(&format!("fail2ban.log.2.{ending}"));
        log.write("three\n");
        log.rename("fail2ban.log.1");
        log.write("four\n");
        let (mut tail, read, known) = resumed(&log, &at, last);
        assert_eq!((read, known), (vec!["three".into(), "four".into()], false));
        let unread = super::Unread {
            from: last,
            until: missing,
        };
        assert_eq!(tail.take_unread(), Some(unread), "{ending}");
        assert_eq!(tail.take_unread(), None);
        let (mut tail, ..) = resumed(&log, &position(&tail), log.last_millis());
        assert_eq!(tail.take_unread(), None, "it was not missing since");
    }
}

#[test]
fn rotated_file_that_cannot_be_read_and_was_read_before_is_not_missing() {
    let mut log = Log::with("one\n");
    let mut tail = from_the_beginning(&log);
    lines(&mut tail);
    let (at, last) = (position(&tail), log.last_millis());
    log.rename("fail2ban.log.1.xz");
    log.write("two\n");
    let (mut tail, read, _) = resumed(&log, &at, last);
    assert_eq!(read, ["two"]);
    assert_eq!(tail.take_unread(), None);
    // Nor is what was there before anything was read.
    assert_eq!(from_the_beginning(&log).take_unread(), None);
}

#[test]
fn rotated_file_that_cannot_be_read_is_told_also_when_it_comes_while_the_log_is_read() {
    let mut log = Log::with("one\n");
    let mut tail = from_the_beginning(&log);
    lines(&mut tail);
    let last = log.last_millis();
    let first = log.rename("fail2ban.log.1");
    log.write("two\n");
    log.rename("fail2ban.log.2.zst");
    fs::remove_file(first).unwrap();
    let missing = log.last_millis();
    log.write("three\n");
    assert_eq!(lines(&mut tail), ["three"]);
    let unread = super::Unread {
        from: last,
        until: missing,
    };
    assert_eq!(tail.take_unread(), Some(unread));
}
