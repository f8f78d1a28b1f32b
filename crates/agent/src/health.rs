//! How each running jail sees its logs: what is on the disk, what fail2ban noted of its reading, and what was heard.
mod clock;
mod log_file;
mod rules;
mod unopened;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Instant,
};

use domain::{
    HostError, JailAlarm, JailHealth, JailName, JailSource, JailState, JailUnknown, LastHeard,
    LogHealth, Timestamp,
};
use fail2ban::{
    Client,
    database::{Database, LogPosition},
};

pub(crate) use self::clock::look_again;
use self::{
    log_file::Look,
    rules::Progress,
    unopened::{Complaint, Since},
};
use crate::{convert, core::Core, hear::Listening, mirror::on_disk};

/// What is kept between answers.
#[derive(Debug, Default)]
pub(crate) struct Health {
    last: tokio::sync::Mutex<Option<(Instant, Vec<JailHealth>)>>,
    memory: Mutex<Memory>,
}

/// What was seen of logs when they were looked at before. It is no more than what each answer compares with, and is stored nowhere.
#[derive(Debug, Default)]
struct Memory {
    /// How far the reading of each log had come.
    progress: HashMap<LogOfJail, Progress>,
    /// That fail2ban could not open it.
    complaints: HashMap<LogOfJail, Complaint>,
}

/// A jail and the path of one of its logs.
type LogOfJail = (JailName, String);

/// What was last heard of a jail, in this agent's life or before.
#[derive(Debug, Clone, Copy)]
struct Heard {
    failure_at: Option<Timestamp>,
    ban_at: Option<Timestamp>,
    odd_time_at: Option<Timestamp>,
    /// When the jail was made.
    made_at: Option<Timestamp>,
    listening: Listening,
}

/// What is on the disk and in fail2ban's database about the logs.
struct Facts {
    looks: HashMap<String, Look>,
    /// How far fail2ban noted that it has read; `None` where that is not known.
    positions: Option<Positions>,
    /// When fail2ban last said that it could not open a log.
    unopened: HashMap<String, Timestamp>,
}

/// A jail and what it reads.
pub(crate) struct Reads {
    pub(crate) jail: JailName,
    idle: bool,
    pub(crate) source: JailSource,
}

/// How each running jail sees its logs. An answer is kept as long as one about a single jail.
pub(crate) async fn jail_health(
    core: &Core,
    before: &[LastHeard],
) -> Result<Vec<JailHealth>, HostError> {
    let mut last = core.health.last.lock().await;
    if let Some((answered, jails)) = &*last
        && answered.elapsed() < core.config.timeouts.jail_detail
    {
        return Ok(jails.clone());
    }
    let jails = ask(core, before).await?;
    *last = Some((Instant::now(), jails.clone()));
    Ok(jails)
}

async fn ask(core: &Core, before: &[LastHeard]) -> Result<Vec<JailHealth>, HostError> {
    let client = &core.link().client;
    let reads = sources(core, client).await?;
    let settings = client.server_settings().await;
    let database = settings.map_err(|e| convert::error(&e))?.dbfile;
    let paths: Vec<String> = reads
        .iter()
        .filter_map(|reads| match &reads.source {
            JailSource::Files(paths) => Some(paths.iter().cloned()),
            JailSource::Journal(_) => None,
        })
        .flatten()
        .collect();
    let seen = core.hearing.seen();
    let unopened = paths
        .iter()
        .filter_map(|path| Some((path.clone(), seen.unopened(path)?)))
        .collect();
    let facts = on_disk(move || Facts {
        looks: paths
            .into_iter()
            .map(|path| (path.clone(), Look::at(Path::new(&path))))
            .collect(),
        positions: positions(database),
        unopened,
    })
    .await;
    let now = core.config.clock.now();
    let listening = seen.listening();
    let mut memory = core
        .health
        .memory
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let jails = reads.into_iter().map(|reads| {
        let seen = seen.of(&reads.jail);
        let before = before.iter().find(|before| before.jail == reads.jail);
        let heard = Heard {
            failure_at: seen
                .failure_at
                .max(before.and_then(|before| before.failure_at)),
            ban_at: seen.ban_at.max(before.and_then(|before| before.ban_at)),
            odd_time_at: seen.odd_time,
            made_at: seen.made_at,
            listening,
        };
        memory.judge(reads, &facts, heard, now)
    });
    Ok(jails.collect())
}

/// What each running jail reads. A jail that stops meanwhile is left out.
pub(crate) async fn sources(core: &Core, client: &Client) -> Result<Vec<Reads>, HostError> {
    let snapshot = core.snapshot();
    snapshot.daemon.unless_down()?;
    let mut reads = Vec::new();
    for jail in &snapshot.jails {
        if jail.state == JailState::Stopped {
            continue;
        }
        match client.jail_status(jail.name.as_str()).await {
            Ok(status) => reads.push(Reads {
                jail: jail.name.clone(),
                idle: jail.state == JailState::Idle,
                source: convert::status(status)
                    .1
                    .unwrap_or(JailSource::Files(Vec::new())),
            }),
            Err(fail2ban::ClientError::Daemon(said)) if said.is_unknown_jail() => {}
            Err(error) => return Err(convert::error(&error)),
        }
    }
    Ok(reads)
}

/// What fail2ban noted of its reading; `None` where it has no database, or one that cannot be read.
fn positions(database: Option<PathBuf>) -> Option<Positions> {
    let path = database?;
    match Database::open(&path).and_then(|database| database.log_positions()) {
        Ok(positions) => {
            let named =
                |position: LogPosition| ((position.jail.clone(), position.path.clone()), position);
            Some(positions.into_iter().map(named).collect())
        }
        Err(error) => {
            tracing::debug!(%error, "how far logs were read is not known");
            None
        }
    }
}

type Positions = HashMap<(String, String), LogPosition>;

/// The name by which fail2ban notes how far it has read the journal.
const JOURNAL: &str = "systemd-journal";

impl Heard {
    /// Since when nothing has matched, as far as that would have been heard: a time in which nobody listened, or in which there was no such jail, says nothing.
    fn nothing_since(&self) -> Option<Timestamp> {
        let told_since = self.listening.told_since?;
        let since = Some(told_since).max(self.made_at).max(self.failure_at);
        // What matched may stand in what was not read yet.
        since.filter(|_| !self.listening.behind)
    }
}

impl Memory {
    fn judge(&mut self, reads: Reads, facts: &Facts, heard: Heard, now: Timestamp) -> JailHealth {
        let last = heard.nothing_since();
        let mut health = JailHealth {
            jail: reads.jail,
            logs: Vec::new(),
            last_failure_at: heard.failure_at,
            last_ban_at: heard.ban_at,
            alarms: Vec::new(),
            unknown: Vec::new(),
        };
        if heard.listening.told_since.is_none() {
            health.unknown.push(JailUnknown::MatchesNotHeard);
        }
        let odd = heard.odd_time_at.filter(|at| rules::is_odd_still(*at, now));
        health.alarms.extend(odd.map(|_| JailAlarm::ClockDiffers));
        match reads.source {
            JailSource::Journal(matches) if matches.is_empty() => {
                health.alarms.push(JailAlarm::NoLog);
            }
            JailSource::Journal(_) => {
                let read_at = facts.position(&health.jail, JOURNAL).and_then(noted_time);
                match read_at {
                    Some(at) => health.alarms.extend(rules::of_journal(at, last, now)),
                    None => health.unknown.push(JailUnknown::ReadingNotNoted),
                }
            }
            JailSource::Files(paths) if paths.is_empty() => health.alarms.push(JailAlarm::NoLog),
            JailSource::Files(paths) => {
                // Which of several logs a line stood in is not told.
                let failure_at = heard.failure_at.filter(|_| paths.len() == 1);
                for path in paths {
                    let look = facts.look(&path);
                    let position = facts.position(&health.jail, &path);
                    let log = (health.jail.clone(), path.clone());
                    let alarm = self.alarm(log, facts, failure_at, now);
                    health.alarms.extend(alarm.filter(|alarm| {
                        !reads.idle
                            || !matches!(alarm, JailAlarm::LogNotRead | JailAlarm::LogRotatedAway)
                    }));
                    health.unknown.extend(unknown(look, position));
                    health.logs.push(log_health(path, look, position));
                }
                health
                    .alarms
                    .extend(rules::of_files(&health.logs, last, now));
            }
        }
        health.alarms.sort_unstable();
        health.alarms.dedup();
        health.unknown.sort_unstable();
        health.unknown.dedup();
        health
    }

    /// What is wrong with a log.
    fn alarm(
        &mut self,
        log: LogOfJail,
        facts: &Facts,
        failure_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<JailAlarm> {
        let look = facts.look(&log.1);
        let note = facts.position(&log.0, &log.1);
        match look {
            Look::Missing => return Some(JailAlarm::LogMissing),
            Look::Unreadable => return Some(JailAlarm::LogUnreadable),
            // What this process may not do says nothing of the daemon, which says it by itself.
            Look::NotSeen { .. } | Look::File(_) => {}
        }
        let since = Since {
            note,
            written_at: look.written_at(),
            failure_at,
        };
        if self.is_unopened(&log, facts, since, now) {
            return Some(JailAlarm::LogUnreadable);
        }
        let (Look::File(file), Some(note)) = (look, note) else {
            self.progress.remove(&log);
            return None;
        };
        let progress = self.progress.entry(log);
        let progress = progress.or_insert_with(|| Progress::new(note, file, now));
        progress.alarm(note, file, now)
    }

    /// Whether fail2ban said that it cannot open a log, and that still holds.
    fn is_unopened(
        &mut self,
        log: &LogOfJail,
        facts: &Facts,
        since: Since<'_>,
        now: Timestamp,
    ) -> bool {
        let Some(at) = facts.unopened.get(&log.1).copied() else {
            self.complaints.remove(log);
            return false;
        };
        let new = || Complaint::new(at, since.note);
        let complaint = self.complaints.entry(log.clone()).or_insert_with(new);
        if complaint.at != at {
            *complaint = new();
        }
        !complaint.is_over(since, now)
    }
}

impl Facts {
    fn look(&self, path: &str) -> &Look {
        self.looks
            .get(path)
            .unwrap_or(&Look::NotSeen { written_at: None })
    }

    fn position(&self, jail: &JailName, path: &str) -> Option<&LogPosition> {
        let key = (jail.to_string(), path.to_owned());
        self.positions.as_ref()?.get(&key)
    }
}

/// The time of the last entry of the journal that was read.
fn noted_time(position: &LogPosition) -> Option<Timestamp> {
    let seconds = i64::try_from(position.position?).ok()?;
    Some(Timestamp::from_millis(0).plus_seconds(seconds))
}

fn unknown(look: &Look, position: Option<&LogPosition>) -> Option<JailUnknown> {
    match (look, position) {
        (Look::NotSeen { .. }, _) => Some(JailUnknown::LogNotSeen),
        (Look::File(_), None) => Some(JailUnknown::ReadingNotNoted),
        _ => None,
    }
}

fn log_health(path: String, look: &Look, position: Option<&LogPosition>) -> LogHealth {
    let file = look.file();
    LogHealth {
        path,
        written_at: file.map(|file| file.written_at),
        size: file.map(|file| file.size),
        read_to: position.and_then(|position| position.position),
    }
}

#[cfg(test)]
mod tests;
