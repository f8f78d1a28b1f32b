//! What the reading verbs answer from.
use domain::{
    DaemonState, HostId, HostStatus, JailName, JailState, JailSummary, Timestamp, Totals,
};

use crate::bans_index::Bans;

/// The host as of the last poll. Never changes; a newer one takes its place.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    pub(crate) daemon: DaemonState,
    pub(crate) socket: String,
    /// When the daemon last answered.
    pub(crate) as_of: Option<Timestamp>,
    /// When it was last asked.
    pub(crate) checked_at: Option<Timestamp>,
    pub(crate) totals: Totals,
    /// By name.
    pub(crate) jails: Vec<JailSummary>,
    pub(crate) bans: Bans,
    pub(crate) revision: u64,
}

impl Snapshot {
    /// Before the first answer.
    pub(crate) fn connecting(socket: String, revision: u64) -> Self {
        Self {
            daemon: DaemonState::Connecting,
            socket,
            as_of: None,
            checked_at: None,
            totals: Totals::default(),
            jails: Vec::new(),
            bans: Bans::default(),
            revision,
        }
    }

    /// The host in one look.
    pub(crate) fn status(&self, host: HostId) -> HostStatus {
        HostStatus {
            host,
            daemon: self.daemon.clone(),
            socket: self.socket.clone(),
            as_of: self.as_of,
            checked_at: self.checked_at,
            totals: self.totals,
            revision: self.revision,
        }
    }

    /// A jail of the list.
    pub(crate) fn jail(&self, name: &JailName) -> Option<&JailSummary> {
        let at = self
            .jails
            .binary_search_by(|jail| jail.name.cmp(name))
            .ok()?;
        self.jails.get(at)
    }

    /// Whether readers would see anything but other moments of asking.
    pub(crate) fn says_the_same_as(&self, other: &Self) -> bool {
        self.daemon == other.daemon
            && self.socket == other.socket
            && self.totals == other.totals
            && self.jails == other.jails
            && std::sync::Arc::ptr_eq(&self.bans.index, &other.bans.index)
    }
}

/// Sums over the running jails.
pub(crate) fn totals(jails: &[JailSummary]) -> Totals {
    jails
        .iter()
        .filter(|jail| jail.state != JailState::Stopped)
        .fold(Totals::default(), |sum, jail| Totals {
            jails: sum.jails.saturating_add(1),
            currently_failed: sum
                .currently_failed
                .saturating_add(jail.counters.currently_failed),
            total_failed: sum.total_failed.saturating_add(jail.counters.total_failed),
            currently_banned: sum
                .currently_banned
                .saturating_add(jail.counters.currently_banned),
            total_banned: sum.total_banned.saturating_add(jail.counters.total_banned),
        })
}
