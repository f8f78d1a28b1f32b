//! The least HTTP that measures a server and not a client: one kept connection, bodies with a length.
use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::Error;

/// One connection.
pub(crate) struct Http {
    stream: TcpStream,
    address: SocketAddr,
    cookie: Option<String>,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    cookie: Option<String>,
}

impl Http {
    pub(crate) async fn connect(address: SocketAddr) -> Result<Self, Error> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            address,
            cookie: None,
        })
    }

    /// Sends a request and keeps the cookie that the answer sets.
    pub(crate) async fn send(
        &mut self,
        method: &str,
        path: &str,
        body: &str,
    ) -> Result<Answer, Error> {
        let cookie = self
            .cookie
            .as_ref()
            .map_or_else(String::new, |cookie| format!("cookie: {cookie}\r\n"));
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\n{cookie}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await?;
        let answer = self.receive().await?;
        if answer.cookie.is_some() {
            self.cookie.clone_from(&answer.cookie);
        }
        Ok(answer)
    }

    /// Asks for a path that must be there.
    pub(crate) async fn get(&mut self, path: &str) -> Result<Vec<u8>, Error> {
        let answer = self.send("GET", path, "").await?;
        expect(&answer, 200, path)?;
        Ok(answer.body)
    }

    async fn receive(&mut self) -> Result<Answer, Error> {
        let mut received = Vec::with_capacity(16 * 1024);
        let head_end = loop {
            if let Some(end) = received.windows(4).position(|w| w == b"\r\n\r\n") {
                break end + 4;
            }
            self.more(&mut received).await?;
        };
        let head =
            String::from_utf8_lossy(received.get(..head_end).unwrap_or_default()).into_owned();
        let length = header(&head, "content-length")
            .and_then(|length| length.parse::<usize>().ok())
            .unwrap_or(0);
        while received.len() < head_end + length {
            self.more(&mut received).await?;
        }
        Ok(Answer {
            status: head
                .split(' ')
                .nth(1)
                .and_then(|status| status.parse().ok())
                .unwrap_or(0),
            cookie: header(&head, "set-cookie")
                .and_then(|cookie| cookie.split(';').next())
                .map(str::to_owned),
            body: received.split_off(head_end),
        })
    }

    async fn more(&mut self, received: &mut Vec<u8>) -> Result<(), Error> {
        if self.stream.read_buf(received).await? == 0 {
            return Err(Error::Server("it closed the connection".to_owned()));
        }
        Ok(())
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}

/// The answer must have a status.
pub(crate) fn expect(answer: &Answer, status: u16, what: &str) -> Result<(), Error> {
    if answer.status == status {
        return Ok(());
    }
    Err(Error::Server(format!(
        "{what} answered {}: {}",
        answer.status,
        String::from_utf8_lossy(&answer.body)
    )))
}
