//! The release binary as a process over a lab.
use std::{
    fs,
    net::SocketAddr,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use lab::Lab;
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    net::TcpStream,
    process::{Child, Command},
};

use crate::{
    Error,
    http::{self, Http},
};

/// Not a secret: the server of one run, on loopback.
const PASSWORD: &str = "a password for one run";

/// A running server.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From before the process was made to the first 200.
    pub(crate) start: Duration,
    data: tempfile::TempDir,
}

impl Server {
    /// Starts the binary over a lab, with a database that a first start has made.
    pub(crate) async fn start(binary: &Path, lab: &Lab) -> Result<Self, Error> {
        Self::start_in(binary, lab, tempfile::tempdir()?).await
    }

    /// The same, with a folder that may hold a database.
    pub(crate) async fn start_in(
        binary: &Path,
        lab: &Lab,
        data: tempfile::TempDir,
    ) -> Result<Self, Error> {
        Self::with(binary, lab, data, &[]).await
    }

    /// The same with settings.
    pub(crate) async fn start_with(
        binary: &Path,
        lab: &Lab,
        settings: &[(&str, &str)],
    ) -> Result<Self, Error> {
        Self::with(binary, lab, tempfile::tempdir()?, settings).await
    }

    async fn with(
        binary: &Path,
        lab: &Lab,
        data: tempfile::TempDir,
        settings: &[(&str, &str)],
    ) -> Result<Self, Error> {
        let (mut first, _, _) = spawn((binary, settings), lab, data.path()).await?;
        end(&mut first).await?;
        let (child, address, start) = spawn((binary, settings), lab, data.path()).await?;
        Ok(Self {
            child,
            address,
            start,
            data,
        })
    }

    /// Sets the server up and signs in.
    pub(crate) async fn sign_in(&self) -> Result<Http, Error> {
        let mut http = Http::connect(self.address).await?;
        let setup = serde_json::json!({
            "password": PASSWORD, "timeZone": "UTC", "sessionIdleSeconds": 3600, "sessionAbsoluteSeconds": 86_400, "socket": null,
        });
        let answer = http
            .send("POST", "/api/v1/setup", &setup.to_string())
            .await?;
        http::expect(&answer, 201, "setup")?;
        let credentials = serde_json::json!({ "name": "admin", "password": PASSWORD });
        let answer = http
            .send("POST", "/api/v1/session", &credentials.to_string())
            .await?;
        http::expect(&answer, 201, "sign-in")?;
        Ok(http)
    }

    /// Resident memory in MB, as the kernel counts it.
    pub(crate) fn resident_mb(&self) -> Result<f64, Error> {
        self.memory("VmRSS:")
    }

    /// The most that it was since its start, or since that was forgotten.
    pub(crate) fn most_resident_mb(&self) -> Result<f64, Error> {
        self.memory("VmHWM:")
    }

    /// Lets the kernel count that anew.
    pub(crate) fn forget_most(&self) -> Result<(), Error> {
        let pid = self.child.id().unwrap_or_default();
        Ok(fs::write(format!("/proc/{pid}/clear_refs"), "5")?)
    }

    fn memory(&self, what: &str) -> Result<f64, Error> {
        let pid = self.child.id().unwrap_or_default();
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        status
            .lines()
            .find_map(|line| line.strip_prefix(what))
            .and_then(|rest| rest.trim().split(' ').next())
            .and_then(|kilobytes| kilobytes.parse::<f64>().ok())
            .map(|kilobytes| kilobytes / 1024.0)
            .ok_or_else(|| Error::Server("the kernel does not tell its memory".to_owned()))
    }

    /// Ends it as a supervisor would.
    pub(crate) async fn stop(mut self) -> Result<(), Error> {
        end(&mut self.child).await?;
        self.data.close()?;
        Ok(())
    }
}

async fn spawn(
    (binary, settings): (&Path, &[(&str, &str)]),
    lab: &Lab,
    data: &Path,
) -> Result<(Child, SocketAddr, Duration), Error> {
    // The port is chosen here, so that the first answer is waited for and not the first line.
    let address = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await?
        .local_addr()?;
    let began = Instant::now();
    let mut child = Command::new(binary)
        .args(["serve", "--listen", &address.to_string()])
        .arg("--data-dir")
        .arg(data)
        .env("BANGUI_FAIL2BAN_SOCKET", lab.socket())
        .env("BANGUI_FAIL2BAN_CONFIG", lab.config_dir())
        .env("BANGUI_FAIL2BAN_CLIENT", lab.client_program())
        // Nothing that is measured may touch the packet filter of this machine.
        .env("BANGUI_FIREWALL", "off")
        .env("BANGUI_LOG", "warn")
        .envs(settings.iter().copied())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let start = loop {
        if answers(address).await {
            break began.elapsed();
        }
        if child.try_wait()?.is_some() {
            return Err(Error::Server("it ended at its start".to_owned()));
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    };
    if let Some(out) = child.stdout.take() {
        // The address is printed before anything is served.
        BufReader::new(out).read_line(&mut String::new()).await?;
    }
    Ok((child, address, start))
}

async fn answers(address: SocketAddr) -> bool {
    if TcpStream::connect(address).await.is_err() {
        return false;
    }
    let Ok(mut http) = Http::connect(address).await else {
        return false;
    };
    http.get("/health/live").await.is_ok()
}

async fn end(child: &mut Child) -> Result<(), Error> {
    if let Some(pid) = child.id().and_then(|id| Pid::from_raw(id.cast_signed())) {
        kill_process(pid, Signal::TERM).map_err(std::io::Error::from)?;
    }
    child.wait().await?;
    Ok(())
}
