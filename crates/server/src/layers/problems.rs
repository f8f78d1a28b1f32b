//! Writes problems, with the id of the request, and turns the framework's bare errors into problems.
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};

use super::request_id::request_id;
use crate::problem::{Code, Problem};

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

pub(crate) async fn render_problems(request: Request, next: Next) -> Response {
    let id = request_id(&request).map(str::to_owned);
    let mut response = next.run(request).await;
    let problem = response
        .extensions_mut()
        .remove::<Box<Problem>>()
        .map(|problem| *problem)
        .or_else(|| bare(&response));
    match problem {
        Some(problem) => render(&problem.request_id(id), response),
        None => response,
    }
}

/// Errors that the framework answers itself: no route, wrong method, body over the limit.
fn bare(response: &Response) -> Option<Problem> {
    let code = match response.status() {
        StatusCode::NOT_FOUND => Code::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Code::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => Code::BodyTooLarge,
        StatusCode::INTERNAL_SERVER_ERROR => Code::Internal,
        StatusCode::BAD_REQUEST => Code::MalformedRequest,
        _ => return None,
    };
    let is_ours = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == "application/problem+json" || kind == "application/json");
    (!is_ours).then(|| Problem::new(code))
}

fn render(problem: &Problem, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, PROBLEM_JSON);
    headers.remove(header::CONTENT_LENGTH);
    if let Some(seconds) = problem.retry_after_seconds() {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    // A problem is a struct of texts: it always serialises.
    let body = serde_json::to_vec(problem).unwrap_or_default();
    *response.body_mut() = Body::from(body);
    response
}
