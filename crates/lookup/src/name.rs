//! The name of an address in the DNS.
use std::{
    net::{IpAddr, SocketAddr},
    sync::OnceLock,
    time::Duration,
};

use domain::LookupError;
use hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, NameServerConfig, ResolverConfig},
    net::{NetError, runtime::TokioRuntimeProvider},
    proto::rr::RData,
};

use crate::text::clean;

/// For all tries together.
const LIMIT: Duration = Duration::from_secs(5);
/// For one try: two fit.
const TRY: Duration = Duration::from_secs(2);

/// See the module.
#[derive(Debug)]
pub(crate) struct Names {
    server: Option<SocketAddr>,
    resolver: OnceLock<Resolver>,
}

/// Without its innards in logs.
struct Resolver(TokioResolver);

impl std::fmt::Debug for Resolver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Resolver")
    }
}

impl Names {
    pub(crate) const fn new(server: Option<SocketAddr>) -> Self {
        Self {
            server,
            resolver: OnceLock::new(),
        }
    }

    pub(crate) async fn name(&self, address: IpAddr) -> Result<Option<String>, LookupError> {
        let resolver = self.resolver()?;
        let asking = resolver.reverse_lookup(domain::canonical(address));
        let answer = match tokio::time::timeout(LIMIT, asking).await {
            Err(_) | Ok(Err(NetError::Timeout)) => return Err(LookupError::TimedOut),
            Ok(Err(error)) if error.is_no_records_found() => return Ok(None),
            Ok(Err(error)) => return Err(LookupError::Unreachable(error.to_string())),
            Ok(Ok(answer)) => answer,
        };
        let names = answer
            .answers()
            .iter()
            .filter_map(|record| match &record.data {
                RData::PTR(name) => Some(name.to_ascii()),
                _ => None,
            });
        // Several names are rare and in no order; the least one is the same each time.
        let name = names.min();
        Ok(name.and_then(|name| clean(name.trim_end_matches('.'))))
    }

    fn resolver(&self) -> Result<&TokioResolver, LookupError> {
        if let Some(resolver) = self.resolver.get() {
            return Ok(&resolver.0);
        }
        let made = self
            .make()
            .map_err(|error| LookupError::Unreachable(error.to_string()))?;
        Ok(&self.resolver.get_or_init(|| Resolver(made)).0)
    }

    fn make(&self) -> Result<TokioResolver, NetError> {
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
        // The server of crate `server` keeps answers.
        options.cache_size = 0;
        builder.build()
    }
}

#[cfg(test)]
mod tests;
