//! What daemons of several versions sent and clients of theirs sent them.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail their test by panicking"
)]

use std::io::Read;
use std::path::{Path, PathBuf};

use fail2ban::protocol::{Limits, ReplyScanner, TERMINATOR, Value, decode, encode};
use serde_json::Value as Json;

#[path = "support/normalise.rs"]
mod normalise;
#[path = "support/recorded.rs"]
mod recorded;

use normalise::{normalise, unhex};
use recorded::{Outcome, decode_message, replay};

fn fixtures(prefix: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with(prefix)
        })
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{prefix}");
    files
}

fn lines(path: &Path) -> Vec<String> {
    std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

#[test]
fn recorded_replies_of_all_builds_decode_to_what_python_says() {
    let mut equal = 0;
    for prefix in ["replies-", "error-", "raw-errors-", "systemd-backend-"] {
        for file in fixtures(prefix) {
            for line in lines(&file) {
                assert_eq!(replay(&line), Outcome::Equal, "{} {line}", file.display());
                equal += 1;
            }
        }
    }
    assert_eq!(equal, 4 * 238 + 2 + 3 * 5 + 5);
}

#[test]
fn recorded_reply_that_was_changed_is_noticed() {
    let line = lines(&fixtures("replies-1.0.2")[0]).remove(0);
    for changed in [
        line.replace("pong", "ping"),
        line.replace("706f6e67", "706f6e68"),
        line.replace("942e3c46", "943c46"),
    ] {
        assert_ne!(changed, line);
        assert!(matches!(replay(&changed), Outcome::Differs(_)), "{changed}");
    }
}

#[test]
fn recorded_exceptions_keep_class_and_text() {
    let line = lines(&fixtures("error-db-locked")[0]).remove(0);
    let record: Json = serde_json::from_str(&line).unwrap();
    let value = decode_message(&unhex(record["reply_hex"].as_str().unwrap()).unwrap()).unwrap();
    let Value::Tuple(pair) = value else {
        panic!("{value:?}")
    };
    let Value::Object(error) = &pair[1] else {
        panic!("{pair:?}")
    };
    assert_eq!(error.class, "sqlite3.OperationalError");
    assert_eq!(error.args, ["database is locked".into()]);
    assert_eq!(
        error.state.as_ref().and_then(Value::as_pairs).unwrap()[0].1,
        Value::Int(5)
    );
}

#[test]
fn recorded_large_replies_decode_to_all_their_bans() {
    for (prefix, wanted) in [
        ("big_banip_withtime_", 4499),
        ("big_banned_", 4549),
        ("big_status_", 4499),
    ] {
        for file in fixtures(prefix) {
            let mut raw = Vec::new();
            let packed = std::fs::File::open(&file).unwrap();
            flate2::read::GzDecoder::new(packed)
                .read_to_end(&mut raw)
                .unwrap();
            let value = decode_message(&raw).unwrap();
            assert_eq!(addresses(&value), wanted, "{}", file.display());
        }
    }
}

/// How many texts of a reply begin with an address of the recording.
fn addresses(value: &Value) -> usize {
    match value {
        Value::Str(text) => usize::from(
            text.starts_with("10.")
                || text.starts_with("192.0.2.")
                || text.starts_with("2001:db8:"),
        ),
        Value::List(items) | Value::Tuple(items) => items.iter().map(addresses).sum(),
        Value::Dict(pairs) => pairs.iter().map(|(_, value)| addresses(value)).sum(),
        _ => 0,
    }
}

#[test]
fn recorded_replies_that_arrive_byte_by_byte_end_where_they_end() {
    for line in lines(&fixtures("replies-1.0.2")[0])
        .iter()
        .chain(&lines(&fixtures("replies-0.11.2")[0]))
    {
        let record: Json = serde_json::from_str(line).unwrap();
        let raw = unhex(record["reply_hex"].as_str().unwrap()).unwrap();
        let mut scanner = ReplyScanner::new(&Limits::default());
        for end in 0..raw.len() {
            assert_eq!(scanner.scan(&raw[..end]).unwrap(), None, "{end} of {line}");
        }
        // The next reply may already be there.
        let mut more = raw.clone();
        more.extend_from_slice(&raw);
        assert_eq!(scanner.scan(&more).unwrap(), Some(raw.len()), "{line}");
    }
}

#[test]
fn recorded_requests_are_what_this_client_would_say() {
    let limits = Limits::default();
    let mut compared = 0;
    for file in fixtures("replies-") {
        for line in lines(&file) {
            let record: Json = serde_json::from_str(&line).unwrap();
            let theirs =
                decode_message(&unhex(record["request_hex"].as_str().unwrap()).unwrap()).unwrap();
            if record["name"] != "not_a_list_dict" {
                assert_eq!(normalise(&theirs), record["request"]);
            }
            let Value::List(command) = &theirs else {
                continue;
            };
            assert_eq!(
                decode_message(&encode(command, &limits).unwrap()).unwrap(),
                theirs
            );
            compared += 1;
        }
    }
    assert!(compared > 4 * 230, "{compared}");
}

#[test]
fn recorded_client_says_the_same_in_protocol_2_as_in_its_own() {
    let limits = Limits::default();
    let mut reloads = 0;
    for line in lines(&fixtures("client-wire-")[0]) {
        assert_eq!(replay(&line), Outcome::Decoded);
        let messages: Vec<(String, String)> = serde_json::from_str(&line).unwrap();
        for (direction, hex) in &messages {
            let raw = unhex(hex).unwrap();
            if direction == "s2c" || raw.starts_with(b"<F2B_CLOSE_COMMAND>") {
                continue;
            }
            let Value::List(command) = decode_message(&raw).unwrap() else {
                panic!("{hex}")
            };
            let ours = encode(&command, &limits).unwrap();
            assert!(ours.starts_with(b"\x80\x02"));
            assert_eq!(decode_message(&ours).unwrap(), Value::List(command.clone()));
            reloads += usize::from(command[0].as_str() == Some("reload"));
        }
    }
    assert_eq!(reloads, 1);
}

#[test]
fn recorded_ping_is_the_smallest_request_in_bytes() {
    let bytes = encode(&["ping".into()], &Limits::default()).unwrap();
    assert_eq!(bytes, b"\x80\x02](X\x04\0\0\0pinge.<F2B_END_COMMAND>");
}

#[test]
fn reply_that_contains_the_terminator_ends_at_its_own() {
    // A failregex may contain the text, even at the end of what has arrived so far.
    let text = "<F2B_END_COMMAND>";
    let mut raw = b"\x80\x04K\x00\x8c\x11".to_vec();
    raw.extend_from_slice(text.as_bytes());
    let so_far = raw.len();
    raw.extend_from_slice(b"\x86.");
    raw.extend_from_slice(TERMINATOR);
    let mut scanner = ReplyScanner::new(&Limits::default());
    assert_eq!(scanner.scan(&raw[..so_far]), Ok(None));
    assert_eq!(scanner.scan(&raw), Ok(Some(raw.len())));
    let value = decode(&raw[..raw.len() - TERMINATOR.len()], &Limits::default()).unwrap();
    assert_eq!(value, Value::Tuple(vec![Value::Int(0), text.into()]));
}
