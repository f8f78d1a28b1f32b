//! Addresses that nobody may make BanGUI fetch from, in every spelling that a URL has for them.
use super::*;

/// What stands as a host in a URL, and what it is.
const LITERALS: [(&str, Special); 65] = [
    // This machine.
    ("127.0.0.1", Special::Loopback),
    ("127.255.255.254", Special::Loopback),
    ("127.0.0.1.", Special::Loopback),
    ("2130706433", Special::Loopback),
    ("0x7f000001", Special::Loopback),
    ("0X7F.0x0.0x0.0x1", Special::Loopback),
    ("0x7f.1", Special::Loopback),
    ("017700000001", Special::Loopback),
    ("0177.0.0.01", Special::Loopback),
    ("0177.0.0.0x1", Special::Loopback),
    ("127.1", Special::Loopback),
    ("127.0.1", Special::Loopback),
    ("127.65535", Special::Loopback),
    ("00000000177.0.0.1", Special::Loopback),
    ("１２７.0.0.1", Special::Loopback),
    ("127。0。0。1", Special::Loopback),
    ("①②⑦.0.0.1", Special::Loopback),
    ("%31%32%37.0.0.1", Special::Loopback),
    ("127%2e0%2e0%2e1", Special::Loopback),
    ("[::1]", Special::Loopback),
    ("[0:0:0:0:0:0:0:1]", Special::Loopback),
    ("[0000::0001]", Special::Loopback),
    ("[::0.0.0.1]", Special::Loopback),
    ("[::ffff:127.0.0.1]", Special::Loopback),
    ("[::ffff:7f00:1]", Special::Loopback),
    ("[::FFFF:7F00:0001]", Special::Loopback),
    ("[::127.0.0.1]", Special::Translated),
    ("[64:ff9b::127.0.0.1]", Special::Loopback),
    ("[64:ff9b::7f00:1]", Special::Loopback),
    ("[64:ff9b:1::7f00:1]", Special::Translated),
    ("[2002:7f00:1::]", Special::Translated),
    ("[2001:0:808:808::]", Special::Translated),
    ("0", Special::Unspecified),
    ("0.0.0.0", Special::Unspecified),
    ("0x0", Special::Unspecified),
    ("0.1.2.3", Special::Unspecified),
    ("[::]", Special::Unspecified),
    ("[::ffff:0.0.0.0]", Special::Unspecified),
    // Networks inside.
    ("10.0.0.1", Special::Private),
    ("167772161", Special::Private),
    ("012.0.0.1", Special::Private),
    ("172.16.0.1", Special::Private),
    ("172.31.255.255", Special::Private),
    ("192.168.0.1", Special::Private),
    ("0xc0a80001", Special::Private),
    ("[::ffff:192.168.0.1]", Special::Private),
    ("[fd00::1]", Special::Private),
    ("[fec0::1]", Special::Private),
    ("100.64.0.1", Special::Shared),
    ("169.254.1.1", Special::LinkLocal),
    ("[fe80::1]", Special::LinkLocal),
    // Secrets of clouds.
    ("169.254.169.254", Special::Metadata),
    ("2852039166", Special::Metadata),
    ("0xa9fea9fe", Special::Metadata),
    ("0251.0376.0251.0376", Special::Metadata),
    ("169.16689662", Special::Metadata),
    ("[::ffff:169.254.169.254]", Special::Metadata),
    ("[64:ff9b::a9fe:a9fe]", Special::Metadata),
    ("[fd00:ec2::254]", Special::Metadata),
    ("168.63.129.16", Special::Metadata),
    // The rest.
    ("192.0.2.1", Special::Documentation),
    ("198.18.0.1", Special::Benchmark),
    ("224.0.0.1", Special::Multicast),
    ("240.0.0.1", Special::Reserved),
    ("255.255.255.255", Special::Broadcast),
];

/// What is no address nor a name.
const NONE: [&str; 11] = [
    "1.2.3.4.5",
    "256.0.0.1",
    "127.0.0.0x100",
    "4294967296",
    "0x1ffffffff",
    "127.0.0.09",
    "[::1%25lo]",
    "[::1%lo]",
    "[127.0.0.1]",
    "[::1",
    "127.0.0.1:80:80",
];

#[tokio::test]
async fn address_in_a_url_that_is_not_public_is_refused_in_each_spelling() {
    let server = Server::at(Ipv4Addr::LOCALHOST, None, |_| {
        Reply::list("", b"192.0.2.1\n")
    })
    .await;
    let names = Names::public();
    let downloader = downloader(config(&names));
    let port = server.address.port();
    for (literal, special) in LITERALS {
        let schemes = ["http", "https"].map(|scheme| format!("{scheme}://{literal}:{port}/"));
        for url in schemes {
            match downloader.fetch(&http(&url)).await {
                Err(DownloadError::NotPublic { special: found, .. }) => {
                    assert_eq!(found, special, "{url}");
                }
                other => panic!("{url}: {other:?}"),
            }
        }
    }
    assert_eq!((server.asked(), names.asked()), (vec![], vec![]));
}

#[tokio::test]
async fn redirect_to_an_address_that_is_not_public_is_refused_in_each_spelling() {
    let inside = Server::at(Ipv4Addr::LOCALHOST, None, |_| {
        Reply::list("", b"192.0.2.1\n")
    })
    .await;
    let port = inside.address.port();
    for (literal, special) in LITERALS {
        // Headers are ASCII: what is not is escaped there.
        if !literal.is_ascii() {
            continue;
        }
        let to = format!("http://{literal}:{port}/");
        let server = Server::start(move |_| Reply::to(&to)).await;
        match fetch_from(&server).await {
            Err(DownloadError::NotPublic { special: found, .. }) => {
                assert_eq!(found, special, "{literal}");
            }
            other => panic!("{literal}: {other:?}"),
        }
        assert_eq!(server.asked().len(), 1);
    }
    assert_eq!(inside.asked(), [""; 0]);
}

#[test]
fn text_that_is_no_host_is_no_url_of_a_list() {
    for host in NONE {
        let url = SourceUrl::parse(&format!("https://{host}/"), true);
        assert_eq!(url, Err(BadSourceUrl::NotAUrl), "{host}");
    }
}

#[tokio::test]
async fn redirect_to_what_is_no_place_of_a_list_is_refused() {
    let table = [
        ("file:///etc/passwd", BadSourceUrl::Scheme),
        ("ftp://lists.test/a", BadSourceUrl::Scheme),
        ("gopher://127.0.0.1:25/_", BadSourceUrl::Scheme),
        ("data:text/plain,192.0.2.1", BadSourceUrl::Scheme),
        ("javascript:1", BadSourceUrl::Scheme),
        ("https://a:b@lists.test/", BadSourceUrl::Credentials),
        ("//a@lists.test/", BadSourceUrl::Credentials),
        ("https://lists.test:0/", BadSourceUrl::Port),
        ("https://", BadSourceUrl::NotAUrl),
        ("https://1.2.3.4.5/", BadSourceUrl::NotAUrl),
    ];
    for (to, reason) in table {
        let server = Server::start(move |_| Reply::to(to)).await;
        let host = "lists.test".to_owned();
        assert_eq!(
            fetch_from(&server).await,
            Err(DownloadError::Redirect { host, reason }),
            "{to}"
        );
    }
    let server = Server::start(|_| Reply::head("302 Found", "")).await;
    let (host, reason) = ("lists.test".to_owned(), BadSourceUrl::NotAUrl);
    assert_eq!(
        fetch_from(&server).await,
        Err(DownloadError::Redirect { host, reason })
    );
}

#[test]
fn internal_host_reaches_networks_inside_and_no_secrets() {
    let is_reached = |text: &str| Reach::Inside.check(text.parse().unwrap()).is_ok();
    for inside in [
        "127.0.0.1",
        "::1",
        "10.0.0.1",
        "fd00::1",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "8.8.8.8",
        "2a00::1",
    ] {
        assert!(is_reached(inside), "{inside}");
    }
    let never = [
        "169.254.169.254",
        "169.254.170.2",
        "fd00:ec2::254",
        "168.63.129.16",
        "100.100.100.200",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
        "240.0.0.1",
        "fe80::1",
        "2002:a00:1::",
        "64:ff9b:1::a00:1",
    ];
    for address in never {
        assert!(!is_reached(address), "{address}");
    }
}
