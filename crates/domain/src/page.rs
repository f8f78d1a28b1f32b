//! Keyset pages.
use serde::{Deserialize, Serialize};

/// How many items a page may have: 1 to [`PageSize::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct PageSize(u16);

impl PageSize {
    /// The largest page: more would make one answer slow for everybody.
    pub const MAX: u16 = 500;

    /// A size within the limits, or `None`.
    #[must_use]
    pub const fn new(size: u16) -> Option<Self> {
        if size == 0 || size > Self::MAX {
            return None;
        }
        Some(Self(size))
    }

    /// The number of items.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl Default for PageSize {
    fn default() -> Self {
        Self(100)
    }
}

impl TryFrom<u16> for PageSize {
    type Error = &'static str;

    fn try_from(size: u16) -> Result<Self, Self::Error> {
        Self::new(size).ok_or("a page has 1 to 500 items")
    }
}

impl From<PageSize> for u16 {
    fn from(size: PageSize) -> Self {
        size.0
    }
}

/// Where the next page begins. Opaque to everyone but who made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PageToken(pub String);
