//! Sets of ipset.
use std::{collections::HashMap, net::IpAddr, time::Duration};

use crate::{
    Place, ProgramError,
    truth::{
        keys,
        members::{Element, Members, Value},
        model::{Field, SetKey, Use, Version},
        resolve::Asked,
    },
};

/// Longer than one question takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(10);
/// Longer than it takes to list a million elements.
const LIST_LIMIT: Duration = Duration::from_secs(30);
/// Sets of sets, and sets of destinations, are asked one by one.
const MAX_QUESTIONS: usize = 64;
const PROGRAM: &str = "ipset";

/// Which sets there are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ipsets {
    kinds: HashMap<String, Kind>,
    /// Why they are not known.
    unreadable: Option<String>,
}

/// What a set holds.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// Addresses or networks.
    Addresses(Version),
    /// Other sets.
    Sets(Vec<String>),
    /// Something with other or with more parts; the type's name.
    Other(String),
}

impl Ipsets {
    /// Asks which sets there are, without their elements.
    pub(crate) async fn read(place: &Place) -> Self {
        let listed = match run(place, &["-t", "list"], LIMIT).await {
            Ok(listed) => listed,
            Err(error) => {
                return Self {
                    unreadable: Some(error.to_string()),
                    ..Self::default()
                };
            }
        };
        let mut kinds = HashMap::new();
        for (name, mut kind) in heads(&listed) {
            if let Kind::Sets(sets) = &mut kind {
                *sets = sets_of(place, &name).await;
            }
            kinds.insert(name, kind);
        }
        Self {
            kinds,
            unreadable: None,
        }
    }

    /// All sets of addresses or networks.
    pub(crate) fn of_addresses(&self) -> impl Iterator<Item = (&str, Version)> {
        self.kinds.iter().filter_map(|(name, kind)| match kind {
            Kind::Addresses(version) => Some((name.as_str(), *version)),
            Kind::Sets(_) | Kind::Other(_) => None,
        })
    }

    /// The names of all others.
    pub(crate) fn of_others(&self) -> impl Iterator<Item = &str> {
        self.kinds.iter().filter_map(|(name, kind)| match kind {
            Kind::Addresses(_) => None,
            Kind::Sets(_) | Kind::Other(_) => Some(name.as_str()),
        })
    }

    /// Whether it is not known which there are.
    pub(crate) const fn are_unreadable(&self) -> bool {
        self.unreadable.is_some()
    }

    /// What a set holds of the addresses that are asked for.
    pub(crate) async fn members(&self, place: &Place, used: &Use, asked: Asked<'_>) -> Members {
        let SetKey::Ipset { name } = &used.set else {
            return Members::unreadable("it is not a set of ipset");
        };
        let (version, addresses) = match used.fields.as_slice() {
            [Field::Source(version)] => (*version, std::slice::from_ref(&asked.source)),
            [Field::Destination(version)] => (*version, asked.destinations),
            _ => return Members::unreadable("its key has several parts"),
        };
        let sets = match self.parts(name, version) {
            Ok(sets) => sets,
            Err(reason) => return Members::unreadable(reason),
        };
        let addresses = addresses.iter().copied();
        let addresses: Vec<IpAddr> = addresses
            .filter(|address| Version::of(*address) == version)
            .collect();
        if sets.len().max(addresses.len()) > MAX_QUESTIONS {
            return Members::unreadable("it would take too many questions");
        }
        let mut members = Members::default();
        for address in addresses {
            match any_holds(place, &sets, address).await {
                Ok(false) => {}
                Ok(true) => members.elements.push(Element {
                    tuple: keys::tuple_of(address),
                    conditional: false,
                    value: Value::Nothing,
                }),
                Err(reason) => return Members::unreadable(reason),
            }
        }
        members
    }

    /// The set itself, or those of which it is a list, as far as they can hold such addresses.
    fn parts<'a>(&'a self, name: &'a str, version: Version) -> Result<Vec<&'a str>, String> {
        if let Some(reason) = &self.unreadable {
            return Err(reason.clone());
        }
        let kind = |name: &str| self.kinds.get(name).ok_or("it is gone");
        let mut parts = Vec::new();
        let sets: &[String] = match kind(name)? {
            Kind::Sets(sets) => sets,
            Kind::Addresses(of) if *of == version => return Ok(vec![name]),
            Kind::Addresses(_) => return Ok(Vec::new()),
            Kind::Other(kind) => return Err(format!("it is of the type {kind}")),
        };
        for set in sets {
            match kind(set)? {
                Kind::Addresses(of) if *of == version => parts.push(set.as_str()),
                Kind::Addresses(_) => {}
                Kind::Sets(_) | Kind::Other(_) => {
                    return Err("it is a list of sets with several parts".to_owned());
                }
            }
        }
        Ok(parts)
    }
}

/// The names and kinds of sets in `ipset -t list`.
fn heads(listing: &str) -> Vec<(String, Kind)> {
    let mut heads: Vec<(String, Kind)> = Vec::new();
    for line in listing.lines() {
        let Some((key, value)) = line.split_once(": ") else {
            continue;
        };
        match (key, heads.last_mut()) {
            ("Name", _) => heads.push((value.to_owned(), Kind::Other(String::new()))),
            ("Type", Some((_, kind))) => {
                *kind = match value {
                    "list:set" => Kind::Sets(Vec::new()),
                    "hash:ip" | "hash:net" | "bitmap:ip" => Kind::Addresses(Version::Four),
                    other => Kind::Other(other.to_owned()),
                }
            }
            ("Header", Some((_, Kind::Addresses(version))))
                if value.split(' ').any(|word| word == "inet6") =>
            {
                *version = Version::Six;
            }
            _ => {}
        }
    }
    heads
}

async fn sets_of(place: &Place, name: &str) -> Vec<String> {
    let Ok(listed) = run(place, &["list", name], LIMIT).await else {
        return Vec::new();
    };
    let members = listed
        .lines()
        .skip_while(|line| *line != "Members:")
        .skip(1);
    members
        .filter_map(|line| line.split(' ').next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

async fn any_holds(place: &Place, sets: &[&str], address: IpAddr) -> Result<bool, String> {
    for set in sets {
        match run(place, &["test", set, &address.to_string()], LIMIT).await {
            Ok(_) => return Ok(true),
            Err(ProgramError::Refused { complaint, .. }) if complaint.contains("is NOT in set") => {
            }
            Err(error) => return Err(error.to_string()),
        }
    }
    Ok(false)
}

/// All elements of a set, as the program writes them.
pub(crate) async fn elements(place: &Place, name: &str) -> Result<Vec<String>, ProgramError> {
    let saved = run(place, &["save", name], LIST_LIMIT).await?;
    let elements = saved.lines().filter_map(|line| {
        let mut words = line.strip_prefix("add ")?.split(' ');
        let element = words.nth(1)?;
        // Exceptions from networks.
        words
            .all(|word| word != "nomatch")
            .then(|| element.to_owned())
    });
    Ok(elements.collect())
}

/// Runs it. A name that would be an option is refused by the program.
async fn run(place: &Place, arguments: &[&str], limit: Duration) -> Result<String, ProgramError> {
    let output = place.run(PROGRAM, arguments, b"", limit).await?;
    Ok(String::from_utf8_lossy(&output).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_sets_say_what_they_hold() {
        let listing = "Name: f2b-sshd\nType: hash:ip\nRevision: 6\n\
            Header: family inet hashsize 1024 maxelem 65536 timeout 0\nReferences: 4\n\n\
            Name: f2b-sshd6\nType: hash:net\nHeader: family inet6 hashsize 1024\n\n\
            Name: both\nType: list:set\nHeader: size 8\n\n\
            Name: pairs\nType: hash:ip,port\nHeader: family inet6\n";
        let expected = [
            ("f2b-sshd", Kind::Addresses(Version::Four)),
            ("f2b-sshd6", Kind::Addresses(Version::Six)),
            ("both", Kind::Sets(Vec::new())),
            ("pairs", Kind::Other("hash:ip,port".into())),
        ];
        let expected = expected.map(|(name, kind)| (name.to_owned(), kind));
        assert_eq!(heads(listing), expected);
        assert_eq!(heads("garbage: \nType: hash:ip"), []);
    }
}
