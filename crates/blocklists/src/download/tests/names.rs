//! What name servers answer, and which hosts are allowed inside.
use std::net::Ipv6Addr;

use hickory_resolver::proto::{
    op::{Message, MessageType, ResponseCode},
    rr::{
        Name, RData, Record, RecordType,
        rdata::{A, AAAA, CNAME},
    },
};
use tokio::{net::UdpSocket, task::JoinSet};

use super::*;

fn not_public(host: &str, special: Special) -> DownloadError {
    let host = host.to_owned();
    DownloadError::NotPublic { host, special }
}

async fn list() -> Server {
    Server::start(|_| Reply::list("", b"192.0.2.1\n")).await
}

#[tokio::test]
async fn host_whose_addresses_are_not_all_public_is_refused() {
    let server = list().await;
    let table: [(Answer, Special); 9] = [
        (|_, _| addresses(&["127.0.0.1"]), Special::Loopback),
        (|_, _| addresses(&["::1"]), Special::Loopback),
        (|_, _| addresses(&["8.8.8.8", "10.0.0.8"]), Special::Private),
        (|_, _| addresses(&["10.0.0.8", "8.8.8.8"]), Special::Private),
        (|_, _| addresses(&["8.8.8.8", "fd00::8"]), Special::Private),
        (
            |_, _| addresses(&["8.8.8.8", "::ffff:127.0.0.8"]),
            Special::Loopback,
        ),
        (
            |_, _| addresses(&["8.8.8.8", "64:ff9b::a00:8"]),
            Special::Private,
        ),
        (|_, _| addresses(&["169.254.169.254"]), Special::Metadata),
        (|_, _| addresses(&["fe80::8"]), Special::LinkLocal),
    ];
    for (answer, special) in table {
        let fetched = fetch(&Names::new(answer), &server.url("lists.test")).await;
        assert_eq!(fetched, Err(not_public("lists.test", special)));
    }
    assert_eq!(server.asked(), [""; 0]);
    // A translator of the network may stand before a public host.
    let names = Names::new(|_, _| addresses(&["8.8.8.8", "64:ff9b::808:808"]));
    body(fetch(&names, &server.url("lists.test")).await);
}

#[tokio::test]
async fn second_answer_of_a_name_server_changes_nothing_for_the_first_connection() {
    let server = list().await;
    let names = Names::new(|_, number| match number {
        1 => addresses(&["8.8.8.8"]),
        _ => addresses(&["10.0.0.1"]),
    });
    let downloader = downloader(config(&names));
    let request = http(&server.url("lists.test"));
    // The server is at the address that the public one stands for.
    body(downloader.fetch(&request).await);
    assert_eq!(names.asked(), ["lists.test"]);
    let fetched = downloader.fetch(&request).await;
    assert_eq!(fetched, Err(not_public("lists.test", Special::Private)));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn redirect_to_the_same_host_is_checked_again() {
    let server = Server::start(|_| Reply::to("/list.txt")).await;
    let names = Names::new(|_, number| match number {
        1 => addresses(&["8.8.8.8"]),
        _ => addresses(&["127.0.0.8"]),
    });
    let fetched = fetch(&names, &server.url("lists.test")).await;
    assert_eq!(fetched, Err(not_public("lists.test", Special::Loopback)));
    assert_eq!((server.asked().len(), names.asked().len()), (1, 2));
}

#[tokio::test]
async fn redirect_to_a_name_that_leads_inside_is_refused() {
    let server = Server::start(|_| Reply::to("https://inside.test/")).await;
    let names = Names::new(|host, _| match host {
        "lists.test" => addresses(&["8.8.8.8"]),
        _ => addresses(&["192.168.0.1"]),
    });
    let fetched = fetch(&names, &server.url("lists.test")).await;
    assert_eq!(fetched, Err(not_public("inside.test", Special::Private)));
}

#[tokio::test]
async fn host_without_an_address_and_name_servers_without_an_answer_are_told_apart() {
    let host = || "lists.test".to_owned();
    let table: [(Answer, DownloadError); 3] = [
        (
            |_, _| Err(ResolveError::NotFound),
            DownloadError::UnknownHost(host()),
        ),
        (|_, _| addresses(&[]), DownloadError::UnknownHost(host())),
        (
            |_, _| Err(ResolveError::NoAnswer),
            DownloadError::NameServers(host()),
        ),
    ];
    for (answer, error) in table {
        let fetched = fetch(&Names::new(answer), "https://lists.test/").await;
        assert_eq!(fetched, Err(error));
    }
}

/// Without a detour: what the settings allow is reached where it is.
fn with_internal(hosts: &[String], names: &Arc<super::Names>) -> Downloader {
    let internal_hosts = hosts.iter().map(|host| host.parse().unwrap());
    Downloader::new(DownloadConfig {
        internal_hosts: internal_hosts.collect(),
        ..config(names)
    })
}

#[tokio::test]
async fn internal_host_is_fetched_from_only_where_the_settings_name_it() {
    let server = list().await;
    let names = Names::new(|_, _| addresses(&["127.0.0.8"]));
    let (port, url) = (server.address.port(), server.url("lists.test"));
    let literal = format!("http://127.0.0.8:{port}/");
    let allowed = [
        ("lists.test".to_owned(), &url),
        (format!("LISTS.test:{port}"), &url),
        ("127.0.0.8".to_owned(), &literal),
        (format!("127.0.0.8:{port}"), &literal),
    ];
    for (host, url) in allowed {
        let downloader = with_internal(&[host], &names);
        body(downloader.fetch(&http(url)).await);
    }
    let refused = [
        (vec![], &url),
        (vec!["lists.test:443".to_owned()], &url),
        (vec!["127.0.0.8".to_owned()], &url),
        (vec!["lists.test".to_owned(), "test".to_owned()], &literal),
    ];
    for (hosts, url) in refused {
        let fetched = with_internal(&hosts, &names).fetch(&http(url)).await;
        let host = url.split('/').nth(2).unwrap().split(':').next().unwrap();
        assert_eq!(fetched, Err(not_public(host, Special::Loopback)));
    }
    assert_eq!(server.asked().len(), 4);
}

#[tokio::test]
async fn internal_host_still_needs_leave_for_http_and_is_never_where_secrets_are() {
    let names = Names::new(|_, _| addresses(&["169.254.169.254"]));
    let downloader = with_internal(&["lists.test".to_owned()], &names);
    let mut request = http("http://lists.test/");
    let fetched = downloader.fetch(&request).await;
    assert_eq!(fetched, Err(not_public("lists.test", Special::Metadata)));
    request.allow_http = false;
    let fetched = downloader.fetch(&request).await;
    assert_eq!(fetched, Err(DownloadError::Url(BadSourceUrl::Http)));
}

#[tokio::test]
async fn public_host_sends_to_no_internal_one_though_the_settings_name_it() {
    let inside = list().await;
    let to = inside.url("inside.test");
    let public = Server::start(move |_| Reply::to(&to)).await;
    let mut config = config(&Names::public());
    config.internal_hosts = vec!["inside.test".parse().unwrap()];
    let downloader = downloader(config);
    let fetched = downloader.fetch(&http(&public.url("lists.test"))).await;
    let sent_inside = DownloadError::SentInside("inside.test".to_owned());
    assert_eq!(fetched, Err(sent_inside));
    // An internal one may send to itself, and on to a public one.
    let to = public.url("lists.test");
    let first = Server::start(move |head| match head.split(' ').nth(1).unwrap() {
        "/list.txt" => Reply::to("/other"),
        _ => Reply::to(&to),
    })
    .await;
    let fetched = downloader.fetch(&http(&first.url("inside.test"))).await;
    assert_eq!(
        fetched,
        Err(DownloadError::SentInside("inside.test".to_owned()))
    );
    assert_eq!(
        (
            first.asked().len(),
            public.asked().len(),
            inside.asked().len()
        ),
        (2, 2, 0)
    );
}

/// What a name server has.
type Zone = fn(&str, RecordType) -> Result<Vec<RData>, ResponseCode>;

/// A name server on this machine, as long as the set lives.
async fn name_server(zone: Zone) -> (Downloader, JoinSet<()>) {
    let (address, serving) = serve(zone).await;
    (asking(SystemResolver::with_server(address)), serving)
}

fn asking(resolver: SystemResolver) -> Downloader {
    downloader(DownloadConfig {
        resolver: Arc::new(resolver),
        limits: limits(),
        ..DownloadConfig::default()
    })
}

async fn serve(zone: Zone) -> (SocketAddr, JoinSet<()>) {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = socket.local_addr().unwrap();
    let mut serving = JoinSet::new();
    serving.spawn(async move {
        let mut buffer = [0; 1500];
        loop {
            let (length, from) = socket.recv_from(&mut buffer).await.unwrap();
            let question = Message::from_vec(&buffer[..length]).unwrap();
            let reply = reply(&question, zone).to_vec().unwrap();
            socket.send_to(&reply, from).await.unwrap();
        }
    });
    (address, serving)
}

fn reply(question: &Message, zone: Zone) -> Message {
    let query = question.queries.first().unwrap().clone();
    let (id, code) = (question.metadata.id, question.metadata.op_code);
    let mut reply = Message::new(id, MessageType::Response, code);
    reply.metadata.recursion_available = true;
    let mut name = query.name().clone();
    match zone(&name.to_ascii(), query.query_type()) {
        Err(code) => reply.metadata.response_code = code,
        Ok(all) => {
            for data in all {
                let next = match &data {
                    RData::CNAME(CNAME(next)) => next.clone(),
                    _ => name.clone(),
                };
                reply.add_answer(Record::from_rdata(name, 60, data));
                name = next;
            }
        }
    }
    reply.add_query(query);
    reply
}

fn a(address: [u8; 4]) -> RData {
    RData::A(A(address.into()))
}

#[tokio::test]
async fn answer_of_a_name_server_is_checked_at_the_end_of_its_aliases() {
    let server = list().await;
    let inside: Zone = |name, kind| match (name, kind) {
        ("lists.test.", RecordType::A) => {
            let alias = |name| RData::CNAME(CNAME(Name::from_ascii(name).unwrap()));
            Ok(vec![
                alias("a.example.org."),
                alias("b.inside."),
                a([10, 0, 0, 8]),
            ])
        }
        _ => Ok(vec![]),
    };
    let behind: Zone = |_, kind| match kind {
        RecordType::A => Ok(vec![a([8, 8, 8, 8])]),
        _ => Ok(vec![RData::AAAA(AAAA(Ipv6Addr::LOCALHOST))]),
    };
    for (zone, special) in [(inside, Special::Private), (behind, Special::Loopback)] {
        let (downloader, _serving) = name_server(zone).await;
        let fetched = downloader.fetch(&http(&server.url("lists.test"))).await;
        assert_eq!(fetched, Err(not_public("lists.test", special)));
    }
    let public: Zone = |name, kind| match (name, kind) {
        ("lists.test.", RecordType::A) => Ok(vec![a([8, 8, 8, 8])]),
        ("lists.test.", _) => Ok(vec![]),
        _ => Err(ResponseCode::Refused),
    };
    let (downloader, _serving) = name_server(public).await;
    body(downloader.fetch(&http(&server.url("lists.test"))).await);
    // The hosts file is heeded, and checked.
    let fetched = downloader.fetch(&http("http://localhost/")).await;
    assert_eq!(fetched, Err(not_public("localhost", Special::Loopback)));
}

#[tokio::test]
async fn name_that_is_not_there_and_a_server_that_fails_are_told_apart() {
    let (host, request) = ("lists.test".to_owned(), http("https://lists.test/"));
    let (downloader, _serving) = name_server(|_, _| Err(ResponseCode::NXDomain)).await;
    let fetched = downloader.fetch(&request).await;
    assert_eq!(fetched, Err(DownloadError::UnknownHost(host.clone())));
    let (downloader, _serving) = name_server(|_, _| Err(ResponseCode::ServFail)).await;
    let fetched = downloader.fetch(&request).await;
    assert_eq!(fetched, Err(DownloadError::NameServers(host.clone())));
    // One that is silent.
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let mut resolver = SystemResolver::with_server(socket.local_addr().unwrap());
    resolver.limit = Duration::from_millis(200);
    let fetched = asking(resolver).fetch(&request).await;
    assert_eq!(fetched, Err(DownloadError::NameServers(host)));
    // What no name server is asked for.
    let fetched = asking(resolver).fetch(&http("http://a../")).await;
    assert_eq!(fetched, Err(DownloadError::UnknownHost("a..".to_owned())));
}
