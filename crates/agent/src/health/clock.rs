//! Whether the times in the logs of a jail are right again, of which fail2ban complained.
//!
//! fail2ban complains once a day and does not say when all is well. So the newest lines are looked at with fail2ban's own reading of times: a line that has just
//! been written is of about the moment in which its file was written to.
use std::{
    collections::HashMap,
    fs::File,
    path::Path,
    time::{Duration, Instant},
};

use domain::{ConfigError, JailName, JailSource, Timestamp};
use fail2ban::{Client, CommandClass, Value};

use super::{Look, Reads};
use crate::{
    core::Core,
    file_end,
    laboratory::{LineTimes, line_times},
    mirror::on_disk,
};

/// What fail2ban complains of: a line that is further than this from now.
const FAR_MILLIS: i64 = 60_000;

/// How many of the newest lines are looked at: some have no time, or continue others.
const LINES: usize = 20;

/// The most that these lines may be.
const MAX_BYTES: u64 = 64 << 10;

/// Each look costs a process.
const LOOKS_APART: Duration = Duration::from_secs(10);

/// The most jails that are looked at for one answer.
const JAILS_AT_ONCE: usize = 3;

/// When a jail's logs were looked at, and when they had been written to by then.
#[derive(Debug)]
pub(super) struct LookedAt {
    at: Instant,
    written: Vec<(String, Timestamp)>,
}

/// Looks at the logs of jails of whose times fail2ban complained, where they were written to since.
pub(super) async fn look_again(
    core: &Core,
    client: &Client,
    reads: &[Reads],
    looks: &HashMap<String, Look>,
) {
    let mut looked = 0;
    for reads in reads {
        let Some(odd_at) = core.hearing.seen().of(&reads.jail).odd_time else {
            continue;
        };
        let written = written_since(&reads.source, looks, odd_at);
        if looked >= JAILS_AT_ONCE || !is_due(core, &reads.jail, &written) {
            continue;
        }
        looked += 1;
        match are_right(core, client, &reads.jail, &written).await {
            Ok(true) => core.hearing.seen().right_time(&reads.jail),
            Ok(false) => {}
            Err(error) => {
                tracing::debug!(jail.name = %reads.jail, %error, "the times in its log could not be looked at");
            }
        }
    }
}

/// The logs of a jail that were written to since then, or a moment before: the line that was complained of is in one of them.
fn written_since(
    source: &JailSource,
    looks: &HashMap<String, Look>,
    odd_at: Timestamp,
) -> Vec<(String, Timestamp)> {
    let JailSource::Files(paths) = source else {
        return Vec::new();
    };
    let written = paths.iter().filter_map(|path| {
        let written = looks.get(path)?.file()?.written_at;
        let since = written.millis_since(odd_at) >= -FAR_MILLIS;
        since.then(|| (path.clone(), written))
    });
    written.collect()
}

/// Whether there is anything new to look at, and notes that it is looked at.
fn is_due(core: &Core, jail: &JailName, written: &[(String, Timestamp)]) -> bool {
    if written.is_empty() {
        return false;
    }
    let mut memory = core
        .health
        .memory
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let known = memory.times_looked_at.get(jail);
    let due =
        known.is_none_or(|known| known.written != written && known.at.elapsed() >= LOOKS_APART);
    if due {
        let looked_at = LookedAt {
            at: Instant::now(),
            written: written.to_vec(),
        };
        memory.times_looked_at.insert(jail.clone(), looked_at);
    }
    due
}

/// Whether the newest line of each log is of the time at which it was written.
async fn are_right(
    core: &Core,
    client: &Client,
    jail: &JailName,
    written: &[(String, Timestamp)],
) -> Result<bool, ConfigError> {
    let reading = reading(core, client, jail).await;
    for (path, written_at) in written {
        let path = path.clone();
        let Some(lines) = on_disk(move || last_lines(Path::new(&path))).await else {
            return Ok(false);
        };
        let times = line_times(core, &reading, &lines).await?;
        let right = times
            .last()
            .is_some_and(|time| time.millis_since(*written_at).abs() <= FAR_MILLIS);
        if !right {
            return Ok(false);
        }
    }
    Ok(true)
}

/// How the daemon reads the times of a jail's lines.
async fn reading(core: &Core, client: &Client, jail: &JailName) -> LineTimes {
    let ask = |option: &'static str| async move {
        let command = [Value::from("get"), jail.as_str().into(), option.into()];
        client.request(&command, CommandClass::Read).await.ok()
    };
    let pattern = ask("datepattern").await;
    let zone = ask("logtimezone").await;
    LineTimes {
        // A pair of the pattern, if one was set, and its name for people.
        pattern: pattern.as_ref().and_then(|answer| {
            let set = answer.as_items()?.first()?;
            set.as_str().map(str::to_owned)
        }),
        log_zone: zone.as_ref().and_then(Value::as_str).map(str::to_owned),
        daemon_zone: core.hearing.seen().zone(),
    }
}

fn last_lines(path: &Path) -> Option<Vec<u8>> {
    let file = File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    Some(file_end::read(&file, length, LINES, MAX_BYTES).ok()?.bytes)
}
