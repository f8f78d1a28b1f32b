//! The description of every option that fail2ban 0.11 to 1.1 has: forms, validation and documentation come from it.
//!
//! Files hold more names than these: parameters of filters and actions, and variables that other values are made of. Those mean something
//! only within their file, see [`crate::config::check`].

mod action;
mod filter;
mod jail;
mod server;

/// The description of an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionSpec {
    /// Its name, in small letters.
    pub name: &'static str,
    /// Where it stands.
    pub place: Place,
    /// What it is about.
    pub group: Group,
    /// What it takes.
    pub value: ValueKind,
    /// What a plain number counts, such as `seconds`.
    pub unit: Option<&'static str>,
    /// What it does, in plain English.
    pub help: &'static str,
    /// What holds where no file sets it: fail2ban's own, or what its stock files set for all.
    pub default: Option<&'static str>,
    /// The first version that knows it, where that is later than 0.11.
    pub since: Option<&'static str>,
    /// Whether any value can make the daemon run commands as root, or run code in it. Of other options only some values can
    /// ([`crate::config::check::can_run_commands`]).
    pub privileged: bool,
}

/// Where an option stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A section of `jail.conf`, or its `[DEFAULT]`.
    Jail,
    /// `[Definition]` of a file in `filter.d`.
    Filter,
    /// `[Definition]` of a file in `action.d`.
    Action,
    /// `[Init]` of a file in `action.d`.
    ActionInit,
    /// `[Definition]` of `fail2ban.conf`.
    Server,
    /// `[Thread]` of `fail2ban.conf`.
    ServerThread,
}

impl Place {
    /// The section that the option stands in; `None` for jails, whose sections have their names.
    #[must_use]
    pub const fn section(self) -> Option<&'static str> {
        match self {
            Self::Jail => None,
            Self::Filter | Self::Action | Self::Server => Some("Definition"),
            Self::ActionInit => Some("Init"),
            Self::ServerThread => Some("Thread"),
        }
    }
}

/// What an option is about; forms show one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// What it is.
    General,
    /// What is read.
    Sources,
    /// What counts as a failure, and how many are too many.
    Detection,
    /// How long a ban lasts.
    Banning,
    /// How bans grow.
    Increment,
    /// Who is never banned.
    Ignore,
    /// What a ban does.
    Actions,
    /// What mails about bans say.
    Mail,
    /// Commands that run as root.
    Commands,
    /// fail2ban's own log.
    Logging,
    /// fail2ban's database.
    Database,
    /// What seldom needs a change.
    Advanced,
}

impl Group {
    /// A stable word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Sources => "sources",
            Self::Detection => "detection",
            Self::Banning => "banning",
            Self::Increment => "increment",
            Self::Ignore => "ignore",
            Self::Actions => "actions",
            Self::Mail => "mail",
            Self::Commands => "commands",
            Self::Logging => "logging",
            Self::Database => "database",
            Self::Advanced => "advanced",
        }
    }
}

/// What an option takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// Yes or no.
    Boolean,
    /// A whole number.
    Integer {
        /// The least.
        min: Option<i64>,
        /// The greatest.
        max: Option<i64>,
    },
    /// A span of time: seconds, or `10m`, `1d 2h`.
    Duration {
        /// Whether -1 means for ever.
        permanent: bool,
    },
    /// One of some words.
    Choice {
        /// The words.
        words: &'static [&'static str],
        /// Whether other words are taken too.
        open: bool,
    },
    /// The name of an action, without parameters.
    ActionName,
    /// Addresses, networks and host names, separated by spaces or commas.
    Addresses,
    /// Paths of log files, one a line; `*` allowed.
    Paths,
    /// Regular expressions, one a line.
    Regexes,
    /// One regular expression.
    Regex,
    /// Ports: names or numbers, separated by commas, or ranges.
    Ports,
    /// A filter with its parameters.
    Filter,
    /// Actions with their parameters, one a line.
    Actions,
    /// A command that runs as root.
    Command,
    /// An expression that fail2ban evaluates as root.
    Formula,
    /// One line of text.
    Text,
    /// Text of several lines.
    Lines,
}

impl ValueKind {
    /// A count of something.
    const COUNT: Self = Self::Integer {
        min: Some(1),
        max: None,
    };

    /// Whether a value may have several lines.
    #[must_use]
    pub const fn has_lines(self) -> bool {
        matches!(
            self,
            Self::Paths
                | Self::Regexes
                | Self::Actions
                | Self::Addresses
                | Self::Command
                | Self::Lines
        )
    }
}

/// The description of every option, by place, in the order in which forms show them.
pub fn all() -> impl Iterator<Item = &'static OptionSpec> {
    [
        jail::OPTIONS,
        filter::OPTIONS,
        action::OPTIONS,
        server::OPTIONS,
    ]
    .into_iter()
    .flatten()
}

/// The options of a place.
pub fn of(place: Place) -> impl Iterator<Item = &'static OptionSpec> {
    all().filter(move |spec| spec.place == place)
}

/// The description of an option, by any case of its name; a condition behind it (`actionban?family=inet6`) counts not.
#[must_use]
pub fn find(place: Place, name: &str) -> Option<&'static OptionSpec> {
    let name = name.split_once('?').map_or(name, |(name, _)| name);
    of(place).find(|spec| spec.name.eq_ignore_ascii_case(name))
}

/// An option with nothing special about it.
const fn option(
    place: Place,
    group: Group,
    name: &'static str,
    value: ValueKind,
    help: &'static str,
) -> OptionSpec {
    OptionSpec {
        name,
        place,
        group,
        value,
        unit: None,
        help,
        default: None,
        since: None,
        privileged: matches!(
            value,
            ValueKind::Command | ValueKind::Formula | ValueKind::Actions
        ),
    }
}

impl OptionSpec {
    const fn default(mut self, value: &'static str) -> Self {
        self.default = Some(value);
        self
    }

    const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = Some(unit);
        self
    }

    const fn privileged(mut self) -> Self {
        self.privileged = true;
        self
    }

    const fn since(mut self, version: &'static str) -> Self {
        self.since = Some(version);
        self
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_option_is_described_once_and_in_whole_sentences() {
        let mut seen = HashSet::new();
        for spec in all() {
            assert!(seen.insert((spec.place, spec.name)), "{}", spec.name);
            assert_eq!(spec.name, spec.name.to_lowercase());
            assert!(
                spec.help.ends_with('.') && spec.help.len() > 20,
                "{}",
                spec.name
            );
        }
        assert!(seen.len() > 70, "only {}", seen.len());
    }

    #[test]
    fn option_is_found_by_any_case_and_with_its_condition() {
        assert!(find(Place::Jail, "MaxRetry").is_some_and(|spec| spec.name == "maxretry"));
        let conditional = find(Place::Action, "actionban?family=inet6");
        assert!(conditional.is_some_and(|spec| spec.privileged));
        assert_eq!(find(Place::Filter, "maxretry"), None);
    }
}
