//! The port on this machine.
use std::{future::Future, net::IpAddr, sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::{
    ActiveBan, ActiveBanPage, ActiveBanQuery, BanCommand, BanReport, ConnectionCandidate,
    ConnectionTest, DaemonState, GuardHit, HearCursor, HeardBatch, HostActs, HostError, HostHears,
    HostReads, HostStatus, IgnoreEntry, JailDetail, JailHealth, JailName, JailSettings, JailState,
    Jails, LastHeard, ProtectedNetwork, RecentLogins, ReloadReport, RunningSettings, TimeRange,
    UnbanCommand, UnbanReport,
};
use ipnet::IpNet;

use crate::{
    AgentConfig, bans, configuration, connection,
    core::Core,
    guard, health, hear, jails,
    mirror::{off_runtime, on_disk},
    poll, recent_logins, reload,
};

/// So many comparisons of networks cost what a row of a list of bans does.
pub(crate) const COMPARISONS_PER_ROW: usize = 20;

/// The Host port on this machine: in the same process, with this process's privileges.
pub struct Agent {
    pub(crate) core: Arc<Core>,
}

impl Agent {
    /// Starts watching the daemon. Returns at once; until the first answer the state is `Connecting`.
    ///
    /// Must be called within a Tokio runtime.
    #[must_use]
    pub fn start(config: AgentConfig) -> Arc<Self> {
        let core = Arc::new(Core::new(config));
        core.tracker.spawn(poll::daemon(core.clone()));
        core.tracker.spawn(poll::configuration(core.clone()));
        core.tracker.spawn(configuration::recover(core.clone()));
        core.tracker.spawn(health::look_again(core.clone()));
        Arc::new(Self { core })
    }

    /// Waits until it is known whether the daemon answers.
    pub async fn first_answer(&self) {
        let mut states = self.core.subscribe();
        // The sender lives as long as `self`.
        let _ = states
            .wait_for(|state| state.daemon != DaemonState::Connecting)
            .await;
    }

    /// Waits until the host's revision is another than `revision`, and answers it.
    pub async fn changed_since(&self, revision: u64) -> u64 {
        let mut states = self.core.subscribe();
        match states.wait_for(|state| state.revision != revision).await {
            Ok(state) => state.revision,
            Err(_) => revision,
        }
    }

    /// Ends the agent's tasks and waits for them and for the orders that are under way.
    pub async fn stop(&self) {
        self.core.cancel.cancel();
        self.core.tracker.close();
        self.core.tracker.wait().await;
        self.core.link().client.close().await;
    }

    /// Runs an order to its end, also when the one who gave it does not wait for it: a restart that is given up half-way would leave its
    /// jail stopped.
    pub(crate) async fn see_through<T, F>(&self, order: impl FnOnce(Arc<Core>) -> F) -> T
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        match self.core.tracker.spawn(order(self.core.clone())).await {
            Ok(done) => done,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // Nobody aborts these tasks but a runtime that is being shut down.
                Err(_) => std::future::pending().await,
            },
        }
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.core.cancel.cancel();
    }
}

#[async_trait]
impl HostReads for Agent {
    async fn status(&self) -> Result<HostStatus, HostError> {
        Ok(self.core.snapshot().status(self.core.config.host.clone()))
    }

    async fn jails(&self) -> Result<Jails, HostError> {
        let state = self.core.snapshot();
        Ok(Jails {
            items: state.jails.clone(),
            as_of: state.as_of,
        })
    }

    async fn jail(&self, name: &JailName) -> Result<JailDetail, HostError> {
        jails::detail(&self.core, name).await
    }

    async fn active_bans(&self, query: &ActiveBanQuery) -> Result<ActiveBanPage, HostError> {
        let bans = self.core.snapshot().bans.clone();
        let (index, as_of) = (bans.index, bans.as_of);
        let query = query.clone();
        let work = if index.is_quick(&query) {
            0
        } else {
            index.len()
        };
        let page = off_runtime(work, move || index.page(&query)).await?;
        Ok(ActiveBanPage {
            items: page.items,
            next: page.next,
            total: page.total,
            as_of,
        })
    }

    async fn bans_of(&self, networks: &[IpNet]) -> Result<Vec<ActiveBan>, HostError> {
        Ok(self.core.snapshot().bans.index.bans_of(networks))
    }

    async fn guard_hits(
        &self,
        networks: &[IpNet],
        requester: Option<IpAddr>,
    ) -> Result<Vec<Vec<GuardHit>>, HostError> {
        let protected = self.core.guard.protected().await?;
        let networks = networks.to_vec();
        let work = networks.len().saturating_mul(protected.len()) / COMPARISONS_PER_ROW;
        let all = move || {
            let hits = |network: &IpNet| guard::hits(*network, requester, &protected);
            networks.iter().map(hits).collect()
        };
        Ok(off_runtime(work, all).await)
    }

    async fn protected(&self) -> Result<Vec<ProtectedNetwork>, HostError> {
        Ok(self.core.guard.protected().await?.to_vec())
    }

    async fn recent_logins(&self, networks: &[IpNet]) -> Result<Vec<RecentLogins>, HostError> {
        let networks = networks.to_vec();
        // What was begun to be read is kept, also where who asked does not wait: the next one asks for the same.
        let read = |core: Arc<Core>| async move { recent_logins::within(&core, &networks).await };
        Ok(self.see_through(read).await)
    }

    async fn connection_candidates(&self) -> Result<Vec<ConnectionCandidate>, HostError> {
        let socket = self.core.link().client.socket().to_owned();
        Ok(on_disk(move || connection::candidates(&socket)).await)
    }

    async fn test_connection(&self, socket: &str) -> Result<ConnectionTest, HostError> {
        let config = &self.core.config;
        connection::test(socket, &config.timeouts, &*config.clock).await
    }
}

#[async_trait]
impl HostHears for Agent {
    async fn hear(
        &self,
        after: Option<&HearCursor>,
        wait: Duration,
    ) -> Result<HeardBatch, HostError> {
        let after = after.cloned();
        // To its end also when the asker is gone: what was read must not be lost half-way.
        self.see_through(move |core| async move { hear::hear(&core, after, wait).await })
            .await
    }

    async fn unheard(&self) -> Option<TimeRange> {
        hear::unheard(&self.core)
    }

    async fn jail_health(&self, before: &[LastHeard]) -> Result<Vec<JailHealth>, HostError> {
        health::jail_health(&self.core, before).await
    }
}

#[async_trait]
impl HostActs for Agent {
    async fn ban(&self, command: &BanCommand) -> Result<BanReport, HostError> {
        let command = command.clone();
        self.see_through(move |core| async move { bans::ban(&core, &command).await })
            .await
    }

    async fn unban(&self, command: &UnbanCommand) -> Result<UnbanReport, HostError> {
        let command = command.clone();
        self.see_through(move |core| async move { bans::unban(&core, &command).await })
            .await
    }

    async fn unban_everything(&self) -> Result<u64, HostError> {
        self.see_through(move |core| async move { bans::unban_everything(&core).await })
            .await
    }

    async fn start_jail(&self, name: &JailName) -> Result<JailState, HostError> {
        let name = name.clone();
        self.see_through(move |core| async move { reload::start(&core, &name).await })
            .await
    }

    async fn stop_jail(&self, name: &JailName) -> Result<JailState, HostError> {
        let name = name.clone();
        self.see_through(move |core| async move { reload::stop(&core, &name).await })
            .await
    }

    async fn restart_jail(&self, name: &JailName) -> Result<JailState, HostError> {
        let name = name.clone();
        self.see_through(move |core| async move { reload::restart(&core, &name).await })
            .await
    }

    async fn reload_jail(&self, name: &JailName) -> Result<ReloadReport, HostError> {
        let name = name.clone();
        self.see_through(move |core| async move { reload::reload_jail(&core, &name).await })
            .await
    }

    async fn reload_all(&self) -> Result<ReloadReport, HostError> {
        self.see_through(move |core| async move { reload::reload_all(&core).await })
            .await
    }

    async fn set_idle(&self, name: &JailName, idle: bool) -> Result<JailState, HostError> {
        let name = name.clone();
        self.see_through(move |core| async move { jails::set_idle(&core, &name, idle).await })
            .await
    }

    async fn add_ignore(
        &self,
        name: &JailName,
        entry: &IgnoreEntry,
    ) -> Result<Vec<String>, HostError> {
        let (name, entry) = (name.clone(), entry.clone());
        self.see_through(move |core| async move { jails::add_ignore(&core, &name, &entry).await })
            .await
    }

    async fn remove_ignore(&self, name: &JailName, entry: &str) -> Result<Vec<String>, HostError> {
        let (name, entry) = (name.clone(), entry.to_owned());
        self.see_through(
            move |core| async move { jails::remove_ignore(&core, &name, &entry).await },
        )
        .await
    }

    async fn set_ignore_self(&self, name: &JailName, ignore: bool) -> Result<bool, HostError> {
        let name = name.clone();
        self.see_through(
            move |core| async move { jails::set_ignore_self(&core, &name, ignore).await },
        )
        .await
    }

    async fn set_running(
        &self,
        name: &JailName,
        settings: &RunningSettings,
    ) -> Result<JailSettings, HostError> {
        let (name, settings) = (name.clone(), *settings);
        self.see_through(
            move |core| async move { jails::set_running(&core, &name, &settings).await },
        )
        .await
    }

    async fn set_protected(&self, networks: &[ProtectedNetwork]) -> Result<(), HostError> {
        self.core.guard.set(networks)
    }

    async fn connect(&self, socket: &str) -> Result<(), HostError> {
        let socket = socket.to_owned();
        let path = on_disk(move || connection::usable_socket(&socket)).await?;
        self.core.relink(&path);
        Ok(())
    }
}
