//! What happened: which part of it is meant, and handing it out whole.
pub(crate) mod export;
pub(crate) mod range;

use domain::{Asn, BanFilter, CountryCode, EventFilter, EventKind, HostId, JailName, Origin};
use ipnet::IpNet;

use self::range::{When, Zone};
use crate::{problem::Problem, services::settings, state::ReadState};

/// Where counting the events of a list stops: nobody reads further, and counting would cost more than the page itself.
pub(crate) const COUNT_LIMIT: u64 = 10_000;

/// Which bans are meant, as asked: the moments are not resolved yet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Filters {
    /// Only of this host.
    pub(crate) host: Option<HostId>,
    /// When.
    pub(crate) when: When,
    /// In which jails.
    pub(crate) jails: Vec<JailName>,
    /// Registered in which countries.
    pub(crate) countries: Vec<CountryCode>,
    /// In which networks.
    pub(crate) asns: Vec<Asn>,
    /// Of which origin.
    pub(crate) origins: Vec<Origin>,
}

/// Which events are meant beyond [`Filters`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct EventConditions {
    /// Which kinds.
    pub(crate) kinds: Vec<EventKind>,
    /// In this network.
    pub(crate) network: Option<IpNet>,
    /// Exactly this text that is no address.
    pub(crate) other_subject: Option<String>,
}

impl Filters {
    /// For roll-ups; the range is handed over apart.
    pub(crate) fn bans(&self) -> BanFilter {
        BanFilter {
            host: self.host.clone(),
            jails: self.jails.clone(),
            countries: self.countries.clone(),
            asns: self.asns.clone(),
            origins: self.origins.clone(),
        }
    }

    /// For lists.
    ///
    /// # Errors
    /// Storage's.
    pub(crate) async fn events(
        self,
        conditions: EventConditions,
        state: &ReadState,
    ) -> Result<EventFilter, Problem> {
        let range = match self.when {
            When::Last(last) => Some(last.until_now(state.clock.now(), &zone(state).await?)),
            When::Anytime | When::From(_) | When::Until(_) | When::Between(_) => self.when.open(),
        };
        Ok(EventFilter {
            host: self.host,
            range,
            jails: self.jails,
            network: conditions.network,
            other_subject: conditions.other_subject,
            countries: self.countries,
            asns: self.asns,
            origins: self.origins,
            kinds: conditions.kinds,
        })
    }
}

/// The zone of the settings, in which days begin and end.
///
/// # Errors
/// Storage's.
pub(crate) async fn zone(state: &ReadState) -> Result<Zone, Problem> {
    Ok(Zone::of(&settings::current(state).await?.time_zone))
}
