//! Places of the addresses of documentation; nobody else is anywhere.
use std::{net::IpAddr, sync::Arc};

use async_trait::async_trait;
use domain::{Asn, CountryCode, Place, PlaceKind, PlaceSource, Places, PlacesUpkeep, Timestamp};

/// 192.0.2.0/24 is in Germany, in the network 4200000001 "Example"; `2001:db8::/32` in Japan, in none.
pub(crate) struct TestPlaces;

const NETWORK: Asn = Asn(4_200_000_001);
/// 61 days before the clock of tests stands still.
const LONG_AGO_MILLIS: i64 = 1_795_435_200_000 - 61 * 86_400_000;

#[async_trait]
impl Places for TestPlaces {
    fn place(&self, address: IpAddr) -> Place {
        let text = domain::canonical(address).to_string();
        let country = match text.as_str() {
            text if text.starts_with("192.0.2.") => Some("DE"),
            text if text.starts_with("2001:db8:") => Some("JP"),
            _ => None,
        };
        Place {
            country: country.and_then(|code| CountryCode::new(code).ok()),
            asn: (country == Some("DE")).then_some(NETWORK),
        }
    }

    fn network_name(&self, asn: Asn) -> Option<Arc<str>> {
        (asn == NETWORK).then(|| "Example".into())
    }

    fn sources(&self) -> Vec<PlaceSource> {
        let country = PlaceSource {
            kind: PlaceKind::Country,
            name: "Built in".to_owned(),
            supplied: false,
            made_at: None,
            ranges: 0,
            licence: "Free".to_owned(),
            problem: Some("mine.mmdb: it is no database".to_owned()),
        };
        let network = PlaceSource {
            kind: PlaceKind::Network,
            name: "Mine".to_owned(),
            supplied: true,
            made_at: Some(Timestamp::from_millis(LONG_AGO_MILLIS)),
            ranges: 1,
            problem: None,
            ..country.clone()
        };
        vec![country, network]
    }
}

#[async_trait]
impl PlacesUpkeep for TestPlaces {
    async fn refresh(&self) -> u64 {
        0
    }
}
