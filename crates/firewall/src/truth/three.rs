//! Yes, no, and what is not known.
use std::ops::Not;

/// An answer that may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Three {
    /// Certainly not.
    No,
    /// Not known.
    Maybe,
    /// Certainly.
    Yes,
}

impl Three {
    /// Both.
    pub(crate) fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// At least one.
    pub(crate) fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// Whether all, or none, of many are so.
    pub(crate) fn agreed(mut answers: impl Iterator<Item = Self>) -> Self {
        let Some(first) = answers.next() else {
            return Self::Maybe;
        };
        if answers.all(|answer| answer == first) {
            first
        } else {
            Self::Maybe
        }
    }
}

impl Not for Three {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Maybe => Self::Maybe,
            Self::Yes => Self::No,
        }
    }
}

impl From<bool> for Three {
    fn from(known: bool) -> Self {
        if known { Self::Yes } else { Self::No }
    }
}

#[cfg(test)]
mod tests {
    use super::Three::{self, Maybe, No, Yes};

    #[test]
    fn three_and_or_not_keep_what_is_not_known() {
        for (one, other, and, or) in [
            (Yes, Maybe, Maybe, Yes),
            (No, Maybe, No, Maybe),
            (Maybe, Maybe, Maybe, Maybe),
            (Yes, No, No, Yes),
        ] {
            assert_eq!((one.and(other), other.and(one)), (and, and));
            assert_eq!((one.or(other), other.or(one)), (or, or));
        }
        assert_eq!([!Yes, !No, !Maybe], [No, Yes, Maybe]);
    }

    #[test]
    fn three_agreed_is_known_where_all_say_the_same() {
        assert_eq!(Three::agreed([Yes, Yes].into_iter()), Yes);
        assert_eq!(Three::agreed([No].into_iter()), No);
        assert_eq!(Three::agreed([Yes, No].into_iter()), Maybe);
        assert_eq!(Three::agreed(std::iter::empty()), Maybe);
    }
}
