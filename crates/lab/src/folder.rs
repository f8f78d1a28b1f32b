//! The lab's folder: where everything lies in it, and the configuration that is written there.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::jails::{DAEMON_LOG, StockJail};
use crate::{Enforcement, ExtraJail, LabConfig, LabError};

/// `sizeof(sockaddr_un.sun_path)` is 108 on Linux, the last byte is the terminator.
const SOCKET_PATH_MAX: usize = 107;

/// A jail as the lab runs it.
#[derive(Debug, Clone)]
pub(crate) struct RunningJail {
    pub(crate) name: String,
    pub(crate) log: PathBuf,
    pub(crate) maxretry: u32,
    pub(crate) kind: JailKind,
}

/// Where a jail's filter and lines come from.
#[derive(Debug, Clone)]
pub(crate) enum JailKind {
    Stock(&'static StockJail),
    Extra(ExtraJail),
}

/// The paths of a lab.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    pub(crate) root: PathBuf,
    pub(crate) socket: PathBuf,
    pub(crate) pid_file: PathBuf,
    pub(crate) config: PathBuf,
    pub(crate) database: PathBuf,
    pub(crate) log: PathBuf,
    /// What the daemon writes before its log is open, and Python's last words.
    pub(crate) output: PathBuf,
    /// The pipe over which the client script asks the lab to start the daemon.
    pub(crate) control: PathBuf,
    /// The client script.
    pub(crate) client: PathBuf,
}

impl Folder {
    pub(crate) fn new(root: PathBuf) -> Result<Self, LabError> {
        let folder = Self {
            socket: root.join("fail2ban.sock"),
            pid_file: root.join("fail2ban.pid"),
            config: root.join("etc"),
            database: root.join("fail2ban.sqlite3"),
            log: root.join(DAEMON_LOG),
            output: root.join("daemon.out"),
            control: root.join("control"),
            client: root.join("fail2ban-client"),
            root,
        };
        if folder.socket.as_os_str().as_bytes().len() > SOCKET_PATH_MAX {
            return Err(LabError::SocketPathTooLong(folder.socket));
        }
        Ok(folder)
    }

    /// The jails that the settings ask for, in the order of the table, extra ones last.
    pub(crate) fn jails(&self, config: &LabConfig) -> Result<Vec<RunningJail>, LabError> {
        let mut jails: Vec<RunningJail> = config
            .jails
            .resolve()?
            .into_iter()
            .map(|stock| RunningJail {
                name: stock.name.into(),
                log: self.root.join(stock.log),
                maxretry: stock.maxretry,
                kind: JailKind::Stock(stock),
            })
            .collect();
        for (index, extra) in config.extra_jails.iter().enumerate() {
            let taken = jails.iter().any(|jail| jail.name == extra.name);
            if taken || !is_section_name(&extra.name) {
                return Err(LabError::BadJailName(extra.name.clone()));
            }
            jails.push(RunningJail {
                name: extra.name.clone(),
                log: self.root.join(format!("logs/extra-{index}.log")),
                maxretry: extra.maxretry,
                kind: JailKind::Extra(extra.clone()),
            });
        }
        Ok(jails)
    }

    /// Writes the configuration and makes the log files. Files that the lab does not know are kept, so that a
    /// folder that is used again keeps what was changed in `jail.local`, `jail.d/*.local` and so on.
    pub(crate) fn write(
        &self,
        config: &LabConfig,
        jails: &[RunningJail],
        enforcement: Enforcement,
    ) -> Result<(), LabError> {
        make_folder(&self.root)?;
        // The logs hold addresses and the socket is root's door: nobody else needs to look in.
        fs::set_permissions(&self.root, fs::Permissions::from_mode(0o700))
            .map_err(LabError::io("close the folder", &self.root))?;
        self.copy_stock(&config.installation.config)?;
        self.write_own(config, jails, enforcement)?;
        for log in jails.iter().map(|jail| &jail.log).chain([&self.log]) {
            log.parent().map_or(Ok(()), make_folder)?;
            // The daemon refuses a jail whose log file is missing.
            fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(log)
                .map_err(LabError::io("make the log file", log))?;
        }
        Ok(())
    }

    /// Copies rather than links: an editor that is tried on the lab must not reach the machine's files.
    fn copy_stock(&self, stock: &Path) -> Result<(), LabError> {
        copy_folder(stock, &self.config, false)?;
        for part in ["filter.d", "action.d"] {
            copy_folder(&stock.join(part), &self.config.join(part), true)?;
        }
        for part in ["jail.d", "fail2ban.d"] {
            make_folder(&self.config.join(part))?;
        }
        Ok(())
    }

    /// The lab's own part stands in the place where a distribution puts its own: after the stock files and
    /// before everything that an administrator writes.
    fn write_own(
        &self,
        config: &LabConfig,
        jails: &[RunningJail],
        enforcement: Enforcement,
    ) -> Result<(), LabError> {
        let daemon = format!(
            "[DEFAULT]\nloglevel = INFO\nlogtarget = {log}\nsocket = {socket}\npidfile = {pid}\ndbfile = {db}\n\
             # A day is too short for a lab that runs for a week.\ndbpurgeage = 14d\n",
            log = value(&self.log.to_string_lossy()),
            socket = value(&self.socket.to_string_lossy()),
            pid = value(&self.pid_file.to_string_lossy()),
            db = value(&self.database.to_string_lossy()),
        );
        write_file(&self.config.join("fail2ban.d/lab.conf"), &daemon)?;
        let text = jail_text(config, jails, enforcement);
        write_file(&self.config.join("jail.d/lab.conf"), &text)?;
        for (index, extra) in config.extra_jails.iter().enumerate() {
            let filter = format!("[Definition]\nfailregex = {}\n", value(&extra.failregex));
            let path = format!("filter.d/lab-extra-{index}.conf");
            write_file(&self.config.join(path), &filter)?;
        }
        Ok(())
    }
}

/// The jails' text. Only what differs from the stock files is said.
fn jail_text(config: &LabConfig, jails: &[RunningJail], enforcement: Enforcement) -> String {
    let action = match enforcement {
        Enforcement::None => "action =\n",
        Enforcement::Auto | Enforcement::Namespace => {
            "banaction = nftables-multiport\nbanaction_allports = nftables-allports\n"
        }
    };
    let mut text = format!(
        "[DEFAULT]\n# Polling needs no further package.\nbackend = polling\n\
         # The addresses of the traffic are not asked for in the world's name servers.\nusedns = no\n\
         findtime = 10m\nbantime = {}\nbantime.increment = true\nbantime.maxtime = 1w\n{action}",
        config.bantime_seconds
    );
    let mut extras = 0;
    for jail in jails {
        let name = &jail.name;
        // `head` is the default; without it, a path with a space would be taken apart.
        // Newer packages set the journal as the backend in each section: it is overridden there.
        let _ = write!(
            text,
            "\n[{name}]\nenabled = true\nbackend = polling\nlogpath = {} head\nmaxretry = {}\n",
            value(&jail.log.to_string_lossy()),
            jail.maxretry
        );
        if let JailKind::Extra(extra) = &jail.kind {
            let _ = writeln!(
                text,
                "filter = lab-extra-{extras}\nbantime = {}",
                extra.bantime_seconds
            );
            extras += 1;
        }
    }
    text
}

/// A value in the configuration's syntax: `%` starts an interpolation unless it is doubled.
fn value(text: &str) -> String {
    text.replace('%', "%%")
}

/// Whether a section of the configuration can have this name.
fn is_section_name(name: &str) -> bool {
    !name.is_empty()
        && name == name.trim()
        && !["DEFAULT", "INCLUDES"].contains(&name)
        && !name.chars().any(|c| c.is_control() || "[]%".contains(c))
}

fn make_folder(path: &Path) -> Result<(), LabError> {
    fs::create_dir_all(path).map_err(LabError::io("make the folder", path))
}

pub(crate) fn write_file(path: &Path, text: &str) -> Result<(), LabError> {
    fs::write(path, text).map_err(LabError::io("write", path))
}

/// Copies the package's files: `*.conf`, and with `all` every file that is not an administrator's `*.local`.
fn copy_folder(from: &Path, to: &Path, all: bool) -> Result<(), LabError> {
    make_folder(to)?;
    for entry in fs::read_dir(from).map_err(LabError::io("read the folder", from))? {
        let path = entry.map_err(LabError::io("read the folder", from))?.path();
        let Some(name) = path.file_name() else {
            continue;
        };
        let ending = path.extension().and_then(|ending| ending.to_str());
        let to = to.join(name);
        if path.is_dir() {
            if all && name != "__pycache__" {
                copy_folder(&path, &to, true)?;
            }
        } else if ending == Some("conf") || (all && ending != Some("local")) {
            fs::copy(&path, &to).map_err(LabError::io("copy", &path))?;
        }
    }
    Ok(())
}
