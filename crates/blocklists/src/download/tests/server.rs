//! Servers on this machine that behave badly when they are told to.
use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpListener,
    sync::Semaphore,
    task::JoinSet,
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

/// What a server does when it has a request.
pub(super) enum Reply {
    /// Writes this and ends the connection in order.
    Whole(Vec<u8>),
    /// Writes this and is silent.
    Silence(Vec<u8>),
    /// Writes this and goes away.
    Gone(Vec<u8>),
    /// Writes the one, and then the other again and again as fast as it is taken.
    Endless(Vec<u8>, Vec<u8>),
    /// Writes this a byte at a time.
    Drip(Vec<u8>),
}

impl Reply {
    /// An answer with a list.
    pub(super) fn list(headers: &str, body: &[u8]) -> Self {
        let length = body.len();
        let head = format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: {length}\r\n\r\n");
        Self::Whole([head.as_bytes(), body].concat())
    }

    /// An answer without a body.
    pub(super) fn head(status: &str, headers: &str) -> Self {
        Self::Whole(format!("HTTP/1.1 {status}\r\n{headers}Content-Length: 0\r\n\r\n").into_bytes())
    }

    pub(super) fn to(location: &str) -> Self {
        Self::head("302 Found", &format!("Location: {location}\r\n"))
    }
}

/// Lives as long as its value.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    scheme: &'static str,
    asked: Arc<Mutex<Vec<String>>>,
    ended: Arc<Semaphore>,
    _serving: JoinSet<()>,
}

impl Server {
    /// Answers each request by its head.
    pub(super) async fn start(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        Self::at(Ipv4Addr::new(127, 0, 0, 8), None, reply).await
    }

    pub(super) async fn at(
        address: Ipv4Addr,
        tls: Option<ServerConfig>,
        reply: impl Fn(&str) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((address, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let tls = tls.map(|config| TlsAcceptor::from(Arc::new(config)));
        let (asked, ended) = (Arc::new(Mutex::default()), Arc::new(Semaphore::new(0)));
        let reply = Arc::new(reply);
        let mut serving = JoinSet::new();
        let (seen, done) = (Arc::clone(&asked), Arc::clone(&ended));
        serving.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (tls, reply) = (tls.clone(), Arc::clone(&reply));
                let (seen, done) = (Arc::clone(&seen), Arc::clone(&done));
                connections.spawn(async move {
                    // The other side may go away at any time.
                    let _ = match tls {
                        None => answer(stream, &*reply, &seen).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => answer(stream, &*reply, &seen).await,
                            Err(error) => Err(error),
                        },
                    };
                    done.add_permits(1);
                });
            }
        });
        Self {
            address,
            scheme,
            asked,
            ended,
            _serving: serving,
        }
    }

    pub(super) fn url(&self, host: &str) -> String {
        format!("{}://{host}:{}/list.txt", self.scheme, self.address.port())
    }

    /// The heads of the requests.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// Waits until so many connections have ended.
    pub(super) async fn ended(&self, connections: u32) {
        self.ended.acquire_many(connections).await.unwrap().forget();
    }
}

/// Fails when the other side goes away, which it may.
async fn answer(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    reply: &(impl Fn(&str) -> Reply + ?Sized),
    asked: &Mutex<Vec<String>>,
) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8(head).unwrap();
    asked.lock().unwrap().push(head.clone());
    send(stream, reply(&head)).await
}

async fn send(mut stream: impl AsyncRead + AsyncWrite + Unpin, reply: Reply) -> io::Result<()> {
    match reply {
        Reply::Whole(bytes) => {
            stream.write_all(&bytes).await?;
            stream.shutdown().await
        }
        Reply::Gone(bytes) => {
            stream.write_all(&bytes).await?;
            stream.flush().await
        }
        Reply::Silence(bytes) => {
            stream.write_all(&bytes).await?;
            stream.flush().await?;
            // Until the other side goes away.
            stream.read_to_end(&mut Vec::new()).await.map(|_| ())
        }
        Reply::Endless(first, then) => {
            stream.write_all(&first).await?;
            loop {
                stream.write_all(&then).await?;
            }
        }
        Reply::Drip(bytes) => drip(stream, &bytes).await,
    }
}

async fn drip(mut stream: impl AsyncWrite + Unpin, bytes: &[u8]) -> io::Result<()> {
    let mut each = tokio::time::interval(Duration::from_millis(5));
    for byte in bytes {
        each.tick().await;
        stream.write_u8(*byte).await?;
        stream.flush().await?;
    }
    Ok(())
}
