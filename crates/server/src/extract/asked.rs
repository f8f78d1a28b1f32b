//! Query parameters made of several parts, each described by its own type. What no part knows is refused, so that a misspelt filter is never taken for none.
use axum::{extract::FromRequestParts, http::request::Parts};
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use super::Params;
use crate::problem::{Code, FieldError, Problem};

/// The parameters of a query, part by part.
#[derive(Debug)]
pub(crate) struct Asked<P>(pub P);

/// A part, or several.
pub(crate) trait QueryParts: Sized {
    /// Adds the names of its parameters.
    fn names(names: &mut Vec<String>);
    /// Reads it.
    fn read(parts: &mut Parts) -> impl Future<Output = Result<Self, Problem>> + Send;
}

impl<A: DeserializeOwned + IntoParams> QueryParts for (A,) {
    fn names(names: &mut Vec<String>) {
        let described = A::into_params(|| None).into_iter();
        names.extend(described.map(|parameter| parameter.name));
    }

    async fn read(parts: &mut Parts) -> Result<Self, Problem> {
        let Params(a) = Params::<A>::from_request_parts(parts, &()).await?;
        Ok((a,))
    }
}

macro_rules! parts {
    ($($part:ident),+) => {
        impl<$($part: DeserializeOwned + IntoParams + Send),+> QueryParts for ($($part,)+) {
            fn names(names: &mut Vec<String>) {
                $(<($part,)>::names(names);)+
            }

            async fn read(parts: &mut Parts) -> Result<Self, Problem> {
                Ok(($(<($part,)>::read(parts).await?.0,)+))
            }
        }
    };
}
parts!(A, B);
parts!(A, B, C);

impl<P: QueryParts, S: Send + Sync> FromRequestParts<S> for Asked<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Params(given) = Params::<Vec<(String, String)>>::from_request_parts(parts, &()).await?;
        let mut known = Vec::new();
        P::names(&mut known);
        let mut unknown: Vec<_> = given
            .into_iter()
            .map(|(name, _)| name)
            .filter(|name| !known.contains(name))
            .collect();
        unknown.sort();
        unknown.dedup();
        if unknown.is_empty() {
            return P::read(parts).await.map(Self);
        }
        Err(refusal(&unknown, &known))
    }
}

/// The most unknown parameters that are named, and the most characters of each.
const MOST_NAMED: usize = 20;

fn refusal(unknown: &[String], known: &[String]) -> Problem {
    let message = format!("there is no such parameter; there are {}", known.join(", "));
    unknown
        .iter()
        .take(MOST_NAMED)
        .map(|name| FieldError {
            field: name.chars().take(MOST_NAMED).collect(),
            code: "unknown-parameter",
            message: message.clone(),
        })
        .fold(Problem::new(Code::Invalid), Problem::error)
}
