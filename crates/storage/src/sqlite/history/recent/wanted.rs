//! What is selected in the numbers of recent events: it is compared with tens of thousands of them for a question.
use super::super::{codes, selection::Selection};

/// A selection for [`Facts`](super::chunk::Facts).
#[derive(Debug)]
pub(super) struct Wanted {
    /// A bit for each.
    pub(super) kinds: u8,
    pub(super) origins: u8,
    pub(super) jails: OneOf,
    pub(super) countries: OneOf,
    pub(super) asns: OneOf,
    /// Whether there is nothing to compare.
    pub(super) everything: bool,
}

/// Nearly always it is any or a single one.
#[derive(Debug)]
pub(super) enum OneOf {
    Any,
    This(u32),
    These(Vec<u32>),
}

impl Wanted {
    pub(super) fn of(selection: &Selection) -> Self {
        Self {
            everything: selection.is_any(),
            kinds: bits(&selection.kinds),
            origins: bits(&selection.origins),
            jails: selection
                .jails
                .as_deref()
                .map_or(OneOf::Any, OneOf::of_values),
            countries: OneOf::any_or(&selection.countries),
            asns: OneOf::any_or(&selection.asns),
        }
    }

    /// For events that are known to be bans.
    pub(super) fn of_bans(selection: &Selection) -> Self {
        Self {
            everything: selection.is_any_but_kinds() && selection.has_kind(codes::BAN),
            ..Self::of(selection)
        }
    }
}

impl OneOf {
    fn any_or(values: &[i64]) -> Self {
        if values.is_empty() {
            Self::Any
        } else {
            Self::of_values(values)
        }
    }

    /// One that is too large is nobody's.
    fn of_values(values: &[i64]) -> Self {
        let values: Vec<u32> = values
            .iter()
            .filter_map(|value| u32::try_from(*value).ok())
            .collect();
        match *values {
            [this] => Self::This(this),
            _ => Self::These(values),
        }
    }

    #[inline]
    pub(super) fn has(&self, value: u32) -> bool {
        match self {
            Self::Any => true,
            Self::This(this) => *this == value,
            Self::These(these) => these.contains(&value),
        }
    }
}

/// Bit `n` for the code `n`; all for no codes, which mean any.
fn bits(codes: &[i64]) -> u8 {
    if codes.is_empty() {
        return u8::MAX;
    }
    let bit = |code: &i64| {
        u32::try_from(*code)
            .ok()
            .and_then(|code| 1_u8.checked_shl(code))
    };
    codes.iter().filter_map(bit).fold(0, |bits, bit| bits | bit)
}

#[inline]
pub(super) const fn has_bit(bits: u8, code: u8) -> bool {
    code < 8 && bits >> code & 1 != 0
}
