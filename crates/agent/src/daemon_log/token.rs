//! The place in a log that a page was read up to, as text that is safe in URLs.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::ConfigError;
use serde::{Deserialize, Serialize};

use crate::hear::Position;

/// Longer ones were not made here.
const MAX_CHARS: usize = 2_000;

/// Where to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Place {
    /// In a file, also after it was rotated.
    #[serde(rename = "f")]
    File(Position),
    /// Behind an entry of the journal.
    #[serde(rename = "j")]
    Journal(String),
}

impl Place {
    pub(super) fn write(&self) -> String {
        // Plain data can always be written.
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    pub(super) fn read(text: &str) -> Result<Self, ConfigError> {
        let bytes = (text.len() <= MAX_CHARS).then(|| URL_SAFE_NO_PAD.decode(text).ok());
        let place = bytes
            .flatten()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok());
        place.ok_or_else(|| {
            ConfigError::BadTest(
                "this place in the log was not made here; ask without it".to_owned(),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn place_reads_back_as_it_was() {
        let place = Place::Journal("s=1;i=2".to_owned());
        assert_eq!(Place::read(&place.write()).unwrap(), place);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in ".{0,200}", bytes in any::<Vec<u8>>()) {
            let _ = Place::read(&text);
            let _ = Place::read(&URL_SAFE_NO_PAD.encode(bytes));
        }
    }
}
