//! `bangui lab`, and the lab of `bangui serve --lab`.
use std::path::PathBuf;

use clap::ValueEnum;
use lab::{Enforcement, Installation, Lab, LabConfig};
use tokio::signal::unix::{SignalKind, signal};

use crate::{error::Error, output, wiring::StopSignals};

/// How the lab is made.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct LabArgs {
    /// Folder of the lab; default: a temporary one that is removed at the end
    #[arg(long)]
    folder: Option<PathBuf>,
    /// The same seed makes the same traffic
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Log lines a second over all services
    #[arg(long, default_value_t = 20.0)]
    rate: f64,
    /// Length of a first ban in seconds; -1 is for ever
    #[arg(long, default_value_t = 600, allow_negative_numbers = true)]
    bantime: i64,
    /// What bans do: nftables in a network namespace of the lab's own, or nothing
    #[arg(long, value_enum, default_value_t = Enforce::Auto)]
    enforcement: Enforce,
    /// A fail2ban package unpacked into this folder, instead of the installed one
    #[arg(long)]
    fail2ban_root: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Enforce {
    /// A namespace where that is permitted, else nothing
    Auto,
    /// A namespace of the lab's own
    Namespace,
    /// Nothing
    None,
}

/// Starts a lab.
pub(crate) async fn start(args: LabArgs) -> Result<Lab, Error> {
    let installation = match &args.fail2ban_root {
        Some(root) => Installation::unpacked(root)?,
        None => Installation::system()?,
    };
    let config = LabConfig {
        folder: args.folder,
        seed: args.seed,
        lines_per_second: args.rate,
        bantime_seconds: args.bantime,
        enforcement: match args.enforcement {
            Enforce::Auto => Enforcement::Auto,
            Enforce::Namespace => Enforcement::Namespace,
            Enforce::None => Enforcement::None,
        },
        ..LabConfig::with_installation(installation)
    };
    Ok(Lab::start(config).await?)
}

/// Runs a lab until it is told to end.
pub(super) async fn run(args: LabArgs) -> Result<(), Error> {
    let mut signals = StopSignals::listen()?;
    let mut lab = start(args).await?;
    output::line(&format!(
        "A private fail2ban runs in {}\n  socket  {}\n  log     {}\n  ask it  {} -s {} status\nSIGHUP restarts its daemon; Ctrl-C ends it and leaves nothing running.",
        lab.folder().display(),
        lab.socket().display(),
        lab.log_file().display(),
        lab.client_program().display(),
        lab.socket().display(),
    ));
    let ended = until_stopped(&mut lab, &mut signals).await;
    lab.stop().await;
    ended
}

/// SIGHUP starts the daemon again, also after it was killed: that is what trying "the daemon is down" needs.
async fn until_stopped(lab: &mut Lab, signals: &mut StopSignals) -> Result<(), Error> {
    let mut again = signal(SignalKind::hangup()).map_err(Error::Start)?;
    loop {
        tokio::select! {
            () = signals.told() => return Ok(()),
            _ = again.recv() => lab.restart_daemon().await?,
        }
    }
}
