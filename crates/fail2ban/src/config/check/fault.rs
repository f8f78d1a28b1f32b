//! What rules find.

use super::code::Code;

/// What speaks against a name or a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A name that is a slip of the hand.
    #[error("nothing is called {name} and nothing uses it{}", or_meant(*.meant))]
    UnknownOption {
        /// The name.
        name: String,
        /// What was probably meant.
        meant: Option<&'static str>,
    },
    /// Not yes or no.
    #[error("fail2ban takes {0:?} for no; write true or false")]
    NotABoolean(String),
    /// Not a whole number.
    #[error("{0:?} is not a whole number{1}")]
    NotAnInteger(String, Consequence),
    /// A number that is too small or too great.
    #[error("{value} is less than {least}{consequence}")]
    TooSmall {
        /// The number.
        value: String,
        /// What it must at least be.
        least: i64,
        /// What comes of it.
        consequence: Consequence,
    },
    /// Not a time.
    #[error(transparent)]
    NotATime(#[from] crate::config::time::TimeError),
    /// A time that has no effect, or the wrong one.
    #[error("{0}")]
    OddTime(&'static str),
    /// A time that fail2ban evaluates as an expression.
    #[error("fail2ban evaluates this expression as root; write {0}")]
    EvaluatedTime(String),
    /// Not one of the words.
    #[error("{value:?} is none of {words}{consequence}{}", or_meant(*.meant))]
    UnknownWord {
        /// The word.
        value: String,
        /// Those that are known.
        words: String,
        /// What was probably meant.
        meant: Option<&'static str>,
        /// What comes of it.
        consequence: Consequence,
    },
    /// Not a port.
    #[error("{0:?} is no port: write names or numbers separated by commas, ranges as 6000:6010")]
    NotAPort(String),
    /// Not an address, a network, a host name or a file.
    #[error("{0:?} is no address, no network and no host name, so that it protects nobody")]
    NotAnAddress(String),
    /// A name that an attacker's name server may answer for.
    #[error("{0} is looked up each time: who answers for it chooses who is ignored")]
    HostName(String),
    /// Not a path from the root.
    #[error("{0:?} is no path that begins with /")]
    NotAPath(String),
    /// Not an encoding that is known here.
    #[error("{0:?} may be no encoding that Python knows")]
    UnknownEncoding(String),
    /// Not a time zone.
    #[error("{0:?} is no time zone that fail2ban takes: write UTC, UTC+0200 or GMT-0100")]
    NotAZone(String),
    /// Not numbers.
    #[error("{0:?} are not whole numbers separated by single spaces")]
    NotMultipliers(String),
    /// No `key` in an `ignorecache`.
    #[error("an ignore cache needs at least a key: key=\"<ip>\", max-count=100, max-time=5m")]
    NoCacheKey,
    /// Not a name with parameters.
    #[error("{definition:?}: {reason}")]
    BadParameters {
        /// The text.
        definition: String,
        /// What is wrong with it.
        reason: crate::config::parameters::ParameterError,
    },
    /// It is not there.
    #[error("there is no {what} {name}{}", or_meant(.meant.as_deref()))]
    Missing {
        /// What is missing.
        what: &'static str,
        /// Its name.
        name: String,
        /// What was probably meant.
        meant: Option<String>,
    },
    /// An action that comes twice in a jail.
    #[error("the action {0} comes twice; give one of them another actname")]
    TwiceTheSame(String),
    /// A sign with a meaning of its own.
    #[error("{0:?} cannot be part of this value: {1}")]
    Smuggled(char, &'static str),
    /// `%` that begins nothing.
    #[error("a percent sign must be written %%")]
    PercentSign,
    /// Several lines.
    #[error("this value has one line only")]
    SeveralLines,
    /// Lines that would become options or sections of their own.
    #[error("a line that begins with {0:?} would be a comment or a section")]
    HiddenLine(char),
    /// A name for a jail.
    #[error("{0}")]
    BadName(&'static str),
    /// A name that is there already.
    #[error("there is {0} already")]
    Clash(String),
}

/// What comes of a wrong value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consequence {
    /// The daemon refuses it, and a reload with it costs jails.
    Refused,
    /// fail2ban goes on with another value.
    Instead(&'static str),
    /// It is taken as it is.
    Taken,
}

impl std::fmt::Display for Consequence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused => f.write_str("; fail2ban refuses it"),
            Self::Instead(other) => write!(f, "; fail2ban takes {other} instead"),
            Self::Taken => Ok(()),
        }
    }
}

fn or_meant(word: Option<&str>) -> String {
    word.map_or_else(String::new, |word| format!("; {word} may be meant"))
}

/// How grave a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gravity {
    /// fail2ban refuses it, or it does what nobody can want.
    Error,
    /// Somebody should know.
    Warning,
    /// Good to know.
    Info,
}

impl Fault {
    /// How grave it is.
    #[must_use]
    pub fn gravity(&self) -> Gravity {
        match self {
            Self::NotAnInteger(_, consequence)
            | Self::TooSmall { consequence, .. }
            | Self::UnknownWord { consequence, .. }
                if *consequence != Consequence::Refused =>
            {
                Gravity::Warning
            }
            Self::UnknownOption { meant: None, .. } | Self::HostName(_) => Gravity::Info,
            Self::UnknownOption { .. }
            | Self::NotABoolean(_)
            | Self::OddTime(_)
            | Self::EvaluatedTime(_)
            | Self::NotAPort(_)
            | Self::NotAnAddress(_)
            | Self::NotAPath(_)
            | Self::UnknownEncoding(_) => Gravity::Warning,
            _ => Gravity::Error,
        }
    }

    /// A stable word for it.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::UnknownOption { .. } => Code::UnknownOption,
            Self::NotABoolean(_) => Code::BadBoolean,
            Self::NotAnInteger(..) => Code::BadInteger,
            Self::TooSmall { .. } => Code::OutOfRange,
            Self::NotATime(_) => Code::BadTime,
            Self::OddTime(_) => Code::OddTime,
            Self::EvaluatedTime(_) => Code::EvaluatedTime,
            Self::UnknownWord { .. } => Code::UnknownWord,
            Self::NotAPort(_) => Code::BadPort,
            Self::NotAnAddress(_) => Code::BadAddress,
            Self::HostName(_) => Code::HostNameIgnored,
            Self::NotAPath(_) => Code::BadPath,
            Self::UnknownEncoding(_) => Code::UnknownEncoding,
            Self::NotAZone(_) => Code::BadTimeZone,
            Self::NotMultipliers(_) => Code::BadMultipliers,
            Self::NoCacheKey => Code::CacheWithoutKey,
            Self::BadParameters { .. } => Code::BadParameters,
            Self::Missing { what: "filter", .. } => Code::FilterMissing,
            Self::Missing { .. } => Code::ActionMissing,
            Self::TwiceTheSame(_) => Code::DuplicateAction,
            Self::Smuggled(..) => Code::ForbiddenCharacter,
            Self::PercentSign => Code::PercentSign,
            Self::SeveralLines => Code::SeveralLines,
            Self::HiddenLine(_) => Code::HiddenLine,
            Self::BadName(_) => Code::BadName,
            Self::Clash(_) => Code::NameClash,
        }
    }

    /// What was probably meant.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        match self {
            Self::UnknownOption { meant, .. } | Self::UnknownWord { meant, .. } => *meant,
            Self::EvaluatedTime(meant) => Some(meant),
            Self::Missing { meant, .. } => meant.as_deref(),
            _ => None,
        }
    }
}
