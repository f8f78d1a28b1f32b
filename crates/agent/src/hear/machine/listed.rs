//! Holding what was heard against the bans that the daemon lists: the truth that decides.
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use domain::{BanEnd, EventKind, JailName, Origin, Timestamp, UnbanCause};

use super::{Ended, Machine, Told, key_state::Open};
use crate::{
    hear::facts::{Key, LogState, Now},
    jail_bans::{JailBans, Row},
};

/// The lists are some seconds old, and a line may be written a moment after its ban: a difference counts when it stays.
const STAYS: Duration = Duration::from_secs(4);

/// A ban that is gone before its time may be one that a daemon which was just started has not restored yet: with real actions it restores a hundred a second. While bans of
/// its jail that were gone come back, the wait begins anew: how many there are to restore is not known.
const GONE_EARLY_STAYS: Duration = Duration::from_mins(2);

/// All bans that the daemon lists.
#[derive(Debug, Clone)]
pub(crate) struct Listing {
    /// By jail; only jails that run.
    pub(crate) jails: Vec<Arc<JailBans>>,
    /// When this was true.
    pub(crate) as_of: Timestamp,
}

/// A difference between what was heard and what is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Difference {
    Untold,
    Gone,
}

/// Differences, and since when.
pub(super) type Candidates = BTreeMap<Key, Candidate>;

#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    what: Difference,
    since: Duration,
}

/// Lists with which all that was heard agrees, and goes on to, whatever time it is. While neither changes they need not be compared
/// again: with 100,000 bans that took a sixth of a processor.
#[derive(Debug, Default)]
pub(super) struct Agreed(HashMap<JailName, Arc<JailBans>>);

impl Agreed {
    fn with(&self, bans: &Arc<JailBans>) -> bool {
        let agreed = self.0.get(bans.name());
        agreed.is_some_and(|agreed| Arc::ptr_eq(agreed, bans))
    }

    /// Something that was heard of the jail may change.
    pub(super) fn forget(&mut self, jail: &JailName) {
        if !self.0.is_empty() {
            self.0.remove(jail);
        }
    }
}

/// What is known of a listed ban.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// It was told, and its beginning is the listed one or another for good.
    Settled,
    /// It was told and is in force.
    Open,
    /// Nothing speaks against the list at the moment.
    Excused,
    /// It was not told.
    Untold,
}

impl Machine {
    /// Compares with what the daemon lists; call it when all other sources have been read to their end.
    pub(crate) fn listed(&mut self, listing: &Listing, now: Now) {
        if now.log == LogState::Behind || (now.database && !now.rows_at_end) {
            return;
        }
        let mut before = std::mem::take(&mut self.candidates);
        let restoring = restoring(&before, listing);
        let mut found = Candidates::new();
        let mut due = Vec::new();
        for (key, what, row) in self.differences(listing) {
            let patience = self.patience(&key, what, listing);
            let anew = patience == GONE_EARLY_STAYS && restoring.contains(&key.jail);
            let candidate = match before.remove(&key) {
                Some(old) if old.what == what && !anew => old,
                _ => Candidate {
                    what,
                    since: now.elapsed,
                },
            };
            found.insert(key.clone(), candidate);
            if now.elapsed.saturating_sub(candidate.since) >= patience {
                due.push((key, what, row));
            }
        }
        self.candidates = found;
        let agrees = self.candidates.is_empty();
        for (key, what, row) in due {
            self.candidates.remove(&key);
            match (what, row) {
                (Difference::Untold, Some(row)) => self.tell_listed(&key, &row),
                (Difference::Gone, _) => self.tell_gone(&key, listing),
                (Difference::Untold, None) => {}
            }
        }
        if agrees {
            // Lists carry whole seconds; a ban of the second in which the list was made may be missing.
            self.agreed_until = self.agreed_until.max(Some(listing.as_of.plus_seconds(-2)));
        }
    }

    fn differences(&mut self, listing: &Listing) -> Vec<(Key, Difference, Option<Row>)> {
        let mut differences = Vec::new();
        let mut running = HashSet::new();
        for bans in &listing.jails {
            running.insert(bans.name().clone());
            if !self.agreed.with(bans) {
                self.compare(bans, listing, &mut differences);
            }
        }
        self.agreed.0.retain(|jail, _| running.contains(jail));
        let stopped: Vec<JailName> = self
            .jails
            .keys()
            .filter(|jail| !running.contains(*jail))
            .cloned()
            .collect();
        for jail in stopped {
            self.find_gone(&jail, None, listing, &mut differences);
        }
        differences
    }

    fn compare(
        &mut self,
        bans: &Arc<JailBans>,
        listing: &Listing,
        differences: &mut Vec<(Key, Difference, Option<Row>)>,
    ) {
        let (mut listed, mut settled) = (0, 0);
        for row in bans.rows() {
            match self.known(bans.name(), row, listing.as_of) {
                Known::Settled => settled += 1,
                Known::Open => listed += 1,
                Known::Excused => {}
                Known::Untold => {
                    let key = Key {
                        jail: bans.name().clone(),
                        subject: row.subject.clone(),
                    };
                    differences.push((key, Difference::Untold, Some(row.clone())));
                }
            }
        }
        let states = self.jails.get(bans.name()).into_iter().flatten();
        let open = states.filter(|(_, state)| state.open.is_some()).count();
        // Each subject is listed once: when as many are listed as are open, none is gone.
        if open > listed + settled {
            self.find_gone(bans.name(), Some(bans), listing, differences);
        } else if settled == bans.rows().len() {
            self.agreed.0.insert(bans.name().clone(), Arc::clone(bans));
        }
    }

    /// What is known of a listed ban; corrects its end, which a changed ban time moves.
    fn known(&mut self, jail: &JailName, row: &Row, as_of: Timestamp) -> Known {
        let subjects = self.jails.get_mut(jail);
        let state = subjects.and_then(|subjects| subjects.get_mut(&row.subject));
        if let Some(state) = state {
            if let Some(open) = &mut state.open {
                open.correct(row, as_of);
                return if open.began.is_some() {
                    Known::Settled
                } else {
                    Known::Open
                };
            }
            // Undecided, or a list from before the end that was told.
            let is_old = |closed: Timestamp| {
                closed > as_of.plus_seconds(-1) || row.banned_at.is_none_or(|at| at <= closed)
            };
            if !state.queue.is_empty() || state.closed.is_some_and(is_old) {
                return Known::Excused;
            }
        }
        let key = Key {
            jail: jail.clone(),
            subject: row.subject.clone(),
        };
        if self.rows.has(&key) {
            return Known::Excused;
        }
        // Told before this process began to listen.
        let told_before = row
            .banned_at
            .is_some_and(|at| Some(at) <= self.resumed_until);
        if !told_before {
            return Known::Untold;
        }
        self.state(&key).open = Some(adopted(row));
        Known::Open
    }

    fn find_gone(
        &self,
        jail: &JailName,
        bans: Option<&Arc<JailBans>>,
        listing: &Listing,
        differences: &mut Vec<(Key, Difference, Option<Row>)>,
    ) {
        for (subject, state) in self.jails.get(jail).into_iter().flatten() {
            let Some(open) = &state.open else {
                continue;
            };
            let listed = bans.is_some_and(|bans| bans.find(subject).is_some());
            // A list from before the ban does not have it.
            let newer = listing.as_of.millis_since(open.at) > 1_000;
            if !listed && newer && state.queue.is_empty() {
                let key = Key {
                    jail: jail.clone(),
                    subject: subject.clone(),
                };
                differences.push((key, Difference::Gone, None));
            }
        }
    }

    fn patience(&mut self, key: &Key, what: Difference, listing: &Listing) -> Duration {
        let runs = listing.jails.iter().any(|bans| *bans.name() == key.jail);
        match what {
            Difference::Gone if runs && !self.is_over(key, listing.as_of) => GONE_EARLY_STAYS,
            _ => STAYS,
        }
    }

    fn is_over(&mut self, key: &Key, at: Timestamp) -> bool {
        let open = self.state(key).open.as_ref();
        open.is_some_and(|open| matches!(open.end, BanEnd::At(end) if end <= at))
    }

    fn tell_listed(&mut self, key: &Key, row: &Row) {
        let mut open = adopted(row);
        if let Some(origin) = self.orders.origin_of_ban(key, open.at) {
            open.origin = origin;
        }
        self.out.event(Told {
            event: open.event(key, EventKind::Ban),
            place: None,
            page: None,
        });
        self.state(key).open = Some(open);
    }

    fn tell_gone(&mut self, key: &Key, listing: &Listing) {
        let Some(open) = self.state(key).open.take() else {
            return;
        };
        let runs = listing.jails.iter().any(|bans| *bans.name() == key.jail);
        let began = open.began.unwrap_or(open.at);
        let (at, cause) = match open.end {
            BanEnd::At(end) if end <= listing.as_of => (end, UnbanCause::Expired),
            _ if self.orders.has_unban(key, Some(began), listing.as_of) => {
                (listing.as_of, UnbanCause::ByHand)
            }
            _ if !runs => (listing.as_of, UnbanCause::Flushed),
            _ => (listing.as_of, UnbanCause::Unknown),
        };
        let end = Ended {
            at,
            cause,
            place: None,
        };
        self.tell_unban(key, &open, end);
    }
}

/// The jails in which a ban that was gone is listed again.
fn restoring(before: &Candidates, listing: &Listing) -> HashSet<JailName> {
    let mut restoring = HashSet::new();
    for bans in &listing.jails {
        let back = before.iter().any(|(key, candidate)| {
            candidate.what == Difference::Gone
                && key.jail == *bans.name()
                && bans.find(&key.subject).is_some()
        });
        if back {
            restoring.insert(bans.name().clone());
        }
    }
    restoring
}

impl Open {
    /// Takes over the end that the daemon lists, if the list is of this ban.
    fn correct(&mut self, row: &Row, as_of: Timestamp) {
        let is_this = match self.began {
            Some(began) => row.banned_at == Some(began),
            None => row.banned_at.is_some() && as_of > self.at.plus_seconds(1),
        };
        if is_this {
            self.began = row.banned_at;
            self.end = row.end;
        }
    }
}

/// A ban as the daemon lists it.
fn adopted(row: &Row) -> Open {
    let at = row.banned_at.unwrap_or(Timestamp::from_millis(0));
    let mut open = Open::new(at, Origin::Detected);
    open.began = row.banned_at;
    open.end = row.end;
    open.seconds = match row.end {
        BanEnd::At(end) => Some(end.millis_since(at) / 1_000),
        BanEnd::Never => Some(-1),
        BanEnd::Unknown => None,
    };
    open
}

#[cfg(test)]
mod tests;
