//! What handlers are handed. Readers get [`ReadState`], in which nothing can write.
use std::{net::IpAddr, sync::Arc};

use axum::extract::FromRef;
use domain::{
    Clock, HistoryReads, HistoryWrites, HostActs, HostConfigActs, HostConfigReads, HostHears,
    HostId, HostReads, Places, PlacesUpkeep, StorageReads, StorageWrites,
};
use ipnet::IpNet;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    problem::{Code, Problem},
    routers::v1::live::Frames,
    services::{
        addresses::{details::JailDetails, lookup::AddressLookups},
        audit::Deeds,
        blocking::{Blocking, BlockingView},
        health::Pasts,
        jobs::{JobRunner, Jobs},
        limits::Guesses,
        live::LiveFeed,
        orders::Orders,
        passwords::Passwords,
        protection::Protection,
        session_gate::SessionGate,
    },
    tasks::board::{TaskOrders, TaskViews},
};

/// How the server was told to behave; checked before it gets here.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// Where the page lives: begins and ends with a slash.
    pub base_path: String,
    /// Proxies whose `X-Forwarded-*` headers count.
    pub trusted_proxies: Vec<IpNet>,
    /// The address under which people reach BanGUI, such as `https://ban.example.org`, where it is known.
    pub public_origin: Option<String>,
    /// Session length that the wizard proposes, and limits.
    pub session_defaults: SessionDefaults,
    /// What setup asks of visitors from elsewhere than this machine. `None` once setup is done.
    pub setup_token: Option<SetupToken>,
    /// The daemon's socket that the program was started with; used where the stored settings name none.
    pub default_socket: String,
    /// The version of the program.
    pub version: &'static str,
}

/// Length of sessions, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionDefaults {
    /// Without use.
    pub idle_seconds: i64,
    /// In any case.
    pub absolute_seconds: i64,
}

/// The one-time token that the server prints at its first start. Never printed by `Debug`.
#[derive(Clone)]
pub struct SetupToken(String);

impl SetupToken {
    /// Takes a token.
    #[must_use]
    pub const fn new(token: String) -> Self {
        Self(token)
    }

    /// Compares in constant time.
    #[must_use]
    pub fn is(&self, other: &str) -> bool {
        use subtle::ConstantTimeEq as _;
        self.0.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

impl std::fmt::Debug for SetupToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SetupToken(…)")
    }
}

impl ServerSettings {
    /// Whether the proxy's headers count.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = domain::canonical(address);
        self.trusted_proxies
            .iter()
            .any(|network| network.contains(&address))
    }
}

/// What handlers that only read are handed.
#[derive(Clone)]
pub struct ReadState {
    /// What BanGUI remembers.
    pub storage: Arc<dyn StorageReads>,
    /// The machine, to be asked only.
    host: Arc<dyn HostReads>,
    /// The machine, to be listened to; readers ask it for the health of jails only.
    hears: Arc<dyn HostHears>,
    /// The machine's configuration, laboratory and log, to be asked only.
    config: Arc<dyn HostConfigReads>,
    /// What happened.
    pub history: Arc<dyn HistoryReads>,
    /// Countries and networks of addresses.
    pub places: Arc<dyn Places>,
    /// Lists, bans made by hand, the allowlist and the packet filter.
    pub(crate) blocking: BlockingView,
    /// What the daemon told of jails lately.
    pub(crate) details: Arc<JailDetails>,
    /// When jails last failed and banned before this process.
    pub(crate) pasts: Arc<Pasts>,
    /// What is told to everybody who listens.
    pub(crate) live: Arc<LiveFeed>,
    /// Who is signed in.
    pub gate: Arc<SessionGate>,
    /// What slows down guessing.
    pub guesses: Arc<Guesses>,
    /// Long work that goes on.
    pub jobs: Arc<Jobs>,
    /// Scheduled work, to be seen.
    pub(crate) tasks: TaskViews,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// How to behave.
    pub settings: Arc<ServerSettings>,
    /// Names this start of the process: revisions count from its beginning.
    pub(crate) start: Arc<str>,
}

impl ReadState {
    /// The host of a name.
    ///
    /// # Errors
    /// `host-not-found`.
    pub fn host(&self, id: &HostId) -> Result<&Arc<dyn HostReads>, Problem> {
        known(id)?;
        Ok(&self.host)
    }

    /// The host of a name, as one that hears.
    ///
    /// # Errors
    /// `host-not-found`.
    pub fn hears(&self, id: &HostId) -> Result<&Arc<dyn HostHears>, Problem> {
        known(id)?;
        Ok(&self.hears)
    }

    /// The host of a name, as one that is configured.
    ///
    /// # Errors
    /// `host-not-found`.
    pub fn config(&self, id: &HostId) -> Result<&Arc<dyn HostConfigReads>, Problem> {
        known(id)?;
        Ok(&self.config)
    }
}

/// What handlers that change something are handed.
#[derive(Clone)]
pub struct WriteState {
    /// The reading half.
    pub reads: ReadState,
    /// What BanGUI remembers, to be changed.
    pub storage: Arc<dyn StorageWrites>,
    host: Arc<dyn HostActs>,
    config: Arc<dyn HostConfigActs>,
    /// What happened, to be kept.
    pub history: Arc<dyn HistoryWrites>,
    /// What keeps the data of places fresh.
    pub places: Arc<dyn PlacesUpkeep>,
    /// What is done to hosts, carried through and written down.
    pub(crate) deeds: Deeds,
    /// Who ordered what.
    pub(crate) orders: Arc<Orders>,
    /// Who can be asked about addresses.
    pub(crate) lookups: Arc<AddressLookups>,
    /// Lists, bans made by hand, the allowlist and the packet filter, to be changed.
    pub(crate) blocking: Blocking,
    /// Long work.
    pub(crate) runner: JobRunner,
    /// Scheduled work, to be told to run.
    pub(crate) tasks: TaskOrders,
    /// Says when the server is to stop.
    pub(crate) stop: CancellationToken,
    /// What must not be banned, as the server knows it.
    pub(crate) protection: Protection,
    /// Password hashing.
    pub passwords: Arc<Passwords>,
}

impl WriteState {
    /// The host of a name, to be changed.
    ///
    /// # Errors
    /// `host-not-found`.
    pub fn host(&self, id: &HostId) -> Result<&Arc<dyn HostActs>, Problem> {
        known(id)?;
        Ok(&self.host)
    }

    /// The host of a name, as one whose configuration is to be changed.
    ///
    /// # Errors
    /// `host-not-found`.
    pub fn config(&self, id: &HostId) -> Result<&Arc<dyn HostConfigActs>, Problem> {
        known(id)?;
        Ok(&self.config)
    }
}

/// There is one host until the fleet comes.
fn known(id: &HostId) -> Result<(), Problem> {
    if *id == HostId::local() {
        return Ok(());
    }
    Err(Problem::new(Code::HostNotFound).detail(format!("There is no host {id}.")))
}

/// Makes both states from the ports; the only place that sees both halves at once.
pub(crate) fn states(
    wiring: &crate::Wiring,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) -> (ReadState, WriteState) {
    let jobs = Arc::new(Jobs::new(Arc::clone(&wiring.clock)));
    let orders = Arc::new(Orders::new(Arc::clone(&wiring.clock)));
    let details = Arc::new(JailDetails::default());
    let deeds = Deeds::new(
        wiring.storage.writes(),
        Arc::clone(&wiring.clock),
        Arc::clone(&details),
        tasks.clone(),
    );
    let gate = Arc::new(SessionGate::new(
        wiring.storage.reads(),
        Arc::clone(&wiring.clock),
    ));
    let reads = ReadState {
        storage: wiring.storage.reads(),
        host: Arc::clone(&wiring.host_reads),
        hears: Arc::clone(&wiring.host_hears),
        config: Arc::clone(&wiring.config_reads),
        history: wiring.storage.history(),
        places: Arc::clone(&wiring.places),
        blocking: BlockingView::new(wiring),
        details,
        pasts: Arc::default(),
        live: Arc::new(LiveFeed::new(
            Box::new(Frames::new(Arc::clone(&wiring.places))),
            stop.child_token(),
        )),
        gate,
        guesses: Arc::new(Guesses::new(Arc::clone(&wiring.clock))),
        jobs: Arc::clone(&jobs),
        tasks: TaskViews::default(),
        clock: Arc::clone(&wiring.clock),
        settings: Arc::clone(&wiring.settings),
        start: start_name(wiring).into(),
    };
    let host = Arc::clone(&wiring.host_acts);
    let protection = Protection::new(&reads, host, tasks.clone());
    let writes = WriteState {
        reads: reads.clone(),
        storage: wiring.storage.writes(),
        host: Arc::clone(&wiring.host_acts),
        config: Arc::clone(&wiring.config_acts),
        history: wiring.storage.history_writes(),
        places: Arc::clone(&wiring.places_upkeep),
        lookups: Arc::new(AddressLookups::new(
            Arc::clone(&wiring.lookups),
            Arc::clone(&wiring.clock),
        )),
        blocking: Blocking::new(wiring, reads.blocking.clone(), protection.clone()),
        tasks: TaskOrders::over(&reads.tasks),
        stop: stop.clone(),
        runner: JobRunner::new(jobs, deeds.clone(), Arc::clone(&orders), stop.clone()),
        orders,
        deeds,
        protection,
        passwords: Arc::new(Passwords::new()),
    };
    (reads, writes)
}

/// When the process started: two starts do not share a millisecond.
fn start_name(wiring: &crate::Wiring) -> String {
    format!("{:x}", wiring.clock.now().as_millis())
}

impl FromRef<ReadState> for Arc<SessionGate> {
    fn from_ref(state: &ReadState) -> Self {
        Self::clone(&state.gate)
    }
}

impl FromRef<WriteState> for Arc<SessionGate> {
    fn from_ref(state: &WriteState) -> Self {
        Self::clone(&state.reads.gate)
    }
}
