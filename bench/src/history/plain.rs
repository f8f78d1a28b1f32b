//! What SQLite alone needs for the same answers, from a row an event: the tables, indexes and statements that one would write first.
use std::{
    fs, io,
    net::IpAddr,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use domain::{
    Asn, BanFilter, BanSubject, CountryCode, Dimension, EventFilter, EventKind, EventQuery,
    JailName, Origin, TimeRange, Timestamp,
};
use ipnet::IpNet;
use rusqlite::{Connection, OpenFlags, params_from_iter, types::Value};

use super::{make, questions::Question};
use crate::Error;

/// The columns by which people filter, each with the order of a list.
const INDEXES: &str = "
    CREATE INDEX by_time ON events (at, id);
    CREATE INDEX by_jail ON events (jail, at, id);
    CREATE INDEX by_kind ON events (kind, at, id);
    CREATE INDEX by_origin ON events (origin, at, id);
    CREATE INDEX by_country ON events (country, at, id);
    CREATE INDEX by_asn ON events (asn, at, id);
    CREATE INDEX by_address ON events (address, at, id);
    ANALYZE main;";
const TABLES: &str = "
    PRAGMA main.journal_mode = OFF; PRAGMA main.synchronous = OFF; PRAGMA main.cache_size = -200000;
    CREATE TABLE events AS SELECT * FROM theirs.events ORDER BY id;
    CREATE TABLE jails AS SELECT id, name FROM theirs.jails;
    CREATE TABLE failures AS SELECT * FROM theirs.failures;
    CREATE INDEX failures_hour ON failures (hour);
    CREATE TABLE event_lines (event INTEGER PRIMARY KEY, lines TEXT NOT NULL);
    INSERT INTO event_lines SELECT event, lines FROM theirs.event_lines;
    CREATE UNIQUE INDEX events_id ON events (id);";
const COLUMNS: &str = "e.id, e.at, j.name, e.kind, e.origin, e.address, e.prefix, e.country, e.asn, e.cause, e.bantime, e.failures";

/// A database of plain rows.
pub(crate) struct Plain(Connection);

fn copy_rows(history: &Path, path: &Path) -> Result<(), Error> {
    let made = Connection::open(path)?;
    let theirs = format!("file:{}?mode=ro", history.display());
    made.execute("ATTACH ?1 AS theirs", [theirs])?;
    made.execute_batch(TABLES)?;
    made.execute_batch(INDEXES)?;
    made.close().map_err(|(_, error)| error)?;
    Ok(())
}

/// A statement with its values.
struct Sql {
    text: String,
    values: Vec<Value>,
}

impl Plain {
    /// Opens the plain rows of a made history; makes them when they are not there.
    pub(crate) async fn of(history: &Path) -> Result<Self, Error> {
        let path = PathBuf::from(format!("{}-plain", history.display()));
        if !path.exists() {
            let part = path.with_extension("plain-part");
            let _ = fs::remove_file(&part);
            let whole = tempfile::tempdir_in(history.parent().unwrap_or(Path::new(".")))?;
            let copy = whole.path().join("settled");
            fs::copy(history, &copy)?;
            // Recent events are rows like all others here.
            make::settle(&copy).await?;
            copy_rows(&copy, &part)?;
            fs::rename(part, &path)?;
        }
        // As the history is: a disk's speed is not what is measured.
        io::copy(&mut fs::File::open(&path)?, &mut io::sink())?;
        let plain = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        // As a reader of BanGUI's has it.
        plain.pragma_update(None, "cache_size", -1024)?;
        Ok(Self(plain))
    }

    /// How long the statements for a question take, prepared before; all rows are read.
    pub(crate) fn ask(&self, question: &Question) -> Result<Duration, Error> {
        let statements = self.statements(question)?;
        let prepared = statements.iter().map(|sql| self.0.prepare(&sql.text));
        let mut prepared = prepared.collect::<Result<Vec<_>, _>>()?;
        let began = Instant::now();
        for (statement, sql) in prepared.iter_mut().zip(&statements) {
            let mut rows = statement.query(params_from_iter(&sql.values))?;
            while let Some(row) = rows.next()? {
                super::bare::read(row);
            }
        }
        Ok(began.elapsed())
    }

    fn statements(&self, question: &Question) -> Result<Vec<Sql>, Error> {
        Ok(match question {
            Question::Page(query) => vec![self.page(query)?],
            Question::Count(filter) => {
                let sql = self.events(filter)?;
                vec![sql.within("SELECT count(*) FROM (SELECT 1 FROM events e", " LIMIT 10000)")]
            }
            Question::Series(filter, edges) => vec![self.series(filter, edges)?],
            Question::Top(filter, range, by, limit) => {
                // What was before is shown beside it.
                let length = range.until.as_millis() - range.from.as_millis();
                let before = TimeRange {
                    from: Timestamp::from_millis(range.from.as_millis() - length),
                    until: range.from,
                };
                let top = |range| self.top(filter, range, *by, *limit);
                vec![top(range)?, top(&before)?]
            }
            Question::Subject(subject) => vec![of_subject(subject)],
            Question::Failing(since) => vec![Sql {
                text: "SELECT j.name, f.address, f.prefix, sum(f.count), max(f.last_at) AS last FROM failures f JOIN jails j ON j.id = f.jail
                       WHERE f.hour >= ?1 GROUP BY f.jail, f.address, f.prefix ORDER BY last DESC LIMIT 50".to_owned(),
                values: vec![since.as_millis().into()],
            }],
            Question::Event(id) => vec![Sql {
                text: format!("SELECT {COLUMNS}, l.lines FROM events e JOIN jails j ON j.id = e.jail LEFT JOIN event_lines l ON l.event = e.id WHERE e.id = ?1"),
                values: vec![id.0.into()],
            }],
            Question::After(id) => vec![Sql {
                text: format!("SELECT {COLUMNS} FROM events e JOIN jails j ON j.id = e.jail WHERE e.id > ?1 ORDER BY e.id LIMIT 100"),
                values: vec![id.0.into()],
            }],
            Question::Size => vec![Sql {
                text: "SELECT count(*), min(at) FROM events".to_owned(),
                values: Vec::new(),
            }],
        })
    }

    fn page(&self, query: &EventQuery) -> Result<Sql, Error> {
        let mut sql = self.events(&query.filter)?;
        let token = query
            .after
            .as_ref()
            .and_then(|token| token.0.split_once('.'));
        if let Some((at, id)) = token {
            let number = |text: &str| text.parse::<i64>().map_err(|_| Error::Usage);
            sql.and("(e.at, e.id) < (?, ?)", [number(at)?, number(id)?]);
        }
        let limit = query.limit.get();
        let head = format!("SELECT {COLUMNS} FROM events e JOIN jails j ON j.id = e.jail");
        Ok(sql.within(
            &head,
            &format!(" ORDER BY e.at DESC, e.id DESC LIMIT {limit}"),
        ))
    }

    fn series(&self, filter: &BanFilter, edges: &[Timestamp]) -> Result<Sql, Error> {
        let edges: Vec<i64> = edges.iter().map(|edge| edge.as_millis()).collect();
        let (Some(first), Some(last)) = (edges.first(), edges.last()) else {
            return Err(Error::Usage);
        };
        // Those that are measured are all of the same length.
        let step = edges.get(1).map_or(1, |second| second - first);
        let mut sql = self.bans(filter)?;
        sql.and("e.at >= ? AND e.at < ?", [*first, *last]);
        let head = format!("SELECT (e.at - {first}) / {step}, count(*) FROM events e");
        Ok(sql.within(&head, " GROUP BY 1"))
    }

    fn top(
        &self,
        filter: &BanFilter,
        range: &TimeRange,
        by: Dimension,
        limit: usize,
    ) -> Result<Sql, Error> {
        let mut sql = self.bans(filter)?;
        sql.and(
            "e.at >= ? AND e.at < ?",
            [range.from.as_millis(), range.until.as_millis()],
        );
        let key = match by {
            Dimension::Jail => "e.jail",
            Dimension::Country => "e.country",
            Dimension::Network => "e.asn",
            Dimension::Origin => "e.origin",
            Dimension::Subject => "e.address, e.prefix",
        };
        let head = format!("SELECT {key}, count(*) AS bans FROM events e");
        Ok(sql.within(
            &head,
            &format!(" GROUP BY {key} ORDER BY bans DESC LIMIT {limit}"),
        ))
    }

    fn bans(&self, filter: &BanFilter) -> Result<Sql, Error> {
        self.events(&EventFilter {
            jails: filter.jails.clone(),
            countries: filter.countries.clone(),
            asns: filter.asns.clone(),
            origins: filter.origins.clone(),
            kinds: vec![EventKind::Ban],
            ..EventFilter::default()
        })
    }

    /// The conditions of a filter.
    fn events(&self, filter: &EventFilter) -> Result<Sql, Error> {
        let mut sql = Sql {
            text: String::new(),
            values: Vec::new(),
        };
        let jails = filter.jails.iter().map(|jail| self.jail(jail));
        sql.one_of("e.jail", jails.collect::<Result<_, _>>()?);
        sql.one_of(
            "e.country",
            filter.countries.iter().copied().map(country).collect(),
        );
        sql.one_of(
            "e.asn",
            filter.asns.iter().map(|Asn(asn)| i64::from(*asn)).collect(),
        );
        sql.one_of(
            "e.origin",
            filter.origins.iter().copied().map(origin).collect(),
        );
        sql.one_of("e.kind", filter.kinds.iter().copied().map(kind).collect());
        if let Some(range) = filter.range {
            sql.and(
                "e.at >= ? AND e.at < ?",
                [range.from.as_millis(), range.until.as_millis()],
            );
        }
        if let Some(network) = filter.network {
            let ends = [network.network(), network.broadcast()].map(|end| Value::Blob(octets(end)));
            let of_family = format!(
                "e.address BETWEEN ? AND ? AND length(e.address) = {}",
                octets(network.addr()).len()
            );
            sql.and(&of_family, ends);
        }
        Ok(sql)
    }

    fn jail(&self, name: &JailName) -> Result<i64, Error> {
        let id = self.0.query_row(
            "SELECT id FROM jails WHERE name = ?1",
            [name.as_str()],
            |row| row.get(0),
        );
        Ok(id?)
    }
}

impl Sql {
    fn and<V: Into<Value>, const N: usize>(&mut self, condition: &str, values: [V; N]) {
        self.text.push_str(if self.text.is_empty() {
            " WHERE "
        } else {
            " AND "
        });
        self.text.push_str(condition);
        self.values.extend(values.map(Into::into));
    }

    fn one_of(&mut self, column: &str, values: Vec<i64>) {
        if values.is_empty() {
            return;
        }
        let marks = vec!["?"; values.len()].join(", ");
        self.and::<i64, 0>(&format!("{column} IN ({marks})"), []);
        self.values.extend(values.into_iter().map(Value::from));
    }

    /// The whole statement, of which this is the conditions.
    fn within(self, head: &str, tail: &str) -> Self {
        Self {
            text: format!("{head}{}{tail}", self.text),
            values: self.values,
        }
    }
}

fn of_subject(subject: &BanSubject) -> Sql {
    let address = match subject {
        BanSubject::Network(network) => octets(IpNet::addr(network)),
        BanSubject::Other(_) => Vec::new(),
    };
    Sql {
        text: "SELECT j.name, sum(e.kind = 0), sum(e.kind = 2), min(e.at), max(e.at) FROM events e JOIN jails j ON j.id = e.jail WHERE e.address = ?1 GROUP BY e.jail".to_owned(),
        values: vec![Value::Blob(address)],
    }
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

/// The numbers of the columns, as the tables have them.
fn country(code: CountryCode) -> i64 {
    let letters = code.as_str().bytes();
    letters.fold(0, |number, letter| number << 8 | i64::from(letter))
}

const fn origin(origin: Origin) -> i64 {
    match origin {
        Origin::Detected => 0,
        Origin::Manual => 1,
        Origin::Blocklist => 2,
    }
}

const fn kind(kind: EventKind) -> i64 {
    match kind {
        EventKind::Ban => 0,
        EventKind::Restored => 1,
        EventKind::Unban => 2,
    }
}
