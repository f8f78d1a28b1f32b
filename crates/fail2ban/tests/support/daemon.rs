//! A private fail2ban daemon: its own folder, socket, database and log; nothing of the system's.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fail2ban::{Client, ClientConfig, ClientError};
use tempfile::TempDir;

/// How long a daemon may take to start or stop on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running daemon with the jails `one` and `two`; it ends with its owner.
pub(crate) struct Daemon {
    folder: TempDir,
    child: Child,
}

impl Daemon {
    /// Starts a daemon and waits until it answers and has its jails.
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_configuration(folder.path());
        let child = spawn(folder.path());
        let daemon = Self { folder, child };
        daemon.wait_until_ready().await;
        daemon
    }

    /// Ends the daemon and starts another on the same socket.
    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.child = spawn(self.folder.path());
        self.wait_until_ready().await;
    }

    /// Tells the daemon to stop and waits until it has.
    pub(crate) async fn stop(&mut self) {
        let _ = self
            .client()
            .request(&["stop".into()], fail2ban::CommandClass::Action)
            .await;
        let deadline = Instant::now() + PATIENCE;
        while self.child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "the daemon does not stop");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Kills the daemon at once; its socket stays behind.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("f2b.sock")
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn config(&self) -> ClientConfig {
        ClientConfig::new(self.socket())
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.config())
    }

    /// What `fail2ban-client -d` prints for this daemon's configuration.
    pub(crate) fn dump(&self) -> String {
        let output = program("fail2ban-client")
            .arg("-c")
            .arg(self.folder.path().join("config"))
            .args(["-d", "-s"])
            .arg(self.socket())
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    async fn wait_until_ready(&self) {
        let client = self.client();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let status = client.jails().await;
            match &status {
                Ok(jails) if jails.len() == 2 => return,
                Ok(_)
                | Err(
                    ClientError::SocketMissing { .. }
                    | ClientError::Refused { .. }
                    | ClientError::Daemon(_)
                    | ClientError::Disconnected { .. },
                ) => {}
                Err(error) => panic!("{error}"),
            }
            if Instant::now() > deadline {
                let log = std::fs::read_to_string(self.folder.path().join("f2b.log"));
                panic!("the daemon does not start: {status:?}\n{log:?}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A program of the installed fail2ban, or of the one that is unpacked in the folder of `BANGUI_TEST_FAIL2BAN_ROOT`.
fn program(name: &str) -> Command {
    let told = std::env::var_os("BANGUI_TEST_FAIL2BAN_ROOT").unwrap_or_default();
    let root = Path::new("/").join(PathBuf::from(told));
    let mut program = Command::new(root.join("usr/bin").join(name));
    program.env("PYTHONPATH", root.join("usr/lib/python3/dist-packages"));
    program
}

fn spawn(folder: &Path) -> Child {
    program("fail2ban-server")
        .args(["-f", "-c"])
        .arg(folder.join("config"))
        .arg("-s")
        .arg(folder.join("f2b.sock"))
        .arg("-p")
        .arg(folder.join("f2b.pid"))
        .args(["--loglevel", "INFO", "--logtarget"])
        .arg(folder.join("f2b.log"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("fail2ban is installed")
}

fn write_configuration(folder: &Path) {
    let config = folder.join("config");
    for part in ["filter.d", "action.d"] {
        std::fs::create_dir_all(config.join(part)).unwrap();
    }
    let write = |name: &str, text: &str| std::fs::write(config.join(name), text).unwrap();
    let path = folder.display();
    write(
        "fail2ban.conf",
        &format!(
            "[Definition]\nloglevel = INFO\nlogtarget = {path}/f2b.log\nsyslogsocket = auto\nsocket = {path}/f2b.sock\n\
             pidfile = {path}/f2b.pid\ndbfile = {path}/f2b.sqlite3\ndbpurgeage = 1d\ndbmaxmatches = 10\nallowipv6 = auto\n"
        ),
    );
    write(
        "action.d/none.conf",
        "[Definition]\nactionban =\nactionunban =\n",
    );
    write(
        "filter.d/plain.conf",
        "[Definition]\nfailregex = ^.* bad login from <HOST>$\nignoreregex =\n",
    );
    let jail = |name: &str| {
        format!(
            "[{name}]\nenabled = true\nfilter = plain\nlogpath = {path}/{name}.log\naction = none\n"
        )
    };
    let default = "[DEFAULT]\nbackend = polling\nbantime = 1h\nfindtime = 10m\nmaxretry = 5\nusedns = no\nignoreip = 127.0.0.1/8\n";
    write(
        "jail.conf",
        &format!("{default}{}{}", jail("one"), jail("two")),
    );
    for name in ["one", "two"] {
        std::fs::write(folder.join(format!("{name}.log")), "").unwrap();
    }
}
