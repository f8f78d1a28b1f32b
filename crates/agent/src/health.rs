//! How each running jail sees its logs: what is on the disk, what fail2ban noted of its reading, and what was heard.
mod log_file;
mod rules;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Instant,
};

use domain::{
    HostError, JailAlarm, JailHealth, JailName, JailSource, JailState, LogHealth, Timestamp,
};
use fail2ban::{
    Client,
    database::{Database, LogPosition},
};

use self::{log_file::Look, rules::Progress};
use crate::{convert, core::Core, mirror::on_disk};

/// What is kept between answers.
#[derive(Debug, Default)]
pub(crate) struct Health {
    last: tokio::sync::Mutex<Option<(Instant, Vec<JailHealth>)>>,
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    /// When the first answer was given.
    began: Option<Timestamp>,
    /// How far the reading of each log had come, by jail and path.
    progress: HashMap<(JailName, String), Progress>,
}

/// What was last heard of a jail.
#[derive(Debug, Clone, Copy)]
struct Heard {
    failure_at: Option<Timestamp>,
    ban_at: Option<Timestamp>,
}

/// A jail and what it reads.
struct Reads {
    jail: JailName,
    idle: bool,
    source: JailSource,
}

/// How each running jail sees its logs. An answer is kept as long as one about a single jail.
pub(crate) async fn jail_health(core: &Core) -> Result<Vec<JailHealth>, HostError> {
    let mut last = core.health.last.lock().await;
    if let Some((answered, jails)) = &*last
        && answered.elapsed() < core.config.timeouts.jail_detail
    {
        return Ok(jails.clone());
    }
    let jails = ask(core).await?;
    *last = Some((Instant::now(), jails.clone()));
    Ok(jails)
}

async fn ask(core: &Core) -> Result<Vec<JailHealth>, HostError> {
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
    let (positions, looks) = on_disk(move || {
        let looks: HashMap<String, Look> = paths
            .into_iter()
            .map(|path| (path.clone(), Look::at(Path::new(&path))))
            .collect();
        (positions(database), looks)
    })
    .await;
    let now = core.config.clock.now();
    let mut memory = core
        .health
        .memory
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let jails = reads.into_iter().map(|reads| {
        let seen = core.hearing.seen().of(&reads.jail);
        let heard = Heard {
            failure_at: seen.failure_at,
            ban_at: seen.ban_at,
        };
        memory.judge(reads, (&positions, &looks), heard, now)
    });
    Ok(jails.collect())
}

/// What each running jail reads. A jail that stops meanwhile is left out.
async fn sources(core: &Core, client: &Client) -> Result<Vec<Reads>, HostError> {
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

/// What fail2ban noted of its reading; nothing where its database cannot be read.
fn positions(database: Option<PathBuf>) -> HashMap<(String, String), LogPosition> {
    let Some(path) = database else {
        return HashMap::new();
    };
    match Database::open(&path).and_then(|database| database.log_positions()) {
        Ok(positions) => positions
            .into_iter()
            .map(|position| ((position.jail.clone(), position.path.clone()), position))
            .collect(),
        Err(error) => {
            tracing::debug!(%error, "how far logs were read is not known");
            HashMap::new()
        }
    }
}

type Positions = HashMap<(String, String), LogPosition>;

impl Memory {
    fn judge(
        &mut self,
        reads: Reads,
        (positions, looks): (&Positions, &HashMap<String, Look>),
        heard: Heard,
        now: Timestamp,
    ) -> JailHealth {
        let since = *self.began.get_or_insert(now);
        let last = heard.failure_at.unwrap_or(since);
        let mut health = JailHealth {
            jail: reads.jail,
            logs: Vec::new(),
            last_failure_at: heard.failure_at,
            last_ban_at: heard.ban_at,
            alarms: Vec::new(),
        };
        match reads.source {
            JailSource::Journal(matches) => {
                if matches.is_empty() {
                    health.alarms.push(JailAlarm::NoLog);
                } else {
                    // The journal is always written to.
                    health.alarms.extend(rules::nothing_matches(last, now));
                }
            }
            JailSource::Files(paths) if paths.is_empty() => health.alarms.push(JailAlarm::NoLog),
            JailSource::Files(paths) => {
                for path in paths {
                    let look = looks.get(&path).unwrap_or(&Look::Unreadable);
                    let position = positions.get(&(health.jail.to_string(), path.clone()));
                    let alarm = self.alarm(&health.jail, &path, (look, position), now);
                    health.alarms.extend(alarm.filter(|alarm| {
                        !reads.idle
                            || !matches!(alarm, JailAlarm::LogNotRead | JailAlarm::LogRotatedAway)
                    }));
                    health.logs.push(log_health(path, look, position));
                }
                health
                    .alarms
                    .extend(rules::of_files(&health.logs, last, now));
            }
        }
        health.alarms.sort_unstable();
        health.alarms.dedup();
        health
    }

    /// What is wrong with a log.
    fn alarm(
        &mut self,
        jail: &JailName,
        path: &str,
        (look, position): (&Look, Option<&LogPosition>),
        now: Timestamp,
    ) -> Option<JailAlarm> {
        let key = (jail.clone(), path.to_owned());
        let file = match look {
            Look::Missing => return Some(JailAlarm::LogMissing),
            Look::Unreadable => return Some(JailAlarm::LogUnreadable),
            Look::File(file) => file,
        };
        let Some(position) = position else {
            self.progress.remove(&key);
            return None;
        };
        let progress = self
            .progress
            .entry(key)
            .or_insert_with(|| Progress::new(position, file, now));
        progress.alarm(position, file, now)
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
