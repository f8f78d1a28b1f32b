//! Names of networks, by number. Shared with the build script, as the ranges are.
use std::{borrow::Cow, sync::Arc};

use crate::ranges::Column;

/// Names by the number of the network.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Ascending.
    pub(crate) asns: Column<4>,
    /// Where in `text` each name ends.
    pub(crate) ends: Column<4>,
    pub(crate) text: Cow<'static, str>,
}

impl Names {
    /// The name of a network; `None` for one without.
    pub(crate) fn get(&self, asn: u32) -> Option<Arc<str>> {
        let at = self.asns.binary_search(&asn.to_be_bytes()).ok()?;
        let end = |at: usize| usize::try_from(u32::from_be_bytes(*self.ends.get(at)?)).ok();
        let start = match at.checked_sub(1) {
            Some(before) => end(before)?,
            None => 0,
        };
        let name = self.text.get(start..end(at)?)?;
        (!name.is_empty()).then(|| name.into())
    }
}

/// Names in the making.
#[derive(Debug, Default)]
pub(crate) struct NamesInOrder {
    asns: Vec<[u8; 4]>,
    ends: Vec<[u8; 4]>,
    text: String,
}

impl NamesInOrder {
    /// Adds a name; numbers ascend.
    pub(crate) fn push(&mut self, asn: u32, name: &str) {
        self.asns.push(asn.to_be_bytes());
        self.text.push_str(name);
        let end = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        self.ends.push(end.to_be_bytes());
    }

    /// Gives back the room that was not needed.
    pub(crate) fn finish(mut self) -> Names {
        self.asns.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.text.shrink_to_fit();
        Names {
            asns: self.asns.into(),
            ends: self.ends.into(),
            text: self.text.into(),
        }
    }
}
