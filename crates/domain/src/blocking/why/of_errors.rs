//! Errors of the ports as reasons.
use super::{Why, WhyCode};
use crate::{DownReason, FirewallError, HostError};

impl From<&HostError> for Why {
    fn from(error: &HostError) -> Self {
        match error {
            HostError::Unavailable { reason, detail, .. } => {
                Self::new(down(*reason), error).detail(detail)
            }
            HostError::JailNotFound(jail) => Self::new(WhyCode::JailNotFound, error).name(jail),
            HostError::JailNotRunning(jail) => Self::new(WhyCode::JailNotRunning, error).name(jail),
            HostError::Rejected { class, text } => {
                let detail = format_args!("{class}: {text}");
                Self::new(WhyCode::DaemonRejected, error).detail(detail)
            }
            HostError::UnsafeReload(_) => Self::new(WhyCode::ReloadUnsafe, error),
            HostError::GuardBlind(why) => Self::new(WhyCode::GuardBlind, error).detail(why),
            HostError::ClientProgram(why) => Self::new(WhyCode::ClientProgram, error).detail(why),
            HostError::JailsLost(_)
            | HostError::NotEffective(_)
            | HostError::TooManyTargets { .. }
            | HostError::BadPageToken
            | HostError::BadSocket(_) => Self::unnamed(error),
        }
    }
}

impl From<&FirewallError> for Why {
    fn from(error: &FirewallError) -> Self {
        match error {
            FirewallError::Unusable(why) | FirewallError::Failed(why) => why.clone(),
            FirewallError::Guarded(_) => Self::unnamed(error),
            FirewallError::Host(error) => error.into(),
        }
    }
}

const fn down(reason: DownReason) -> WhyCode {
    match reason {
        DownReason::SocketMissing => WhyCode::DaemonSocketMissing,
        DownReason::NoPermission => WhyCode::DaemonNoPermission,
        DownReason::Refused => WhyCode::DaemonRefused,
        DownReason::NotAnswering => WhyCode::DaemonNotAnswering,
        DownReason::Protocol => WhyCode::DaemonProtocol,
    }
}
