//! Who has an SSH session with this machine, as its sockets tell.
use std::{
    collections::{BTreeSet, HashMap},
    fs::{self, File},
    io::{self, BufReader, Read as _},
    net::{IpAddr, SocketAddr},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use super::tcp::{Socket, sockets};

/// Where sshd listens when nothing says otherwise.
const DEFAULT_PORT: u16 = 22;
/// The programs of OpenSSH's server; since 9.8 there are two, since 10.0 three.
const PROGRAMS: [&str; 3] = ["sshd", "sshd-session", "sshd-auth"];
/// More than any title of a process, and any file of settings that a person wrote.
const MAX_TITLE_BYTES: u64 = 4 << 10;
const MAX_CONFIG_BYTES: u64 = 1 << 20;

/// Where to look.
#[derive(Debug, Clone)]
pub(super) struct Places<'a> {
    /// `/proc`.
    pub(super) proc: &'a Path,
    /// The settings of sshd, and folders of further ones.
    pub(super) config: &'a [PathBuf],
}

/// The addresses of people with a session, each once.
///
/// Whoever guesses passwords is connected too, and must not be protected for it: where the processes of sshd can be seen, a connection counts only while a process holds it that
/// has let its user in. Where they cannot (another user's, in another container), every connection to sshd's ports counts.
///
/// # Errors
/// When the tables of sockets are there and cannot be read.
pub(super) fn sessions(places: &Places<'_>) -> io::Result<BTreeSet<IpAddr>> {
    let mut all = Vec::new();
    for table in ["net/tcp", "net/tcp6"] {
        all.extend(read_table(&places.proc.join(table))?);
    }
    let processes = Processes::look(places.proc);
    let ports = ports(&all, &processes, places.config);
    let is_session = |inode: &u64| match &processes {
        Processes::Seen { held } => held.get(inode).is_some_and(|holder| holder.let_in),
        Processes::Unknown => true,
    };
    Ok(all
        .iter()
        .filter_map(|socket| match socket {
            Socket::Established {
                port,
                remote,
                inode,
            } if ports.contains(port) && is_session(inode) => Some(*remote),
            _ => None,
        })
        .collect())
}

/// Absent without IPv6.
fn read_table(path: &Path) -> io::Result<Vec<Socket>> {
    let read = File::open(path).and_then(|table| sockets(BufReader::new(table)));
    match read {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(io::Error::new(
            error.kind(),
            format!("{}: {error}", path.display()),
        )),
        Ok(sockets) => Ok(sockets),
    }
}

/// The ports on which sshd waits, and those of its settings; else its default. A person who forwards a port lets sshd listen as that person.
fn ports(all: &[Socket], processes: &Processes, config: &[PathBuf]) -> BTreeSet<u16> {
    let mut ports: BTreeSet<u16> = config.iter().flat_map(|path| configured(path)).collect();
    if let Processes::Seen { held } = processes {
        ports.extend(all.iter().filter_map(|socket| match socket {
            Socket::Listening { port, inode } => {
                held.get(inode).is_some_and(|h| h.trusted).then_some(*port)
            }
            Socket::Established { .. } => None,
        }));
    }
    if ports.is_empty() {
        ports.insert(DEFAULT_PORT);
    }
    ports
}

/// What sshd's processes hold.
enum Processes {
    /// All of them were seen.
    Seen { held: HashMap<u64, Holder> },
    /// There are none here, or there is one whose sockets may not be seen.
    Unknown,
}

/// What is known of the processes that hold a socket.
#[derive(Default)]
struct Holder {
    /// One of them has let its user in.
    let_in: bool,
    /// One of them runs as root, or as this process's own user.
    trusted: bool,
}

impl Processes {
    fn look(proc: &Path) -> Self {
        let mut held: HashMap<u64, Holder> = HashMap::new();
        let mut seen = false;
        for process in processes(proc) {
            let sockets = match sockets_of(&process) {
                Ok(sockets) => sockets,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(_) => return Self::Unknown,
            };
            seen = true;
            let (let_in, trusted) = (has_let_in(&title(&process)), is_trusted(&process));
            for inode in sockets {
                let holder = held.entry(inode).or_default();
                holder.let_in |= let_in;
                holder.trusted |= trusted;
            }
        }
        if seen {
            Self::Seen { held }
        } else {
            Self::Unknown
        }
    }
}

/// The folders of sshd's processes.
fn processes(proc: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(proc).into_iter().flatten();
    entries
        .filter_map(Result::ok)
        .filter(|entry| {
            let name = entry.file_name();
            name.as_encoded_bytes().iter().all(u8::is_ascii_digit)
        })
        .map(|entry| entry.path())
        .filter(|process| {
            let name = beginning(&process.join("comm"), MAX_TITLE_BYTES);
            PROGRAMS.contains(&name.trim_end())
        })
}

/// The inodes of the sockets that a process holds.
fn sockets_of(process: &Path) -> io::Result<Vec<u64>> {
    let mut inodes = Vec::new();
    for entry in fs::read_dir(process.join("fd"))? {
        // One that was closed meanwhile is gone.
        let Ok(target) = entry.and_then(|entry| fs::read_link(entry.path())) else {
            continue;
        };
        inodes.extend(target.to_str().and_then(inode));
    }
    Ok(inodes)
}

/// Of `socket:[4711]`.
fn inode(target: &str) -> Option<u64> {
    let number = target.strip_prefix("socket:[")?.strip_suffix(']')?;
    number.parse().ok()
}

/// What a process says of itself in the list of processes.
fn title(process: &Path) -> String {
    let text = beginning(&process.join("cmdline"), MAX_TITLE_BYTES);
    text.split('\0').next().unwrap_or_default().to_owned()
}

/// Whether the title is that of a process that serves a user who has proved to be one: `sshd: alice@pts/0`, `sshd: alice`. Before that, and for the part that keeps root's rights
/// after that, a mark in brackets is behind it: `sshd: alice [priv]`, `sshd: unknown [net]`, `sshd: [accepted]`.
fn has_let_in(title: &str) -> bool {
    let rest = title
        .strip_prefix("sshd: ")
        .or_else(|| title.strip_prefix("sshd-session: "));
    rest.is_some_and(|rest| !rest.ends_with(']') && !rest.contains("[listener]"))
}

fn is_trusted(process: &Path) -> bool {
    let own = rustix::process::geteuid().as_raw();
    fs::metadata(process).is_ok_and(|about| about.uid() == 0 || about.uid() == own)
}

/// The ports that a file of settings names, or the files `*.conf` of a folder. What may not be read says nothing.
fn configured(path: &Path) -> Vec<u16> {
    let Ok(folder) = fs::read_dir(path) else {
        return ports_in(&beginning(path, MAX_CONFIG_BYTES));
    };
    folder
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|file| file.extension().is_some_and(|end| end == "conf") && file.is_file())
        .flat_map(|file| ports_in(&beginning(&file, MAX_CONFIG_BYTES)))
        .collect()
}

/// `Port 2222`, `ListenAddress 192.0.2.1:2222`. The name's case does not matter, and an equals sign may stand behind it.
fn ports_in(config: &str) -> Vec<u16> {
    let port = |line: &str| {
        let (name, value) = line
            .trim_start()
            .split_once(|c: char| c.is_whitespace() || c == '=')?;
        let value = value.trim_start_matches(|c: char| c.is_whitespace() || c == '=');
        let value = value.split_whitespace().next()?.trim_matches('"');
        if name.eq_ignore_ascii_case("port") {
            return value.parse().ok();
        }
        let listens = name.eq_ignore_ascii_case("listenaddress");
        let place: SocketAddr = value.parse().ok().filter(|_| listens)?;
        Some(place.port())
    };
    config.lines().filter_map(port).collect()
}

/// The beginning of a file; nothing when it cannot be read.
fn beginning(path: &Path, limit: u64) -> String {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes));
    match read {
        Ok(_) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests;
