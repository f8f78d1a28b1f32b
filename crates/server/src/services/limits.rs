//! What slows down guessing, without a way to lock the owner out.
//!
//! - **By address**: each IPv4 address and each IPv6 /64 (what one subscriber has) has [`BY_ADDRESS`] attempts.
//! - **By account**: each name has [`BY_ACCOUNT`] attempts, whoever makes them, so that a thousand addresses guess no faster at one account. An
//!   attacker can use these up; therefore they do not count for an address from which the account was signed in to before (told by its sessions or
//!   remembered in [`KnownAddresses`]), nor for somebody on this machine, which every owner can reach through SSH.
//! - A success gives back the account's attempts, and to the address only the one that was used: whoever has an account of their own cannot wash away
//!   the traces of guessing at another.
//!
//! Everything is in memory and bounded; a restart forgets it, which costs an attacker more than it gives.
use std::{
    collections::{HashMap, VecDeque},
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

use domain::{Actor, Clock, Timestamp, UserName};

/// How often something may be done: `burst` times at once, then once in `every_millis`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    burst: i64,
    every_millis: i64,
}

/// Sign-in and setup-token attempts of one address.
pub(crate) const BY_ADDRESS: Rate = Rate {
    burst: 10,
    every_millis: 30_000,
};
/// Sign-in attempts at one account from addresses that it does not know: at most 7,200 a day beyond the first.
pub(crate) const BY_ACCOUNT: Rate = Rate {
    burst: 20,
    every_millis: 12_000,
};
/// Wrong current passwords of somebody signed in: whoever found an open session must not guess on.
pub(crate) const BY_PASSWORD_CHANGE: Rate = Rate {
    burst: 5,
    every_millis: 60_000,
};
/// Questions of one person to others about addresses.
const BY_LOOKUP: Rate = Rate {
    burst: 20,
    every_millis: 3_000,
};
/// Audit entries of failed attempts over all addresses: a botnet must not fill the disk.
const AUDIT_ENTRIES: Rate = Rate {
    burst: 200,
    every_millis: 2_000,
};

/// The most keys in memory, about 3 MB.
const MAX_KEYS: usize = 20_000;
/// How often a full table is searched for keys that can go.
const SWEEP_MILLIS: i64 = 1_000;
/// The most accounts whose addresses are remembered, and addresses of each.
const MAX_ACCOUNTS: usize = 1_000;
const MAX_ADDRESSES: usize = 8;
/// Of an IPv6 address, the part that belongs to one subscriber.
const SUBSCRIBER_BITS: u32 = 64;

/// Whether an attempt may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may.
    Free,
    /// It may not, for so many seconds.
    Limited {
        /// After how many seconds the next one may be made.
        retry_after_seconds: u64,
        /// Whether this is the first refusal since the last attempt that was let through; the rest is noise.
        first: bool,
    },
}

/// The address, or for IPv6 the subscriber's network.
#[must_use]
pub(crate) fn subscriber(address: IpAddr) -> IpAddr {
    match domain::canonical(address) {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => {
            let bits = u128::from(v6) >> (128 - SUBSCRIBER_BITS) << (128 - SUBSCRIBER_BITS);
            IpAddr::V6(Ipv6Addr::from(bits))
        }
    }
}

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Address(IpAddr),
    Account(UserName),
    PasswordChange(i64),
    Lookup(i64),
    Audit,
    /// Everything that found no room.
    Overflow,
}

/// Leaky buckets: `spent_until` is the moment at which all attempts are given back.
struct Bucket {
    spent_until: i64,
    refused: bool,
}

struct Table {
    buckets: HashMap<Key, Bucket>,
    swept_at: i64,
}

impl Table {
    fn room_for(&mut self, key: Key, now: i64) -> Key {
        if self.buckets.len() < MAX_KEYS || self.buckets.contains_key(&key) {
            return key;
        }
        if now.saturating_sub(self.swept_at) >= SWEEP_MILLIS {
            self.swept_at = now;
            self.buckets.retain(|_, bucket| bucket.spent_until > now);
        }
        if self.buckets.len() < MAX_KEYS {
            key
        } else {
            Key::Overflow
        }
    }

    fn take(&mut self, key: Key, rate: Rate, now: i64) -> Verdict {
        let key = self.room_for(key, now);
        let bucket = self.buckets.entry(key).or_insert(Bucket {
            spent_until: now,
            refused: false,
        });
        // Also bounded from above: a clock that was set back must not refuse for hours.
        let spent_until = bucket
            .spent_until
            .clamp(now, now.saturating_add(rate.burst * rate.every_millis));
        let after = spent_until.saturating_add(rate.every_millis);
        let wait = after - now - rate.burst * rate.every_millis;
        if wait > 0 {
            bucket.spent_until = spent_until;
            let first = !std::mem::replace(&mut bucket.refused, true);
            return Verdict::Limited {
                retry_after_seconds: u64::try_from(wait).unwrap_or(0).div_ceil(1000),
                first,
            };
        }
        bucket.spent_until = after;
        bucket.refused = false;
        Verdict::Free
    }

    fn give_back(&mut self, key: &Key, rate: Rate) {
        if let Some(bucket) = self.buckets.get_mut(key) {
            bucket.spent_until -= rate.every_millis;
        }
    }
}

/// Counts attempts.
pub struct Guesses {
    clock: Arc<dyn Clock>,
    table: Mutex<Table>,
    known: KnownAddresses,
    unrecorded: Mutex<u64>,
}

impl Guesses {
    /// Nobody has tried yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            table: Mutex::new(Table {
                buckets: HashMap::new(),
                swept_at: 0,
            }),
            known: KnownAddresses::default(),
            unrecorded: Mutex::new(0),
        }
    }

    /// Takes one attempt of an address.
    pub fn by_address(&self, address: IpAddr) -> Verdict {
        self.take(Key::Address(subscriber(address)), BY_ADDRESS)
    }

    /// Takes one attempt at an account from an address that it does not know.
    pub fn by_account(&self, name: &UserName) -> Verdict {
        self.take(Key::Account(name.clone()), BY_ACCOUNT)
    }

    /// Takes one attempt to name the current password.
    pub fn by_password_change(&self, user: domain::UserId) -> Verdict {
        self.take(Key::PasswordChange(user.0), BY_PASSWORD_CHANGE)
    }

    /// Takes one question to others about an address.
    pub fn by_lookup(&self, actor: &Actor) -> Verdict {
        let user = match actor {
            Actor::User { id, .. } => id.0,
            Actor::Visitor { .. } | Actor::System => 0,
        };
        self.take(Key::Lookup(user), BY_LOOKUP)
    }

    /// The attempt was none: gives it back to the address.
    pub fn was_right(&self, address: IpAddr) {
        lock(&self.table).give_back(&Key::Address(subscriber(address)), BY_ADDRESS);
    }

    /// A sign-in succeeded: see the module.
    pub fn signed_in(&self, address: IpAddr, name: &UserName) {
        self.was_right(address);
        lock(&self.table)
            .buckets
            .remove(&Key::Account(name.clone()));
        self.known.remember(name, subscriber(address));
    }

    /// The current password was named: forgets the wrong ones.
    pub fn password_was_right(&self, user: domain::UserId) {
        lock(&self.table)
            .buckets
            .remove(&Key::PasswordChange(user.0));
    }

    /// Whether the account was signed in to from this address since the server started.
    #[must_use]
    pub fn knows(&self, name: &UserName, address: IpAddr) -> bool {
        self.known.has(name, subscriber(address))
    }

    /// Whether a failed attempt may still be written down; if so, how many before it were not.
    #[must_use]
    pub fn may_record(&self) -> Option<u64> {
        match self.take(Key::Audit, AUDIT_ENTRIES) {
            Verdict::Free => Some(std::mem::take(&mut *lock(&self.unrecorded))),
            Verdict::Limited { .. } => {
                *lock(&self.unrecorded) += 1;
                None
            }
        }
    }

    fn take(&self, key: Key, rate: Rate) -> Verdict {
        let now = Timestamp::as_millis(self.clock.now());
        lock(&self.table).take(key, rate, now)
    }
}

/// From where accounts were signed in to, the latest few of each.
#[derive(Default)]
struct KnownAddresses(Mutex<HashMap<UserName, VecDeque<IpAddr>>>);

impl KnownAddresses {
    fn remember(&self, name: &UserName, address: IpAddr) {
        let mut accounts = lock(&self.0);
        if accounts.len() >= MAX_ACCOUNTS && !accounts.contains_key(name) {
            return;
        }
        let addresses = accounts.entry(name.clone()).or_default();
        addresses.retain(|known| *known != address);
        addresses.push_front(address);
        addresses.truncate(MAX_ADDRESSES);
    }

    fn has(&self, name: &UserName, address: IpAddr) -> bool {
        lock(&self.0)
            .get(name)
            .is_some_and(|addresses| addresses.contains(&address))
    }
}

/// A panic while the lock was held leaves a table that is complete: entries are put in and taken out whole.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
