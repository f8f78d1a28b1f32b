#![doc = include_str!("../README.md")]

mod name;
mod rdap;
mod text;

use std::net::{IpAddr, SocketAddr};

use async_trait::async_trait;
use domain::{LookupError, Lookups, Registration};
use ipnet::IpNet;

use self::{name::Names, rdap::Rdap};
pub use rdap::{BadRdapUrl, RdapUrl};

/// Whom to ask.
#[derive(Debug, Clone, Default)]
pub struct LookupConfig {
    /// Where RDAP begins.
    pub rdap: RdapUrl,
    /// A name server in place of those of the system.
    pub name_server: Option<SocketAddr>,
}

/// Asks the DNS and the registries.
#[derive(Debug)]
pub struct OnlineLookups {
    names: Names,
    rdap: Rdap,
}

impl OnlineLookups {
    /// Asks nobody yet.
    #[must_use]
    pub fn new(config: LookupConfig) -> Self {
        Self {
            names: Names::new(config.name_server),
            rdap: Rdap::new(config.rdap),
        }
    }
}

#[async_trait]
impl Lookups for OnlineLookups {
    async fn name(&self, address: IpAddr) -> Result<Option<String>, LookupError> {
        self.names.name(address).await
    }

    async fn registration(&self, network: IpNet) -> Result<Option<Registration>, LookupError> {
        self.rdap.registration(network).await
    }
}
