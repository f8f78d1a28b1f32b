//! The port on this machine.
use std::net::IpAddr;

use async_trait::async_trait;
use domain::{
    BanSubject, BlockCommand, BlockDrift, BlockHits, BlockSet, BlockState, FirewallActs,
    FirewallError, FirewallReads, JailDrift, JailName, LoadReport, PathVerdict, RepairReport,
};
use ipnet::IpNet;

use super::{own, repair, truth};
use crate::Agent;

#[async_trait]
impl FirewallReads for Agent {
    async fn block_state(&self) -> Result<BlockState, FirewallError> {
        self.core.firewall.state().await
    }

    async fn block_hits(&self) -> Result<BlockHits, FirewallError> {
        self.core.firewall.hits().await
    }

    async fn verdicts(&self, address: IpAddr) -> Result<Vec<PathVerdict>, FirewallError> {
        truth::verdicts(&self.core.firewall, address).await
    }

    async fn jail_drift(&self) -> Result<Vec<JailDrift>, FirewallError> {
        truth::drift(&self.core).await
    }

    async fn block_drift(&self, wanted: &BlockSet) -> Result<BlockDrift, FirewallError> {
        own::drift(&self.core, wanted.clone()).await
    }
}

#[async_trait]
impl FirewallActs for Agent {
    async fn load_blocks(&self, set: &BlockSet, anew: bool) -> Result<LoadReport, FirewallError> {
        let set = set.clone();
        self.see_through(move |core| async move { own::load(&core, set, anew).await })
            .await
    }

    async fn block(&self, command: &BlockCommand) -> Result<(), FirewallError> {
        let command = command.clone();
        self.see_through(move |core| async move { own::block(&core, &command).await })
            .await
    }

    async fn unblock(&self, networks: &[IpNet]) -> Result<(), FirewallError> {
        let networks = networks.to_vec();
        self.see_through(move |core| async move { core.firewall.unblock(&networks).await })
            .await
    }

    async fn let_through(&self, networks: &[IpNet]) -> Result<(), FirewallError> {
        let networks = networks.to_vec();
        self.see_through(move |core| async move { core.firewall.let_through(&networks).await })
            .await
    }

    async fn remove_blocks(&self) -> Result<(), FirewallError> {
        self.see_through(move |core| async move { core.firewall.remove().await })
            .await
    }

    async fn repair_jail(
        &self,
        jail: &JailName,
        missing: &[BanSubject],
        excess: &[IpNet],
    ) -> Result<RepairReport, FirewallError> {
        let (jail, missing, excess) = (jail.clone(), missing.to_vec(), excess.to_vec());
        self.see_through(
            move |core| async move { repair::jail(&core, &jail, &missing, &excess).await },
        )
        .await
    }
}
