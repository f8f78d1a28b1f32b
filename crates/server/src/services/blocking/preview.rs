//! Looking at a list before it is added.
use blocklists::{Addresses, Extent, Judgement, Ranges, SourceUrl, judge};
use domain::{Blocklist, BlocklistId, JunkExample, LeftOut, WaitReason};
use ipnet::IpNet;

use super::{
    fetch::FetchError,
    import::{examples, reason},
    reasons,
};
use crate::{
    problem::{Code, Problem},
    state::WriteState,
};

/// How many networks are shown.
const SHOWN: usize = 20;

/// What a list would block.
#[derive(Debug)]
pub(crate) struct Preview {
    pub(crate) bytes: u64,
    pub(crate) parsed: u64,
    pub(crate) masked: u64,
    pub(crate) junk: u64,
    pub(crate) junk_examples: Vec<JunkExample>,
    /// How many networks it comes to, merged to the fewest, and all their addresses.
    pub(crate) networks: usize,
    pub(crate) addresses: Addresses,
    /// Why it would wait for a yes although it is the first copy.
    pub(crate) waits: Option<WaitReason>,
    /// Some of them, from all over the list.
    pub(crate) sample: Vec<IpNet>,
    pub(crate) too_wide: usize,
    pub(crate) special: usize,
    pub(crate) subtracted: usize,
    /// The first of these three.
    pub(crate) left_out: LeftOut,
    /// What it has in common with lists that are there.
    pub(crate) overlaps: Vec<(BlocklistId, String, Addresses)>,
}

/// Fetches a list and says what it would block. Nothing is kept.
///
/// # Errors
/// `invalid` for an address that is none, `list-not-fetched` with the reason, and storage's.
pub(crate) async fn preview(
    state: &WriteState,
    url: &str,
    allow_http: bool,
    except: Option<BlocklistId>,
) -> Result<Preview, Problem> {
    let url = SourceUrl::parse(url, allow_http)
        .map_err(|error| Problem::invalid("url", "bad-url", error))?;
    let blocking = &state.blocking;
    let protected = blocking.protected().await?;
    let read = blocking.fetch_once(url, allow_http, protected).await?;
    let lists = super::lists::all(&state.reads).await?;
    let known = blocking.view.known.lists();
    let junk_examples = examples(&read);
    let work = move || {
        let ranges = Ranges::of(read.networks.iter().copied());
        let others = lists.iter().filter(|list| Some(list.id) != except);
        let overlaps = others.filter_map(|list: &Blocklist| {
            let common = ranges.overlap(known.index.get(list.id)?);
            let name = list.settings.name.to_string();
            (common != Addresses::default()).then_some((list.id, name, common))
        });
        let waits = match judge(None, Extent::of(&read.networks)) {
            Judgement::Ask(doubt) => Some(reason(doubt)),
            Judgement::Take => None,
        };
        Preview {
            bytes: read.bytes,
            parsed: read.parsed,
            masked: read.list.masked,
            junk: read.list.junk.count,
            junk_examples,
            networks: read.networks.len(),
            addresses: ranges.addresses(),
            // An empty one is refused, and asks nobody.
            waits: waits.filter(|reason| *reason != WaitReason::Empty),
            sample: sample(&read.networks),
            too_wide: read.too_wide.len(),
            special: read.special.len(),
            subtracted: read.subtracted.len(),
            left_out: read.left_out(),
            overlaps: overlaps.collect(),
        }
    };
    let preview = tokio::task::spawn_blocking(work).await;
    preview.map_err(|error| {
        tracing::error!(error = %error, "a preview did not come to its end");
        Problem::new(Code::Internal)
    })
}

/// Some networks from the first to the last.
fn sample(networks: &[IpNet]) -> Vec<IpNet> {
    let step = networks.len().div_ceil(SHOWN).max(1);
    networks.iter().copied().step_by(step).collect()
}

impl From<FetchError> for Problem {
    fn from(error: FetchError) -> Self {
        tracing::info!(error = %error, "a list was not fetched");
        Self::new(Code::ListNotFetched).why(reasons::of_fetch(&error))
    }
}
