#![doc = include_str!("../README.md")]

mod extract;
mod layers;
pub mod openapi;
mod permission;
mod problem;
#[cfg(test)]
mod real_daemon;
mod routers;
mod services;
mod state;
mod tasks;
#[cfg(test)]
mod testing;
mod words;

use std::sync::Arc;

use axum::Router;
use blocklists::{Downloader, Resolve};
use domain::{
    Clock, FirewallActs, FirewallReads, HostActs, HostConfigActs, HostConfigReads, HostHears,
    HostReads, LoadReport, Lookups, Places, PlacesUpkeep, Storage,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use permission::{PERMISSIONS, Permission};
pub use problem::words as problem_words;
pub use state::{ServerSettings, SessionDefaults, SetupToken};

/// The largest body that any endpoint takes: a pasted list of 10,000 addresses with comments fits many times.
pub const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;

/// The ports and settings that a server is made of.
#[derive(Clone)]
pub struct Wiring {
    /// What BanGUI remembers.
    pub storage: Arc<dyn Storage>,
    /// The machine, to be asked.
    pub host_reads: Arc<dyn HostReads>,
    /// The machine, to be changed.
    pub host_acts: Arc<dyn HostActs>,
    /// The machine, to be listened to.
    pub host_hears: Arc<dyn HostHears>,
    /// The machine's configuration, to be asked.
    pub config_reads: Arc<dyn HostConfigReads>,
    /// The machine's configuration, to be changed.
    pub config_acts: Arc<dyn HostConfigActs>,
    /// The machine's packet filter, to be asked.
    pub firewall_reads: Arc<dyn FirewallReads>,
    /// The machine's packet filter, to be changed.
    pub firewall_acts: Arc<dyn FirewallActs>,
    /// Who fetches lists.
    pub downloads: Arc<Downloader>,
    /// Who tells the addresses of names on the allowlist.
    pub resolver: Arc<dyn Resolve>,
    /// Countries and networks of addresses.
    pub places: Arc<dyn Places>,
    /// What keeps them fresh.
    pub places_upkeep: Arc<dyn PlacesUpkeep>,
    /// What others know of addresses.
    pub lookups: Arc<dyn Lookups>,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// How to behave.
    pub settings: Arc<ServerSettings>,
}

/// A server that can be asked, and its tasks.
pub struct Server {
    /// All routes with all layers.
    pub router: Router,
    tasks: TaskTracker,
    stop: CancellationToken,
    live: Arc<services::live::LiveFeed>,
    #[cfg(test)]
    gate: Arc<services::session_gate::SessionGate>,
    #[cfg(test)]
    retention: tasks::Retention,
    #[cfg(test)]
    writes: state::WriteState,
}

impl Server {
    /// Makes the routes and starts the tasks.
    #[must_use]
    pub fn start(wiring: &Wiring) -> Self {
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        let (reads, writes) = state::states(wiring, &tasks, &stop);
        tasks::start(&tasks, &stop, &writes);
        let live = Arc::clone(&reads.live);
        Self {
            live,
            #[cfg(test)]
            gate: Arc::clone(&reads.gate),
            #[cfg(test)]
            retention: tasks::Retention::new(&writes, &stop),
            #[cfg(test)]
            writes: writes.clone(),
            router: router(reads, writes),
            tasks,
            stop,
        }
    }

    /// Ends the live streams, which would hold up a graceful end of serving.
    pub fn end_streams(&self) {
        self.live.end();
    }

    /// Stops the tasks and waits for them.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// Puts in force what is kept, once and without a server: for the start of the machine.
///
/// # Errors
/// Why it was not done, in words for people.
pub async fn load_blocks(wiring: &Wiring) -> Result<LoadReport, String> {
    let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
    let (_, writes) = state::states(wiring, &tasks, &stop);
    let loaded = writes.blocking.at_boot().carry_out(false).await;
    loaded.map_err(|error| error.to_string())
}

fn router(reads: state::ReadState, writes: state::WriteState) -> Router {
    let settings = Arc::clone(&reads.settings);
    let api = routers::api(reads.clone(), writes);
    let inside = Router::new()
        .nest("/api/v1", api)
        .merge(openapi::route())
        .merge(routers::health::routes(reads))
        .merge(routers::page::routes(&settings.base_path));
    let routes = match settings.base_path.trim_end_matches('/') {
        "" => inside,
        base => Router::new()
            .nest(base, inside)
            .merge(routers::page::redirect_to(&settings.base_path)),
    };
    layers::around(routes, settings)
}
