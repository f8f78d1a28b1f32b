//! What BanGUI is told from outside: defaults < file < `.env` < environment < flags.
//!
//! Every setting is an entry of [`SETTINGS`], from which `.env.example` is made, and a field of [`Settings`]. A setting that does not exist or has a
//! wrong value stops the program with a message that names it and where it was set.
mod read;
mod values;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use ipnet::IpNet;

pub(crate) use read::{SettingsError, Sources};
pub(crate) use values::{LogFormat, UseFirewall};

/// What each name of a variable begins with.
pub(crate) const PREFIX: &str = "BANGUI_";

/// A setting as it is documented.
pub(crate) struct Documented {
    /// Its name without the prefix.
    pub(crate) name: &'static str,
    /// The default as it would be written; empty when it depends on the machine or there is none.
    pub(crate) default: &'static str,
    /// What it does, with units and limits.
    pub(crate) about: &'static str,
}

/// Every setting.
pub(crate) const SETTINGS: &[Documented] = &[
    Documented {
        name: "LISTEN",
        default: "127.0.0.1:8000",
        about: "Address and port to listen on. Put a proxy with TLS in front before you open it to others.",
    },
    Documented {
        name: "BASE_PATH",
        default: "/",
        about: "Where the page lives below the proxy's address, such as /bangui/.",
    },
    Documented {
        name: "PUBLIC_URL",
        default: "",
        about: "The address that people type, such as https://bans.example.org. With https the session's cookie is bound to TLS.",
    },
    Documented {
        name: "TRUSTED_PROXIES",
        default: "",
        about: "Addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, separated by commas. BanGUI bans none of them.",
    },
    Documented {
        name: "DATA_DIR",
        default: "",
        about: "Folder of BanGUI's own database. Default: /var/lib/bangui for root, otherwise ~/.local/state/bangui.",
    },
    Documented {
        name: "FAIL2BAN_SOCKET",
        default: "",
        about: "The daemon's socket. Default: what was chosen at setup, else /run/fail2ban/fail2ban.sock. When set here, it wins.",
    },
    Documented {
        name: "FAIL2BAN_CONFIG",
        default: "/etc/fail2ban",
        about: "Folder of fail2ban's configuration.",
    },
    Documented {
        name: "FAIL2BAN_CLIENT",
        default: "fail2ban-client",
        about: "fail2ban's own client, which reads the configuration for a reload: a name or a path.",
    },
    Documented {
        name: "FAIL2BAN_REGEX",
        default: "fail2ban-regex",
        about: "fail2ban's own program that tries filters on lines: a name or a path.",
    },
    Documented {
        name: "FAIL2BAN_START_COMMAND",
        default: "",
        about: "What starts fail2ban again where no service manager runs it: a program and its arguments, such as \"/usr/bin/fail2ban-client start\"; run without a shell. Default: nothing.",
    },
    Documented {
        name: "LOG_FOLDERS",
        default: "/var/log",
        about: "Folders whose log files filters may be tried on, separated by commas; what jails read may be read in any case.",
    },
    Documented {
        name: "ALLOW_COMMANDS",
        default: "true",
        about: "Whether administrators may change what fail2ban runs as root (commands of actions, ignorecommand, formulas), after giving their password once more. false forbids it to everybody.",
    },
    Documented {
        name: "FIREWALL",
        default: "auto",
        about: "auto: BanGUI has a table of its own in this machine's packet filter (nftables, else ipset with iptables) for lists and for bans without a jail, made only once there is something to block. off: the packet filter is neither read nor changed.",
    },
    Documented {
        name: "LIST_HOSTS",
        default: "",
        about: "Hosts inside that lists may be fetched from though their addresses are not public, separated by commas: lists.example.org, 10.0.0.7, or with the only port allowed, lists.example.org:8443.",
    },
    Documented {
        name: "CONFIRM_SECONDS",
        default: "120",
        about: "Within what time a risky change of the configuration must be confirmed before it is taken back by itself, 10 to 3600.",
    },
    Documented {
        name: "GEO_DIR",
        default: "",
        about: "Folder of your own MMDB files (MaxMind, DB-IP, IPinfo) for countries and networks of addresses; they win over what BanGUI brings, and are looked at every minute. Default: geo in the data folder.",
    },
    Documented {
        name: "RDAP_URL",
        default: "https://rdap.org/ip/",
        about: "Where to ask whose an address is, once an administrator has allowed online lookups and when somebody asks: an address is written behind it.",
    },
    Documented {
        name: "POLL_INTERVAL_MS",
        default: "2000",
        about: "How often the daemon is asked, in milliseconds, 250 to 60000. Pages read the answer from memory.",
    },
    Documented {
        name: "SESSION_IDLE_SECONDS",
        default: "28800",
        about: "What setup proposes: a session ends after this long without use, 300 to 2592000.",
    },
    Documented {
        name: "SESSION_ABSOLUTE_SECONDS",
        default: "604800",
        about: "What setup proposes: a session ends after this long in any case, at least the idle limit, at most 7776000.",
    },
    Documented {
        name: "SETUP_TOKEN",
        default: "",
        about: "The one-time token that setup asks of visitors from elsewhere, at least 16 characters. Default: made and printed at each start until setup is done.",
    },
    Documented {
        name: "LOG",
        default: "info",
        about: "What is logged: error, warn, info, debug, trace, or a filter such as info,agent=debug.",
    },
    Documented {
        name: "LOG_FORMAT",
        default: "text",
        about: "text or json.",
    },
    Documented {
        name: "SHUTDOWN_SECONDS",
        default: "20",
        about: "How long requests and tasks may take to finish at SIGTERM, 1 to 300.",
    },
];

/// The settings, checked.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) listen: SocketAddr,
    pub(crate) base_path: String,
    pub(crate) public_url: Option<String>,
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) data_dir: PathBuf,
    pub(crate) geo_dir: PathBuf,
    pub(crate) fail2ban_socket: Option<PathBuf>,
    pub(crate) fail2ban_config: PathBuf,
    pub(crate) fail2ban_client: PathBuf,
    pub(crate) fail2ban_regex: PathBuf,
    pub(crate) fail2ban_start_command: Option<Vec<String>>,
    pub(crate) log_folders: Vec<PathBuf>,
    pub(crate) allow_commands: bool,
    pub(crate) firewall: UseFirewall,
    pub(crate) list_hosts: Vec<blocklists::InternalHost>,
    pub(crate) confirm_within: Duration,
    pub(crate) rdap_url: lookup::RdapUrl,
    pub(crate) poll_interval: Duration,
    pub(crate) session_idle_seconds: i64,
    pub(crate) session_absolute_seconds: i64,
    pub(crate) setup_token: Option<server::SetupToken>,
    pub(crate) log: String,
    pub(crate) log_format: LogFormat,
    pub(crate) shutdown: Duration,
}

/// Where Debian's package puts the socket.
pub(crate) const DEFAULT_SOCKET: &str = "/run/fail2ban/fail2ban.sock";

impl Settings {
    /// Reads and checks all settings.
    pub(crate) fn read(sources: &Sources) -> Result<Self, SettingsError> {
        let raw = sources.merge()?;
        let data_dir = raw
            .optional("DATA_DIR", values::path)?
            .unwrap_or_else(values::default_data_dir);
        let seconds = |name, least, most| {
            let seconds = raw.parse(name, |t| values::within(t, least, most))?;
            Ok(Duration::from_secs(seconds))
        };
        let settings = Self {
            listen: raw.parse("LISTEN", values::listen)?,
            base_path: raw.parse("BASE_PATH", values::base_path)?,
            public_url: raw.optional("PUBLIC_URL", values::origin)?,
            trusted_proxies: raw
                .optional("TRUSTED_PROXIES", values::networks)?
                .unwrap_or_default(),
            geo_dir: raw
                .optional("GEO_DIR", values::path)?
                .unwrap_or_else(|| data_dir.join("geo")),
            data_dir,
            fail2ban_socket: raw.optional("FAIL2BAN_SOCKET", values::absolute_path)?,
            fail2ban_config: raw.parse("FAIL2BAN_CONFIG", values::absolute_path)?,
            fail2ban_client: raw.parse("FAIL2BAN_CLIENT", values::path)?,
            fail2ban_regex: raw.parse("FAIL2BAN_REGEX", values::path)?,
            fail2ban_start_command: raw.optional("FAIL2BAN_START_COMMAND", values::command)?,
            log_folders: raw.parse("LOG_FOLDERS", values::folders)?,
            allow_commands: raw.parse("ALLOW_COMMANDS", values::yes_or_no)?,
            firewall: raw.parse("FIREWALL", values::firewall)?,
            list_hosts: raw
                .optional("LIST_HOSTS", values::internal_hosts)?
                .unwrap_or_default(),
            confirm_within: seconds("CONFIRM_SECONDS", 10, 3600)?,
            rdap_url: raw.parse("RDAP_URL", |t| {
                t.parse().map_err(|e: lookup::BadRdapUrl| e.to_string())
            })?,
            poll_interval: Duration::from_millis(
                raw.parse("POLL_INTERVAL_MS", |t| values::within(t, 250, 60_000))?,
            ),
            session_idle_seconds: raw.parse("SESSION_IDLE_SECONDS", |t| {
                values::within(t, 300, 2_592_000)
            })?,
            session_absolute_seconds: raw.parse("SESSION_ABSOLUTE_SECONDS", |t| {
                values::within(t, 300, 7_776_000)
            })?,
            setup_token: raw.optional("SETUP_TOKEN", values::setup_token)?,
            log: raw.parse("LOG", values::log_filter)?,
            log_format: raw.parse("LOG_FORMAT", values::log_format)?,
            shutdown: seconds("SHUTDOWN_SECONDS", 1, 300)?,
        };
        if settings.session_absolute_seconds < settings.session_idle_seconds {
            return Err(raw.wrong(
                "SESSION_ABSOLUTE_SECONDS",
                "it must be at least BANGUI_SESSION_IDLE_SECONDS".to_owned(),
            ));
        }
        Ok(settings)
    }

    /// The ports on which people reach BanGUI: its own, and that of the address that they type. Behind a proxy of which only the address is known
    /// it is one of the web's.
    pub(crate) fn reached_on(&self, listening: SocketAddr) -> Vec<u16> {
        let mut ports = vec![listening.port()];
        match &self.public_url {
            Some(origin) => ports.extend(values::port_of_origin(origin)),
            None if self.trusted_proxies.is_empty() => {}
            None => ports.extend([values::HTTP_PORT, values::HTTPS_PORT]),
        }
        ports
    }
}

/// The text of `.env.example`.
pub(crate) fn example() -> String {
    let mut text = String::from(
        "# Settings of BanGUI: defaults < file (bangui.toml, or the one that BANGUI_CONFIG names) < .env < environment < flags.\n\
         # Made by `bangui settings-example`; every line here shows the default.\n",
    );
    for setting in SETTINGS {
        text.push_str("\n# ");
        text.push_str(setting.about);
        text.push_str("\n#");
        text.push_str(PREFIX);
        text.push_str(setting.name);
        text.push('=');
        text.push_str(setting.default);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests;
