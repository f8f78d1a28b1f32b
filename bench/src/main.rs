#![doc = include_str!("../README.md")]

mod figures;
mod http;
mod measure;
mod server;

use std::{
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use figures::Figure;

/// Why nothing could be measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The lab did not start or answer.
    #[error("lab: {0}")]
    Lab(#[from] lab::LabError),
    /// The daemon did not answer.
    #[error("fail2ban: {0}")]
    Daemon(#[from] fail2ban::ClientError),
    /// A socket, process or file failed.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The server answered what it should not.
    #[error("server: {0}")]
    Server(String),
    /// An answer is no JSON.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    let binary = std::env::args_os()
        .nth(1)
        .map_or_else(|| PathBuf::from("target/release/bangui"), PathBuf::from);
    match measure::all(&binary).await {
        Ok(figures) => report(&figures),
        Err(error) => {
            let _ = writeln!(io::stderr(), "bench: {error}");
            ExitCode::from(2)
        }
    }
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
