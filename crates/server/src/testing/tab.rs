//! A browser's tab that listens to the live feed.
use axum::response::Response;
use http_body_util::BodyExt as _;
use serde_json::Value;

use super::TestClient;

/// An open stream.
pub(crate) struct Tab {
    pub(crate) response: Response,
    waiting: String,
}

/// A message: its name, its id, its data.
pub(crate) type Message = (String, Option<String>, Value);

impl Tab {
    pub(crate) async fn open(client: &TestClient, uri: &str) -> Self {
        let response = client.open(uri).await;
        assert_eq!(response.status(), 200);
        Self {
            response,
            waiting: String::new(),
        }
    }

    /// The next message; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some((message, rest)) = self.waiting.split_once("\n\n") {
                let read = read(message);
                self.waiting = rest.to_owned();
                return Some(read);
            }
            let frame = self.response.body_mut().frame().await?.unwrap();
            self.waiting
                .push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        }
    }

    /// The next message of this name.
    pub(crate) async fn next_of(&mut self, name: &str) -> Message {
        let waiting = async {
            loop {
                let message = self.next().await.expect("the stream goes on");
                if message.0 == name {
                    return message;
                }
            }
        };
        let limit = std::time::Duration::from_mins(1);
        tokio::time::timeout(limit, waiting).await.unwrap()
    }
}

fn read(message: &str) -> Message {
    let field = |name: &str| {
        let mut lines = message.lines();
        lines.find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(": ")?.to_owned()))
    };
    let data = serde_json::from_str(&field("data").unwrap()).unwrap();
    (field("event").unwrap(), field("id"), data)
}
