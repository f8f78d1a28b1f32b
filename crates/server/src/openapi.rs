//! The OpenAPI document: generated from the handlers, committed as `docs/openapi.json`, served at `/api/openapi.json`.
use std::{error::Error, sync::Arc};

use axum::{
    Router, body::Bytes, extract::State, http::header::CONTENT_TYPE, response::IntoResponse,
    routing::get,
};
use tokio::sync::OnceCell;
use utoipa::{
    Modify, OpenApi as _,
    openapi::{
        OpenApi,
        security::{ApiKey, ApiKeyValue, SecurityScheme},
    },
};

use crate::problem::{Code, Problem};

/// What the document says besides the routes.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "BanGUI",
        description = "The control room for fail2ban. Times are RFC 3339 in UTC, durations are seconds; failing requests answer `application/problem+json`.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    modifiers(&SessionCookie),
    components(schemas(crate::problem::Problem)),
    tags(
        (name = "setup", description = "The first start"),
        (name = "session", description = "Signing in and out"),
        (name = "settings", description = "What holds for everybody"),
        (name = "hosts", description = "Machines that run fail2ban, and their jails"),
        (name = "config", description = "fail2ban's configuration: what it is, what it was, and changes of it"),
        (name = "laboratory", description = "Trying filters on lines"),
        (name = "daemon", description = "fail2ban's log, and fail2ban as a program"),
        (name = "geo", description = "Where the countries and networks of addresses come from"),
        (name = "live", description = "What happens, as it happens"),
        (name = "bans", description = "Bans in force, banning and unbanning"),
        (name = "blocklists", description = "Lists of others: where they come from, what is in force, what they blocked"),
        (name = "allowlist", description = "Who is never blocked"),
        (name = "firewall", description = "What the packet filter really does"),
        (name = "history", description = "What happened, event by event"),
        (name = "stats", description = "What happened, counted"),
        (name = "addresses", description = "All that is known of one address"),
        (name = "tasks", description = "What runs on a schedule"),
        (name = "audit", description = "Who did what")
    )
)]
struct Document;

struct SessionCookie;

impl Modify for SessionCookie {
    fn modify(&self, document: &mut OpenApi) {
        let cookie = ApiKeyValue::with_description(
            "bangui",
            "The session's cookie; named `__Host-bangui` where the browser speaks TLS.",
        );
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// The document, without a server to run.
#[must_use]
pub fn document() -> OpenApi {
    let (reading, acting) = crate::routers::described();
    let routes = reading
        .split_for_parts()
        .1
        .merge_from(acting.split_for_parts().1);
    Document::openapi().nest("/api/v1", routes)
}

/// The document as it is sent. It is made when somebody asks for it: held from the start on, it was a fifth of an idle server's memory.
type Made = Arc<OnceCell<Bytes>>;

/// Serves the document.
pub(crate) fn route() -> Router {
    Router::new()
        .route("/api/openapi.json", get(serve))
        .with_state(Made::default())
}

async fn serve(State(made): State<Made>) -> Result<impl IntoResponse, Problem> {
    let document = made.get_or_try_init(make).await?.clone();
    Ok(([(CONTENT_TYPE, "application/json")], document))
}

async fn make() -> Result<Bytes, Problem> {
    let failed = |error: &dyn Error| {
        tracing::error!(%error, "the OpenAPI document could not be made");
        Problem::new(Code::Internal)
    };
    let made = tokio::task::spawn_blocking(|| serde_json::to_vec(&document())).await;
    let bytes = made.map_err(|error| failed(&error))?;
    Ok(bytes.map_err(|error| failed(&error))?.into())
}

#[cfg(test)]
mod tests {
    use crate::testing::TestApp;

    #[tokio::test]
    async fn document_asked_for_again_is_the_one_of_the_handlers() {
        let app = TestApp::new().await;
        let document = serde_json::to_value(super::document()).unwrap();
        for _ in 0..2 {
            let answer = app.visitor().get("/api/openapi.json").await;
            assert_eq!(answer.header("content-type"), Some("application/json"));
            assert_eq!(answer.json(), document);
        }
    }
}
