//! From the daemon's nouns to the port's.
use domain::{BanSubject, HostError, JailCounters, JailSettings, JailSource};
use fail2ban::{ClientError, Subject};

use crate::connection::Down;

/// Counters of a jail.
pub(crate) const fn counters(of: &fail2ban::JailCounters) -> JailCounters {
    JailCounters {
        currently_failed: of.currently_failed,
        total_failed: of.total_failed,
        currently_banned: of.currently_banned,
        total_banned: of.total_banned,
    }
}

/// Counters and source of a jail.
pub(crate) fn status(of: fail2ban::JailStatus) -> (JailCounters, Option<JailSource>) {
    let counters = JailCounters {
        currently_failed: of.currently_failed,
        total_failed: of.total_failed,
        currently_banned: of.currently_banned,
        total_banned: of.total_banned,
    };
    let source = of
        .files
        .map(JailSource::Files)
        .or(of.journal_matches.map(JailSource::Journal));
    (counters, source)
}

/// What a jail runs with.
pub(crate) fn settings(of: fail2ban::JailSettings) -> JailSettings {
    let seconds = |of: Option<fail2ban::Seconds>| of.map(|seconds| seconds.0);
    JailSettings {
        bantime: seconds(of.bantime),
        findtime: seconds(of.findtime),
        maxretry: of.maxretry,
        maxmatches: of.maxmatches,
        maxlines: of.maxlines,
        usedns: of.usedns,
        log_encoding: of.logencoding,
        log_time_zone: of.logtimezone,
        date_pattern: of.datepattern,
        pre_regex: of.prefregex.filter(|text| !text.is_empty()),
        fail_regex: of.failregex.unwrap_or_default(),
        ignore_regex: of.ignoreregex.unwrap_or_default(),
        ignore_ip: texts(&of.ignoreip.unwrap_or_default()),
        ignore_self: of.ignoreself,
        ignore_command: of.ignorecommand.filter(|text| !text.is_empty()),
        actions: of.actions.unwrap_or_default(),
        bantime_increment: of.escalation.increment,
        bantime_factor: of.escalation.factor,
        bantime_formula: of.escalation.formula,
        bantime_multipliers: of.escalation.multipliers,
        bantime_max_seconds: seconds(of.escalation.maxtime),
        bantime_random_seconds: seconds(of.escalation.rndtime),
        bantime_over_all_jails: of.escalation.overalljails,
    }
}

/// Entries of an ignore list as the daemon lists them.
pub(crate) fn texts(entries: &[fail2ban::IgnoreEntry]) -> Vec<String> {
    entries.iter().map(ToString::to_string).collect()
}

/// A subject for the daemon.
pub(crate) fn subject(of: &BanSubject) -> Subject {
    match of {
        BanSubject::Network(network) => Subject::from(*network),
        BanSubject::Other(text) => Subject::Other(text.clone()),
    }
}

/// An error that has nothing to do with one jail.
pub(crate) fn error(error: &ClientError) -> HostError {
    match error {
        ClientError::Daemon(said) => HostError::Rejected {
            class: said.class.clone(),
            text: said.text.clone(),
        },
        ClientError::BadArgument { .. } | ClientError::NotSupported { .. } => HostError::Rejected {
            class: "BadArgument".to_owned(),
            text: error.to_string(),
        },
        other => Down::from(other).into(),
    }
}
