#![doc = include_str!("../README.md")]

mod config;
mod figures;
mod history;
mod http;
mod lists;
mod measure;
mod server;

use std::{
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
};

use figures::Figure;

/// What is measured, unless another is named.
const BINARY: &str = "target/release/bangui";

/// Why nothing could be measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The lab did not start or answer.
    #[error("lab: {0}")]
    Lab(#[from] lab::LabError),
    /// The daemon did not answer.
    #[error("fail2ban: {0}")]
    Daemon(#[from] fail2ban::ClientError),
    /// The storage failed.
    #[error("storage: {0}")]
    Storage(#[from] domain::StorageError),
    /// The storage did not open.
    #[error("storage: {0}")]
    Open(#[from] storage::OpenError),
    /// SQLite without BanGUI failed.
    #[error("sqlite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The arguments are not understood.
    #[error(
        "usage: bench [BINARY] | bench history (--events NUMBER | --http) [--only PART-OF-A-NAME] | bench lists"
    )]
    Usage,
    /// A socket, process or file failed.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A list was not read.
    #[error("list: {0}")]
    List(#[from] blocklists::ParseError),
    /// A list was not loaded.
    #[error("firewall: {0}")]
    Table(#[from] firewall::TableError),
    /// Another program, or what a measurement rests on, failed.
    #[error("{0}")]
    Program(String),
    /// The server answered what it should not.
    #[error("server: {0}")]
    Server(String),
    /// An answer is no JSON.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    match measured().await {
        Ok(figures) => report(&figures),
        Err(error) => {
            let _ = writeln!(io::stderr(), "bench: {error}");
            ExitCode::from(2)
        }
    }
}

async fn measured() -> Result<Vec<Figure>, Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *arguments {
        ["history", "--make", events] => history::make(count(events)?).await,
        ["history", "--events", events] => history::all(count(events)?, "").await,
        ["history", "--events", events, "--only", part] => history::all(count(events)?, part).await,
        ["history", "--http"] => history::over_http("").await,
        ["history", "--http", "--only", part] => history::over_http(part).await,
        ["lists"] => lists::all(Path::new(BINARY)).await,
        ["history", ..] | [_, _, ..] => Err(Error::Usage),
        [binary] => measure::all(Path::new(binary)).await,
        [] => measure::all(Path::new(BINARY)).await,
    }
}

fn count(text: &str) -> Result<u64, Error> {
    text.parse().map_err(|_| Error::Usage)
}

fn report(figures: &[Figure]) -> ExitCode {
    let mut out = io::stdout().lock();
    for figure in figures {
        let _ = writeln!(out, "{figure}");
    }
    if figures.iter().all(Figure::holds) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
