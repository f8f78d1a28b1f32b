//! Page tokens: the key of the last ban of a page, so that a page goes on at the right place also when bans came and went meanwhile.
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{ActiveBanSort, BanSubject, HostError, JailName, PageToken, SortKey};
use serde::{Deserialize, Serialize};

/// The place of one ban in one order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    /// The order that it belongs to.
    #[serde(rename = "o")]
    pub(crate) sort: ActiveBanSort,
    /// The moment by which the list is in order; 0 in the orders without one.
    #[serde(rename = "m")]
    pub(crate) moment: i64,
    #[serde(rename = "j")]
    pub(crate) jail: JailName,
    #[serde(rename = "s")]
    pub(crate) subject: BanSubject,
}

/// No subject that fail2ban took from a log line is longer; the limit keeps a hostile token cheap.
const MAX_TOKEN_BYTES: usize = 64 * 1024;

impl Cursor {
    /// The token of this place.
    pub(crate) fn token(&self) -> PageToken {
        // Plain data with text keys always has a JSON form; an empty token would be refused when it comes back.
        let json = serde_json::to_vec(self).unwrap_or_default();
        PageToken(URL_SAFE_NO_PAD.encode(json))
    }

    /// Reads a token that was made for this order.
    pub(crate) fn parse(token: &PageToken, sort: ActiveBanSort) -> Result<Self, HostError> {
        if token.0.len() > MAX_TOKEN_BYTES {
            return Err(HostError::BadPageToken);
        }
        URL_SAFE_NO_PAD
            .decode(&token.0)
            .ok()
            .and_then(|json| serde_json::from_slice::<Self>(&json).ok())
            .filter(|cursor| cursor.sort == sort)
            .filter(|cursor| cursor.has_moment() || cursor.moment == 0)
            .ok_or(HostError::BadPageToken)
    }

    const fn has_moment(&self) -> bool {
        matches!(self.sort.key, SortKey::BannedAt | SortKey::ExpiresAt)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sort(key: u8, descending: bool) -> ActiveBanSort {
        let key = match key % 4 {
            0 => SortKey::BannedAt,
            1 => SortKey::ExpiresAt,
            2 => SortKey::Subject,
            _ => SortKey::Jail,
        };
        ActiveBanSort { key, descending }
    }

    proptest! {
        #[test]
        fn token_read_again_is_the_same_place(key: u8, descending: bool, moment: i64, subject in "\\PC*") {
            let sort = sort(key, descending);
            let moment = if matches!(sort.key, SortKey::BannedAt | SortKey::ExpiresAt) { moment } else { 0 };
            let cursor = Cursor {
                sort,
                moment,
                jail: "a jail/ü".parse().unwrap(),
                subject: BanSubject::from_daemon(&subject),
            };
            prop_assert_eq!(Cursor::parse(&cursor.token(), sort), Ok(cursor));
        }

        #[test]
        fn token_of_any_text_is_refused_without_a_panic(text in ".*") {
            prop_assert_eq!(
                Cursor::parse(&PageToken(text), ActiveBanSort::default()),
                Err(HostError::BadPageToken)
            );
        }
    }

    #[test]
    fn token_of_another_order_is_refused() {
        let cursor = Cursor {
            sort: sort(0, true),
            moment: 5,
            jail: "sshd".parse().unwrap(),
            subject: BanSubject::from_daemon("192.0.2.1"),
        };
        for other in [sort(0, false), sort(1, true), sort(2, true)] {
            assert_eq!(
                Cursor::parse(&cursor.token(), other),
                Err(HostError::BadPageToken)
            );
        }
    }
}
