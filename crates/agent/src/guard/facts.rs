//! Where the guard's knowledge of the machine comes from.
use std::{
    fs, io,
    net::IpAddr,
    path::{Path, PathBuf},
};

use domain::{GuardReason, ProtectedNetwork};

use super::{logins, routes, ssh};

/// Addresses that the machine needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// Addresses of its interfaces.
    pub own: Vec<IpAddr>,
    /// Gateways of its routes.
    pub gateways: Vec<IpAddr>,
    /// Name servers that it asks.
    pub name_servers: Vec<IpAddr>,
    /// Addresses from which somebody is logged in to it.
    pub ssh_sessions: Vec<IpAddr>,
}

impl Facts {
    /// What they protect. Loopback addresses are left out: the whole range is protected anyway.
    pub(super) fn protected(&self) -> impl Iterator<Item = ProtectedNetwork> {
        let of = |reason, addresses: &[IpAddr]| -> Vec<ProtectedNetwork> {
            let protected = |address: IpAddr| ProtectedNetwork {
                network: address.into(),
                reason,
            };
            addresses
                .iter()
                .map(|address| domain::canonical(*address))
                .filter(|address| !address.is_loopback())
                .map(protected)
                .collect()
        };
        [
            of(GuardReason::OwnAddress, &self.own),
            of(GuardReason::Gateway, &self.gateways),
            of(GuardReason::NameServer, &self.name_servers),
            of(GuardReason::SshSession, &self.ssh_sessions),
        ]
        .into_iter()
        .flatten()
    }
}

/// Reads [`Facts`]; may block.
pub trait FactsSource: Send + Sync {
    /// The facts as they are now.
    ///
    /// # Errors
    /// When something that is there cannot be read: with less than all of them a ban could cut the machine off.
    fn read(&self) -> io::Result<Facts>;
}

/// The facts of the machine that this runs on.
#[derive(Debug, Clone)]
pub struct MachineFacts {
    /// The kernel's IPv4 routes, as `/proc/net/route`.
    pub routes_v4: PathBuf,
    /// The kernel's IPv6 routes, as `/proc/net/ipv6_route`.
    pub routes_v6: PathBuf,
    /// Resolver settings: the machine's, and that of systemd-resolved, which names the servers behind `127.0.0.53`.
    pub resolvers: Vec<PathBuf>,
    /// The kernel's view of processes and sockets, `/proc`.
    pub proc: PathBuf,
    /// The settings of sshd, and folders of further ones.
    pub sshd_config: Vec<PathBuf>,
    /// Who is logged in, as `utmp`.
    pub utmp: PathBuf,
    /// Who is logged in, as systemd-logind keeps it: a folder with a file for each session.
    pub logind_sessions: PathBuf,
}

impl Default for MachineFacts {
    fn default() -> Self {
        Self {
            routes_v4: "/proc/net/route".into(),
            routes_v6: "/proc/net/ipv6_route".into(),
            resolvers: vec![
                "/etc/resolv.conf".into(),
                "/run/systemd/resolve/resolv.conf".into(),
            ],
            proc: "/proc".into(),
            sshd_config: vec![
                "/etc/ssh/sshd_config".into(),
                "/etc/ssh/sshd_config.d".into(),
            ],
            utmp: "/run/utmp".into(),
            logind_sessions: "/run/systemd/sessions".into(),
        }
    }
}

impl FactsSource for MachineFacts {
    fn read(&self) -> io::Result<Facts> {
        let mut gateways = routes::gateways_v4(&text(&self.routes_v4)?);
        gateways.extend(routes::gateways_v6(&text(&self.routes_v6)?));
        let mut servers = Vec::new();
        for path in &self.resolvers {
            servers.extend(name_servers(&text(path)?));
        }
        let mut sessions = ssh::sessions(&ssh::Places {
            proc: &self.proc,
            config: &self.sshd_config,
        })?;
        sessions.extend(logins::in_utmp(&self.utmp, &self.proc)?);
        sessions.extend(logins::at_logind(&self.logind_sessions));
        let interfaces = if_addrs::get_if_addrs()?;
        Ok(Facts {
            own: interfaces.iter().map(if_addrs::Interface::ip).collect(),
            gateways,
            name_servers: servers,
            ssh_sessions: sessions.into_iter().collect(),
        })
    }
}

/// Files may be absent (no IPv6, no systemd-resolved): then they say nothing.
fn text(path: &Path) -> io::Result<String> {
    match fs::read(path) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => {
            let what = format!("{}: {error}", path.display());
            Err(io::Error::new(error.kind(), what))
        }
    }
}

/// The addresses of `nameserver` lines; a zone such as `%eth0` is cut off.
pub(super) fn name_servers(text: &str) -> Vec<IpAddr> {
    text.lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            (words.next()? == "nameserver").then_some(())?;
            words.next()?.split('%').next()?.parse().ok()
        })
        .collect()
}
