//! `ignoreip` in fail2ban's files, by the one safe way that changes them.
use std::{collections::BTreeSet, sync::Arc};

use domain::{
    Badge, ConfigChange, ConfigError, ConfigItemId, ConfigItemKind, ConfigOption, HostConfigActs,
    HostConfigReads, OptionName,
};

use super::running::Words;
use crate::services::blocking::configure;

const IGNOREIP: &str = "ignoreip";
const NOTE: &str = "Allowlist";

/// Writes the words into the files where they are not there yet, and takes those out that are gone; `false` where nothing had to be written.
///
/// The change was asked for by whoever changed the allowlist, and each jail was seen to run with it: it is confirmed here.
///
/// # Errors
/// What the configuration says; nothing is written then.
pub(super) async fn bring_up_to_date(
    reads: &Arc<dyn HostConfigReads>,
    acts: &Arc<dyn HostConfigActs>,
    words: &Words,
) -> Result<bool, ConfigError> {
    let changes = changes(reads, words).await?;
    if changes.is_empty() {
        return Ok(false);
    }
    configure::apply(acts, changes, NOTE).await
}

/// All words that stand in ignore lists of enabled jails now, in the files' own words.
pub(super) async fn words(
    reads: &Arc<dyn HostConfigReads>,
) -> Result<BTreeSet<String>, ConfigError> {
    let mut words = BTreeSet::new();
    for (_, set) in ignore_lists(reads).await? {
        let raw = set.and_then(|set| set.raw).unwrap_or_default();
        let listed = raw.split([' ', ',', '\t', '\n']);
        words.extend(
            listed
                .filter(|word| !word.is_empty())
                .map(ToOwned::to_owned),
        );
    }
    Ok(words)
}

/// The ignore list of each enabled jail that can be loaded.
async fn ignore_lists(
    reads: &Arc<dyn HostConfigReads>,
) -> Result<Vec<(ConfigItemId, Option<ConfigOption>)>, ConfigError> {
    let items = reads.config_items().await?.items;
    let jails = items.into_iter().filter(|item| {
        item.id.kind == ConfigItemKind::Jail
            && item.badges.contains(&Badge::Active)
            && item.problem.is_none()
    });
    let mut lists = Vec::new();
    for jail in jails {
        let item = reads.config_item(&jail.id).await?;
        let set = item.options.into_iter().find(|set| set.name == IGNOREIP);
        lists.push((jail.id, set));
    }
    Ok(lists)
}

/// Jails with an ignore list of their own get their own change, all others share the default.
async fn changes(
    reads: &Arc<dyn HostConfigReads>,
    words: &Words,
) -> Result<Vec<ConfigChange>, ConfigError> {
    let Ok(option) = IGNOREIP.parse::<OptionName>() else {
        return Ok(Vec::new());
    };
    let mut changes = Vec::new();
    let mut default: Option<String> = None;
    for (jail, set) in ignore_lists(reads).await? {
        match set {
            Some(set) if set.own => changes.extend(own_change(&jail, &option, &set, words)),
            set => default = Some(set.and_then(|set| set.raw).unwrap_or_default()),
        }
    }
    let default = default.and_then(|value| words.applied_to(&value));
    changes.extend(default.map(|value| ConfigChange::SetDefault {
        option,
        value: Some(value),
    }));
    Ok(changes)
}

fn own_change(
    jail: &ConfigItemId,
    option: &OptionName,
    set: &ConfigOption,
    words: &Words,
) -> Option<ConfigChange> {
    let raw = set.raw.as_deref().unwrap_or_default();
    words.applied_to(raw).map(|value| ConfigChange::Set {
        item: jail.clone(),
        section: None,
        option: option.clone(),
        value,
    })
}
