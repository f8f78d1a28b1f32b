//! HTTPS, with certificates of an authority that only the test knows.
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use rustls::{
    ServerConfig,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};

use tokio::{io::AsyncWriteExt as _, net::TcpListener};

use super::*;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn certified(
    authority: &Authority,
    name: &str,
    change: fn(&mut CertificateParams),
) -> ServerConfig {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    change(&mut params);
    let certificate = params.signed_by(&key, authority).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap()
}

async fn server(tls: ServerConfig, reply: fn() -> Reply) -> Server {
    Server::at(Ipv4Addr::new(127, 0, 0, 8), Some(tls), move |_| reply()).await
}

fn list() -> Reply {
    Reply::list("", b"192.0.2.1\n")
}

async fn fetch_trusting(
    authority: &Authority,
    url: &str,
    allow_http: bool,
) -> Result<Fetched, DownloadError> {
    let mut config = config(&Names::public());
    config.trusted_roots = TrustedRoot::read(authority.pem().as_bytes()).unwrap();
    let request = Request {
        allow_http,
        ..http(url)
    };
    downloader(config).fetch(&request).await
}

fn fault(fault: CertificateFault) -> DownloadError {
    DownloadError::Certificate {
        host: "lists.test".to_owned(),
        fault,
    }
}

#[tokio::test]
async fn list_comes_over_https_from_whom_the_certificate_names() {
    let authority = authority("ours");
    let server = server(certified(&authority, "lists.test", |_| ()), list).await;
    let fetched = fetch_trusting(&authority, &server.url("lists.test"), false).await;
    assert_eq!(body(fetched).bytes, b"192.0.2.1\n");
}

#[tokio::test]
async fn certificate_that_is_not_valid_is_told_and_nothing_is_asked() {
    let (ours, theirs) = (authority("ours"), authority("theirs"));
    let old = |params: &mut CertificateParams| {
        (params.not_before, params.not_after) =
            (date_time_ymd(2000, 1, 1), date_time_ymd(2001, 1, 1));
    };
    let new = |params: &mut CertificateParams| params.not_before = date_time_ymd(4000, 1, 1);
    let table = [
        (
            certified(&theirs, "lists.test", |_| ()),
            CertificateFault::Unknown,
        ),
        (
            certified(&ours, "other.test", |_| ()),
            CertificateFault::OtherName,
        ),
        (
            certified(&ours, "lists.test", old),
            CertificateFault::Expired,
        ),
        (
            certified(&ours, "lists.test", new),
            CertificateFault::NotYet,
        ),
    ];
    for (tls, what) in table {
        let server = server(tls, list).await;
        let fetched = fetch_trusting(&ours, &server.url("lists.test"), true).await;
        assert_eq!(fetched, Err(fault(what)));
        assert_eq!(server.asked(), [""; 0]);
    }
}

#[tokio::test]
async fn server_without_tls_is_unreached_over_https() {
    let listener = TcpListener::bind((Ipv4Addr::new(127, 0, 0, 8), 0))
        .await
        .unwrap();
    let port = listener.local_addr().unwrap().port();
    let answering = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
        stream
    };
    let (authority, url) = (authority("ours"), format!("https://lists.test:{port}/"));
    let (fetched, _stream) = tokio::join!(fetch_trusting(&authority, &url, true), answering);
    let unreached = DownloadError::Unreached {
        host: "lists.test".to_owned(),
        unreached: Unreached::Tls,
    };
    assert_eq!(fetched, Err(unreached));
}

#[tokio::test]
async fn list_that_ends_without_a_farewell_is_cut_off() {
    let authority = authority("ours");
    let gone = || Reply::Gone(b"HTTP/1.1 200 OK\r\n\r\n192.0.2.1\n".to_vec());
    let server = server(certified(&authority, "lists.test", |_| ()), gone).await;
    let fetched = fetch_trusting(&authority, &server.url("lists.test"), false).await;
    assert_eq!(fetched, Err(DownloadError::CutOff("lists.test".to_owned())));
}

#[tokio::test]
async fn https_sends_on_to_http_only_where_that_is_allowed() {
    let authority = authority("ours");
    let plain = Server::start(|_| list()).await;
    let to = plain.url("plain.test");
    let tls = certified(&authority, "lists.test", |_| ());
    let address = Ipv4Addr::new(127, 0, 0, 8);
    let server = Server::at(address, Some(tls), move |_| Reply::to(&to)).await;
    let url = server.url("lists.test");
    let refused = DownloadError::Redirect {
        host: "lists.test".to_owned(),
        reason: BadSourceUrl::Http,
    };
    assert_eq!(fetch_trusting(&authority, &url, false).await, Err(refused));
    assert_eq!(plain.asked(), [""; 0]);
    let body = body(fetch_trusting(&authority, &url, true).await);
    assert_eq!(body.final_url.as_str(), plain.url("plain.test"));
}
