//! Files that a user put there: the MaxMind format, with the record shapes of MaxMind, DB-IP and IPinfo.
mod record;

use std::{collections::BTreeMap, collections::HashMap, io::Read as _, net::IpAddr, path::Path};

use domain::{CountryCode, PlaceKind, PlaceSource, Timestamp};
use maxminddb::{MaxMindDbError, Reader};

use crate::{
    names::{Names, NamesInOrder},
    ranges::{Disordered, Growing, NOTHING},
    table::Table,
};
use record::Record;

/// The largest file that is read: the largest database of cities on sale is less than half of it.
const MAX_BYTES: u64 = 512 * 1024 * 1024;
/// The most ranges that are read: three times what the largest database has. A tree that refers to itself has no end.
const MAX_RANGES: usize = 20_000_000;
/// The most characters of a name that is kept.
const MAX_NAME_CHARS: usize = 100;
/// The last 32 bits of `::/96` are IPv4.
const V4_PREFIX: u8 = 96;

/// Why a file is not used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SuppliedError {
    /// It cannot be read.
    #[error("the file cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// It is no plain file.
    #[error("it is no plain file")]
    NoFile,
    /// It is larger than anything that is meant.
    #[error("the file is larger than {} MiB", MAX_BYTES / 1024 / 1024)]
    TooLarge,
    /// It is no database, or a damaged one.
    #[error("it is not a complete MMDB database: {0}")]
    Damaged(String),
    /// It has neither countries nor networks.
    #[error("it has neither countries nor networks")]
    NothingUseful,
}

impl From<MaxMindDbError> for SuppliedError {
    fn from(error: MaxMindDbError) -> Self {
        Self::Damaged(error.to_string().chars().take(200).collect())
    }
}

impl From<Disordered> for SuppliedError {
    fn from(error: Disordered) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// What a file tells, checked to its last record and turned into tables; nothing of the file itself is kept.
#[derive(Debug)]
pub(crate) struct Supplied {
    name: String,
    made_at: Timestamp,
    licence: String,
    /// Country codes as numbers, see [`country_of`]; `None` when the file tells of none.
    pub(crate) countries: Option<Table>,
    /// Numbers of networks, and their names; `None` when the file tells of none.
    pub(crate) networks: Option<(Table, Names)>,
}

impl Supplied {
    /// Reads and checks a file. Blocks, for seconds when it is a large one.
    pub(crate) fn read(path: &Path) -> Result<Self, SuppliedError> {
        let about = std::fs::metadata(path)?;
        if !about.is_file() {
            return Err(SuppliedError::NoFile);
        }
        if about.len() > MAX_BYTES {
            return Err(SuppliedError::TooLarge);
        }
        let mut content = Vec::with_capacity(usize::try_from(about.len()).unwrap_or_default());
        std::fs::File::open(path)?
            .take(MAX_BYTES)
            .read_to_end(&mut content)?;
        Self::of(content)
    }

    fn of(content: Vec<u8>) -> Result<Self, SuppliedError> {
        let reader = Reader::from_source(content)?;
        let metadata = reader.metadata();
        let mut read = Tables::default();
        for (at, found) in reader
            .networks(maxminddb::WithinOptions::default())?
            .enumerate()
        {
            if at >= MAX_RANGES {
                return Err(SuppliedError::Damaged("it has no end".to_owned()));
            }
            let found = found?;
            let (country, asn) = read.known(&found)?;
            let network = found.network()?;
            read.push(network.ip(), network.prefix(), country, asn)?;
        }
        let made_at = i64::try_from(metadata.build_epoch).unwrap_or(i64::MAX);
        let described = metadata.description.get("en");
        let licence = match described {
            Some(text) => format!("{}; under its provider's licence", cut(text)),
            None => "Under its provider's licence".to_owned(),
        };
        read.finish(Self {
            name: cut(&metadata.database_type),
            made_at: Timestamp::from_millis(made_at.saturating_mul(1000)),
            licence,
            countries: None,
            networks: None,
        })
    }

    /// When its data were made.
    pub(crate) const fn made_at(&self) -> Timestamp {
        self.made_at
    }

    /// What it is, as a source of one kind.
    pub(crate) fn source(&self, kind: PlaceKind) -> PlaceSource {
        let table = match kind {
            PlaceKind::Country => self.countries.as_ref(),
            PlaceKind::Network => self.networks.as_ref().map(|(table, _)| table),
        };
        PlaceSource {
            kind,
            name: self.name.clone(),
            supplied: true,
            made_at: Some(self.made_at),
            ranges: table.map_or(0, Table::ranges),
            licence: self.licence.clone(),
            problem: None,
        }
    }
}

/// The country of a number in a table of countries.
pub(crate) fn country_of(number: u32) -> Option<CountryCode> {
    let [_, _, first, second] = number.to_be_bytes();
    CountryCode::new(std::str::from_utf8(&[first, second]).ok()?).ok()
}

fn number_of(code: CountryCode) -> u32 {
    code.as_str()
        .bytes()
        .fold(NOTHING, |number, letter| (number << 8) | u32::from(letter))
}

fn cut(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(MAX_NAME_CHARS)
        .collect()
}

/// Tables in the making.
struct Tables {
    /// What each record says, by its place in the file: millions of ranges share some thousands.
    records: HashMap<usize, (u32, u32)>,
    names: BTreeMap<u32, String>,
    countries: (Growing<4>, Growing<16>),
    networks: (Growing<4>, Growing<16>),
}

impl Default for Tables {
    fn default() -> Self {
        Self {
            records: HashMap::new(),
            names: BTreeMap::new(),
            countries: (Growing::new(), Growing::new()),
            networks: (Growing::new(), Growing::new()),
        }
    }
}

impl Tables {
    /// Country and network of what was found, as numbers.
    fn known(
        &mut self,
        found: &maxminddb::LookupResult<'_, Vec<u8>>,
    ) -> Result<(u32, u32), SuppliedError> {
        let Some(offset) = found.offset() else {
            return Ok((NOTHING, NOTHING));
        };
        if let Some(known) = self.records.get(&offset) {
            return Ok(*known);
        }
        let record = found.decode::<Record>()?.unwrap_or_default();
        let asn = record.asn().unwrap_or(NOTHING);
        if asn != NOTHING
            && let Some(name) = record.network_name()
        {
            self.names.entry(asn).or_insert_with(|| cut(name));
        }
        let known = (record.country().map_or(NOTHING, number_of), asn);
        self.records.insert(offset, known);
        Ok(known)
    }

    fn push(
        &mut self,
        address: IpAddr,
        prefix: u8,
        country: u32,
        asn: u32,
    ) -> Result<(), SuppliedError> {
        let wide = match address {
            IpAddr::V4(address) => return self.push_v4(address.into(), prefix, country, asn),
            IpAddr::V6(address) => u128::from(address),
        };
        if let Ok(narrow) = u32::try_from(wide)
            && prefix >= V4_PREFIX
        {
            return self.push_v4(narrow, prefix - V4_PREFIX, country, asn);
        }
        let next = 1_u128
            .checked_shl(u32::from(128_u8.saturating_sub(prefix)))
            .and_then(|size| wide.checked_add(size))
            .map(u128::to_be_bytes);
        let start = wide.to_be_bytes();
        add(&mut self.countries.1, start, next, country)?;
        add(&mut self.networks.1, start, next, asn)
    }

    fn push_v4(
        &mut self,
        start: u32,
        prefix: u8,
        country: u32,
        asn: u32,
    ) -> Result<(), SuppliedError> {
        let next = 1_u32
            .checked_shl(u32::from(32_u8.saturating_sub(prefix)))
            .and_then(|size| start.checked_add(size))
            .map(u32::to_be_bytes);
        let start = start.to_be_bytes();
        add(&mut self.countries.0, start, next, country)?;
        add(&mut self.networks.0, start, next, asn)
    }

    fn finish(self, empty: Supplied) -> Result<Supplied, SuppliedError> {
        let countries = Table::new(self.countries.0.finish(), self.countries.1.finish());
        let networks = Table::new(self.networks.0.finish(), self.networks.1.finish());
        let mut names = NamesInOrder::default();
        for (asn, name) in &self.names {
            names.push(*asn, name);
        }
        let names = names.finish();
        let supplied = Supplied {
            countries: (countries.ranges() > 0).then_some(countries),
            networks: (networks.ranges() > 0).then_some((networks, names)),
            ..empty
        };
        if supplied.countries.is_none() && supplied.networks.is_none() {
            return Err(SuppliedError::NothingUseful);
        }
        Ok(supplied)
    }
}

/// What is not known leaves a gap.
fn add<const N: usize>(
    ranges: &mut Growing<N>,
    start: [u8; N],
    next: Option<[u8; N]>,
    value: u32,
) -> Result<(), SuppliedError> {
    if value == NOTHING {
        return Ok(());
    }
    Ok(ranges.push(start, next, value)?)
}

#[cfg(test)]
pub(crate) mod tests;
