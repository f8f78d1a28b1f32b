//! The Host port: what BanGUI asks of, and does to, a machine that runs fail2ban.
use async_trait::async_trait;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::{
    ActiveBan, ActiveBanPage, ActiveBanQuery, BanCommand, BanReport, ConnectionCandidate,
    ConnectionTest, DownReason, GuardHit, HearCursor, HeardBatch, HostStatus, IgnoreEntry,
    JailDetail, JailHealth, JailName, JailSettings, JailState, Jails, LastHeard, ProtectedNetwork,
    RecentLogins, ReloadProblem, ReloadReport, RunningSettings, TimeRange, UnbanCommand,
    UnbanReport,
};

/// Why a host did not do or tell what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HostError {
    /// The daemon cannot be reached.
    #[error("fail2ban cannot be reached: {detail}")]
    Unavailable {
        /// Why, as far as can be told.
        reason: DownReason,
        /// The reason in one sentence.
        detail: String,
        /// What a person can do about it.
        remedy: String,
    },
    /// No such jail runs, nor does the configuration enable it.
    #[error("there is no jail {0}")]
    JailNotFound(JailName),
    /// The jail is known and not running, and the verb needs it to run.
    #[error("the jail {0} is not running")]
    JailNotRunning(JailName),
    /// The daemon refused, in its own words.
    #[error("fail2ban refused: {class}: {text}")]
    Rejected {
        /// The class of its exception.
        class: String,
        /// The text of its exception. Hostile text.
        text: String,
    },
    /// A start, reload or restart was not begun, because it would cost running jails.
    #[error("the configuration cannot be loaded without loss")]
    UnsafeReload(Vec<ReloadProblem>),
    /// After a reload, these jails did not run any more.
    #[error("jails were lost: {0:?}")]
    JailsLost(Vec<JailName>),
    /// The daemon took the order, and does not show its effect.
    #[error("fail2ban took the order, and {0}")]
    NotEffective(String),
    /// More targets than one command may have.
    #[error("a command has at most {max} targets")]
    TooManyTargets {
        /// The limit.
        max: usize,
    },
    /// The page token is not one that this host made for this order.
    #[error("the page token does not belong to this list")]
    BadPageToken,
    /// The path of a socket is not absolute, too long, or not a socket.
    #[error("{0}")]
    BadSocket(String),
    /// Which addresses the machine needs could not be read, so that any ban could cut it off.
    #[error("the machine's own addresses could not be read: {0}")]
    GuardBlind(String),
    /// fail2ban's own client, which reads the configuration, could not be run.
    #[error("fail2ban-client could not be run: {0}")]
    ClientProgram(String),
}

/// What can be asked without changing anything.
///
/// `status`, `jails`, `active_bans` and `bans_of` are answered from memory, from the last poll, and cost the daemon nothing; they answer also while the
/// daemon is down, with what was true at `as_of`.
#[async_trait]
pub trait HostReads: Send + Sync {
    /// The host in one look.
    async fn status(&self) -> Result<HostStatus, HostError>;

    /// All jails with their counters, by name: those that run, and those that the configuration enables.
    async fn jails(&self) -> Result<Jails, HostError>;

    /// One jail with its settings. Asked of the daemon, at most once in a few seconds whoever asks.
    async fn jail(&self, name: &JailName) -> Result<JailDetail, HostError>;

    /// A page of the bans in force.
    async fn active_bans(&self, query: &ActiveBanQuery) -> Result<ActiveBanPage, HostError>;

    /// The bans in force of exactly these networks, over all jails.
    async fn bans_of(&self, networks: &[IpNet]) -> Result<Vec<ActiveBan>, HostError>;

    /// What the lock-out guard has against banning each of these networks; an empty list of hits where it has nothing.
    async fn guard_hits(
        &self,
        networks: &[IpNet],
        requester: Option<std::net::IpAddr>,
    ) -> Result<Vec<Vec<GuardHit>>, HostError>;

    /// Everything that the lock-out guard protects whoever asks, in order and each once: what the machine needs, and what was set by [`HostActs::set_protected`].
    async fn protected(&self) -> Result<Vec<ProtectedNetwork>, HostError>;

    /// From where within each of these networks people got in to the machine in the last [`crate::RECENT_LOGIN_DAYS`] days, as far as its records tell. They are
    /// read at most once in a while, whoever asks.
    async fn recent_logins(&self, networks: &[IpNet]) -> Result<Vec<RecentLogins>, HostError>;

    /// Sockets where a fail2ban may be.
    async fn connection_candidates(&self) -> Result<Vec<ConnectionCandidate>, HostError>;

    /// Tries a socket, now.
    async fn test_connection(&self, socket: &str) -> Result<ConnectionTest, HostError>;
}

/// What changes something. Each verb asks the daemon afterwards and answers what is true then; the reading verbs know it at once.
#[async_trait]
pub trait HostActs: Send + Sync {
    /// Bans; what the lock-out guard refuses is reported, the rest is banned.
    async fn ban(&self, command: &BanCommand) -> Result<BanReport, HostError>;

    /// Unbans.
    async fn unban(&self, command: &UnbanCommand) -> Result<UnbanReport, HostError>;

    /// Ends every ban in every jail; answers how many there were.
    async fn unban_everything(&self) -> Result<u64, HostError>;

    /// Runs a jail with what its configuration says. Ends running, also when it was.
    async fn start_jail(&self, name: &JailName) -> Result<JailState, HostError>;

    /// Stops a jail, which ends its bans. Ends stopped, also when it was.
    async fn stop_jail(&self, name: &JailName) -> Result<JailState, HostError>;

    /// Stops and starts a jail; not begun when its configuration could not be loaded.
    async fn restart_jail(&self, name: &JailName) -> Result<JailState, HostError>;

    /// Reads the configuration of a jail again; no running jail is lost, bans stay.
    async fn reload_jail(&self, name: &JailName) -> Result<ReloadReport, HostError>;

    /// Reads the whole configuration again; no running jail is lost, bans stay.
    async fn reload_all(&self) -> Result<ReloadReport, HostError>;

    /// Makes a jail stop (`true`) or begin again (`false`) to read its log.
    async fn set_idle(&self, name: &JailName, idle: bool) -> Result<JailState, HostError>;

    /// Adds an entry to the ignore list of a running jail, until its next reload; answers the list.
    async fn add_ignore(
        &self,
        name: &JailName,
        entry: &IgnoreEntry,
    ) -> Result<Vec<String>, HostError>;

    /// Removes an entry, as the daemon lists it, from the ignore list of a running jail, until its next reload; answers the list.
    async fn remove_ignore(&self, name: &JailName, entry: &str) -> Result<Vec<String>, HostError>;

    /// Whether a running jail leaves the machine's own addresses alone, until its next reload.
    async fn set_ignore_self(&self, name: &JailName, ignore: bool) -> Result<bool, HostError>;

    /// Changes settings of a running jail, until its next reload; answers what the daemon says then.
    async fn set_running(
        &self,
        name: &JailName,
        settings: &RunningSettings,
    ) -> Result<JailSettings, HostError>;

    /// What the lock-out guard protects from now on beside what the host knows of itself, in place of what was set before. Kept in memory only: it is set again
    /// whenever it changes and when the host was started anew. At most [`crate::MAX_PROTECTED_NETWORKS`].
    async fn set_protected(&self, networks: &[ProtectedNetwork]) -> Result<(), HostError>;

    /// Uses another socket from now on.
    async fn connect(&self, socket: &str) -> Result<(), HostError>;
}

/// What a host tells by itself.
///
/// Asking again with the same cursor gives the same things again (and what came since); asking with a batch's cursor says that the batch is safe. So nothing is lost
/// when either side dies, and the agent holds no more than one batch for a caller who is slow.
#[async_trait]
pub trait HostHears: Send + Sync {
    /// What happened since `after`; waits until something did, at most `wait`, and then answers an empty batch. `None` is the first time: everything that fail2ban still knows.
    async fn hear(
        &self,
        after: Option<&HearCursor>,
        wait: std::time::Duration,
    ) -> Result<HeardBatch, HostError>;

    /// A time of which nothing could be heard, though fail2ban told it: its events may be missing. Told for some days.
    async fn unheard(&self) -> Option<TimeRange>;

    /// How each running jail sees its logs; `before` is what is known of the time before this host was first listened to.
    async fn jail_health(&self, before: &[LastHeard]) -> Result<Vec<JailHealth>, HostError>;
}

/// Both halves.
pub trait Host: HostReads + HostActs {}
impl<T: HostReads + HostActs> Host for T {}
