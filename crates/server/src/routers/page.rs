//! The page, inside the binary.
use axum::Router;

pub(crate) fn routes(_base: &str) -> Router {
    Router::new()
}
pub(crate) fn redirect_to(_base: &str) -> Router {
    Router::new()
}
