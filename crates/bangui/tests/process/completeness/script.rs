//! What the hour is made of. Each step does one thing, waits until the daemon has done it, and enters it in the ledger.
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use domain::{Clock as _, SystemClock};
use jiff::{civil::DateTime, tz::TimeZone};
use lab::{Enforcement, ExtraJail, JailSet, Lab, LabConfig};
use serde_json::{Value, json};

use super::ledger::{self, Entry, Told};
use crate::{
    ground::{Ground, LIMIT, Server, until},
    http::Browser,
};

/// How long a ban of [`Jail::Quick`] lasts, in seconds.
const QUICK: i64 = 4;

/// How long a ban of another jail lasts, in seconds.
const LONG: i64 = 7_200;

/// The jails of the hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Jail {
    /// Its bans are over after some seconds.
    Quick,
    /// Its bans last.
    Long,
    /// Its bans last, and it is stopped.
    Other,
}

impl Jail {
    const fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Long => "long",
            Self::Other => "other",
        }
    }

    /// How long its bans last, in seconds.
    const fn bantime(self) -> i64 {
        match self {
            Self::Quick => QUICK,
            Self::Long | Self::Other => LONG,
        }
    }
}

impl fmt::Display for Jail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The hour so far.
pub(super) struct Script {
    lab: Lab,
    ground: Ground,
    server: Option<Server>,
    browser: Option<Browser>,
    seed: u64,
    random: u64,
    next: u32,
    /// Bans that are in force, by what the script did.
    in_force: BTreeSet<(Jail, IpAddr)>,
    /// What happened, in order.
    ledger: Vec<Entry>,
    /// When the script began with what it enters next.
    doing_since: i64,
    /// From here on in the ledger nobody listened; `None` while somebody does.
    alone_since: Option<usize>,
    rotations: Vec<PathBuf>,
    latencies: Vec<i64>,
    began: Instant,
}

impl Script {
    pub(super) async fn begin(seed: u64) -> Self {
        let jail = |jail: Jail| ExtraJail {
            bantime_seconds: jail.bantime(),
            ..ExtraJail::new(jail.name())
        };
        let lab = Lab::start(LabConfig {
            enforcement: Enforcement::None,
            jails: JailSet::Names(Vec::new()),
            extra_jails: [Jail::Quick, Jail::Long, Jail::Other].map(jail).into(),
            ..LabConfig::for_tests().unwrap()
        });
        Self {
            lab: lab.await.unwrap(),
            ground: Ground::new(),
            server: None,
            browser: None,
            seed,
            random: seed,
            next: 0,
            in_force: BTreeSet::new(),
            ledger: Vec::new(),
            doing_since: 0,
            alone_since: Some(0),
            rotations: Vec::new(),
            latencies: Vec::new(),
            began: Instant::now(),
        }
    }

    pub(super) async fn end(mut self) {
        self.stop_bangui();
        self.lab.stop().await;
    }

    /// A number below `end`, from the seed: a linear congruential generator is random enough to choose addresses.
    fn below(&mut self, end: u64) -> u64 {
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) % end
    }

    /// An address that was not used before.
    fn fresh(&mut self) -> IpAddr {
        self.next += 1 + u32::try_from(self.below(9)).unwrap();
        IpAddr::V4(Ipv4Addr::from_bits(0xC612_0000 + self.next))
    }

    /// Looks at the clock before something is done.
    fn begin_to_do(&mut self) {
        self.doing_since = SystemClock.now().as_millis();
    }

    fn enter(&mut self, what: &str, jail: Jail, address: IpAddr) {
        self.ledger.push(Entry {
            what: format!("{what} {jail} {address}"),
            between: (self.doing_since, SystemClock.now().as_millis()),
            bantime: jail.bantime(),
            forgotten: false,
        });
        match what {
            "ban detected" | "ban manual" => self.in_force.insert((jail, address)),
            "unban expired" | "unban byHand" => self.in_force.remove(&(jail, address)),
            _ => false,
        };
    }

    async fn client(&self, args: &[&str]) -> String {
        self.lab.client_output(args).await.unwrap()
    }

    async fn is_banned(&self, jail: Jail, address: IpAddr) -> bool {
        let answer = self
            .client(&["get", jail.name(), "banned", &address.to_string()])
            .await;
        answer == "1"
    }

    /// Bans by hand, one command for all.
    pub(super) async fn ban(&mut self, jail: Jail, count: usize) {
        let addresses: Vec<IpAddr> = (0..count).map(|_| self.fresh()).collect();
        let texts: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        let mut args = vec!["set", jail.name(), "banip"];
        args.extend(texts.iter().map(String::as_str));
        self.begin_to_do();
        assert_eq!(self.client(&args).await, count.to_string());
        for address in addresses {
            self.enter("ban manual", jail, address);
        }
    }

    fn one_of(&mut self, jail: Jail) -> IpAddr {
        let some: Vec<IpAddr> = self
            .in_force
            .iter()
            .filter(|(of, _)| *of == jail)
            .map(|(_, address)| *address)
            .collect();
        let chosen = self.below(some.len() as u64);
        some[usize::try_from(chosen).unwrap()]
    }

    /// Unbans by hand one that is in force.
    pub(super) async fn unban_one(&mut self, jail: Jail) {
        let address = self.one_of(jail);
        let text = address.to_string();
        self.begin_to_do();
        assert_eq!(
            self.client(&["set", jail.name(), "unbanip", &text]).await,
            "1"
        );
        if let Some(alone) = self.alone_since {
            let ban = format!("ban manual {jail} {address}");
            for entry in &mut self.ledger[alone..] {
                entry.forgotten |= entry.what == ban;
            }
        }
        self.enter("unban byHand", jail, address);
    }

    pub(super) async fn unban_everything(&mut self) {
        let count = self.in_force.len();
        self.begin_to_do();
        assert_eq!(self.client(&["unban", "--all"]).await, count.to_string());
        for (jail, address) in self.in_force.clone() {
            self.enter("unban byHand", jail, address);
        }
    }

    /// An attack in a log file, until the ban.
    pub(super) async fn attack(&mut self, jail: Jail) -> IpAddr {
        let address = self.fresh();
        self.begin_to_do();
        self.lab.attack(jail.name(), address).await.unwrap();
        let began = Instant::now();
        while !self.is_banned(jail, address).await {
            assert!(began.elapsed() < LIMIT, "{address} is not banned");
        }
        self.enter("ban detected", jail, address);
        address
    }

    /// Attacks on the jail with short bans, until the bans are over.
    pub(super) async fn over(&mut self, count: usize) {
        for _ in 0..count {
            let address = self.attack(Jail::Quick).await;
            let began = Instant::now();
            self.begin_to_do();
            while self.is_banned(Jail::Quick, address).await {
                assert!(began.elapsed() < LIMIT, "the ban of {address} does not end");
                // Its end is looked for closely: it is within a second of what is entered.
                self.begin_to_do();
            }
            self.enter("unban expired", Jail::Quick, address);
        }
    }

    fn order(&self, verb: &str, body: &Value) {
        let path = format!("/api/v1/hosts/local/{verb}");
        let answer = self.browser.as_ref().unwrap().post(&path, body);
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    pub(super) async fn ban_by_bangui(&mut self) {
        let address = self.fresh();
        self.begin_to_do();
        self.order(
            "bans",
            &json!({ "jail": "other", "targets": [address.to_string()] }),
        );
        assert!(self.is_banned(Jail::Other, address).await);
        self.enter("ban manual", Jail::Other, address);
    }

    pub(super) async fn unban_by_bangui(&mut self) {
        let address = self.one_of(Jail::Other);
        self.begin_to_do();
        let target = json!({ "subject": address.to_string(), "jail": "other" });
        self.order("unbans", &json!({ "targets": [target] }));
        assert!(!self.is_banned(Jail::Other, address).await);
        self.enter("unban byHand", Jail::Other, address);
    }

    /// A ban by hand, and the time from the daemon's own line about it to the stored row.
    pub(super) async fn timed_ban(&mut self) {
        let browser = self.browser.clone().unwrap();
        let address = self.fresh();
        let wanted = address.to_string();
        let looking = thread::spawn(move || {
            until("the ban is stored", || {
                let page = browser.get("/api/v1/history?limit=5").json();
                let items = page["items"].as_array().cloned().unwrap_or_default();
                items.iter().any(|item| item["subject"] == wanted)
            });
            SystemClock.now()
        });
        let text = address.to_string();
        self.begin_to_do();
        assert_eq!(self.client(&["set", "other", "banip", &text]).await, "1");
        self.enter("ban manual", Jail::Other, address);
        let stored = looking.join().unwrap();
        let log = std::fs::read_to_string(self.lab.log_file()).unwrap();
        let end = format!("[other] Ban {text}");
        let line = log.lines().find(|line| line.ends_with(&end)).unwrap();
        let civil: DateTime = line[..23].replace(',', ".").parse().unwrap();
        let told = TimeZone::system().to_timestamp(civil).unwrap();
        self.latencies
            .push(stored.as_millis() - told.as_millisecond());
    }

    /// Bans many by hand, five with a command, and kills BanGUI as soon as it has stored the first of them.
    pub(super) async fn ban_and_kill_bangui(&mut self, count: usize) {
        let browser = self.browser.clone().unwrap();
        let stored =
            move || browser.get("/api/v1/history?limit=1").json()["items"][0]["id"].clone();
        let before = stored();
        let mut server = self.server.take();
        self.alone_since = Some(self.ledger.len());
        let killing = thread::spawn(move || {
            until("one of many is stored", || stored() != before);
            drop(server.take());
        });
        for _ in 0..count / 5 {
            self.ban(Jail::Long, 5).await;
        }
        killing.join().unwrap();
    }

    /// As logrotate does by default: another name, and the daemon is told.
    pub(super) async fn rotate_by_rename(&mut self) {
        let log = self.lab.log_file().to_owned();
        // The first rotated name is always the same, as with logrotate; older ones move on.
        let first = log.with_extension("log.1");
        self.move_on(&first);
        std::fs::rename(&log, &first).unwrap();
        self.client(&["flushlogs"]).await;
        assert!(log.exists());
    }

    /// As logrotate does with `copytruncate`. What is written between its two steps is lost to everyone, so nothing is.
    pub(super) fn rotate_by_copy(&mut self) {
        self.settled();
        let log = self.lab.log_file().to_owned();
        let first = log.with_extension("log.1");
        self.move_on(&first);
        std::fs::copy(&log, &first).unwrap();
        std::fs::File::options()
            .write(true)
            .open(&log)
            .unwrap()
            .set_len(0)
            .unwrap();
    }

    fn move_on(&mut self, first: &std::path::Path) {
        if first.exists() {
            let older = first.with_extension(format!("{}", self.rotations.len() + 2));
            std::fs::rename(first, &older).unwrap();
            self.rotations.push(older);
        }
    }

    pub(super) fn start_bangui(&mut self) {
        let server = self
            .ground
            .serve_with(&[("BANGUI_FAIL2BAN_SOCKET", self.lab.socket())]);
        let browser = match self.browser.take() {
            Some(browser) => browser.moved_to(server.address),
            None => Browser::set_up(server.address),
        };
        self.browser = Some(browser);
        self.server = Some(server);
        self.alone_since = None;
    }

    /// In order, with a signal.
    pub(super) fn stop_bangui(&mut self) {
        if let Some(server) = self.server.take() {
            self.alone_since = Some(self.ledger.len());
            server.terminate();
            assert!(server.ended().success());
        }
    }

    /// With SIGKILL.
    pub(super) fn kill_bangui(&mut self) {
        drop(self.server.take());
        self.alone_since = Some(self.ledger.len());
    }

    fn all_flushed(&mut self, of: impl Fn(Jail) -> bool) {
        for (jail, address) in self.in_force.clone() {
            if of(jail) {
                self.enter("unban flushed", jail, address);
            }
        }
    }

    fn all_restored(&mut self, of: impl Fn(Jail) -> bool) {
        for (jail, address) in self.in_force.clone() {
            if of(jail) {
                self.enter("restored", jail, address);
            }
        }
    }

    /// What the daemon has not yet stored it could not restore: it stores in the background.
    fn remembered(&self) {
        let connection = rusqlite::Connection::open_with_flags(
            self.lab.database(),
            rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY,
        )
        .unwrap();
        connection.busy_timeout(LIMIT).unwrap();
        for (jail, address) in &self.in_force {
            until("the daemon has stored its bans", || {
                connection
                    .query_row(
                        "SELECT EXISTS (SELECT 1 FROM bips WHERE jail = ?1 AND ip = ?2)",
                        [jail.name(), &address.to_string()],
                        |row| row.get(0),
                    )
                    .unwrap()
            });
        }
    }

    async fn all_in_force(&self) {
        let jails: BTreeSet<Jail> = self.in_force.iter().map(|(jail, _)| *jail).collect();
        for jail in jails {
            let wanted: Vec<String> = self.texts_of(jail);
            let began = Instant::now();
            loop {
                let listed = self.client(&["get", jail.name(), "banip"]).await;
                let listed: BTreeSet<&str> = listed.split_whitespace().collect();
                if wanted.iter().all(|ip| listed.contains(ip.as_str())) {
                    break;
                }
                assert!(began.elapsed() < LIMIT, "{jail} is not restored");
            }
        }
    }

    fn texts_of(&self, jail: Jail) -> Vec<String> {
        let of_jail = self.in_force.iter().filter(|(of, _)| *of == jail);
        of_jail.map(|(_, address)| address.to_string()).collect()
    }

    pub(super) async fn restart_daemon(&mut self) {
        self.remembered();
        self.begin_to_do();
        self.lab.stop_daemon().await;
        self.all_flushed(|_| true);
        self.start_daemon().await;
    }

    pub(super) async fn kill_daemon(&mut self) {
        self.remembered();
        self.lab.kill_daemon().await;
    }

    pub(super) async fn start_daemon(&mut self) {
        self.begin_to_do();
        self.lab.start_daemon().await.unwrap();
        self.all_in_force().await;
        self.all_restored(|_| true);
    }

    pub(super) async fn stop_jail_and_start_it(&mut self, jail: Jail) {
        self.remembered();
        self.begin_to_do();
        self.client(&["stop", jail.name()]).await;
        self.all_flushed(|of| of == jail);
        // `reload` and `restart` of one jail refuse a jail that does not run.
        self.begin_to_do();
        self.client(&["reload"]).await;
        self.all_in_force().await;
        self.all_restored(|of| of == jail);
    }

    /// Waits until BanGUI has stored as much as happened.
    pub(super) fn settled(&self) {
        let began = Instant::now();
        while self.events().len() < self.ledger.len() {
            let missing = super::differences(&self.told(), &self.ledger());
            assert!(
                began.elapsed() < LIMIT,
                "not told (told, happened): {missing:#?}"
            );
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn events(&self) -> Vec<Value> {
        let browser = self.browser.as_ref().unwrap();
        let (mut events, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = browser
                .get(&format!("/api/v1/history?order=asc&limit=500{cursor}"))
                .json();
            events.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return events,
            }
        }
    }

    /// What BanGUI tells, each with how often.
    pub(super) fn told(&self) -> BTreeMap<String, usize> {
        count(self.events().iter().map(what))
    }

    /// What is told with another time or another length than it had.
    pub(super) fn wrong(&self) -> Vec<String> {
        let told = self.events().into_iter().map(|event| {
            let at: jiff::Timestamp = event["at"].as_str().unwrap().parse().unwrap();
            Told {
                what: what(&event),
                at: at.as_millisecond(),
                bantime: event["bantimeSeconds"].as_i64(),
            }
        });
        ledger::wrong(&told.collect::<Vec<_>>(), &self.ledger)
    }

    /// What happened, each with how often.
    pub(super) fn ledger(&self) -> BTreeMap<String, usize> {
        count(self.ledger.iter().map(|entry| entry.what.clone()))
    }

    pub(super) fn print_figures(&mut self, told: &BTreeMap<String, usize>) {
        let kinds = told
            .iter()
            .fold(BTreeMap::new(), |mut kinds, (key, count)| {
                let kind = key.rsplitn(3, ' ').last().unwrap_or_default().to_owned();
                *kinds.entry(kind).or_insert(0) += count;
                kinds
            });
        self.latencies.sort_unstable();
        let at = |percent: usize| self.latencies[(self.latencies.len() - 1) * percent / 100];
        println!(
            "seed {}, {} events in {:?}: {kinds:?}",
            self.seed,
            self.ledger.len(),
            self.began.elapsed()
        );
        println!(
            "from the daemon's line to the stored row: p50 {} ms, p95 {} ms of {} bans",
            at(50),
            at(95),
            self.latencies.len()
        );
    }

    /// The second witness: all lines of fail2ban's about bans, by plain search.
    pub(super) fn compare_with_the_logs(&self, ledger: &BTreeMap<String, usize>) {
        let log = self.lab.log_file();
        let mut files = self.rotations.clone();
        files.extend([log.with_extension("log.1"), log.to_owned()]);
        let text: String = files
            .iter()
            .map(|file| std::fs::read_to_string(file).unwrap())
            .collect();
        let lines = |words: &str| text.lines().filter(|line| line.contains(words)).count();
        let entries = |what: &str| -> usize {
            ledger
                .iter()
                .filter(|(key, _)| key.starts_with(what))
                .map(|(_, count)| count)
                .sum()
        };
        for (words, what) in [
            ("] Ban ", "ban "),
            ("] Restore Ban ", "restored "),
            ("] Unban ", "unban "),
        ] {
            assert_eq!(lines(words), entries(what), "{what}");
        }
    }
}

/// An event in the words of the ledger.
fn what(event: &Value) -> String {
    let text = |name: &str| event[name].as_str().unwrap_or("null").to_owned();
    let what = match text("event").as_str() {
        "ban" => format!("ban {}", text("origin")),
        "unban" => format!("unban {}", text("cause")),
        other => other.to_owned(),
    };
    format!("{what} {} {}", text("jail"), text("subject"))
}

fn count(all: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    all.fold(BTreeMap::new(), |mut counts, one| {
        *counts.entry(one).or_default() += 1;
        counts
    })
}
