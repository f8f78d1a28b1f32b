//! What servers answer, well and badly.
use std::{io::Write as _, process::Command};

use flate2::{Compression, write::GzEncoder};
use tokio::net::TcpListener;

use super::*;
use crate::{Limits, ParseError, parse};

const LIST: &[u8] = b"192.0.2.1\n192.0.2.2\n";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn short(change: impl FnOnce(&mut DownloadLimits)) -> Downloader {
    let mut config = config(&Names::public());
    change(&mut config.limits);
    downloader(config)
}

fn timed_out(waiting: Waiting) -> DownloadError {
    DownloadError::TimedOut {
        host: "lists.test".to_owned(),
        waiting,
    }
}

#[tokio::test]
async fn list_comes_with_its_validators_and_its_hash() {
    let headers = "ETag: \"a\"\r\nLast-Modified: Sun, 29 Nov 2026 20:00:00 GMT\r\n";
    let server = Server::start(move |_| Reply::list(headers, LIST)).await;
    let body = body(fetch_from(&server).await);
    assert_eq!(body.bytes, LIST);
    assert_eq!(body.validators.etag.as_deref(), Some("\"a\""));
    assert_eq!(
        body.validators.last_modified.as_deref(),
        Some("Sun, 29 Nov 2026 20:00:00 GMT")
    );
    assert_eq!(body.sha256[..], Sha256::digest(LIST)[..]);
    assert_eq!(body.final_url.as_str(), server.url("lists.test"));
    let asked = server.asked().remove(0).to_lowercase();
    assert!(asked.starts_with("get /list.txt http/1.1\r\n"), "{asked}");
    assert!(asked.contains("user-agent: bangui/"), "{asked}");
    assert!(asked.contains("accept-encoding: identity"), "{asked}");
    for nothing in ["if-", "cookie", "referer", "authorization"] {
        assert!(!asked.contains(nothing), "{asked}");
    }
}

#[tokio::test]
async fn unchanged_list_is_not_sent_again_and_a_changed_one_is() {
    let server = Server::start(|head| {
        if head.contains("if-none-match: \"a\"\r\n") {
            Reply::head("304 Not Modified", "ETag: \"a\"\r\n")
        } else {
            Reply::list("ETag: \"b\"\r\n", LIST)
        }
    })
    .await;
    let downloader = downloader(config(&Names::public()));
    let mut request = http(&server.url("lists.test"));
    let modified = "Sun, 29 Nov 2026 20:00:00 GMT";
    request.validators = Some(Validators {
        etag: Some("\"a\"".to_owned()),
        last_modified: Some(modified.to_owned()),
    });
    assert_eq!(downloader.fetch(&request).await, Ok(Fetched::NotModified));
    let asked = server.asked().remove(0);
    assert!(
        asked.contains(&format!("if-modified-since: {modified}\r\n")),
        "{asked}"
    );
    // Of another time, and one that no header can have, which is left out.
    for etag in ["\"old\"", "a\r\nEvil: 1"] {
        request.validators = Some(Validators {
            etag: Some(etag.to_owned()),
            last_modified: None,
        });
        let body = body(downloader.fetch(&request).await);
        assert_eq!(body.validators.etag.as_deref(), Some("\"b\""));
    }
    assert!(!server.asked().remove(2).contains("Evil"));
}

#[tokio::test]
async fn unchanged_list_that_nobody_has_is_an_error() {
    let server = Server::start(|_| Reply::head("304 Not Modified", "")).await;
    let fetched = fetch_from(&server).await;
    assert!(
        matches!(fetched, Err(DownloadError::Status { status: 304, .. })),
        "{fetched:?}"
    );
}

#[tokio::test]
async fn status_says_whether_and_when_to_try_again() {
    let date = "Date: Sun, 29 Nov 2026 20:00:00 GMT\r\n";
    let table = [
        (
            "429 Too Many Requests",
            "Retry-After: 120\r\n",
            true,
            Some(120),
        ),
        (
            "429 Too Many Requests",
            "Retry-After: Sun, 29 Nov 2026 21:00:00 GMT\r\n",
            true,
            Some(3600),
        ),
        (
            "503 Service Unavailable",
            "Retry-After: 99999999\r\n",
            true,
            Some(86_400),
        ),
        ("500 Internal Server Error", "", true, None),
        ("404 Not Found", "", false, None),
        ("403 Forbidden", "", false, None),
        ("204 No Content", "", false, None),
        ("206 Partial Content", "", false, None),
        ("300 Multiple Choices", "Location: /other\r\n", false, None),
    ];
    for (status, headers, is_temporary, seconds) in table {
        let headers = format!("{date}{headers}");
        let server = Server::start(move |_| Reply::head(status, &headers)).await;
        let error = fetch_from(&server).await.unwrap_err();
        assert_eq!(error.is_temporary(), is_temporary, "{status}");
        assert_eq!(
            error.retry_after().map(|wait| wait.as_secs()),
            seconds,
            "{status}"
        );
        assert!(error.to_string().contains(&status[..3]), "{error}");
    }
}

#[tokio::test]
async fn redirects_are_followed_without_anything_of_the_one_before() {
    let server = Server::start(|head| match head.split(' ').nth(1).unwrap() {
        "/list.txt" => Reply::head(
            "301 Moved Permanently",
            "Location: ../a?b=c#d\r\nSet-Cookie: a=b\r\n",
        ),
        "/a?b=c" => Reply::head("308 Permanent Redirect", "Location: /b\r\n"),
        _ => Reply::list("", LIST),
    })
    .await;
    let body = body(fetch_from(&server).await);
    assert_eq!(body.bytes, LIST);
    assert!(body.final_url.as_str().ends_with("/b"));
    let asked = server.asked();
    assert_eq!(asked.len(), 3);
    for head in asked {
        let head = head.to_lowercase();
        assert!(
            !head.contains("cookie") && !head.contains("referer"),
            "{head}"
        );
    }
}

#[tokio::test]
async fn server_that_sends_on_without_end_is_left() {
    let server = Server::start(|_| Reply::to("/list.txt")).await;
    assert_eq!(
        fetch_from(&server).await,
        Err(DownloadError::TooManyRedirects(5))
    );
    assert_eq!(server.asked().len(), 6);
}

#[tokio::test]
async fn server_that_is_silent_or_slow_is_left_in_time() {
    let begun = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n192.0.2.1\n".to_vec();
    let idle = |limits: &mut DownloadLimits| {
        limits.connect = Duration::from_secs(1);
        limits.idle = Duration::from_millis(200);
    };
    for silence in [Vec::new(), b"HTTP/1.1 200 OK\r\n".to_vec(), begun.clone()] {
        let server = Server::start(move |_| Reply::Silence(silence.clone())).await;
        let fetched = short(idle).fetch(&http(&server.url("lists.test"))).await;
        assert_eq!(fetched, Err(timed_out(Waiting::Idle)));
        assert!(fetched.unwrap_err().is_temporary());
        server.ended(1).await;
    }
    // Never idle for long, and never at an end; once within the headers, once within the list.
    let total = |limits: &mut DownloadLimits| limits.total = Duration::from_millis(300);
    let headers = [&b"HTTP/1.1 200 OK\r\nX: "[..], &[b'a'; 4000]].concat();
    let list = [&begun[..39], &[b'\n'; 4000]].concat();
    for drip in [headers, list] {
        let server = Server::start(move |_| Reply::Drip(drip.clone())).await;
        let fetched = short(total).fetch(&http(&server.url("lists.test"))).await;
        assert_eq!(fetched, Err(timed_out(Waiting::Total)));
        server.ended(1).await;
    }
}

#[tokio::test]
async fn list_without_end_is_left_at_the_limit() {
    let endless = |head: &'static str, then: &'static [u8]| {
        move |_: &str| Reply::Endless(head.into(), then.repeat(1000))
    };
    let until_closed = "HTTP/1.1 200 OK\r\n\r\n";
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let server = Server::start(endless(until_closed, b"192.0.2.1\n")).await;
    assert_eq!(
        fetch_from(&server).await,
        Err(DownloadError::TooLarge(64 << 10))
    );
    server.ended(1).await;
    let server = Server::start(endless(chunked, b"a\r\n192.0.2.1\n\r\n")).await;
    assert_eq!(
        fetch_from(&server).await,
        Err(DownloadError::TooLarge(64 << 10))
    );
    server.ended(1).await;
}

#[tokio::test]
async fn list_that_says_it_is_too_large_is_not_begun() {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
        (64 << 10) + 1
    );
    let server = Server::start(move |_| Reply::Silence(head.clone().into_bytes())).await;
    assert_eq!(
        fetch_from(&server).await,
        Err(DownloadError::TooLarge(64 << 10))
    );
    // One that fits to the byte.
    let list = vec![b'#'; 64 << 10];
    let server = Server::start(move |_| Reply::list("", &list)).await;
    assert_eq!(body(fetch_from(&server).await).bytes.len(), 64 << 10);
}

#[tokio::test]
async fn bomb_comes_packed_and_bursts_in_no_hand() {
    let bomb = gzip(&vec![b'#'; 32 << 20]);
    assert!(bomb.len() < limits().bytes * 4);
    let mut larger = config(&Names::public());
    larger.limits.bytes = bomb.len();
    let sent = bomb.clone();
    let server = Server::start(move |_| Reply::list("Content-Encoding: gzip\r\n", &sent)).await;
    let fetched = downloader(larger)
        .fetch(&http(&server.url("lists.test")))
        .await;
    let body = body(fetched);
    assert_eq!(body.bytes, bomb);
    let limits = Limits {
        bytes: 1 << 20,
        networks: 10,
    };
    let parsed = parse(&body.bytes[..], limits);
    assert!(matches!(parsed, Err(ParseError::TooLarge(_))), "{parsed:?}");
}

#[tokio::test]
async fn packed_list_is_read_as_the_plain_one() {
    let packed = gzip(LIST);
    for headers in ["", "Content-Encoding: gzip\r\n"] {
        let sent = packed.clone();
        let server = Server::start(move |_| Reply::list(headers, &sent)).await;
        let body = body(fetch_from(&server).await);
        let list = parse(&body.bytes[..], Limits::default()).unwrap();
        assert_eq!(list.networks.len(), 2);
    }
    let server = Server::start(|_| Reply::list("Content-Encoding: br\r\n", b"x")).await;
    assert_eq!(
        fetch_from(&server).await,
        Err(DownloadError::Encoding("lists.test".to_owned()))
    );
}

#[tokio::test]
async fn headers_that_are_huge_or_many_are_refused() {
    let huge = "X: a\r\n".repeat(90) + &format!("Y: {}\r\n", "b".repeat(9_000));
    let many = "X: a\r\n".repeat(1_000);
    for headers in [huge, many] {
        let server = Server::start(move |_| Reply::list(&headers, LIST)).await;
        assert_eq!(
            fetch_from(&server).await,
            Err(DownloadError::TooManyHeaders("lists.test".to_owned()))
        );
    }
    let server =
        Server::start(|_| Reply::Endless(b"HTTP/1.1 200 OK\r\nX: ".to_vec(), vec![b'a'; 10_000]))
            .await;
    assert_eq!(
        fetch_from(&server).await,
        Err(DownloadError::TooManyHeaders("lists.test".to_owned()))
    );
    server.ended(1).await;
}

#[tokio::test]
async fn list_is_cut_where_the_server_says_it_ends_and_none_where_it_does_not_come_to_that() {
    let longer = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n192.0.2.1\n192.0.2.2\n";
    let server = Server::start(|_| Reply::Whole(longer.to_vec())).await;
    assert_eq!(body(fetch_from(&server).await).bytes, b"192.0.2.1\n");
    let cut_off = DownloadError::CutOff("lists.test".to_owned());
    let halves: [&[u8]; 3] = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n192.0.2.1\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n192.0.2.1\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
    ];
    for half in halves {
        let server = Server::start(|_| Reply::Gone(half.to_vec())).await;
        assert_eq!(fetch_from(&server).await, Err(cut_off.clone()));
    }
    assert!(cut_off.is_temporary());
}

#[tokio::test]
async fn what_is_no_http_or_no_list_is_told() {
    let not_http = DownloadError::NotHttp("lists.test".to_owned());
    let nonsense: [&[u8]; 3] = [
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n192.0.2.1\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n192.0.2.1\n",
    ];
    for reply in nonsense {
        let server = Server::start(|_| Reply::Whole(reply.to_vec())).await;
        assert_eq!(
            fetch_from(&server).await,
            Err(not_http.clone()),
            "{reply:?}"
        );
    }
    let bodies = [
        (&b""[..], NotAList::Empty),
        (b"<!doctype html><p>Sign in", NotAList::Html),
        (b"PK\x03\x04", NotAList::Packed),
    ];
    for (sent, what) in bodies {
        let server = Server::start(|_| Reply::list("Content-Type: text/plain\r\n", sent)).await;
        assert_eq!(
            fetch_from(&server).await,
            Err(DownloadError::NotAList(what))
        );
    }
}

#[tokio::test]
async fn host_where_nothing_listens_is_unreached() {
    let listener = TcpListener::bind((Ipv4Addr::new(127, 0, 0, 8), 0))
        .await
        .unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let error = fetch(&Names::public(), &format!("http://lists.test:{port}/"))
        .await
        .unwrap_err();
    let refused = DownloadError::Unreached {
        host: "lists.test".to_owned(),
        unreached: Unreached::Refused,
    };
    assert_eq!(error, refused);
    assert!(error.is_temporary());
    assert_eq!(
        error.to_string(),
        "lists.test refuses connections. It is tried again later"
    );
}

#[tokio::test]
async fn proxy_of_the_environment_is_not_used() {
    let proxy = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    let other = "download::tests::exchange::list_comes_with_its_validators_and_its_hash";
    let run = move || {
        let mut this = Command::new(std::env::current_exe().unwrap());
        for name in [
            "http_proxy",
            "HTTP_PROXY",
            "https_proxy",
            "all_proxy",
            "ALL_PROXY",
        ] {
            this.env(name, &address);
        }
        this.args(["--exact", other]).output().unwrap()
    };
    let ran = tokio::task::spawn_blocking(run);
    tokio::select! {
        ran = ran => {
            let told = String::from_utf8(ran.unwrap().stdout).unwrap();
            assert!(told.contains("1 passed"), "{told}");
        }
        _ = proxy.accept() => panic!("the proxy was asked"),
    }
}
