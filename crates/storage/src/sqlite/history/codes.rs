//! Numbers that columns hold for the words of the domain. They are in databases: never changed, only added to.
use domain::{Asn, CountryCode, EventKind, Origin, Place, StorageError, UnbanCause};

pub(super) const KINDS: [EventKind; 3] = [EventKind::Ban, EventKind::Restored, EventKind::Unban];
pub(super) const ORIGINS: [Origin; 3] = [Origin::Detected, Origin::Manual, Origin::Blocklist];
const CAUSES: [UnbanCause; 4] = [
    UnbanCause::Expired,
    UnbanCause::ByHand,
    UnbanCause::Flushed,
    UnbanCause::Unknown,
];

pub(super) const BAN: i64 = 0;
pub(super) const UNBAN: i64 = 2;
/// What the data of places, and people who filter, write for "no country known".
const NO_COUNTRY: &str = "ZZ";

pub(super) const fn kind(kind: EventKind) -> i64 {
    match kind {
        EventKind::Ban => BAN,
        EventKind::Restored => 1,
        EventKind::Unban => UNBAN,
    }
}

pub(super) const fn origin(origin: Origin) -> i64 {
    match origin {
        Origin::Detected => 0,
        Origin::Manual => 1,
        Origin::Blocklist => 2,
    }
}

pub(super) const fn cause(cause: UnbanCause) -> i64 {
    match cause {
        UnbanCause::Expired => 0,
        UnbanCause::ByHand => 1,
        UnbanCause::Flushed => 2,
        UnbanCause::Unknown => 3,
    }
}

fn named<T: Copy>(all: &[T], code: i64, what: &'static str) -> Result<T, StorageError> {
    usize::try_from(code)
        .ok()
        .and_then(|code| all.get(code))
        .copied()
        .ok_or(inconsistent(what))
}

pub(super) fn to_kind(code: i64) -> Result<EventKind, StorageError> {
    named(&KINDS, code, "kind is unknown")
}

pub(super) fn to_origin(code: i64) -> Result<Origin, StorageError> {
    named(&ORIGINS, code, "origin is unknown")
}

pub(super) fn to_cause(code: i64) -> Result<UnbanCause, StorageError> {
    named(&CAUSES, code, "cause is unknown")
}

/// The two letters as a number; 0 for none.
pub(super) fn country(code: Option<CountryCode>) -> i64 {
    let Some(code) = code.filter(|code| code.as_str() != NO_COUNTRY) else {
        return 0;
    };
    code.as_str()
        .bytes()
        .fold(0, |number, letter| number << 8 | i64::from(letter))
}

pub(super) fn to_country(number: i64) -> Result<Option<CountryCode>, StorageError> {
    if number == 0 {
        return Ok(None);
    }
    let letters = u16::try_from(number)
        .map(u16::to_be_bytes)
        .map_err(|_| inconsistent("country is unknown"))?;
    std::str::from_utf8(&letters)
        .ok()
        .and_then(|text| CountryCode::new(text).ok())
        .map(Some)
        .ok_or(inconsistent("country is unknown"))
}

/// The number of a network; 0, which is nobody's, for none.
pub(super) fn asn(asn: Option<Asn>) -> i64 {
    asn.map_or(0, |Asn(number)| i64::from(number))
}

pub(super) fn to_asn(number: i64) -> Result<Option<Asn>, StorageError> {
    let number = u32::try_from(number).map_err(|_| inconsistent("asn is too large"))?;
    Ok((number != 0).then_some(Asn(number)))
}

pub(super) fn to_place(country: i64, asn: i64) -> Result<Place, StorageError> {
    Ok(Place {
        country: to_country(country)?,
        asn: to_asn(asn)?,
    })
}

pub(super) const fn inconsistent(what: &'static str) -> StorageError {
    StorageError::Inconsistent {
        table: "events",
        what,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_numbers_and_the_same_words_again() {
        for word in KINDS {
            assert_eq!(to_kind(kind(word)).unwrap(), word);
        }
        for word in ORIGINS {
            assert_eq!(to_origin(origin(word)).unwrap(), word);
        }
        for word in CAUSES {
            assert_eq!(to_cause(cause(word)).unwrap(), word);
        }
        for code in ["DE", "AA", "ZY"] {
            let code = CountryCode::new(code).ok();
            assert_eq!(to_country(country(code)).unwrap(), code);
        }
        let place = to_place(0, 0).unwrap();
        assert_eq!(place, Place::default());
    }

    #[test]
    fn country_written_as_unknown_is_none() {
        assert_eq!(country(CountryCode::new("ZZ").ok()), 0);
    }

    #[test]
    fn numbers_that_no_version_wrote_are_inconsistent() {
        assert!(to_kind(3).is_err() && to_origin(-1).is_err() && to_cause(4).is_err());
        assert!(to_country(1).is_err() && to_asn(-1).is_err() && to_asn(1 << 32).is_err());
    }
}
