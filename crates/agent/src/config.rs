//! What an agent is started with.
use std::{path::PathBuf, sync::Arc, time::Duration};

use domain::{Clock, HostId, SystemClock};

use crate::{ApplyObserver, FirewallConfig, GuardConfig, JournalConfig, LoginRecords};

/// The settings of an agent.
#[derive(Clone)]
pub struct AgentConfig {
    /// The name of this machine.
    pub host: HostId,
    /// The daemon's socket.
    pub socket: PathBuf,
    /// The folder of its configuration.
    pub config_dir: PathBuf,
    /// Its own client, which reads the configuration; a name is looked up in `PATH`.
    pub client_program: PathBuf,
    /// Its `fail2ban-regex`, which tries filters; a name is looked up in `PATH`.
    pub regex_program: PathBuf,
    /// Folders whose log files may be read to try filters on, beside the files that jails read.
    pub log_folders: Vec<PathBuf>,
    /// Where the agent keeps what is its own, for it alone: sample lines, versions of the configuration, the journal of changes. `None`: nothing
    /// of it is kept, and the configuration cannot be changed.
    pub state_dir: Option<PathBuf>,
    /// What starts the daemon where no service manager does: a program and its arguments, run without a shell.
    pub start_command: Option<Vec<String>>,
    /// How the journal is read, where fail2ban logs to it and where filters are tried on it.
    pub journal: JournalConfig,
    /// How often the daemon is asked.
    pub poll_interval: Duration,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// What the lock-out guard goes by.
    pub guard: GuardConfig,
    /// Where the machine keeps record of who logged in.
    pub logins: LoginRecords,
    /// The ports on which people reach BanGUI: a change of a jail whose bans can cut them off must be confirmed.
    pub own_ports: Vec<u16>,
    /// How long things may take.
    pub timeouts: Timeouts,
    /// Within what time a change must be confirmed that is not kept otherwise.
    pub confirm_within: Duration,
    /// Whether changes may touch what runs commands as root. `false` forbids it to everybody.
    pub allow_commands: bool,
    /// How many versions are kept; older ones go when a new one is made.
    pub kept_versions: usize,
    /// Which packet filter carries out what is banned, and whether BanGUI may have a table of its own in it.
    pub firewall: FirewallConfig,
    /// Is told what a change goes through, step by step.
    pub observer: Option<Arc<dyn ApplyObserver>>,
}

impl Default for AgentConfig {
    /// The paths of a packaged fail2ban.
    fn default() -> Self {
        Self {
            host: HostId::local(),
            socket: "/run/fail2ban/fail2ban.sock".into(),
            config_dir: "/etc/fail2ban".into(),
            client_program: "fail2ban-client".into(),
            regex_program: "fail2ban-regex".into(),
            log_folders: vec!["/var/log".into()],
            state_dir: None,
            start_command: None,
            journal: JournalConfig::default(),
            poll_interval: Duration::from_secs(2),
            clock: Arc::new(SystemClock),
            guard: GuardConfig::default(),
            logins: LoginRecords::default(),
            own_ports: Vec::new(),
            timeouts: Timeouts::default(),
            confirm_within: Duration::from_mins(2),
            allow_commands: true,
            kept_versions: 1000,
            firewall: FirewallConfig::default(),
            observer: None,
        }
    }
}

/// How long things may take, and how long what was learned is kept.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// A question to the daemon; the poll calls it hung after this.
    pub read: Duration,
    /// An order to the daemon, which runs actions before it answers.
    pub action: Duration,
    /// A question to a socket that is being tried out.
    pub trial: Duration,
    /// A run of the client program: up to 2.4 s were measured with all stock jails on a busy machine.
    pub client_program: Duration,
    /// A run of `fail2ban-regex`; also what it may compute.
    pub regex_test: Duration,
    /// Until a daemon that was told to stop has ended, and until one that was started has all its jails, each.
    pub restart: Duration,
    /// How old the list of jails that the configuration enables may be.
    pub enabled_jails: Duration,
    /// How old the answer about one jail may be.
    pub jail_detail: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            read: Duration::from_secs(10),
            action: Duration::from_mins(2),
            trial: Duration::from_secs(5),
            client_program: Duration::from_secs(30),
            regex_test: Duration::from_secs(20),
            restart: Duration::from_mins(1),
            enabled_jails: Duration::from_mins(5),
            jail_detail: Duration::from_secs(3),
        }
    }
}
