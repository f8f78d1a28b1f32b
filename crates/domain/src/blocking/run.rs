//! What came of fetching a list.
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::{BlocklistId, WaitReason, Why};
use crate::{ProtectedNetwork, TaskCause, Timestamp};

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportOutcome {
    /// The new copy is in force.
    Taken,
    /// The server said, or its content showed, that nothing changed.
    Unchanged,
    /// The new copy waits for a yes.
    Waits(WaitReason),
    /// A person said yes to a copy that waited.
    Confirmed,
    /// It failed; the copy before stays in force.
    Failed {
        /// Why.
        problem: Why,
    },
}

/// A line with something that is no address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JunkExample {
    /// Its number, from 1.
    pub line: u64,
    /// Its beginning. Hostile text.
    pub text: String,
}

/// How many of each kind of what was left out a run names.
pub const MAX_NAMED_LEFT_OUT: usize = 20;

/// What was left out of a list, by name: the first [`MAX_NAMED_LEFT_OUT`] of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LeftOut {
    /// Protected networks that were cut out, and why each is protected.
    pub subtracted: Vec<ProtectedNetwork>,
    /// Networks of the list that meet something special.
    pub special: Vec<IpNet>,
    /// Networks of the list that are wider than any may be.
    pub too_wide: Vec<IpNet>,
}

/// One run of an import. Where nothing was read, all counts are 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRun {
    /// Of which list.
    pub list: BlocklistId,
    /// When it began.
    pub began_at: Timestamp,
    /// How many milliseconds it took.
    pub took_ms: u64,
    /// What made it run.
    pub cause: TaskCause,
    /// What came of it.
    pub outcome: ImportOutcome,
    /// How many bytes were fetched.
    pub bytes: u64,
    /// How many entries were understood.
    pub parsed: u64,
    /// How many of them had host bits, which were cut off.
    pub masked: u64,
    /// How many were not.
    pub junk: u64,
    /// The first of those.
    pub junk_examples: Vec<JunkExample>,
    /// How many networks were left out as they are wider than any may be.
    pub too_wide: u64,
    /// How many meet private, reserved or other special networks, which were left out.
    pub special: u64,
    /// How many protected networks were cut out: own addresses, gateways, the allowlist.
    pub subtracted: u64,
    /// The first of these three.
    pub left_out: LeftOut,
    /// How many networks the copy has, merged to the fewest.
    pub networks: u64,
    /// How many of them the copy before did not have.
    pub added: u64,
    /// How many of the copy before it does not have.
    pub removed: u64,
}

impl ImportRun {
    /// A run that read nothing.
    #[must_use]
    pub const fn of_nothing(
        list: BlocklistId,
        began_at: Timestamp,
        took_ms: u64,
        cause: TaskCause,
        outcome: ImportOutcome,
    ) -> Self {
        Self {
            list,
            began_at,
            took_ms,
            cause,
            outcome,
            bytes: 0,
            parsed: 0,
            masked: 0,
            junk: 0,
            junk_examples: Vec::new(),
            too_wide: 0,
            special: 0,
            subtracted: 0,
            left_out: LeftOut {
                subtracted: Vec::new(),
                special: Vec::new(),
                too_wide: Vec::new(),
            },
            networks: 0,
            added: 0,
            removed: 0,
        }
    }
}
