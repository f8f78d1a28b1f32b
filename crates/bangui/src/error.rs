//! Why the program ended.
use std::{io, net::SocketAddr, process::ExitCode};

use crate::settings::SettingsError;

/// Why the program ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A setting is wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The folder for BanGUI's own data cannot be made.
    #[error(
        "the data folder {path} cannot be made: make it yourself, or name another one in BANGUI_DATA_DIR"
    )]
    DataFolder {
        /// The folder.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// Another BanGUI uses the folder for its own data.
    #[error(
        "another BanGUI uses the data folder {path}: end it (fuser -v {path} shows it), or name another folder in BANGUI_DATA_DIR"
    )]
    DataFolderInUse {
        /// The folder.
        path: String,
    },
    /// A network on the allowlist would switch the protection off.
    #[error(
        "a network on the allowlist may be as wide as a /8, or a /19 of IPv6: a wider one would switch the protection off"
    )]
    TooWide,
    /// The database cannot be opened.
    #[error("the database cannot be opened")]
    Database(#[from] storage::OpenError),
    /// Another program listens there, or BanGUI may not.
    #[error("cannot listen on {address}: {advice}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// What to do.
        advice: &'static str,
        /// Why.
        source: io::Error,
    },
    /// The lab did not start.
    #[error("the lab did not start")]
    Lab(#[from] lab::LabError),
    /// The operating system gave no random bytes for the setup token.
    #[error("the system gives no random bytes: {0}")]
    Random(String),
    /// Serving ended by itself.
    #[error("serving ended")]
    Serve(#[source] io::Error),
    /// The runtime could not be made, or a signal could not be listened for.
    #[error("the program could not start")]
    Start(#[source] io::Error),
    /// A probe was answered with no.
    #[error("{0}")]
    Unhealthy(String),
    /// The packet filter did not do what it was told.
    #[error("the packet filter: {0}")]
    Firewall(String),
    /// What is written out could not be made.
    #[error("the document could not be written")]
    Document(#[from] serde_json::Error),
    /// Storage did not tell what it was asked at start.
    #[error("the database did not answer")]
    Storage(#[from] domain::StorageError),
}

impl Error {
    /// 2 for what the person who called can mend in the call or its settings, 1 for everything else.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Settings(_) | Self::TooWide => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        }
    }
}

/// What to do when a port cannot be had.
pub(crate) fn listen_advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            "another program uses this port; end it, or choose another one with BANGUI_LISTEN"
        }
        io::ErrorKind::PermissionDenied => {
            "this user may not use this port; choose one above 1023 with BANGUI_LISTEN"
        }
        io::ErrorKind::AddrNotAvailable => {
            "this machine does not have this address; choose another one with BANGUI_LISTEN"
        }
        _ => "choose another address with BANGUI_LISTEN",
    }
}
