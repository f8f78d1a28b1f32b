//! Why fail2ban refuses a configuration, or a jail of it.

use std::sync::Arc;

use super::Problem;
use super::layers::Layer;
use super::parameters::ParameterError;
use super::text::repr;

/// Why fail2ban refuses the configuration as a whole: no jail is configured then, also where only one is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{reason}", match .jail { Some(jail) => format!("jail {jail}: "), None => String::new() })]
pub struct Refused {
    /// The jail in which it was found; `None` if it is in no jail.
    pub jail: Option<String>,
    /// What is wrong.
    pub reason: Refusal,
}

/// What makes fail2ban refuse the configuration as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The folder of the configuration is not there.
    #[error("there is no folder {0}")]
    NoFolder(String),
    /// None of the files that the daemon or all jails are read from is there.
    #[error("there is no {0}.conf")]
    NoFiles(String),
    /// A file cannot be read; before 1.1.1 it is passed over.
    #[error("{0} cannot be read")]
    Unread(String),
    /// A file has a line that cannot be.
    #[error("{file}, {problem}")]
    Syntax {
        /// The file, relative to the base folder where it lies below it.
        file: String,
        /// What is wrong in it.
        problem: Problem,
    },
    /// Files that include each other in a way that does not end.
    #[error("{file} includes too many files, or files that include each other")]
    Includes {
        /// The file at which reading stopped.
        file: String,
    },
    /// A `%(…)s` that cannot be filled in.
    #[error("{}option {option} in [{section}]: {reason}", .layer.as_ref().map(|layer| format!("{}, line {}: ", layer.file, layer.line)).unwrap_or_default())]
    Interpolation {
        /// The option that was asked for.
        option: String,
        /// The section in which it was asked for.
        section: String,
        /// Where the option stands.
        layer: Option<Arc<Layer>>,
        /// What is wrong with it.
        reason: InterpolationError,
    },
    /// Tags that lead to themselves.
    #[error("the tag <{found}> in {option} leads to itself")]
    Tags {
        /// The option with the tag.
        option: String,
        /// The tag.
        found: String,
    },
    /// A quotation mark that is not closed, or a backslash at the end, in a `journalmatch`.
    #[error("journalmatch {0} ends inside a quotation")]
    Quotation(String),
    /// fail2ban has no such log level.
    #[error("{0} is no log level")]
    LogLevel(String),
    /// A value became longer than is read here; fail2ban itself has no limit.
    #[error("a value has more than {limit} bytes when all of it is filled in")]
    TooLong {
        /// The most bytes.
        limit: usize,
    },
    /// Filling in all values took more than is spent here; fail2ban itself has no limit.
    #[error("filling in all values takes more than {limit} steps")]
    TooMuch {
        /// The most steps.
        limit: usize,
    },
}

/// What can be wrong with a `%(…)s`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InterpolationError {
    /// There is no such option.
    #[error("%({0})s names no option")]
    Missing(String),
    /// The option is there, and is no text: a number that was not one, or the number of lines of a filter.
    #[error("%({0})s is no text")]
    NotText(String),
    /// A reference that leads to itself, or one behind more than nine others.
    #[error("it leads to itself, or through more than ten others")]
    TooDeep,
    /// A `%` that begins nothing.
    #[error("a percent sign must be written %%, or begin %(name)s, unlike {0}")]
    Sign(String),
}

/// Why a jail is skipped. Others are not; `fail2ban-client -t` fails, and a reload passes over the jail.
///
/// Its text is the one that fail2ban puts into its commands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JailError {
    /// The option `filter` is not a name with parameters.
    #[error("Invalid filter definition {}: {reason}", repr(.definition))]
    FilterDefinition {
        /// The option.
        definition: String,
        /// What is wrong with it.
        reason: ParameterError,
    },
    /// None of its log files is there, and it is to be skipped then (from 1.1.1 on).
    #[error("None of its log files is there")]
    NoLogFile,
    /// No file of the filter can be read.
    #[error("Unable to read the filter {}", repr(.0))]
    Filter(String),
    /// One of the actions is not a name with parameters.
    #[error("Invalid action definition {}: {reason}", repr(.definition))]
    ActionDefinition {
        /// The action.
        definition: String,
        /// What is wrong with it.
        reason: ParameterError,
    },
    /// No file of the action can be read.
    #[error("Unable to read action {}", repr(.0))]
    Action(String),
}
