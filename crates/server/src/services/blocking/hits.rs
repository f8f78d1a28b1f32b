//! How often lists blocked something.
use std::collections::BTreeMap;

use domain::{BlockHits, BlocklistId, HitsOf};

use super::known::Indexed;
use crate::{
    problem::{Code, Problem},
    state::ReadState,
};

/// The most addresses that are shown.
const SHOWN: usize = 100;

/// How often something was blocked.
#[derive(Debug)]
pub(crate) struct Hits {
    /// In all.
    pub(crate) all: BlockHits,
    /// By list: an address that is on several counts for each.
    pub(crate) by_list: BTreeMap<BlocklistId, (u64, u64)>,
    /// The addresses with the most packets, and the lists they are on.
    pub(crate) top: Vec<(HitsOf, Vec<BlocklistId>)>,
}

/// How often something was blocked since the table is there.
///
/// # Errors
/// What the packet filter says.
pub(crate) async fn hits(state: &ReadState) -> Result<Hits, Problem> {
    let all = state.blocking.firewall.block_hits().await?;
    let lists = state.blocking.known.lists();
    // A hundred thousand addresses are looked for in each list.
    let attributed = tokio::task::spawn_blocking(move || attribute(all, &lists)).await;
    attributed.map_err(|error| {
        tracing::error!(error = %error, "hits did not come to their end");
        Problem::new(Code::Internal)
    })
}

fn attribute(mut all: BlockHits, lists: &Indexed) -> Hits {
    let mut addresses = std::mem::take(&mut all.by_address);
    let mut by_list: BTreeMap<BlocklistId, (u64, u64)> = BTreeMap::new();
    for hit in &addresses {
        for list in lists.index.lists_with(hit.address) {
            let sums = by_list.entry(list).or_default();
            sums.0 = sums.0.saturating_add(hit.packets);
            sums.1 = sums.1.saturating_add(hit.bytes);
        }
    }
    addresses.sort_unstable_by(|a, b| b.packets.cmp(&a.packets).then(a.address.cmp(&b.address)));
    addresses.truncate(SHOWN);
    let top = addresses
        .into_iter()
        .map(|hit| (hit, lists.index.lists_with(hit.address)));
    Hits {
        top: top.collect(),
        all,
        by_list,
    }
}
