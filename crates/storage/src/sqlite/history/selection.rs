//! Filters in the numbers of the columns.
use domain::{Asn, BanFilter, CountryCode, EventFilter, EventKind, Origin};

use super::{codes, names::Jails, packed::Counts};

/// Which events are meant, as far as equal values say; empty lists mean any, `jails` only when it is `None`.
#[derive(Debug, Clone, Default)]
pub(super) struct Selection {
    pub(super) jails: Option<Vec<i64>>,
    pub(super) countries: Vec<i64>,
    pub(super) asns: Vec<i64>,
    pub(super) origins: Vec<i64>,
    pub(super) kinds: Vec<i64>,
}

impl Selection {
    pub(super) fn of_events(filter: &EventFilter, jails: &Jails) -> Self {
        Self {
            jails: jails.meant(filter.host.as_ref(), &filter.jails),
            countries: countries(&filter.countries),
            asns: asns(&filter.asns),
            origins: origins(&filter.origins),
            kinds: distinct(filter.kinds.iter().copied().map(codes::kind)),
        }
    }

    pub(super) fn of_bans(filter: &BanFilter, jails: &Jails) -> Self {
        Self {
            jails: jails.meant(filter.host.as_ref(), &filter.jails),
            countries: countries(&filter.countries),
            asns: asns(&filter.asns),
            origins: origins(&filter.origins),
            kinds: vec![codes::BAN],
        }
    }

    /// Whether no event can fit: a jail or host that nothing was heard of.
    pub(super) fn is_empty(&self) -> bool {
        self.jails.as_ref().is_some_and(Vec::is_empty)
    }

    #[inline]
    pub(super) fn has_jail(&self, jail: i64) -> bool {
        self.jails
            .as_ref()
            .is_none_or(|jails| jails.contains(&jail))
    }

    #[inline]
    pub(super) fn has_place(&self, country: i64, asn: i64) -> bool {
        self.has_country(country) && any_or_has(&self.asns, asn)
    }

    #[inline]
    pub(super) fn has_country(&self, country: i64) -> bool {
        any_or_has(&self.countries, country)
    }

    #[inline]
    pub(super) fn has_kind(&self, kind: i64) -> bool {
        any_or_has(&self.kinds, kind)
    }

    #[inline]
    pub(super) fn has_origin(&self, origin: i64) -> bool {
        any_or_has(&self.origins, origin)
    }

    /// The bans of the origins that are meant.
    #[inline]
    pub(super) fn sum(&self, counts: Counts) -> u64 {
        if self.origins.is_empty() {
            return counts.iter().sum();
        }
        (0..)
            .zip(counts)
            .filter(|(origin, _)| self.origins.contains(origin))
            .map(|(_, count)| count)
            .sum()
    }

    /// Whether only what was not detected is meant: what somebody or a blocklist wanted.
    pub(super) fn is_not_detected(&self) -> bool {
        let detected = codes::origin(Origin::Detected);
        !self.origins.is_empty() && !self.origins.contains(&detected)
    }

    /// Whether countries or networks are selected.
    pub(super) fn has_places(&self) -> bool {
        !(self.countries.is_empty() && self.asns.is_empty())
    }

    /// The origins, when these are all that is selected and detected events are not among them.
    pub(super) fn only_not_detected(&self) -> Option<&[i64]> {
        let only = self.is_all() && self.kinds.is_empty() && self.is_not_detected();
        only.then_some(&self.origins)
    }

    /// Whether something is selected by that an index by time does not tell.
    pub(super) fn is_narrowed(&self) -> bool {
        !self.is_any_place()
    }

    fn is_any_place(&self) -> bool {
        self.origins.is_empty() && self.countries.is_empty() && self.asns.is_empty()
    }

    /// Whether every event of the chosen kinds is meant.
    pub(super) fn is_any_but_kinds(&self) -> bool {
        self.jails.is_none() && self.is_any_place()
    }

    /// Whether everything is meant.
    pub(super) fn is_any(&self) -> bool {
        self.kinds.is_empty() && self.is_any_but_kinds()
    }

    /// Whether this is every ban of the chosen origins.
    pub(super) fn is_all(&self) -> bool {
        self.jails.is_none() && self.countries.is_empty() && self.asns.is_empty()
    }

    /// The kinds and origins that are meant, each with each.
    pub(super) fn sorts(&self) -> Vec<(i64, i64)> {
        let all = |values: &[i64]| {
            if values.is_empty() {
                vec![0, 1, 2]
            } else {
                values.to_vec()
            }
        };
        let origins = all(&self.origins);
        all(&self.kinds)
            .into_iter()
            .flat_map(|kind| origins.iter().map(move |origin| (kind, *origin)))
            .collect()
    }
}

#[inline]
fn any_or_has(values: &[i64], value: i64) -> bool {
    values.is_empty() || values.contains(&value)
}

fn distinct(values: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut values: Vec<i64> = values.collect();
    values.sort_unstable();
    values.dedup();
    values
}

fn countries(codes: &[CountryCode]) -> Vec<i64> {
    distinct(codes.iter().copied().map(Some).map(codes::country))
}

fn asns(asns: &[Asn]) -> Vec<i64> {
    distinct(asns.iter().copied().map(Some).map(codes::asn))
}

fn origins(origins: &[Origin]) -> Vec<i64> {
    distinct(origins.iter().copied().map(codes::origin))
}

/// Whether every kind is meant.
pub(super) fn every_kind(kinds: &[EventKind]) -> bool {
    kinds.is_empty() || codes::KINDS.iter().all(|kind| kinds.contains(kind))
}
