//! Makes the parts and hands them to each other: the only place that names concrete backends.
use std::{fs, future::IntoFuture as _, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use agent::{Agent, AgentConfig};
use domain::{Storage, SystemClock};
use lab::Lab;
use server::{Server, ServerSettings, SessionDefaults, SetupToken, Wiring};
use storage::{OpenOptions, Sqlite};
use tokio::signal::unix::{SignalKind, signal};

use crate::{error::Error, settings::Settings};

/// The file of BanGUI's own database in the data folder.
const DATABASE: &str = "bangui.sqlite3";
/// Random bytes of a setup token that is made here: 128 bits.
const TOKEN_BYTES: usize = 16;

/// Which daemon is managed.
pub(crate) struct Daemon {
    socket: PathBuf,
    config_dir: PathBuf,
    client_program: PathBuf,
}

impl Daemon {
    /// The daemon's socket.
    pub(crate) fn socket(&self) -> String {
        self.socket.display().to_string()
    }

    /// This machine's.
    pub(crate) fn of_settings(settings: &Settings, socket: PathBuf) -> Self {
        Self {
            socket,
            config_dir: settings.fail2ban_config.clone(),
            client_program: settings.fail2ban_client.clone(),
        }
    }

    /// The lab's.
    pub(crate) fn of_lab(lab: &Lab) -> Self {
        Self {
            socket: lab.socket().to_path_buf(),
            config_dir: lab.config_dir().to_path_buf(),
            client_program: lab.client_program(),
        }
    }
}

/// Opens BanGUI's own database, and makes its folder, readable by this user alone.
pub(crate) async fn open_storage(settings: &Settings) -> Result<Sqlite, Error> {
    let folder = settings.data_dir.clone();
    let open = move || {
        make_private_folder(&folder).map_err(|source| Error::DataFolder {
            path: folder.display().to_string(),
            source,
        })?;
        Ok(Sqlite::open(OpenOptions::new(folder.join(DATABASE)))?)
    };
    tokio::task::spawn_blocking(open)
        .await
        .map_err(|error| Error::Start(std::io::Error::other(error)))?
}

fn make_private_folder(folder: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    if folder.is_dir() {
        return Ok(());
    }
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

/// The setup token: given by a setting, or made here and to be shown.
pub(crate) struct Token {
    token: SetupToken,
    made_here: Option<String>,
}

impl Token {
    /// The text to show; `None` for a token that a setting gave.
    pub(crate) fn made_here(&self) -> Option<&str> {
        self.made_here.as_deref()
    }
}

/// The token that setup asks for; `None` once setup has been finished.
pub(crate) async fn setup_token(
    settings: &Settings,
    storage: &Sqlite,
) -> Result<Option<Token>, Error> {
    if storage.reads().setup_completed().await? {
        return Ok(None);
    }
    if let Some(token) = settings.setup_token.clone() {
        return Ok(Some(Token {
            token,
            made_here: None,
        }));
    }
    let mut bytes = [0_u8; TOKEN_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| Error::Random(error.to_string()))?;
    let text = bytes.iter().fold(String::new(), |mut text, byte| {
        use std::fmt::Write as _;
        let _ = write!(text, "{byte:02x}");
        text
    });
    Ok(Some(Token {
        token: SetupToken::new(text.clone()),
        made_here: Some(text),
    }))
}

/// Starts to watch the daemon.
pub(crate) fn start_agent(settings: &Settings, daemon: Daemon) -> Arc<Agent> {
    Agent::start(AgentConfig {
        socket: daemon.socket,
        config_dir: daemon.config_dir,
        client_program: daemon.client_program,
        poll_interval: settings.poll_interval,
        ..AgentConfig::default()
    })
}

/// Makes the server and starts its tasks.
pub(crate) fn start_server(
    settings: &Settings,
    agent: &Arc<Agent>,
    storage: &Arc<Sqlite>,
    token: Option<&Token>,
    default_socket: String,
) -> Server {
    Server::start(&Wiring {
        storage: Arc::clone(storage) as Arc<dyn Storage>,
        host_reads: Arc::clone(agent) as _,
        host_acts: Arc::clone(agent) as _,
        clock: Arc::new(SystemClock),
        settings: Arc::new(ServerSettings {
            base_path: settings.base_path.clone(),
            trusted_proxies: settings.trusted_proxies.clone(),
            public_origin: settings.public_url.clone(),
            session_defaults: SessionDefaults {
                idle_seconds: settings.session_idle_seconds,
                absolute_seconds: settings.session_absolute_seconds,
            },
            setup_token: token.map(|token| token.token.clone()),
            default_socket,
            version: env!("CARGO_PKG_VERSION"),
        }),
    })
}

/// Serves until told to stop; requests that are under way then have `limit` to finish.
pub(crate) async fn serve_until_told<L>(
    listener: L,
    server: &Server,
    limit: Duration,
) -> Result<(), Error>
where
    L: axum::serve::Listener<Addr = SocketAddr>,
    SocketAddr: for<'a> axum::extract::connect_info::Connected<axum::serve::IncomingStream<'a, L>>,
{
    let stopping = tokio_util::sync::CancellationToken::new();
    let told = stopping.clone();
    let service = server
        .router
        .clone()
        .into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service)
        .with_graceful_shutdown(async move { told.cancelled().await })
        .into_future();
    tokio::pin!(serving);
    tokio::select! {
        ended = &mut serving => return ended.map_err(Error::Serve),
        told = told_to_stop() => told.map_err(Error::Start)?,
    }
    tracing::info!(limit_seconds = limit.as_secs(), "stopping");
    stopping.cancel();
    if let Ok(ended) = tokio::time::timeout(limit, serving).await {
        return ended.map_err(Error::Serve);
    }
    tracing::warn!("requests were cut off: they took longer than the limit");
    Ok(())
}

/// Returns at SIGTERM or SIGINT.
pub(crate) async fn told_to_stop() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
