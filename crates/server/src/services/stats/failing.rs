//! Who fails and is not banned.
use std::collections::HashSet;

use domain::{BanSubject, Failing, HostId, JailName, Place, Timestamp};
use ipnet::IpNet;

use crate::{problem::Problem, state::ReadState};

/// How many times as many are looked at as are wanted: some of them are banned.
const SPARE: usize = 2;

/// Who failed since a moment, most failures first, without those who are banned now; of a ban that is over only what came after it counts, from the hour of its end on. Whoever was never banned has a place too.
///
/// # Errors
/// Storage's.
pub(crate) async fn failing(
    state: &ReadState,
    host: Option<&HostId>,
    since: Timestamp,
    limit: usize,
) -> Result<Vec<Failing>, Problem> {
    let looked_at = limit.saturating_mul(SPARE);
    let mut found = state.history.failing(host, since, looked_at).await?;
    let banned = banned_now(state, &found).await;
    found.retain(|failing| !banned.contains(&(failing.jail.clone(), failing.subject.clone())));
    found.truncate(limit);
    for failing in &mut found {
        if let (BanSubject::Network(network), true) =
            (&failing.subject, failing.place == Place::default())
        {
            failing.place = state.places.place(network.addr());
        }
    }
    Ok(found)
}

/// Which of them are banned by what is known of the daemon: a ban may have begun long before.
async fn banned_now(state: &ReadState, found: &[Failing]) -> HashSet<(JailName, BanSubject)> {
    let networks: Vec<IpNet> = found
        .iter()
        .filter_map(|failing| match &failing.subject {
            BanSubject::Network(network) => Some(*network),
            BanSubject::Other(_) => None,
        })
        .collect();
    let hosts: HashSet<&HostId> = found.iter().map(|failing| &failing.host).collect();
    let mut banned = HashSet::new();
    for host in hosts {
        // What is not known of a host that is gone leaves the list as history has it.
        let Ok(host) = state.host(host) else {
            continue;
        };
        if let Ok(bans) = host.bans_of(&networks).await {
            banned.extend(bans.into_iter().map(|ban| (ban.jail, ban.subject)));
        }
    }
    banned
}
