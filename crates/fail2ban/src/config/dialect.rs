//! What versions of fail2ban read differently.

use crate::Version;

/// The versions that differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Dialect {
    /// 0.11 and 1.0.
    Before1_1,
    /// 1.1.0.
    Since1_1,
    /// 1.1.1 and later.
    Since1_1_1,
}

impl Dialect {
    pub(super) fn of(version: &Version) -> Self {
        if version.at_least(1, 1, 1) {
            Self::Since1_1_1
        } else if version.at_least(1, 1, 0) {
            Self::Since1_1
        } else {
            Self::Before1_1
        }
    }

    /// Whether any white space parts a list of addresses, not only spaces and line feeds.
    pub(super) fn parts_at_any_space(self) -> bool {
        self >= Self::Since1_1
    }

    /// Whether a file that cannot be read makes fail2ban refuse what it belongs to; before, it went on without the file.
    pub(super) fn wants_all_files(self) -> bool {
        self >= Self::Since1_1_1
    }

    /// Whether parameters may have conditions, and win over conditional options of `[Init]`.
    pub(super) fn has_conditional_parameters(self) -> bool {
        self >= Self::Since1_1_1
    }

    /// Whether options of filters are sent whose name is a part of `datepattern`.
    pub(super) fn sends_parts_of_datepattern(self) -> bool {
        self < Self::Since1_1_1
    }

    /// Whether a jail without log files may be skipped, or read the journal.
    pub(super) fn has_ways_without_logs(self) -> bool {
        self >= Self::Since1_1_1
    }
}
