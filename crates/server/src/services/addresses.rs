//! All that is known of one subject: from storage, from the daemon, and from the address itself.
pub(crate) mod ban_time;
pub(crate) mod details;
pub(crate) mod lookup;
pub(crate) mod scope;

use std::net::IpAddr;

use domain::{
    ActiveBan, ActiveBanQuery, BanSubject, Event, EventFilter, EventKind, EventQuery, GuardHit,
    HistoryReads, HostError, HostId, HostReads, JailDetail, JailName, PageSize, Place,
    StorageError, SubjectInJail, address_of,
};
use ipnet::IpNet;

use self::{
    ban_time::{Growth, growth},
    scope::{Scope, scope},
};
use crate::{problem::Problem, state::ReadState};

/// Pages of bans in force that are looked through for a subject that is no address.
const MAX_PAGES: usize = 20;
/// Events that are looked through for the last ban of a network: bans of addresses inside it are listed too.
const MAX_EVENTS: u16 = 100;

/// What is known of a subject.
#[derive(Debug)]
pub(crate) struct Known {
    /// Where it is registered, by the data in use now.
    pub(crate) place: Place,
    /// What kind of address; `None` for other text.
    pub(crate) scope: Option<Scope>,
    /// What happened, jail by jail.
    pub(crate) jails: Vec<SubjectInJail>,
    /// Bans in force.
    pub(crate) current: Vec<(HostId, ActiveBan)>,
    /// How long the next ban would be, by jail.
    pub(crate) ban_times: Vec<(HostId, JailName, Growth)>,
    /// What the lock-out guard has against banning it.
    pub(crate) guard: Vec<GuardHit>,
    /// Running jails whose ignore list covers it.
    pub(crate) ignored_in: Vec<JailName>,
    /// Running jails that fail2ban did not tell about in time; they are missing above.
    pub(crate) unknown_jails: Vec<JailName>,
}

/// Finds out what is known of a subject. Asks nobody outside.
///
/// # Errors
/// Storage's and the host's; a daemon that is down is no error: what it would tell is left out.
pub(crate) async fn known(
    state: &ReadState,
    subject: &BanSubject,
    requester: IpAddr,
) -> Result<Known, Problem> {
    let host = HostId::local();
    let reads = state.host(&host)?;
    let jails = state.history.subject(subject).await?;
    let current = bans_in_force(reads.as_ref(), subject).await?;
    let banned_in: Vec<JailName> = jails.iter().map(|jail| jail.jail.clone()).collect();
    let running = state.details.running(&host, reads, &banned_in).await?;
    let details = &running.details;
    let counts = bans_counted(state.history.as_ref(), subject, &jails).await?;
    let ban_times = details
        .iter()
        .filter_map(|jail| Some((jail.summary.name.clone(), growth_in(jail, &host, &counts)?)))
        .map(|(jail, growth)| (host.clone(), jail, growth))
        .collect();
    let place = address_of(subject).map(|address| state.places.place(address));
    Ok(Known {
        place: place.unwrap_or_default(),
        scope: network(subject).map(scope),
        jails,
        current: current.into_iter().map(|ban| (host.clone(), ban)).collect(),
        ban_times,
        guard: guard(reads.as_ref(), subject, requester).await?,
        ignored_in: details
            .iter()
            .filter(|jail| ignores(jail, subject))
            .map(|jail| jail.summary.name.clone())
            .collect(),
        unknown_jails: running.unknown,
    })
}

const fn network(subject: &BanSubject) -> Option<IpNet> {
    match subject {
        BanSubject::Network(network) => Some(*network),
        BanSubject::Other(_) => None,
    }
}

async fn bans_in_force(
    host: &dyn HostReads,
    subject: &BanSubject,
) -> Result<Vec<ActiveBan>, HostError> {
    let text = match subject {
        BanSubject::Network(network) => return host.bans_of(&[*network]).await,
        BanSubject::Other(text) => text,
    };
    let mut query = ActiveBanQuery {
        search: Some(text.clone()),
        limit: PageSize::new(PageSize::MAX).unwrap_or_default(),
        ..ActiveBanQuery::default()
    };
    let mut found = Vec::new();
    for _ in 0..MAX_PAGES {
        let page = host.active_bans(&query).await?;
        found.extend(page.items.into_iter().filter(|ban| ban.subject == *subject));
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
    }
    Ok(found)
}

async fn guard(
    host: &dyn HostReads,
    subject: &BanSubject,
    requester: IpAddr,
) -> Result<Vec<GuardHit>, HostError> {
    let Some(network) = network(subject) else {
        return Ok(Vec::new());
    };
    let hits = host.guard_hits(&[network], Some(requester)).await?;
    Ok(hits.into_iter().flatten().collect())
}

/// Bans of the subject so far, as fail2ban counts them where it told, else as they were heard.
async fn bans_counted(
    history: &dyn HistoryReads,
    subject: &BanSubject,
    jails: &[SubjectInJail],
) -> Result<Vec<(HostId, JailName, u64)>, StorageError> {
    let mut counted = Vec::new();
    for jail in jails.iter().filter(|jail| jail.bans > 0) {
        let last = last_ban(history, subject, jail).await?;
        let told = last.and_then(|event| event.what.ban_count);
        let count = told.map_or(jail.bans, u64::from);
        counted.push((jail.host.clone(), jail.jail.clone(), count));
    }
    Ok(counted)
}

async fn last_ban(
    history: &dyn HistoryReads,
    subject: &BanSubject,
    jail: &SubjectInJail,
) -> Result<Option<Event>, StorageError> {
    let (network, other_subject, most) = match subject {
        BanSubject::Network(network) if network.prefix_len() == network.max_prefix_len() => {
            (Some(*network), None, 1)
        }
        BanSubject::Network(network) => (Some(*network), None, MAX_EVENTS),
        BanSubject::Other(text) => (None, Some(text.clone()), 1),
    };
    let query = EventQuery {
        filter: EventFilter {
            host: Some(jail.host.clone()),
            jails: vec![jail.jail.clone()],
            network,
            other_subject,
            kinds: vec![EventKind::Ban],
            ..EventFilter::default()
        },
        limit: PageSize::new(most).unwrap_or_default(),
        ..EventQuery::default()
    };
    let events = history.events(&query).await?.items;
    Ok(events
        .into_iter()
        .find(|event| event.what.subject == *subject))
}

/// How bans of the subject grow in a jail where it was banned.
fn growth_in(
    jail: &JailDetail,
    host: &HostId,
    counts: &[(HostId, JailName, u64)],
) -> Option<Growth> {
    let settings = jail.settings.as_ref()?;
    let here = |(at, name, _): &&(HostId, JailName, u64)| at == host && *name == jail.summary.name;
    let (_, _, own) = counts.iter().find(here)?;
    let counted = if settings.bantime_over_all_jails == Some(true) {
        let of_host = counts.iter().filter(|(at, _, _)| at == host);
        of_host.map(|(_, _, count)| count).sum()
    } else {
        *own
    };
    Some(growth(settings, counted))
}

/// Whether an address or network of the jail's ignore list covers the subject. Host names and files are not looked into.
fn ignores(jail: &JailDetail, subject: &BanSubject) -> bool {
    let Some(subject) = network(subject) else {
        return false;
    };
    let Some(settings) = &jail.settings else {
        return false;
    };
    let mut entries = settings.ignore_ip.iter();
    entries.any(|entry| {
        domain::parse_target(entry).is_ok_and(|entry| entry.network.contains(&subject))
    })
}
