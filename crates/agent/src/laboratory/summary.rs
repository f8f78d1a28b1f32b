//! The summary that `fail2ban-regex -v` prints: the expressions as fail2ban has them, and how many lines had a time.
use super::source::Regexes;

/// What is read of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Summary {
    pub(super) regexes: Regexes,
    /// Lines whose time was understood.
    pub(super) with_time: u64,
    part: Part,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Other,
    Fail,
    Ignore,
    Dates,
}

impl Summary {
    /// Reads the next line.
    pub(super) fn read(&mut self, line: &str) {
        if let Some(row) = line.strip_prefix('|') {
            self.row(row.trim_start());
        } else if !line.starts_with('`') {
            self.part = match line.split(':').next() {
                Some("Failregex") => Part::Fail,
                Some("Ignoreregex") => Part::Ignore,
                Some("Date template hits") => Part::Dates,
                _ => Part::Other,
            };
        }
    }

    fn row(&mut self, row: &str) {
        let regexes = match self.part {
            Part::Fail => &mut self.regexes.failregex,
            Part::Ignore => &mut self.regexes.ignoreregex,
            Part::Dates => {
                self.with_time += hits(row).unwrap_or_default();
                return;
            }
            Part::Other => return,
        };
        // Between them are the hosts that each one found.
        if let Some(regex) = numbered(row, regexes.len() + 1) {
            regexes.push(regex.to_owned());
        }
    }
}

/// `4) [2] ^Failed …`
fn numbered(row: &str, number: usize) -> Option<&str> {
    let rest = row.strip_prefix(&format!("{number}) ["))?;
    let (hits, regex) = rest.split_once("] ")?;
    hits.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some(regex)
}

/// `[1200] {^LN-BEG}…`
fn hits(row: &str) -> Option<u64> {
    row.strip_prefix('[')?.split_once("] ")?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summary_has_the_expressions_and_the_lines_with_a_time() {
        let text = "\nResults\n=======\n\nPrefregex: 6 total\n|  ^(?P<x>1) [3] y)$\n|      {'content': 'x'}\n`-\n\n\
            Failregex: 3 total\n|-  #) [# of hits] regular expression\n|   1) [2] ^a | 2) [0] <HOST>$\n\
            |      192.0.2.7  Sat Nov 28 18:00:01 2026\n|   2) [1] ^b: <HOST>\n`-\n\n\
            Ignoreregex: 0 total\n|-  #) [# of hits] regular expression\n|   1) [0] ^c\n`-\n\n\
            Date template hits:\n|- [# of hits] date format\n|  [1200] {^LN-BEG}x\n|  [3] y\n`-\n\nLines: 9 lines\n|  [7] z\n";
        let mut summary = Summary::default();
        text.lines().for_each(|line| summary.read(line));
        assert_eq!(
            summary.regexes.failregex,
            ["^a | 2) [0] <HOST>$", "^b: <HOST>"]
        );
        assert_eq!(summary.regexes.ignoreregex, ["^c"]);
        assert_eq!(summary.with_time, 1203);
    }
}
