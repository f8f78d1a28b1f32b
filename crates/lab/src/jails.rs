//! The jails that the lab can run, as they differ from fail2ban's stock `jail.conf`.

/// A jail of fail2ban's stock configuration, with its stock filter.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct StockJail {
    /// The section's name in `jail.conf`.
    pub(crate) name: &'static str,
    /// Its log file, below the lab's folder.
    pub(crate) log: &'static str,
    /// Failures until the ban: lower than the stock values where a lab would wait too long for life.
    pub(crate) maxretry: u32,
}

/// The name of the jail that reads the daemon's own log.
pub(crate) const RECIDIVE: &str = "recidive";

/// The daemon's own log, below the lab's folder.
pub(crate) const DAEMON_LOG: &str = "fail2ban.log";

/// All stock jails that the lab has traffic for.
pub(crate) const STOCK: &[StockJail] = &[
    StockJail {
        name: "sshd",
        log: "logs/auth.log",
        maxretry: 5,
    },
    StockJail {
        name: "nginx-http-auth",
        log: "logs/nginx/error.log",
        maxretry: 4,
    },
    StockJail {
        name: "nginx-botsearch",
        log: "logs/nginx/access.log",
        maxretry: 3,
    },
    StockJail {
        name: "postfix",
        log: "logs/mail.log",
        maxretry: 3,
    },
    StockJail {
        name: "postfix-sasl",
        log: "logs/mail.log",
        maxretry: 4,
    },
    StockJail {
        name: "dovecot",
        log: "logs/mail.log",
        maxretry: 4,
    },
    StockJail {
        name: RECIDIVE,
        log: DAEMON_LOG,
        maxretry: 3,
    },
];

/// The stock jail of this name.
pub(crate) fn find(name: &str) -> Option<&'static StockJail> {
    STOCK.iter().find(|jail| jail.name == name)
}

/// The names of the stock jails that a lab runs unless told otherwise.
pub fn stock_jails() -> impl Iterator<Item = &'static str> {
    STOCK.iter().map(|jail| jail.name)
}
