//! The options of jails that fail2ban knows.

use super::Type;

/// An option of jails: name, type, and what it is where nothing is said.
pub(super) type Option3 = (&'static str, Type, Option<&'static str>);

/// What is looked at before the filter.
pub(super) const FIRST: [Option3; 3] = [
    ("enabled", Type::Bool, Some("")),
    ("backend", Type::Text, Some("auto")),
    ("filter", Type::Text, Some("")),
];

/// Options from 1.1.1 on, for jails without log files.
pub(super) const SKIP: &str = "skip_if_nologs";
pub(super) const JOURNAL: &str = "systemd_if_nologs";

/// All options of jails that fail2ban knows, in its order.
pub(super) const ALL: [Option3; 31] = [
    ("enabled", Type::Bool, Some("")),
    ("backend", Type::Text, Some("auto")),
    ("maxretry", Type::Int, None),
    ("maxmatches", Type::Int, None),
    ("findtime", Type::Text, None),
    ("bantime", Type::Text, None),
    ("bantime.increment", Type::Bool, None),
    ("bantime.factor", Type::Text, None),
    ("bantime.formula", Type::Text, None),
    ("bantime.multipliers", Type::Text, None),
    ("bantime.maxtime", Type::Text, None),
    ("bantime.rndtime", Type::Text, None),
    ("bantime.overalljails", Type::Bool, None),
    ("ignorecommand", Type::Text, None),
    ("ignoreself", Type::Bool, None),
    ("ignoreip", Type::Text, None),
    ("ignorecache", Type::Text, None),
    ("filter", Type::Text, Some("")),
    ("logtimezone", Type::Text, None),
    ("logencoding", Type::Text, None),
    ("logpath", Type::Text, None),
    (SKIP, Type::Bool, Some("")),
    (JOURNAL, Type::Bool, Some("yes")),
    ("action", Type::Text, Some("")),
    ("usedns", Type::Text, None),
    ("prefregex", Type::Text, None),
    ("ignoreregex", Type::Text, None),
    ("failregex", Type::Text, None),
    ("maxlines", Type::Int, None),
    ("datepattern", Type::Text, None),
    ("journalmatch", Type::Text, None),
];
