//! Ending fail2ban's bans of whom the allowlist lets through.
use std::sync::Arc;

use blocklists::Ranges;
use domain::{
    ActiveBanQuery, BanSubject, HostActs, HostError, HostReads, PageSize, UnbanCommand, UnbanScope,
};
use ipnet::IpNet;

use crate::services::{bans::unbanned_count, jobs::unban_orders, orders::OrdersOf};

/// The most bans that are ended in one go for each question to the daemon.
const MAX_UNBANNED: usize = 2000;
/// With more networks than this all bans are gone through once, instead of asking for each network.
const ASKED_ONE_BY_ONE: usize = 8;

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Unbanned {
    /// How many bans ended, each jail counted.
    pub(super) count: usize,
    /// What could not be done, in plain words.
    pub(super) problems: Vec<String>,
}

/// Who ends bans.
pub(super) struct Unbanning<'a> {
    pub(super) reads: &'a Arc<dyn HostReads>,
    pub(super) acts: &'a Arc<dyn HostActs>,
    pub(super) orders: &'a OrdersOf,
}

impl Unbanning<'_> {
    /// Ends the bans that have an address in common with networks, in every jail. Each part is tried, also where another failed.
    pub(super) async fn within(&self, networks: &[IpNet]) -> Unbanned {
        let mut done = Unbanned::default();
        let mut subjects = Vec::new();
        if networks.len() > ASKED_ONE_BY_ONE {
            let wanted = Ranges::of(networks.iter().copied());
            self.find(None, &wanted, &mut subjects, &mut done).await;
        } else {
            for network in networks {
                let wanted = Ranges::of([*network]);
                self.find(Some(*network), &wanted, &mut subjects, &mut done)
                    .await;
            }
        }
        subjects.sort();
        subjects.dedup();
        for order in unban_orders(vec![(UnbanScope::AllJails, subjects)]) {
            match self.unban(&order).await {
                Ok(count) => done.count += count,
                Err(error) => {
                    let is_down = matches!(error, HostError::Unavailable { .. });
                    done.add(&error);
                    // Each further order would only be waited for.
                    if is_down {
                        break;
                    }
                }
            }
        }
        done
    }

    async fn find(
        &self,
        network: Option<IpNet>,
        wanted: &Ranges,
        subjects: &mut Vec<BanSubject>,
        done: &mut Unbanned,
    ) {
        match banned_within(self.reads.as_ref(), network, wanted).await {
            Ok(found) => {
                if found.is_cut {
                    let of = network.map_or_else(String::new, |network| {
                        format!(" of {}", BanSubject::Network(network))
                    });
                    done.problems.push(format!(
                        "there are more than {MAX_UNBANNED} bans{of}: the others end in the next minutes"
                    ));
                }
                subjects.extend(found.subjects);
            }
            Err(error) => done.add(&error),
        }
    }

    async fn unban(&self, order: &UnbanCommand) -> Result<usize, HostError> {
        self.orders.unban(order);
        Ok(unbanned_count(&self.acts.unban(order).await?))
    }
}

impl Unbanned {
    fn add(&mut self, error: &HostError) {
        let problem = format!("not all bans ended: {error}");
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }
}

struct Found {
    subjects: Vec<BanSubject>,
    /// Whether there are more.
    is_cut: bool,
}

/// Bans in force that have an address in common with what is wanted.
async fn banned_within(
    reads: &dyn HostReads,
    network: Option<IpNet>,
    wanted: &Ranges,
) -> Result<Found, HostError> {
    let mut query = ActiveBanQuery {
        search: network.map(|network| BanSubject::Network(network).to_string()),
        limit: PageSize::new(PageSize::MAX).unwrap_or_default(),
        ..ActiveBanQuery::default()
    };
    let mut subjects = Vec::new();
    loop {
        let page = reads.active_bans(&query).await?;
        let meets = |subject: &BanSubject| match subject {
            BanSubject::Network(banned) => wanted.meets(*banned),
            BanSubject::Other(_) => false,
        };
        let met = page.items.into_iter().map(|ban| ban.subject).filter(meets);
        subjects.extend(met);
        query.after = page.next;
        let is_cut = subjects.len() >= MAX_UNBANNED && query.after.is_some();
        if query.after.is_none() || is_cut {
            return Ok(Found { subjects, is_cut });
        }
    }
}
