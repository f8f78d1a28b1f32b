//! What is known of an event beyond what it is, and may become known later.
use rusqlite::Row;

use super::{codes, rollups::Ban};

/// In the numbers of the columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Knowledge {
    pub(super) origin: i64,
    pub(super) country: i64,
    pub(super) asn: i64,
    pub(super) actor: Option<i64>,
    pub(super) cause: Option<i64>,
    pub(super) bantime: Option<i64>,
    pub(super) failures: Option<u32>,
    pub(super) ban_count: Option<u32>,
    pub(super) lines: bool,
}

impl Knowledge {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            origin: row.get(1)?,
            country: row.get(2)?,
            asn: row.get(3)?,
            actor: row.get(4)?,
            cause: row.get(5)?,
            bantime: row.get(6)?,
            failures: row.get(7)?,
            ban_count: row.get(8)?,
            lines: row.get(9)?,
        })
    }

    /// This, and what `other` knows beyond it.
    pub(super) fn with(&self, other: &Self) -> Self {
        let known = |number: i64, other: i64| if number == 0 { other } else { number };
        // "It cannot be known" is as good as nothing once somebody knows.
        let unknown = codes::cause(domain::UnbanCause::Unknown);
        let cause = match (self.cause, other.cause) {
            (Some(cause), Some(told)) if cause == unknown => Some(told),
            (cause, told) => cause.or(told),
        };
        Self {
            origin: known(self.origin, other.origin),
            country: known(self.country, other.country),
            asn: known(self.asn, other.asn),
            actor: self.actor.or(other.actor),
            cause,
            bantime: self.bantime.or(other.bantime),
            failures: self.failures.or(other.failures),
            ban_count: self.ban_count.or(other.ban_count),
            lines: self.lines || other.lines,
        }
    }

    pub(super) const fn ban(&self, at: i64, jail: i64) -> Ban {
        Ban {
            at,
            jail,
            country: self.country,
            asn: self.asn,
            origin: self.origin,
        }
    }

    pub(super) fn place(&self) -> Option<(i64, i64)> {
        (self.country != 0 || self.asn != 0).then_some((self.country, self.asn))
    }
}
