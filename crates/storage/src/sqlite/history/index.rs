//! The indexes that lists are read from.
use super::super::queries;
use super::selection::Selection;

/// An index that ends in the order of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Index {
    Network,
    Country,
    Jail,
    Kind,
    /// All of a network, country or jail.
    NetworkInTime,
    CountryInTime,
    JailInTime,
}

impl Index {
    pub(super) fn of(selection: &Selection) -> Self {
        let selected = [
            !selection.asns.is_empty(),
            !selection.countries.is_empty(),
            selection.jails.is_some(),
        ];
        let all_of_it = selection.kinds.is_empty() && selection.origins.is_empty();
        match (selected, all_of_it) {
            ([true, false, false], true) => Self::NetworkInTime,
            ([false, true, false], true) => Self::CountryInTime,
            ([false, false, true], true) => Self::JailInTime,
            ([true, ..], _) => Self::Network,
            ([_, true, _], _) => Self::Country,
            ([_, _, true], _) => Self::Jail,
            _ => Self::Kind,
        }
    }

    pub(super) const fn is_divided(self) -> bool {
        matches!(
            self,
            Self::Network | Self::Country | Self::NetworkInTime | Self::CountryInTime
        )
    }

    /// Whether kind and origin come before the time.
    pub(super) const fn has_sorts(self) -> bool {
        !matches!(
            self,
            Self::NetworkInTime | Self::CountryInTime | Self::JailInTime
        )
    }

    /// Which of [`COLUMNS`](super::ranges::COLUMNS) it has.
    pub(super) const fn columns(self) -> [bool; 6] {
        match self {
            Self::Network => [true; 6],
            Self::Country => [true, false, true, true, true, true],
            Self::Jail => [false, false, false, true, true, true],
            Self::Kind => [false, false, false, true, true, false],
            Self::NetworkInTime => [true, true, false, false, false, false],
            Self::CountryInTime => [true, false, true, false, false, false],
            Self::JailInTime => [false, false, false, false, false, true],
        }
    }

    pub(super) const fn page(self, oldest_first: bool) -> &'static str {
        match (self, oldest_first) {
            (Self::Kind, false) => queries::EVENTS_PAGE_KIND_NEWEST,
            (Self::Kind, true) => queries::EVENTS_PAGE_KIND_OLDEST,
            (Self::Jail, false) => queries::EVENTS_PAGE_JAIL_NEWEST,
            (Self::Jail, true) => queries::EVENTS_PAGE_JAIL_OLDEST,
            (Self::Country, false) => queries::EVENTS_PAGE_COUNTRY_NEWEST,
            (Self::Country, true) => queries::EVENTS_PAGE_COUNTRY_OLDEST,
            (Self::Network, false) => queries::EVENTS_PAGE_NETWORK_NEWEST,
            (Self::Network, true) => queries::EVENTS_PAGE_NETWORK_OLDEST,
            (Self::JailInTime, false) => queries::EVENTS_PAGE_JAIL_TIME_NEWEST,
            (Self::JailInTime, true) => queries::EVENTS_PAGE_JAIL_TIME_OLDEST,
            (Self::CountryInTime, false) => queries::EVENTS_PAGE_COUNTRY_TIME_NEWEST,
            (Self::CountryInTime, true) => queries::EVENTS_PAGE_COUNTRY_TIME_OLDEST,
            (Self::NetworkInTime, false) => queries::EVENTS_PAGE_NETWORK_TIME_NEWEST,
            (Self::NetworkInTime, true) => queries::EVENTS_PAGE_NETWORK_TIME_OLDEST,
        }
    }

    pub(super) const fn count(self) -> &'static str {
        match self {
            Self::Kind => queries::EVENTS_COUNT_KIND,
            Self::Jail => queries::EVENTS_COUNT_JAIL,
            Self::Country => queries::EVENTS_COUNT_COUNTRY,
            Self::Network => queries::EVENTS_COUNT_NETWORK,
            Self::JailInTime => queries::EVENTS_COUNT_JAIL_TIME,
            Self::CountryInTime => queries::EVENTS_COUNT_COUNTRY_TIME,
            Self::NetworkInTime => queries::EVENTS_COUNT_NETWORK_TIME,
        }
    }

    /// What counts a kind and an origin of a place in all jails.
    pub(super) const fn count_of_sort(self) -> Option<&'static str> {
        match self {
            Self::Country => Some(queries::EVENTS_COUNT_COUNTRY_KIND_ORIGIN),
            Self::Network => Some(queries::EVENTS_COUNT_NETWORK_KIND_ORIGIN),
            _ => None,
        }
    }

    /// The first sort of a place that has events, from one on.
    pub(super) const fn next_sort(self) -> &'static str {
        match self {
            Self::Network => queries::EVENTS_SORTS_OF_NETWORK,
            _ => queries::EVENTS_SORTS_OF_COUNTRY,
        }
    }
}
