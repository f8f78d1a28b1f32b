//! A server of lists on this machine, which says what a test wants it to say.
use std::sync::{Arc, Mutex};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

#[derive(Default)]
struct Says {
    status: StatusCode,
    body: String,
    etag: Option<String>,
    asked: usize,
}

/// Ends with the test's runtime.
#[derive(Clone)]
pub(crate) struct ListServer {
    port: u16,
    tasks: TaskTracker,
    says: Arc<Mutex<Says>>,
}

impl ListServer {
    /// Serves a list.
    pub(crate) async fn of(body: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let says = Arc::new(Mutex::new(Says {
            body: body.to_owned(),
            ..Says::default()
        }));
        let server = Self {
            port,
            tasks: TaskTracker::new(),
            says,
        };
        let app = Router::new()
            .route("/list", get(answer))
            .with_state(server.clone());
        server
            .tasks
            .spawn(async move { axum::serve(listener, app).await.unwrap() });
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/list", self.port)
    }

    /// Serves another list from now on.
    pub(crate) fn say(&self, body: &str) {
        body.clone_into(&mut self.says.lock().unwrap().body);
    }

    /// Answers with an error from now on, or well again.
    pub(crate) fn answer(&self, status: u16) {
        self.says.lock().unwrap().status = StatusCode::from_u16(status).unwrap();
    }

    /// Names the content from now on, and says so to those who know it.
    pub(crate) fn name(&self, etag: &str) {
        self.says.lock().unwrap().etag = Some(etag.to_owned());
    }

    /// How often it was asked.
    pub(crate) fn asked(&self) -> usize {
        self.says.lock().unwrap().asked
    }
}

async fn answer(State(server): State<ListServer>, headers: HeaderMap) -> Response {
    let mut says = server.says.lock().unwrap();
    says.asked += 1;
    let known = headers.get(header::IF_NONE_MATCH);
    match &says.etag {
        Some(etag) if known.is_some_and(|known| known == etag.as_str()) => {
            StatusCode::NOT_MODIFIED.into_response()
        }
        Some(etag) => (
            says.status,
            [(header::ETAG, etag.clone())],
            says.body.clone(),
        )
            .into_response(),
        None => (says.status, says.body.clone()).into_response(),
    }
}
