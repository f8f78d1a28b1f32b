//! The answer of a registry: RFC 9083, section 5.4, and its cards, RFC 7095.
use std::net::IpAddr;

use domain::{LookupError, Registration};
use ipnet::IpNet;
use serde_json::Value;

use crate::text::clean;

/// The most contacts that are taken.
const MAX_CONTACTS: usize = 10;
/// How deep entities in entities are looked into; registries have two levels.
const MAX_DEPTH: usize = 4;

/// Reads an answer about a network.
pub(super) fn registration(
    answer: &[u8],
    network: IpNet,
    source: String,
) -> Result<Registration, LookupError> {
    let answer: Value = serde_json::from_slice(answer)
        .map_err(|error| LookupError::NotUnderstood(error.to_string()))?;
    let (first, last) = ends(&answer)
        .filter(|(first, last)| (*first..=*last).contains(&network.network()))
        .ok_or_else(|| LookupError::NotUnderstood("it is about another address".to_owned()))?;
    let mut found = Registration {
        handle: text(&answer, "handle"),
        name: text(&answer, "name"),
        range: Some(format!("{first} – {last}")),
        country: text(&answer, "country").filter(|country| country.len() == 2),
        organisation: None,
        abuse_contacts: Vec::new(),
        source,
    };
    look_into(&answer, 0, &mut found);
    Ok(found)
}

fn ends(answer: &Value) -> Option<(IpAddr, IpAddr)> {
    let end = |field: &str| {
        // Some registries write the prefix length behind it.
        let text = answer.get(field)?.as_str()?.split('/').next()?;
        text.parse::<IpAddr>().ok()
    };
    let (first, last) = (end("startAddress")?, end("endAddress")?);
    (first.is_ipv4() == last.is_ipv4()).then_some((first, last))
}

fn look_into(of: &Value, depth: usize, found: &mut Registration) {
    if depth == MAX_DEPTH {
        return;
    }
    for entity in items(of, "entities") {
        let has = |role: &str| items(entity, "roles").any(|has| has.as_str() == Some(role));
        if has("registrant") && found.organisation.is_none() {
            found.organisation = card(entity, "org").or_else(|| card(entity, "fn"));
        }
        if has("abuse") {
            for contact in cards(entity, "email") {
                let is_mail = contact.contains('@') && !contact.contains(' ');
                let is_new = !found.abuse_contacts.contains(&contact);
                if is_mail && is_new && found.abuse_contacts.len() < MAX_CONTACTS {
                    found.abuse_contacts.push(contact);
                }
            }
        }
        look_into(entity, depth + 1, found);
    }
}

fn items<'a>(of: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    of.get(field)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn text(of: &Value, field: &str) -> Option<String> {
    clean(of.get(field)?.as_str()?)
}

fn card(entity: &Value, property: &str) -> Option<String> {
    cards(entity, property).next()
}

/// The values of a property of an entity's card: `["vcard", [[name, parameters, type, value, …], …]]`.
fn cards<'a>(entity: &'a Value, property: &'a str) -> impl Iterator<Item = String> + 'a {
    let properties = entity.pointer("/vcardArray/1").and_then(Value::as_array);
    properties
        .into_iter()
        .flatten()
        .filter(move |line| line.get(0).and_then(Value::as_str) == Some(property))
        .filter_map(|line| {
            let value = line.get(3)?;
            // An organisation may be a list of its parts, the largest first.
            clean(value.as_str().or_else(|| value.get(0)?.as_str())?)
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(answer: &Value, network: &str) -> Result<Registration, LookupError> {
        let network = network.parse().unwrap();
        registration(
            answer.to_string().as_bytes(),
            network,
            "rdap.example".to_owned(),
        )
    }

    #[test]
    fn answer_without_anything_but_its_range_is_taken() {
        let answer = json!({ "startAddress": "2001:db8::/32", "endAddress": "2001:db8:ffff::" });
        let found = read(&answer, "2001:db8::7/128").unwrap();
        assert_eq!(found.range.as_deref(), Some("2001:db8:: – 2001:db8:ffff::"));
        assert_eq!(found.source, "rdap.example");
        assert_eq!((found.organisation, found.abuse_contacts), (None, vec![]));
    }

    #[test]
    fn answer_about_another_address_is_refused() {
        for answer in [
            json!({ "startAddress": "192.0.2.0", "endAddress": "192.0.2.255" }),
            json!({ "startAddress": "::", "endAddress": "255.255.255.255" }),
            json!({ "startAddress": 1, "endAddress": null }),
            json!([]),
        ] {
            let error = read(&answer, "198.51.100.1/32").unwrap_err();
            assert_eq!(
                error,
                LookupError::NotUnderstood("it is about another address".to_owned())
            );
        }
    }

    #[test]
    fn contacts_are_those_of_abuse_each_once_and_at_most_ten() {
        let mail = |address: &str| json!(["email", {}, "text", address]);
        let many: Vec<Value> = (0..20)
            .map(|n| mail(&format!("a{}@example.com", n / 2)))
            .collect();
        let answer = json!({
            "startAddress": "192.0.2.0", "endAddress": "192.0.2.255",
            "entities": [
                { "roles": ["technical"], "vcardArray": ["vcard", [mail("noc@example.com")]] },
                { "roles": ["registrant"], "vcardArray": ["vcard", [["fn", {}, "text", "Example\u{202e} Ltd"]]],
                  "entities": [{ "roles": ["abuse"], "vcardArray": ["vcard", [mail("no address"), mail("abuse@example.com")]] }] },
                { "roles": ["abuse"], "vcardArray": ["vcard", many] },
            ],
        });
        let found = read(&answer, "192.0.2.7/32").unwrap();
        assert_eq!(found.organisation.as_deref(), Some("Example Ltd"));
        assert_eq!(found.abuse_contacts.len(), MAX_CONTACTS);
        assert_eq!(found.abuse_contacts.first().unwrap(), "abuse@example.com");
        assert!(!found.abuse_contacts.contains(&"noc@example.com".to_owned()));
    }

    #[test]
    fn entities_in_entities_without_end_are_read_to_a_depth() {
        let mut answer = json!({ "roles": ["registrant"], "vcardArray": ["vcard", [["fn", {}, "text", "deep"]]] });
        for _ in 0..50 {
            answer = json!({ "startAddress": "0.0.0.0", "endAddress": "255.255.255.255", "entities": [answer] });
        }
        assert_eq!(read(&answer, "192.0.2.7/32").unwrap().organisation, None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = registration(&bytes, "192.0.2.0/24".parse().unwrap(), String::new());
        }
    }
}
