//! Made-up events over a year: the same for the same number.
use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fs,
    io::Write as _,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use domain::{
    Asn, BanSubject, CountryCode, EventKind, HearCursor, HeardBatch, HeardEvent, HeardFailures,
    HostId, JailName, Origin, Place, Storage as _, Timestamp, UnbanCause,
};
use ipnet::IpNet;
use rusqlite::Connection;
use storage::{OpenOptions, Sqlite};

use crate::Error;

/// Changed with everything that changes the made databases.
const VERSION: u32 = 9;
const SEED: u64 = 7;
const JAILS: [&str; 12] = [
    "sshd",
    "nginx-http-auth",
    "nginx-botsearch",
    "postfix",
    "dovecot",
    "apache-auth",
    "recidive",
    "mysqld-auth",
    "vsftpd",
    "proftpd",
    "asterisk",
    "named-refused",
];
const COUNTRIES: usize = 200;
const NETWORKS: usize = 5_000;
const YEAR: i64 = 365 * 86_400_000;
/// 2025-11-01.
const BEGIN: i64 = 1_761_955_200_000;
const BAN_SECONDS: i64 = 600;
/// One transaction while making; larger than the agent's, so that it takes minutes, not an hour.
const BATCH: usize = 20_000;
/// As the agent sends them: the last, of which some are recent, come like that.
pub(crate) const BATCH_OF_AGENT: usize = 500;
/// So many are recent at the end: on average half of what can be.
const RECENT: usize = 32_768;
/// Indexes that making goes without and builds at the end, for the same reason.
const LATER: [&str; 9] = [
    "events_kind",
    "events_jail",
    "events_country",
    "events_network",
    "events_subject",
    "events_jail_time",
    "events_country_time",
    "events_network_time",
    "events_subject_not_detected",
];

/// What the events are made of.
pub(crate) struct World {
    pub(crate) events: u64,
    pub(crate) jails: Vec<JailName>,
    pub(crate) countries: Vec<CountryCode>,
    pub(crate) networks: Vec<Network>,
}

/// A network with its addresses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Network {
    pub(crate) asn: Asn,
    pub(crate) country: CountryCode,
    first: IpAddr,
    pub(crate) addresses: u32,
}

impl Network {
    pub(crate) fn address(&self, number: u32) -> IpAddr {
        match self.first {
            IpAddr::V4(first) => Ipv4Addr::from(u32::from(first) + number).into(),
            IpAddr::V6(first) => {
                Ipv6Addr::from(u128::from(first) + (u128::from(number) << 64)).into()
            }
        }
    }

    fn place(&self) -> Place {
        Place {
            country: Some(self.country),
            asn: Some(self.asn),
        }
    }
}

/// Numbers below `end`, small ones far more often: about as attackers are spread over networks.
pub(crate) fn skewed(random: &mut fastrand::Rng, end: usize) -> usize {
    let share = random.f64();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a number below `end`"
    )]
    let number = ((end as f64 + 1.0).powf(share) - 1.0) as usize;
    number.min(end - 1)
}

impl World {
    pub(crate) fn new(events: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(SEED);
        let countries: Vec<CountryCode> = (0..26_u8)
            .flat_map(|first| (0..26_u8).map(move |second| [b'A' + first, b'A' + second]))
            .filter(|letters| letters != b"ZZ")
            .filter_map(|letters| CountryCode::new(&String::from_utf8_lossy(&letters)).ok())
            .step_by(3)
            .take(COUNTRIES)
            .collect();
        let networks = (0..NETWORKS)
            .map(|number| network(&mut random, number, &countries))
            .collect();
        Self {
            events,
            jails: JAILS.iter().filter_map(|name| name.parse().ok()).collect(),
            countries,
            networks,
        }
    }

    /// After the last event.
    pub(crate) const fn end() -> i64 {
        BEGIN + YEAR
    }

    pub(crate) fn some_address(&self, random: &mut fastrand::Rng) -> IpAddr {
        let network = &self.networks[skewed(random, self.networks.len())];
        network.address(random.u32(0..network.addresses))
    }

    /// Events from a moment on, for ever, in the order of time.
    pub(crate) fn stream(&self, seed: u64, from: i64) -> Stream<'_> {
        Stream {
            world: self,
            random: fastrand::Rng::with_seed(seed),
            at: from,
            #[expect(clippy::cast_possible_wrap, reason = "some millions")]
            step: (2 * YEAR / self.events.max(1) as i64).max(1),
            ends: BinaryHeap::new(),
        }
    }
}

fn network(random: &mut fastrand::Rng, number: usize, countries: &[CountryCode]) -> Network {
    let n = u32::try_from(number).unwrap_or_default();
    // Every twentieth has IPv6, which makes the share of the events about the same.
    let first = if number % 20 == 19 {
        IpAddr::V6(Ipv6Addr::from(0x2a00_u128 << 112 | u128::from(n) << 96))
    } else {
        // 11.0.0.0 onwards, 16,384 addresses apart, mixed so that neighbours differ in country.
        IpAddr::V4(Ipv4Addr::from(
            0x0b00_0000 + (n * 2_654_435 % 8_192) * 16_384,
        ))
    };
    Network {
        asn: Asn(1_000 + n * 13),
        country: countries[skewed(random, countries.len())],
        first,
        addresses: 64 + random.u32(0..2_048),
    }
}

/// Bans and what follows from them.
pub(crate) struct Stream<'a> {
    world: &'a World,
    random: fastrand::Rng,
    at: i64,
    step: i64,
    ends: BinaryHeap<Reverse<(i64, usize, IpAddr, usize)>>,
}

impl Iterator for Stream<'_> {
    type Item = (HeardEvent, Place);

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(Reverse((at, jail, address, network))) = self.ends.peek().copied()
            && at <= self.at
        {
            self.ends.pop();
            let mut event = self.event(at, jail, address, EventKind::Unban);
            event.cause = Some(UnbanCause::Expired);
            return Some((event, self.world.networks[network].place()));
        }
        let random = &mut self.random;
        self.at += random.i64(0..2 * self.step);
        let number = skewed(random, self.world.networks.len());
        let network = &self.world.networks[number];
        let address = network.address(random.u32(0..network.addresses));
        let jail = skewed(random, JAILS.len());
        let kind = if random.u8(..) < 4 {
            EventKind::Restored
        } else {
            EventKind::Ban
        };
        let mut event = self.event(self.at, jail, address, kind);
        event.failures = Some(5);
        if self.random.u8(0..20) == 0 {
            event.lines = (0..3)
                .map(|line| {
                    format!("sshd[{line}]: Failed password for root from {address} port 4711")
                })
                .collect();
        }
        event.origin = match self.random.u8(0..100) {
            0..2 => Origin::Manual,
            2..5 => Origin::Blocklist,
            _ => Origin::Detected,
        };
        self.ends.push(Reverse((
            self.at + BAN_SECONDS * 1000,
            jail,
            address,
            number,
        )));
        Some((event, self.world.networks[number].place()))
    }
}

impl Stream<'_> {
    fn event(&self, at: i64, jail: usize, address: IpAddr, kind: EventKind) -> HeardEvent {
        HeardEvent {
            at: Timestamp::from_millis(at),
            kind,
            jail: self.world.jails[jail].clone(),
            subject: BanSubject::Network(IpNet::from(address)),
            origin: Origin::Detected,
            actor: None,
            cause: None,
            bantime_seconds: Some(BAN_SECONDS),
            failures: None,
            ban_count: Some(1),
            lines: Vec::new(),
        }
    }
}

/// Where the database of a world is.
pub(crate) fn path(folder: &Path, events: u64) -> PathBuf {
    folder.join(format!("{events}-v{VERSION}.sqlite3"))
}

/// Makes the database of a world.
pub(crate) async fn make(folder: &Path, world: &World) -> Result<(), Error> {
    fs::create_dir_all(folder)?;
    let path = path(folder, world.events);
    let part = path.with_extension("part");
    for suffix in ["part", "part-wal", "part-shm"] {
        let _ = fs::remove_file(path.with_extension(suffix));
    }
    let mut stream = world.stream(SEED, BEGIN);
    let events = usize::try_from(world.events).unwrap_or(usize::MAX);
    let settled = events.saturating_sub(RECENT);
    let storage = Sqlite::open(OpenOptions::new(&part))?;
    let indexes = take_indexes(&Connection::open(&part)?)?;
    let cursor = store_all(&storage, None, stream.by_ref().take(settled), BATCH).await?;
    storage.close().await;
    settle(&part).await?;
    let storage = Sqlite::open(OpenOptions::new(&part))?;
    store_all(&storage, cursor, stream.take(RECENT), BATCH_OF_AGENT).await?;
    storage.close().await;
    let raw = Connection::open(&part)?;
    // Made again when it breaks half-way, so nothing needs to be safe.
    raw.execute_batch(
        "PRAGMA journal_mode = DELETE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000;",
    )?;
    for index in indexes {
        raw.execute_batch(&index)?;
    }
    raw.close().map_err(|(_, error)| error)?;
    fs::rename(part, &path)?;
    Ok(())
}

/// Stores events in batches; answers the new cursor.
async fn store_all(
    storage: &Sqlite,
    mut cursor: Option<HearCursor>,
    events: impl Iterator<Item = (HeardEvent, Place)>,
    batch: usize,
) -> Result<Option<HearCursor>, Error> {
    const SAID: usize = 500_000;
    let began = Instant::now();
    let mut events = events.peekable();
    let mut stored = 0;
    while events.peek().is_some() {
        let next: Vec<_> = events.by_ref().take(batch).collect();
        stored += next.len();
        cursor = store(storage, cursor, next).await?;
        if stored % SAID == 0 {
            let _ = writeln!(
                std::io::stderr(),
                "bench: {stored} events stored, {:.0} s",
                began.elapsed().as_secs_f64()
            );
        }
    }
    Ok(cursor)
}

/// Works everything that is recent into the tables.
pub(super) async fn settle(path: &Path) -> Result<(), Error> {
    let storage = Sqlite::open(OpenOptions {
        recent: 1,
        ..OpenOptions::new(path)
    })?;
    while !is_settled(path)? {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    storage.close().await;
    Ok(())
}

fn is_settled(path: &Path) -> Result<bool, Error> {
    let raw = Connection::open(path)?;
    Ok(raw.query_row("SELECT count(*) = 0 FROM recent", [], |row| row.get(0))?)
}

/// Drops the indexes that are built at the end; answers how.
fn take_indexes(raw: &Connection) -> Result<Vec<String>, Error> {
    let mut indexes = Vec::new();
    for name in LATER {
        let index = raw.query_row(
            "SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?1",
            [name],
            |row| row.get(0),
        )?;
        indexes.push(index);
        raw.execute_batch(&format!("DROP INDEX {name}"))?;
    }
    Ok(indexes)
}

/// Stores events as one batch, those of the last two days with failures; answers the new cursor.
pub(crate) async fn store(
    storage: &Sqlite,
    cursor: Option<HearCursor>,
    events: Vec<(HeardEvent, Place)>,
) -> Result<Option<HearCursor>, Error> {
    const HOUR: i64 = 3_600_000;
    let (events, places): (Vec<_>, Vec<_>) = events.into_iter().unzip();
    let number: u64 = cursor
        .as_ref()
        .and_then(|HearCursor(text)| text.parse().ok())
        .unwrap_or_default();
    let recent = World::end() - 48 * HOUR;
    let failures = events
        .iter()
        .filter(|event| event.at.as_millis() > recent && event.kind == EventKind::Ban);
    let batch = HeardBatch {
        failures: failures
            .map(|event| HeardFailures {
                jail: event.jail.clone(),
                subject: event.subject.clone(),
                hour: Timestamp::from_millis(event.at.as_millis() / HOUR * HOUR),
                count: 5,
                last_at: event.at,
            })
            .collect(),
        events,
        cursor: HearCursor((number + 1).to_string()),
        more: true,
    };
    let stored = storage
        .history_writes()
        .store_heard(&HostId::local(), cursor.as_ref(), &batch, &places)
        .await?;
    if stored.is_none() {
        return Err(Error::Server("somebody else writes the history".to_owned()));
    }
    Ok(Some(batch.cursor))
}
