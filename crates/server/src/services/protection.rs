//! What must not be banned, as far as the server knows it: proxies through which people come, people who are signed in, and the allowlist. What the machine needs for itself the agent knows.
use std::sync::Arc;

use domain::{Clock, GuardReason, HostActs, ProtectedNetwork, StorageError, StorageReads};
use ipnet::IpNet;
use tokio::sync::Mutex;
use tokio_util::task::TaskTracker;

use crate::{
    services::blocking::{BlockingView, wanted::allowed},
    state::{ReadState, ServerSettings},
};

/// Tells the host's lock-out guard, which keeps it in memory only.
#[derive(Clone)]
pub(crate) struct Protection {
    storage: Arc<dyn StorageReads>,
    host: Arc<dyn HostActs>,
    clock: Arc<dyn Clock>,
    settings: Arc<ServerSettings>,
    blocking: BlockingView,
    tracker: TaskTracker,
    /// Held from reading to telling: what was read first must not be told last.
    telling: Arc<Mutex<()>>,
}

impl Protection {
    pub(crate) fn new(reads: &ReadState, host: Arc<dyn HostActs>, tracker: TaskTracker) -> Self {
        Self {
            storage: Arc::clone(&reads.storage),
            host,
            clock: Arc::clone(&reads.clock),
            settings: Arc::clone(&reads.settings),
            blocking: reads.blocking.clone(),
            tracker,
            telling: Arc::default(),
        }
    }

    /// Something of it has changed: the host is told soon. Nobody waits for that, for a host that does not answer must not hold up signing in.
    pub(crate) fn changed(&self) {
        let protection = self.clone();
        self.tracker.spawn(async move {
            if let Err(error) = protection.tell().await {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(
                    error,
                    "what is protected could not be read; it is tried again"
                );
            }
        });
    }

    /// Tells the host what must not be banned now; answers how many networks.
    ///
    /// # Errors
    /// Storage's. A host that does not take it is logged, and told again the next time.
    pub(crate) async fn tell(&self) -> Result<u64, StorageError> {
        let _telling = self.telling.lock().await;
        let networks = self.known().await?;
        if let Err(error) = self.host.set_protected(&networks).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "the host could not be told what is protected");
            return Ok(0);
        }
        Ok(u64::try_from(networks.len()).unwrap_or(u64::MAX))
    }

    async fn known(&self) -> Result<Vec<ProtectedNetwork>, StorageError> {
        let now = self.clock.now();
        let signed_in = self.storage.session_addresses(now).await?;
        let allowed = allowed(&self.blocking, now).await?;
        let of = |reason| move |network: IpNet| ProtectedNetwork { reason, network };
        let proxies = self.settings.trusted_proxies.iter().copied();
        let people = signed_in.into_iter().map(IpNet::from);
        Ok(proxies
            .map(of(GuardReason::Proxy))
            .chain(people.map(of(GuardReason::SignedIn)))
            .chain(allowed.into_iter().map(of(GuardReason::Allowlisted)))
            .collect())
    }
}

#[cfg(test)]
mod tests;
