//! `GET /api/v1/blocklists/catalogue`
use axum::{Json, extract::State};
use blocklists::{Families, KnownList, ListFormat, catalogue};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    permission::{Caller, ListsRead},
    problem::Problem,
    services::blocking::lists,
    state::ReadState,
};

/// Lists that are well known. None is on until somebody adds it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BlocklistCatalogue {
    /// The lists.
    items: Vec<KnownListBody>,
}

/// A list that somebody publishes for all.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = KnownBlocklist)]
struct KnownListBody {
    /// Stays the same whatever the publisher changes.
    key: &'static str,
    /// As its publisher calls it.
    name: &'static str,
    /// From where it is fetched.
    url: &'static str,
    /// Where the publisher says what it is and how it may be used.
    home: &'static str,
    /// What is on it.
    about: &'static str,
    /// How it may be used, in short; the publisher's own words count.
    terms: &'static str,
    /// How it is written.
    format: FormatName,
    /// Of which families it is.
    families: FamiliesName,
    /// About how many entries it has; `null` where that was not counted.
    entries: Option<u32>,
    /// A sensible time between two downloads.
    every_seconds: u64,
    /// Whether a source fetches it already.
    is_added: bool,
}

/// How a list is written.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BlocklistFormat)]
enum FormatName {
    /// An address on each line.
    Addresses,
    /// A network or an address on each line.
    Networks,
    /// A JSON object with a network on each line.
    JsonLines,
    /// The first address, the last one and more columns.
    Columns,
}

/// Families of addresses.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BlocklistFamilies)]
enum FamiliesName {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
    /// Both.
    Both,
}

impl KnownListBody {
    fn of(list: &KnownList, is_added: bool) -> Self {
        Self {
            key: list.id,
            name: list.name,
            url: list.url,
            home: list.home,
            about: list.contains,
            terms: list.terms,
            format: match list.format {
                ListFormat::Addresses => FormatName::Addresses,
                ListFormat::Networks => FormatName::Networks,
                ListFormat::JsonLines => FormatName::JsonLines,
                ListFormat::Columns => FormatName::Columns,
            },
            families: match list.families {
                Families::V4 => FamiliesName::V4,
                Families::V6 => FamiliesName::V6,
                Families::Both => FamiliesName::Both,
            },
            entries: list.entries,
            every_seconds: list.interval.as_secs(),
            is_added,
        }
    }
}

/// Lists that are well known. Nothing of them comes with BanGUI, and none is on until somebody adds it.
#[utoipa::path(
    get,
    path = "/blocklists/catalogue",
    tag = "blocklists",
    responses((status = 200, body = BlocklistCatalogue), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["lists:read"]))
)]
pub(super) async fn blocklist_catalogue(
    _: Caller<ListsRead>,
    State(state): State<ReadState>,
) -> Result<Json<BlocklistCatalogue>, Problem> {
    let added = lists::all(&state).await?;
    let is_added = |known: &KnownList| added.iter().any(|list| list.settings.url == known.url);
    let items = catalogue()
        .iter()
        .map(|known| KnownListBody::of(known, is_added(known)));
    Ok(Json(BlocklistCatalogue {
        items: items.collect(),
    }))
}
