//! Request ids: our own, or those of a proxy that makes sensible ones.
use axum::extract::Request;
use tower_http::request_id::RequestId;

const HEADER: &str = "x-request-id";
/// A UUID has 36, an id of W3C trace context 55.
const MAX_BYTES: usize = 64;

/// Forgets an id that came along and is not short and plain: it goes into the log and into answers.
pub(crate) async fn keep_plain_request_id(mut request: Request) -> Request {
    let came = request.headers().get(HEADER);
    if came.is_some_and(|id| !is_plain(id.as_bytes())) {
        request.headers_mut().remove(HEADER);
    }
    request
}

fn is_plain(id: &[u8]) -> bool {
    (1..=MAX_BYTES).contains(&id.len())
        && id
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte))
}

/// The id of a request as text.
pub(crate) fn request_id<B>(request: &Request<B>) -> Option<&str> {
    request
        .extensions()
        .get::<RequestId>()
        .and_then(|id| id.header_value().to_str().ok())
}
