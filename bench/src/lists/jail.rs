//! What the daemon feels of a list whose target is a jail: the release binary imports one, whole, while the daemon is asked.
use std::{
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use fail2ban::Client;
use ipnet::IpNet;
use lab::Lab;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use super::{
    beside,
    daemon::{BANNING_LIMIT, asked},
    made,
};
use crate::{
    Error,
    figures::Figure,
    http::{self, Http},
    server::Server,
};

/// The jail, which the server makes itself, by a change of the daemon's configuration.
const JAIL: &str = "bangui-measured";
/// Addresses of the list.
const BANS: u32 = 500;
/// Between two looks at how far it is.
const LOOK: Duration = Duration::from_millis(250);
const LIMIT: Duration = Duration::from_mins(10);

/// Imports a list into a jail, from the press of the button to the last address.
pub(super) async fn import(
    binary: &Path,
    lab: &Lab,
    client: &Client,
    from: u32,
) -> Result<Vec<Figure>, Error> {
    let lists = Lists::new(made::addresses(from, BANS)).await?;
    let address = lists.listener.local_addr()?;
    let host = address.to_string();
    let server = Server::start_with(binary, lab, &[("BANGUI_LIST_HOSTS", &host)]).await?;
    let mut http = server.sign_in().await?;
    let import = async {
        tokio::select! {
            took = imported(&mut http, address) => took,
            error = lists.offer() => Err(error),
        }
    };
    let (during, took) = asked(client, import).await?;
    let took = took?;
    server.stop().await?;
    let thousand = took.as_secs_f64() * 1_000.0 / f64::from(BANS);
    Ok(vec![
        Figure::number("a list into a jail: 1,000 addresses", thousand, "s").note(format!(
            "extrapolated from {BANS}, the making of the jail included"
        )),
        Figure::time("… ping meanwhile, p95", during.percentile(95))
            .at_most(BANNING_LIMIT)
            .note(format!(
                "{}, {}",
                beside("median", during.median()),
                beside("slowest", during.percentile(100))
            )),
    ])
}

/// Adds the list and waits until its jail has all of it.
async fn imported(http: &mut Http, lists: SocketAddr) -> Result<Duration, Error> {
    let began = Instant::now();
    let list = serde_json::json!({
        "name": "measured", "url": format!("http://{lists}/list.txt"), "allowHttp": true, "everySeconds": 86_400,
        "enabled": true, "target": { "kind": "jail", "jail": JAIL }, "direction": "in",
    });
    let answer = http
        .send("POST", "/api/v1/blocklists", &list.to_string())
        .await?;
    http::expect(&answer, 201, "a new list")?;
    while began.elapsed() < LIMIT {
        let lists: serde_json::Value =
            serde_json::from_slice(&http.get("/api/v1/blocklists").await?)?;
        let progress = lists.pointer("/items/0/jailProgress");
        let number = |what| progress?.get(what)?.as_u64();
        if number("wanted") == Some(BANS.into()) && number("banned") == Some(BANS.into()) {
            return Ok(began.elapsed());
        }
        if let Some(problem) = progress.and_then(|progress| progress.get("problem")?.as_str()) {
            return Err(Error::Server(problem.to_owned()));
        }
        tokio::time::sleep(LOOK).await;
    }
    Err(Error::Server(
        "the jail never had all of the list".to_owned(),
    ))
}

/// A list on loopback.
struct Lists {
    listener: TcpListener,
    answer: String,
}

impl Lists {
    async fn new(addresses: impl Iterator<Item = IpNet>) -> Result<Self, Error> {
        let lines: Vec<String> = addresses
            .map(|network| network.addr().to_string())
            .collect();
        let text = lines.join("\n");
        Ok(Self {
            listener: TcpListener::bind("127.0.0.1:0").await?,
            answer: format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{text}",
                text.len()
            ),
        })
    }

    /// Gives it to whoever asks, until that fails.
    async fn offer(&self) -> Error {
        loop {
            let given = async { give(self.listener.accept().await?.0, &self.answer).await };
            if let Err(error) = given.await {
                return error.into();
            }
        }
    }
}

/// Answers one request, whatever it asks.
async fn give(mut stream: TcpStream, answer: &str) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") && stream.read_buf(&mut request).await? > 0 {}
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}
