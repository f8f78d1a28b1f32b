//! From what the program tells of its lines to what became of each.
use std::collections::VecDeque;

use domain::{LineOutcome, TestedLine, Timestamp};

use super::{
    spans::{self, Found},
    trace::{Event, Groups},
};

/// The most words of the program that are kept: an error has a few lines.
const MAX_SAID: usize = 20;

/// All that was told.
#[derive(Debug)]
pub(super) struct Frames {
    /// The last ones.
    pub(super) last: VecDeque<Frame>,
    /// How many were told in all.
    pub(super) told: u64,
    /// Words of the program.
    pub(super) said: Vec<String>,
    most: usize,
}

/// What was told of a line.
#[derive(Debug, Default, Clone)]
pub(super) struct Frame {
    pub(super) text: String,
    pub(super) time: Option<Timestamp>,
    time_at: Option<(usize, usize)>,
    content: Option<String>,
    matched: Option<(usize, Groups)>,
    ignored: Option<usize>,
    row: Option<Row>,
}

#[derive(Debug, Default, Clone)]
struct Row {
    host: String,
    time: Option<Timestamp>,
    fields: Groups,
}

impl Frames {
    /// Keeps so many of the last frames.
    pub(super) fn new(most: usize) -> Self {
        Self {
            last: VecDeque::new(),
            told: 0,
            said: Vec::new(),
            most,
        }
    }

    /// Takes what a line of the output tells.
    pub(super) fn take(&mut self, event: Event) {
        match event {
            Event::Line(text) => self.begin(Frame {
                text,
                ..Frame::default()
            }),
            Event::Entry {
                text,
                time,
                before,
                chars,
            } => self.begin(Frame {
                text,
                time,
                time_at: Some((before, chars)),
                ..Frame::default()
            }),
            Event::Said(words) => {
                if self.said.len() < MAX_SAID && !words.trim().is_empty() {
                    self.said.push(words);
                }
            }
            other => {
                if let Some(frame) = self.last.back_mut() {
                    frame.take(other);
                }
            }
        }
    }

    fn begin(&mut self, frame: Frame) {
        if self.last.len() >= self.most {
            self.last.pop_front();
        }
        self.told += 1;
        self.last.push_back(frame);
    }
}

impl Frame {
    fn take(&mut self, event: Event) {
        match event {
            Event::Time(time) => self.time = Some(time),
            Event::TimeAt { before, chars } => self.time_at = Some((before, chars)),
            Event::Content(content) => self.content = Some(content),
            Event::Matched { regex, groups } => self.matched = Some((regex, groups)),
            Event::Ignored { regex } => self.ignored = Some(regex),
            // A name that stands for several addresses gives several.
            Event::Row { host, time, fields } if self.row.is_none() => {
                self.row = Some(Row { host, time, fields });
            }
            Event::Row { .. }
            | Event::Line(_)
            | Event::Entry { .. }
            | Event::Said(_)
            | Event::Nothing => {}
        }
    }

    /// What became of the line, and by which expression.
    pub(super) fn outcome(&self) -> (LineOutcome, Option<usize>) {
        let matched = self.matched.as_ref().map(|(regex, _)| *regex);
        if self.row.is_some() {
            (LineOutcome::Matched, matched)
        } else if self.ignored.is_some() {
            (LineOutcome::Ignored, self.ignored)
        } else if matched.is_some() {
            (LineOutcome::Context, matched)
        } else {
            (LineOutcome::Missed, None)
        }
    }

    /// The line as it is told. Its text is `text`, which `cut` says is not all of it.
    pub(super) fn line(&self, number: u64, cut: bool, times_are_told: bool) -> TestedLine {
        let (outcome, regex) = self.outcome();
        let row = self.row.as_ref();
        let row_time = row.and_then(|row| row.time).filter(|_| !times_are_told);
        let groups = self.matched.as_ref().map(|(_, groups)| groups.as_slice());
        let groups = groups.unwrap_or_default();
        let found = Found {
            time: self.time_at.filter(|_| self.time.is_some()),
            content: self.content.as_deref(),
            groups,
        };
        let fields = row.map_or(groups, |row| row.fields.as_slice());
        TestedLine {
            number,
            spans: spans::of(&self.text, &found),
            text: self.text.clone(),
            outcome,
            cut,
            regex,
            host: row
                .map(|row| row.host.clone())
                .or_else(|| spans::host(groups)),
            time: self.time.or(row_time),
            fields: fields
                .iter()
                .filter(|(name, value)| spans::is_field(name) && !value.is_empty())
                .cloned()
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Event {
        Event::Row {
            host: "192.0.2.1".to_owned(),
            time: None,
            fields: vec![("user".to_owned(), "root".to_owned())],
        }
    }

    fn outcome(events: Vec<Event>) -> (LineOutcome, Option<usize>) {
        let mut frames = Frames::new(10);
        frames.take(Event::Line("a line".to_owned()));
        for event in events {
            frames.take(event);
        }
        frames.last[0].outcome()
    }

    fn matched(regex: usize) -> Event {
        Event::Matched {
            regex,
            groups: Vec::new(),
        }
    }

    #[test]
    fn outcome_goes_by_what_was_told() {
        let ignored = || Event::Ignored { regex: 1 };
        assert_eq!(outcome(vec![]), (LineOutcome::Missed, None));
        assert_eq!(
            outcome(vec![matched(3), row()]),
            (LineOutcome::Matched, Some(3))
        );
        assert_eq!(outcome(vec![matched(3)]), (LineOutcome::Context, Some(3)));
        assert_eq!(
            outcome(vec![matched(3), ignored()]),
            (LineOutcome::Ignored, Some(1))
        );
        assert_eq!(outcome(vec![ignored()]), (LineOutcome::Ignored, Some(1)));
    }

    #[test]
    fn frames_keep_the_last_lines_and_some_words() {
        let mut frames = Frames::new(2);
        for number in 0..5 {
            frames.take(Event::Line(number.to_string()));
        }
        for _ in 0..50 {
            frames.take(Event::Said("word".to_owned()));
        }
        let texts: Vec<&str> = frames
            .last
            .iter()
            .map(|frame| frame.text.as_str())
            .collect();
        assert_eq!(
            (texts, frames.told, frames.said.len()),
            (vec!["3", "4"], 5, MAX_SAID)
        );
    }
}
