//! The log in a file, also across rotations, without reading all of it.
use std::{fs, io, path::Path};

use domain::{ConfigError, LogPage, LogQuery};

use super::{
    lines::{Keep, Lines},
    nothing,
    token::Place,
};
use crate::{
    finding::Code,
    hear::{Position, Read, Resume, Tail},
};

/// What is looked at first of the end; more where a filter leaves too few lines.
const FIRST_WINDOW_BYTES: u64 = 256 << 10;

/// The most that is looked at for a page.
const MAX_WINDOW_BYTES: u64 = 16 << 20;

/// The end of a log, or what follows a place in it. Blocks.
pub(super) fn page(path: &Path, query: &LogQuery) -> Result<LogPage, ConfigError> {
    let source = path.display().to_string();
    let read = match &query.after {
        None => end(path, query, false),
        Some(after) => match Place::read(after)? {
            Place::File(position) => following(path, query, &position),
            // The log was elsewhere.
            Place::Journal(_) => end(path, query, true),
        },
    };
    match read {
        Ok(page) => Ok(page),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(nothing(
            &source,
            Code::LogNotThere,
            "the file is not there; fail2ban makes it when it starts, or at \"flush logs\"",
        )),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(nothing(
            &source,
            Code::LogForbidden,
            "BanGUI may not read the file: give its user the right to, or run it as root",
        )),
        Err(error) => Ok(nothing(
            &source,
            Code::LogUnreadable,
            &format!("the file cannot be read: {error}"),
        )),
    }
}

fn end(path: &Path, query: &LogQuery, gap: bool) -> io::Result<LogPage> {
    let size = fs::metadata(path)?.len();
    let mut window = FIRST_WINDOW_BYTES;
    loop {
        let from = size.saturating_sub(window);
        let (tail, lines) = last(path, from, query)?;
        if lines.is_enough() || from == 0 || window >= MAX_WINDOW_BYTES {
            return Ok(finished(&tail, lines, gap));
        }
        window = window.saturating_mul(8).min(MAX_WINDOW_BYTES);
    }
}

/// The lines from a byte on. One that began before it is passed over.
fn last(path: &Path, from: u64, query: &LogQuery) -> io::Result<(Tail, Lines)> {
    let before = from.saturating_sub(1);
    let mut tail = Tail::from_byte(path, before)?;
    let mut lines = Lines::new(query, Keep::Last);
    while let Read::Line { place, text } = tail.read()? {
        let began_earlier = from > 0 && place.byte == before;
        if !began_earlier {
            lines.take(text);
        }
    }
    Ok((tail, lines))
}

fn following(path: &Path, query: &LogQuery, position: &Position) -> io::Result<LogPage> {
    let resume = Resume {
        from: Some(position),
        told: Some(position),
        last_millis: None,
    };
    let (mut tail, found) = Tail::resume(path, &resume);
    if found.is_none() {
        // The place is in a file that is gone.
        return end(path, query, true);
    }
    let mut lines = Lines::new(query, Keep::First);
    let mut read = 0;
    let mut stopped = None;
    while stopped.is_none()
        && let Read::Line { place, text } = tail.read()?
    {
        read += text.len() as u64;
        if !lines.take(text) || read > MAX_WINDOW_BYTES {
            stopped = Some(place);
        }
    }
    let mut page = finished(&tail, lines, false);
    if let Some(position) = stopped.and_then(|place| tail.position(place)) {
        page.next = Place::File(position).write();
    }
    Ok(page)
}

fn finished(tail: &Tail, lines: Lines, gap: bool) -> LogPage {
    let next = tail.place().and_then(|place| tail.position(place));
    LogPage {
        lines: lines.finish(),
        next: next.map_or_else(String::new, |position| Place::File(position).write()),
        source: tail.path().display().to_string(),
        problem: None,
        gap,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn query(after: Option<&str>, limit: u32) -> LogQuery {
        LogQuery {
            after: after.map(str::to_owned),
            limit,
            ..LogQuery::default()
        }
    }

    fn line(number: u32) -> String {
        format!("2026-11-23 19:13:17,702 fail2ban.actions        [4242]: NOTICE  line {number}\n")
    }

    fn lines(numbers: std::ops::Range<u32>) -> String {
        numbers.map(line).collect()
    }

    fn append(path: &Path, text: &str) {
        let mut file = fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)
            .unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    fn numbers(page: &LogPage) -> Vec<u32> {
        let number = |text: &str| text.rsplit(' ').next().unwrap().parse().unwrap();
        page.lines.iter().map(|line| number(&line.text)).collect()
    }

    #[test]
    fn page_is_the_end_and_following_ones_go_on_from_there() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        append(&log, &lines(0..20_000));
        let end = page(&log, &query(None, 3)).unwrap();
        assert_eq!(
            (numbers(&end), end.gap),
            (vec![19_997, 19_998, 19_999], false)
        );
        let none = page(&log, &query(Some(&end.next), 3)).unwrap();
        assert_eq!((numbers(&none), &none.next), (vec![], &end.next));
        append(&log, &lines(20_000..20_005));
        let more = page(&log, &query(Some(&end.next), 3)).unwrap();
        assert_eq!(numbers(&more), [20_000, 20_001, 20_002]);
        let rest = page(&log, &query(Some(&more.next), 3)).unwrap();
        assert_eq!(numbers(&rest), [20_003, 20_004]);
    }

    #[test]
    fn page_goes_on_after_a_rotation_and_says_when_the_place_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        append(&log, &lines(0..5));
        let end = page(&log, &query(None, 1)).unwrap();
        append(&log, &lines(5..6));
        fs::rename(&log, folder.path().join("log.1")).unwrap();
        append(&log, &lines(6..8));
        let more = page(&log, &query(Some(&end.next), 10)).unwrap();
        assert_eq!((numbers(&more), more.gap), (vec![5, 6, 7], false));
        fs::remove_file(folder.path().join("log.1")).unwrap();
        let lost = page(&log, &query(Some(&end.next), 10)).unwrap();
        assert_eq!((numbers(&lost), lost.gap), (vec![6, 7], true));
    }

    #[test]
    fn page_with_a_filter_looks_further_back_but_not_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        append(&log, &line(1).replace("NOTICE ", "ERROR  "));
        append(&log, &lines(2..10_000));
        let wanted = LogQuery {
            level: Some(domain::LogLevel::Error),
            ..query(None, 5)
        };
        assert_eq!(numbers(&page(&log, &wanted).unwrap()), [1]);
        let file = fs::OpenOptions::new().append(true).open(&log).unwrap();
        // A gigabyte of nothing: it is not read.
        file.set_len(1 << 30).unwrap();
        append(&log, &format!("\n{}", line(3)));
        let began = std::time::Instant::now();
        assert_eq!(numbers(&page(&log, &query(None, 1)).unwrap()), [3]);
        assert_eq!(page(&log, &wanted).unwrap().lines, []);
        println!("two pages of a log of 1 GB: {:?}", began.elapsed());
    }

    #[test]
    fn page_of_no_file_or_of_a_forged_place_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        assert!(page(&log, &query(None, 1)).unwrap().problem.is_some());
        assert!(
            page(folder.path(), &query(None, 1))
                .unwrap()
                .problem
                .is_some()
        );
        append(&log, &lines(0..1));
        assert!(matches!(
            page(&log, &query(Some("nonsense"), 1)),
            Err(ConfigError::BadTest(_))
        ));
    }
}
