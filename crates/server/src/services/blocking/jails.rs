//! Lists that a jail of fail2ban carries out: one address after another, in small orders with pauses, so that the daemon stays responsive.
//!
//! Only jails that are made for lists are used: everything that is banned in one is there because of a list. So what is to be done follows from what is banned, and work that
//! was ended half-way goes on where it was.
mod wanted;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    time::{Duration, Instant},
};

use domain::{
    ActiveBanQuery, BanCommand, BanOutcome, BanReport, BanSubject, BlockTarget, Blocklist,
    ConfigChange, ConfigError, ConfigItemId, ConfigItemKind, GuardReason, HostError, JailName,
    JailState, OptionName, PageSize, UnbanCommand, UnbanScope, Why, WhyCode,
};
use ipnet::IpNet;

use self::wanted::Wanted;
use super::{Blocking, NotCarriedOut, configure, reasons};
use crate::{services::bans::CHUNK, tasks::TaskFault};

/// What the name of a jail that is made for lists begins with.
pub(crate) const PREFIX: &str = "bangui-";
/// The most characters of the name of a jail: fail2ban's own actions cut longer ones.
pub(crate) const MAX_NAME_CHARS: usize = 25;
/// How long the daemon may be kept from others by one order.
const ORDER_TIME: Duration = Duration::from_millis(100);
/// Between two orders, so that others are answered.
const PAUSE: Duration = Duration::from_millis(100);
/// The filter of these jails, which finds nothing.
const FILTER: &str = "bangui-list";
const FILTER_TEXT: &str = "# Jails with this filter find nobody in a log: BanGUI bans in them what a list names.\n\
     [Definition]\n\
     failregex = ^bangui bans here what a list names: <HOST>$\n\
     ignoreregex =\n";
const NOTE: &str = "A jail for a list";

/// How far a jail is that carries out lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct JailProgress {
    /// How many addresses the lists name.
    pub(crate) wanted: usize,
    /// How many of them are banned.
    pub(crate) banned: usize,
    /// How many networks and addresses are left out: a jail takes single addresses, and not more than it may have.
    pub(crate) left_out: usize,
    /// How many the lock-out guard refused in this round, and why the first of them.
    pub(crate) refused: usize,
    pub(crate) refused_as: Option<GuardReason>,
    /// How many fail2ban was told to ban in this round and does not list: mostly as the jail ignores them.
    pub(crate) not_listed: usize,
    /// Why it does not go on.
    pub(crate) problem: Option<Why>,
}

impl JailProgress {
    /// Counts what came of an order: that it was taken says nothing.
    fn add(&mut self, report: &BanReport) {
        for result in &report.results {
            match &result.outcome {
                BanOutcome::Banned | BanOutcome::AlreadyBanned => self.banned += 1,
                BanOutcome::Refused(hits) => {
                    self.refused += 1;
                    let reason = hits.first().map(|hit| hit.reason);
                    self.refused_as = self.refused_as.or(reason);
                }
                BanOutcome::NotListed => self.not_listed += 1,
            }
        }
    }
}

impl Blocking {
    /// Brings all jails for lists to what the lists name; begins anew where that changes meanwhile. What a jail or the daemon does not do is noted, shown and tried again.
    ///
    /// # Errors
    /// What was not done.
    pub(crate) async fn sync_jails(&self) -> Result<u64, TaskFault> {
        let _turn = self.jails_turn.lock().await;
        let mut changed = 0;
        loop {
            self.jails.begins();
            let done = self.sync_all(&mut changed).await;
            if !self.jails.is_asked() {
                return done.map(|()| changed);
            }
        }
    }

    async fn sync_all(&self, changed: &mut u64) -> Result<(), TaskFault> {
        let lists = self.view.storage.blocklists().await?;
        let wanted = match self.wanted_of_jails(&lists).await {
            Ok(wanted) => wanted,
            // Without a list for a jail nobody misses the daemon here.
            Err(NotCarriedOut::Host(HostError::Unavailable { .. })) if !have_jails(&lists) => {
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        self.view.known.keep_jails(|jail| wanted.contains_key(jail));
        let mut problems = Vec::new();
        for (jail, wanted) in wanted {
            let mut progress = JailProgress {
                wanted: wanted.addresses.len(),
                left_out: wanted.left_out,
                ..JailProgress::default()
            };
            match self
                .sync_jail(&jail, &wanted.addresses, &mut progress)
                .await
            {
                Ok(orders) => *changed += orders,
                Err(error) => {
                    problems.push(format!("{jail}: {error}"));
                    progress.problem = Some(error.why());
                }
            }
            self.view.known.jail_is_at(&jail, &progress);
            if self.jails.is_asked() {
                break;
            }
        }
        TaskFault::partly(&problems).map_or(Ok(()), Err)
    }

    /// What each jail is to ban: also nothing, where a jail for lists runs that no list is carried out by any more.
    async fn wanted_of_jails(
        &self,
        lists: &[Blocklist],
    ) -> Result<BTreeMap<JailName, Wanted>, NotCarriedOut> {
        let mut wanted: BTreeMap<JailName, Wanted> = BTreeMap::new();
        for jail in self.host.jails().await?.items {
            let runs = jail.state != JailState::Stopped;
            if runs && is_for_lists(&jail.name) && self.is_made_for_lists(&jail.name).await? {
                wanted.entry(jail.name).or_default();
            }
        }
        let keep_free: Vec<IpNet> = self.protected().await?.into_keys().collect();
        for list in lists.iter().filter(|list| list.settings.enabled) {
            let BlockTarget::Jail(jail) = &list.settings.target else {
                continue;
            };
            let networks = self.view.storage.list_networks(list.id).await?;
            let of_jail = wanted.entry(jail.clone()).or_default();
            of_jail.take(&networks, &keep_free);
        }
        Ok(wanted)
    }

    async fn sync_jail(
        &self,
        jail: &JailName,
        wanted: &BTreeSet<IpAddr>,
        progress: &mut JailProgress,
    ) -> Result<u64, JailError> {
        self.make_jail(jail, wanted).await?;
        let banned = self.banned_in(jail).await?;
        let missing: Vec<IpAddr> = wanted.difference(&banned).copied().collect();
        let excess: Vec<IpAddr> = banned.difference(wanted).copied().collect();
        progress.banned = wanted.len() - missing.len();
        let (mut rest, mut size) = (missing.as_slice(), 1);
        while !rest.is_empty() {
            if self.jails.is_asked() {
                return Ok(count(missing.len() - rest.len()));
            }
            let (part, behind) = rest.split_at(size.min(rest.len()));
            rest = behind;
            let began = Instant::now();
            let report = self
                .acts
                .ban(&BanCommand {
                    jail: jail.clone(),
                    targets: part.iter().copied().map(IpNet::from).collect(),
                    requester: None,
                    confirm_own_address: false,
                    for_list: true,
                })
                .await?;
            size = next_size(part.len(), began.elapsed());
            progress.add(&report);
            self.view.known.jail_is_at(jail, progress);
            tokio::time::sleep(PAUSE).await;
        }
        for part in excess.chunks(CHUNK) {
            if self.jails.is_asked() {
                return Ok(count(missing.len()));
            }
            let subjects = part.iter().copied().map(IpNet::from);
            self.acts
                .unban(&UnbanCommand {
                    scope: UnbanScope::Jail(jail.clone()),
                    subjects: subjects.map(BanSubject::Network).collect(),
                })
                .await?;
            tokio::time::sleep(PAUSE).await;
        }
        // It is asked again: that an order was taken says nothing.
        let now = self.banned_in(jail).await?;
        progress.banned = wanted.intersection(&now).count();
        Ok(count(missing.len() + excess.len()))
    }

    async fn banned_in(&self, jail: &JailName) -> Result<BTreeSet<IpAddr>, HostError> {
        let mut query = ActiveBanQuery {
            jails: vec![jail.clone()],
            limit: PageSize::new(PageSize::MAX).unwrap_or_default(),
            ..ActiveBanQuery::default()
        };
        let mut banned = BTreeSet::new();
        loop {
            let page = self.host.active_bans(&query).await?;
            banned.extend(page.items.into_iter().filter_map(|ban| match ban.subject {
                BanSubject::Network(network) => Some(network.addr()),
                BanSubject::Other(_) => None,
            }));
            query.after = page.next;
            if query.after.is_none() {
                return Ok(banned);
            }
        }
    }

    /// Makes the jail in fail2ban's configuration, by the one safe way that changes it, where there is none and something is to be banned.
    async fn make_jail(&self, jail: &JailName, wanted: &BTreeSet<IpAddr>) -> Result<(), JailError> {
        let jails = self.host.jails().await?.items;
        let known = jails.iter().find(|known| known.name == *jail);
        match known.map(|known| known.state) {
            _ if wanted.is_empty() => Ok(()),
            None => self.configure_jail(jail).await,
            Some(_) if !self.is_made_for_lists(jail).await? => {
                Err(JailError::OfAnother(jail.clone()))
            }
            Some(JailState::Stopped) => Ok(self.acts.start_jail(jail).await.map(|_| ())?),
            Some(_) => Ok(()),
        }
    }

    /// Whether a jail is one that BanGUI made for lists: its filter tells.
    async fn is_made_for_lists(&self, jail: &JailName) -> Result<bool, ConfigError> {
        let Ok(name) = jail.as_str().parse() else {
            return Ok(false);
        };
        let id = ConfigItemId {
            kind: ConfigItemKind::Jail,
            name,
        };
        let item = match self.config.config_item(&id).await {
            Ok(item) => item,
            Err(ConfigError::ItemNotFound(_)) => return Ok(false),
            Err(error) => return Err(error),
        };
        let is_ours = |option: &domain::ConfigOption| {
            option.name == "filter" && option.value.as_deref() == Some(FILTER)
        };
        Ok(item.options.iter().any(is_ours))
    }

    async fn configure_jail(&self, jail: &JailName) -> Result<(), JailError> {
        let bad = |_| JailError::Name(jail.clone());
        let item = jail.as_str().parse().map_err(bad)?;
        let filter = ConfigItemId {
            kind: ConfigItemKind::Filter,
            name: FILTER.parse().map_err(bad)?,
        };
        let mut options = BTreeMap::new();
        for (name, value) in [
            ("enabled", "true"),
            ("filter", FILTER),
            ("backend", "polling"),
            ("logpath", "/dev/null"),
            ("port", "0:65535"),
            ("bantime", "-1"),
            ("maxretry", "1"),
        ] {
            let name: OptionName = name.parse().map_err(bad)?;
            options.insert(name, value.to_owned());
        }
        let items = self.config.config_items().await?.items;
        let mut changes = Vec::new();
        if !items.iter().any(|known| known.id == filter) {
            changes.push(ConfigChange::CreateFile {
                item: filter,
                text: FILTER_TEXT.to_owned(),
            });
        }
        changes.push(ConfigChange::CreateJail {
            jail: item,
            options,
        });
        configure::apply(&self.config_acts, changes, NOTE).await?;
        Ok(())
    }
}

/// Why a jail for lists was not brought up to date.
#[derive(Debug, thiserror::Error)]
enum JailError {
    #[error("{0} cannot be the name of a jail in a file")]
    Name(JailName),
    #[error("{0} is a jail of somebody's own, and not made for lists: choose another name")]
    OfAnother(JailName),
    #[error(transparent)]
    Host(#[from] HostError),
    #[error(transparent)]
    Config(#[from] ConfigError),
}

impl JailError {
    fn why(&self) -> Why {
        match self {
            Self::Name(jail) => Why::new(WhyCode::JailNameUnusable, self).name(jail),
            Self::OfAnother(jail) => Why::new(WhyCode::JailOfAnother, self).name(jail),
            Self::Host(error) => error.into(),
            Self::Config(error) => reasons::of_config(error),
        }
    }
}

/// Whether any list is carried out by a jail.
fn have_jails(lists: &[Blocklist]) -> bool {
    lists
        .iter()
        .any(|list| list.settings.enabled && matches!(list.settings.target, BlockTarget::Jail(_)))
}

fn count(orders: usize) -> u64 {
    u64::try_from(orders).unwrap_or(u64::MAX)
}

/// How many addresses the next order has, by how long the last one took.
fn next_size(last: usize, took: Duration) -> usize {
    let each = took.as_micros() / u128::try_from(last.max(1)).unwrap_or(1);
    let fit = ORDER_TIME.as_micros() / each.max(1);
    usize::try_from(fit).unwrap_or(CHUNK).clamp(1, CHUNK)
}

/// Whether a jail has a name that jails for lists have.
pub(crate) fn is_for_lists(jail: &JailName) -> bool {
    let name = jail.as_str();
    name.starts_with(PREFIX) && name.len() > PREFIX.len() && name.chars().count() <= MAX_NAME_CHARS
}

#[cfg(test)]
mod tests;
