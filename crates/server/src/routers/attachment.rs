//! Answers that a browser saves as files.
use axum::{
    http::{HeaderValue, header},
    response::Response,
};

use crate::{problem::Problem, services::history::zone, state::ReadState};

/// How a file is called and what it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attachment {
    /// The media type.
    pub(crate) kind: &'static str,
    /// What it holds, in one word.
    pub(crate) name: &'static str,
    /// What its name ends with.
    pub(crate) extension: &'static str,
}

impl Attachment {
    /// Names an answer `bangui-NAME-DATE.EXTENSION`, with today's date in the zone of the settings.
    pub(crate) async fn put_on(
        self,
        mut response: Response,
        state: &ReadState,
    ) -> Result<Response, Problem> {
        let today = zone(state).await?.local(state.clock.now()).date();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
        let (name, extension) = (self.name, self.extension);
        let name = format!("attachment; filename=\"bangui-{name}-{today}.{extension}\"");
        // A date and letters: always a header value.
        if let Ok(name) = HeaderValue::from_str(&name) {
            headers.insert(header::CONTENT_DISPOSITION, name);
        }
        Ok(response)
    }
}
