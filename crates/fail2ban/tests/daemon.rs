//! The client against a real daemon, and the traps that it is known to set.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail their test by panicking"
)]

use std::collections::HashSet;
use std::io::{Read, Write};
use std::net::IpAddr;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use fail2ban::client::dropped_jails;
use fail2ban::dump::{DumpLimits, parse_stream};
use fail2ban::{
    Client, ClientConfig, ClientError, CommandClass, IgnoreEntry, IpNet, SCRATCH_JAIL_PREFIX,
    Seconds, Subject, Value,
};

#[path = "support/daemon.rs"]
mod daemon;

use daemon::Daemon;

fn net(text: &str) -> IpNet {
    text.parse()
        .unwrap_or_else(|_| IpNet::from(text.parse::<IpAddr>().unwrap()))
}

fn command(words: &[&str]) -> Vec<Value> {
    words.iter().map(|word| Value::from(*word)).collect()
}

/// Waits for a fact that comes true by itself.
async fn eventually<F: Future<Output = bool>>(what: &str, mut fact: impl FnMut() -> F) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !fact().await {
        assert!(Instant::now() < deadline, "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn daemon_that_runs_tells_version_jails_and_counters() {
    let daemon = Daemon::start().await;
    let client = daemon.client();
    client.ping().await.unwrap();
    let capabilities = client.capabilities().await.unwrap();
    assert!(capabilities.version.at_least(0, 11, 2), "{capabilities:?}");
    assert_eq!(capabilities.stats, capabilities.version.at_least(1, 1, 0));
    assert_eq!(client.jails().await.unwrap(), ["one", "two"]);
    client
        .ban("one", &[net("192.0.2.1"), net("2001:db8::1")])
        .await
        .unwrap();
    let counters = client.counters().await.unwrap();
    let banned: Vec<_> = counters
        .iter()
        .map(|c| (c.jail.as_str(), c.currently_banned, c.total_banned))
        .collect();
    assert_eq!(banned, [("one", 2, 2), ("two", 0, 0)]);
    let status = client.jail_status("one").await.unwrap();
    assert_eq!(
        status.files,
        Some(vec![daemon.folder().join("one.log").display().to_string()])
    );
    assert_eq!((status.currently_banned, status.journal_matches), (2, None));
}

#[tokio::test]
async fn ban_in_any_spelling_is_found_in_its_canonical_form() {
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let nets = [
        net("198.51.100.77/24"),
        net("::ffff:192.0.2.9"),
        net("2001:0DB8:0:0::00ab"),
        net("::c000:201"),
        net("2001:db8:1::5/48"),
        net("192.0.2.1"),
    ];
    assert_eq!(client.ban("one", &nets).await.unwrap(), 6);
    assert_eq!(client.ban("one", &nets).await.unwrap(), 0);
    assert_eq!(client.is_banned("one", &nets).await.unwrap(), [true; 6]);
    assert_eq!(client.is_banned("one", &nets[..1]).await.unwrap(), [true]);
    assert_eq!(client.is_banned("two", &nets[..1]).await.unwrap(), [false]);
    let jails = client.banned_jails_of(&nets[..2]).await.unwrap();
    assert_eq!(jails, [["one"], ["one"]]);
    // The text of a subject is the daemon's own.
    let raw = client
        .request(&command(&["get", "one", "banip"]), CommandClass::Read)
        .await
        .unwrap();
    let daemons: HashSet<String> = raw
        .as_items()
        .unwrap()
        .iter()
        .map(Value::to_string)
        .collect();
    let ours: HashSet<String> = nets
        .iter()
        .map(|net| Subject::from(*net).to_string())
        .collect();
    assert_eq!(ours, daemons);
}

#[tokio::test]
async fn banip_that_succeeds_with_nonsense_is_shown_as_such_and_can_be_lifted() {
    let daemon = Daemon::start().await;
    let client = daemon.client();
    for nonsense in ["999.999.1.2", "$(id)", ""] {
        let answer = client
            .request(
                &command(&["set", "one", "banip", nonsense]),
                CommandClass::Action,
            )
            .await;
        assert_eq!(answer.unwrap(), Value::Int(1), "{nonsense}");
    }
    client
        .request(
            &["set".into(), "one".into(), "banip".into(), Value::Int(5)],
            CommandClass::Action,
        )
        .await
        .unwrap();
    let rows = client.banned_with_time("one").await.unwrap();
    let mut subjects: Vec<&Subject> = rows.iter().map(|row| &row.subject).collect();
    subjects.sort();
    let other = |text: &str| Subject::Other(text.to_owned());
    assert_eq!(
        subjects,
        [
            &other(""),
            &other("$(id)"),
            &other("5"),
            &other("999.999.1.2")
        ]
    );
    assert!(rows.iter().all(|row| row.times.is_some()));
    assert_eq!(
        client
            .unban("one", &[other("$(id)"), other("999.999.1.2")])
            .await
            .unwrap(),
        2
    );
    assert_eq!(client.banned("one").await.unwrap().len(), 2);
}

#[tokio::test]
async fn bans_with_time_tell_when_they_end_and_permanent_ones_that_they_never_do() {
    let daemon = Daemon::start().await;
    let client = daemon.client();
    client.ban("one", &[net("192.0.2.1")]).await.unwrap();
    assert_eq!(
        client.set_bantime("two", Seconds::PERMANENT).await.unwrap(),
        Seconds(-1)
    );
    client.ban("two", &[net("192.0.2.2")]).await.unwrap();
    let timed = client
        .banned_with_time("one")
        .await
        .unwrap()
        .remove(0)
        .times
        .unwrap();
    let until = timed.until.unwrap();
    assert_eq!(timed.ban_seconds, 3600);
    assert!(until > timed.banned_at);
    let permanent = client
        .banned_with_time("two")
        .await
        .unwrap()
        .remove(0)
        .times
        .unwrap();
    assert_eq!((permanent.ban_seconds, permanent.until), (-1, None));
}

#[tokio::test]
async fn unban_of_a_network_lifts_what_is_in_it_and_everywhere_lifts_in_all_jails() {
    let daemon = Daemon::start().await;
    let client = daemon.client();
    for jail in ["one", "two"] {
        client
            .ban(
                jail,
                &[net("192.0.2.1"), net("192.0.2.2"), net("203.0.113.1")],
            )
            .await
            .unwrap();
    }
    assert_eq!(
        client
            .unban("one", &[Subject::parse("192.0.2.0/24")])
            .await
            .unwrap(),
        2
    );
    assert_eq!(
        client
            .unban("one", &[Subject::parse("192.0.2.1")])
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        client
            .unban_everywhere(&[Subject::parse("203.0.113.1")])
            .await
            .unwrap(),
        2
    );
    assert_eq!(client.unban_all().await.unwrap(), 2);
    assert!(
        client
            .counters()
            .await
            .unwrap()
            .iter()
            .all(|jail| jail.currently_banned == 0)
    );
}

#[tokio::test]
async fn terminator_inside_an_argument_never_reaches_the_daemon() {
    let daemon = Daemon::start().await;
    // What it would do: two answers to one request.
    let mut raw = UnixStream::connect(daemon.socket()).unwrap();
    let text = b"a<F2B_END_COMMAND>b";
    raw.write_all(b"\x80\x02](X\x04\0\0\0echoX\x13\0\0\0")
        .unwrap();
    raw.write_all(&[text.as_slice(), b"e.<F2B_END_COMMAND>"].concat())
        .unwrap();
    let mut answers = Vec::new();
    while answers
        .windows(5)
        .filter(|window| *window == b"ERROR")
        .count()
        < 2
    {
        let mut chunk = [0; 512];
        let read = raw.read(&mut chunk).unwrap();
        assert!(read > 0, "one answer only");
        answers.extend_from_slice(&chunk[..read]);
    }
    let client = daemon.client();
    let sent = client
        .request(
            &["echo".into(), "a<F2B_END_COMMAND>b".into()],
            CommandClass::Read,
        )
        .await;
    assert!(
        matches!(sent, Err(ClientError::BadArgument { .. })),
        "{sent:?}"
    );
    let named = client.stop_jail("one<F2B_END_COMMAND>").await;
    assert!(
        matches!(named, Err(ClientError::BadArgument { .. })),
        "{named:?}"
    );
    assert!(matches!(
        client.stop_jail("--all").await,
        Err(ClientError::BadArgument { .. })
    ));
    assert_eq!(client.jails().await.unwrap(), ["one", "two"]);
}

#[tokio::test]
async fn slow_daemon_times_out_a_question_and_answers_the_next() {
    let daemon = Daemon::start().await;
    let patient = daemon.client();
    let hasty = Client::new(ClientConfig {
        read_timeout: Duration::from_millis(200),
        ..daemon.config()
    });
    let sleep = command(&["sleep", "1.5"]);
    let nap = patient.request(&sleep, CommandClass::Read);
    let ask = async {
        eventually("the daemon sleeps", || async {
            matches!(hasty.ping().await, Err(ClientError::TimedOut { .. }))
        })
        .await;
        let error = hasty.jail_status("one").await.unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("no answer to `status one` within 0.2 s"),
            "{error}"
        );
    };
    let (napped, ()) = tokio::join!(nap, ask);
    assert_eq!(napped.unwrap(), Value::None);
    hasty.ping().await.unwrap();
}

#[tokio::test]
async fn busy_daemon_with_a_full_queue_is_tried_again_until_it_answers() {
    let daemon = Daemon::start().await;
    let client = Client::new(ClientConfig {
        max_in_flight: 32,
        ..daemon.config()
    });
    let sleep = command(&["sleep", "1"]);
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..24 {
        let (client, sleep) = (client.clone(), sleep.clone());
        tasks.spawn(async move {
            match number {
                0 => client.request(&sleep, CommandClass::Read).await.map(|_| ()),
                _ => client.ping().await,
            }
        });
    }
    while let Some(result) = tasks.join_next().await {
        result.unwrap().unwrap();
    }
}

#[tokio::test]
async fn call_that_was_given_up_leaves_no_reply_for_the_next() {
    let daemon = Daemon::start().await;
    let client = Client::new(ClientConfig {
        max_in_flight: 1,
        ..daemon.config()
    });
    for round in 0..50_u64 {
        let echo = command(&["echo", "stale"]);
        let given_up = client.request(&echo, CommandClass::Read);
        let _ = tokio::time::timeout(Duration::from_micros(round * 20), given_up).await;
        let fresh = client
            .request(&command(&["echo", "fresh"]), CommandClass::Read)
            .await
            .unwrap();
        assert_eq!(fresh, Value::List(vec!["fresh".into()]));
    }
}

#[tokio::test]
async fn daemon_restarted_between_two_commands_is_seen_and_asked_again() {
    let mut daemon = Daemon::start().await;
    let client = daemon.client();
    let version = client.version().await.unwrap();
    let first = client.instance().unwrap();
    client.ping().await.unwrap();
    assert_eq!(client.instance(), Some(first));
    daemon.restart().await;
    client.ping().await.unwrap();
    let second = client.instance().unwrap();
    assert_ne!(first, second);
    assert_eq!(client.version().await.unwrap(), version);
    assert_eq!(client.counters().await.unwrap().len(), 2);
}

#[tokio::test]
async fn daemon_that_is_gone_says_how() {
    let mut daemon = Daemon::start().await;
    let client = Client::new(ClientConfig {
        refused_patience: Duration::from_millis(50),
        ..daemon.config()
    });
    client.version().await.unwrap();
    daemon.kill();
    assert!(matches!(
        client.ping().await,
        Err(ClientError::Refused { .. })
    ));
    assert_eq!(client.instance(), None);
    std::fs::remove_file(daemon.socket()).unwrap();
    assert!(matches!(
        client.ping().await,
        Err(ClientError::SocketMissing { .. })
    ));
}

#[tokio::test]
async fn unknown_jail_is_an_error_with_its_class() {
    let daemon = Daemon::start().await;
    let client = daemon.client();
    for error in [
        client.jail_status("nojail").await.unwrap_err(),
        client.settings("nojail").await.unwrap_err(),
        client.ban("nojail", &[net("192.0.2.1")]).await.unwrap_err(),
        client.start_jail("nojail").await.unwrap_err(),
    ] {
        let ClientError::Daemon(error) = error else {
            panic!("{error}")
        };
        assert!(error.is_unknown_jail());
        assert_eq!(
            error.to_string(),
            "there is no jail nojail (fail2ban.exceptions.UnknownJailException)"
        );
    }
}

#[tokio::test]
async fn jails_with_odd_names_are_listed_one_by_one_and_work() {
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let odd = ["a b", "a.b/c", "jäil", "x, y"];
    for name in odd {
        client
            .request(&command(&["add", name, "polling"]), CommandClass::Action)
            .await
            .unwrap();
        client.start_jail(name).await.unwrap();
        client.ban(name, &[net("192.0.2.7")]).await.unwrap();
    }
    let names = client.jails().await.unwrap();
    assert_eq!(names, ["a b", "a.b/c", "jäil", "one", "two", "x, y"]);
    let counters = client.counters().await.unwrap();
    let banned: u64 = counters.iter().map(|jail| jail.currently_banned).sum();
    assert_eq!((counters.len(), banned), (6, 4));
    assert_eq!(
        client.banned_jails_of(&[net("192.0.2.7")]).await.unwrap()[0].len(),
        4
    );
}

#[tokio::test]
async fn jail_is_stopped_idled_and_started() {
    let daemon = Daemon::start().await;
    let client = daemon.client();
    assert!(client.set_idle("one", true).await.unwrap());
    assert!(!client.set_idle("one", false).await.unwrap());
    client.set_idle("one", true).await.unwrap();
    client.start_jail("one").await.unwrap();
    client.stop_jail("two").await.unwrap();
    assert_eq!(client.jails().await.unwrap(), ["one"]);
    let stream = parse_stream(&daemon.dump(), &DumpLimits::default()).unwrap();
    let of_two: Vec<_> = stream
        .into_iter()
        .filter(|c| c.get(1).and_then(Value::as_str) == Some("two"))
        .collect();
    client.reload(Some("two"), of_two).await.unwrap();
    assert_eq!(client.jails().await.unwrap(), ["one", "two"]);
}

#[tokio::test]
async fn settings_that_are_changed_are_told_back() {
    let daemon = Daemon::start().await;
    let client = daemon.client();
    assert_eq!(
        client.set_bantime("one", Seconds(5400)).await.unwrap(),
        Seconds(5400)
    );
    assert_eq!(
        client.set_findtime("one", Seconds(90)).await.unwrap(),
        Seconds(90)
    );
    assert_eq!(client.set_maxretry("one", 7).await.unwrap(), 7);
    assert!(client.set_findtime("one", Seconds(0)).await.is_err());
    assert!(!client.set_ignore_self("one", false).await.unwrap());
    let settings = client.settings("one").await.unwrap();
    assert_eq!(settings.bantime, Some(Seconds(5400)));
    assert_eq!(settings.findtime, Some(Seconds(90)));
    assert_eq!(settings.maxretry, Some(7));
    assert_eq!(settings.ignoreself, Some(false));
    assert_eq!(settings.usedns.as_deref(), Some("no"));
    assert_eq!(settings.actions, Some(vec!["none".to_owned()]));
    assert_eq!(settings.failregex.as_ref().map(Vec::len), Some(1));
    assert_eq!(
        settings.logpath,
        Some(vec![daemon.folder().join("one.log").display().to_string()])
    );
    assert_eq!(
        settings.ignoreip,
        Some(vec![IgnoreEntry::Network(net("127.0.0.0/8"))])
    );
}

#[tokio::test]
async fn ignore_list_takes_and_loses_entries() {
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let entries = ["203.0.113.5/24", "2001:db8::1", "example.org"]
        .map(|text| IgnoreEntry::parse(text).unwrap());
    let list = client.add_ignore("one", &entries).await.unwrap();
    assert!(entries.iter().all(|entry| list.contains(entry)), "{list:?}");
    let list = client.remove_ignore("one", &entries[..2]).await.unwrap();
    assert_eq!(
        list.iter().filter(|entry| entries.contains(entry)).count(),
        1
    );
    assert!(matches!(
        client.remove_ignore("one", &entries[..1]).await,
        Err(ClientError::Daemon(_))
    ));
    let file = [IgnoreEntry::parse("file:/srv/ok").unwrap()];
    let supported = client.capabilities().await.unwrap().ignore_files;
    match client.add_ignore("one", &file).await {
        Ok(_) => assert!(supported),
        Err(error) => assert!(
            !supported && matches!(error, ClientError::NotSupported { .. }),
            "{error}"
        ),
    }
}

#[tokio::test]
async fn reload_that_would_drop_jails_is_not_sent() {
    let daemon = Daemon::start().await;
    let client = daemon.client();
    client.ban("two", &[net("192.0.2.1")]).await.unwrap();
    let stream = parse_stream(&daemon.dump(), &DumpLimits::default()).unwrap();
    let without_two: Vec<_> = stream
        .iter()
        .filter(|c| c.get(1).and_then(Value::as_str) != Some("two"))
        .cloned()
        .collect();
    let without_start: Vec<_> = stream
        .iter()
        .filter(|c| **c != command(&["start", "two"]))
        .cloned()
        .collect();
    for bad in [without_two.clone(), without_start, Vec::new()] {
        let error = client.reload(None, bad).await.unwrap_err();
        let ClientError::WouldDropJails { jails } = error else {
            panic!("{error}")
        };
        assert!(jails.contains(&"two".to_owned()), "{jails:?}");
    }
    assert_eq!(
        client.is_banned("two", &[net("192.0.2.1")]).await.unwrap(),
        [true]
    );
    client.reload(None, stream).await.unwrap();
    assert_eq!(client.jails().await.unwrap(), ["one", "two"]);
    assert_eq!(
        client.is_banned("two", &[net("192.0.2.1")]).await.unwrap(),
        [true]
    );
    // Dropping a jail is possible where it is meant.
    client
        .reload_dropping(None, without_two, &["two".to_owned()])
        .await
        .unwrap();
    assert_eq!(client.jails().await.unwrap(), ["one"]);
}

#[tokio::test]
async fn reload_with_a_bad_regex_would_take_all_jails_and_is_found_before() {
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let mut stream = parse_stream(&daemon.dump(), &DumpLimits::default()).unwrap();
    let good: Vec<Vec<Value>> = jail_part(&stream, "one");
    assert_eq!(client.check_jail_commands(&good).await.unwrap(), []);
    let at = stream
        .iter()
        .position(|c| c == &command(&["start", "one"]))
        .unwrap();
    stream.insert(at, command(&["set", "one", "addfailregex", "(foo <HOST>"]));
    let failures = client
        .check_jail_commands(&jail_part(&stream, "one"))
        .await
        .unwrap();
    assert_eq!(failures.len(), 1, "{failures:?}");
    assert_eq!(
        (failures[0].command.as_str(), failures[0].value.as_str()),
        ("set one addfailregex", "(foo <HOST>")
    );
    assert!(
        failures[0]
            .error
            .text
            .starts_with("Unable to compile regular expression"),
        "{failures:?}"
    );
    assert_eq!(client.jails().await.unwrap(), ["one", "two"]);
    // The trap itself: the stream starts both jails, and yet the daemon is left without.
    assert_eq!(
        dropped_jails(&client.jails().await.unwrap(), None, &stream),
        Vec::<String>::new()
    );
    assert!(matches!(
        client.reload(None, stream).await,
        Err(ClientError::Daemon(_))
    ));
    assert_eq!(client.jails().await.unwrap(), Vec::<String>::new());
}

fn jail_part(stream: &[Vec<Value>], jail: &str) -> Vec<Vec<Value>> {
    stream
        .iter()
        .filter(|c| c.get(1).and_then(Value::as_str) == Some(jail))
        .cloned()
        .collect()
}

#[tokio::test]
async fn check_of_a_jail_names_each_bad_value_and_touches_nothing() {
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let regexes = Value::List(vec![
        "^good <HOST>$".into(),
        "^no host$".into(),
        "^[a <HOST>".into(),
    ]);
    let commands = vec![
        command(&["add", "new", "nosuchbackend"]),
        vec![
            "multi-set".into(),
            "new".into(),
            "addfailregex".into(),
            regexes,
        ],
        command(&["set", "new", "addignoreregex", "(x"]),
        command(&["set", "new", "bantime", "banana"]),
        command(&["set", "new", "maxretry", "five"]),
        command(&["set", "new", "findtime", "10m"]),
        command(&["set", "new", "logencoding", "klingon"]),
        command(&["set", "new", "addlogpath", "/nonexistent"]),
        command(&["start", "new"]),
    ];
    let failures = client.check_jail_commands(&commands).await.unwrap();
    let mut options: Vec<(&str, &str)> = failures
        .iter()
        .map(|f| (f.option.as_str(), f.value.as_str()))
        .collect();
    options.sort_unstable();
    assert_eq!(
        options,
        [
            ("add", "nosuchbackend"),
            ("addfailregex", "^[a <HOST>"),
            ("addfailregex", "^no host$"),
            ("addignoreregex", "(x"),
            ("bantime", "banana"),
            ("logencoding", "klingon"),
            ("maxretry", "five"),
        ]
    );
    let status = client
        .request(&command(&["status"]), CommandClass::Read)
        .await
        .unwrap();
    assert!(
        !status.to_string().contains(SCRATCH_JAIL_PREFIX),
        "{status}"
    );
    // A failregex without an address is good where a prefregex brings it, whatever the order.
    let prefixed = vec![
        command(&["set", "new", "addfailregex", "^ failed$"]),
        command(&[
            "set",
            "new",
            "prefregex",
            "^<ADDR><F-CONTENT>.+</F-CONTENT>$",
        ]),
    ];
    assert_eq!(client.check_jail_commands(&prefixed).await.unwrap(), []);
}

#[tokio::test]
async fn check_whose_caller_went_away_still_takes_the_scratch_jail_down() {
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let commands = vec![command(&["set", "new", "addfailregex", "^x <HOST>$"]); 200];
    for round in 0..10 {
        let check = client.check_jail_commands(&commands);
        let _ = tokio::time::timeout(Duration::from_micros(200 * round), check).await;
    }
    client.close().await;
    let status = client
        .request(&command(&["status"]), CommandClass::Read)
        .await
        .unwrap();
    assert!(
        !status.to_string().contains(SCRATCH_JAIL_PREFIX),
        "{status}"
    );
}

#[tokio::test]
async fn dump_of_all_stock_jails_is_read_as_the_client_prints_it() {
    let output = std::process::Command::new("/usr/bin/python3")
        .args(["-c", DUMP_STOCK])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let (stream, json) = text.split_once("\n====\n").unwrap();
    let stream = parse_stream(stream, &DumpLimits::default()).unwrap();
    let expected: serde_json::Value = serde_json::from_str(json).unwrap();
    let ours = serde_json::Value::Array(
        stream
            .iter()
            .map(|c| plain_json(&Value::List(c.clone())))
            .collect(),
    );
    assert!(!stream.is_empty());
    assert!(ours == expected);
}

/// The installed configuration, only read, with all jails on, as the client's own reader sees it.
const DUMP_STOCK: &str = r"
import json, logging, sys
logging.disable(logging.CRITICAL)
from fail2ban.client.configurator import Configurator
c = Configurator(force_enable=True)
c.setBaseDir('/etc/fail2ban')
c.readAll(); c.getOptions(); c.convertToProtocol(allow_no_files=True)
for command in c.getConfigStream(): print(command)
print('====')
print(json.dumps(c.getConfigStream()))
";

fn plain_json(value: &Value) -> serde_json::Value {
    match value {
        Value::List(items) | Value::Tuple(items) => items.iter().map(plain_json).collect(),
        Value::Str(text) => text.as_str().into(),
        Value::Int(number) => (*number).into(),
        Value::Bool(truth) => (*truth).into(),
        Value::None => serde_json::Value::Null,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn server_settings_of_a_daemon_without_database_say_so() {
    let daemon = Daemon::start().await;
    let client = daemon.client();
    let settings = client.server_settings().await.unwrap();
    assert_eq!(settings.dbfile, Some(daemon.folder().join("f2b.sqlite3")));
    for jail in ["one", "two"] {
        client.stop_jail(jail).await.unwrap();
    }
    let none = command(&["set", "dbfile", "None"]);
    client.request(&none, CommandClass::Action).await.unwrap();
    let settings = client.server_settings().await.unwrap();
    assert_eq!((settings.dbfile, settings.dbpurgeage), (None, None));
    assert_eq!(
        settings.logtarget,
        fail2ban::LogTarget::File(daemon.folder().join("f2b.log"))
    );
}
