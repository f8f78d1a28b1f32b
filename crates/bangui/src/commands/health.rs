//! `bangui health`: for supervisors and containers that have no HTTP client.
use std::time::Duration;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::{error::Error, output, settings::Settings};

const LIMIT: Duration = Duration::from_secs(5);
/// An answer of the probe is far below this.
const MAX_ANSWER_BYTES: u64 = 16 * 1024;

/// Asks `/health/ready` of the server that these settings describe.
pub(super) async fn ask(settings: &Settings) -> Result<(), Error> {
    let answer = timeout(LIMIT, answer(settings))
        .await
        .map_err(|_| Error::Unhealthy(format!("{} does not answer", settings.listen)))?
        .map_err(|error| Error::Unhealthy(format!("{}: {error}", settings.listen)))?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    if head.split(' ').nth(1) == Some("200") {
        output::line(body.trim());
        return Ok(());
    }
    Err(Error::Unhealthy(body.trim().to_owned()))
}

async fn answer(settings: &Settings) -> std::io::Result<String> {
    let mut address = settings.listen;
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            std::net::SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            std::net::SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    let mut stream = TcpStream::connect(address).await?;
    let request = format!(
        "GET {}health/ready HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n",
        settings.base_path
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream
        .take(MAX_ANSWER_BYTES)
        .read_to_end(&mut answer)
        .await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
