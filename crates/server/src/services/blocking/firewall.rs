//! What the packet filter really does, and putting right what it does not.
use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

use domain::{
    AllowEntry, AuditAction, BlockDrift, BlockState, Blocklist, BlocklistId, FirewallDrift,
    FirewallError, HostId, JailName, NewAuditEntry, OwnBan, PathVerdict, RepairReport,
    StorageError, Why, WhyCode,
};
use ipnet::IpNet;
use serde_json::json;

use super::{Blocking, NotCarriedOut, allow, known::LastLoad, lists, own_bans, reasons};
use crate::{
    permission::Author,
    problem::{Code, Problem},
    services::{audit::MAX_NAMED, bans::text_of},
    state::{ReadState, WriteState},
    tasks::TaskFault,
};

/// How the packet filter stands.
#[derive(Debug)]
pub(crate) struct Standing {
    /// BanGUI's own table, or why it cannot be used or read.
    pub(crate) table: Result<BlockState, FirewallError>,
    /// What came of carrying out what is wanted the last time.
    pub(crate) last_load: Option<Arc<LastLoad>>,
    /// What was not as it should be when it was last looked at.
    pub(crate) drift: Option<Arc<FirewallDrift>>,
}

/// How the packet filter stands. What of it cannot be read now hides nothing of the rest.
pub(crate) async fn standing(state: &ReadState) -> Standing {
    Standing {
        table: state.blocking.firewall.block_state().await,
        last_load: state.blocking.known.last_load(),
        drift: state.blocking.known.drift(),
    }
}

/// What is done with an address or a network.
#[derive(Debug)]
pub(crate) struct Truth {
    /// By the packet filter, way by way; or why that cannot be told.
    pub(crate) verdicts: Result<Vec<PathVerdict>, Why>,
    /// The lists that it is on.
    pub(crate) lists: Vec<(BlocklistId, String)>,
    /// Bans without a jail that hold it.
    pub(crate) bans: Vec<OwnBan>,
    /// Entries of the allowlist that let it through.
    pub(crate) allowed: Vec<AllowEntry>,
}

/// What is done with an address or a network.
///
/// # Errors
/// Storage's. A packet filter that cannot be read is no error: the answer says so.
pub(crate) async fn truth(state: &ReadState, network: IpNet) -> Result<Truth, Problem> {
    let verdicts = match verdicts(state, network).await {
        Ok(verdicts) => Ok(verdicts),
        Err(error) => {
            tracing::info!(error = %error, "the packet filter did not tell about an address");
            Err(Why::from(&error))
        }
    };
    let held = state.blocking.known.lists();
    let on = held
        .copies
        .keys()
        .copied()
        .filter(|id| held.index.get(*id).is_some_and(|list| list.meets(network)));
    let names: BTreeMap<BlocklistId, String> = lists::all(state)
        .await?
        .into_iter()
        .map(|list: Blocklist| (list.id, list.settings.name.to_string()))
        .collect();
    Ok(Truth {
        verdicts,
        lists: on
            .filter_map(|id| Some((id, names.get(&id)?.clone())))
            .collect(),
        bans: own_bans::in_force(state, Some(network)).await?,
        allowed: allow::meeting(state, network).await?,
    })
}

/// The packet filter is asked about single addresses only: parts of a network fare differently.
async fn verdicts(state: &ReadState, network: IpNet) -> Result<Vec<PathVerdict>, FirewallError> {
    if network.prefix_len() < network.max_prefix_len() {
        return Ok(Vec::new());
    }
    let address: IpAddr = network.addr();
    state.blocking.firewall.verdicts(address).await
}

impl Blocking {
    /// Compares what should be blocked with what is; answers how much differs.
    ///
    /// # Errors
    /// What could not be compared; what was seen of it last stays. Where there is no packet filter there is nothing to compare.
    pub(crate) async fn check(&self) -> Result<u64, TaskFault> {
        let drift = match self.check_now().await {
            Ok(drift) => drift,
            Err(NotCarriedOut::Firewall(error @ FirewallError::Unusable(_))) => {
                tracing::debug!(error = %error, "the packet filter was not compared");
                return Ok(0);
            }
            Err(error) => return Err(error.into()),
        };
        let halves = [drift.jails.as_ref().err(), drift.own.as_ref().err()];
        let not_compared: Vec<String> = halves
            .into_iter()
            .flatten()
            .map(ToString::to_string)
            .collect();
        match TaskFault::partly(&not_compared) {
            Some(fault) => Err(fault),
            None => Ok(drift.differences()),
        }
    }

    /// Compares now. Of what cannot be compared it says why.
    ///
    /// # Errors
    /// Storage's, and that there is no packet filter.
    pub(crate) async fn check_now(&self) -> Result<Arc<FirewallDrift>, NotCarriedOut> {
        // The daemon is asked for it, which may take long: nobody waits for that.
        let jails = self.view.firewall.jail_drift().await;
        // Neither while everything is carried out, which would look like a difference, nor with what was wanted before.
        let _turn = self.turn.lock().await;
        let own = self.own_drift().await?;
        let drift = FirewallDrift::of(self.clock.now(), jails, own)?;
        for error in drift
            .jails
            .as_ref()
            .err()
            .into_iter()
            .chain(drift.own.as_ref().err())
        {
            tracing::info!(error = %error, "not all of the packet filter was compared");
        }
        if drift.differences() > 0 {
            tracing::warn!(
                differences = drift.differences(),
                "the packet filter does not block what it should"
            );
        }
        Ok(self.view.known.found_drift(drift))
    }

    /// BanGUI's own table against what is wanted; that this cannot be told is no error of the whole.
    async fn own_drift(&self) -> Result<Result<BlockDrift, FirewallError>, StorageError> {
        let unknown = match self.wanted().await {
            Ok(wanted) => return Ok(self.view.firewall.block_drift(&wanted).await),
            Err(NotCarriedOut::Storage(error)) => return Err(error),
            Err(NotCarriedOut::Firewall(error)) => error,
            Err(NotCarriedOut::Host(error)) => error.into(),
            Err(NotCarriedOut::Config(error)) => FirewallError::Failed(reasons::of_config(&error)),
        };
        Ok(Err(unknown))
    }
}

/// What is to be put right.
#[derive(Debug, Clone)]
pub(crate) struct Repair {
    /// Of these jails: who is banned and not blocked is banned again by the jail's own action.
    pub(crate) jails: Vec<JailName>,
    /// BanGUI's own table: it is loaded anew.
    pub(crate) own: bool,
}

/// Puts right what was not as it should be, looks again, and answers how it is then.
///
/// # Errors
/// What the packet filter and the daemon say.
pub(crate) async fn repair(
    state: &WriteState,
    author: &Author,
    host: &HostId,
    repair: Repair,
) -> Result<Arc<FirewallDrift>, Problem> {
    state.host(host)?;
    let before = state.blocking.check_now().await?;
    if !repair.jails.is_empty()
        && let Err(error) = &before.jails
    {
        return Err(error.clone().into());
    }
    let names: Vec<String> = repair.jails.iter().map(ToString::to_string).collect();
    let entry = NewAuditEntry {
        target: match (names.as_slice(), repair.own) {
            ([], _) => "BanGUI's table".to_owned(),
            ([one], false) => one.clone(),
            (many, _) => format!("{} jails", many.len()),
        },
        host: Some(host.clone()),
        detail: json!({ "jails": names, "own": repair.own }),
        ..author.entry(state.reads.clock.now(), AuditAction::FirewallRepaired)
    };
    state.storage.record(&[entry]).await?;
    let work = {
        let blocking = state.blocking.clone();
        async move { carry_through(&blocking, &before, &repair).await }
    };
    let done = state.deeds.tracker().spawn(work).await;
    done.map_err(|error| {
        tracing::error!(error = %error, "a repair was not seen through");
        Problem::new(Code::Internal)
    })?
}

async fn carry_through(
    blocking: &Blocking,
    before: &FirewallDrift,
    repair: &Repair,
) -> Result<Arc<FirewallDrift>, Problem> {
    let mut reports = Vec::new();
    for jail in before.jails.iter().flatten() {
        if repair.jails.contains(&jail.jail) {
            let firewall = &blocking.firewall;
            let report = firewall.repair_jail(&jail.jail, &jail.missing, &jail.excess);
            reports.push(report.await?);
        }
    }
    if repair.own {
        blocking.carry_out(true).await?;
    }
    let after = blocking.check_now().await;
    match reports.iter().find_map(undone) {
        Some(why) => Err(FirewallError::Failed(why).into()),
        None => Ok(after?),
    }
}

/// What a repair left worse than it was, or why it ended before it was through.
fn undone(report: &RepairReport) -> Option<Why> {
    let names = |networks: &[IpNet]| {
        let names = networks.iter().take(MAX_NAMED).copied().map(text_of);
        names.collect::<Vec<String>>().join(", ")
    };
    let told = |code, text: &str, networks: &[IpNet]| {
        let names = names(networks);
        Why::new(code, format_args!("{text}: {names}"))
            .count(networks.len())
            .detail(names)
    };
    if !report.lost.is_empty() {
        let text = "they had to be unbanned, and could not be banned again";
        return Some(told(WhyCode::BansLost, text, &report.lost));
    }
    if !report.stuck.is_empty() {
        let text = "they had to be banned to be taken out, and could not be unbanned again";
        return Some(told(WhyCode::BansStuck, text, &report.stuck));
    }
    report.failed.clone()
}
