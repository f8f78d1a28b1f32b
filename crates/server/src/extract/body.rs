//! JSON bodies, query parameters and path segments whose rejections are problems.
use axum::{
    Json,
    extract::{
        FromRequest, FromRequestParts, Path, Request,
        rejection::{JsonRejection, PathRejection},
    },
    http::{StatusCode, request::Parts},
};
use axum_extra::extract::{Query, QueryRejection};
use serde::de::DeserializeOwned;

use crate::problem::{Code, Problem};

/// A JSON body.
#[derive(Debug)]
pub(crate) struct Body<T>(pub T);

impl<T, S> FromRequest<S> for Body<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(rejection) => Err(body_problem(&rejection)),
        }
    }
}

fn body_problem(rejection: &JsonRejection) -> Problem {
    match rejection {
        JsonRejection::JsonDataError(error) => {
            Problem::new(Code::Invalid).detail(source_text(error))
        }
        JsonRejection::JsonSyntaxError(error) => {
            Problem::new(Code::MalformedJson).detail(source_text(error))
        }
        JsonRejection::MissingJsonContentType(_) => Problem::new(Code::UnsupportedMediaType),
        other if other.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(Code::BodyTooLarge)
        }
        _ => Problem::new(Code::MalformedRequest),
    }
}

/// The innermost text: "missing field `name` at line 1 column 2" without the wrapping of each layer.
fn source_text(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// Query parameters. One that may be given more than once is a `Vec`.
#[derive(Debug)]
pub(crate) struct Params<T>(pub T);

impl<T, S> FromRequestParts<S> for Params<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Query::<T>::from_request_parts(parts, state)
            .await
            .map(|Query(params)| Self(params))
            .map_err(|rejection: QueryRejection| {
                Problem::new(Code::MalformedRequest).detail(source_text(&rejection))
            })
    }
}

/// Segments of the path. A segment that cannot be what it stands for names nothing, hence 404.
#[derive(Debug)]
pub(crate) struct Segments<T>(pub T);

impl<T, S> FromRequestParts<S> for Segments<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Path::<T>::from_request_parts(parts, state)
            .await
            .map(|Path(segments)| Self(segments))
            .map_err(|rejection: PathRejection| {
                Problem::new(Code::NotFound).detail(source_text(&rejection))
            })
    }
}
