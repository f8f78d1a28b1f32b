//! A server that hears much at once, as after a night in which it did not run: from the daemon's log through the agent into the history.
use std::{
    fs,
    io::Write as _,
    time::{Duration, Instant},
};

use domain::{EventKind, HeardEvent};
use lab::Lab;
use tokio::time::sleep;

use super::{MEMORY, make::World, units};
use crate::{Error, figures::Figure, http::Http, server::Server};

/// Enough that recent events are worked into the tables more than once.
const EVENTS: u64 = 200_000;
const LIMIT: Duration = Duration::from_mins(5);
const LOOK: Duration = Duration::from_millis(20);

/// Writes events into the daemon's log and waits until the server has stored all of them.
pub(super) async fn measure(
    server: &Server,
    http: &mut Http,
    lab: &Lab,
    world: &World,
) -> Result<Vec<Figure>, Error> {
    let before = stored(http).await?;
    let lines = lines(world);
    let began = Instant::now();
    let mut log = fs::OpenOptions::new().append(true).open(lab.log_file())?;
    log.write_all(lines.as_bytes())?;
    while stored(http).await? < before + EVENTS {
        if began.elapsed() > LIMIT {
            return Err(Error::Server("it never heard all of the log".to_owned()));
        }
        sleep(LOOK).await;
    }
    Ok(vec![
        Figure::number(
            "http: events heard at once, from the log to the database",
            units(EVENTS) / began.elapsed().as_secs_f64(),
            "events/s",
        ),
        Figure::number(
            "http: most resident memory of the server, ever",
            server.most_resident_mb()?,
            "MB",
        )
        .at_most(MEMORY)
        .note(format!("{:.1} MB now", server.resident_mb()?)),
    ])
}

/// How many events the server has.
async fn stored(http: &mut Http) -> Result<u64, Error> {
    let size: serde_json::Value = serde_json::from_slice(&http.get("/api/v1/history/size").await?)?;
    size.get("events")
        .and_then(serde_json::Value::as_u64)
        .ok_or_else(|| Error::Server("it tells no number of events".to_owned()))
}

/// Lines of a log that tell events, each ban after its failure; all of this moment.
fn lines(world: &World) -> String {
    let now = jiff::ZonedDateTime::now();
    let time = now.strftime("%Y-%m-%d %H:%M:%S").to_string();
    let events = usize::try_from(EVENTS).unwrap_or(usize::MAX);
    let events = world.stream(78, World::end()).take(events);
    let line = |(event, _): (HeardEvent, _)| {
        let (jail, subject) = (event.jail, event.subject);
        let failure = format!(
            "{time},000 fail2ban.filter         [1]: INFO    [{jail}] Found {subject} - {time}\n"
        );
        let (failure, notice) = match event.kind {
            EventKind::Ban => (failure, "Ban"),
            EventKind::Unban => (String::new(), "Unban"),
            EventKind::Restored => (String::new(), "Restore Ban"),
        };
        format!(
            "{failure}{time},000 fail2ban.actions        [1]: NOTICE  [{jail}] {notice} {subject}\n"
        )
    };
    events.map(line).collect()
}
