use std::{
    fs,
    net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream},
    os::{
        fd::{AsFd as _, OwnedFd},
        unix::{fs::symlink, process::CommandExt as _},
    },
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use proptest::prelude::*;
use rustix::net::{AddressFamily, SocketType};
use tempfile::TempDir;

use super::*;

/// Far longer than a process takes to begin on a busy machine.
const LIMIT: Duration = Duration::from_mins(1);
const LISTENER: &str = "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups";

/// sshd's part of the kernel's view, with the kernel's own tables and processes.
struct View {
    folder: TempDir,
    server: TcpListener,
    processes: Vec<Child>,
    /// The ends of those who called.
    callers: Vec<OwnedFd>,
}

impl View {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("proc")).unwrap();
        symlink("/proc/net", folder.path().join("proc/net")).unwrap();
        let shell = fs::canonicalize("/bin/sh").unwrap();
        fs::copy(shell, folder.path().join("sshd")).unwrap();
        Self {
            folder,
            server: TcpListener::bind("127.0.0.1:0").unwrap(),
            processes: Vec::new(),
            callers: Vec::new(),
        }
    }

    fn port(&self) -> u16 {
        self.server.local_addr().unwrap().port()
    }

    /// Has somebody call from 127.0.0.`last`; gives sshd's end.
    fn call(&mut self, last: u8) -> TcpStream {
        let caller = call_from(last, self.port());
        let (accepted, from) = self.server.accept().unwrap();
        assert_eq!(from.ip(), ip(last));
        self.callers.push(caller);
        accepted
    }

    /// Starts a process that bears sshd's name and this title, and holds two sockets until the end.
    fn process(&mut self, title: &str, sockets: [OwnedFd; 2]) {
        self.process_of(title, sockets, |command| command);
    }

    fn process_of(
        &mut self,
        wanted: &str,
        sockets: [OwnedFd; 2],
        adapt: impl FnOnce(&mut Command) -> &mut Command,
    ) {
        let [first, second] = sockets;
        let mut command = Command::new(self.folder.path().join("sshd"));
        command
            .arg0(wanted)
            .args(["-c", "read line"])
            .stdin(Stdio::piped())
            .stdout(Stdio::from(first))
            .stderr(Stdio::from(second));
        let child = adapt(&mut command).spawn().unwrap();
        let number = child.id().to_string();
        self.processes.push(child);
        let process = Path::new("/proc").join(&number);
        let began = Instant::now();
        // The kernel lets the parent go on a moment before the new program has its name.
        while beginning(&process.join("comm"), 100) != "sshd\n" || title(&process) != wanted {
            assert!(began.elapsed() < LIMIT, "{wanted} did not begin");
            std::thread::yield_now();
        }
        symlink(&process, self.folder.path().join("proc").join(number)).unwrap();
    }

    fn listens(&mut self) {
        let server = || self.server.try_clone().unwrap().into();
        let sockets = [server(), server()];
        self.process(LISTENER, sockets);
    }

    fn sessions(&self, config: &[PathBuf]) -> Vec<IpAddr> {
        let places = Places {
            proc: &self.folder.path().join("proc"),
            config,
        };
        let known = |address: &IpAddr| (11..=19).any(|last| ip(last) == *address);
        sessions(&places)
            .unwrap()
            .into_iter()
            .filter(known)
            .collect()
    }

    fn config(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for View {
    fn drop(&mut self) {
        for process in &mut self.processes {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn ip(last: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(127, 0, 0, last))
}

fn call_from(last: u8, port: u16) -> OwnedFd {
    let caller = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    let from = SocketAddrV4::new(Ipv4Addr::new(127, 0, 0, last), 0);
    rustix::net::bind(&caller, &from).unwrap();
    let to = SocketAddrV4::new(Ipv4Addr::LOCALHOST, port);
    rustix::net::connect(&caller, &to).unwrap();
    caller
}

/// Twice the same socket.
fn both(socket: TcpStream) -> [OwnedFd; 2] {
    let socket = OwnedFd::from(socket);
    [socket.as_fd().try_clone_to_owned().unwrap(), socket]
}

#[test]
fn connection_counts_once_its_user_was_let_in() {
    let mut view = View::new();
    view.listens();
    let alice = view.call(11);
    view.process("sshd: alice [priv]", both(alice.try_clone().unwrap()));
    view.process("sshd: alice@pts/0", both(alice));
    for (last, title) in [
        (12, "sshd: bob"),
        (13, "sshd-session: root@notty"),
        (14, "sshd: unknown [priv]"),
        (15, "sshd: [accepted]"),
        (16, "sshd: carol@corp.example [net]"),
        (17, "sshd-session: carol [priv]"),
    ] {
        let accepted = both(view.call(last));
        view.process(title, accepted);
    }
    // Taken from the queue, and not given to a process yet.
    let _waiting = view.call(18);
    assert_eq!(view.sessions(&[]), [ip(11), ip(12), ip(13)]);
}

#[test]
fn connection_of_a_session_to_elsewhere_does_not_count() {
    let mut view = View::new();
    view.listens();
    let elsewhere = TcpListener::bind("127.0.0.19:0").unwrap();
    let forwarded = TcpStream::connect(elsewhere.local_addr().unwrap()).unwrap();
    let alice = view.call(11);
    view.process("sshd: alice@pts/0", [alice.into(), forwarded.into()]);
    assert_eq!(view.sessions(&[]), [ip(11)]);
}

#[test]
fn port_that_a_person_forwards_is_not_one_of_sshd() {
    const NOBODY: u32 = 65534;
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let mut view = View::new();
    fs::set_permissions(
        view.folder.path(),
        std::os::unix::fs::PermissionsExt::from_mode(0o755),
    )
    .unwrap();
    let server = || OwnedFd::from(view.server.try_clone().unwrap());
    let sockets = [server(), server()];
    view.process_of("sshd: mallory", sockets, |command| command.uid(NOBODY));
    let visitor = both(view.call(11));
    view.process_of("sshd: mallory", visitor, |command| command.uid(NOBODY));
    assert_eq!(view.sessions(&[]), [] as [IpAddr; 0]);
    // The same connection is one to sshd where sshd says that the port is its own.
    let port = view.port();
    let config = view.config("sshd_config", &format!("Port {port}\n"));
    assert_eq!(view.sessions(&[config]), [ip(11)]);
}

#[test]
fn connection_to_a_port_of_the_settings_counts_where_no_process_of_sshd_is_seen() {
    let mut view = View::new();
    let port = view.port();
    let _accepted = view.call(11);
    let config = view.config("sshd_config", &format!("# Port 1\nPort {port}\n"));
    assert_eq!(view.sessions(&[config]), [ip(11)]);
    assert_eq!(view.sessions(&[]), [] as [IpAddr; 0]);
    let other = view.config("other", "Port 1\n");
    assert_eq!(view.sessions(&[other]), [] as [IpAddr; 0]);
}

#[test]
fn connection_counts_in_doubt_where_the_sockets_of_one_process_may_not_be_seen() {
    let mut view = View::new();
    view.listens();
    let accepted = both(view.call(11));
    view.process("sshd: unknown [net]", accepted);
    let config = view.config("sshd_config", &format!("Port {}\n", view.port()));
    assert_eq!(
        view.sessions(std::slice::from_ref(&config)),
        [] as [IpAddr; 0]
    );
    // Not a folder: it is there and cannot be listed.
    let hidden = view.folder.path().join("proc/4711");
    fs::create_dir(&hidden).unwrap();
    fs::write(hidden.join("comm"), "sshd\n").unwrap();
    fs::write(hidden.join("fd"), "").unwrap();
    assert_eq!(view.sessions(&[config]), [ip(11)]);
}

#[test]
fn table_of_sockets_that_cannot_be_read_is_an_error_and_a_missing_one_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let places = Places {
        proc: folder.path(),
        config: &[],
    };
    assert_eq!(sessions(&places).unwrap().len(), 0);
    fs::create_dir_all(folder.path().join("net/tcp6")).unwrap();
    let error = sessions(&places).unwrap_err();
    assert!(error.to_string().contains("net/tcp6"), "{error}");
}

#[test]
fn ports_are_read_as_sshd_reads_them() {
    let text = "#Port 1\n  port 2222\nPORT=2223\nPort \"2224\" # behind\nPortForwarding 3\nListenAddress 192.0.2.1\n\
        ListenAddress 192.0.2.1:2225\nListenAddress [2001:db8::1]:2226\nPort nonsense\nPort 70000\nPort\n";
    assert_eq!(ports_in(text), [2222, 2223, 2224, 2225, 2226]);
}

#[test]
fn further_settings_are_read_from_their_folder() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.conf"), "Port 2222\n").unwrap();
    fs::write(folder.path().join("b.conf.bak"), "Port 2223\n").unwrap();
    fs::create_dir(folder.path().join("c.conf")).unwrap();
    assert_eq!(configured(folder.path()), [2222]);
    assert!(configured(&folder.path().join("absent")).is_empty());
}

proptest! {
    #[test]
    fn any_text_of_settings_titles_and_links_is_read_without_harm(text: String) {
        ports_in(&text);
        inode(&text);
        has_let_in(&text);
    }
}
