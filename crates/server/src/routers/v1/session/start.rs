//! `GET /api/v1/start`
use axum::{Json, extract::State, http::HeaderMap};
use serde::Serialize;
use utoipa::ToSchema;

use super::current::CurrentSession;
use crate::{
    extract::session_token, permission::Visitor, problem::Problem, services::settings,
    state::ReadState,
};

/// What a page asks first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StartBody {
    /// Whether the wizard has been finished, which is final.
    setup_completed: bool,
    /// Who is signed in; `null` when nobody is.
    session: Option<CurrentSession>,
}

/// Whether there is a setup to do, and who is signed in.
///
/// That nobody is signed in is an answer here and no error: browsers write each failed request into their console, and a first visit is no failure.
#[utoipa::path(
    get,
    path = "/start",
    tag = "session",
    responses((status = 200, body = StartBody), (status = "default", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn start(
    visitor: Visitor,
    State(state): State<ReadState>,
    headers: HeaderMap,
) -> Result<Json<StartBody>, Problem> {
    if !state.gate.setup_completed().await? {
        return Ok(Json(StartBody {
            setup_completed: false,
            session: None,
        }));
    }
    let who = match session_token(&headers, visitor.client.secure) {
        Some(token) => state.gate.identify(&token).await?,
        None => None,
    };
    let session = match who {
        Some(who) => {
            let settings = settings::current(&state).await?;
            let known = (&who.name, who.role);
            Some(CurrentSession::new(known, who.session, &settings, &state))
        }
        None => None,
    };
    Ok(Json(StartBody {
        setup_completed: true,
        session,
    }))
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use domain::Role;
    use serde_json::json;

    use crate::testing::TestApp;

    const URI: &str = "/api/v1/start";

    #[tokio::test]
    async fn start_before_setup_is_no_error_and_names_nobody() {
        let answer = TestApp::fresh().await.visitor().get(URI).await;
        assert_eq!(answer.status, StatusCode::OK);
        let nobody = json!({ "setupCompleted": false, "session": null });
        assert_eq!(answer.json(), nobody);
    }

    #[tokio::test]
    async fn start_of_a_stranger_is_no_error_and_names_nobody() {
        let answer = TestApp::new().await.visitor().get(URI).await;
        assert_eq!(answer.status, StatusCode::OK);
        let nobody = json!({ "setupCompleted": true, "session": null });
        assert_eq!(answer.json(), nobody);
    }

    #[tokio::test]
    async fn start_of_somebody_signed_in_is_what_the_session_says() {
        let app = TestApp::new().await;
        let viewer = app.as_role(Role::Viewer).await;
        let start = viewer.get(URI).await.json();
        let session = viewer.get("/api/v1/session").await.json();
        assert_eq!(start["session"]["user"]["role"], "viewer");
        for part in ["user", "session", "timeZone", "version"] {
            assert_eq!(start["session"][part], session[part], "{part}");
        }
    }

    #[tokio::test]
    async fn start_after_signing_out_names_nobody_at_once() {
        let app = TestApp::new().await;
        let viewer = app.as_role(Role::Viewer).await;
        assert!(viewer.get(URI).await.json()["session"].is_object());
        viewer.delete("/api/v1/session").await;
        assert!(viewer.get(URI).await.json()["session"].is_null());
    }
}
