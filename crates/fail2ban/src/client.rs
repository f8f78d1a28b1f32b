//! The daemon's socket and its commands, typed.

mod argument;
mod bans;
mod capabilities;
mod check;
mod config;
mod connection;
mod counters;
mod error;
mod jails;
mod reload;
mod server;
mod settings;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

pub use capabilities::{Capabilities, DaemonInstance};
pub use check::{CheckFailure, SCRATCH_JAIL_PREFIX};
pub use config::{ClientConfig, CommandClass};
pub use error::{ClientError, DaemonError};
pub use reload::dropped_jails;
pub use server::{LogTarget, ServerSettings};

use crate::protocol::Value;
use capabilities::Known;
use connection::Connection;

/// Speaks to the daemon behind one socket; clones share limits and what is known about the daemon.
///
/// Each call opens a connection of its own and closes it, so a call that is given up half-way leaves
/// nothing behind that a later one could read.
#[derive(Debug, Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    config: ClientConfig,
    permits: Arc<Semaphore>,
    known: Known,
    scratch_jails: AtomicU64,
    tasks: TaskTracker,
}

impl Client {
    /// A client of the daemon that `config` names. Nothing is opened yet.
    #[must_use]
    pub fn new(config: ClientConfig) -> Self {
        let permits = Arc::new(Semaphore::new(config.max_in_flight.max(1)));
        let inner = Inner {
            config,
            permits,
            known: Known::default(),
            scratch_jails: AtomicU64::new(0),
            tasks: TaskTracker::new(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The socket's path.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.inner.config.socket
    }

    /// Waits until what was started in the background (taking down scratch jails) has ended.
    pub async fn close(&self) {
        self.inner.tasks.close();
        self.inner.tasks.wait().await;
    }

    /// Sends one command and gives what it returned.
    ///
    /// For commands that have no function of their own. An argument must not contain the terminator;
    /// nothing else is checked.
    pub async fn request(
        &self,
        command: &[Value],
        class: CommandClass,
    ) -> Result<Value, ClientError> {
        let mut replies = self.request_all(&[command.to_vec()], class).await?;
        replies
            .pop()
            .unwrap_or_else(|| Err(DaemonError::silent()))
            .map_err(ClientError::Daemon)
    }

    /// Sends several commands over one connection at once and gives what each returned, in order.
    ///
    /// The time limit is that of all of them together.
    pub async fn request_all(
        &self,
        commands: &[Vec<Value>],
        class: CommandClass,
    ) -> Result<Vec<Result<Value, DaemonError>>, ClientError> {
        let mut connection = self.connect(class, commands.first()).await?;
        connection.exchange(commands).await
    }

    /// Asks whether the daemon answers.
    pub async fn ping(&self) -> Result<(), ClientError> {
        let answer = self.request(&["ping".into()], CommandClass::Read).await?;
        match answer.as_str() {
            Some("pong") => Ok(()),
            _ => Err(ClientError::unexpected("ping", &answer)),
        }
    }

    /// A connection within the limits; `first` is only for naming what timed out.
    async fn connect(
        &self,
        class: CommandClass,
        first: Option<&Vec<Value>>,
    ) -> Result<Connection<'_>, ClientError> {
        let command = first
            .map(|command| error::summary(command))
            .unwrap_or_default();
        Connection::open(&self.inner, class, command).await
    }
}
