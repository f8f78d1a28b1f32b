//! `GET /api/v1/bans`
use axum::extract::State;
use domain::{
    ActiveBan, ActiveBanPage, ActiveBanQuery, ActiveBanSort, BanEnd, BanSubject, Family, HostId,
    SortKey,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    extract::{Conditional, IfNoneMatch, Params, page_size, page_start},
    permission::{BansRead, Caller},
    problem::Problem,
    state::ReadState,
};

/// The most characters of a search; no address is longer.
const MAX_SEARCH_CHARS: usize = 200;

/// Which bans are wanted. Conditions are joined by "and".
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct BanListParams {
    /// On which host; `local` when it is not said.
    host: Option<String>,
    /// Only of these jails; may be given more than once.
    #[serde(default)]
    jail: Vec<String>,
    /// Text that the subject contains, or a network that contains it or that it contains.
    search: Option<String>,
    /// Only of this IP version.
    #[param(inline)]
    family: Option<FamilyName>,
    /// By what the list is in order; `bannedAt` when it is not said.
    #[param(inline)]
    sort: Option<BanSortKey>,
    /// In which direction; when it is not said, `desc` for `bannedAt` and `asc` for the others.
    #[param(inline)]
    order: Option<SortOrder>,
    /// Where the page begins: `nextCursor` of the page before.
    cursor: Option<String>,
    /// How many items the page may have: 1 to 500, 100 when it is not said.
    limit: Option<i64>,
}

/// IP version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum FamilyName {
    /// Version 4.
    V4,
    /// Version 6.
    V6,
}

/// By what bans are in order; ties are broken by jail and subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum BanSortKey {
    /// When it began.
    BannedAt,
    /// When it ends; permanent bans are last.
    ExpiresAt,
    /// Numerically: IPv4 before IPv6 before what is no address.
    Subject,
    /// By the jail's name.
    Jail,
}

/// The direction of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum SortOrder {
    /// Smallest, oldest or first at the top.
    Asc,
    /// Largest, newest or last at the top.
    Desc,
}

/// A page of the bans in force.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ActiveBanPageBody {
    /// The bans in the wanted order.
    items: Vec<ActiveBanBody>,
    /// Where the next page begins; `null` at the end.
    next_cursor: Option<String>,
    /// How many bans fit over all pages.
    total: u64,
    /// When the daemon was asked; `null` when it never answered.
    as_of: Option<String>,
}

/// A ban in force.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ActiveBanBody {
    /// On which host.
    host: String,
    /// In which jail. Text from the daemon.
    jail: String,
    /// Who is banned. Text from the daemon, which may be anything where `kind` is `other`.
    subject: String,
    /// What the subject is.
    kind: SubjectKind,
    /// IP version; `null` when the subject is no address.
    family: Option<FamilyName>,
    /// Since when; `null` when the daemon's answer could not be read.
    banned_at: Option<String>,
    /// Until when; `null` for ever, or when the daemon's answer could not be read.
    expires_at: Option<String>,
    /// Whether it never ends by itself.
    permanent: bool,
}

/// What is banned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum SubjectKind {
    /// One address.
    Address,
    /// A network.
    Network,
    /// Any other text that a filter captured.
    Other,
}

/// A page of the bans in force over all jails: answered from memory, costs the daemon nothing.
#[utoipa::path(
    get,
    path = "/bans",
    tag = "bans",
    params(
        BanListParams,
        ("if-none-match" = Option<String>, Header, description = "The `ETag` of an earlier answer to the same query")
    ),
    responses(
        (status = 200, body = ActiveBanPageBody, headers(
            ("etag" = String, description = "Changes with what is said, not with when"),
            ("bangui-as-of" = Option<String>, description = "`asOf`")
        )),
        (status = 304, description = "Nothing has changed but `asOf`", headers(
            ("bangui-as-of" = Option<String>, description = "When the kept answer was found to be still true")
        )),
        (status = "default", body = Problem, content_type = "application/problem+json")
    ),
    security(("session" = ["bans:read"]))
)]
pub(super) async fn list_bans(
    _: Caller<BansRead>,
    State(state): State<ReadState>,
    Params(params): Params<BanListParams>,
    held: IfNoneMatch,
) -> Result<Conditional<ActiveBanPageBody>, Problem> {
    let id = params.host()?;
    let query = params.query()?;
    let host = state.host(&id)?;
    // Asked first: a change in between makes the next answer a full one, never a missed one.
    let revision = held.revision(&state.start, &host.status().await?);
    if revision.is_held() {
        return Ok(revision.unchanged());
    }
    let page = host.active_bans(&query).await?;
    Ok(revision.with(ActiveBanPageBody::new(&id, page)))
}

impl BanListParams {
    fn host(&self) -> Result<HostId, Problem> {
        self.host
            .as_deref()
            .filter(|host| !host.is_empty())
            .map_or_else(
                || Ok(HostId::local()),
                |host| {
                    host.parse()
                        .map_err(|error| Problem::invalid("host", "not-a-host", error))
                },
            )
    }

    fn query(self) -> Result<ActiveBanQuery, Problem> {
        let search = self.search.map(|search| search.trim().to_owned());
        if search
            .as_ref()
            .is_some_and(|search| search.chars().count() > MAX_SEARCH_CHARS)
        {
            let message = format!("at most {MAX_SEARCH_CHARS} characters");
            return Err(Problem::invalid("search", "too-long", message));
        }
        let jails: Result<Vec<_>, _> = self
            .jail
            .iter()
            .filter(|jail| !jail.is_empty())
            .map(|jail| jail.parse())
            .collect();
        let sort = self.sort.unwrap_or(BanSortKey::BannedAt);
        let order = self.order.unwrap_or(match sort {
            BanSortKey::BannedAt => SortOrder::Desc,
            BanSortKey::ExpiresAt | BanSortKey::Subject | BanSortKey::Jail => SortOrder::Asc,
        });
        Ok(ActiveBanQuery {
            jails: jails.map_err(|error: domain::NameError| {
                Problem::invalid("jail", "not-a-jail", error)
            })?,
            search: search.filter(|search| !search.is_empty()),
            family: self.family.map(Into::into),
            sort: ActiveBanSort {
                key: sort.into(),
                descending: order == SortOrder::Desc,
            },
            after: page_start(self.cursor),
            limit: page_size(self.limit)?,
        })
    }
}

impl From<Family> for FamilyName {
    fn from(family: Family) -> Self {
        match family {
            Family::V4 => Self::V4,
            Family::V6 => Self::V6,
        }
    }
}

impl From<FamilyName> for Family {
    fn from(family: FamilyName) -> Self {
        match family {
            FamilyName::V4 => Self::V4,
            FamilyName::V6 => Self::V6,
        }
    }
}

impl From<BanSortKey> for SortKey {
    fn from(key: BanSortKey) -> Self {
        match key {
            BanSortKey::BannedAt => Self::BannedAt,
            BanSortKey::ExpiresAt => Self::ExpiresAt,
            BanSortKey::Subject => Self::Subject,
            BanSortKey::Jail => Self::Jail,
        }
    }
}

impl ActiveBanPageBody {
    fn new(host: &HostId, page: ActiveBanPage) -> Self {
        Self {
            items: page
                .items
                .into_iter()
                .map(|ban| ActiveBanBody::new(host, ban))
                .collect(),
            next_cursor: page.next.map(|token| token.0),
            total: page.total,
            as_of: page.as_of.map(|at| at.to_string()),
        }
    }
}

impl ActiveBanBody {
    pub(in crate::routers::v1) fn new(host: &HostId, ban: ActiveBan) -> Self {
        let (expires_at, permanent) = match ban.end {
            BanEnd::At(at) => (Some(at.to_string()), false),
            BanEnd::Never => (None, true),
            BanEnd::Unknown => (None, false),
        };
        Self {
            host: host.to_string(),
            jail: ban.jail.into(),
            kind: SubjectKind::of(&ban.subject),
            family: ban.subject.family().map(Into::into),
            subject: ban.subject.to_string(),
            banned_at: ban.banned_at.map(|at| at.to_string()),
            expires_at,
            permanent,
        }
    }
}

impl SubjectKind {
    pub(in crate::routers::v1) fn of(subject: &BanSubject) -> Self {
        match subject {
            BanSubject::Network(network) if network.prefix_len() == network.max_prefix_len() => {
                Self::Address
            }
            BanSubject::Network(_) => Self::Network,
            BanSubject::Other(_) => Self::Other,
        }
    }
}
