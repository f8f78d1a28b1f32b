mod exchange;
mod names;
mod server;
mod ssrf;
mod tls;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Mutex,
    time::Duration,
};

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolving};

use self::server::{Reply, Server};
use super::*;
use crate::{BadSourceUrl, Special};

/// A public address; connections to it go to this machine.
const PUBLIC: &str = "8.8.8.8";

/// What a name server answers to the question with this number.
type Answer = fn(&str, usize) -> Result<Vec<IpAddr>, ResolveError>;

/// A name server that may say something else each time, with the hosts that it was asked for.
struct Names {
    answer: Answer,
    asked: Mutex<Vec<String>>,
}

impl Names {
    fn new(answer: Answer) -> Arc<Self> {
        let asked = Mutex::default();
        Arc::new(Self { answer, asked })
    }

    fn public() -> Arc<Self> {
        Self::new(|_, _| addresses(&[PUBLIC]))
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl Resolve for Names {
    async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, ResolveError> {
        let number = {
            let mut asked = self.asked.lock().unwrap();
            asked.push(host.to_owned());
            asked.len()
        };
        (self.answer)(host, number)
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as a name server answers")]
fn addresses(texts: &[&str]) -> Result<Vec<IpAddr>, ResolveError> {
    Ok(texts.iter().map(|text| text.parse().unwrap()).collect())
}

/// Connects to this machine in place of the addresses that passed the check: to 127.0.0.N for an address that ends in N, so that a test sees which one it was.
struct OnLoopback(Checked);

impl reqwest::dns::Resolve for OnLoopback {
    fn resolve(&self, name: Name) -> Resolving {
        let resolving = self.0.resolve(name);
        Box::pin(async {
            let there = resolving.await?.map(|address| match address.ip() {
                IpAddr::V4(address) => Ipv4Addr::new(127, 0, 0, address.octets()[3]),
                IpAddr::V6(address) => Ipv4Addr::new(127, 0, 0, address.octets()[15]),
            });
            let there = there.map(|address| SocketAddr::from((address, 0)));
            Ok(Box::new(there) as Addrs)
        })
    }
}

/// Short, so that tests of limits are.
fn limits() -> DownloadLimits {
    DownloadLimits {
        total: Duration::from_secs(20),
        connect: Duration::from_secs(10),
        idle: Duration::from_secs(10),
        bytes: 64 << 10,
        header_bytes: 8 << 10,
        redirects: 5,
    }
}

fn config(names: &Arc<Names>) -> DownloadConfig {
    DownloadConfig {
        resolver: Arc::clone(names) as Arc<dyn Resolve>,
        limits: limits(),
        ..DownloadConfig::default()
    }
}

fn downloader(config: DownloadConfig) -> Downloader {
    Downloader::with_names(config, |checked| Arc::new(OnLoopback(checked)))
}

fn http(url: &str) -> Request {
    Request {
        url: SourceUrl::parse(url, true).unwrap(),
        allow_http: true,
        validators: None,
    }
}

async fn fetch(names: &Arc<Names>, url: &str) -> Result<Fetched, DownloadError> {
    downloader(config(names)).fetch(&http(url)).await
}

/// Fetches from a server at a public address.
async fn fetch_from(server: &Server) -> Result<Fetched, DownloadError> {
    fetch(&Names::public(), &server.url("lists.test")).await
}

fn body(fetched: Result<Fetched, DownloadError>) -> Body {
    match fetched.unwrap() {
        Fetched::Body(body) => body,
        Fetched::NotModified => panic!("nothing was sent"),
    }
}
