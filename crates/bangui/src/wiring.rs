//! Makes the parts and hands them to each other: the only place that names concrete backends.
use std::{future::IntoFuture as _, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use agent::{Agent, AgentConfig, FirewallConfig};
use blocklists::{DownloadConfig, Downloader, SystemResolver};
use domain::{Storage, SystemClock, Why, WhyCode};
use firewall::{Place, TableName};
use geo::Geo;
use lab::Lab;
use lookup::{LookupConfig, OnlineLookups};
use server::{Server, ServerSettings, SessionDefaults, SetupToken, Wiring};
use storage::{OpenOptions, Sqlite};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{
    config_state,
    data_folder::DataFolder,
    error::Error,
    settings::{Settings, UseFirewall},
};

/// Random bytes of a setup token that is made here: 128 bits.
const TOKEN_BYTES: usize = 16;

/// BanGUI's own table in the packet filter.
const TABLE: &str = "bangui";

/// The folder of a lab's versions and sample lines, which goes with the lab.
const LAB_STATE: &str = "bangui";

/// Which daemon is managed.
pub(crate) struct Daemon {
    socket: PathBuf,
    config_dir: PathBuf,
    client_program: PathBuf,
    regex_program: PathBuf,
    log_folders: Vec<PathBuf>,
    start_command: Option<Vec<String>>,
    /// Where versions, the journal and sample lines of this configuration are kept.
    state_dir: Option<PathBuf>,
    /// What carries out its bans.
    firewall: FirewallConfig,
}

impl Daemon {
    /// Without what is kept of its configuration: for work that has nothing to do with it, beside a server that may.
    pub(crate) fn without_state(self) -> Self {
        Self {
            state_dir: None,
            ..self
        }
    }

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
            regex_program: settings.fail2ban_regex.clone(),
            log_folders: settings.log_folders.clone(),
            start_command: settings.fail2ban_start_command.clone(),
            state_dir: Some(config_state::of(
                &settings.data_dir,
                &settings.fail2ban_config,
            )),
            firewall: own_firewall(settings),
        }
    }

    /// The lab's. Its own client starts it again, so that it stays in the lab.
    pub(crate) fn of_lab(lab: &Lab) -> Result<Self, Error> {
        let client = lab.client_program();
        let start = [client.display().to_string(), "start".to_owned()];
        Ok(Self {
            socket: lab.socket().to_path_buf(),
            config_dir: lab.config_dir().to_path_buf(),
            client_program: client,
            regex_program: lab.installation().regex_program(lab.folder())?,
            log_folders: vec![lab.folder().to_path_buf()],
            start_command: Some(start.into()),
            state_dir: Some(lab.folder().join(LAB_STATE)),
            firewall: lab_firewall(lab),
        })
    }
}

/// The packet filter of this machine, unless it is to be left alone.
pub(crate) fn own_firewall(settings: &Settings) -> FirewallConfig {
    match settings.firewall {
        UseFirewall::Auto => firewall_at(Place::own()),
        UseFirewall::Off => {
            FirewallConfig::None(Why::new(WhyCode::FirewallOff, "BANGUI_FIREWALL is off"))
        }
    }
}

/// The packet filter of a lab; never that of the machine.
fn lab_firewall(lab: &Lab) -> FirewallConfig {
    lab.namespace().map_or_else(
        || {
            FirewallConfig::None(Why::new(
                WhyCode::FirewallNotInLab,
                "the lab has no packet filter of its own here",
            ))
        },
        |file| firewall_at(Place::namespace(file)),
    )
}

fn firewall_at(place: Place) -> FirewallConfig {
    match TABLE.parse::<TableName>() {
        Ok(table) => FirewallConfig::At { place, table },
        Err(error) => FirewallConfig::None(Why::unnamed(error)),
    }
}

/// Takes the data folder and opens BanGUI's own database in it.
pub(crate) async fn open_storage(settings: &Settings) -> Result<(DataFolder, Sqlite), Error> {
    let path = settings.data_dir.clone();
    let open = move || {
        let folder = DataFolder::take(&path)?;
        let storage = Sqlite::open(OpenOptions::new(folder.database()))?;
        Ok((folder, storage))
    };
    tokio::task::spawn_blocking(open)
        .await
        .map_err(|error| Error::Start(std::io::Error::other(error)))?
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

/// Starts to watch the daemon. `listening` is where BanGUI itself listens.
pub(crate) fn start_agent(
    settings: &Settings,
    daemon: Daemon,
    listening: SocketAddr,
) -> Arc<Agent> {
    Agent::start(AgentConfig {
        socket: daemon.socket,
        config_dir: daemon.config_dir,
        client_program: daemon.client_program,
        regex_program: daemon.regex_program,
        log_folders: daemon.log_folders,
        start_command: daemon.start_command,
        state_dir: daemon.state_dir,
        confirm_within: settings.confirm_within,
        allow_commands: settings.allow_commands,
        own_ports: settings.reached_on(listening),
        poll_interval: settings.poll_interval,
        firewall: daemon.firewall,
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
    Server::start(&wiring(settings, agent, storage, token, default_socket))
}

/// The ports and settings that a server is made of.
pub(crate) fn wiring(
    settings: &Settings,
    agent: &Arc<Agent>,
    storage: &Arc<Sqlite>,
    token: Option<&Token>,
    default_socket: String,
) -> Wiring {
    let geo = Arc::new(Geo::new(Some(settings.geo_dir.clone())));
    Wiring {
        storage: Arc::clone(storage) as Arc<dyn Storage>,
        host_reads: Arc::clone(agent) as _,
        host_acts: Arc::clone(agent) as _,
        host_hears: Arc::clone(agent) as _,
        config_reads: Arc::clone(agent) as _,
        config_acts: Arc::clone(agent) as _,
        firewall_reads: Arc::clone(agent) as _,
        firewall_acts: Arc::clone(agent) as _,
        downloads: Arc::new(Downloader::new(DownloadConfig {
            internal_hosts: settings.list_hosts.clone(),
            ..DownloadConfig::default()
        })),
        resolver: Arc::new(SystemResolver::default()),
        places: Arc::<Geo>::clone(&geo),
        places_upkeep: geo,
        lookups: Arc::new(OnlineLookups::new(LookupConfig {
            rdap: settings.rdap_url.clone(),
            name_server: None,
        })),
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
    }
}

/// Serves until told to stop; requests that are under way then have `limit` to finish.
pub(crate) async fn serve_until_told<L>(
    listener: L,
    server: &Server,
    mut signals: StopSignals,
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
        () = signals.told() => {}
    }
    tracing::info!(limit_seconds = limit.as_secs(), "stopping");
    server.end_streams();
    stopping.cancel();
    if let Ok(ended) = tokio::time::timeout(limit, serving).await {
        return ended.map_err(Error::Serve);
    }
    tracing::warn!("requests were cut off: they took longer than the limit");
    Ok(())
}

/// SIGTERM and SIGINT, heard from the moment this is made: one that comes during the start is acted on after it.
pub(crate) struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    pub(crate) fn listen() -> Result<Self, Error> {
        let listen = |kind| signal(kind).map_err(Error::Start);
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
        })
    }

    /// Returns once one of them has come.
    pub(crate) async fn told(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
