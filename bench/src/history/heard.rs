//! A server that hears much at once, as after a night in which it did not run: from the daemon's log through the agent into the history.
use std::{
    fs,
    io::Write as _,
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use domain::JailName;
use lab::Lab;
use tokio::time::sleep;

use super::{MEMORY, make::World, units};
use crate::{Error, figures::Figure, http::Http, server::Server};

/// Enough that recent events are worked into the tables more than once.
const EVENTS: u64 = 200_000;
/// 11.0.0.0, the first of the made addresses.
const FIRST: u32 = 0x0b00_0000;
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
    let most_before = server.most_resident_mb()?;
    server.forget_most()?;
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
            "http: most resident memory of the server before, a sign-in included",
            most_before,
            "MB",
        )
        .at_most(MEMORY),
        Figure::number(
            "http: most resident memory of the server while it hears them",
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

/// Lines of a log: failure, ban and unban of one address after another, each another one, so that no event is the same as another.
fn lines(world: &World) -> String {
    // Not of this moment: for what has just been banned a row of the daemon's database is waited for.
    let then = jiff::ZonedDateTime::now() - jiff::Span::new().minutes(1);
    let time = then.strftime("%Y-%m-%d %H:%M:%S").to_string();
    let addresses = (FIRST..)
        .map(Ipv4Addr::from)
        .zip(world.jails.iter().cycle());
    let of_address = |(address, jail): (Ipv4Addr, &JailName)| {
        let line = |logger, level, what| {
            format!("{time},000 fail2ban.{logger:<16}[1]: {level:<7} [{jail}] {what} {address}")
        };
        let failure = line("filter", "INFO", "Found");
        let ban = line("actions", "NOTICE", "Ban");
        let unban = line("actions", "NOTICE", "Unban");
        format!("{failure} - {time}\n{ban}\n{unban}\n")
    };
    let count = usize::try_from(EVENTS / 2).unwrap_or(usize::MAX);
    addresses.take(count).map(of_address).collect()
}
