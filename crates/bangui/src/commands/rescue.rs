//! `bangui rescue`: help on the machine itself for somebody who is locked out. No server has to run, and one that runs is not disturbed.
mod kept;
mod report;
mod words;

use std::{path::PathBuf, process::ExitCode};

use agent::rescue::Rescue;
use clap::{Args, Subcommand};
use domain::{ParsedTarget, parse_target};
use ipnet::IpNet;

use self::{
    kept::Kept,
    report::{Done, Report, Verdict},
};
use crate::{
    error::Error,
    output,
    settings::{DEFAULT_SOCKET, Settings},
    wiring,
};

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Rescuing {
    /// Show what blocks an address: jails of fail2ban, BanGUI's own table, other rules of the packet filter
    List(Whom),
    /// End every ban of an address, in all jails of fail2ban and in BanGUI's own table
    Unban(Whom),
    /// End every ban of an address and put it on the allowlist: it is let through at once, whatever lists it is on
    Allow(Whom),
}

/// Whom it is about, and how the answer is written.
#[derive(Debug, Args)]
pub(crate) struct Whom {
    /// An address or a network, such as 192.0.2.7 or 192.0.2.0/24
    #[arg(value_parser = parse_target)]
    address: ParsedTarget,
    /// Write one object of JSON instead of text
    #[arg(long)]
    json: bool,
}

/// What [`run`] works with.
struct Tools {
    rescue: Rescue,
    /// What BanGUI keeps, or why it cannot be had.
    kept: Result<Kept, String>,
}

/// Does it, looks what blocks the address then, says so, and ends with what that means.
pub(super) async fn run(settings: &Settings, order: Rescuing) -> Result<ExitCode, Error> {
    let (Rescuing::List(whom) | Rescuing::Unban(whom) | Rescuing::Allow(whom)) = &order;
    let network = whom.address.network;
    if matches!(order, Rescuing::Allow(_)) && is_too_wide(network) {
        return Err(Error::TooWide);
    }
    let tools = Tools::open(settings).await;
    let done = match order {
        Rescuing::List(_) => None,
        Rescuing::Unban(_) => Some(tools.unban(network).await),
        Rescuing::Allow(_) => Some(tools.allow(network).await),
    };
    let mut report = Report::of(network, tools.rescue.look(network).await);
    if let Ok(kept) = &tools.kept {
        report.bangui.know(kept, network).await;
    }
    report.bangui.data_problem = report
        .bangui
        .data_problem
        .or(tools.kept.as_ref().err().cloned());
    report.done = done;
    if whom.json {
        output::line(&serde_json::to_string_pretty(&report)?);
    } else {
        output::line(words::of(&report).trim_end());
    }
    if let Ok(kept) = tools.kept {
        kept.close().await;
    }
    Ok(code(&report))
}

/// 0: nothing blocks it. 3: something does. 4: not all could be asked or done.
fn code(report: &Report) -> ExitCode {
    const BLOCKED: u8 = 3;
    const IN_PART: u8 = 4;
    let undone = report.done.as_ref().is_some_and(Done::is_in_part);
    match report.verdict {
        Verdict::Blocked => ExitCode::from(BLOCKED),
        Verdict::Unknown => ExitCode::from(IN_PART),
        Verdict::NotBlocked if undone => ExitCode::from(IN_PART),
        Verdict::NotBlocked => ExitCode::SUCCESS,
    }
}

impl Tools {
    async fn open(settings: &Settings) -> Self {
        let kept = Kept::open(settings).await;
        let chosen = match (&settings.fail2ban_socket, &kept) {
            (Some(socket), _) => Some(socket.clone()),
            (None, Ok(kept)) => kept.socket().await,
            (None, Err(_)) => None,
        };
        let socket = chosen.unwrap_or_else(|| PathBuf::from(DEFAULT_SOCKET));
        Self {
            rescue: Rescue::new(&socket, wiring::own_firewall(settings)),
            kept,
        }
    }

    /// What is kept comes first: a server that runs would put a ban that is kept in force again.
    async fn unban(&self, network: IpNet) -> Done {
        let before = self.rescue.look(network).await;
        let mut done = Done::default();
        if let Ok(kept) = &self.kept {
            done.take(kept.end_bans(network).await, |done, ended| {
                done.ended_kept = ended;
            });
        }
        let (jails, table) = self.rescue.unban(network).await;
        done.take(jails, |_, ()| {});
        done.take(table, |_, ()| {});
        done.compare(&before, &self.rescue.look(network).await);
        if let Ok(kept) = &self.kept {
            let told = kept.record_unban(network, &done.unbanned).await;
            done.take(told, |_, ()| {});
        }
        done
    }

    /// Let through first, so that no jail bans it again meanwhile.
    async fn allow(&self, network: IpNet) -> Done {
        let let_in = self.rescue.let_through(network).await;
        let remembered = match &self.kept {
            Ok(kept) => kept.remember_allowed(network).await,
            Err(problem) => Err(format!("it is not kept on the allowlist: {problem}")),
        };
        let mut done = self.unban(network).await;
        done.take(let_in.jails, |done, jails| done.ignored_by = jails);
        done.take(let_in.table, |done, through| done.let_through = through);
        done.take(remembered, |done, ()| done.remembered = true);
        done
    }
}

const fn is_too_wide(network: IpNet) -> bool {
    match network {
        IpNet::V4(network) => network.prefix_len() < blocklists::WIDEST_V4,
        IpNet::V6(network) => network.prefix_len() < blocklists::WIDEST_V6,
    }
}
