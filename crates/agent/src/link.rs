//! One socket and what is known of the daemon behind it.
use std::path::Path;

use fail2ban::Client;
use tokio_util::sync::CancellationToken;

use crate::{Timeouts, connection, mirror::Mirror};

/// A connection to one daemon. Using another socket makes a new link; what the old one still does is not shown any more.
pub(crate) struct Link {
    pub(crate) client: Client,
    pub(crate) mirror: tokio::sync::Mutex<Mirror>,
    /// Cancelled when another link took its place.
    pub(crate) retired: CancellationToken,
}

impl Link {
    pub(crate) fn new(socket: &Path, timeouts: &Timeouts) -> Self {
        Self {
            client: connection::client(socket, timeouts),
            mirror: tokio::sync::Mutex::default(),
            retired: CancellationToken::new(),
        }
    }

    /// The socket as text.
    pub(crate) fn socket(&self) -> String {
        self.client.socket().display().to_string()
    }
}
