//! Which line comes next: sessions of attackers and of ordinary users, interleaved.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::path::PathBuf;

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp, ZonedDateTime};

use super::formats::{self, Draft};
use super::sources::{Aim, Source, Sources};
use crate::folder::{JailKind, RunningJail};

/// Sessions that are open at the same time; as many as a small busy server has.
const OPEN_SESSIONS: usize = 6;

/// Attacks among the sessions. They have more lines than others: about 60 of 100 lines are attackers'.
const ATTACKS_PERCENT: u8 = 30;

/// Doublings of an attacker's rest: a day at bans of 10 minutes.
const REST_DOUBLINGS: u32 = 7;

/// A line of a log file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) log: PathBuf,
    pub(crate) text: String,
    /// The jail that the line is an attack on, when its filter matches the line.
    pub(crate) failure_of: Option<String>,
    pub(crate) is_attack: bool,
}

/// Makes lines: those of a seed, at the same times, are always the same.
#[derive(Debug)]
pub(crate) struct Generator {
    rng: Rng,
    root: PathBuf,
    jails: Vec<RunningJail>,
    sources: Sources,
    /// How long an attacker is shut out after its first ban.
    ban: SignedDuration,
    open: Vec<Session>,
    rests: HashMap<(usize, String), Rest>,
}

/// Somebody's lines that are still to come.
#[derive(Debug)]
struct Session {
    lines: VecDeque<Draft>,
    /// Who attacks which jail, if it is an attack.
    attack: Option<Attack>,
}

#[derive(Debug)]
struct Attack {
    source: usize,
    address: IpAddr,
    jail: RunningJail,
    /// Failures made so far, and how many are made in all.
    failures: u32,
    stops_at: u32,
}

impl Attack {
    /// The next attempt's lines; none when the attacker has had enough.
    fn attempt(&mut self, rng: &mut Rng) -> Option<VecDeque<Draft>> {
        if self.failures >= self.stops_at {
            return None;
        }
        let lines = formats::attempt(rng, &self.jail, self.address);
        let failures = lines.iter().filter(|line| line.is_failure).count();
        self.failures += u32::try_from(failures.max(1)).unwrap_or(u32::MAX);
        Some(lines.into())
    }
}

/// An attacker that is shut out comes back later, as it cannot reach the services before.
#[derive(Debug)]
struct Rest {
    until: Timestamp,
    bans: u32,
}

impl Generator {
    pub(crate) fn new(
        seed: u64,
        root: PathBuf,
        jails: &[RunningJail],
        bantime_seconds: i64,
    ) -> Self {
        let mut rng = Rng::with_seed(seed);
        let sources = Sources::new(&mut rng);
        // Negative is for ever; a year is that for a lab.
        let seconds = if bantime_seconds < 0 {
            31_536_000
        } else {
            bantime_seconds.min(31_536_000)
        };
        Self {
            rng,
            root,
            jails: jails
                .iter()
                .filter(|jail| jail.has_service())
                .cloned()
                .collect(),
            sources,
            ban: SignedDuration::from_secs(seconds),
            open: Vec::new(),
            rests: HashMap::new(),
        }
    }

    /// The next line, as written at `time`.
    pub(crate) fn next(&mut self, time: &ZonedDateTime) -> Line {
        while self.open.len() < OPEN_SESSIONS {
            let session = self.session(time.timestamp());
            self.open.push(session);
        }
        loop {
            let index = self.rng.usize(0..self.open.len());
            if let Some(line) = self.line_of(index, time) {
                return line;
            }
            // The session is over: another one takes its place.
            self.close(index, time.timestamp());
            let session = self.session(time.timestamp());
            self.open.push(session);
        }
    }

    /// The lines of as many attempts as the jail needs for a ban.
    pub(crate) fn attack(
        &mut self,
        jail: &RunningJail,
        from: IpAddr,
        time: &ZonedDateTime,
    ) -> Vec<Line> {
        let mut lines = Vec::new();
        for _ in 0..jail.maxretry {
            let drafts = formats::attempt(&mut self.rng, jail, from);
            lines.extend(
                drafts
                    .iter()
                    .map(|draft| self.finished(draft, Some(jail), time)),
            );
        }
        lines
    }

    fn line_of(&mut self, index: usize, time: &ZonedDateTime) -> Option<Line> {
        let session = self.open.get_mut(index)?;
        if session.lines.is_empty() {
            session.lines = session.attack.as_mut()?.attempt(&mut self.rng)?;
        }
        let draft = session.lines.pop_front()?;
        let jail = session.attack.as_ref().map(|attack| attack.jail.clone());
        Some(self.finished(&draft, jail.as_ref(), time))
    }

    fn finished(&self, draft: &Draft, jail: Option<&RunningJail>, time: &ZonedDateTime) -> Line {
        let own_log = jail.filter(|jail| matches!(jail.kind, JailKind::Extra(_)));
        Line {
            log: own_log.map_or_else(|| self.root.join(draft.log), |jail| jail.log.clone()),
            text: draft.at(time),
            failure_of: jail
                .filter(|_| draft.is_failure)
                .map(|jail| jail.name.clone()),
            is_attack: jail.is_some(),
        }
    }

    /// Ends a session; an attacker that has done enough for a ban is not heard of for a while.
    fn close(&mut self, index: usize, now: Timestamp) {
        let session = self.open.swap_remove(index);
        let Some(attack) = session
            .attack
            .filter(|attack| attack.failures >= attack.jail.maxretry)
        else {
            return;
        };
        let rest = self
            .rests
            .entry((attack.source, attack.jail.name))
            .or_insert(Rest {
                until: now,
                bans: 0,
            });
        let pause = self.ban * 2_i32.pow(rest.bans.min(REST_DOUBLINGS));
        // Some come back at once when they can, others much later.
        let pause = pause * self.rng.i32(100..180) / 100;
        rest.until = now.checked_add(pause).unwrap_or(Timestamp::MAX);
        rest.bans += 1;
    }

    fn session(&mut self, now: Timestamp) -> Session {
        let attack = if self.rng.u8(0..100) < ATTACKS_PERCENT {
            self.new_attack(now)
        } else {
            None
        };
        let lines = if attack.is_none() {
            formats::noise(&mut self.rng).into()
        } else {
            VecDeque::new()
        };
        Session { lines, attack }
    }

    fn new_attack(&mut self, now: Timestamp) -> Option<Attack> {
        // The heaviest sources are often busy or resting.
        (0..4).find_map(|_| self.try_attack(now))
    }

    fn try_attack(&mut self, now: Timestamp) -> Option<Attack> {
        let (source, Source { address, aim, .. }) = self.sources.draw(&mut self.rng)?;
        let jail = self.target(aim)?;
        let is_busy = self.open.iter().any(|session| {
            session
                .attack
                .as_ref()
                .is_some_and(|attack| attack.source == source)
        });
        let rest = self.rests.get(&(source, jail.name.clone()));
        if is_busy || rest.is_some_and(|rest| rest.until > now) {
            return None;
        }
        // Some give up before the limit. Of the others some get a failure more in, because the daemon needs a
        // moment to shut them out.
        let stops_at = match self.rng.u8(0..10) {
            0..2 => self.rng.u32(1..jail.maxretry.max(2)),
            2..4 => jail.maxretry + 1,
            _ => jail.maxretry,
        };
        Some(Attack {
            source,
            address,
            jail,
            failures: 0,
            stops_at,
        })
    }

    /// One of the jails that the attacker is interested in, any of them when there is none.
    fn target(&mut self, aim: Aim) -> Option<RunningJail> {
        let wanted: Vec<&RunningJail> = self
            .jails
            .iter()
            .filter(|jail| jail.interests(aim))
            .collect();
        if wanted.is_empty() {
            return self.rng.choice(&self.jails).cloned();
        }
        self.rng.choice(wanted).cloned()
    }
}

impl RunningJail {
    /// Whether there is a service whose log the jail watches.
    pub(crate) fn has_service(&self) -> bool {
        self.name != crate::jails::RECIDIVE
    }

    fn interests(&self, aim: Aim) -> bool {
        match (aim, &self.kind) {
            (Aim::Everything, _) => true,
            (_, JailKind::Extra(_)) => false,
            (Aim::Shell, JailKind::Stock(stock)) => stock.name == "sshd",
            (Aim::Web, JailKind::Stock(stock)) => stock.name.starts_with("nginx"),
            (Aim::Mail, JailKind::Stock(stock)) => {
                ["postfix", "postfix-sasl", "dovecot"].contains(&stock.name)
            }
        }
    }
}
