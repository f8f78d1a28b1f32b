//! `GET /api/v1/addresses/{ip}/truth`
use axum::{Json, extract::State};
use domain::{BanSubject, FirewallPath, PathOutcome, PathVerdict, PortScope, VerdictRule};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    extract::Segments,
    permission::{Caller, FirewallRead},
    problem::{Code, Problem, WhyBody},
    routers::v1::{allowlist::AllowEntryBody, history::subject, own_bans::OwnBanBody},
    services::{bans::text_of, blocking::firewall::truth},
    state::ReadState,
};

/// What is really done with an address.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AddressTruth)]
pub(super) struct TruthBody {
    /// The address or the network.
    address: String,
    /// What becomes of its new packets, on each way; empty for a network, and where that cannot be told.
    verdicts: Vec<VerdictBody>,
    /// Why it cannot be told, or `null`.
    problem: Option<WhyBody>,
    /// Lists that it is on.
    lists: Vec<ListRefBody>,
    /// Bans without a jail that hold it.
    own_bans: Vec<OwnBanBody>,
    /// Entries of the allowlist that let it through.
    allowed: Vec<AllowEntryBody>,
}

/// A list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BlocklistRef)]
struct ListRefBody {
    /// Its key.
    id: i64,
    /// Its name.
    name: String,
}

/// What becomes of new packets on one way.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FirewallVerdict)]
struct VerdictBody {
    /// Which way.
    path: PathName,
    /// What becomes of them.
    outcome: OutcomeName,
    /// To which ports only; `null` is all.
    scope: Option<PortScopeBody>,
    /// What is closed to everybody, so also to the address; `null` where nothing is.
    closed: Option<PortScopeBody>,
    /// The rules that block, the widest first.
    rules: Vec<RuleBody>,
    /// Why it cannot be told, or not of everything.
    unsure: Vec<WhyBody>,
}

/// A way of a packet through the machine.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FirewallPath)]
enum PathName {
    /// To the machine itself.
    Host,
    /// Through it, to another machine.
    Forwarded,
    /// To a published port of a container.
    Published,
}

/// What becomes of a packet.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FirewallOutcome)]
enum OutcomeName {
    /// It is dropped or rejected.
    Blocked,
    /// It goes through.
    NotBlocked,
    /// That depends on what is not known.
    CannotTell,
}

/// Some of all ports and protocols.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FirewallPorts)]
struct PortScopeBody {
    /// Whether everything is meant but those that are named.
    all_but: bool,
    /// Which, such as `tcp 22,2200-2222` or `icmp`; with none of them everything or nothing is meant.
    services: Vec<String>,
}

impl From<PortScope> for PortScopeBody {
    fn from(scope: PortScope) -> Self {
        Self {
            all_but: scope.all_but,
            services: scope.services,
        }
    }
}

/// A rule that blocks.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FirewallRule)]
struct RuleBody {
    /// What it blocks; `null` is everything.
    scope: Option<PortScopeBody>,
    /// In which table, with its family.
    table: String,
    /// In which chain.
    chain: String,
    /// The rule as text.
    text: String,
    /// How many packets it counted; `null` where it does not count.
    packets: Option<u64>,
    /// Their bytes.
    bytes: Option<u64>,
}

impl From<VerdictRule> for RuleBody {
    fn from(rule: VerdictRule) -> Self {
        Self {
            scope: rule.scope.map(PortScopeBody::from),
            table: rule.table,
            chain: rule.chain,
            text: rule.text,
            packets: rule.packets,
            bytes: rule.bytes,
        }
    }
}

impl From<PathVerdict> for VerdictBody {
    fn from(verdict: PathVerdict) -> Self {
        Self {
            path: match verdict.path {
                FirewallPath::Host => PathName::Host,
                FirewallPath::Forwarded => PathName::Forwarded,
                FirewallPath::Published => PathName::Published,
            },
            outcome: match verdict.outcome {
                PathOutcome::Blocked => OutcomeName::Blocked,
                PathOutcome::NotBlocked => OutcomeName::NotBlocked,
                PathOutcome::CannotTell => OutcomeName::CannotTell,
            },
            scope: verdict.scope.map(PortScopeBody::from),
            closed: verdict.closed.map(PortScopeBody::from),
            rules: verdict.rules.into_iter().map(RuleBody::from).collect(),
            unsure: verdict.unsure.into_iter().map(WhyBody::from).collect(),
        }
    }
}

/// What is really done with an address: by the rules of the packet filter, by lists, by bans made by hand and by the allowlist. Reads the packet filter, and changes nothing.
#[utoipa::path(
    get,
    path = "/addresses/{ip}/truth",
    tag = "firewall",
    params(("ip" = String, Path, description = "An address or a network, percent-encoded")),
    responses((status = 200, body = TruthBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["firewall:read"]))
)]
pub(super) async fn address_truth(
    _: Caller<FirewallRead>,
    State(state): State<ReadState>,
    Segments(ip): Segments<String>,
) -> Result<Json<TruthBody>, Problem> {
    let asked = subject("ip", &ip).map_err(|error| Problem::new(Code::Invalid).error(error))?;
    let BanSubject::Network(network) = asked else {
        return Err(Problem::invalid(
            "ip",
            "not-an-address",
            "Write an address or a network.",
        ));
    };
    let truth = truth(&state, network).await?;
    let now = state.clock.now();
    let (verdicts, problem) = match truth.verdicts {
        Ok(verdicts) => (verdicts, None),
        Err(why) => (Vec::new(), Some(why.into())),
    };
    let lists = truth.lists.into_iter();
    let bans = truth.bans.into_iter();
    let allowed = truth.allowed.into_iter();
    Ok(Json(TruthBody {
        address: text_of(network),
        verdicts: verdicts.into_iter().map(VerdictBody::from).collect(),
        problem,
        lists: lists
            .map(|(id, name)| ListRefBody { id: id.0, name })
            .collect(),
        own_bans: bans.map(|ban| OwnBanBody::of(ban, now)).collect(),
        allowed: allowed
            .map(|entry| AllowEntryBody::of(entry, &state))
            .collect(),
    }))
}
