//! The least HTTP/1.1 that asks a server: a connection a question.
use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

use serde_json::Value;

use crate::ground::LIMIT;

const PASSWORD: &str = "a password for one test";

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) cookie: Option<String>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// A browser: an address, and a session once there is one.
#[derive(Clone)]
pub(crate) struct Browser {
    address: SocketAddr,
    cookie: String,
}

impl Browser {
    pub(crate) fn at(address: SocketAddr) -> Self {
        Self {
            address,
            cookie: String::new(),
        }
    }

    /// Finishes the wizard and signs in.
    pub(crate) fn set_up(address: SocketAddr) -> Self {
        let mut browser = Self::at(address);
        let answer = browser.post("/api/v1/setup", &setup());
        assert_eq!(answer.status, 201, "{answer:?}");
        let answer = browser.post("/api/v1/session", &credentials());
        assert_eq!(answer.status, 201, "{answer:?}");
        browser.cookie = answer.cookie.unwrap();
        browser
    }

    /// The same session, shown to a server elsewhere.
    pub(crate) fn moved_to(self, address: SocketAddr) -> Self {
        Self { address, ..self }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "")
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &body.to_string())
    }

    /// Asks, and leaves the answer to be read.
    pub(crate) fn begin(&self, path: &str) -> TcpStream {
        let mut stream = connect(self.address);
        let head = head(self.address, &self.cookie, "GET", path, 0);
        stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
        stream
    }

    fn send(&self, method: &str, path: &str, body: &str) -> Answer {
        let mut stream = connect(self.address);
        let head = head(self.address, &self.cookie, method, path, body.len());
        stream
            .write_all(format!("{head}\r\n{body}").as_bytes())
            .unwrap();
        receive(stream)
    }
}

/// What the wizard sends.
pub(crate) fn credentials() -> Value {
    serde_json::json!({ "name": "admin", "password": PASSWORD })
}

pub(crate) fn setup() -> Value {
    serde_json::json!({
        "password": PASSWORD, "timeZone": "UTC", "sessionIdleSeconds": 3600, "sessionAbsoluteSeconds": 86_400, "socket": null,
    })
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream
}

/// Request line and headers, without the empty line after them.
pub(crate) fn head(
    address: SocketAddr,
    cookie: &str,
    method: &str,
    path: &str,
    length: usize,
) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n"
    )
}

/// Reads to the end of the connection.
pub(crate) fn receive(mut stream: TcpStream) -> Answer {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    Answer {
        status: head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .unwrap_or_else(|| panic!("{text:?}")),
        cookie: head
            .lines()
            .find_map(|line| line.strip_prefix("set-cookie: "))
            .and_then(|cookie| cookie.split(';').next())
            .map(str::to_owned),
        body: body.to_owned(),
    }
}
