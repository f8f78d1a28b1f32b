//! `GET /api/v1/history/export`
use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use domain::{Event, EventQuery, PageSize, Places};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{EventBody, FilterParams, Refusals, filters::EventParams};
use crate::{
    extract::Asked,
    permission::{Caller, HistoryRead},
    problem::Problem,
    routers::{attachment::Attachment, v1::bans::SortOrder},
    services::history::export::{EventWriter, ExportError, export},
    state::ReadState,
};

/// In which form and order.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct ExportParams {
    /// A table (`csv`) or an array (`json`).
    #[param(inline)]
    format: ExportFormat,
    /// Newest first (`desc`) when it is not said.
    #[param(inline)]
    order: Option<SortOrder>,
}

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum ExportFormat {
    /// Comma-separated values with a header.
    Csv,
    /// One array of events as in the list.
    Json,
}

/// All events that fit, as a file; there is no limit to their number.
///
/// In the table, text that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a carriage return) has a `'` before it.
/// The file is sent while it is read from storage; when that fails half-way, the connection ends before the file does.
#[utoipa::path(
    get,
    path = "/history/export",
    tag = "history",
    params(FilterParams, EventParams, ExportParams),
    responses(
        (
            status = 200,
            description = "The file",
            content((String = "text/csv"), (Vec<EventBody> = "application/json")),
            headers(("content-disposition" = String, description = "Names the file, with today's date"))
        ),
        (status = "default", body = Problem, content_type = "application/problem+json")
    ),
    security(("session" = ["history:read"]))
)]
pub(super) async fn export_history(
    _: Caller<HistoryRead>,
    State(state): State<ReadState>,
    Asked((filters, events, form)): Asked<(FilterParams, EventParams, ExportParams)>,
) -> Result<Response, Problem> {
    let mut refusals = Refusals::default();
    let filters = filters.read(&mut refusals);
    let conditions = events.read(&mut refusals);
    let (filters, conditions) = refusals.or((filters, conditions))?;
    let query = EventQuery {
        filter: filters.events(conditions, &state).await?,
        oldest_first: form.order == Some(SortOrder::Asc),
        limit: PageSize::new(PageSize::MAX).unwrap_or_default(),
        ..EventQuery::default()
    };
    let (history, places) = (Arc::clone(&state.history), Arc::clone(&state.places));
    let (body, attachment) = match form.format {
        ExportFormat::Csv => {
            let pieces = export(history, query, Csv::new(places)).await?;
            (
                Body::from_stream(pieces),
                Attachment {
                    kind: "text/csv; charset=utf-8; header=present",
                    name: "history",
                    extension: "csv",
                },
            )
        }
        ExportFormat::Json => {
            let pieces = export(history, query, Json::new(places)).await?;
            (
                Body::from_stream(pieces),
                Attachment {
                    kind: "application/json",
                    name: "history",
                    extension: "json",
                },
            )
        }
    };
    attachment.put_on(body.into_response(), &state).await
}

struct Json {
    places: Arc<dyn Places>,
    begun: bool,
}

impl Json {
    const fn new(places: Arc<dyn Places>) -> Self {
        Self {
            places,
            begun: false,
        }
    }
}

impl EventWriter for Json {
    fn page(&mut self, events: Vec<Event>) -> Result<Vec<u8>, ExportError> {
        let mut piece = Vec::new();
        for event in events {
            piece.extend_from_slice(if self.begun { b",\n" } else { b"[\n" });
            self.begun = true;
            let event = EventBody::new(event, self.places.as_ref());
            serde_json::to_writer(&mut piece, &event)
                .map_err(|error| ExportError::Form(error.into()))?;
        }
        Ok(piece)
    }

    fn end(&mut self) -> Vec<u8> {
        if self.begun {
            b"\n]\n".to_vec()
        } else {
            b"[]\n".to_vec()
        }
    }
}

/// The columns, named as in the list.
const COLUMNS: [&str; 19] = [
    "id",
    "at",
    "host",
    "event",
    "cause",
    "jail",
    "subject",
    "kind",
    "family",
    "origin",
    "actor",
    "until",
    "permanent",
    "bantimeSeconds",
    "failures",
    "banCount",
    "country",
    "asn",
    "networkName",
];

struct Csv {
    places: Arc<dyn Places>,
    begun: bool,
}

impl Csv {
    const fn new(places: Arc<dyn Places>) -> Self {
        Self {
            places,
            begun: false,
        }
    }
}

impl EventWriter for Csv {
    fn page(&mut self, events: Vec<Event>) -> Result<Vec<u8>, ExportError> {
        let failed = |error: csv::Error| ExportError::Form(error.into());
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        if !self.begun {
            self.begun = true;
            writer.write_record(COLUMNS).map_err(failed)?;
        }
        for event in events {
            let row = row(EventBody::new(event, self.places.as_ref()))?;
            writer.write_record(row).map_err(failed)?;
        }
        writer
            .into_inner()
            .map_err(|error| ExportError::Form(error.to_string().into()))
    }

    fn end(&mut self) -> Vec<u8> {
        Vec::new()
    }
}

/// The cells of an event, in the order of [`COLUMNS`]. Numbers stay numbers: -1 is no formula.
fn row(event: EventBody) -> Result<[String; 19], ExportError> {
    let number = |number: Option<i64>| number.map(|n| n.to_string()).unwrap_or_default();
    let text = |text: Option<String>| defused(text.unwrap_or_default());
    Ok([
        event.id,
        event.at,
        event.host,
        word(&event.event)?,
        word(&event.cause)?,
        defused(event.jail),
        defused(event.subject),
        word(&event.kind)?,
        word(&event.family)?,
        word(&event.origin)?,
        text(event.actor),
        event.until.unwrap_or_default(),
        event.permanent.to_string(),
        number(event.bantime_seconds),
        number(event.failures.map(i64::from)),
        number(event.ban_count.map(i64::from)),
        text(event.country),
        number(event.asn.map(i64::from)),
        text(event.network_name),
    ])
}

/// The word of an enumeration, as JSON says it; empty for none.
fn word(name: &impl serde::Serialize) -> Result<String, ExportError> {
    match serde_json::to_value(name) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        Ok(_) => Ok(String::new()),
        Err(error) => Err(ExportError::Form(error.into())),
    }
}

/// Text that no spreadsheet takes for a formula.
fn defused(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        return format!("'{text}");
    }
    text
}

#[cfg(test)]
mod tests;
