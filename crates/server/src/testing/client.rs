//! Somebody who sends requests through the real router, and what they are answered.
use std::{
    fmt::Write as _,
    net::{IpAddr, SocketAddr},
    path::Path,
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header},
};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

/// Where a client's port comes from does not matter.
const PORT: u16 = 40_000;

/// Somebody with an address and headers.
#[derive(Clone)]
pub(crate) struct TestClient {
    router: Router,
    folder: String,
    peer: SocketAddr,
    headers: HeaderMap,
}

impl TestClient {
    pub(super) fn new(router: Router, folder: &Path) -> Self {
        Self {
            router,
            folder: folder.display().to_string(),
            peer: SocketAddr::new([203, 0, 113, 5].into(), PORT),
            headers: HeaderMap::new(),
        }
        .header("host", "ban.example.org")
    }

    /// From another address.
    pub(crate) fn at(mut self, address: &str) -> Self {
        self.peer = SocketAddr::new(address.parse::<IpAddr>().unwrap(), PORT);
        self
    }

    /// From this machine, with a browser that was pointed at it.
    pub(crate) fn at_this_machine(self) -> Self {
        self.at("127.0.0.1").header("host", "127.0.0.1:8000")
    }

    /// With a header in every request.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).unwrap();
        self.headers
            .insert(name, HeaderValue::from_str(value).unwrap());
        self
    }

    /// With the cookie of an answer.
    pub(crate) fn with_cookie_of(self, answer: &Answer) -> Self {
        let cookie = answer.header("set-cookie").unwrap();
        let pair = cookie.split(';').next().unwrap().to_owned();
        self.header("cookie", &pair)
    }

    pub(crate) async fn get(&self, uri: &str) -> Answer {
        self.send(Method::GET, uri, None).await
    }

    /// Asks again until the body is as wished, for 30 seconds.
    pub(crate) async fn get_until(&self, uri: &str, wished: impl Fn(&Value) -> bool) -> Value {
        let mut body = self.get(uri).await.json();
        let asking = async {
            while !wished(&body) {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                body = self.get(uri).await.json();
            }
        };
        let limit = std::time::Duration::from_secs(30);
        let came = tokio::time::timeout(limit, asking).await;
        assert!(came.is_ok(), "{uri} still says {body}");
        body
    }

    pub(crate) async fn post(&self, uri: &str, body: Value) -> Answer {
        self.send(Method::POST, uri, Some(body)).await
    }

    pub(crate) async fn put(&self, uri: &str, body: Value) -> Answer {
        self.send(Method::PUT, uri, Some(body)).await
    }

    pub(crate) async fn patch(&self, uri: &str, body: Value) -> Answer {
        self.send(Method::PATCH, uri, Some(body)).await
    }

    pub(crate) async fn delete(&self, uri: &str) -> Answer {
        self.send(Method::DELETE, uri, None).await
    }

    pub(crate) async fn send(&self, method: Method, uri: &str, body: Option<Value>) -> Answer {
        let request = Request::builder().method(method).uri(uri);
        let request = match body {
            Some(body) => request
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        self.send_raw(request.unwrap()).await
    }

    /// Opens a stream; what it says is read from the response.
    pub(crate) async fn open(&self, uri: &str) -> axum::response::Response {
        let mut request = Request::builder().uri(uri).body(Body::empty()).unwrap();
        request.headers_mut().extend(self.headers.clone());
        request.extensions_mut().insert(ConnectInfo(self.peer));
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Sends a request as it is, with this client's address and headers.
    pub(crate) async fn send_raw(&self, mut request: Request<Body>) -> Answer {
        for (name, value) in &self.headers {
            request.headers_mut().insert(name, value.clone());
        }
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        // A stream has no end to wait for.
        let is_stream = parts
            .headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind == "text/event-stream");
        let body = if is_stream {
            axum::body::Bytes::new()
        } else {
            body.collect().await.unwrap().to_bytes()
        };
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
            folder: self.folder.clone(),
        }
    }
}

/// What was answered.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    folder: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The last part of the problem's type, such as `unauthenticated`; empty when it is none.
    pub(crate) fn problem(&self) -> String {
        let body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        let kind = body["type"].as_str().unwrap_or_default();
        kind.trim_start_matches("/problems/").to_owned()
    }

    /// Status, the headers that say something of their own, and the body in lines; what differs between runs is masked: `[request]`, `[folder]`.
    pub(crate) fn shown(&self) -> String {
        let mut text = self.status.to_string();
        for name in ["location", "retry-after", "set-cookie", "etag"] {
            for value in self.headers.get_all(name) {
                write!(text, "\n{name}: {}", value.to_str().unwrap()).unwrap();
            }
        }
        let kind = self.header("content-type").unwrap_or("none");
        if kind != "application/json" && !self.body.is_empty() {
            write!(text, "\ncontent-type: {kind}").unwrap();
        }
        match serde_json::from_str::<Value>(&self.body) {
            Ok(mut body) => {
                if let Some(id) = body.get_mut("requestId") {
                    *id = "[request]".into();
                }
                write!(text, "\n{body:#}").unwrap();
            }
            Err(_) if self.body.is_empty() => {}
            Err(_) => write!(text, "\n{}", self.body).unwrap(),
        }
        text.replace(&self.folder, "[folder]")
    }
}
