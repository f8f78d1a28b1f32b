//! Verbs that concern one jail as it runs; starting and reloading are in `reload`.

use domain::{
    HostError, IgnoreEntry, JailDetail, JailName, JailSettings, JailState, JailSummary,
    RunningSettings,
};
use fail2ban::Seconds;

use crate::{convert, core::Core, link::Link, mirror::Change};

/// The longest ban that can be set at runtime: ten years, in seconds. What shall be longer is meant to be permanent.
const MAX_BANTIME: i64 = 10 * 366 * 24 * 60 * 60;

/// The most failures that can be set: what the daemon's command takes.
const MAX_RETRY: i64 = u32::MAX as i64;

/// A jail with its settings.
pub(crate) async fn detail(core: &Core, name: &JailName) -> Result<JailDetail, HostError> {
    let snapshot = core.snapshot();
    snapshot.daemon.unless_down()?;
    match snapshot.jail(name) {
        Some(jail) if jail.state == JailState::Stopped => Ok(stopped(core, jail.clone())),
        _ => core.details.get(name, ask(core, name)).await,
    }
}

fn stopped(core: &Core, summary: JailSummary) -> JailDetail {
    JailDetail {
        summary,
        source: None,
        settings: None,
        as_of: core.config.clock.now(),
    }
}

async fn ask(core: &Core, name: &JailName) -> Result<JailDetail, HostError> {
    let link = core.link();
    let failed = |error| core.jail_error(name, &error);
    let status = match link.client.jail_status(name.as_str()).await {
        Ok(status) => status,
        // Enabled and not running, which the last poll did not know yet.
        Err(fail2ban::ClientError::Daemon(said))
            if said.is_unknown_jail() && core.enabled().contains(name) =>
        {
            let summary = JailSummary {
                name: name.clone(),
                state: JailState::Stopped,
                counters: domain::JailCounters::default(),
            };
            return Ok(stopped(core, summary));
        }
        Err(error) => return Err(failed(error)),
    };
    let settings = link.client.settings(name.as_str()).await.map_err(failed)?;
    let (counters, source) = convert::status(status);
    let state = core
        .snapshot()
        .jail(name)
        .map_or(JailState::Running, |jail| jail.state);
    Ok(JailDetail {
        summary: JailSummary {
            name: name.clone(),
            state: if state == JailState::Idle {
                state
            } else {
                JailState::Running
            },
            counters,
        },
        source,
        settings: Some(convert::settings(settings)),
        as_of: core.config.clock.now(),
    })
}

/// Makes a jail rest or work again.
pub(crate) async fn set_idle(
    core: &Core,
    name: &JailName,
    idle: bool,
) -> Result<JailState, HostError> {
    let link = core.link();
    core.needs_running(&link, name).await?;
    let told = link
        .client
        .set_idle(name.as_str(), idle)
        .await
        .map_err(|error| core.jail_error(name, &error))?;
    {
        let mut mirror = link.mirror.lock().await;
        if told {
            mirror.idle.insert(name.clone());
        } else {
            mirror.idle.remove(name);
        }
    }
    changed(core, &link, name).await;
    if told != idle {
        return Err(HostError::NotEffective(format!(
            "the jail is {}",
            if told { "idle" } else { "not idle" }
        )));
    }
    Ok(if told {
        JailState::Idle
    } else {
        JailState::Running
    })
}

/// Adds to the ignore list.
pub(crate) async fn add_ignore(
    core: &Core,
    name: &JailName,
    entry: &IgnoreEntry,
) -> Result<Vec<String>, HostError> {
    let link = core.link();
    core.needs_running(&link, name).await?;
    let failed = |error| core.jail_error(name, &error);
    let wanted =
        fail2ban::IgnoreEntry::parse(entry.as_str()).ok_or_else(|| HostError::Rejected {
            class: "BadArgument".to_owned(),
            text: format!("{} is no entry of an ignore list", entry.as_str()),
        })?;
    let text = wanted.to_string();
    link.client
        .add_ignore(name.as_str(), &[wanted])
        .await
        .map_err(failed)?;
    let listed = ignore_list(core, &link, name).await?;
    if listed.contains(&text) {
        Ok(listed)
    } else {
        Err(HostError::NotEffective(format!("does not list {text}")))
    }
}

/// Removes from the ignore list what it lists, word for word.
pub(crate) async fn remove_ignore(
    core: &Core,
    name: &JailName,
    entry: &str,
) -> Result<Vec<String>, HostError> {
    let link = core.link();
    core.needs_running(&link, name).await?;
    let failed = |error| core.jail_error(name, &error);
    let settings = link.client.settings(name.as_str()).await.map_err(failed)?;
    let listed = settings.ignoreip.unwrap_or_default();
    // What is not listed is gone already.
    if let Some(found) = listed.iter().find(|known| known.to_string() == entry) {
        link.client
            .remove_ignore(name.as_str(), std::slice::from_ref(found))
            .await
            .map_err(failed)?;
    }
    let listed = ignore_list(core, &link, name).await?;
    if listed.iter().any(|text| text == entry) {
        return Err(HostError::NotEffective(format!("still lists {entry}")));
    }
    Ok(listed)
}

async fn ignore_list(core: &Core, link: &Link, name: &JailName) -> Result<Vec<String>, HostError> {
    let settings = link.client.settings(name.as_str()).await;
    core.details.forget(name);
    let settings = settings.map_err(|error| core.jail_error(name, &error))?;
    Ok(convert::texts(&settings.ignoreip.unwrap_or_default()))
}

/// Whether the machine's own addresses are left alone.
pub(crate) async fn set_ignore_self(
    core: &Core,
    name: &JailName,
    ignore: bool,
) -> Result<bool, HostError> {
    let link = core.link();
    core.needs_running(&link, name).await?;
    let told = link.client.set_ignore_self(name.as_str(), ignore).await;
    core.details.forget(name);
    told.map_err(|error| core.jail_error(name, &error))
}

/// Changes settings until the next reload.
pub(crate) async fn set_running(
    core: &Core,
    name: &JailName,
    wanted: &RunningSettings,
) -> Result<JailSettings, HostError> {
    check(wanted)?;
    let link = core.link();
    core.needs_running(&link, name).await?;
    let sent = send(&link, name, wanted).await;
    core.details.forget(name);
    sent.map_err(|error| core.jail_error(name, &error))?;
    if wanted.bantime.is_some() {
        // The bans in force got other times without a change of the counters.
        link.mirror.lock().await.outdate_all();
    }
    changed(core, &link, name).await;
    let now = link
        .client
        .settings(name.as_str())
        .await
        .map_err(|error| core.jail_error(name, &error))?;
    let now = convert::settings(now);
    let taken = [
        ("bantime", wanted.bantime, now.bantime),
        ("findtime", wanted.findtime, now.findtime),
        ("maxretry", wanted.maxretry, now.maxretry),
    ];
    for (setting, wanted, is) in taken {
        if wanted.is_some() && wanted != is {
            let is = is.map_or_else(|| "unknown".to_owned(), |value| value.to_string());
            return Err(HostError::NotEffective(format!("{setting} is {is}")));
        }
    }
    Ok(now)
}

async fn send(
    link: &Link,
    name: &JailName,
    wanted: &RunningSettings,
) -> Result<(), fail2ban::ClientError> {
    let client = &link.client;
    if let Some(seconds) = wanted.bantime {
        client.set_bantime(name.as_str(), Seconds(seconds)).await?;
    }
    if let Some(seconds) = wanted.findtime {
        client.set_findtime(name.as_str(), Seconds(seconds)).await?;
    }
    if let Some(failures) = wanted.maxretry.and_then(|n| u32::try_from(n).ok()) {
        client.set_maxretry(name.as_str(), failures).await?;
    }
    Ok(())
}

/// The limits hold whoever calls: the daemon would take nonsense.
fn check(wanted: &RunningSettings) -> Result<(), HostError> {
    let bad = |text: &str| {
        Err(HostError::Rejected {
            class: "OutOfRange".to_owned(),
            text: text.to_owned(),
        })
    };
    if wanted
        .bantime
        .is_some_and(|s| s != -1 && !(1..=MAX_BANTIME).contains(&s))
    {
        return bad("bantime must be -1 (permanent) or 1 second to 10 years");
    }
    if wanted
        .findtime
        .is_some_and(|s| !(1..=MAX_BANTIME).contains(&s))
    {
        return bad("findtime must be 1 second to 10 years");
    }
    if wanted
        .maxretry
        .is_some_and(|n| !(1..=MAX_RETRY).contains(&n))
    {
        return bad("maxretry must be at least 1");
    }
    Ok(())
}

/// Shows a change of a jail before the verb returns.
async fn changed(core: &Core, link: &Link, name: &JailName) {
    core.details.forget(name);
    let change = Change {
        jail: Some(name.clone()),
        ..Change::default()
    };
    core.refresh(link, vec![change]).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_out_of_range_are_refused_and_those_within_are_not() {
        let with = |bantime, findtime, maxretry| RunningSettings {
            bantime,
            findtime,
            maxretry,
        };
        for bad in [
            with(Some(0), None, None),
            with(Some(-2), None, None),
            with(Some(MAX_BANTIME + 1), None, None),
            with(None, Some(0), None),
            with(None, Some(-1), None),
            with(None, None, Some(0)),
            with(None, None, Some(i64::MAX)),
        ] {
            assert!(check(&bad).is_err(), "{bad:?}");
        }
        assert_eq!(check(&with(Some(-1), Some(1), Some(1))), Ok(()));
        assert_eq!(check(&with(Some(MAX_BANTIME), None, None)), Ok(()));
    }
}
