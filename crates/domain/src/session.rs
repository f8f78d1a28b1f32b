//! Sessions: kept by the server, known to the browser by an opaque token.
use std::{fmt, net::IpAddr};

use crate::{Role, Timestamp, UserId, UserName};

/// SHA-256 of a session's token; the token itself is never stored. Never printed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// Public name of a session: says which one to end, and gives no access.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SessionId(pub String);

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its public name.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// When the person signed in.
    pub created_at: Timestamp,
    /// When it was last used; written in batches, so up to a minute old.
    pub last_seen_at: Timestamp,
    /// When it ends if it is not used before; moves with `last_seen_at`.
    pub idle_expires_at: Timestamp,
    /// When it ends in any case.
    pub expires_at: Timestamp,
    /// From where the person signed in.
    pub address: IpAddr,
    /// What the browser called itself, cut to 200 characters. Hostile text.
    pub user_agent: String,
}

/// A session to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// The session.
    pub session: Session,
    /// The hash of its token.
    pub token: TokenHash,
}

/// A session and who it belongs to, as one look-up gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionWithUser {
    /// The session.
    pub session: Session,
    /// The name of its user.
    pub user_name: UserName,
    /// The role of its user, now.
    pub role: Role,
}
