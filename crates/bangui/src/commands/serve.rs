//! `bangui serve`.
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use agent::Agent;
use axum::serve::ListenerExt as _;
use domain::Storage as _;
use lab::Lab;
use storage::Sqlite;
use tokio::net::{TcpListener, UnixStream};

use super::{UseLab, lab as lab_command, lab::LabArgs};
use crate::{
    error::{Error, listen_advice},
    output,
    settings::{DEFAULT_SOCKET, Settings},
    wiring::{self, Daemon, StopSignals},
};

/// Serves until told to stop, then closes everything in order: connections, jobs and tasks, the poll, storage, the lab.
pub(super) async fn serve(settings: Settings, use_lab: UseLab, args: LabArgs) -> Result<(), Error> {
    let signals = StopSignals::listen()?;
    let (data_folder, storage) = wiring::open_storage(&settings).await?;
    let storage = Arc::new(storage);
    let listener = listen(&settings).await?;
    let chosen = chosen_socket(&settings, &storage).await?;
    let lab = start_lab(use_lab, &chosen, args).await?;
    let daemon = match &lab {
        Some(lab) => Daemon::of_lab(lab)?,
        None => Daemon::of_settings(&settings, chosen),
    };
    let token = wiring::setup_token(&settings, storage.as_ref()).await?;
    let socket = daemon.socket();
    // With port 0 the system chose.
    let listening = listener.local_addr().unwrap_or(settings.listen);
    let agent = wiring::start_agent(&settings, daemon, listening);
    let server = wiring::start_server(&settings, &agent, &storage, token.as_ref(), socket);
    announce(&settings, token.as_ref(), lab.as_ref(), listening);

    let listener = listener.tap_io(|stream| {
        // Answers are small and written whole; waiting for more would only delay them.
        let _ = stream.set_nodelay(true);
    });
    let ended = wiring::serve_until_told(listener, &server, signals, settings.shutdown).await;
    server.stop().await;
    stop_agent(&agent, &settings).await;
    storage.close().await;
    drop(data_folder);
    if let Some(lab) = lab {
        lab.stop().await;
    }
    tracing::info!("stopped");
    ended
}

async fn listen(settings: &Settings) -> Result<TcpListener, Error> {
    TcpListener::bind(settings.listen)
        .await
        .map_err(|source| Error::Listen {
            address: settings.listen,
            advice: listen_advice(&source),
            source,
        })
}

async fn start_lab(use_lab: UseLab, chosen: &Path, args: LabArgs) -> Result<Option<Lab>, Error> {
    let wanted = match use_lab {
        UseLab::Always => true,
        UseLab::Auto => !listens(chosen).await,
        UseLab::Never => false,
    };
    if !wanted {
        return Ok(None);
    }
    lab_command::start(args).await.map(Some)
}

/// An order to the daemon may take minutes, and nobody waits for its answer any more; the daemon finishes it anyway.
async fn stop_agent(agent: &Agent, settings: &Settings) {
    if tokio::time::timeout(settings.shutdown, agent.stop())
        .await
        .is_err()
    {
        tracing::warn!("the daemon was still working on an order");
    }
}

/// What the environment says wins, then what was chosen at setup, then the package's path.
async fn chosen_socket(settings: &Settings, storage: &Sqlite) -> Result<PathBuf, Error> {
    if let Some(socket) = &settings.fail2ban_socket {
        return Ok(socket.clone());
    }
    let stored = storage.reads().settings().await?;
    Ok(stored
        .and_then(|stored| stored.fail2ban_socket)
        .map_or_else(|| DEFAULT_SOCKET.into(), Into::into))
}

/// Whether somebody listens whom this user may speak to. One who is too busy to take another call listens too.
async fn listens(socket: &Path) -> bool {
    match UnixStream::connect(socket).await {
        Ok(_) => true,
        Err(error) => error.kind() == std::io::ErrorKind::WouldBlock,
    }
}

fn announce(
    settings: &Settings,
    token: Option<&wiring::Token>,
    lab: Option<&Lab>,
    address: SocketAddr,
) {
    let url = settings.public_url.clone().map_or_else(
        || format!("http://{address}{}", settings.base_path),
        |origin| format!("{origin}{}", settings.base_path),
    );
    output::line(&format!("BanGUI is at {url}"));
    if let Some(lab) = lab {
        output::line(&format!(
            "It manages a private fail2ban with made-up traffic in {}; nothing else on this machine is touched.",
            lab.folder().display()
        ));
    }
    if let Some(token) = token.and_then(wiring::Token::made_here) {
        output::line(&format!(
            "Setup is open. From another machine it asks for this one-time token: {token}"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn socket_whose_queue_is_full_counts_as_listened_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fail2ban.sock");
        let busy = std::os::unix::net::UnixListener::bind(&path).unwrap();
        rustix::net::listen(&busy, 0).unwrap();
        let mut waiting = Vec::new();
        let refused = loop {
            match UnixStream::connect(&path).await {
                Ok(stream) => waiting.push(stream),
                Err(error) => break error,
            }
        };
        assert_eq!(refused.kind(), std::io::ErrorKind::WouldBlock);
        assert!(listens(&path).await);
        drop((busy, waiting));
        assert!(!listens(&path).await);
    }
}
