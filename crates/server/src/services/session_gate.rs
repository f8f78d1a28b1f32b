//! Who a request comes from, answered from memory.
//!
//! A session is looked up in storage once in [`CACHE_MILLIS`] at most, and forgotten here at once when it is ended or its user changes. That setup has
//! been finished is asked until the first yes, which is final. Neither writes: last use is noted in memory and written by a task.
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use domain::{Clock, SessionId, SessionWithUser, StorageReads, Timestamp, TokenHash, UserId};
use sha2::{Digest as _, Sha256};

use crate::{
    permission::Identity,
    problem::{Code, Problem},
};

/// How long a session is believed without asking storage again.
const CACHE_MILLIS: i64 = 10_000;
/// The most sessions in memory; beyond it the oldest look-ups are forgotten.
const CACHE_SESSIONS: usize = 10_000;

struct Cached {
    found: SessionWithUser,
    looked_up_at: Timestamp,
}

/// See the module.
pub struct SessionGate {
    storage: Arc<dyn StorageReads>,
    clock: Arc<dyn Clock>,
    setup_completed: AtomicBool,
    sessions: Mutex<HashMap<TokenHash, Cached>>,
    seen: Mutex<HashMap<SessionId, Timestamp>>,
}

impl SessionGate {
    /// A gate that knows nobody yet.
    #[must_use]
    pub fn new(storage: Arc<dyn StorageReads>, clock: Arc<dyn Clock>) -> Self {
        Self {
            storage,
            clock,
            setup_completed: AtomicBool::new(false),
            sessions: Mutex::default(),
            seen: Mutex::default(),
        }
    }

    /// Whether setup has been finished; asks storage until the first yes.
    pub async fn setup_completed(&self) -> Result<bool, Problem> {
        if self.setup_completed.load(Ordering::Acquire) {
            return Ok(true);
        }
        let completed = self.storage.setup_completed().await?;
        if completed {
            self.setup_completed.store(true, Ordering::Release);
        }
        Ok(completed)
    }

    /// Refuses while setup has not been finished.
    pub async fn require_setup(&self) -> Result<(), Problem> {
        if self.setup_completed().await? {
            return Ok(());
        }
        Err(Problem::new(Code::SetupRequired))
    }

    /// Who has this token; `None` when nobody does, or not any more.
    pub async fn identify(&self, token: &str) -> Result<Option<Identity>, Problem> {
        let hash = hash_token(token);
        let now = self.clock.now();
        let found = match self.cached(&hash, now) {
            Some(found) => Some(found),
            None => self.look_up(hash, now).await?,
        };
        let Some(found) = found else {
            return Ok(None);
        };
        let idle_since = self.last_seen(&found);
        let idle_limit = found.session.idle_expires_at.as_millis()
            - found.session.last_seen_at.as_millis()
            + idle_since.as_millis();
        if now >= found.session.expires_at || now.as_millis() >= idle_limit {
            self.forget(&hash);
            return Ok(None);
        }
        lock(&self.seen).insert(found.session.id.clone(), now);
        Ok(Some(Identity {
            user: found.session.user,
            name: found.user_name,
            role: found.role,
            session: found.session.id,
        }))
    }

    fn cached(&self, hash: &TokenHash, now: Timestamp) -> Option<SessionWithUser> {
        lock(&self.sessions)
            .get(hash)
            .filter(|cached| now.millis_since(cached.looked_up_at) < CACHE_MILLIS)
            .map(|cached| cached.found.clone())
    }

    async fn look_up(
        &self,
        hash: TokenHash,
        now: Timestamp,
    ) -> Result<Option<SessionWithUser>, Problem> {
        let found = self.storage.session(&hash).await?;
        let mut sessions = lock(&self.sessions);
        if sessions.len() >= CACHE_SESSIONS {
            sessions.retain(|_, cached| now.millis_since(cached.looked_up_at) < CACHE_MILLIS);
        }
        match &found {
            Some(found) if sessions.len() < CACHE_SESSIONS => {
                let looked_up_at = now;
                let found = found.clone();
                sessions.insert(
                    hash,
                    Cached {
                        found,
                        looked_up_at,
                    },
                );
            }
            _ => {
                sessions.remove(&hash);
            }
        }
        Ok(found)
    }

    /// Storage's word may be a minute old: the task that writes it runs now and then.
    fn last_seen(&self, found: &SessionWithUser) -> Timestamp {
        lock(&self.seen)
            .get(&found.session.id)
            .copied()
            .map_or(found.session.last_seen_at, |seen| {
                seen.max(found.session.last_seen_at)
            })
    }

    fn forget(&self, hash: &TokenHash) {
        lock(&self.sessions).remove(hash);
    }

    /// Forgets one session at once.
    pub fn evict(&self, session: &SessionId) {
        lock(&self.sessions).retain(|_, cached| cached.found.session.id != *session);
        lock(&self.seen).remove(session);
    }

    /// Forgets all sessions of a user at once, but for the one to keep.
    pub fn evict_user(&self, user: UserId, keep: Option<&SessionId>) {
        lock(&self.sessions).retain(|_, cached| {
            cached.found.session.user != user || Some(&cached.found.session.id) == keep
        });
    }

    /// Forgets everything, also that setup has been finished.
    pub fn clear(&self) {
        lock(&self.sessions).clear();
        lock(&self.seen).clear();
        self.setup_completed.store(false, Ordering::Release);
    }

    /// Hands over which sessions were used since the last call, and when.
    #[must_use]
    pub fn take_seen(&self) -> Vec<(SessionId, Timestamp)> {
        lock(&self.seen).drain().collect()
    }
}

/// What is stored in place of a token.
#[must_use]
pub fn hash_token(token: &str) -> TokenHash {
    TokenHash(Sha256::digest(token.as_bytes()).into())
}

/// A panic while the lock was held leaves a map that is complete: entries are put in and taken out whole.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
