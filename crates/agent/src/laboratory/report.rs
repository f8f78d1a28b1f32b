//! From what became of each line to the answer.
use domain::{LineOutcome, RegexCount, RegexReport, TestedLine};

use super::{frames::Frames, lines::Line, source::Regexes};

/// The most lines of an answer, and the most bytes of their texts.
const MAX_LINES: usize = 1_000;
const MAX_TEXT_BYTES: usize = 2 << 20;

/// What an answer is made of.
pub(super) struct Outcome<'a> {
    pub(super) frames: &'a Frames,
    /// The lines that were given; none where the program read them itself.
    pub(super) lines: &'a [Line],
    pub(super) regexes: Regexes,
    /// Whether the time of each line was told.
    pub(super) times_are_told: bool,
    /// How many lines had a time, where it was not told of each.
    pub(super) with_time: Option<u64>,
    pub(super) refused: Option<String>,
}

impl Outcome<'_> {
    /// The answer; how long it took is not known here.
    pub(super) fn report(self) -> RegexReport {
        let all = self.all_lines();
        let count = |outcome| {
            let such = all.iter().filter(|line| line.outcome == outcome).count();
            u64::try_from(such).unwrap_or(u64::MAX)
        };
        let total = u64::try_from(all.len()).unwrap_or(u64::MAX);
        let without_time = if self.times_are_told {
            u64::try_from(all.iter().filter(|line| line.time.is_none()).count()).unwrap_or(u64::MAX)
        } else {
            self.with_time.map_or(0, |with| total.saturating_sub(with))
        };
        let of_lines = |ignored: bool| {
            let regexes = if ignored {
                self.regexes.ignoreregex.clone()
            } else {
                self.regexes.failregex.clone()
            };
            counts(
                regexes,
                all.iter()
                    .filter(|line| (line.outcome == LineOutcome::Ignored) == ignored),
            )
        };
        RegexReport {
            refused: self.refused.clone(),
            total,
            matched: count(LineOutcome::Matched),
            ignored: count(LineOutcome::Ignored),
            context: count(LineOutcome::Context),
            missed: count(LineOutcome::Missed),
            without_time,
            failregex: of_lines(false),
            ignoreregex: of_lines(true),
            lines_cut: false,
            lines: Vec::new(),
            milliseconds: 0,
        }
        .with_lines(all)
    }

    fn all_lines(&self) -> Vec<TestedLine> {
        let mut given = self.lines.iter();
        let mut number =
            self.frames.told - u64::try_from(self.frames.last.len()).unwrap_or_default();
        let lines = self.frames.last.iter().map(|frame| {
            number += 1;
            let (number, cut) = given
                .next()
                .map_or((number, false), |line| (line.number, line.cut));
            frame.line(number, cut, self.times_are_told)
        });
        lines.collect()
    }
}

trait WithLines {
    fn with_lines(self, all: Vec<TestedLine>) -> Self;
}

impl WithLines for RegexReport {
    /// Keeps as many lines as an answer may hold: matched ones first, then those that an expression saw, then the last ones.
    fn with_lines(mut self, all: Vec<TestedLine>) -> Self {
        let count = all.len();
        let mut by_rank: Vec<(u8, usize)> = all
            .iter()
            .enumerate()
            .map(|(at, line)| (rank(line.outcome), count - at))
            .collect();
        by_rank.sort_unstable();
        let mut bytes = 0;
        let mut kept: Vec<usize> = by_rank
            .into_iter()
            .map(|(_, from_end)| count - from_end)
            .take(MAX_LINES)
            .take_while(|at| {
                bytes += all.get(*at).map_or(0, |line| line.text.len());
                bytes <= MAX_TEXT_BYTES
            })
            .collect();
        kept.sort_unstable();
        self.lines_cut = kept.len() < count;
        let mut kept = kept.into_iter().peekable();
        let lines = all.into_iter().enumerate();
        self.lines = lines
            .filter_map(|(at, line)| kept.next_if_eq(&at).map(|_| line))
            .collect();
        self
    }
}

const fn rank(outcome: LineOutcome) -> u8 {
    match outcome {
        LineOutcome::Matched => 0,
        LineOutcome::Ignored | LineOutcome::Context => 1,
        LineOutcome::Missed => 2,
    }
}

fn counts<'a>(
    regexes: Vec<String>,
    lines: impl Iterator<Item = &'a TestedLine>,
) -> Vec<RegexCount> {
    let mut counts: Vec<RegexCount> = regexes
        .into_iter()
        .map(|regex| RegexCount { regex, matched: 0 })
        .collect();
    for at in lines.filter_map(|line| line.regex) {
        if let Some(count) = counts.get_mut(at) {
            count.matched += 1;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laboratory::trace::Event;

    #[test]
    fn report_that_cannot_hold_all_lines_keeps_the_matched_ones_in_order() {
        let mut frames = Frames::new(3_000);
        for number in 0..3_000_u32 {
            frames.take(Event::Line(format!("line {number}")));
            if number % 30 == 0 {
                frames.take(Event::Matched {
                    regex: 1,
                    groups: Vec::new(),
                });
                frames.take(Event::Row {
                    host: "h".to_owned(),
                    time: None,
                    fields: Vec::new(),
                });
            }
        }
        let outcome = Outcome {
            frames: &frames,
            lines: &[],
            regexes: Regexes {
                failregex: vec!["a".to_owned(), "b".to_owned()],
                ..Regexes::default()
            },
            times_are_told: true,
            with_time: None,
            refused: None,
        };
        let report = outcome.report();
        assert_eq!(
            (report.total, report.matched, report.missed),
            (3_000, 100, 2_900)
        );
        assert_eq!((report.lines.len(), report.lines_cut), (MAX_LINES, true));
        let matched = report
            .lines
            .iter()
            .filter(|line| line.outcome == LineOutcome::Matched);
        assert_eq!(matched.count(), 100);
        assert!(report.lines.is_sorted_by_key(|line| line.number));
        assert_eq!(report.lines.last().unwrap().number, 3_000);
        assert_eq!(report.failregex[1].matched, 100);
        assert_eq!(report.without_time, 3_000);
    }
}
