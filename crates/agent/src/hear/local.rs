//! The log's local times, which come without a zone.
use std::{fs, path::Path};

use domain::Timestamp;
use jiff::{civil::DateTime, tz::TimeZone};

/// How much earlier than the line before a line may be: threads write a little out of order, and clocks are set back a little.
const DISORDER_MILLIS: i64 = 10 * 60 * 1_000;

/// Reads times in the daemon's zone, in the order of the lines.
#[derive(Debug, Clone)]
pub(crate) struct LogTimes {
    zone: TimeZone,
    last: Option<Timestamp>,
}

impl LogTimes {
    /// Goes on after a line of that time.
    pub(crate) const fn new(zone: TimeZone, last: Option<Timestamp>) -> Self {
        Self { zone, last }
    }

    /// The time of the next line.
    ///
    /// The hour that the end of summer time repeats is told apart by order: time goes on. Times to come are taken as they are: an event must be the same whenever it is read.
    pub(crate) fn line(&mut self, local: DateTime) -> Option<Timestamp> {
        let (earlier, later) = self.both(local)?;
        let goes_back = self
            .last
            .is_some_and(|last| last.millis_since(earlier) > DISORDER_MILLIS);
        let at = if goes_back { later } else { earlier };
        self.last = Some(at);
        Some(at)
    }

    /// A time within a line: where it is one of two, the one nearer to the line's.
    pub(crate) fn within(&self, line: Timestamp, local: DateTime) -> Option<Timestamp> {
        let (earlier, later) = self.both(local)?;
        let far = |at: Timestamp| line.millis_since(at).abs();
        Some(if far(later) < far(earlier) {
            later
        } else {
            earlier
        })
    }

    fn both(&self, local: DateTime) -> Option<(Timestamp, Timestamp)> {
        let ambiguous = self.zone.to_ambiguous_timestamp(local);
        Some((
            ambiguous.earlier().ok()?.into(),
            ambiguous.later().ok()?.into(),
        ))
    }

    /// The time of the last line.
    pub(crate) const fn last(&self) -> Option<Timestamp> {
        self.last
    }

    /// The name by which the zone is found again; `None` where it has none and the machine's is meant.
    pub(crate) fn zone_name(&self) -> Option<String> {
        self.zone.iana_name().map(str::to_owned)
    }

    /// Uses another zone from the next line on.
    pub(crate) fn set_zone(&mut self, zone: TimeZone) {
        self.zone = zone;
    }
}

/// The zone that a daemon's process runs in: its own where that can be read, else the machine's.
pub(crate) fn zone_of(process: Option<u32>) -> TimeZone {
    process
        .and_then(zone_of_process)
        .unwrap_or_else(TimeZone::system)
}

fn zone_of_process(process: u32) -> Option<TimeZone> {
    let folder = Path::new("/proc").join(process.to_string());
    let name = fs::read_to_string(folder.join("comm")).ok()?;
    // The number of a daemon that has ended may be another process's by now.
    if !name.starts_with("fail2ban") && !name.starts_with("python") {
        return None;
    }
    let environment = fs::read(folder.join("environ")).ok()?;
    let named = environment
        .split(|byte| *byte == 0)
        .find_map(|variable| variable.strip_prefix(b"TZ="))
        .and_then(|name| std::str::from_utf8(name).ok());
    match named {
        Some(name) => {
            let name = name.strip_prefix(':').unwrap_or(name);
            TimeZone::get(name).or_else(|_| TimeZone::posix(name)).ok()
        }
        // The daemon goes by the machine, also where this process was given a zone of its own.
        None => TimeZone::tzif("Local", &fs::read("/etc/localtime").ok()?).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> LogTimes {
        LogTimes::new(TimeZone::get("Europe/Berlin").unwrap(), None)
    }

    fn read(times: &mut LogTimes, local: &str) -> String {
        times.line(local.parse().unwrap()).unwrap().to_string()
    }

    #[test]
    fn line_in_summer_is_two_hours_before_utc() {
        assert_eq!(
            read(&mut berlin(), "2026-07-01T12:00:00.250"),
            "2026-07-01T10:00:00.250Z"
        );
    }

    #[test]
    fn lines_through_the_repeated_hour_go_on() {
        let mut times = berlin();
        let utc: Vec<String> = ["01:50", "02:30", "02:59", "02:00", "02:30", "03:10"]
            .iter()
            .map(|time| read(&mut times, &format!("2026-10-25T{time}:00")))
            .collect();
        let hours: Vec<&str> = utc.iter().map(|time| &time[11..16]).collect();
        assert_eq!(
            hours,
            ["23:50", "00:30", "00:59", "01:00", "01:30", "02:10"]
        );
    }

    #[test]
    fn line_in_the_repeated_hour_after_a_restart_goes_on_from_the_line_before() {
        let last: jiff::Timestamp = "2026-10-25T01:20:00Z".parse().unwrap();
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let mut times = LogTimes::new(zone, Some(last.into()));
        assert_eq!(
            read(&mut times, "2026-10-25T02:25:00"),
            "2026-10-25T01:25:00.000Z"
        );
    }

    #[test]
    fn line_in_the_hour_that_is_left_out_still_has_a_time() {
        let mut times = berlin();
        assert!(times.line("2026-03-29T02:30:00".parse().unwrap()).is_some());
    }

    #[test]
    fn line_of_a_time_to_come_is_taken_as_it_is() {
        assert_eq!(
            read(&mut berlin(), "2099-01-01T01:00:00"),
            "2099-01-01T00:00:00.000Z"
        );
    }

    #[test]
    fn time_within_a_line_is_the_one_near_the_line() {
        let times = berlin();
        let line: jiff::Timestamp = "2026-10-25T01:30:01Z".parse().unwrap();
        let within = times.within(line.into(), "2026-10-25T02:30:00".parse().unwrap());
        assert_eq!(within.unwrap().to_string(), "2026-10-25T01:30:00.000Z");
    }
}
