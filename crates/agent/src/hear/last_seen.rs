//! What was last heard of each jail and of the logs that jails read.
use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::{JailName, TimeRange, Timestamp};
use serde::{Deserialize, Serialize};

/// What was last heard of a jail since this agent began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Seen {
    /// The last failure.
    pub(crate) failure_at: Option<Timestamp>,
    /// The last ban.
    pub(crate) ban_at: Option<Timestamp>,
    /// When fail2ban last complained of the time of a line that had just been written.
    pub(crate) odd_time: Option<Timestamp>,
    /// When it was made; `None` where that was not heard.
    pub(crate) made_at: Option<Timestamp>,
}

/// How well failures are heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Listening {
    /// Since when a failure would be heard, without a break; `None` where it would not be.
    pub(crate) told_since: Option<Timestamp>,
    /// There is more in the log than was read.
    pub(crate) behind: bool,
}

/// A jail of which the daemon complained, as it is kept over a restart of this agent: the daemon does not say it again for a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OddTime {
    #[serde(rename = "j")]
    pub(crate) jail: JailName,
    #[serde(rename = "t")]
    pub(crate) at: Timestamp,
}

/// What was last heard.
#[derive(Debug, Default)]
pub(crate) struct LastSeen {
    heard: Mutex<Heard>,
}

#[derive(Debug, Default)]
struct Heard {
    jails: HashMap<JailName, Seen>,
    /// When the daemon last said of a log that it could not open it.
    unopened: HashMap<String, Timestamp>,
    listening: Listening,
    /// The zone that the daemon runs in, where it has a name.
    zone: Option<String>,
    /// A time of which nothing could be read; several as one.
    unheard: Option<TimeRange>,
}

impl LastSeen {
    /// Of one jail.
    pub(crate) fn of(&self, jail: &JailName) -> Seen {
        self.lock().jails.get(jail).copied().unwrap_or_default()
    }

    /// When the daemon last could not open a log.
    pub(crate) fn unopened(&self, path: &str) -> Option<Timestamp> {
        self.lock().unopened.get(path).copied()
    }

    /// How well failures are heard.
    pub(crate) fn listening(&self) -> Listening {
        self.lock().listening
    }

    /// A time of which nothing could be read, if it is not long ago.
    pub(crate) fn unheard(&self, now: Timestamp) -> Option<TimeRange> {
        self.lock().unheard.filter(|range| is_told(range, now))
    }

    /// Nothing could be read of a time. It is told as one with what is still told; what is long ago would make months of two nights.
    pub(super) fn unheard_in(&self, range: TimeRange, now: Timestamp) {
        if !is_told(&range, now) {
            return;
        }
        let mut heard = self.lock();
        let known = heard.unheard.filter(|known| is_told(known, now));
        let known = known.unwrap_or(range);
        heard.unheard = Some(TimeRange {
            from: known.from.min(range.from),
            until: known.until.max(range.until),
        });
    }

    /// The zone that the daemon runs in, where it is known by name.
    pub(crate) fn zone(&self) -> Option<String> {
        self.lock().zone.clone()
    }

    /// A failure of now would be heard (`told_at` is now), or would not be.
    pub(super) fn listens(&self, told_at: Option<Timestamp>, behind: bool, zone: Option<String>) {
        let mut heard = self.lock();
        let before = heard.listening.told_since;
        heard.listening = Listening {
            // A clock that was put back must not lie before it.
            told_since: told_at.map(|now| before.unwrap_or(now).min(now)),
            behind,
        };
        heard.zone = zone;
    }

    pub(super) fn failure(&self, jail: &JailName, at: Timestamp) {
        self.change(jail, |seen| seen.failure_at = seen.failure_at.max(Some(at)));
    }

    pub(super) fn ban(&self, jail: &JailName, at: Timestamp) {
        self.change(jail, |seen| seen.ban_at = seen.ban_at.max(Some(at)));
    }

    pub(super) fn odd_time(&self, jail: &JailName, at: Timestamp) {
        self.change(jail, |seen| {
            seen.odd_time = seen.odd_time.max(Some(at));
        });
    }

    /// The jails of whose times the daemon complained, and when.
    pub(crate) fn odd_jails(&self) -> Vec<(JailName, Timestamp)> {
        let heard = self.lock();
        let odd = |(jail, seen): (&JailName, &Seen)| Some((jail.clone(), seen.odd_time?));
        heard.jails.iter().filter_map(odd).collect()
    }

    /// A complaint of the times in the jail's log is over. One that was heard meanwhile is another.
    pub(crate) fn right_time(&self, jail: &JailName, complaint: Timestamp) {
        if let Some(seen) = self.lock().jails.get_mut(jail)
            && seen.odd_time == Some(complaint)
        {
            seen.odd_time = None;
        }
    }

    /// A jail was made: it complains anew, and what matched before it was there says nothing of it.
    pub(super) fn jail_made(&self, jail: &JailName, at: Timestamp) {
        self.change(jail, |seen| {
            seen.odd_time = None;
            seen.made_at = Some(at);
        });
    }

    /// A jail has ended.
    pub(super) fn jail_stopped(&self, jail: &JailName) {
        if let Some(seen) = self.lock().jails.get_mut(jail) {
            seen.odd_time = None;
        }
    }

    /// Another daemon: it complains anew.
    pub(super) fn started(&self) {
        let mut heard = self.lock();
        heard.unopened.clear();
        for seen in heard.jails.values_mut() {
            seen.odd_time = None;
        }
    }

    pub(super) fn not_opened(&self, path: &str, at: Timestamp) {
        /// Far more logs than a daemon has.
        const MAX: usize = 1_000;
        let mut heard = self.lock();
        if heard.unopened.len() < MAX || heard.unopened.contains_key(path) {
            heard.unopened.insert(path.to_owned(), at);
        }
    }

    /// What has to outlive this agent, the newest complaints first; bounded.
    pub(super) fn odd_times(&self) -> Vec<OddTime> {
        /// A cursor is stored with each batch.
        const MAX: usize = 12;
        let odd = self.odd_jails().into_iter();
        let mut odd: Vec<OddTime> = odd.map(|(jail, at)| OddTime { jail, at }).collect();
        odd.sort_by(|one, other| (other.at, &one.jail).cmp(&(one.at, &other.jail)));
        odd.truncate(MAX);
        odd
    }

    /// Takes over what an earlier agent had heard.
    pub(super) fn resume(&self, odd: &[OddTime], unheard: Option<TimeRange>, now: Timestamp) {
        if let Some(unheard) = unheard {
            self.unheard_in(unheard, now);
        }
        let known: HashSet<JailName> = self.lock().jails.keys().cloned().collect();
        for odd in odd.iter().filter(|odd| !known.contains(&odd.jail)) {
            self.odd_time(&odd.jail, odd.at);
        }
    }

    fn change(&self, jail: &JailName, change: impl FnOnce(&mut Seen)) {
        let mut heard = self.lock();
        if let Some(seen) = heard.jails.get_mut(jail) {
            change(seen);
        } else {
            change(heard.jails.entry(jail.clone()).or_default());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a time of which nothing could be read is still told: long enough to be noticed, and not for ever, as it stays as it is.
fn is_told(range: &TimeRange, now: Timestamp) -> bool {
    const TOLD_SECONDS: i64 = 7 * 24 * 3_600;
    range.until > now.plus_seconds(-TOLD_SECONDS)
}

#[cfg(test)]
mod tests;
