//! The bans of one jail, in numerical order, with what a search over them needs.
use std::{cmp::Ordering, sync::OnceLock};

use domain::{ActiveBan, BanEnd, BanSubject, JailName, Timestamp};
use ipnet::IpNet;

/// A ban without its jail: that is kept once for all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Who is banned.
    pub(crate) subject: BanSubject,
    /// Since when, as far as it could be read.
    pub(crate) banned_at: Option<Timestamp>,
    /// Until when.
    pub(crate) end: BanEnd,
}

/// The bans of one jail as of one answer of the daemon. Never changes: a newer answer is a new value.
#[derive(Debug)]
pub(crate) struct JailBans {
    name: JailName,
    /// By subject, each subject once.
    rows: Vec<Row>,
    /// Built by the first search; kept as long as the jail's bans stay the same.
    text: OnceLock<Text>,
}

/// The subjects of all rows in small letters, one after another.
#[derive(Debug)]
struct Text {
    joined: Vec<u8>,
    /// Where the text of each row ends.
    ends: Vec<usize>,
}

impl JailBans {
    /// Puts the daemon's answer in order. Takes some milliseconds for tens of thousands of rows.
    pub(crate) fn new(name: JailName, mut rows: Vec<Row>) -> Self {
        // The daemon can list one address twice (as text and as address); the longer ban is the one that counts.
        // The stable sort is quick with what is nearly in order, as after a patch.
        rows.sort_by(|a, b| {
            (&a.subject, std::cmp::Reverse(end_key(a.end)))
                .cmp(&(&b.subject, std::cmp::Reverse(end_key(b.end))))
        });
        rows.dedup_by(|later, kept| later.subject == kept.subject);
        Self {
            name,
            rows,
            text: OnceLock::new(),
        }
    }

    /// The jail.
    pub(crate) const fn name(&self) -> &JailName {
        &self.name
    }

    /// The bans, by subject.
    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The ban of exactly this subject.
    pub(crate) fn find(&self, subject: &BanSubject) -> Option<&Row> {
        self.rows.get(self.position(subject)?)
    }

    fn position(&self, subject: &BanSubject) -> Option<usize> {
        self.rows
            .binary_search_by(|row| row.subject.cmp(subject))
            .ok()
    }

    /// The same jail with `added` rows (which replace those of the same subject) and without the `removed` subjects.
    pub(crate) fn patched(&self, added: &[Row], removed: &[BanSubject]) -> Self {
        let goes = |row: &Row| {
            removed.contains(&row.subject) || added.iter().any(|new| new.subject == row.subject)
        };
        let kept = self.rows.iter().filter(|row| !goes(row)).cloned();
        Self::new(
            self.name.clone(),
            kept.chain(added.iter().cloned()).collect(),
        )
    }

    /// A row as the port tells it.
    pub(crate) fn active_ban(&self, row: &Row) -> ActiveBan {
        ActiveBan {
            jail: self.name.clone(),
            subject: row.subject.clone(),
            banned_at: row.banned_at,
            end: row.end,
        }
    }

    /// Joins the texts for searches to come where that takes longer than a search may: 14 ms for 100,000 rows.
    pub(crate) fn prepare(&self) {
        const MANY: usize = 1_000;
        if self.rows.len() > MANY {
            self.text();
        }
    }

    fn text(&self) -> &Text {
        self.text.get_or_init(|| Text::new(&self.rows))
    }

    /// Calls `found` with the position of each row that fits the search, some of them perhaps twice.
    pub(crate) fn search(&self, search: &Search, mut found: impl FnMut(usize)) {
        self.text().search(&search.text, &mut found);
        let Some(network) = search.network else {
            return;
        };
        // In numerical order what lies within the network is one run, and of what contains it there is at most one of each width.
        let behind = |passed: &dyn Fn(&IpNet) -> bool| {
            self.rows.partition_point(
                |row| matches!(&row.subject, BanSubject::Network(banned) if passed(banned)),
            )
        };
        let last = (network.broadcast(), network.max_prefix_len());
        let begin = behind(&|banned| *banned < network);
        let end = behind(&|banned| (banned.addr(), banned.prefix_len()) <= last);
        (begin..end).for_each(&mut found);
        std::iter::successors(network.supernet(), IpNet::supernet)
            .filter_map(|wider| self.position(&BanSubject::Network(wider)))
            .for_each(found);
    }
}

/// What a person searches for.
#[derive(Debug, Clone)]
pub(crate) struct Search {
    /// In small letters, not empty.
    text: String,
    /// The network that it is, when it is one.
    network: Option<IpNet>,
}

impl Search {
    /// Reads a search; `None` when there is nothing to search for.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self {
            text: text.to_ascii_lowercase(),
            network: domain::parse_target(text).ok().map(|parsed| parsed.network),
        })
    }
}

impl Text {
    fn new(rows: &[Row]) -> Self {
        let mut joined = Vec::with_capacity(rows.len().saturating_mul(16));
        let mut ends = Vec::with_capacity(rows.len());
        for row in rows {
            joined.extend(
                row.subject
                    .to_string()
                    .bytes()
                    .map(|b| b.to_ascii_lowercase()),
            );
            ends.push(joined.len());
        }
        Self { joined, ends }
    }

    /// Texts lie without a gap, so that a hit counts only where it lies within one of them.
    fn search(&self, needle: &str, found: &mut impl FnMut(usize)) {
        let finder = memchr::memmem::Finder::new(needle.as_bytes());
        let mut from = 0;
        let mut row = 0;
        while let Some(hit) = self
            .joined
            .get(from..)
            .and_then(|rest| finder.find(rest))
            .map(|at| from + at)
        {
            while self.ends.get(row).is_some_and(|end| *end <= hit) {
                row += 1;
            }
            let Some(end) = self.ends.get(row).copied() else {
                return;
            };
            if hit + needle.len() <= end {
                found(row);
                from = end;
            } else {
                from = hit + 1;
            }
        }
    }
}

/// The moment of a ban's beginning as a number; what could not be read comes first.
pub(crate) fn begin_key(banned_at: Option<Timestamp>) -> i64 {
    banned_at.map_or(i64::MIN, Timestamp::as_millis)
}

/// The moment of a ban's end as a number; what never ends comes last.
pub(crate) const fn end_key(end: BanEnd) -> i64 {
    match end {
        BanEnd::At(moment) => moment.as_millis(),
        BanEnd::Never => i64::MAX,
        BanEnd::Unknown => i64::MIN,
    }
}

/// The order of two places in the list of all bans.
pub(crate) fn by_subject(a: (&BanSubject, &JailName), b: (&BanSubject, &JailName)) -> Ordering {
    a.0.cmp(b.0).then_with(|| a.1.cmp(b.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(text: &str, end: BanEnd) -> Row {
        Row {
            subject: BanSubject::from_daemon(text),
            banned_at: None,
            end,
        }
    }

    fn bans(texts: &[&str]) -> JailBans {
        JailBans::new(
            "sshd".parse().unwrap(),
            texts.iter().map(|t| row(t, BanEnd::Unknown)).collect(),
        )
    }

    fn found(bans: &JailBans, search: &str) -> Vec<String> {
        let mut hits = std::collections::BTreeSet::new();
        bans.search(&Search::new(search).unwrap(), |at| {
            hits.insert(at);
        });
        hits.into_iter()
            .map(|at| bans.rows()[at].subject.to_string())
            .collect()
    }

    #[test]
    fn rows_are_in_numerical_order_and_once() {
        let at = |ms| BanEnd::At(Timestamp::from_millis(ms));
        let bans = JailBans::new(
            "sshd".parse().unwrap(),
            vec![
                row("x y", BanEnd::Never),
                row("2001:db8::1", BanEnd::Never),
                row("192.0.2.10", at(1)),
                row("192.0.2.9", BanEnd::Never),
                row("::ffff:192.0.2.10", at(7)),
            ],
        );
        let listed: Vec<_> = bans.rows().iter().map(|r| r.subject.to_string()).collect();
        assert_eq!(listed, ["192.0.2.9", "192.0.2.10", "2001:db8::1", "x y"]);
        assert_eq!(bans.rows()[1].end, at(7));
    }

    #[test]
    fn search_by_any_part_finds_within_one_text_only() {
        let bans = bans(&["192.0.2.1", "192.0.2.22", "User NAME", "2001:DB8::1"]);
        assert_eq!(found(&bans, "2.22"), ["192.0.2.22"]);
        assert_eq!(found(&bans, "user n"), ["User NAME"]);
        assert_eq!(found(&bans, "DB8"), ["2001:db8::1"]);
        // "192.0.2.1" is followed by "192.0.2.22".
        assert_eq!(found(&bans, "1192"), Vec::<String>::new());
    }

    #[test]
    fn search_hit_across_two_texts_does_not_hide_the_hit_behind_it() {
        let bans = bans(&["aab", "aba"]);
        // Joined: aababa; the hit at 2 crosses the border, the one at 3 does not.
        assert_eq!(found(&bans, "ba"), ["aba"]);
    }

    #[test]
    fn search_by_network_contains_in_both_directions() {
        let bans = bans(&["192.0.2.7", "192.0.2.0/25", "198.51.100.1", "2001:db8::7"]);
        assert_eq!(found(&bans, "192.0.2.0/24"), ["192.0.2.0/25", "192.0.2.7"]);
        assert_eq!(found(&bans, "192.0.2.9"), ["192.0.2.0/25"]);
        assert_eq!(found(&bans, "2001:db8::/32"), ["2001:db8::7"]);
    }

    #[test]
    fn patch_adds_replaces_and_removes() {
        let before = bans(&["192.0.2.1", "192.0.2.2"]);
        let after = before.patched(
            &[
                row("192.0.2.2", BanEnd::Never),
                row("192.0.2.3", BanEnd::Never),
            ],
            &[BanSubject::from_daemon("192.0.2.1")],
        );
        let listed: Vec<_> = after
            .rows()
            .iter()
            .map(|r| (r.subject.to_string(), r.end))
            .collect();
        assert_eq!(
            listed,
            [
                ("192.0.2.2".to_owned(), BanEnd::Never),
                ("192.0.2.3".to_owned(), BanEnd::Never)
            ]
        );
    }
}
