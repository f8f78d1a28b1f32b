//! Sets of ipset, and chains of iptables that ask them: where nftables cannot be used.
mod load;
mod program;
mod question;
mod rules;
mod set;
mod single;

use std::net::IpAddr;

use ipnet::IpNet;

use self::program::Programs;
use super::{
    Ban, Content, Drift, Hits, Loaded, State, TableError, TableName, Where, compare::for_ever,
    kind::Single,
};
use crate::Place;

/// A table of ipset and iptables.
#[derive(Debug)]
pub(super) struct Ipset<'a>(Programs<'a>);

impl<'a> Ipset<'a> {
    pub(super) fn new(place: &'a Place, name: &'a TableName) -> Self {
        Self(Programs::new(place, name))
    }

    pub(super) async fn try_out(&self) -> Result<(), TableError> {
        load::try_out(self.0).await
    }

    pub(super) async fn is_there(&self) -> Result<bool, TableError> {
        self.0.has_sets().await
    }

    pub(super) async fn load(&self, content: &Content) -> Result<Loaded, TableError> {
        load::load(self.0, content).await
    }

    pub(super) async fn repair(&self, content: &Content) -> Result<Loaded, TableError> {
        load::repair(self.0, content).await
    }

    pub(super) async fn state(&self) -> Result<Option<State>, TableError> {
        question::state(self.0).await
    }

    pub(super) async fn ban(&self, bans: &[Ban]) -> Result<(), TableError> {
        single::put(self.0, Single::Banned, bans).await
    }

    pub(super) async fn unban(&self, networks: &[IpNet]) -> Result<(), TableError> {
        single::take(self.0, Single::Banned, networks).await
    }

    pub(super) async fn bans(&self) -> Result<Vec<Ban>, TableError> {
        question::bans(self.0).await
    }

    pub(super) async fn allow(&self, networks: &[IpNet]) -> Result<(), TableError> {
        let networks: Vec<Ban> = networks.iter().copied().map(for_ever).collect();
        single::put(self.0, Single::Allowed, &networks).await
    }

    pub(super) async fn disallow(&self, networks: &[IpNet]) -> Result<(), TableError> {
        single::take(self.0, Single::Allowed, networks).await
    }

    pub(super) async fn hits(&self) -> Result<Hits, TableError> {
        question::hits(self.0).await
    }

    pub(super) async fn holds(&self, address: IpAddr) -> Result<Vec<Where>, TableError> {
        question::holds(self.0, address).await
    }

    pub(super) async fn verify(&self, content: &Content) -> Result<Vec<Drift>, TableError> {
        question::verify(self.0, content).await
    }

    pub(super) async fn remove(&self) -> Result<bool, TableError> {
        load::remove(self.0).await
    }
}
