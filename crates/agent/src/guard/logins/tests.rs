use std::os::unix::fs::symlink;

use proptest::prelude::*;

use super::*;

const USER_PROCESS: i16 = 7;
const DEAD_PROCESS: i16 = 8;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// A record as glibc writes it.
pub(crate) fn record(
    layout: Layout,
    kind: i16,
    pid: u32,
    host: &str,
    address: Option<IpAddr>,
) -> Vec<u8> {
    let mut bytes = vec![0; layout.record];
    bytes[..2].copy_from_slice(&kind.to_ne_bytes());
    bytes[4..8].copy_from_slice(&pid.to_ne_bytes());
    bytes[8..13].copy_from_slice(b"pts/0");
    bytes[44..49].copy_from_slice(b"alice");
    bytes[76..76 + host.len()].copy_from_slice(host.as_bytes());
    let octets = match address {
        Some(IpAddr::V4(four)) => four.octets().to_vec(),
        Some(IpAddr::V6(six)) => six.octets().to_vec(),
        None => Vec::new(),
    };
    bytes[layout.address..layout.address + octets.len()].copy_from_slice(&octets);
    bytes
}

/// The record with its time.
pub(crate) fn timed(mut record: Vec<u8>, layout: Layout, at: Timestamp) -> Vec<u8> {
    let seconds = (at.as_millis() / 1000).to_ne_bytes();
    let size = (layout.address - layout.time) / 2;
    // The tests run on little-endian machines, as BanGUI does.
    record[layout.time..layout.time + size].copy_from_slice(&seconds[..size]);
    record
}

fn layouts() -> [Layout; 2] {
    [Layout::NARROW, Layout::WIDE]
}

fn logins(bytes: &[u8], layout: Layout) -> impl Iterator<Item = Record> {
    records(bytes, layout).filter(Record::is_login)
}

#[test]
fn logins_are_read_in_both_layouts() {
    for layout in layouts() {
        let file = [
            record(layout, 2, 0, "6.1.0", Some(ip("192.0.2.250"))),
            record(
                layout,
                USER_PROCESS,
                11,
                "host.example",
                Some(ip("192.0.2.7")),
            ),
            record(layout, USER_PROCESS, 12, "", Some(ip("2001:db8::7"))),
            record(layout, USER_PROCESS, 13, "", Some(ip("::ffff:192.0.2.8"))),
            record(layout, USER_PROCESS, 14, "192.0.2.9 via mosh [4711]", None),
            record(layout, USER_PROCESS, 15, "fe80::9%eth0", None),
            record(layout, USER_PROCESS, 16, ":0", None),
            record(layout, DEAD_PROCESS, 17, "", Some(ip("192.0.2.251"))),
            vec![7; layout.record - 1],
        ]
        .concat();
        let found: Vec<(i32, Option<IpAddr>)> = logins(&file, layout)
            .map(|login| (login.pid, login.from))
            .collect();
        assert_eq!(
            found,
            [
                (11, Some(ip("192.0.2.7"))),
                (12, Some(ip("2001:db8::7"))),
                (13, Some(ip("192.0.2.8"))),
                (14, Some(ip("192.0.2.9"))),
                (15, Some(ip("fe80::9"))),
                (16, None),
            ]
        );
    }
}

#[test]
fn time_is_read_in_both_layouts_and_beyond_2038() {
    for layout in layouts() {
        for seconds in [0, 1_795_456_623, i64::from(u32::MAX)] {
            let at = Timestamp::from_millis(seconds * 1000);
            let bytes = timed(record(layout, USER_PROCESS, 1, "", None), layout, at);
            let read: Vec<Timestamp> = logins(&bytes, layout).map(|login| login.at).collect();
            assert_eq!(read, [at]);
        }
    }
}

#[test]
fn record_of_a_kind_that_glibc_has_tells_something() {
    for (kind, told) in [(-1, false), (0, false), (1, true), (9, true), (10, false)] {
        let bytes = record(Layout::NARROW, kind, 1, "", None);
        let read: Vec<bool> = records(&bytes, Layout::NARROW)
            .map(|record| record.is_told())
            .collect();
        assert_eq!(read, [told], "{kind}");
    }
}

#[test]
fn login_whose_process_has_ended_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let utmp = folder.path().join("utmp");
    let native = Layout::native();
    // Above the greatest number that the kernel gives.
    let ended = 1 << 30;
    let records = [
        record(
            native,
            USER_PROCESS,
            std::process::id(),
            "",
            Some(ip("192.0.2.7")),
        ),
        record(native, USER_PROCESS, ended, "", Some(ip("192.0.2.8"))),
    ];
    std::fs::write(&utmp, records.concat()).unwrap();
    let found = in_utmp(&utmp, Path::new("/proc")).unwrap();
    assert_eq!(found, [ip("192.0.2.7")]);
    let absent = folder.path().join("absent");
    assert!(in_utmp(&absent, Path::new("/proc")).unwrap().is_empty());
    assert!(in_utmp(folder.path(), Path::new("/proc")).is_err());
}

#[test]
fn sessions_of_logind_are_read_unless_they_are_about_to_end() {
    let folder = tempfile::tempdir().unwrap();
    let session = |name: &str, state: &str, host: &str| {
        let text = format!(
            "# This is private data. Do not parse.\nUID=1000\nUSER=alice\nSTATE={state}\nREMOTE=1\n{host}\nSERVICE=sshd\n"
        );
        std::fs::write(folder.path().join(name), text).unwrap();
    };
    session("1", "active", "REMOTE_HOST=192.0.2.7");
    session("c2", "online", "REMOTE_HOST=\"2001:db8::7\"");
    session("3", "closing", "REMOTE_HOST=192.0.2.8");
    session("4", "active", "REMOTE_HOST=host.example");
    session("5", "active", "REMOTE_USER=192.0.2.9");
    // The folder holds pipes beside the files; one that nobody writes to would never be read to its end.
    let pipe = folder.path().join("1.ref");
    let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    symlink(&pipe, folder.path().join("6")).unwrap();
    let mut found = at_logind(folder.path());
    found.sort();
    assert_eq!(found, [ip("192.0.2.7"), ip("2001:db8::7")]);
    assert!(at_logind(&folder.path().join("absent")).is_empty());
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        for layout in layouts() {
            prop_assert!(logins(&bytes, layout).count() <= bytes.len() / layout.record);
        }
    }

    #[test]
    fn any_record_of_a_login_is_read_without_harm(mut bytes in prop::collection::vec(any::<u8>(), 400), pid: i32) {
        bytes[..2].copy_from_slice(&USER_PROCESS.to_ne_bytes());
        bytes[4..8].copy_from_slice(&pid.to_ne_bytes());
        for layout in layouts() {
            let found: Vec<Record> = logins(&bytes, layout).collect();
            prop_assert_eq!(found.len(), 1);
            prop_assert_eq!(found[0].pid, pid);
        }
    }

    #[test]
    fn any_text_of_a_session_is_read_without_harm(text: String, host in ".{0,60}") {
        remote_host(&text);
        remote_host(&format!("REMOTE_HOST={host}"));
    }
}
