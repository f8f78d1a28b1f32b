//! The one place where errors become problems. Causes are logged here, once, and never sent.
use domain::{
    ConfigError, DownReason, FirewallError, GuardHit, GuardReason, GuardedBan, HostError,
    LookupError, StorageError,
};

use crate::{services::bans::text_of, tasks::board::NotOrdered};

use super::{
    ChangeUnderWay, Code, FieldError, HitBody, HitReason, Problem, ReloadProblemBody, TargetHits,
};

/// After how many seconds to try again when the daemon or the database is busy.
const RETRY_SECONDS: u64 = 5;

impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        match &error {
            StorageError::Busy | StorageError::Closed => {
                tracing::warn!(error = %error, "storage did not answer");
                Self::new(Code::Busy).retry_after(RETRY_SECONDS)
            }
            StorageError::ReadOnly => {
                tracing::error!(error = %error, "storage cannot be written");
                Self::new(Code::DatabaseReadOnly).remedy(
                    "Make the database file and its folder writable for the user that BanGUI runs as.",
                )
            }
            StorageError::DiskFull => {
                tracing::error!(error = %error, "storage cannot be written");
                Self::new(Code::DatabaseReadOnly).remedy("Free space on the disk of the database.")
            }
            StorageError::BadPageToken => Self::new(Code::BadCursor),
            StorageError::Inconsistent { .. } | StorageError::Driver(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "storage failed");
                Self::new(Code::Internal)
            }
        }
    }
}

impl From<NotOrdered> for Problem {
    fn from(why: NotOrdered) -> Self {
        match why {
            NotOrdered::Unknown => Self::new(Code::TaskNotFound),
            NotOrdered::Running => Self::new(Code::TaskRunning)
                .detail("Wait until it has ended; what it did is then shown."),
        }
    }
}

impl From<HostError> for Problem {
    fn from(error: HostError) -> Self {
        let said = error.to_string();
        match error {
            HostError::Unavailable {
                reason,
                detail,
                remedy,
            } => unavailable(reason).detail(detail).remedy(remedy),
            HostError::JailNotFound(_) => Self::new(Code::JailNotFound).detail(said),
            HostError::JailNotRunning(_) => Self::new(Code::JailNotRunning).detail(said),
            HostError::Rejected { .. } => Self::new(Code::DaemonRejected).detail(said),
            HostError::UnsafeReload(problems) => Self::new(Code::UnsafeReload)
                .detail("Nothing was changed: every running jail goes on with what it had.")
                .remedy("Correct the configuration as said below, then try again.")
                .problems(
                    problems
                        .into_iter()
                        .map(|p| ReloadProblemBody {
                            jail: p.jail,
                            detail: p.detail,
                        })
                        .collect(),
                ),
            HostError::JailsLost(_) => Self::new(Code::JailsLost)
                .detail(said)
                .remedy("Look into fail2ban's log, correct the configuration and start the jails."),
            HostError::NotEffective(_) => Self::new(Code::DaemonNotEffective)
                .detail(said)
                .remedy("Look into fail2ban's log for the reason."),
            HostError::GuardBlind(_) => {
                tracing::error!(error = said, "nobody can be banned");
                Self::new(Code::GuardBlind)
                    .detail("Nobody was banned: which addresses this machine needs could not be read, and one of them could be hit.")
                    .remedy("Let BanGUI read /proc/net/route, /proc/net/ipv6_route, /etc/resolv.conf and /run/systemd/resolve/resolv.conf; its log says what failed.")
            }
            HostError::TooManyTargets { .. } => Self::new(Code::TooManyTargets).detail(said),
            HostError::BadPageToken => Self::new(Code::BadCursor),
            HostError::BadSocket(_) => Self::invalid("socket", "bad-socket", said),
            HostError::ClientProgram(_) => {
                tracing::error!(error = said, "fail2ban-client could not be run");
                Self::new(Code::DaemonUnavailable)
                    .detail("fail2ban's own client, which reads the configuration, could not be run.")
                    .remedy("Install fail2ban's package, or set BANGUI_FAIL2BAN_CLIENT to the path of fail2ban-client.")
            }
        }
    }
}

/// The most targets of which one answer tells what they would cut off.
const MAX_TARGETS_TOLD: usize = 100;

impl From<FirewallError> for Problem {
    fn from(error: FirewallError) -> Self {
        match error {
            FirewallError::Guarded(refused) => Self::new(Code::LockOutGuard)
                .detail("Nothing was banned: a target would cut off an address that must stay reachable.")
                .hits(refused.iter().take(MAX_TARGETS_TOLD).map(Into::into).collect()),
            FirewallError::Host(error) => error.into(),
            FirewallError::Unusable(why) => Self::new(Code::FirewallUnusable)
                .why(why)
                .remedy("Install nftables (or ipset and iptables), run BanGUI with the right to change the packet filter, and do not set BANGUI_FIREWALL=off."),
            FirewallError::Failed(why) => {
                tracing::error!(error = %why, "the packet filter did not do what it was told");
                Self::new(Code::FirewallFailed).why(why)
            }
        }
    }
}

impl From<LookupError> for Problem {
    fn from(error: LookupError) -> Self {
        tracing::info!(error = %error, "a lookup failed");
        let code = match &error {
            LookupError::TimedOut => Code::LookupTimeout,
            LookupError::Unreachable(_)
            | LookupError::Refused(_)
            | LookupError::NotUnderstood(_) => Code::LookupFailed,
        };
        Self::new(code).detail(error.to_string())
    }
}

impl From<ConfigError> for Problem {
    fn from(error: ConfigError) -> Self {
        let said = error.to_string();
        match error {
            ConfigError::Host(error) => error.into(),
            ConfigError::ItemNotFound(_) => Self::new(Code::ItemNotFound),
            ConfigError::FileNotFound(_) => Self::new(Code::FileNotFound).detail(said),
            ConfigError::VersionNotFound(_) => Self::new(Code::VersionNotFound).detail(said),
            ConfigError::Changed { files } => Self::new(Code::ConfigChanged)
                .detail("Nothing was written.")
                .remedy("Look at what has changed, and make the plan again.")
                .files(files.into_iter().map(Into::into).collect()),
            ConfigError::Busy {
                author,
                waits_for_confirmation,
            } => Self::new(Code::ConfigBusy).under_way(ChangeUnderWay {
                author: author.name,
                waits_for_confirmation,
            }),
            ConfigError::NothingPending => Self::new(Code::NothingPending),
            ConfigError::Blocked(findings) => Self::new(Code::ConfigBlocked)
                .detail("Nothing was written.")
                .findings(findings.into_iter().map(Into::into).collect()),
            ConfigError::BadChange { change, detail } => {
                Self::new(Code::BadChange).error(FieldError {
                    field: format!("changes[{change}]"),
                    code: "bad-change",
                    message: detail,
                })
            }
            ConfigError::CommandsForbidden => Self::new(Code::CommandsForbidden)
                .detail(said)
                .remedy("Whoever runs the machine can allow them with BANGUI_ALLOW_COMMANDS=true."),
            ConfigError::NeedsPassword => Self::new(Code::PasswordNeeded).detail(said),
            ConfigError::Files {
                path,
                detail,
                remedy,
            } => {
                tracing::warn!(config.path = ?path, error = ?detail, "a file of the configuration cannot be read or written");
                Self::new(Code::ConfigFiles)
                    .detail(format!("{path}: {detail}"))
                    .remedy(remedy)
            }
            ConfigError::PathNotAllowed(_) => Self::new(Code::PathNotAllowed)
                .detail(said)
                .remedy("Choose a file in one of the folders that BANGUI_LOG_FOLDERS names."),
            ConfigError::BadTest(_) => Self::new(Code::BadTest).detail(said),
            ConfigError::TestEnded(_) => Self::new(Code::TestEnded)
                .detail(said)
                .remedy("Try fewer lines, or a simpler expression."),
            ConfigError::RegexProgram(_) => {
                tracing::error!(error = said, "fail2ban-regex could not be run");
                Self::new(Code::RegexProgram).detail(said).remedy(
                    "Install fail2ban's package, or set BANGUI_FAIL2BAN_REGEX to the path of fail2ban-regex.",
                )
            }
            ConfigError::Restart(_) => Self::new(Code::RestartFailed)
                .detail(said)
                .remedy("Look into fail2ban's log; where no service runs it, set BANGUI_FAIL2BAN_START_COMMAND."),
        }
    }
}

fn unavailable(reason: DownReason) -> Problem {
    match reason {
        DownReason::NotAnswering => Problem::new(Code::DaemonTimeout).retry_after(RETRY_SECONDS),
        DownReason::SocketMissing
        | DownReason::NoPermission
        | DownReason::Refused
        | DownReason::Protocol => Problem::new(Code::DaemonUnavailable).retry_after(RETRY_SECONDS),
    }
}

impl From<&GuardedBan> for TargetHits {
    fn from(ban: &GuardedBan) -> Self {
        Self {
            target: text_of(ban.network),
            hits: ban.hits.iter().map(HitBody::from).collect(),
        }
    }
}

impl From<&GuardHit> for HitBody {
    fn from(hit: &GuardHit) -> Self {
        Self {
            reason: hit.reason.into(),
            address: hit.address.to_string(),
            can_be_overridden: hit.reason.can_be_overridden(),
        }
    }
}

impl From<GuardReason> for HitReason {
    fn from(reason: GuardReason) -> Self {
        match reason {
            GuardReason::Loopback => Self::Loopback,
            GuardReason::OwnAddress => Self::OwnAddress,
            GuardReason::Gateway => Self::Gateway,
            GuardReason::NameServer => Self::NameServer,
            GuardReason::SshSession => Self::SshSession,
            GuardReason::Proxy => Self::Proxy,
            GuardReason::SignedIn => Self::SignedIn,
            GuardReason::Allowlisted => Self::Allowlisted,
            GuardReason::Requester => Self::Requester,
            GuardReason::Everything => Self::Everything,
        }
    }
}
