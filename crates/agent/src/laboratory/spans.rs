//! Where in a line stands what was found in it.
//!
//! fail2ban tells what it captured and not where. What stands in the line once is there; of several places the first is taken that fits the order in which
//! the expression captures.
use domain::LineSpan;

/// What was found in a line.
pub(super) struct Found<'a> {
    /// Where its time stands: characters before it, and its own.
    pub(super) time: Option<(usize, usize)>,
    /// The part of the line that the expressions saw, where it is not all of it.
    pub(super) content: Option<&'a str>,
    /// What was captured, in the order of the expression.
    pub(super) groups: &'a [(String, String)],
}

/// Groups that hold the host.
const HOSTS: [&str; 3] = ["ip4", "ip6", "dns"];

/// The host among what was captured.
pub(super) fn host(groups: &[(String, String)]) -> Option<String> {
    let named = |wanted: &str| groups.iter().find(|(name, _)| name == wanted);
    let found = ["fid", "ip4", "ip6", "dns"].into_iter().find_map(named)?;
    Some(found.1.clone())
}

/// Whether a group is what a filter captures for people, and not for fail2ban's own working.
pub(super) fn is_field(name: &str) -> bool {
    const OWN: [&str; 8] = [
        "cidr", "users", "nofail", "content", "ip", "matches", "mlfid", "failures",
    ];
    const OWN_PREFIXES: [&str; 5] = ["mlf", "cond_", "skiplines", "alt_", "tuple_"];
    !HOSTS.contains(&name)
        && !OWN.contains(&name)
        && !OWN_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// The spans, in the order of the line.
pub(super) fn of(line: &str, found: &Found<'_>) -> Vec<LineSpan> {
    let mut spans: Vec<LineSpan> = time(line, found).into_iter().collect();
    let behind_time = spans.first().map_or(0, |_| time_end(line, found));
    let (window, exact_window) = content(line, found.content, behind_time);
    let mut cursor = window.start;
    for (name, value) in found.groups {
        let name = if HOSTS.contains(&name.as_str()) {
            "host"
        } else if is_field(name) {
            name
        } else {
            continue;
        };
        let Some((at, exact)) = place(line, value, &window, cursor) else {
            continue;
        };
        cursor = at + value.len();
        spans.push(span(
            line,
            name,
            at..at + value.len(),
            exact && exact_window,
        ));
    }
    spans.sort_by_key(|span| (span.start, span.end));
    spans
}

fn time(line: &str, found: &Found<'_>) -> Option<LineSpan> {
    let (before, chars) = found.time?;
    let start = byte_of(line, before)?;
    let end = byte_of(line, before + chars)?;
    Some(span(line, "time", start..end, true))
}

fn time_end(line: &str, found: &Found<'_>) -> usize {
    let end = found
        .time
        .and_then(|(before, chars)| byte_of(line, before + chars));
    end.unwrap_or_default()
}

/// The byte where a character begins.
fn byte_of(line: &str, character: usize) -> Option<usize> {
    let ends = line.char_indices().map(|(at, _)| at);
    ends.chain([line.len()]).nth(character)
}

/// The part of the line that the expressions saw, and whether it can be no other part.
fn content(line: &str, content: Option<&str>, from: usize) -> (std::ops::Range<usize>, bool) {
    let whole = 0..line.len();
    let Some(content) = content else {
        // An expression may also reach before the time.
        return (whole, true);
    };
    match place(line, content, &whole, from) {
        Some((at, exact)) => (at..at + content.len(), exact),
        None => (whole, false),
    }
}

/// Where a value stands: the first place from `cursor` on, else the first of all; and whether there is no other.
fn place(
    line: &str,
    value: &str,
    window: &std::ops::Range<usize>,
    cursor: usize,
) -> Option<(usize, bool)> {
    if value.is_empty() {
        return None;
    }
    let part = line.get(window.clone())?;
    let mut places = part.match_indices(value).map(|(at, _)| window.start + at);
    let first = places.next()?;
    let second = places.next();
    let ahead = [Some(first), second]
        .into_iter()
        .flatten()
        .chain(places)
        .find(|at| *at >= cursor);
    Some((ahead.unwrap_or(first), second.is_none()))
}

fn span(line: &str, name: &str, bytes: std::ops::Range<usize>, exact: bool) -> LineSpan {
    let units = |to: usize| line.get(..to).unwrap_or(line).encode_utf16().count();
    LineSpan {
        name: name.to_owned(),
        start: units(bytes.start),
        end: units(bytes.end),
        exact,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn groups(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn shown(line: &str, found: &Found<'_>) -> Vec<(String, String, bool)> {
        let units: Vec<u16> = line.encode_utf16().collect();
        of(line, found)
            .into_iter()
            .map(|span| {
                let text = String::from_utf16(&units[span.start..span.end]).unwrap();
                (span.name, text, span.exact)
            })
            .collect()
    }

    fn is(name: &str, text: &str, exact: bool) -> (String, String, bool) {
        (name.to_owned(), text.to_owned(), exact)
    }

    #[test]
    fn spans_of_what_stands_once_are_exact_also_behind_wide_characters() {
        let line = "Nov 28 18:00:01 höst 🦀 sshd: for root from 192.0.2.7";
        let found = Found {
            time: Some((0, 15)),
            content: Some("for root from 192.0.2.7"),
            groups: &groups(&[("user", "root"), ("cond_user", "x"), ("ip4", "192.0.2.7")]),
        };
        assert_eq!(
            shown(line, &found),
            [
                is("time", "Nov 28 18:00:01", true),
                is("user", "root", true),
                is("host", "192.0.2.7", true)
            ]
        );
    }

    #[test]
    fn spans_of_what_stands_twice_follow_the_order_of_the_expression() {
        let line = "1.1.1.1 said: user 1.1.1.1 from 1.1.1.1";
        let found = Found {
            time: None,
            content: Some("user 1.1.1.1 from 1.1.1.1"),
            groups: &groups(&[("user", "1.1.1.1"), ("ip4", "1.1.1.1")]),
        };
        let spans = of(line, &found);
        assert!(spans.iter().all(|span| !span.exact), "{spans:?}");
        assert_eq!(spans[0].start, 19);
    }

    #[test]
    fn value_that_is_not_in_the_line_has_no_span() {
        let found = Found {
            time: Some((50, 3)),
            content: Some("elsewhere"),
            groups: &groups(&[("user", "nobody"), ("fid", "")]),
        };
        assert_eq!(of("short", &found), []);
    }

    proptest! {
        #[test]
        fn spans_are_within_the_line(line in ".{0,40}", value in ".{0,4}", content in ".{0,10}", time in (0_usize..50, 0_usize..50)) {
            let found = Found { time: Some(time), content: Some(&content), groups: &groups(&[("user", &value), ("ip4", &value)]) };
            let units = line.encode_utf16().count();
            for span in of(&line, &found) {
                prop_assert!(span.start <= span.end && span.end <= units);
            }
        }
    }
}
