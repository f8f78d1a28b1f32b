//! The page, inside the binary: compressed at build time, hashed names kept for ever, every other path answered with the index.
use std::{borrow::Cow, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest as _, Sha256};

use crate::problem::{Code, Problem};

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/page"]
struct Files;

/// Vite names these after their content, so that a name never changes its meaning.
const HASHED: &str = "assets/";
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Kept, and asked about each time.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

/// The compressed copies that the build made, best first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// The index with the base path written into it.
struct Index {
    html: String,
    etag: HeaderValue,
}

impl Index {
    fn new(base_path: &str) -> Self {
        let html = Files::get("index.html")
            .map(|file| String::from_utf8_lossy(&file.data).into_owned())
            .unwrap_or_default()
            .replace("<base href=\"/\"", &format!("<base href=\"{base_path}\""));
        let etag = etag(Sha256::digest(html.as_bytes()).as_slice());
        Self { html, etag }
    }
}

/// The routes of the page; `base_path` begins and ends with a slash.
pub(crate) fn routes(base_path: &str) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/{*path}", get(file))
        .with_state(Arc::new(Index::new(base_path)))
}

/// Sends those who come to the root, or forget the slash, to the page below a base path.
pub(crate) fn redirect_to(base_path: &str) -> Router {
    let target = base_path.to_owned();
    Router::new().route("/", get(async move || Redirect::temporary(&target)))
}

async fn index(State(index): State<Arc<Index>>, headers: HeaderMap) -> Response {
    let caching = [
        (header::ETAG, index.etag.clone()),
        (header::CACHE_CONTROL, REVALIDATE),
    ];
    if is_known(&headers, &index.etag) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    (caching, [(header::CONTENT_TYPE, kind)], index.html.clone()).into_response()
}

async fn file(
    State(page): State<Arc<Index>>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Response {
    if path.starts_with("api/") || path.starts_with("health/") {
        return Problem::new(Code::NotFound).into_response();
    }
    if path == "index.html" {
        return index(State(page), headers).await;
    }
    if let Some(file) = Files::get(&path) {
        return asset(&path, file, &headers);
    }
    // What looks like a file and is none: the index would be taken for a broken script.
    if path.starts_with(HASHED) {
        return Problem::new(Code::NotFound).into_response();
    }
    index(State(page), headers).await
}

fn asset(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let etag = etag(&file.metadata.sha256_hash());
    let caching = if path.starts_with(HASHED) {
        FOR_EVER
    } else {
        REVALIDATE
    };
    let common = [
        (header::ETAG, etag.clone()),
        (header::CACHE_CONTROL, caching),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    if is_known(headers, &etag) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let kind = HeaderValue::from_str(file.metadata.mimetype())
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let mut response = (common, [(header::CONTENT_TYPE, kind)]).into_response();
    let data = match compressed(path, headers) {
        Some((encoding, copy)) => {
            response
                .headers_mut()
                .insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
            copy.data
        }
        None => file.data,
    };
    *response.body_mut() = body(data);
    response
}

fn body(data: Cow<'static, [u8]>) -> Body {
    match data {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    }
}

fn compressed(path: &str, headers: &HeaderMap) -> Option<(&'static str, EmbeddedFile)> {
    ENCODINGS
        .iter()
        .filter(|(encoding, _)| accepts(headers, encoding))
        .find_map(|(encoding, suffix)| Some((*encoding, Files::get(&format!("{path}{suffix}"))?)))
}

/// Whether the encoding is named without `q=0`.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    list(headers, &header::ACCEPT_ENCODING).any(|offer| {
        let mut parts = offer.split(';').map(str::trim);
        let named = parts.next() == Some(encoding);
        let refused = parts.any(|part| {
            part.strip_prefix("q=")
                .and_then(|q| q.parse::<f32>().ok())
                .is_some_and(|q| q <= 0.0)
        });
        named && !refused
    })
}

fn is_known(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    list(headers, &header::IF_NONE_MATCH)
        .any(|known| known == "*" || known.trim_start_matches("W/").as_bytes() == etag.as_bytes())
}

fn list<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}

/// Eight bytes of a SHA-256 tell the versions of a file apart.
fn etag(hash: &[u8]) -> HeaderValue {
    let hex = hash.iter().take(8).fold(String::new(), |mut hex, byte| {
        use std::fmt::Write as _;
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    HeaderValue::try_from(format!("\"{hex}\"")).unwrap_or(HeaderValue::from_static("\"0\""))
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use tower::ServiceExt as _;

    use super::*;

    async fn answer(base: &str, uri: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = Request::get(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        routes(base)
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap()
    }

    async fn text(response: Response) -> String {
        use http_body_util::BodyExt as _;
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    #[tokio::test]
    async fn page_under_a_base_path_says_so_in_its_index() {
        let html = text(answer("/bangui/", "/", &[]).await).await;
        assert!(html.contains("<base href=\"/bangui/\""), "{html}");
    }

    #[tokio::test]
    async fn path_of_the_page_that_is_no_file_answers_the_index() {
        let response = answer("/", "/jails/my%20jail", &[]).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert!(text(response).await.contains("<base href=\"/\""));
    }

    #[tokio::test]
    async fn missing_asset_or_api_path_is_not_answered_with_the_index() {
        for path in ["/assets/gone-123.js", "/api/v1/nothing", "/health/nothing"] {
            let status = answer("/", path, &[]).await.status();
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[tokio::test]
    async fn index_that_the_browser_knows_is_not_sent_again() {
        let first = answer("/", "/", &[]).await;
        let etag = first.headers()[header::ETAG].to_str().unwrap().to_owned();
        let again = answer("/", "/", &[("if-none-match", &etag)]).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        let weak = answer("/", "/", &[("if-none-match", &format!("W/{etag}, \"x\""))]).await;
        assert_eq!(weak.status(), StatusCode::NOT_MODIFIED);
    }

    #[tokio::test]
    async fn hashed_asset_is_compressed_as_accepted_and_kept_for_ever() {
        // Without a built page there is no asset to ask for; the page's own tests run after the build.
        let scripts =
            Files::iter().filter(|name| name.starts_with(HASHED) && name.ends_with(".js"));
        // The smallest ones gain nothing by compression and are left as they are.
        let size = |name: &std::borrow::Cow<'static, str>| {
            Files::get(name).map_or(0, |file| file.data.len())
        };
        let Some(name) = scripts.max_by_key(size) else {
            return;
        };
        let uri = format!("/{name}");
        for (offer, expected) in [
            ("br, gzip", Some("br")),
            ("gzip", Some("gzip")),
            ("br;q=0, gzip;q=0.5", Some("gzip")),
            ("identity", None),
        ] {
            let response = answer("/", &uri, &[("accept-encoding", offer)]).await;
            let encoding = response.headers().get(header::CONTENT_ENCODING);
            assert_eq!(encoding.map(|e| e.to_str().unwrap()), expected, "{offer}");
            assert_eq!(response.headers()[header::CACHE_CONTROL], FOR_EVER);
        }
    }
}
