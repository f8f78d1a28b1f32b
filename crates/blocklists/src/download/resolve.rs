//! From the name of a host to addresses that may be connected to.
use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolverConfig},
    net::{NetError, runtime::TokioRuntimeProvider},
    proto::rr::Name,
};
use reqwest::dns::{Addrs, Resolving};

use crate::special::{Special, special};

/// For all tries together.
const LIMIT: Duration = Duration::from_secs(7);
/// For one try: two fit.
const TRY: Duration = Duration::from_secs(3);

/// Tells the addresses of a host.
#[async_trait]
pub trait Resolve: Send + Sync {
    /// All addresses, of both families.
    async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, ResolveError>;
}

/// Why a host has no addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// There is no such host, or it has no address.
    #[error("no address is known")]
    NotFound,
    /// Nobody could tell.
    #[error("the name servers do not answer")]
    NoAnswer,
}

/// Asks the name servers and the hosts file of the system, or one name server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SystemResolver {
    server: Option<SocketAddr>,
    pub(super) limit: Duration,
}

impl Default for SystemResolver {
    fn default() -> Self {
        Self {
            server: None,
            limit: LIMIT,
        }
    }
}

impl SystemResolver {
    /// Asks one name server in place of those of the system.
    #[must_use]
    pub const fn with_server(server: SocketAddr) -> Self {
        Self {
            server: Some(server),
            limit: LIMIT,
        }
    }

    /// Made for each question, since the system's settings change while BanGUI runs. Reads files.
    fn make(self) -> Result<TokioResolver, NetError> {
        let mut builder = match self.server {
            None => TokioResolver::builder_tokio()?,
            Some(server) => {
                let mut connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
                for connection in &mut connections {
                    connection.port = server.port();
                }
                let server = NameServerConfig::new(server.ip(), true, connections.into());
                let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
                TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            }
        };
        let options = builder.options_mut();
        options.timeout = TRY;
        options.attempts = 2;
        options.cache_size = 0;
        // An address that is not asked for is not checked.
        options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
        builder.build()
    }
}

#[async_trait]
impl Resolve for SystemResolver {
    async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, ResolveError> {
        // What is no name of the DNS cannot be there.
        let mut name = Name::from_ascii(host).map_err(|_| ResolveError::NotFound)?;
        // One with a dot is whole: the domains of this machine are not tried behind it.
        if host.contains('.') {
            name.set_fqdn(true);
        }
        let server = *self;
        let resolver = tokio::task::spawn_blocking(move || server.make()).await;
        let resolver = resolver
            .ok()
            .and_then(Result::ok)
            .ok_or(ResolveError::NoAnswer)?;
        match tokio::time::timeout(self.limit, resolver.lookup_ip(name)).await {
            Ok(Ok(answer)) => Ok(answer.iter().collect()),
            Ok(Err(error)) if error.is_no_records_found() => Err(ResolveError::NotFound),
            Ok(Err(_)) | Err(_) => Err(ResolveError::NoAnswer),
        }
    }
}

/// Which addresses may be connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Those of the public internet.
    Public,
    /// Also those of networks inside, for a host that the settings name.
    Inside,
}

impl Reach {
    pub(super) fn check(self, address: IpAddr) -> Result<(), Special> {
        match special(address) {
            Some(special) if self == Self::Public || !is_inside(special) => Err(special),
            _ => Ok(()),
        }
    }
}

/// What networks inside have. Not link-local: nothing there publishes lists, and clouds tell their secrets there.
const fn is_inside(special: Special) -> bool {
    matches!(
        special,
        Special::Private
            | Special::Shared
            | Special::Loopback
            | Special::Documentation
            | Special::Benchmark
    )
}

/// Why no connection to a host is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum HostError {
    #[error("the address is not public: {0}")]
    NotPublic(Special),
    #[error(transparent)]
    Resolve(#[from] ResolveError),
}

/// Gives to the connector only addresses that were checked. It asks once for each connection and connects to what it got, so that there is no second answer to differ.
#[derive(Clone)]
pub(super) struct Checked {
    pub(super) resolver: Arc<dyn Resolve>,
    pub(super) reach: Reach,
}

impl fmt::Debug for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Checked").field(&self.reach).finish()
    }
}

impl Checked {
    async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, HostError> {
        let addresses = self.resolver.addresses(host).await?;
        if addresses.is_empty() {
            return Err(ResolveError::NotFound.into());
        }
        for address in &addresses {
            self.reach.check(*address).map_err(HostError::NotPublic)?;
        }
        Ok(addresses)
    }
}

impl reqwest::dns::Resolve for Checked {
    fn resolve(&self, name: reqwest::dns::Name) -> Resolving {
        let checked = self.clone();
        Box::pin(async move {
            let addresses = checked.addresses(name.as_str()).await?;
            let addresses = addresses
                .into_iter()
                // The port is that of the URL.
                .map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}
