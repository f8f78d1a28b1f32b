//! The lab: a daemon, its folder and its traffic, from start to stop.

use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::process::Command;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::control::Control;
use crate::daemon::Daemon;
use crate::enforcement::{Confinement, from_words};
use crate::folder::{Folder, RunningJail};
use crate::traffic::Traffic;
use crate::{Enforcement, Installation, LabConfig, LabError, TrafficCounts, client, socket};

/// Longer than any daemon that obeys needs; a client that hangs is ended.
const CLIENT_LIMIT: Duration = Duration::from_mins(1);

/// A running fail2ban of its own. [`Lab::stop`] ends it in order; dropping it ends it at once.
#[derive(Debug)]
pub struct Lab {
    // Fields are dropped in this order: nobody may start the daemon any more, then nobody writes, then it ends,
    // and then its namespace and its folder go.
    control: Control,
    traffic: Traffic,
    daemon: Arc<Daemon>,
    confinement: Confinement,
    jails: Vec<RunningJail>,
    installation: Installation,
    folder: Folder,
    temporary: Option<TempDir>,
}

/// What is made before the daemon starts; making it blocks.
struct Ground {
    temporary: Option<TempDir>,
    folder: Folder,
    jails: Vec<RunningJail>,
    confinement: Confinement,
}

impl Lab {
    /// Starts a lab and waits until its daemon has all jails.
    pub async fn start(config: LabConfig) -> Result<Self, LabError> {
        config.installation.check()?;
        if let Some(folder) = &config.folder {
            refuse_in_use(folder.clone()).await?;
        }
        let (config, ground) =
            spawn_blocking(move || Ground::make(&config).map(|ground| (config, ground)))
                .await
                .map_err(|error| LabError::NotStarted {
                    output: error.to_string(),
                })??;
        let Ground {
            temporary,
            folder,
            jails,
            confinement,
        } = ground;
        let names = jails.iter().map(|jail| jail.name.clone()).collect();
        let daemon = Daemon::new(
            config.installation.clone(),
            folder.clone(),
            confinement.prefix(),
            names,
        );
        let daemon = Arc::new(daemon);
        daemon.start().await?;
        // The traffic starts after the daemon: lines from before it would be passed over.
        Ok(Self {
            control: Control::listen(&folder.control, Arc::clone(&daemon))?,
            traffic: Traffic::start(&folder.root, &config, &jails)?,
            daemon,
            jails,
            confinement,
            installation: config.installation,
            folder,
            temporary,
        })
    }

    /// The lab's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder.root
    }

    /// The daemon's socket.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.folder.socket
    }

    /// The daemon's configuration folder, with `jail.conf` and so on.
    #[must_use]
    pub fn config_dir(&self) -> &Path {
        &self.folder.config
    }

    /// The daemon's database file.
    #[must_use]
    pub fn database(&self) -> &Path {
        &self.folder.database
    }

    /// The daemon's own log.
    #[must_use]
    pub fn log_file(&self) -> &Path {
        &self.folder.log
    }

    /// The log file that a jail watches.
    pub fn log_for(&self, jail: &str) -> Result<&Path, LabError> {
        self.jail(jail).map(|jail| jail.log.as_path())
    }

    /// The names of the jails, in the order of the configuration.
    pub fn jails(&self) -> impl Iterator<Item = &str> {
        self.jails.iter().map(|jail| jail.name.as_str())
    }

    /// The fail2ban that runs.
    #[must_use]
    pub fn installation(&self) -> &Installation {
        &self.installation
    }

    /// How bans are enforced: what [`Enforcement::Auto`] found.
    #[must_use]
    pub fn enforcement(&self) -> Enforcement {
        self.confinement.enforcement
    }

    /// The file of the lab's network namespace, which lives as long as the lab. `None` where bans are not enforced, and where the lab does not run as root:
    /// then a user namespace is around it, see [`Self::in_namespace`].
    #[must_use]
    pub fn namespace(&self) -> Option<PathBuf> {
        self.confinement.namespace.as_ref()?.file()
    }

    /// A program that takes `fail2ban-client`'s arguments. Its `start` and `restart` let the lab start the
    /// daemon, so that it stays in the lab's namespace.
    #[must_use]
    pub fn client_program(&self) -> PathBuf {
        self.folder.client.clone()
    }

    /// The client with socket and configuration set, ready for further arguments.
    #[must_use]
    pub fn client(&self) -> Command {
        let mut command = Command::new(&self.folder.client);
        command
            .arg("-s")
            .arg(&self.folder.socket)
            .arg("-c")
            .arg(&self.folder.config)
            .kill_on_drop(true);
        command
    }

    /// Runs the client and gives what it wrote, without white space around it.
    pub async fn client_output(&self, args: &[&str]) -> Result<String, LabError> {
        let mut command = self.client();
        command.args(args);
        output(command, &args.join(" ")).await
    }

    /// A program in the lab's network namespace, such as `nft`. `None` when there is none.
    #[must_use]
    pub fn in_namespace(&self, program: &str) -> Option<Command> {
        let entry = self.confinement.namespace.as_ref()?.entry();
        let words = entry.iter().map(String::as_str).chain([program]);
        let mut command = Command::from(from_words(words));
        command.kill_on_drop(true);
        Some(command)
    }

    /// The rules and sets in the lab's namespace, as `nft list ruleset` prints them.
    /// Empty when bans are not enforced.
    pub async fn ruleset(&self) -> Result<String, LabError> {
        match self.in_namespace("nft") {
            Some(mut command) => {
                command.args(["list", "ruleset"]);
                output(command, "nft list ruleset").await
            }
            None => Ok(String::new()),
        }
    }

    /// The daemon's process id, while it runs.
    #[must_use]
    pub fn daemon_pid(&self) -> Option<u32> {
        self.daemon.pid()
    }

    /// Ends the daemon with SIGKILL, as the kernel does when memory is short.
    pub async fn kill_daemon(&mut self) {
        self.daemon.kill().await;
    }

    /// Stops the daemon in order, with the command that its unit uses.
    pub async fn stop_daemon(&mut self) {
        self.daemon.stop().await;
    }

    /// Starts the daemon, unless it runs, and waits until it has all jails.
    pub async fn start_daemon(&mut self) -> Result<(), LabError> {
        self.daemon.start().await
    }

    /// Stops the daemon in order and starts it again.
    pub async fn restart_daemon(&mut self) -> Result<(), LabError> {
        self.daemon.stop().await;
        self.daemon.start().await
    }

    /// Writes, now, as many failures of the address as the jail needs for a ban. The daemon polls its logs: the
    /// ban comes about a second or two later. For recidive the address attacks all other jails.
    pub async fn attack(&self, jail: &str, address: IpAddr) -> Result<(), LabError> {
        let target = self.jail(jail)?;
        if target.has_service() {
            return self.traffic.attack(vec![target.clone()], address).await;
        }
        let others: Vec<RunningJail> = self
            .jails
            .iter()
            .filter(|jail| jail.has_service())
            .cloned()
            .collect();
        let needed = usize::try_from(target.maxretry).unwrap_or(usize::MAX);
        if others.len() < needed {
            return Err(LabError::TooFewJails {
                needed,
                there: others.len(),
            });
        }
        self.traffic.attack(others, address).await
    }

    /// Sets the rate of the traffic: log lines a second over all services, 0 for silence.
    pub fn set_rate(&self, lines_per_second: f64) {
        self.traffic.set_rate(lines_per_second);
    }

    /// What the traffic has written since the lab started.
    #[must_use]
    pub fn traffic(&self) -> TrafficCounts {
        self.traffic.counts()
    }

    /// Stops everything in order. Nothing is left running, and a temporary folder is removed.
    pub async fn stop(self) {
        self.traffic.set_rate(0.0);
        self.daemon.stop().await;
        let Self {
            control,
            traffic,
            daemon,
            confinement,
            folder,
            temporary,
            ..
        } = self;
        let ended = spawn_blocking(move || {
            drop((control, traffic, daemon, confinement));
            // The daemon removes its socket and pid file itself, unless it had to be killed.
            for path in [&folder.control, &folder.socket, &folder.pid_file] {
                let _ = fs::remove_file(path);
            }
            temporary.map_or(Ok(()), TempDir::close)
        });
        match ended.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the lab's folder could not be removed"),
            Err(error) => tracing::warn!(%error, "the lab did not end in order"),
        }
    }

    fn jail(&self, name: &str) -> Result<&RunningJail, LabError> {
        let jail = self.jails.iter().find(|jail| jail.name == name);
        jail.ok_or_else(|| LabError::UnknownJail(name.to_owned()))
    }
}

impl Ground {
    fn make(config: &LabConfig) -> Result<Self, LabError> {
        let (root, temporary) = if let Some(root) = &config.folder {
            fs::create_dir_all(root).map_err(LabError::io("make the folder", root))?;
            // The daemon has a working folder of its own: relative paths would not find their way.
            let root = root
                .canonicalize()
                .map_err(LabError::io("find the folder", root))?;
            (root, None)
        } else {
            let made = tempfile::Builder::new().prefix("bangui-lab-").tempdir();
            let made = made.map_err(LabError::io("make a folder in", &std::env::temp_dir()))?;
            (made.path().to_path_buf(), Some(made))
        };
        let folder = Folder::new(root)?;
        let jails = folder.jails(config)?;
        let confinement = Confinement::find(config.enforcement)?;
        folder.write(config, &jails, confinement.enforcement)?;
        client::write(&folder, &config.installation)?;
        Ok(Self {
            temporary,
            folder,
            jails,
            confinement,
        })
    }
}

/// A folder serves one lab at a time: the second daemon would take the first one's socket away.
async fn refuse_in_use(root: PathBuf) -> Result<(), LabError> {
    let folder = Folder::new(root)?;
    if socket::ask(&folder.socket, "ping").await.is_ok() {
        return Err(LabError::FolderInUse(folder.root));
    }
    Ok(())
}

/// Runs a program to its end and gives what it wrote.
async fn output(mut command: Command, args: &str) -> Result<String, LabError> {
    let program = PathBuf::from(command.as_std().get_program());
    let run = timeout(CLIENT_LIMIT, command.output()).await;
    let run = run.unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into()));
    let run = run.map_err(LabError::io("run", &program))?;
    let mut text = String::from_utf8_lossy(&run.stdout).into_owned();
    if run.status.success() {
        return Ok(text.trim().to_owned());
    }
    text.push_str(&String::from_utf8_lossy(&run.stderr));
    Err(LabError::Client {
        args: args.to_owned(),
        status: run.status.to_string(),
        output: text.trim().to_owned(),
    })
}
