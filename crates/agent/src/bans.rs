//! Banning and unbanning.
use std::collections::{BTreeMap, HashSet};

use domain::{
    BanCommand, BanEnd, BanOutcome, BanReport, BanResult, BanSubject, HostError, JailName,
    MAX_TARGETS_PER_COMMAND, Timestamp, UnbanCommand, UnbanReport, UnbanResult, UnbanScope,
};
use fail2ban::{Client, ClientError, CommandClass, Subject, Value};
use ipnet::IpNet;

use crate::{convert, core::Core, guard, hear, jail_bans::Row, link::Link, mirror::Change};

/// Bans that one order to the daemon carries. It answers nobody until their actions ran, 5 to 70 ms for each.
const CHUNK: usize = 10;

/// Up to this many subjects the daemon is asked for each. It compares each with every ban of the jail (100 ms for one that is not among
/// 100,000), so for more of them the list of all bans is cheaper (300 ms).
const FEW: usize = 2;

/// Bans what the guard allows.
pub(crate) async fn ban(core: &Core, command: &BanCommand) -> Result<BanReport, HostError> {
    limit(command.targets.len())?;
    let link = core.link();
    core.needs_running(&link, &command.jail).await?;
    let protected = core.guard.protected().await?;
    let mut refused = BTreeMap::new();
    let mut allowed: Vec<IpNet> = Vec::new();
    for target in &command.targets {
        let target = guard::canonical_network(*target);
        let hits = guard::hits(target, command.requester, &protected);
        if guard::refuses(&hits, command.confirm_own_address) {
            refused.insert(target, hits);
        } else if !allowed.contains(&target) {
            allowed.push(target);
        }
    }
    let outcomes = ban_allowed(core, &link, &command.jail, &allowed, command.for_list).await?;
    let result = |target: &IpNet| {
        let form = guard::canonical_network(*target);
        let outcome = match (refused.get(&form), outcomes.get(&form)) {
            (Some(hits), _) => BanOutcome::Refused(hits.clone()),
            (None, Some(outcome)) => outcome.clone(),
            (None, None) => BanOutcome::NotListed,
        };
        BanResult {
            target: *target,
            outcome,
        }
    };
    Ok(BanReport {
        results: command.targets.iter().map(result).collect(),
    })
}

/// Bans what the guard has nothing against.
pub(crate) async fn ban_allowed(
    core: &Core,
    link: &Link,
    jail: &JailName,
    targets: &[IpNet],
    for_list: bool,
) -> Result<BTreeMap<IpNet, BanOutcome>, HostError> {
    let one_at_a_time = core.bulk.lock().await;
    let ordered = |target: &IpNet| hear::ban_order(jail, BanSubject::Network(*target), for_list);
    core.hearing.ordered(core, targets.iter().map(ordered));
    let done = ban_all(link, jail, targets).await;
    drop(one_at_a_time);
    let outcomes = match done {
        Ok(outcomes) => outcomes,
        Err(error) => {
            // A part may have been banned.
            core.refresh(link, vec![read_again(jail)]).await;
            return Err(core.jail_error(jail, &error));
        }
    };
    let added = seen(core, link, jail, &outcomes).await;
    core.refresh(link, vec![added]).await;
    Ok(outcomes)
}

/// Sends what is not banned yet, in chunks, and asks again what came of it.
///
/// What is banned already is not sent: the daemon would lengthen its ban without a word.
async fn ban_all(
    link: &Link,
    jail: &JailName,
    targets: &[IpNet],
) -> Result<BTreeMap<IpNet, BanOutcome>, ClientError> {
    let (client, jail) = (&link.client, jail.as_str());
    let before = held(client, jail, targets).await?;
    let new: Vec<IpNet> = targets
        .iter()
        .zip(&before)
        .filter_map(|(target, banned)| (!banned).then_some(*target))
        .collect();
    for chunk in new.chunks(CHUNK) {
        client.ban(jail, chunk).await?;
    }
    let after = held(client, jail, targets).await?;
    let outcome = |(before, after)| match (before, after) {
        (_, false) => BanOutcome::NotListed,
        (true, true) => BanOutcome::AlreadyBanned,
        (false, true) => BanOutcome::Banned,
    };
    Ok(targets
        .iter()
        .copied()
        .zip(before.into_iter().zip(after).map(outcome))
        .collect())
}

/// For each network whether the jail bans exactly it.
async fn held(client: &Client, jail: &str, targets: &[IpNet]) -> Result<Vec<bool>, ClientError> {
    if targets.len() <= FEW {
        return client.is_banned(jail, targets).await;
    }
    let listed: HashSet<Subject> = client.banned(jail).await?.into_iter().collect();
    let is_listed = |target: &IpNet| listed.contains(&Subject::from(*target));
    Ok(targets.iter().map(is_listed).collect())
}

/// Which of these networks a jail bans now, or does not.
pub(crate) async fn held_of(
    core: &Core,
    jail: &JailName,
    networks: &[IpNet],
    wanted: bool,
) -> Result<Vec<IpNet>, HostError> {
    let link = core.link();
    let held = held(&link.client, jail.as_str(), networks).await;
    let held = held.map_err(|error| core.jail_error(jail, &error))?;
    let found = networks.iter().zip(held);
    Ok(found
        .filter(|(_, held)| *held == wanted)
        .map(|(network, _)| *network)
        .collect())
}

/// The new bans as they will be listed: the daemon counts from now, for the ban time of the jail. Where the jail lengthens repeated bans, the
/// next reading of the list corrects the end.
async fn seen(
    core: &Core,
    link: &Link,
    jail: &JailName,
    outcomes: &BTreeMap<IpNet, BanOutcome>,
) -> Change {
    let command = ["get".into(), jail.as_str().into(), "bantime".into()];
    let asked = link.client.request(&command, CommandClass::Read).await;
    let bantime = asked.ok().as_ref().and_then(Value::as_int);
    // The daemon's times are whole seconds.
    let now = Timestamp::from_millis(core.config.clock.now().as_millis() / 1000 * 1000);
    let end = match bantime {
        Some(seconds) if seconds < 0 => BanEnd::Never,
        Some(seconds) => BanEnd::At(now.plus_seconds(seconds)),
        None => BanEnd::Unknown,
    };
    let banned = outcomes
        .iter()
        .filter(|(_, outcome)| **outcome == BanOutcome::Banned);
    Change {
        jail: Some(jail.clone()),
        added: banned
            .map(|(target, _)| Row {
                subject: BanSubject::Network(*target),
                banned_at: Some(now),
                end,
            })
            .collect(),
        removed: Vec::new(),
    }
}

/// Unbans what the daemon lists as exactly the wanted subjects.
///
/// fail2ban itself, told to unban a network that is not listed, unbans every address within it, and resolves text as a host name. So it is
/// only told what it was seen to list.
pub(crate) async fn unban(core: &Core, command: &UnbanCommand) -> Result<UnbanReport, HostError> {
    limit(command.subjects.len())?;
    core.answering()?;
    let link = core.link();
    if let UnbanScope::Jail(name) = &command.scope {
        core.needs_running(&link, name).await?;
    }
    let failed = |error: ClientError| match &command.scope {
        UnbanScope::Jail(name) => core.jail_error(name, &error),
        UnbanScope::AllJails => convert::error(&error),
    };
    let subjects: Vec<BanSubject> = command.subjects.iter().map(in_form).collect();
    let before = holders(&link, &command.scope, &subjects)
        .await
        .map_err(failed)?;
    let one_at_a_time = core.bulk.lock().await;
    let held = subjects.iter().zip(&before);
    let ordered = held.flat_map(|(subject, jails)| {
        let order = |jail| hear::unban_order(jail, subject.clone());
        jails.iter().map(order)
    });
    core.hearing.ordered(core, ordered);
    let sent = send(&link, &subjects, &before).await;
    drop(one_at_a_time);
    let after = holders(&link, &command.scope, &subjects).await;
    let touched = touched(&subjects, &before, after.as_deref().unwrap_or_default());
    core.refresh(&link, touched).await;
    sent.map_err(failed)?;
    let after = after.map_err(failed)?;
    let result =
        |((subject, before), still): ((&BanSubject, Vec<JailName>), Vec<JailName>)| UnbanResult {
            subject: subject.clone(),
            unbanned_in: before.into_iter().filter(|j| !still.contains(j)).collect(),
            still_banned_in: still,
        };
    Ok(UnbanReport {
        results: command
            .subjects
            .iter()
            .zip(before)
            .zip(after)
            .map(result)
            .collect(),
    })
}

async fn send(
    link: &Link,
    subjects: &[BanSubject],
    held: &[Vec<JailName>],
) -> Result<(), ClientError> {
    let mut by_jail: BTreeMap<&JailName, Vec<Subject>> = BTreeMap::new();
    for (subject, jails) in subjects.iter().zip(held) {
        for jail in jails {
            let of_jail = by_jail.entry(jail).or_default();
            let subject = convert::subject(subject);
            if !of_jail.contains(&subject) {
                of_jail.push(subject);
            }
        }
    }
    for (jail, subjects) in by_jail {
        for chunk in subjects.chunks(CHUNK) {
            link.client.unban(jail.as_str(), chunk).await?;
        }
    }
    Ok(())
}

/// For each subject the jails of the scope that list exactly it.
async fn holders(
    link: &Link,
    scope: &UnbanScope,
    subjects: &[BanSubject],
) -> Result<Vec<Vec<JailName>>, ClientError> {
    // What cannot be sent is not asked for, and so counts as not banned.
    let askable: Vec<Subject> = subjects
        .iter()
        .filter(|subject| can_be_sent(subject))
        .map(convert::subject)
        .collect();
    let found = match scope {
        _ if askable.is_empty() => Vec::new(),
        UnbanScope::AllJails if askable.len() <= FEW => by_subject(link, &askable).await?,
        UnbanScope::AllJails => by_list(&all_bans(link).await?, &askable),
        UnbanScope::Jail(jail) if askable.len() <= FEW => {
            let mut found = by_subject(link, &askable).await?;
            for jails in &mut found {
                jails.retain(|holder| holder == jail);
            }
            found
        }
        UnbanScope::Jail(jail) => {
            let bans = link.client.banned(jail.as_str()).await?;
            by_list(&[(jail.clone(), bans.into_iter().collect())], &askable)
        }
    };
    let mut found = found.into_iter();
    Ok(subjects
        .iter()
        .map(|subject| {
            if can_be_sent(subject) {
                found.next().unwrap_or_default()
            } else {
                Vec::new()
            }
        })
        .collect())
}

/// The bans of each jail.
type Lists = Vec<(JailName, HashSet<Subject>)>;

/// Asks for each subject which jails list it.
async fn by_subject(link: &Link, subjects: &[Subject]) -> Result<Vec<Vec<JailName>>, ClientError> {
    let mut command = vec![Value::from("banned")];
    command.extend(subjects.iter().map(|subject| subject.to_string().into()));
    let answer = link.client.request(&command, CommandClass::Read).await?;
    let names = |list: &Value| -> Vec<JailName> {
        let texts = list.as_items().unwrap_or_default().iter();
        texts
            .filter_map(|name| name.as_str()?.parse().ok())
            .collect()
    };
    Ok(answer
        .as_items()
        .unwrap_or_default()
        .iter()
        .map(names)
        .collect())
}

/// Asks for all bans of all jails.
async fn all_bans(link: &Link) -> Result<Lists, ClientError> {
    let command = ["banned".into()];
    let answer = link.client.request(&command, CommandClass::Read).await?;
    let jails = answer.as_items().unwrap_or_default().iter();
    Ok(jails
        .filter_map(Value::as_pairs)
        .flatten()
        .filter_map(|(name, bans)| {
            let bans = bans.as_items()?.iter();
            let bans = bans.map(|ban| Subject::parse(&ban.to_string()));
            Some((name.as_str()?.parse().ok()?, bans.collect()))
        })
        .collect())
}

fn by_list(lists: &[(JailName, HashSet<Subject>)], subjects: &[Subject]) -> Vec<Vec<JailName>> {
    let holding = |subject: &Subject| {
        let holders = lists.iter().filter(|(_, bans)| bans.contains(subject));
        holders.map(|(jail, _)| jail.clone()).collect()
    };
    subjects.iter().map(holding).collect()
}

/// Text that the protocol can carry and that the daemon does not take for an option.
fn can_be_sent(subject: &BanSubject) -> bool {
    match subject {
        BanSubject::Network(_) => true,
        BanSubject::Other(text) => {
            !text.is_empty()
                && !text.starts_with("--")
                && !text.contains("<F2B_")
                && !text.chars().any(char::is_control)
        }
    }
}

fn in_form(subject: &BanSubject) -> BanSubject {
    match subject {
        BanSubject::Network(network) => BanSubject::Network(guard::canonical_network(*network)),
        BanSubject::Other(text) => BanSubject::Other(text.clone()),
    }
}

/// What the jails do not hold any more.
fn touched(
    subjects: &[BanSubject],
    before: &[Vec<JailName>],
    after: &[Vec<JailName>],
) -> Vec<Change> {
    let mut gone: BTreeMap<&JailName, Vec<BanSubject>> = BTreeMap::new();
    for ((subject, before), after) in subjects.iter().zip(before).zip(after) {
        for jail in before.iter().filter(|jail| !after.contains(jail)) {
            gone.entry(jail).or_default().push(subject.clone());
        }
    }
    gone.into_iter()
        .map(|(jail, removed)| Change {
            jail: Some(jail.clone()),
            added: Vec::new(),
            removed,
        })
        .collect()
}

/// Ends every ban.
pub(crate) async fn unban_everything(core: &Core) -> Result<u64, HostError> {
    core.answering()?;
    let link = core.link();
    core.hearing.ordered(core, [hear::unban_everything_order()]);
    let ended = link.client.unban_all().await;
    link.mirror.lock().await.outdate_all();
    core.refresh(&link, Vec::new()).await;
    ended.map_err(|error| convert::error(&error))
}

fn read_again(jail: &JailName) -> Change {
    Change {
        jail: Some(jail.clone()),
        ..Change::default()
    }
}

const fn limit(targets: usize) -> Result<(), HostError> {
    if targets > MAX_TARGETS_PER_COMMAND {
        return Err(HostError::TooManyTargets {
            max: MAX_TARGETS_PER_COMMAND,
        });
    }
    Ok(())
}
