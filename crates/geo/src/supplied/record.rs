//! Records of the different makers.
use std::fmt;

use domain::CountryCode;
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};

/// All fields that any maker uses for what is wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    /// A map with `iso_code` (MaxMind, DB-IP), a code (older files of IPinfo), or a name (newer ones).
    country: Country,
    /// IPinfo.
    country_code: Country,
    /// Where the address is registered, for addresses that are nowhere in particular (MaxMind).
    registered_country: Country,
    /// MaxMind, DB-IP.
    autonomous_system_number: Number,
    autonomous_system_organization: Option<String>,
    /// IPinfo: `AS123`.
    asn: Number,
    as_name: Option<String>,
    /// Older files of IPinfo.
    name: Option<Name>,
}

impl Record {
    pub(super) fn country(&self) -> Option<CountryCode> {
        self.country
            .0
            .or(self.country_code.0)
            .or(self.registered_country.0)
    }

    pub(super) fn asn(&self) -> Option<u32> {
        self.autonomous_system_number.0.or(self.asn.0)
    }

    pub(super) fn network_name(&self) -> Option<&str> {
        self.autonomous_system_organization
            .as_deref()
            .or(self.as_name.as_deref())
            .or(self.name.as_ref().and_then(|name| name.0.as_deref()))
            .filter(|name| !name.trim().is_empty())
    }
}

/// Two letters, on their own or as `iso_code` of a map; nothing where something else stands.
#[derive(Debug, Default, Clone, Copy)]
struct Country(Option<CountryCode>);

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(CountryShapes)
    }
}

struct CountryShapes;

impl<'de> Visitor<'de> for CountryShapes {
    type Value = Country;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a country")
    }

    fn visit_str<E>(self, text: &str) -> Result<Country, E> {
        // Codes for "nowhere known" are no countries.
        let code = CountryCode::new(text).ok();
        Ok(Country(code.filter(|code| code.as_str() != "ZZ")))
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Country, M::Error> {
        let mut country = Country::default();
        while let Some(key) = map.next_key::<String>()? {
            if key == "iso_code" {
                country = map.next_value::<Country>()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(country)
    }
}

/// A number, or text such as `AS123`.
#[derive(Debug, Default, Clone, Copy)]
struct Number(Option<u32>);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Shapes;
        impl Visitor<'_> for Shapes {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the number of a network")
            }

            fn visit_u64<E>(self, number: u64) -> Result<Number, E> {
                Ok(Number(u32::try_from(number).ok()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Number, E> {
                let digits = text.trim_start_matches(['A', 'S', 'a', 's']);
                Ok(Number(digits.parse().ok()))
            }
        }
        from.deserialize_any(Shapes)
    }
}

/// A text; maps of names in many languages stand under the same key elsewhere.
#[derive(Debug)]
struct Name(Option<String>);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Shapes;
        impl<'de> Visitor<'de> for Shapes {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_str<E>(self, text: &str) -> Result<Name, E> {
                Ok(Name(Some(text.to_owned())))
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Name, M::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Name(None))
            }
        }
        from.deserialize_any(Shapes)
    }
}
