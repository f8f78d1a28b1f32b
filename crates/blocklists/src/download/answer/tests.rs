use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use reqwest::header::HeaderValue;

use super::*;

fn headers(all: &[(HeaderName, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in all {
        headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    headers
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

#[test]
fn wait_is_told_in_seconds_or_as_a_date_of_the_servers_clock() {
    let wait = |after: &str, date: &str| {
        let all = [(RETRY_AFTER, after), (DATE, date)];
        retry_after(&headers(&all)).map(|wait| wait.as_secs())
    };
    let now = "Sun, 29 Nov 2026 20:00:00 GMT";
    assert_eq!(wait("120", ""), Some(120));
    assert_eq!(wait(" 0 ", now), Some(0));
    assert_eq!(wait("Sun, 29 Nov 2026 20:10:00 GMT", now), Some(600));
    // Past already.
    assert_eq!(wait("Sun, 29 Nov 2026 19:00:00 GMT", now), Some(0));
    for nothing in ["", "-1", "soon", "99999999999999999999999", "Sun, 29 Nov"] {
        assert_eq!(wait(nothing, now), None, "{nothing}");
    }
    assert_eq!(wait("Sun, 29 Nov 2026 20:10:00 GMT", ""), None);
    assert_eq!(retry_after(&HeaderMap::new()), None);
}

#[test]
fn validators_are_kept_as_they_came_unless_they_are_no_text_or_too_long() {
    let long = "x".repeat(513);
    let of = |etag, modified| validators(&headers(&[(ETAG, etag), (LAST_MODIFIED, modified)]));
    let kept = of("W/\"a\"", "Sun, 29 Nov 2026 20:00:00 GMT");
    assert_eq!(kept.etag.as_deref(), Some("W/\"a\""));
    assert_eq!(
        kept.last_modified.as_deref(),
        Some("Sun, 29 Nov 2026 20:00:00 GMT")
    );
    assert_eq!(of(&long, "ü"), Validators::default());
    assert_eq!(of("", " "), Validators::default());
}

#[test]
fn only_gzip_and_nothing_are_encodings_that_are_read() {
    let is_read = |value| is_encoding_read(&headers(&[(CONTENT_ENCODING, value)]));
    assert!(is_read("identity") && is_read("GZIP") && is_read("x-gzip"));
    for other in ["br", "zstd", "deflate", "gzip, br", "aes"] {
        assert!(!is_read(other), "{other}");
    }
    let twice = [(CONTENT_ENCODING, "gzip"), (CONTENT_ENCODING, "br")];
    assert!(!is_encoding_read(&headers(&twice)));
    assert!(is_encoding_read(&HeaderMap::new()));
}

#[test]
fn what_is_no_list_is_told_by_its_beginning_packed_or_not() {
    let page = format!("\u{feff}{}<!DOCTYPE html><p>gone", "\r\n".repeat(2_000));
    let nulls = [&b"MZ\x90"[..], &[0; 8]].concat();
    let table: [(&[u8], Option<NotAList>); 19] = [
        (b"192.0.2.1\n", None),
        (b"# nothing today\n", None),
        (b"\xef\xbb\xbf\r\n192.0.2.1", None),
        ("ü".as_bytes(), None),
        (b"\xff192.0.2.1", None),
        (b"", Some(NotAList::Empty)),
        (b" \r\n\t\n", Some(NotAList::Empty)),
        (b"\xef\xbb\xbf", Some(NotAList::Empty)),
        (b"<html><body>", Some(NotAList::Html)),
        (b"\n<HTML>", Some(NotAList::Html)),
        (b"<!-- a --><html>", Some(NotAList::Html)),
        (b"<?xml version=\"1.0\"?>", Some(NotAList::Html)),
        (page.as_bytes(), Some(NotAList::Html)),
        (b"PK\x03\x04\x14\x00", Some(NotAList::Packed)),
        (b"\xfd7zXZ\x00", Some(NotAList::Packed)),
        (b"\x28\xb5\x2f\xfd\x04", Some(NotAList::Packed)),
        (b"BZh91AY", Some(NotAList::Packed)),
        (b"\xff\xfe1\x009\x002\x00", Some(NotAList::Binary)),
        (&nulls, Some(NotAList::Binary)),
    ];
    for (body, not_a_list) in table {
        assert_eq!(check(body).err(), not_a_list, "{body:?}");
        if body.len() < 1024 {
            assert_eq!(check(&gzip(body)).err(), not_a_list, "packed {body:?}");
        }
    }
    assert_eq!(check(&gzip(&gzip(b"192.0.2.1"))), Err(NotAList::Packed));
    // Cut off at once: nothing of it can be read.
    assert_eq!(check(&gzip(b"192.0.2.1")[..8]), Err(NotAList::Empty));
}
