//! Sets of characters, as exact as an analysis of log lines needs.

/// Which of the ASCII characters are in it, and whether others can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CharSet {
    ascii: u128,
    other: bool,
}

const ASCII: u32 = 128;

impl CharSet {
    pub(super) const NONE: Self = Self {
        ascii: 0,
        other: false,
    };
    pub(super) const ALL: Self = Self {
        ascii: u128::MAX,
        other: true,
    };

    pub(super) fn one(c: char) -> Self {
        let mut set = Self::NONE;
        set.add(c);
        set
    }

    fn of(fits: impl Fn(char) -> bool, other: bool) -> Self {
        let ascii = (0..ASCII).filter_map(char::from_u32).filter(|c| fits(*c));
        let mut set = Self {
            other,
            ..Self::NONE
        };
        ascii.for_each(|c| set.add(c));
        set
    }

    /// Any character but a line feed.
    pub(super) fn dot() -> Self {
        Self::one('\n').negated()
    }

    pub(super) fn digits() -> Self {
        Self::of(|c| c.is_ascii_digit(), false)
    }

    pub(super) fn words() -> Self {
        Self::of(|c| c.is_ascii_alphanumeric() || c == '_', true)
    }

    pub(super) fn spaces() -> Self {
        Self::of(crate::config::text::is_space, false)
    }

    pub(super) fn add(&mut self, c: char) {
        if u32::from(c) < ASCII {
            self.ascii |= 1 << u32::from(c);
        } else {
            self.other = true;
        }
    }

    pub(super) fn add_range(&mut self, low: char, high: char) {
        let last = u32::from(high).min(ASCII - 1);
        (u32::from(low)..=last)
            .filter_map(char::from_u32)
            .for_each(|c| self.add(c));
        self.other |= u32::from(high) >= ASCII;
    }

    pub(super) fn add_all(&mut self, other: Self) {
        self.ascii |= other.ascii;
        self.other |= other.other;
    }

    /// Without those of the set; of the others some always remain.
    pub(super) fn negated(self) -> Self {
        Self {
            ascii: !self.ascii,
            other: true,
        }
    }

    /// With letters of both cases.
    pub(super) fn in_any_case(mut self) -> Self {
        for c in ('a'..='z').chain('A'..='Z') {
            if self.has(c) {
                self.add(c.to_ascii_lowercase());
                self.add(c.to_ascii_uppercase());
            }
        }
        self
    }

    pub(super) fn has(self, c: char) -> bool {
        if u32::from(c) < ASCII {
            self.ascii >> u32::from(c) & 1 == 1
        } else {
            self.other
        }
    }

    /// Whether somebody could write words into it.
    pub(super) fn is_wide(self) -> bool {
        ('a'..='z').all(|c| self.has(c))
    }

    /// A character of it that looks usual in a log.
    pub(super) fn sample(self) -> Option<char> {
        let usual = ['x', '1', 'X', ' ', '-', '_'];
        let any = || (0..ASCII).filter_map(char::from_u32);
        let printable = any().filter(|c| !c.is_control());
        let mut in_order = usual.into_iter().chain(printable).chain(any());
        in_order
            .find(|c| self.has(*c))
            .or_else(|| self.other.then_some('é'))
    }
}

#[cfg(test)]
mod tests {
    use super::CharSet;

    #[test]
    fn sets_hold_what_their_classes_say() {
        assert!(CharSet::dot().has(' ') && !CharSet::dot().has('\n') && CharSet::dot().has('ß'));
        assert!(CharSet::words().is_wide() && !CharSet::digits().is_wide());
        assert!(CharSet::one('k').in_any_case().has('K'));
        assert_eq!(CharSet::digits().sample(), Some('1'));
        assert_eq!(CharSet::NONE.sample(), None);
        assert!(CharSet::spaces().has('\u{1c}'));
        let mut range = CharSet::NONE;
        range.add_range('a', 'ž');
        assert!(range.has('z') && range.has('é') && !range.has('A'));
    }
}
