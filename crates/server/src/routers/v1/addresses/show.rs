//! `GET /api/v1/addresses/{ip}`
use axum::{Json, extract::State};
use domain::{BanSubject, HostId, JailName, Places, SubjectInJail};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    extract::Segments,
    permission::{Caller, HistoryRead},
    problem::{Code, HitBody, Problem},
    routers::v1::{
        bans::{ActiveBanBody, FamilyName, SubjectKind},
        history::subject,
    },
    services::addresses::{Known, ban_time::Growth, known, scope::Scope},
    state::ReadState,
};

/// All that is known of a subject without asking anybody outside.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AddressBody {
    /// The subject in its canonical form.
    subject: String,
    /// What it is.
    kind: SubjectKind,
    /// IP version; `null` when it is no address.
    family: Option<FamilyName>,
    /// Country by the data in use now, by two letters; `null` when unknown.
    country: Option<String>,
    /// Number of the network; `null` when unknown.
    asn: Option<u32>,
    /// Name of the network.
    network_name: Option<String>,
    /// Who such an address can belong to; `null` when it is no address.
    scope: Option<ScopeName>,
    /// What happened, jail by jail.
    jails: Vec<AddressInJailBody>,
    /// Bans in force.
    current: Vec<ActiveBanBody>,
    /// How long the next ban would be, for each running jail where it was banned.
    ban_times: Vec<BanTimeBody>,
    /// What the lock-out guard has against banning it.
    guard: Vec<HitBody>,
    /// Running jails whose ignore list covers it with an address or a network; host names and files in the list are not looked into.
    ignored_in: Vec<String>,
    /// Running jails that fail2ban did not tell about within a second: `banTimes` and `ignoredIn` may lack them, and asking again tells more.
    unknown_jails: Vec<String>,
}

/// Who an address can belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum ScopeName {
    /// Anybody on the Internet.
    Public,
    /// Somebody in a private network.
    Private,
    /// The machine itself.
    Loopback,
    /// Somebody on the same wire.
    LinkLocal,
    /// Nobody: for examples.
    Documentation,
    /// A group.
    Multicast,
    /// Nobody, or special use.
    Reserved,
}

/// What happened to a subject in one jail.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AddressInJailBody {
    /// On which host.
    host: String,
    /// In which jail. Text from the daemon.
    jail: String,
    /// Bans.
    bans: u64,
    /// Ends of bans.
    unbans: u64,
    /// Failures that were counted.
    failures: u64,
    /// The first event.
    first_at: Option<String>,
    /// The last event or failure.
    last_at: Option<String>,
}

/// How long the next ban would be, and why.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct BanTimeBody {
    /// On which host.
    host: String,
    /// In which jail. Text from the daemon.
    jail: String,
    /// Bans so far that count for the next one, as long as fail2ban remembers them (`dbpurgeage`); those of all jails where the jail counts so.
    bans_so_far: u64,
    /// Whether bans of returning addresses grow.
    increments: bool,
    /// The length of a first ban; negative for ever, `null` when fail2ban does not tell.
    base_seconds: Option<i64>,
    /// The length of the next ban without what chance adds; negative for ever, `null` where a formula of one's own decides, which only fail2ban can compute.
    next_seconds: Option<i64>,
    /// The longest ban.
    max_seconds: Option<i64>,
    /// The most seconds that chance adds.
    random_seconds: Option<i64>,
    /// The formula in use, in Python; `null` where multipliers are, or where bans do not grow.
    formula: Option<String>,
    /// Multipliers by bans so far; the last one goes on.
    multipliers: Option<String>,
    /// The factor, in Python; 1 when it is `null`.
    factor: Option<String>,
}

/// All that is known of an address, a network or another subject. Its timeline is `GET /history?address=…`.
///
/// When fail2ban is down, what only it can tell (`banTimes`, `ignoredIn`) is empty.
#[utoipa::path(
    get,
    path = "/addresses/{ip}",
    tag = "addresses",
    params(("ip" = String, Path, description = "An address, a network or any other subject, percent-encoded; host bits of a network are cut off")),
    responses((status = 200, body = AddressBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["history:read"]))
)]
pub(super) async fn show_address(
    caller: Caller<HistoryRead>,
    State(state): State<ReadState>,
    Segments(ip): Segments<String>,
) -> Result<Json<AddressBody>, Problem> {
    let subject = subject("ip", &ip).map_err(|error| Problem::new(Code::Invalid).error(error))?;
    let known = known(&state, &subject, caller.address).await?;
    Ok(Json(AddressBody::new(
        &subject,
        known,
        state.places.as_ref(),
    )))
}

impl AddressBody {
    fn new(subject: &BanSubject, known: Known, places: &dyn Places) -> Self {
        let network_name = known.place.asn.and_then(|asn| places.network_name(asn));
        let current = known.current.into_iter();
        Self {
            subject: subject.to_string(),
            kind: SubjectKind::of(subject),
            family: subject.family().map(Into::into),
            country: known.place.country.map(Into::into),
            asn: known.place.asn.map(|asn| asn.0),
            network_name: network_name.map(|name| name.to_string()),
            scope: known.scope.map(Into::into),
            jails: known.jails.into_iter().map(Into::into).collect(),
            current: current
                .map(|(host, ban)| ActiveBanBody::new(&host, ban))
                .collect(),
            ban_times: known.ban_times.into_iter().map(Into::into).collect(),
            guard: known.guard.iter().map(Into::into).collect(),
            ignored_in: known.ignored_in.into_iter().map(Into::into).collect(),
            unknown_jails: known.unknown_jails.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Scope> for ScopeName {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Public => Self::Public,
            Scope::Private => Self::Private,
            Scope::Loopback => Self::Loopback,
            Scope::LinkLocal => Self::LinkLocal,
            Scope::Documentation => Self::Documentation,
            Scope::Multicast => Self::Multicast,
            Scope::Reserved => Self::Reserved,
        }
    }
}

impl From<SubjectInJail> for AddressInJailBody {
    fn from(of: SubjectInJail) -> Self {
        Self {
            host: of.host.into(),
            jail: of.jail.into(),
            bans: of.bans,
            unbans: of.unbans,
            failures: of.failures,
            first_at: of.first_at.map(|at| at.to_string()),
            last_at: of.last_at.map(|at| at.to_string()),
        }
    }
}

impl From<(HostId, JailName, Growth)> for BanTimeBody {
    fn from((host, jail, growth): (HostId, JailName, Growth)) -> Self {
        Self {
            host: host.into(),
            jail: jail.into(),
            bans_so_far: growth.bans,
            increments: growth.increments,
            base_seconds: growth.base,
            next_seconds: growth.next,
            max_seconds: growth.max,
            random_seconds: growth.random,
            formula: growth.formula,
            multipliers: growth.multipliers,
            factor: growth.factor,
        }
    }
}
