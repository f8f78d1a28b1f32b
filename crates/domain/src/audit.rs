//! Who did what.
use std::net::IpAddr;

use crate::{HostId, PageSize, PageToken, Timestamp, UserId, UserName};

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person with an account.
    User {
        /// The account.
        id: UserId,
        /// Its name at that time.
        name: UserName,
    },
    /// Somebody who was not signed in. The name is what was typed, cut to 64 characters. Hostile text.
    Visitor {
        /// The name that was typed, if any.
        claimed: Option<String>,
    },
    /// BanGUI itself.
    System,
}

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident => $text:literal),+ $(,)?) => {
        /// What was done. The text is stored and part of the API: never change one, only add.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum AuditAction { $($(#[$doc])* $variant),+ }

        impl AuditAction {
            /// Every action.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The text in storage and API.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// The action of a text.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|action| action.as_str() == text)
            }
        }
    };
}
actions! {
    /// The wizard was finished.
    SetupCompleted => "setup.completed",
    /// A sign-in, or an attempt at one.
    SessionCreated => "session.created",
    /// One session was ended.
    SessionRevoked => "session.revoked",
    /// All sessions of a user were ended.
    SessionsRevoked => "sessions.revoked",
    /// A password was changed.
    PasswordChanged => "password.changed",
    /// Settings were changed.
    SettingsChanged => "settings.changed",
    /// Addresses were banned.
    BansCreated => "bans.created",
    /// Addresses were unbanned.
    BansRemoved => "bans.removed",
    /// Every ban was ended.
    BansCleared => "bans.cleared",
    /// A jail was started.
    JailStarted => "jail.started",
    /// A jail was stopped.
    JailStopped => "jail.stopped",
    /// A jail was restarted.
    JailRestarted => "jail.restarted",
    /// A jail was reloaded.
    JailReloaded => "jail.reloaded",
    /// A jail was made idle.
    JailIdled => "jail.idled",
    /// An idle jail was resumed.
    JailResumed => "jail.resumed",
    /// All jails were reloaded.
    JailsReloaded => "jails.reloaded",
    /// A jail's running settings were changed.
    JailSettingsChanged => "jail.settings_changed",
    /// An entry was added to a jail's ignore list.
    IgnoreAdded => "ignore.added",
    /// An entry was removed from a jail's ignore list.
    IgnoreRemoved => "ignore.removed",
    /// Whether a jail ignores the machine's own addresses was changed.
    IgnoreSelfChanged => "ignore.self_changed",
    /// Others were asked about an address.
    AddressLookedUp => "address.looked_up",
    /// A change of the configuration was applied.
    ConfigApplied => "config.applied",
    /// A change that waited to be confirmed was kept.
    ConfigConfirmed => "config.confirmed",
    /// A change that waited to be confirmed was taken back, by a person or because nobody confirmed it.
    ConfigReverted => "config.reverted",
    /// What something else changed was kept as a version.
    ConfigAdopted => "config.adopted",
    /// What a start found half done was put right.
    ConfigRecovered => "config.recovered",
    /// The sample lines of a filter were changed.
    SamplesChanged => "samples.changed",
    /// A filter was tried on a log file or the journal.
    LaboratoryTested => "laboratory.tested",
    /// The daemon opened its log anew.
    LogFlushed => "log.flushed",
    /// The daemon was restarted.
    DaemonRestarted => "daemon.restarted",
    /// A source of blocked networks was added.
    BlocklistAdded => "blocklist.added",
    /// A source was changed.
    BlocklistChanged => "blocklist.changed",
    /// A source was removed.
    BlocklistRemoved => "blocklist.removed",
    /// A source was told to be fetched at once.
    BlocklistOrdered => "blocklist.ordered",
    /// A copy that waited for a yes was put in force.
    BlocklistConfirmed => "blocklist.confirmed",
    /// A copy that waited for a yes was refused.
    BlocklistRefused => "blocklist.refused",
    /// Networks were banned in BanGUI's own table.
    OwnBansCreated => "own_bans.created",
    /// Bans of BanGUI's own table were ended.
    OwnBansEnded => "own_bans.ended",
    /// Somebody was put on the allowlist.
    AllowlistAdded => "allowlist.added",
    /// An entry of the allowlist was changed.
    AllowlistChanged => "allowlist.changed",
    /// Somebody was taken off the allowlist.
    AllowlistRemoved => "allowlist.removed",
    /// What was banned and not blocked was put right.
    FirewallRepaired => "firewall.repaired",
    /// A task was told to run at once.
    TaskOrdered => "task.ordered",
    /// Somebody signed in gave the password once more, for what needs it.
    PasswordChecked => "password.checked",
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Done.
    Success,
    /// Done in part.
    Partial,
    /// Not allowed: wrong password, lock-out guard, limits.
    Refused,
    /// Tried, and failed.
    Failed,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::Success, Self::Partial, Self::Refused, Self::Failed];

    /// The text in storage and API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Partial => "partial",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    /// The outcome of a text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|outcome| outcome.as_str() == text)
    }
}

/// Something to remember.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// From where; `None` for BanGUI itself.
    pub address: Option<IpAddr>,
    /// What.
    pub action: AuditAction,
    /// On which host, where it concerns one.
    pub host: Option<HostId>,
    /// On what: a jail, a session, an address; short. Hostile text.
    pub target: String,
    /// What came of it.
    pub outcome: Outcome,
    /// Counts, addresses (bounded), reasons; never a secret.
    pub detail: serde_json::Value,
}

/// Something remembered.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    /// Its key; grows.
    pub id: i64,
    /// What was remembered.
    pub entry: NewAuditEntry,
}

/// Which entries are wanted, newest first. Conditions are joined by "and".
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditQuery {
    /// Only of this user, by name.
    pub user: Option<UserName>,
    /// Only of this action.
    pub action: Option<AuditAction>,
    /// Only with this outcome.
    pub outcome: Option<Outcome>,
    /// Only from this moment on.
    pub from: Option<Timestamp>,
    /// Only before this moment.
    pub until: Option<Timestamp>,
    /// Where the page begins; `None` is the first page.
    pub after: Option<PageToken>,
    /// How long the page may be.
    pub limit: PageSize,
}
