//! Lines that a backslash joins, as a shell reads them.
use std::ops::Range;

/// A text without the line ends that a backslash takes away.
pub(super) struct Joined {
    pub(super) text: String,
    /// Where pieces begin, here and in the original.
    pieces: Vec<(usize, usize)>,
}

impl Joined {
    /// `None` where there are no such lines.
    pub(super) fn new(original: &str) -> Option<Self> {
        let mut joined = Self {
            text: String::with_capacity(original.len()),
            pieces: Vec::new(),
        };
        let mut from = 0;
        while let Some((end, next)) = line_end(original, from) {
            joined.add(original, from..end);
            from = next;
        }
        if from == 0 {
            return None;
        }
        joined.add(original, from..original.len());
        Some(joined)
    }

    fn add(&mut self, original: &str, piece: Range<usize>) {
        self.pieces.push((self.text.len(), piece.start));
        self.text.push_str(original.get(piece).unwrap_or_default());
    }

    /// A range of the original, with the line ends in it.
    pub(super) fn original(&self, range: &Range<usize>) -> Range<usize> {
        // The last character is in the range, what follows it may be another piece.
        self.place(range.start)..self.place(range.end.saturating_sub(1)) + 1
    }

    fn place(&self, at: usize) -> usize {
        let behind = self.pieces.partition_point(|(here, _)| *here <= at);
        let piece = self.pieces.get(behind.saturating_sub(1));
        piece.map_or(at, |(here, original)| at - here + original)
    }
}

/// The next backslash at the end of a line, and where the text goes on: behind blanks and the sign of a comment, which fail2ban takes away.
fn line_end(text: &str, from: usize) -> Option<(usize, usize)> {
    let rest = text.get(from..)?;
    let ends = ["\\\n", "\\\r\n"].into_iter();
    let (at, end) = ends.filter_map(|end| Some((rest.find(end)?, end))).min()?;
    let next = rest.get(at + end.len()..)?.trim_start_matches([' ', '\t']);
    let next = next
        .trim_start_matches(['#', ';'])
        .trim_start_matches([' ', '\t']);
    Some((from + at, text.len() - next.len()))
}
