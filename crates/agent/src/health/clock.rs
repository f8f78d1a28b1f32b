//! Whether the times in the logs of a jail are right again, of which fail2ban complained.
//!
//! fail2ban complains once a day and does not say when all is well. So the newest lines are looked at with fail2ban's own reading of times: a line that has just
//! been written is of about the moment in which its file was written to. A task of the agent does it, and only while a complaint stands.
use std::{collections::HashMap, fs::File, path::Path, sync::Arc, time::Duration};

use domain::{ConfigError, JailName, JailSource, Timestamp};
use fail2ban::{Client, CommandClass, Value};

use super::{Look, rules};
use crate::{
    convert,
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

/// The logs of a jail, and when each was written to.
type Written = Vec<(String, Timestamp)>;

/// A complaint, and what the logs were like when they were looked at for it.
#[derive(Debug, PartialEq, Eq)]
struct LookedAt {
    complaint: Timestamp,
    written: Written,
}

/// Looks at the logs of jails of whose times fail2ban complained, until told to stop.
pub(crate) async fn look_again(core: Arc<Core>) {
    let mut looked_at = HashMap::new();
    loop {
        tokio::select! {
            () = core.cancel.cancelled() => return,
            // A look that is under way ends with it.
            () = look(&core, &mut looked_at) => {}
        }
        tokio::select! {
            () = core.cancel.cancelled() => return,
            () = tokio::time::sleep(LOOKS_APART) => {}
        }
    }
}

/// Looks once, one jail after the other, where something was written since the last look.
async fn look(core: &Core, looked_at: &mut HashMap<JailName, LookedAt>) {
    let seen = core.hearing.seen();
    let odd = seen.odd_jails();
    looked_at.retain(|jail, _| odd.iter().any(|(other, _)| other == jail));
    if odd.is_empty() || core.snapshot().daemon.unless_down().is_err() {
        return;
    }
    let client = &core.link().client;
    for (jail, complaint) in odd {
        if !rules::is_odd_still(complaint, core.config.clock.now()) {
            seen.right_time(&jail, complaint);
            continue;
        }
        let written = written_since(client, &jail, complaint).await;
        let look = LookedAt { complaint, written };
        if look.written.is_empty() || looked_at.get(&jail) == Some(&look) {
            continue;
        }
        match are_right(core, client, &jail, &look.written).await {
            Ok(right) => {
                looked_at.insert(jail.clone(), look);
                if right {
                    seen.right_time(&jail, complaint);
                }
            }
            // It is tried again with the next round.
            Err(error) => {
                tracing::debug!(jail.name = %jail, %error, "the times in its log could not be looked at");
            }
        }
    }
}

/// The logs of a jail that were written to since then, or a moment before: the line that was complained of is in one of them.
async fn written_since(client: &Client, jail: &JailName, complaint: Timestamp) -> Written {
    let Ok(status) = client.jail_status(jail.as_str()).await else {
        return Vec::new();
    };
    let Some(JailSource::Files(paths)) = convert::status(status).1 else {
        return Vec::new();
    };
    on_disk(move || {
        let written = paths.into_iter().filter_map(|path| {
            let written = Look::at(Path::new(&path)).file()?.written_at;
            let since = written.millis_since(complaint) >= -FAR_MILLIS;
            since.then_some((path, written))
        });
        written.collect()
    })
    .await
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
