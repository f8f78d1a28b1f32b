//! Asking others about an address: only when a person says so.
use std::net::IpAddr;

use async_trait::async_trait;
use ipnet::IpNet;

/// Whose a network is, as its registry tells. Hostile text, without control characters and bounded in length.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Registration {
    /// The registry's key of it.
    pub handle: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// From where to where it goes, such as `192.0.2.0 – 192.0.2.255`.
    pub range: Option<String>,
    /// Its country by two letters, where the registry has one.
    pub country: Option<String>,
    /// Who holds it.
    pub organisation: Option<String>,
    /// Where abuse is reported: addresses of mail.
    pub abuse_contacts: Vec<String>,
    /// The host that answered.
    pub source: String,
}

/// Why others could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// Nobody answered in time.
    #[error("nobody answered in time")]
    TimedOut,
    /// The question could not be sent, or the way led somewhere it must not.
    #[error("nobody could be asked: {0}")]
    Unreachable(String),
    /// The answer was an error, with its HTTP status.
    #[error("the answer was an error with status {0}")]
    Refused(u16),
    /// The answer is no answer to the question.
    #[error("the answer could not be understood: {0}")]
    NotUnderstood(String),
}

/// Asks others about addresses. Each call sends something out; who may call it, how often and about whom is the caller's business.
#[async_trait]
pub trait Lookups: Send + Sync {
    /// The name that the owner of an address gave it in the DNS; `None` when it has none.
    async fn name(&self, address: IpAddr) -> Result<Option<String>, LookupError>;

    /// Whose a network is, by RDAP; `None` when no registry knows it.
    async fn registration(&self, network: IpNet) -> Result<Option<Registration>, LookupError>;
}
