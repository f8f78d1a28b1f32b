//! `/jobs`: long work that was begun by another request.
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use utoipa_axum::router::OpenApiRouter;

use crate::{
    permission::{acts, reads},
    services::jobs::JobView,
    state::{ReadState, ServerSettings, WriteState},
};

mod cancel;
mod show;

pub(super) use show::JobBody;

pub(super) fn reading() -> OpenApiRouter<ReadState> {
    OpenApiRouter::new().routes(reads!(show::show_job))
}

pub(super) fn acting() -> OpenApiRouter<WriteState> {
    OpenApiRouter::new().routes(acts!(cancel::cancel_job))
}

/// Says that a job has begun, and where to ask how it goes on.
pub(super) fn accepted(settings: &ServerSettings, job: JobView) -> Response {
    let location = format!("{}api/v1/jobs/{}", settings.base_path, job.id);
    let mut response = (StatusCode::ACCEPTED, Json(JobBody::from(job))).into_response();
    // A checked path and an id in base64: always a header value.
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}
