//! Who a request comes from, answered from memory.
//!
//! A session is looked up in storage once in [`CACHE_MILLIS`] at most, and forgotten here at once when it is ended or its user changes. That setup has
//! been finished is asked until the first yes, which is final. Neither writes: last use is noted in memory and written by a task, and until storage
//! shows it, what memory says counts.
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use domain::{
    Clock, Session, SessionId, SessionWithUser, StorageReads, Timestamp, TokenHash, UserId,
};
use sha2::{Digest as _, Sha256};

use crate::{
    permission::Identity,
    problem::{Code, Problem},
};

/// How long a session is believed without asking storage again.
const CACHE_MILLIS: i64 = 10_000;
/// How long a session counts as freshly checked after its password was given once more.
const FRESH_SECONDS: i64 = 600;
/// The most sessions in memory; beyond it the oldest look-ups are forgotten.
const CACHE_SESSIONS: usize = 10_000;

struct Cached {
    found: SessionWithUser,
    looked_up_at: Timestamp,
}

/// The last use of a session.
struct Seen {
    user: UserId,
    at: Timestamp,
    /// When it ends without further use.
    idle_expires_at: Timestamp,
    /// Whether storage does not know yet.
    unwritten: bool,
}

/// A session whose password was given once more.
struct Checked {
    user: UserId,
    at: Timestamp,
}

#[derive(Default)]
struct Sessions {
    by_token: HashMap<TokenHash, Cached>,
    /// Counts evictions: what was asked of storage before one must not be kept after it.
    evictions: u64,
}

/// A session, when it was last used, and when it ends without further use; as [`domain::StorageWrites::touch_sessions`] takes it.
pub(crate) type Touch = (SessionId, Timestamp, Timestamp);

/// See the module.
pub struct SessionGate {
    storage: Arc<dyn StorageReads>,
    clock: Arc<dyn Clock>,
    setup_completed: AtomicBool,
    sessions: Mutex<Sessions>,
    seen: Mutex<HashMap<SessionId, Seen>>,
    checked: Mutex<HashMap<SessionId, Checked>>,
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
            checked: Mutex::default(),
        }
    }

    /// Whether setup has been finished; asks storage until the first yes.
    pub async fn setup_completed(&self) -> Result<bool, Problem> {
        if self.setup_completed.load(Ordering::Acquire) {
            return Ok(true);
        }
        let completed = self.storage.setup_completed().await?;
        if completed {
            self.note_setup_completed();
        }
        Ok(completed)
    }

    /// Setup has been finished, just now.
    pub fn note_setup_completed(&self) {
        self.setup_completed.store(true, Ordering::Release);
    }

    /// Refuses while setup has not been finished.
    pub async fn require_setup(&self) -> Result<(), Problem> {
        if self.setup_completed().await? {
            return Ok(());
        }
        Err(Problem::new(Code::SetupRequired))
    }

    /// Who has this token and uses it now, which puts off the session's end; `None` when nobody has it, or not any more.
    pub async fn identify(&self, token: &str) -> Result<Option<Identity>, Problem> {
        let mut identity = self.recognise(token).await?;
        if let Some(identity) = &mut identity {
            self.note_use(&mut identity.session, self.clock.now());
        }
        Ok(identity)
    }

    /// Who has this token, without a use of it.
    pub async fn recognise(&self, token: &str) -> Result<Option<Identity>, Problem> {
        let found = self.find(token, self.clock.now()).await?;
        Ok(found.map(|found| Identity {
            user: found.session.user,
            name: found.user_name,
            role: found.role,
            session: found.session,
        }))
    }

    /// Whether a session goes on; asking is no use of it.
    pub async fn is_alive(&self, token: &str) -> Result<bool, Problem> {
        Ok(self.find(token, self.clock.now()).await?.is_some())
    }

    /// The session of this token that has not ended, with its last use.
    async fn find(&self, token: &str, now: Timestamp) -> Result<Option<SessionWithUser>, Problem> {
        let hash = hash_token(token);
        let (found, evictions) = self.cached(&hash, now);
        let found = match found {
            Some(found) => Some(found),
            None => self.look_up(hash, now, evictions).await?,
        };
        let Some(mut found) = found else {
            return Ok(None);
        };
        self.bring_up_to_date(&mut found.session);
        if now >= found.session.expires_at || now >= found.session.idle_expires_at {
            self.evict(&found.session.id);
            return Ok(None);
        }
        Ok(Some(found))
    }

    fn cached(&self, hash: &TokenHash, now: Timestamp) -> (Option<SessionWithUser>, u64) {
        let sessions = lock(&self.sessions);
        let found = sessions
            .by_token
            .get(hash)
            .filter(|cached| is_fresh(cached, now))
            .map(|cached| cached.found.clone());
        (found, sessions.evictions)
    }

    async fn look_up(
        &self,
        hash: TokenHash,
        now: Timestamp,
        evictions: u64,
    ) -> Result<Option<SessionWithUser>, Problem> {
        let found = self.storage.session(&hash).await?;
        let mut sessions = lock(&self.sessions);
        sessions.by_token.remove(&hash);
        if sessions.by_token.len() >= CACHE_SESSIONS {
            sessions.by_token.retain(|_, cached| is_fresh(cached, now));
        }
        let Some(found) = found else {
            return Ok(None);
        };
        if sessions.evictions == evictions && sessions.by_token.len() < CACHE_SESSIONS {
            let cached = Cached {
                found: found.clone(),
                looked_up_at: now,
            };
            sessions.by_token.insert(hash, cached);
        }
        Ok(Some(found))
    }

    /// Puts in the last use that storage does not show yet.
    pub fn bring_up_to_date(&self, session: &mut Session) {
        if let Some(seen) = lock(&self.seen).get(&session.id)
            && seen.at > session.last_seen_at
        {
            session.last_seen_at = seen.at;
            session.idle_expires_at = seen.idle_expires_at;
        }
    }

    fn note_use(&self, session: &mut Session, now: Timestamp) {
        let idle_millis = session.idle_expires_at.millis_since(session.last_seen_at);
        session.last_seen_at = now;
        session.idle_expires_at =
            Timestamp::from_millis(now.as_millis().saturating_add(idle_millis));
        let seen = Seen {
            user: session.user,
            at: now,
            idle_expires_at: session.idle_expires_at,
            unwritten: true,
        };
        lock(&self.seen).insert(session.id.clone(), seen);
    }

    /// The password of a session was given once more, just now; answers until when that counts.
    pub fn note_password_checked(&self, session: &Session) -> Timestamp {
        let now = self.clock.now();
        let mut checked = lock(&self.checked);
        checked.retain(|_, checked| is_fresh_check(checked, now));
        let user = session.user;
        checked.insert(session.id.clone(), Checked { user, at: now });
        now.plus_seconds(FRESH_SECONDS)
    }

    /// Whether the password of a session was given once more lately.
    #[must_use]
    pub fn password_is_fresh(&self, session: &SessionId) -> bool {
        let now = self.clock.now();
        lock(&self.checked)
            .get(session)
            .is_some_and(|checked| is_fresh_check(checked, now))
    }

    /// Forgets one session at once.
    pub fn evict(&self, session: &SessionId) {
        self.evict_where(|id, _| id == session);
    }

    /// Forgets all sessions of a user at once, but for the one to keep.
    pub fn evict_user(&self, user: UserId, keep: Option<&SessionId>) {
        self.evict_where(|id, owner| owner == user && Some(id) != keep);
    }

    fn evict_where(&self, ends: impl Fn(&SessionId, UserId) -> bool) {
        let mut sessions = lock(&self.sessions);
        sessions.evictions = sessions.evictions.wrapping_add(1);
        sessions.by_token.retain(|_, cached| {
            let session = &cached.found.session;
            !ends(&session.id, session.user)
        });
        drop(sessions);
        lock(&self.seen).retain(|id, seen| !ends(id, seen.user));
        lock(&self.checked).retain(|id, checked| !ends(id, checked.user));
    }

    /// Forgets everything, also that setup has been finished.
    pub fn clear(&self) {
        self.evict_where(|_, _| true);
        self.setup_completed.store(false, Ordering::Release);
    }

    /// Hands over what storage does not know yet about the use of sessions. Whoever takes it writes it, or calls [`Self::put_back`].
    ///
    /// What storage has known for longer than any look-up is believed is forgotten here.
    #[must_use]
    pub fn take_seen(&self) -> Vec<Touch> {
        let now = self.clock.now();
        let mut seen = lock(&self.seen);
        seen.retain(|_, seen| seen.unwritten || now.millis_since(seen.at) < 2 * CACHE_MILLIS);
        seen.iter_mut()
            .filter_map(|(id, seen)| {
                std::mem::take(&mut seen.unwritten)
                    .then(|| (id.clone(), seen.at, seen.idle_expires_at))
            })
            .collect()
    }

    /// What was taken could not be written.
    pub fn put_back(&self, touches: &[Touch]) {
        let mut seen = lock(&self.seen);
        for (id, ..) in touches {
            if let Some(seen) = seen.get_mut(id) {
                seen.unwritten = true;
            }
        }
    }
}

fn is_fresh(cached: &Cached, now: Timestamp) -> bool {
    // From both sides: a clock that was set back must not make a look-up last.
    (0..CACHE_MILLIS).contains(&now.millis_since(cached.looked_up_at))
}

fn is_fresh_check(checked: &Checked, now: Timestamp) -> bool {
    (0..FRESH_SECONDS * 1000).contains(&now.millis_since(checked.at))
}

/// What is stored in place of a token.
#[must_use]
pub(crate) fn hash_token(token: &str) -> TokenHash {
    TokenHash(Sha256::digest(token.as_bytes()).into())
}

/// A panic while the lock was held leaves a map that is complete: entries are put in and taken out whole.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
