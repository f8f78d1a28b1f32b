//! Messages of the live feed as they are sent.
use std::sync::Arc;

use axum::body::Bytes;
use domain::{Event, EventId, HostStatus, Places};
use serde::Serialize;

use crate::{
    routers::v1::{history::EventBody, hosts::HostStatusBody},
    services::live::{MAX_EVENTS_PER_MESSAGE, Render},
};

/// Renders messages once for all clients.
pub(crate) struct Frames {
    places: Arc<dyn Places>,
}

impl Frames {
    /// With the names of networks.
    pub(crate) fn new(places: Arc<dyn Places>) -> Self {
        Self { places }
    }
}

impl Render for Frames {
    fn events(&self, mut events: Vec<Event>, last: EventId) -> Bytes {
        let more = events.len().saturating_sub(MAX_EVENTS_PER_MESSAGE);
        // The newest stand at the end.
        let shown: Vec<EventBody> = events
            .drain(more..)
            .map(|event| EventBody::new(event, self.places.as_ref()))
            .collect();
        let mut frame = message("history", Some(last), &shown);
        if more > 0 {
            frame.push_str(&message("more", None, &serde_json::json!({ "more": more })));
        }
        frame.into()
    }

    fn status(&self, status: HostStatus) -> Bytes {
        message("status", None, &HostStatusBody::from(status)).into()
    }

    fn behind(&self, last: EventId) -> Bytes {
        message("behind", Some(last), &serde_json::json!({})).into()
    }
}

/// JSON has no line breaks of its own, so that one `data` line holds it.
fn message(event: &str, id: Option<EventId>, body: &impl Serialize) -> String {
    // Bodies are structs of texts and numbers: they always serialise.
    let data = serde_json::to_string(body).unwrap_or_default();
    let id = id.map_or_else(String::new, |id| format!("id: {}\n", id.0));
    format!("{id}event: {event}\ndata: {data}\n\n")
}
