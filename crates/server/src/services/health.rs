//! How jails see their logs, with what history knows of the time before this process.
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use domain::{HistoryReads, HostId, JailHealth, JailName, LastHeard, StorageError};

use crate::{problem::Problem, state::ReadState};

/// What history knew of jails when they were first asked about: from then on the agent has heard all itself.
///
/// A note in memory of what was read, as [`JailDetails`](super::addresses::details::JailDetails) is: leaving it out changes no answer, only how often history is asked.
#[derive(Debug, Default)]
pub(crate) struct Pasts(Mutex<HashMap<(HostId, JailName), LastHeard>>);

impl Pasts {
    /// Of each of these jails; history is asked once a jail.
    async fn of(
        &self,
        history: &dyn HistoryReads,
        host: &HostId,
        jails: Vec<JailName>,
    ) -> Result<Vec<LastHeard>, StorageError> {
        let mut pasts: HashMap<JailName, LastHeard> = {
            let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let known = |jail: &JailName| kept.get(&(host.clone(), jail.clone())).cloned();
            let known = jails.iter().filter_map(known);
            known.map(|past| (past.jail.clone(), past)).collect()
        };
        let new: Vec<JailName> = jails
            .into_iter()
            .filter(|jail| !pasts.contains_key(jail))
            .collect();
        if !new.is_empty() {
            let asked = history.last_heard(host, &new).await?;
            let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            for past in asked {
                kept.insert((host.clone(), past.jail.clone()), past.clone());
                pasts.insert(past.jail.clone(), past);
            }
        }
        Ok(pasts.into_values().collect())
    }
}

/// How each running jail sees its logs.
///
/// # Errors
/// The host's and storage's.
pub(crate) async fn jail_health(
    state: &ReadState,
    host: &HostId,
) -> Result<Vec<JailHealth>, Problem> {
    let jails = state.host(host)?.jails().await?.items;
    let names = jails.into_iter().map(|jail| jail.name).collect();
    let before = state.pasts.of(state.history.as_ref(), host, names).await?;
    Ok(state.hears(host)?.jail_health(&before).await?)
}
