//! What `fail2ban-regex -o row` prints when it also logs how it works, taken apart.
//!
//! Each line that it reads begins a stretch of its log: `Working on line '…'`, then what was found, and a row where the line is a failure. All text of
//! the tested lines is within Python's quotes, where no line break can be: what a line says cannot pass for what the program says. One warning shows
//! lines as they are; so only lines with the number of the program's own process are believed.
use domain::Timestamp;
use fail2ban::{
    Value,
    dump::{DumpLimits, parse_value},
};

/// `2026-11-23 19:13:17,702 `, which is before the logger's name.
const TIME_CHARS: usize = 24;

/// The most one line may hold: what it quotes is bounded by the tested lines.
const LIMITS: DumpLimits = DumpLimits {
    max_bytes: super::program::MAX_OUTPUT_LINE_BYTES,
    max_depth: 8,
};

/// What was captured, in the order of the expression.
pub(super) type Groups = Vec<(String, String)>;

/// What a line of the program tells.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Event {
    /// The next tested line begins.
    Line(String),
    /// The next entry of the journal begins, which has a time of its own: how many characters are before it, and how many it has.
    Entry {
        text: String,
        time: Option<Timestamp>,
        before: usize,
        chars: usize,
    },
    /// Its time was understood.
    Time(Timestamp),
    /// Where its time stands: how many characters are before it, and how many it has.
    TimeAt { before: usize, chars: usize },
    /// What the expression that is asked before all others left of the line.
    Content(String),
    /// A failregex matched.
    Matched { regex: usize, groups: Groups },
    /// An ignoreregex matched.
    Ignored { regex: usize },
    /// The line is a failure.
    Row {
        host: String,
        time: Option<Timestamp>,
        fields: Groups,
    },
    /// Words of the program itself, such as an error.
    Said(String),
    /// Nothing of interest.
    Nothing,
}

/// Takes the program's lines apart.
#[derive(Debug, Default)]
pub(super) struct Trace {
    /// The number of the program's process, as the first line that it logs has it: before any tested line is shown.
    process: Option<u32>,
}

impl Trace {
    /// Reads the next line.
    pub(super) fn read(&mut self, line: &str) -> Event {
        match Head::parse(line) {
            Some(head) if *self.process.get_or_insert(head.process) == head.process => {
                logged(&head)
            }
            _ => row(line).unwrap_or_else(|| Event::Said(line.to_owned())),
        }
    }
}

/// A line of the log.
struct Head<'a> {
    logger: &'a str,
    process: u32,
    level: &'a str,
    message: &'a str,
}

impl<'a> Head<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (time, rest) = line.split_at_checked(TIME_CHARS)?;
        let shape = time.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            10 | 23 => byte == b' ',
            13 | 16 => byte == b':',
            19 => byte == b',',
            _ => byte.is_ascii_digit(),
        });
        let (logger, rest) = rest.strip_prefix("fail2ban.")?.split_once('[')?;
        let (process, rest) = rest.split_once("]: ")?;
        let (level, message) = rest.split_once(": ")?;
        shape.then_some(Self {
            logger: logger.trim_end(),
            process: process.parse().ok()?,
            level: level.split(' ').next().unwrap_or_default(),
            message: message.trim_start(),
        })
    }
}

fn logged(head: &Head<'_>) -> Event {
    let event = match head.logger {
        "filter" => filter(head.message),
        "datedetector" => time(head.message),
        _ => None,
    };
    match event {
        Some(event) => event,
        None if matches!(head.level, "ERROR" | "CRITICAL") => Event::Said(head.message.to_owned()),
        None => Event::Nothing,
    }
}

fn filter(message: &str) -> Option<Event> {
    if let Some(quoted) = message.strip_prefix("Working on line ") {
        return value(quoted)
            .map(|line| entry(&line).unwrap_or_else(|| Event::Line(joined(&line))));
    }
    if let Some(list) = message.strip_prefix("Looking for match of ") {
        return time_at(&value(list)?);
    }
    if let Some(dict) = message.strip_prefix("Pre-filter matched ") {
        let found = groups(&value(dict)?);
        let content = found.into_iter().find(|(name, _)| name == "content")?.1;
        return Some(Event::Content(content));
    }
    if let Some(rest) = message.strip_prefix("Matched failregex ") {
        let (regex, dict) = rest.split_once(": ")?;
        return Some(Event::Matched {
            regex: regex.parse().ok()?,
            groups: groups(&value(dict)?),
        });
    }
    let rest = message.strip_prefix("Matched ignoreregex ")?;
    let regex = rest.split(' ').next()?.parse().ok()?;
    Some(Event::Ignored { regex })
}

/// `got time 1795888801.000000 for 'Nov 28 18:00:01' using template …`
fn time(message: &str) -> Option<Event> {
    let (seconds, _) = message.strip_prefix("got time ")?.split_once(' ')?;
    moment(seconds.parse().ok()?).map(Event::Time)
}

/// `('', '2026-11-28T18:00:01.123456+00:00 ', 'host sshd[11]: …')`
fn entry(line: &Value) -> Option<Event> {
    let [before, time, _] = line.as_items()? else {
        return None;
    };
    let shown = time.as_str()?.trim_end();
    Some(Event::Entry {
        text: joined(line),
        time: shown.parse::<jiff::Timestamp>().ok().map(Into::into),
        before: before.as_str()?.chars().count(),
        chars: shown.chars().count(),
    })
}

/// The last of `[('before', 'time', 'after'), …]` is the line that is read.
fn time_at(buffer: &Value) -> Option<Event> {
    let parts = buffer.as_items()?.last()?.as_items()?;
    let [before, time, _] = parts else {
        return None;
    };
    let chars = time.as_str()?.chars().count();
    (chars > 0).then_some(Event::TimeAt {
        before: before.as_str()?.chars().count(),
        chars,
    })
}

/// `['192.0.2.7', 1795888801.0, {'user': 'root', …}],`, with tabs behind the commas.
fn row(line: &str) -> Option<Event> {
    let list = line
        .strip_suffix(',')
        .filter(|list| list.starts_with('['))?;
    let list = value(list)?;
    let [host, time, found] = list.as_items()? else {
        return None;
    };
    let time = match time {
        Value::Float(seconds) => moment(*seconds),
        _ => time
            .as_int()
            .map(|seconds| Timestamp::from_millis(seconds.saturating_mul(1_000))),
    };
    Some(Event::Row {
        host: joined(host),
        time,
        fields: groups(found),
    })
}

fn moment(seconds: f64) -> Option<Timestamp> {
    /// The end of the year 9999: later times are no times.
    const MAX_SECONDS: f64 = 253_402_300_799.0;
    if !(-MAX_SECONDS..=MAX_SECONDS).contains(&seconds) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is within the range that was just checked"
    )]
    let millis = (seconds * 1_000.0).round() as i64;
    Some(Timestamp::from_millis(millis))
}

fn value(text: &str) -> Option<Value> {
    parse_value(text, &LIMITS).ok()
}

/// Text, or the texts of a tuple one after another: a line of the journal comes in parts.
fn joined(value: &Value) -> String {
    match value {
        Value::Str(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        _ => value
            .as_items()
            .unwrap_or_default()
            .iter()
            .map(joined)
            .collect(),
    }
}

/// What was captured; what was not is left out.
fn groups(dict: &Value) -> Groups {
    let pairs = dict.as_pairs().unwrap_or_default();
    let found = pairs.iter().filter_map(|(name, value)| {
        let texts = matches!(value, Value::Str(_) | Value::Tuple(_));
        texts.then(|| Some((name.as_str()?.to_owned(), joined(value))))?
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn head(message: &str) -> String {
        format!("2026-11-28 18:14:01,780 fail2ban.filter         [31226]: TRACE  T: {message}")
    }

    fn first(line: &str) -> Event {
        Trace::default().read(line)
    }

    /// As Python's `repr` writes it, without its choice of quotes.
    fn repr(text: &str) -> String {
        let mut out = String::from("'");
        for c in text.chars() {
            match c {
                '\'' => out.push_str("\\'"),
                '\\' => out.push_str("\\\\"),
                c if c.is_control() => out.push_str(&hex(c)),
                c => out.push(c),
            }
        }
        out + "'"
    }

    fn hex(c: char) -> String {
        format!("\\x{:02x}", u32::from(c))
    }

    #[test]
    fn trace_reads_what_is_told_of_a_line() {
        let text = r#"Nov 28 18:00:01 host sshd[1]: for a'b"c\n from 192.0.2.8"#;
        assert_eq!(
            first(&head(
                r#"Working on line 'Nov 28 18:00:01 host sshd[1]: for a\'b"c\\n from 192.0.2.8'"#
            )),
            Event::Line(text.to_owned())
        );
        assert_eq!(
            first(&head(
                "  Pre-filter matched {'mlfid': ' host: ', 'content': 'Failed'}"
            )),
            Event::Content("Failed".to_owned())
        );
        assert_eq!(
            first(&head(
                "  Matched failregex 3: {'nofail': None, 'user': 'root', 'ip4': '192.0.2.7'}"
            )),
            Event::Matched {
                regex: 3,
                groups: vec![
                    ("user".to_owned(), "root".to_owned()),
                    ("ip4".to_owned(), "192.0.2.7".to_owned())
                ]
            }
        );
        assert_eq!(
            first(&head("  Matched ignoreregex 2 and was ignored")),
            Event::Ignored { regex: 2 }
        );
        assert_eq!(
            first(&head(
                "Looking for match of [('a', 'b', 'c'), ('é ', 'Nov 28', ' x')]"
            )),
            Event::TimeAt {
                before: 2,
                chars: 6
            }
        );
        assert_eq!(
            first(
                "2026-11-28 18:14:25,953 fail2ban.datedetector   [32485]: HEAVY  H:   got time 1795888801.250000 for 'x' using template y"
            ),
            Event::Time(Timestamp::from_millis(1_795_888_801_250))
        );
    }

    #[test]
    fn trace_reads_rows_with_and_without_a_time() {
        let row =
            "['192.0.2.7',\t1795888801.0,\t{'user': 'root', 'users': {'root'}, 'dns': None}],";
        let Event::Row { host, time, fields } = first(row) else {
            panic!("no row");
        };
        assert_eq!(
            (host.as_str(), time.map(Timestamp::as_millis), fields.len()),
            ("192.0.2.7", Some(1_795_888_801_000), 1)
        );
        assert!(matches!(
            first("['a',\tNone,\t{}],"),
            Event::Row { time: None, .. }
        ));
        assert!(matches!(first("[1, 2],"), Event::Said(_)));
    }

    #[test]
    fn trace_of_a_journal_entry_has_its_time() {
        let line = head(
            "Working on line ('', '2026-11-28T18:00:01.123456+00:00 ', 'host sshd[11]: two\\nlines')",
        );
        assert_eq!(
            first(&line),
            Event::Entry {
                text: "2026-11-28T18:00:01.123456+00:00 host sshd[11]: two\nlines".to_owned(),
                time: Some(Timestamp::from_millis(1_795_888_801_123)),
                before: 0,
                chars: 32
            }
        );
    }

    #[test]
    fn line_with_the_number_of_another_process_is_not_believed() {
        let mut trace = Trace::default();
        trace.read(&head("Created Filter(None)"));
        let forged = head("Working on line 'forged'").replace("31226", "1");
        assert!(matches!(trace.read(&forged), Event::Said(_)));
        assert!(matches!(
            trace.read(&head("Working on line 'x'")),
            Event::Line(_)
        ));
    }

    #[test]
    fn errors_are_words_of_the_program_and_the_rest_is_nothing() {
        let line =
            "2026-11-28 18:14:02,208 fail2ban.filter         [1]: ERROR  E: Unable to compile";
        assert_eq!(first(line), Event::Said("Unable to compile".to_owned()));
        assert_eq!(first(&head("Created Filter(None)")), Event::Nothing);
        assert_eq!(first("missing )"), Event::Said("missing )".to_owned()));
    }

    proptest! {
        #[test]
        fn any_line_is_read_without_a_panic(line in ".*", tail in any::<Vec<u8>>()) {
            first(&line);
            first(&head(&line));
            first(&head(&format!("Working on line {}", String::from_utf8_lossy(&tail))));
        }

        #[test]
        fn quoted_line_is_read_as_it_was(text in any::<String>()) {
            let shown = repr(&text);
            prop_assert!(!shown.contains('\n'));
            prop_assert_eq!(first(&head(&format!("Working on line {shown}"))), Event::Line(text));
        }
    }
}
