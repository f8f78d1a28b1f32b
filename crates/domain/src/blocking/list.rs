//! Sources of lists.
use std::str::FromStr;

use super::ImportRun;
use crate::{
    JailName, NameError, Timestamp,
    names::{length, text_conversions},
};
use serde::{Deserialize, Serialize};

/// How often a list may be fetched: from every five minutes to every 30 days.
pub const EVERY_SECONDS: std::ops::RangeInclusive<u32> = 300..=2_592_000;

/// The key of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BlocklistId(pub i64);

/// What a source is called: 1 to 80 characters on one line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BlocklistName(String);

impl BlocklistName {
    /// The most characters.
    pub const MAX_CHARS: usize = 80;

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BlocklistName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        one_line(text, Self::MAX_CHARS).map(Self)
    }
}

/// What somebody noted on a source or an entry: at most 500 characters; may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ListNote(String);

impl ListNote {
    /// The most characters.
    pub const MAX_CHARS: usize = 500;

    /// The note as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ListNote {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::default());
        }
        length(text, Self::MAX_CHARS)?;
        if text.chars().any(|c| c.is_control() && c != '\n') {
            return Err(NameError::Forbidden {
                what: "control characters",
            });
        }
        Ok(Self(text.to_owned()))
    }
}

text_conversions!(BlocklistName, ListNote);

/// Text that a person typed into one line, without white space at its ends.
pub(super) fn one_line(text: &str, max: usize) -> Result<String, NameError> {
    let text = text.trim();
    length(text, max)?;
    if text.chars().any(char::is_control) {
        return Err(NameError::Forbidden {
            what: "control characters",
        });
    }
    Ok(text.to_owned())
}

/// Who carries a list out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BlockTarget {
    /// BanGUI's own table in the packet filter: all at once, without fail2ban.
    Firewall,
    /// A jail of fail2ban: one address after another.
    Jail(JailName),
}

/// Which packets are blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BlockDirection {
    /// Those that come from the list.
    In,
    /// Those that go there too.
    InAndOut,
}

/// What a person says of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlocklistSettings {
    /// What it is called; no other has that name.
    pub name: BlocklistName,
    /// From where it is fetched; checked when it is given and again when it is fetched.
    pub url: String,
    /// Whether it may be fetched without encryption.
    pub allow_http: bool,
    /// How often it is fetched; within [`EVERY_SECONDS`].
    pub every_seconds: u32,
    /// Whether it is fetched and in force.
    pub enabled: bool,
    /// Who carries it out.
    pub target: BlockTarget,
    /// Which packets are blocked; for [`BlockTarget::Firewall`].
    pub direction: BlockDirection,
    /// For people.
    pub note: ListNote,
}

/// A source, and how it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocklist {
    /// Its key.
    pub id: BlocklistId,
    /// What a person said of it.
    pub settings: BlocklistSettings,
    /// Since when it is there.
    pub created_at: Timestamp,
    /// The copy in force; `None` when none was ever taken.
    pub copy: Option<ListCopy>,
    /// A copy that waits for a yes.
    pub waiting: Option<WaitingCopy>,
    /// How often in a row it could not be fetched.
    pub failures: u32,
    /// Not to be fetched before this moment; `None` where it was never tried.
    pub next_at: Option<Timestamp>,
    /// By what its server knows the content that was fetched last.
    pub etag: Option<String>,
    /// When its server says that content was changed, as it says it.
    pub last_modified: Option<String>,
    /// SHA-256 of the content that was fetched last.
    pub content: Option<[u8; 32]>,
    /// The last run.
    pub last: Option<ImportRun>,
}

/// A copy, in few words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListCopy {
    /// Its key: another copy has another one.
    pub id: i64,
    /// When it was fetched.
    pub at: Timestamp,
    /// How many networks it has.
    pub networks: u64,
}

/// A copy that is not in force, as it is too different from the one that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingCopy {
    /// Its key: another copy has another one.
    pub id: i64,
    /// When it was fetched.
    pub at: Timestamp,
    /// How many networks it has.
    pub networks: u64,
    /// Why it waits.
    pub reason: WaitReason,
}

/// Why a copy waits for a yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WaitReason {
    /// It has less than half of the networks of the one before.
    Shrank,
    /// It has more than three times as many.
    Grew,
    /// It has none.
    Empty,
    /// It covers less than half of the addresses that the one before did.
    CoversLess,
    /// It covers more than three times as many.
    CoversMore,
    /// It covers a sixteenth of the internet, or one sixteenth more than the one before; also the first of a list.
    CoversTooMuch,
}

impl WaitReason {
    /// Every reason.
    pub const ALL: [Self; 6] = [
        Self::Shrank,
        Self::Grew,
        Self::Empty,
        Self::CoversLess,
        Self::CoversMore,
        Self::CoversTooMuch,
    ];

    /// The text in storage.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shrank => "shrank",
            Self::Grew => "grew",
            Self::Empty => "empty",
            Self::CoversLess => "covers-less",
            Self::CoversMore => "covers-more",
            Self::CoversTooMuch => "covers-too-much",
        }
    }
}
