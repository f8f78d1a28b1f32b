//! Options of filters.

use super::{Group, OptionSpec, Place, ValueKind, option};

const fn filter(
    group: Group,
    name: &'static str,
    value: ValueKind,
    help: &'static str,
) -> OptionSpec {
    option(Place::Filter, group, name, value, help)
}

pub(super) static OPTIONS: &[OptionSpec] = &[
    filter(
        Group::Detection,
        "failregex",
        ValueKind::Regexes,
        "Regular expressions of failures, one a line, in Python's syntax. Each needs a place for whom to ban: <HOST>, <ADDR>, <F-ID>…</F-ID>, \
         unless the prefix expression has it. Begin with ^ and end with $, so that nobody can put words into a line that ban somebody else.",
    ),
    filter(
        Group::Detection,
        "ignoreregex",
        ValueKind::Regexes,
        "Regular expressions of lines that never count as failures, one a line.",
    ),
    filter(
        Group::Detection,
        "prefregex",
        ValueKind::Regex,
        "A regular expression that each line must match first; what it holds in <F-CONTENT>…</F-CONTENT> is what the others look at.",
    ),
    filter(
        Group::Detection,
        "mode",
        ValueKind::Choice {
            words: &["normal", "ddos", "extra", "aggressive"],
            open: true,
        },
        "How much counts as a failure, where the filter has expressions for several modes. Jails give it as a parameter.",
    )
    .default("normal"),
    filter(
        Group::Detection,
        "datepattern",
        ValueKind::Lines,
        "How times look in the log, where fail2ban does not find it out: patterns with %%Y-%%m-%%d and the like, one a line. {^LN-BEG} is the beginning of a line.",
    ),
    filter(
        Group::Detection,
        "maxlines",
        ValueKind::COUNT,
        "How many lines are looked at together, for failures that take several lines. More than one is slow.",
    )
    .default("1")
    .unit("lines"),
    filter(
        Group::Detection,
        "usedns",
        ValueKind::Choice {
            words: &["yes", "warn", "no", "raw"],
            open: false,
        },
        "What to do with host names in log lines; the jail's own setting counts more.",
    ),
    filter(
        Group::Sources,
        "journalmatch",
        ValueKind::Lines,
        "Which entries of the journal to read, such as _SYSTEMD_UNIT=sshd.service + _COMM=sshd. Fields in a row must all fit, + begins another choice.",
    ),
    filter(
        Group::Sources,
        "logtype",
        ValueKind::Choice {
            words: &["file", "journal", "short", "rfc5424"],
            open: true,
        },
        "How the beginning of a line looks; fail2ban sets it from the jail's backend. Filters that use the common prefix take it as a parameter.",
    )
    .default("file"),
    filter(
        Group::Advanced,
        "_daemon",
        ValueKind::Text,
        "The name of the program in the log, as a regular expression; the common prefix looks for it.",
    ),
];
