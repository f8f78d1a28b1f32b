//! Options of jails.

use super::{Group, OptionSpec, Place, ValueKind, option};

const fn jail(
    group: Group,
    name: &'static str,
    value: ValueKind,
    help: &'static str,
) -> OptionSpec {
    option(Place::Jail, group, name, value, help)
}

/// What a word means to all of fail2ban's programs that read the machine's log files.
const ENCODINGS: ValueKind = ValueKind::Choice {
    words: &["auto", "utf-8", "ascii", "latin-1"],
    open: true,
};

pub(super) static OPTIONS: &[OptionSpec] = &[
    jail(
        Group::General,
        "enabled",
        ValueKind::Boolean,
        "Whether fail2ban starts this jail.",
    )
    .default("false"),
    jail(
        Group::General,
        "filter",
        ValueKind::Filter,
        "The filter that finds failures in the log, with parameters in brackets where it takes some: sshd[mode=aggressive]. \
         Without it, the filter with the jail's own name.",
    )
    .default("%(__name__)s[mode=%(mode)s]"),
    jail(
        Group::General,
        "mode",
        ValueKind::Choice {
            words: &["normal", "ddos", "extra", "aggressive"],
            open: true,
        },
        "How much the filter counts as a failure, where it knows several modes. It is given to the filter as its parameter.",
    )
    .default("normal"),
    jail(
        Group::Sources,
        "backend",
        ValueKind::Choice {
            words: &["auto", "pyinotify", "polling", "systemd", "gamin"],
            open: false,
        },
        "How the log is read: from files, with notice of changes (pyinotify) or by looking now and then (polling), or from the journal (systemd). \
         The journal's reader takes parameters in brackets. gamin is gone since 1.1.",
    )
    .default("auto"),
    jail(
        Group::Sources,
        "logpath",
        ValueKind::Paths,
        "The log files to read, one a line, with * for many. A word tail behind a path reads only what is new. \
         fail2ban does not start a jail whose files are all missing. With the systemd backend it means nothing.",
    ),
    jail(
        Group::Sources,
        "journalmatch",
        ValueKind::Lines,
        "Which entries of the journal to read, such as _SYSTEMD_UNIT=sshd.service + _COMM=sshd. Only with the systemd backend; the filter usually says it.",
    ),
    jail(
        Group::Sources,
        "skip_if_nologs",
        ValueKind::Boolean,
        "Whether a jail without a log file is left out, instead of failing the start.",
    )
    .default("false")
    .since("1.1.1"),
    jail(
        Group::Sources,
        "systemd_if_nologs",
        ValueKind::Boolean,
        "Whether a jail with the backend auto reads the journal when it has no log file and its filter says what to read there.",
    )
    .default("true")
    .since("1.1.1"),
    jail(
        Group::Sources,
        "logencoding",
        ENCODINGS,
        "The encoding of the log files; auto takes that of the system's language.",
    )
    .default("auto"),
    jail(
        Group::Sources,
        "logtimezone",
        ValueKind::Text,
        "The time zone of log lines that name none, as a fixed distance: UTC, UTC+0200, GMT-0100. Without it, the machine's own zone.",
    ),
    jail(
        Group::Detection,
        "maxretry",
        ValueKind::COUNT,
        "How many failures within the find time lead to a ban.",
    )
    .default("5")
    .unit("failures"),
    jail(
        Group::Detection,
        "findtime",
        ValueKind::Duration { permanent: false },
        "How far back failures count.",
    )
    .default("10m")
    .unit("seconds"),
    jail(
        Group::Detection,
        "usedns",
        ValueKind::Choice {
            words: &["yes", "warn", "no", "raw"],
            open: false,
        },
        "What to do with host names in log lines: look up their addresses (yes), do so with a warning in the log (warn), ignore such lines (no), \
         or ban the text as it is (raw). Whoever answers for a name chooses which address is banned, so no is the safe choice.",
    )
    .default("warn"),
    jail(
        Group::Detection,
        "failregex",
        ValueKind::Regexes,
        "Regular expressions of failures, one a line, in place of the filter's own. %(known/failregex)s stands for those of the filter.",
    ),
    jail(
        Group::Detection,
        "ignoreregex",
        ValueKind::Regexes,
        "Regular expressions of lines that never count as failures, one a line, in place of the filter's own.",
    ),
    jail(
        Group::Detection,
        "prefregex",
        ValueKind::Regex,
        "A regular expression that each line must match first; what it holds in <F-CONTENT> is what the others look at. In place of the filter's own.",
    ),
    jail(
        Group::Detection,
        "datepattern",
        ValueKind::Lines,
        "How times look in the log, where fail2ban does not find it out: patterns with %Y-%m-%d and the like, one a line.",
    ),
    jail(
        Group::Detection,
        "maxlines",
        ValueKind::COUNT,
        "How many lines are looked at together, for failures that take several lines. More than one is slow.",
    )
    .default("1")
    .unit("lines"),
    jail(
        Group::Detection,
        "maxmatches",
        ValueKind::Integer {
            min: Some(0),
            max: None,
        },
        "How many log lines of each failing address are kept in memory, for mails and the database.",
    )
    .default("%(maxretry)s")
    .unit("lines"),
    jail(
        Group::Banning,
        "bantime",
        ValueKind::Duration { permanent: true },
        "How long a ban lasts; -1 is for ever.",
    )
    .default("10m")
    .unit("seconds"),
    jail(
        Group::Increment,
        "bantime.increment",
        ValueKind::Boolean,
        "Whether each further ban of an address lasts longer than the one before. It needs the database.",
    )
    .default("false"),
    jail(
        Group::Increment,
        "bantime.factor",
        ValueKind::Formula,
        "A number that ban times are multiplied with when they grow. fail2ban evaluates it as Python.",
    )
    .default("1"),
    jail(
        Group::Increment,
        "bantime.formula",
        ValueKind::Formula,
        "How a ban time grows, as a Python expression of ban.Time, ban.Count and banFactor. Without it, it doubles each time.",
    )
    .default("ban.Time * (1<<(ban.Count if ban.Count<20 else 20)) * banFactor"),
    jail(
        Group::Increment,
        "bantime.multipliers",
        ValueKind::Text,
        "What the ban time is multiplied with at the first, second, third ban and so on: whole numbers separated by single spaces, such as 1 2 4 8 16. \
         The last one holds for all later bans. In place of the formula.",
    ),
    jail(
        Group::Increment,
        "bantime.maxtime",
        ValueKind::Duration { permanent: false },
        "The longest that a growing ban may last. Without it there is no limit.",
    )
    .unit("seconds"),
    jail(
        Group::Increment,
        "bantime.rndtime",
        ValueKind::Duration { permanent: false },
        "Up to how much is added to a growing ban by chance, so that nobody can reckon when it ends.",
    )
    .unit("seconds"),
    jail(
        Group::Increment,
        "bantime.overalljails",
        ValueKind::Boolean,
        "Whether bans in all jails count for the growth, instead of those in this jail alone.",
    )
    .default("false"),
    jail(
        Group::Ignore,
        "ignoreip",
        ValueKind::Addresses,
        "Addresses, networks and host names that are never banned, separated by spaces. Since 1.1.1 also file:/PATH with one a line.",
    ),
    jail(
        Group::Ignore,
        "ignoreself",
        ValueKind::Boolean,
        "Whether the machine's own addresses are never banned.",
    )
    .default("true"),
    jail(
        Group::Ignore,
        "ignorecommand",
        ValueKind::Command,
        "A command that is asked before each ban; when it ends with 0, the address is not banned. <ip> stands for the address. It runs as root.",
    ),
    jail(
        Group::Ignore,
        "ignorecache",
        ValueKind::Text,
        "Keeps answers about who is ignored, where asking costs much: key=\"<ip>\", max-count=100, max-time=5m. Empty is no cache.",
    ),
    jail(
        Group::Actions,
        "banaction",
        ValueKind::ActionName,
        "The action that bans the jail's ports. The stock files put it into the action.",
    )
    .default("iptables-multiport")
    .privileged(),
    jail(
        Group::Actions,
        "banaction_allports",
        ValueKind::ActionName,
        "The action of jails that ban all ports, such as recidive.",
    )
    .default("iptables-allports")
    .privileged(),
    jail(
        Group::Actions,
        "action",
        ValueKind::Actions,
        "What happens when an address is banned: actions with their parameters, one a line. %(action_)s only bans, %(action_mw)s also mails, \
         %(action_mwl)s mails with log lines. Parameters can hold commands, which run as root.",
    )
    .default("%(action_)s"),
    jail(
        Group::Actions,
        "port",
        ValueKind::Ports,
        "The ports that banned addresses cannot reach any more: names or numbers separated by commas, ranges as 6000:6010.",
    )
    .default("0:65535"),
    jail(
        Group::Actions,
        "protocol",
        ValueKind::Choice {
            words: &["tcp", "udp", "icmp", "all", "tcp,udp"],
            open: true,
        },
        "The protocol that is blocked.",
    )
    .default("tcp"),
    jail(
        Group::Actions,
        "chain",
        ValueKind::Text,
        "The chain of the firewall that bans are put into; <known/chain> is the one that the action has by itself.",
    )
    .default("<known/chain>"),
    jail(
        Group::Mail,
        "destemail",
        ValueKind::Text,
        "Who gets the mails of actions that send some.",
    )
    .default("root@localhost"),
    jail(
        Group::Mail,
        "sender",
        ValueKind::Text,
        "The address that such mails come from.",
    )
    .default("root@<fq-hostname>"),
    jail(
        Group::Mail,
        "mta",
        ValueKind::Choice {
            words: &["sendmail", "mail"],
            open: true,
        },
        "Which of the mailing actions is used: sendmail, or mail of the package mailutils. It is the beginning of the action's name.",
    )
    .default("sendmail")
    .privileged(),
    jail(
        Group::Advanced,
        "fail2ban_agent",
        ValueKind::Text,
        "How fail2ban names itself to services that actions report to.",
    )
    .default("Fail2Ban/%(fail2ban_version)s"),
];
