//! `bangui firewall`: BanGUI's own table without a server, for the start of the machine and for taking BanGUI away.
use std::sync::Arc;

use domain::FirewallActs as _;

use crate::{
    error::Error,
    output,
    settings::{DEFAULT_SOCKET, Settings},
    wiring::{self, Daemon},
};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum FirewallCommand {
    /// Put in force what is kept: lists, bans without a jail, the allowlist. For the start of the machine, before fail2ban and the network
    Load,
    /// Remove BanGUI's own table; everything else in the packet filter stays as it is
    Remove,
}

/// Runs one of them.
pub(super) async fn run(settings: Settings, command: FirewallCommand) -> Result<(), Error> {
    match command {
        FirewallCommand::Load => load(&settings).await,
        FirewallCommand::Remove => remove(&settings).await,
    }
}

async fn load(settings: &Settings) -> Result<(), Error> {
    let (data_folder, storage) = wiring::open_storage(settings).await?;
    let storage = Arc::new(storage);
    let daemon = Daemon::of_settings(settings, DEFAULT_SOCKET.into()).without_state();
    let socket = daemon.socket();
    let agent = wiring::start_agent(settings, daemon, settings.listen);
    let wiring = wiring::wiring(settings, &agent, &storage, None, socket);
    let loaded = server::load_blocks(&wiring).await;
    agent.stop().await;
    domain::Storage::close(storage.as_ref()).await;
    drop(data_folder);
    let report = loaded.map_err(Error::Firewall)?;
    output::line(&format!(
        "{} networks are blocked{}.",
        report.networks,
        if report.changed { "" } else { ", as they were" }
    ));
    Ok(())
}

async fn remove(settings: &Settings) -> Result<(), Error> {
    let daemon = Daemon::of_settings(settings, DEFAULT_SOCKET.into()).without_state();
    let agent = wiring::start_agent(settings, daemon, settings.listen);
    let removed = agent.remove_blocks().await;
    agent.stop().await;
    removed.map_err(|error| Error::Firewall(error.to_string()))?;
    output::line("BanGUI's table is not in the packet filter.");
    Ok(())
}
