//! Where the guard's knowledge of the machine comes from.
use std::{
    fs, io,
    net::IpAddr,
    path::{Path, PathBuf},
};

use super::routes;

/// Addresses that the machine needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// Addresses of its interfaces.
    pub own: Vec<IpAddr>,
    /// Gateways of its routes.
    pub gateways: Vec<IpAddr>,
    /// Name servers that it asks.
    pub name_servers: Vec<IpAddr>,
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
        let interfaces = if_addrs::get_if_addrs()?;
        Ok(Facts {
            own: interfaces.iter().map(if_addrs::Interface::ip).collect(),
            gateways,
            name_servers: servers,
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
