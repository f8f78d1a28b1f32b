//! `POST /api/v1/addresses/{ip}/lookup`
use axum::{Json, extract::State};
use domain::{BanSubject, Registration};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    extract::{Body, Segments},
    permission::{AddressesLookUp, Caller},
    problem::{Code, Problem},
    routers::v1::history::subject,
    services::addresses::lookup::{Answer, Kept, Question, look_up},
    state::WriteState,
};

/// What to ask.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LookupRequest {
    /// What.
    what: LookupWhat,
}

/// What can be asked.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum LookupWhat {
    /// The name that the owner of an address gave it in the DNS. Anybody may choose any name.
    Name,
    /// Whose the network around it is, as its registry tells by RDAP.
    Rdap,
}

/// What others told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LookupBody {
    /// What was asked.
    what: LookupWhat,
    /// The name; `null` when there is none, or it was not asked for.
    name: Option<String>,
    /// The registration; `null` when no registry knows one, or it was not asked for.
    rdap: Option<RegistrationBody>,
    /// When it was told.
    at: String,
    /// Whether the answer was kept from before (for a day) and nobody was asked now.
    cached: bool,
}

/// Whose a network is. Text from strangers, in one line each.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RegistrationBody {
    /// The registry's key of it.
    handle: Option<String>,
    /// Its name.
    name: Option<String>,
    /// From where to where it goes.
    range: Option<String>,
    /// Its country by two letters, where the registry has one.
    country: Option<String>,
    /// Who holds it.
    organisation: Option<String>,
    /// Where abuse is reported: addresses of mail, at most ten.
    abuse_contacts: Vec<String>,
    /// The host that answered.
    source: String,
}

impl From<Registration> for RegistrationBody {
    fn from(of: Registration) -> Self {
        Self {
            handle: of.handle,
            name: of.name,
            range: of.range,
            country: of.country,
            organisation: of.organisation,
            abuse_contacts: of.abuse_contacts,
            source: of.source,
        }
    }
}

/// Asks others about an address: the DNS for its name, the registries for whose it is.
///
/// Only where the setting `onlineLookups` allows it (403 `online-lookups-off`), and only about addresses of the Internet. Each question that leaves this server is in the audit log as
/// `address.looked_up`. Nothing else in BanGUI asks anybody outside.
#[utoipa::path(
    post,
    path = "/addresses/{ip}/lookup",
    tag = "addresses",
    params(("ip" = String, Path, description = "An address, or for `rdap` also a network, percent-encoded; host bits of a network are cut off")),
    request_body = LookupRequest,
    responses((status = 200, body = LookupBody), (status = "default", body = Problem, content_type = "application/problem+json")),
    security(("session" = ["addresses:lookup"]))
)]
pub(super) async fn look_up_address(
    caller: Caller<AddressesLookUp>,
    State(state): State<WriteState>,
    Segments(ip): Segments<String>,
    Body(body): Body<LookupRequest>,
) -> Result<Json<LookupBody>, Problem> {
    let subject = subject("ip", &ip).map_err(|error| Problem::new(Code::Invalid).error(error))?;
    let question = question(&subject, body.what)
        .ok_or_else(|| Problem::invalid("ip", "not-an-address", wanted(body.what)))?;
    let (kept, cached) = look_up(&state, caller.author(), question).await?;
    Ok(Json(LookupBody::new(body.what, kept, cached)))
}

fn question(subject: &BanSubject, what: LookupWhat) -> Option<Question> {
    let network: IpNet = match subject {
        BanSubject::Network(network) => *network,
        BanSubject::Other(_) => return None,
    };
    let is_one = network.prefix_len() == network.max_prefix_len();
    match what {
        LookupWhat::Rdap => Some(Question::Registration(network)),
        LookupWhat::Name => is_one.then(|| Question::Name(network.addr())),
    }
}

const fn wanted(what: LookupWhat) -> &'static str {
    match what {
        LookupWhat::Name => "Only an address has a name.",
        LookupWhat::Rdap => "Only addresses and networks are registered.",
    }
}

impl LookupBody {
    fn new(what: LookupWhat, kept: Kept, cached: bool) -> Self {
        let (name, rdap) = match kept.answer {
            Answer::Name(name) => (name, None),
            Answer::Registration(registration) => (None, registration.map(Into::into)),
        };
        Self {
            what,
            name,
            rdap,
            at: kept.at.to_string(),
            cached,
        }
    }
}

#[cfg(test)]
mod tests;
