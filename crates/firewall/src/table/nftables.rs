//! A table of nftables.
mod chain;
mod cut;
mod element;
mod expression;
mod kernel;
mod layout;
mod load;
mod number;
mod plan;
mod question;
mod range;
mod set;
mod single;
mod verify;
mod view;

use std::net::IpAddr;

use ipnet::IpNet;

use self::kernel::Kernel;
use super::{
    Ban, Content, Drift, Hits, Loaded, State, TableError, TableName, Where, compare::for_ever,
    kind::Single,
};
use crate::Place;

/// A table of nftables. All of it waits for the kernel, and belongs off the runtime.
#[derive(Debug)]
pub(super) struct Nftables(Kernel);

impl Nftables {
    pub(super) fn open(place: &Place, name: &TableName) -> Result<Self, TableError> {
        Kernel::open(place, name).map(Self)
    }

    pub(super) fn try_out(&mut self) -> Result<(), TableError> {
        load::try_out(&mut self.0)
    }

    pub(super) fn is_there(&mut self) -> Result<bool, TableError> {
        load::is_there(&mut self.0)
    }

    pub(super) fn load(&mut self, content: &Content) -> Result<Loaded, TableError> {
        load::load(&mut self.0, content)
    }

    pub(super) fn repair(&mut self, content: &Content) -> Result<Loaded, TableError> {
        load::repair(&mut self.0, content)
    }

    pub(super) fn state(&mut self) -> Result<Option<State>, TableError> {
        question::state(&mut self.0)
    }

    pub(super) fn ban(&mut self, bans: &[Ban]) -> Result<(), TableError> {
        single::put(&mut self.0, Single::Banned, bans)
    }

    pub(super) fn unban(&mut self, networks: &[IpNet]) -> Result<(), TableError> {
        single::take(&mut self.0, Single::Banned, networks)
    }

    pub(super) fn bans(&mut self) -> Result<Vec<Ban>, TableError> {
        question::bans(&mut self.0)
    }

    pub(super) fn allow(&mut self, networks: &[IpNet]) -> Result<(), TableError> {
        let networks: Vec<Ban> = networks.iter().copied().map(for_ever).collect();
        single::put(&mut self.0, Single::Allowed, &networks)
    }

    pub(super) fn disallow(&mut self, networks: &[IpNet]) -> Result<(), TableError> {
        single::take(&mut self.0, Single::Allowed, networks)
    }

    pub(super) fn hits(&mut self) -> Result<Hits, TableError> {
        question::hits(&mut self.0)
    }

    pub(super) fn holds(&mut self, address: IpAddr) -> Result<Vec<Where>, TableError> {
        question::holds(&mut self.0, address)
    }

    pub(super) fn verify(&mut self, content: &Content) -> Result<Vec<Drift>, TableError> {
        verify::verify(&mut self.0, content)
    }

    pub(super) fn remove(&mut self) -> Result<bool, TableError> {
        load::remove(&mut self.0)
    }
}

#[cfg(test)]
mod tests;
