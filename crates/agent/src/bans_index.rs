//! All bans in force as of one moment, ready to be paged and searched.
use std::{
    cmp::Ordering,
    sync::{Arc, OnceLock},
};

use domain::{
    ActiveBan, ActiveBanQuery, ActiveBanSort, BanSubject, HostError, JailName, PageToken, SortKey,
    Timestamp,
};
use ipnet::IpNet;

use crate::{
    cursor::Cursor,
    jail_bans::{JailBans, Row, Search, begin_key, by_subject, end_key},
};

/// The bans of all jails. Never changes; the orders are built when first asked for.
///
/// A ban's position is its place by jail and subject. Every other order is a list of positions, made by a sort whose ties stay in
/// position order, so that all orders are total and a page token needs only the key of one ban.
#[derive(Debug, Default)]
pub(crate) struct BansIndex {
    /// By name.
    jails: Vec<Arc<JailBans>>,
    /// For each position the jail's and the row's number.
    places: Vec<(u32, u32)>,
    by_begin: OnceLock<Vec<u32>>,
    by_end: OnceLock<Vec<u32>>,
    by_subject: OnceLock<Vec<u32>>,
}

/// A page as the index gives it.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) items: Vec<ActiveBan>,
    pub(crate) next: Option<PageToken>,
    pub(crate) total: u64,
}

/// Which positions fit a query.
enum Fitting {
    All,
    Some { fits: Vec<bool>, count: usize },
}

impl Fitting {
    fn has(&self, position: u32) -> bool {
        match self {
            Self::All => true,
            Self::Some { fits, .. } => fits.get(position as usize).copied().unwrap_or(false),
        }
    }
}

impl BansIndex {
    /// Joins the bans of the jails.
    pub(crate) fn new(mut jails: Vec<Arc<JailBans>>) -> Self {
        jails.sort_unstable_by(|a, b| a.name().cmp(b.name()));
        let places = (0_u32..)
            .zip(&jails)
            .flat_map(|(jail, bans)| (0_u32..).zip(bans.rows()).map(move |(row, _)| (jail, row)))
            .collect();
        Self {
            jails,
            places,
            ..Self::default()
        }
    }

    /// Builds the orders that were in use in `before` and what a search needs, so that the first reader of the new state need not wait.
    pub(crate) fn prepare_like(&self, before: &Self) {
        for jail in &self.jails {
            jail.prepare();
        }
        // The order of the page that opens first.
        self.order(SortKey::BannedAt);
        if before.by_end.get().is_some() {
            self.order(SortKey::ExpiresAt);
        }
        if before.by_subject.get().is_some() {
            self.order(SortKey::Subject);
        }
    }

    /// Whether a page costs only what its own bans cost: nothing must be looked at but them.
    pub(crate) fn is_quick(&self, query: &ActiveBanQuery) -> bool {
        let ready = match query.sort.key {
            SortKey::Jail => true,
            SortKey::Subject => self.by_subject.get().is_some(),
            SortKey::BannedAt => self.by_begin.get().is_some(),
            SortKey::ExpiresAt => self.by_end.get().is_some(),
        };
        ready && query.search.is_none() && query.jails.is_empty() && query.family.is_none()
    }

    /// The bans of each jail, by name.
    pub(crate) fn jails(&self) -> &[Arc<JailBans>] {
        &self.jails
    }

    /// How many bans there are.
    pub(crate) const fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether this holds exactly these bans of jails.
    pub(crate) fn is_made_of(&self, jails: &[Arc<JailBans>]) -> bool {
        self.jails.len() == jails.len()
            && self.jails.iter().zip(jails).all(|(a, b)| Arc::ptr_eq(a, b))
    }

    /// The bans of exactly these networks.
    pub(crate) fn bans_of(&self, networks: &[IpNet]) -> Vec<ActiveBan> {
        let found = |network: &IpNet| {
            let subject = BanSubject::Network(*network);
            self.jails
                .iter()
                .filter_map(|jail| Some(jail.active_ban(jail.find(&subject)?)))
                .collect::<Vec<_>>()
        };
        networks.iter().flat_map(found).collect()
    }

    /// A page in the wanted order.
    pub(crate) fn page(&self, query: &ActiveBanQuery) -> Result<Page, HostError> {
        let after = query
            .after
            .as_ref()
            .map(|token| Cursor::parse(token, query.sort))
            .transpose()?;
        let fitting = self.fitting(query);
        let total = match &fitting {
            Fitting::All => self.len(),
            Fitting::Some { count, .. } => *count,
        };
        let mut rest = self.walk(query.sort, after.as_ref());
        let wanted = usize::from(query.limit.get());
        let positions: Vec<u32> = rest
            .by_ref()
            .filter(|position| fitting.has(*position))
            .take(wanted)
            .collect();
        let goes_on = positions.len() == wanted && rest.any(|position| fitting.has(position));
        let next = positions
            .last()
            .filter(|_| goes_on)
            .and_then(|last| self.cursor(query.sort, *last))
            .map(|cursor| cursor.token());
        Ok(Page {
            items: positions
                .iter()
                .filter_map(|position| self.at(*position))
                .map(|(jail, row)| jail.active_ban(row))
                .collect(),
            next,
            total: total as u64,
        })
    }

    fn at(&self, position: u32) -> Option<(&JailBans, &Row)> {
        let (jail, row) = self.places.get(position as usize)?;
        let jail = self.jails.get(*jail as usize)?;
        Some((jail, jail.rows().get(*row as usize)?))
    }

    /// Positions in an order, from behind `after` on.
    fn walk<'a>(
        &'a self,
        sort: ActiveBanSort,
        after: Option<&Cursor>,
    ) -> Box<dyn Iterator<Item = u32> + 'a> {
        let order = self.order(sort.key);
        let at = move |place: usize| {
            order.map_or_else(|| narrow(place), |o| o.get(place).copied().unwrap_or(0))
        };
        let boundary = |passed: &dyn Fn(Ordering) -> bool| {
            after.map(|cursor| {
                partition_point(self.len(), |place| passed(self.compare(at(place), cursor)))
            })
        };
        let range = if sort.descending {
            0..boundary(&|o| o == Ordering::Less).unwrap_or(self.len())
        } else {
            boundary(&|o| o != Ordering::Greater).unwrap_or(0)..self.len()
        };
        if sort.descending {
            Box::new(range.rev().map(at))
        } else {
            Box::new(range.map(at))
        }
    }

    /// The positions in an order; `None` where the positions themselves are the order.
    fn order(&self, key: SortKey) -> Option<&[u32]> {
        let (order, moment): (_, fn(&Row) -> i64) = match key {
            SortKey::Jail => return None,
            SortKey::Subject => {
                return Some(self.by_subject.get_or_init(|| self.order_by_subject()));
            }
            SortKey::BannedAt => (&self.by_begin, |row| begin_key(row.banned_at)),
            SortKey::ExpiresAt => (&self.by_end, |row| end_key(row.end)),
        };
        Some(order.get_or_init(|| {
            let mut keyed: Vec<(i64, u32)> = (0..narrow(self.len()))
                .filter_map(|position| Some((moment(self.at(position)?.1), position)))
                .collect();
            keyed.sort_unstable();
            keyed.into_iter().map(|(_, position)| position).collect()
        }))
    }

    fn order_by_subject(&self) -> Vec<u32> {
        let mut keyed: Vec<(&BanSubject, u32)> = (0..narrow(self.len()))
            .filter_map(|position| Some((&self.at(position)?.1.subject, position)))
            .collect();
        // Stable, because it is made of runs in order (one per jail) and merging those is fast.
        keyed.sort();
        keyed.into_iter().map(|(_, position)| position).collect()
    }

    fn compare(&self, position: u32, cursor: &Cursor) -> Ordering {
        let Some((jail, row)) = self.at(position) else {
            return Ordering::Greater;
        };
        let by_place = || (jail.name(), &row.subject).cmp(&(&cursor.jail, &cursor.subject));
        match cursor.sort.key {
            SortKey::BannedAt => begin_key(row.banned_at)
                .cmp(&cursor.moment)
                .then_with(by_place),
            SortKey::ExpiresAt => end_key(row.end).cmp(&cursor.moment).then_with(by_place),
            SortKey::Subject => {
                by_subject((&row.subject, jail.name()), (&cursor.subject, &cursor.jail))
            }
            SortKey::Jail => by_place(),
        }
    }

    fn cursor(&self, sort: ActiveBanSort, position: u32) -> Option<Cursor> {
        let (jail, row) = self.at(position)?;
        Some(Cursor {
            sort,
            moment: match sort.key {
                SortKey::BannedAt => begin_key(row.banned_at),
                SortKey::ExpiresAt => end_key(row.end),
                SortKey::Subject | SortKey::Jail => 0,
            },
            jail: jail.name().clone(),
            subject: row.subject.clone(),
        })
    }

    fn fitting(&self, query: &ActiveBanQuery) -> Fitting {
        let search = query.search.as_deref().and_then(Search::new);
        if search.is_none() && query.jails.is_empty() && query.family.is_none() {
            return Fitting::All;
        }
        let mut fits = vec![false; self.len()];
        let mut first = 0;
        for jail in &self.jails {
            let end = first + jail.rows().len();
            if let Some(marks) = fits.get_mut(first..end)
                && wanted(&query.jails, jail.name())
            {
                mark(jail, search.as_ref(), query, marks);
            }
            first = end;
        }
        let count = fits.iter().filter(|fit| **fit).count();
        Fitting::Some { fits, count }
    }
}

fn wanted(jails: &[JailName], jail: &JailName) -> bool {
    jails.is_empty() || jails.contains(jail)
}

fn mark(jail: &JailBans, search: Option<&Search>, query: &ActiveBanQuery, marks: &mut [bool]) {
    match search {
        Some(search) => jail.search(search, |at| {
            if let Some(mark) = marks.get_mut(at) {
                *mark = true;
            }
        }),
        None => marks.fill(true),
    }
    if let Some(family) = query.family {
        for (mark, row) in marks.iter_mut().zip(jail.rows()) {
            *mark &= row.subject.family() == Some(family);
        }
    }
}

/// Positions are kept in four bytes; more than four billion bans do not fit into a daemon.
fn narrow(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// The first place in `0..len` at which `passed` is no longer true.
fn partition_point(len: usize, passed: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = usize::midpoint(low, high);
        if passed(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// The bans and when they were true.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bans {
    /// The bans themselves; shared by all snapshots between two changes.
    pub(crate) index: Arc<BansIndex>,
    /// When the daemon was last known to hold exactly these; `None` when it was never asked for all of them.
    pub(crate) as_of: Option<Timestamp>,
}

#[cfg(test)]
mod tests;
