//! The client against recorded daemons of other versions, and against peers that misbehave.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail their test by panicking"
)]

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use fail2ban::protocol::TERMINATOR;
use fail2ban::{
    Client, ClientConfig, ClientError, CommandClass, IgnoreEntry, Limits, Seconds, Subject, Value,
};
use serde_json::Value as Json;
use tempfile::TempDir;

#[path = "support/fake.rs"]
mod fake;
#[path = "support/normalise.rs"]
mod normalise;

use fake::{Answer, done, listen};
use normalise::{normalise, unhex};

const PING: &[u8] = b"\x8c\x04pong";

/// A client of a daemon that answers as the recorded one did.
fn recording(build: &str) -> (TempDir, Client) {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("f2b.sock");
    listen_as(build, &socket);
    (folder, Client::new(ClientConfig::new(socket)))
}

fn listen_as(build: &str, socket: &Path) {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/replies-{build}.jsonl"));
    let mut replies = HashMap::new();
    for line in std::fs::read_to_string(file).unwrap().lines() {
        let record: Json = serde_json::from_str(line).unwrap();
        let reply = unhex(record["reply_hex"].as_str().unwrap()).unwrap();
        replies.insert(record["request"].to_string(), reply);
    }
    let unknown = replies["[\"foo\"]"].clone();
    listen(socket, move |request| {
        let reply = replies
            .get(&normalise(request).to_string())
            .unwrap_or(&unknown);
        Answer::Bytes(reply.clone())
    });
}

fn peer(answer: impl Fn(&Value) -> Answer + Send + Sync + 'static) -> (TempDir, Client) {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("f2b.sock");
    listen(&socket, answer);
    let config = ClientConfig {
        read_timeout: Duration::from_secs(5),
        ..ClientConfig::new(socket)
    };
    (folder, Client::new(config))
}

#[tokio::test]
async fn counters_of_every_version_are_read_the_cheapest_way_it_has() {
    for (build, version, failed) in [
        ("0.11.2-py2.7", "0.11.2", None),
        ("1.0.2-py3.11", "1.0.2", None),
        ("master-deffcbc-py3.11", "1.1.2.dev1", Some((2, 6))),
        ("master-py3.12", "1.1.2.dev1", Some((2, 3))),
    ] {
        let (_folder, client) = recording(build);
        let capabilities = client.capabilities().await.unwrap();
        assert_eq!(
            (capabilities.version.text.as_str(), capabilities.stats),
            (version, failed.is_some())
        );
        assert_eq!(capabilities.ignore_files, failed.is_some());
        // The older recordings hold the short status of one jail only.
        let Some(failed) = failed else { continue };
        let counters = client.counters().await.unwrap();
        let names: Vec<&str> = counters.iter().map(|jail| jail.jail.as_str()).collect();
        assert_eq!(names, ["nginx-http-auth", "sshd"], "{build}");
        assert_eq!(counters[1].backend.as_deref(), Some("polling"));
        assert_eq!(
            (counters[1].currently_failed, counters[1].total_failed),
            failed
        );
    }
}

#[tokio::test]
async fn jail_of_every_version_is_described() {
    for build in [
        "0.11.2-py2.7",
        "1.0.2-py3.11",
        "master-deffcbc-py3.11",
        "master-py3.12",
    ] {
        let (_folder, client) = recording(build);
        assert_eq!(
            client.jails().await.unwrap(),
            ["nginx-http-auth", "sshd"],
            "{build}"
        );
        let status = client.jail_status("sshd").await.unwrap();
        assert_eq!(status.files.map(|files| files.len()), Some(1), "{build}");
        let settings = client.settings("sshd").await.unwrap();
        assert_eq!(settings.findtime, Some(Seconds(600)), "{build}");
        assert!(
            settings.failregex.is_some_and(|list| list.len() > 10),
            "{build}"
        );
        let old = build.starts_with("0.11");
        assert_eq!(settings.escalation.factor.is_none(), old, "{build}");
        let longest = (!old).then_some(Seconds(604_800));
        assert_eq!(settings.escalation.maxtime, longest, "{build}");
        let dates = if old {
            "Default Detectors"
        } else {
            "{^LN-BEG}Epoch"
        };
        assert_eq!(settings.datepattern.as_deref(), Some(dates), "{build}");
        assert!(
            settings.ignoreip.is_some_and(|list| !list.is_empty()),
            "{build}"
        );
    }
}

#[tokio::test]
async fn bans_of_every_version_are_listed_with_nonsense_as_such() {
    for build in [
        "0.11.2-py2.7",
        "1.0.2-py3.11",
        "master-deffcbc-py3.11",
        "master-py3.12",
    ] {
        let (_folder, client) = recording(build);
        let rows = client.banned_with_time("sshd").await.unwrap();
        assert!(
            rows.iter().all(|row| row.times.is_some()),
            "{build} {rows:?}"
        );
        assert!(
            rows.iter()
                .any(|row| row.subject == Subject::parse("192.0.2.3")),
            "{build}"
        );
        let odd: Vec<&Subject> = rows
            .iter()
            .map(|row| &row.subject)
            .filter(|s| s.network().is_none())
            .collect();
        assert!(
            odd.contains(&&Subject::Other("$(id)".into())),
            "{build} {odd:?}"
        );
        let address = "192.0.2.1/32".parse().unwrap();
        assert_eq!(
            client.banned_jails_of(&[address]).await.unwrap(),
            [["sshd", "nginx-http-auth"]],
            "{build}"
        );
        assert_eq!(
            client.is_banned("sshd", &[address]).await.unwrap(),
            [true],
            "{build}"
        );
    }
}

#[tokio::test]
async fn ignore_file_of_a_new_version_is_listed_as_file() {
    let (_folder, client) = recording("master-py3.12");
    let command = ["get".into(), "sshd".into(), "ignoreip".into()];
    let answer = client.request(&command, CommandClass::Read).await.unwrap();
    assert!(answer.to_string().contains("FileIPAddrSet"));
    let list = client.settings("sshd").await.unwrap().ignoreip.unwrap();
    let named = [
        IgnoreEntry::File("/srv/fixtures/ign.txt".into()),
        IgnoreEntry::Host("example.invalid".into()),
    ];
    assert!(list.iter().any(|entry| named.contains(entry)), "{list:?}");
    assert!(
        !list
            .iter()
            .any(|entry| matches!(entry, IgnoreEntry::Other(_))),
        "{list:?}"
    );
}

#[tokio::test]
async fn daemon_replaced_by_another_version_between_two_commands_is_asked_anew() {
    let (_folder, client) = recording("1.0.2-py3.11");
    assert!(!client.capabilities().await.unwrap().stats);
    std::fs::remove_file(client.socket()).unwrap();
    listen_as("master-py3.12", client.socket());
    client.ping().await.unwrap();
    let capabilities = client.capabilities().await.unwrap();
    assert_eq!(
        (capabilities.version.text.as_str(), capabilities.stats),
        ("1.1.2.dev1", true)
    );
    // And back, noticed by the command itself.
    std::fs::remove_file(client.socket()).unwrap();
    listen(client.socket(), |request| Answer::Bytes(older(request)));
    assert_eq!(client.counters().await.unwrap().len(), 1);
    assert!(!client.capabilities().await.unwrap().stats);
}

/// A daemon without `stats` and with one jail.
fn older(request: &Value) -> Vec<u8> {
    let words: Vec<String> = request
        .as_items()
        .unwrap()
        .iter()
        .map(Value::to_string)
        .collect();
    match words
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["version"] => done(b"\x8c\x051.0.2"),
        ["status"] => done(b"](\x8c\x0eNumber of jailK\x01\x86\x8c\x09Jail list\x8c\x01j\x86e"),
        ["status", "j", "short"] => {
            let counters = |one: &str, other: &str| {
                let pair = |name: &str| {
                    [
                        &[b'(', 0x8c, u8::try_from(name.len()).unwrap()],
                        name.as_bytes(),
                        b"K\x03t",
                    ]
                    .concat()
                };
                [b"](".as_slice(), &pair(one), &pair(other), b"e"].concat()
            };
            let filter = counters("Currently failed", "Total failed");
            let actions = counters("Currently banned", "Total banned");
            done(
                &[
                    b"](\x8c\x06Filter".as_slice(),
                    &filter,
                    b"\x86\x8c\x07Actions",
                    &actions,
                    b"\x86e",
                ]
                .concat(),
            )
        }
        _ => [
            b"\x80\x04K\x01cbuiltins\nException\n(\x8c\x0fInvalid commandtR\x86.".as_slice(),
            TERMINATOR,
        ]
        .concat(),
    }
}

#[tokio::test]
async fn reply_that_arrives_byte_by_byte_is_whole() {
    let (_folder, client) = peer(|_| Answer::Trickle(done(PING)));
    client.ping().await.unwrap();
}

#[tokio::test]
async fn replies_to_many_commands_at_once_come_back_in_order() {
    let (_folder, client) = peer(|request| {
        let number = request.as_items().unwrap()[1].as_int().unwrap();
        Answer::Bytes(done(
            &[
                b"J".as_slice(),
                &i32::try_from(number).unwrap().to_le_bytes(),
            ]
            .concat(),
        ))
    });
    let commands: Vec<Vec<Value>> = (0..20_000)
        .map(|n| vec!["echo".into(), Value::Int(n)])
        .collect();
    let replies = client
        .request_all(&commands, CommandClass::Read)
        .await
        .unwrap();
    assert!(
        replies
            .into_iter()
            .map(Result::unwrap)
            .eq((0..20_000).map(Value::Int))
    );
}

#[tokio::test]
async fn peer_that_never_answers_is_left_within_the_limit() {
    let (_folder, client) = peer(|_| Answer::Silence);
    let config = ClientConfig {
        read_timeout: Duration::from_millis(100),
        ..ClientConfig::new(client.socket())
    };
    let error = Client::new(config).ping().await.unwrap_err();
    assert!(matches!(error, ClientError::TimedOut { .. }), "{error}");
}

#[tokio::test]
async fn connection_that_ends_half_way_is_not_tried_again() {
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = std::sync::Arc::clone(&asked);
    let (_folder, client) = peer(move |_| {
        counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Answer::BytesAndClose(done(PING)[..9].to_vec())
    });
    let error = client.ping().await.unwrap_err();
    assert!(matches!(error, ClientError::Disconnected { .. }), "{error}");
    assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), 1);
    assert_eq!(client.instance(), None);
}

#[tokio::test]
async fn peer_that_is_no_fail2ban_is_a_protocol_error() {
    let answers: [&[u8]; 5] = [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x80\x05X\xff\xff\xff\xff",
        b"\x80\x04K\x00.<F2B_END_COMMAND>",
        b"\x80\x04K\x00.<F2B_CLOSE_COMMAND>",
        b"\x80\x04K\x00K\x01\x86.<F2B_END_COMMAND>",
    ];
    for answer in answers {
        let (_folder, client) = peer(move |_| Answer::Bytes(answer.to_vec()));
        let error = client.ping().await.unwrap_err();
        assert!(matches!(error, ClientError::Protocol(_)), "{error}");
    }
}

#[tokio::test]
async fn reply_beyond_the_limit_is_refused() {
    let (folder, _) = peer(|_| {
        Answer::Bytes(done(
            &[b"X\x00\x00\x01\x00".as_slice(), &vec![b'x'; 0x10000]].concat(),
        ))
    });
    let limits = Limits {
        max_reply_bytes: 1000,
        ..Limits::default()
    };
    let config = ClientConfig {
        limits,
        ..ClientConfig::new(folder.path().join("f2b.sock"))
    };
    let error = Client::new(config).ping().await.unwrap_err();
    assert!(
        error.to_string().contains("larger than 1000 bytes"),
        "{error}"
    );
}

#[tokio::test]
async fn daemon_that_stops_says_so() {
    let (_folder, client) =
        peer(|_| Answer::Bytes(b"\x80\x04](\x8c\x08SHUTDOWNe.<F2B_END_COMMAND>".to_vec()));
    let error = client.ping().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "fail2ban says: the daemon is stopping (ERROR)"
    );
}

#[tokio::test]
async fn list_of_jails_whose_names_contain_the_separator_is_taken_from_elsewhere() {
    let (_folder, client) = peer(|request| {
        let status = request.as_items().unwrap()[0].as_str() == Some("status");
        Answer::Bytes(if status {
            done(b"](\x8c\x0eNumber of jailK\x02\x86\x8c\x09Jail list\x8c\x07x, y, z\x86e")
        } else {
            done(b"](}\x8c\x01z]s}\x8c\x04x, y]se")
        })
    });
    assert_eq!(client.jails().await.unwrap(), ["x, y", "z"]);
}

#[tokio::test]
async fn no_more_connections_than_allowed_are_open_at_once() {
    let open = std::sync::Arc::new(std::sync::Mutex::new((0_usize, 0_usize)));
    let seen = std::sync::Arc::clone(&open);
    let (folder, _) = peer(move |_| {
        let mut now = seen.lock().unwrap();
        now.0 += 1;
        now.1 = now.1.max(now.0);
        drop(now);
        // Long enough that all allowed ones meet here; the assertion below does not depend on it.
        std::thread::sleep(Duration::from_millis(10));
        seen.lock().unwrap().0 -= 1;
        Answer::Bytes(done(PING))
    });
    let config = ClientConfig {
        max_in_flight: 3,
        ..ClientConfig::new(folder.path().join("f2b.sock"))
    };
    let client = Client::new(config);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..30 {
        let client = client.clone();
        tasks.spawn(async move { client.ping().await });
    }
    while let Some(result) = tasks.join_next().await {
        result.unwrap().unwrap();
    }
    assert!(open.lock().unwrap().1 <= 3);
}

#[tokio::test]
async fn server_settings_of_each_recorded_daemon_name_its_database_and_log() {
    for build in ["0.11.2-py2.7", "1.0.2-py3.11", "master-deffcbc-py3.11"] {
        let (_folder, client) = recording(build);
        let settings = client.server_settings().await.unwrap();
        let dbfile = settings.dbfile.unwrap();
        assert!(dbfile.ends_with("run/f2b.sqlite3"), "{build}: {dbfile:?}");
        assert_eq!(settings.dbpurgeage, Some(Seconds(86_400)), "{build}");
        assert_eq!(settings.loglevel, "INFO", "{build}");
        let fail2ban::LogTarget::File(log) = settings.logtarget else {
            panic!("{build} logs to a file");
        };
        assert!(log.ends_with("log/fail2ban.log"), "{build}: {log:?}");
    }
}
