//! Who failed lately: what leads to a ban, where no row of the database tells.
use std::collections::HashMap;

use domain::{BanSubject, JailName, Timestamp};

use crate::hear::facts::Key;

/// How many subjects that failed are remembered.
const MOST: usize = 50_000;
/// When there are more, those go that failed so long before the last one.
const OLD_SECONDS: i64 = 3_600;

/// Subjects that failed, with the time of the line of their last failure. There may be very many, so the name of a jail is kept once.
#[derive(Debug, Default)]
pub(super) struct Failed {
    by_jail: HashMap<JailName, HashMap<BanSubject, Timestamp>>,
    count: usize,
}

impl Failed {
    pub(super) fn insert(&mut self, key: Key, at: Timestamp) {
        if self.count >= MOST {
            self.make_room(at);
        }
        let of_jail = self.by_jail.entry(key.jail).or_default();
        if of_jail.insert(key.subject, at).is_none() {
            self.count += 1;
        }
    }

    pub(super) fn contains(&self, key: &Key) -> bool {
        let of_jail = self.by_jail.get(&key.jail);
        of_jail.is_some_and(|subjects| subjects.contains_key(&key.subject))
    }

    /// Forgets who failed long ago, or everybody where all failed lately.
    fn make_room(&mut self, now: Timestamp) {
        let all = || self.by_jail.values().flat_map(HashMap::values);
        let newest = all().max().copied().unwrap_or(now);
        let old = newest.plus_seconds(-OLD_SECONDS);
        for of_jail in self.by_jail.values_mut() {
            of_jail.retain(|_, last| *last > old);
            of_jail.shrink_to_fit();
        }
        self.by_jail.retain(|_, of_jail| !of_jail.is_empty());
        self.count = self.by_jail.values().map(HashMap::len).sum();
        if self.count >= MOST {
            *self = Self::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(jail: &str, number: usize) -> Key {
        Key {
            jail: jail.parse().unwrap(),
            subject: BanSubject::from_daemon(&format!("subject {number}")),
        }
    }

    #[test]
    fn subject_failed_in_its_jail_alone() {
        let mut failed = Failed::default();
        failed.insert(key("sshd", 1), Timestamp::from_millis(0));
        assert!(failed.contains(&key("sshd", 1)));
        assert!(!failed.contains(&key("sshd", 2)));
        assert!(!failed.contains(&key("postfix", 1)));
    }

    #[test]
    fn too_many_failed_lose_those_of_more_than_an_hour_ago() {
        let mut failed = Failed::default();
        let late = Timestamp::from_millis(OLD_SECONDS * 1_000 + 1);
        for number in 0..MOST {
            let at = if number < 10 {
                Timestamp::from_millis(0)
            } else {
                late
            };
            failed.insert(key("sshd", number), at);
        }
        assert!(failed.contains(&key("sshd", 0)));
        failed.insert(key("postfix", 1), late);
        assert!(!failed.contains(&key("sshd", 0)));
        assert!(failed.contains(&key("sshd", 10)) && failed.contains(&key("postfix", 1)));
        assert_eq!(failed.count, MOST - 9);
    }

    #[test]
    fn too_many_failed_of_the_last_hour_are_all_forgotten() {
        let mut failed = Failed::default();
        for number in 0..=MOST {
            failed.insert(key("sshd", number), Timestamp::from_millis(0));
        }
        assert_eq!(failed.count, 1);
        assert!(failed.contains(&key("sshd", MOST)));
    }
}
