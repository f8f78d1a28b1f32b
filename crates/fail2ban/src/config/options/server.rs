//! Options of the daemon.

use super::{Group, OptionSpec, Place, ValueKind, option};

const fn server(
    group: Group,
    name: &'static str,
    value: ValueKind,
    help: &'static str,
) -> OptionSpec {
    option(Place::Server, group, name, value, help)
}

pub(super) static OPTIONS: &[OptionSpec] = &[
    server(
        Group::Logging,
        "loglevel",
        ValueKind::Choice {
            words: &[
                "CRITICAL",
                "ERROR",
                "WARNING",
                "NOTICE",
                "INFO",
                "DEBUG",
                "TRACEDEBUG",
                "HEAVYDEBUG",
            ],
            open: false,
        },
        "How much fail2ban writes into its log. Less than INFO hides failures, less than NOTICE hides bans, so that histories are not complete.",
    )
    .default("INFO"),
    server(
        Group::Logging,
        "logtarget",
        ValueKind::Choice {
            words: &["SYSLOG", "STDOUT", "STDERR", "SYSOUT", "SYSTEMD-JOURNAL"],
            open: true,
        },
        "Where fail2ban writes its log: the path of a file, or one of these words.",
    )
    .default("/var/log/fail2ban.log"),
    server(
        Group::Logging,
        "syslogsocket",
        ValueKind::Choice {
            words: &["auto"],
            open: true,
        },
        "The socket of the system log, for the log target SYSLOG; auto finds it.",
    )
    .default("auto"),
    server(
        Group::Database,
        "dbfile",
        ValueKind::Choice {
            words: &["None", ":memory:"],
            open: true,
        },
        "The file of fail2ban's database, which keeps bans over restarts. None turns it off, :memory: forgets it at a restart. Another file takes a restart of the daemon.",
    )
    .default("/var/lib/fail2ban/fail2ban.sqlite3"),
    server(
        Group::Database,
        "dbpurgeage",
        ValueKind::Duration { permanent: false },
        "How long bans stay in the database. Growing ban times need it longer than the longest ban.",
    )
    .default("1d")
    .unit("seconds"),
    server(
        Group::Database,
        "dbmaxmatches",
        ValueKind::Integer {
            min: Some(0),
            max: None,
        },
        "How many log lines are kept with each ban in the database.",
    )
    .default("10")
    .unit("lines"),
    server(
        Group::Advanced,
        "allowipv6",
        ValueKind::Choice {
            words: &["auto", "yes", "no", "on", "off", "true", "false", "1", "0"],
            open: false,
        },
        "Whether fail2ban bans IPv6 addresses; auto asks the system.",
    )
    .default("auto")
    .since("1.0.1"),
    server(
        Group::Advanced,
        "socket",
        ValueKind::Text,
        "The socket that programs speak to the daemon through. Only a restart changes it, and programs must be told.",
    )
    .default("/var/run/fail2ban/fail2ban.sock"),
    server(
        Group::Advanced,
        "pidfile",
        ValueKind::Text,
        "The file that holds the daemon's process id. Only a restart changes it.",
    )
    .default("/var/run/fail2ban/fail2ban.pid"),
    option(
        Place::ServerThread,
        Group::Advanced,
        "stacksize",
        ValueKind::Integer {
            min: Some(0),
            max: None,
        },
        "The memory of each thread's stack; 0 leaves it to the system, else at least 32.",
    )
    .default("0")
    .unit("KiB"),
];
