//! What speaks against a configuration, as answers and problems say it.
use domain::{ConfigItemId, Finding, ItemName, Reason};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Problem;
use crate::words::words;

words! {
    /// What can be configured.
    pub enum ItemKindName is domain::ConfigItemKind {
        /// A jail.
        Jail,
        /// A filter.
        Filter,
        /// An action.
        Action,
        /// The daemon itself; there is one, named `fail2ban`.
        Server,
    }
    /// How grave a finding is.
    pub enum SeverityName is domain::Severity {
        /// Nothing is written.
        Error,
        /// A person should know.
        Warning,
        /// Good to know.
        Info,
    }
    /// Who found it.
    pub enum FindingSourceName is domain::FindingSource {
        /// BanGUI's own rules.
        Rules,
        /// fail2ban's own check of a copy of the files.
        Client,
        /// The daemon, with a jail that never starts.
        Daemon,
        /// Sample lines that are kept with a filter.
        Samples,
    }
}

/// One configured thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemIdBody {
    /// What it is.
    pub kind: ItemKindName,
    /// How it is called.
    pub name: String,
}

/// Something that speaks against a configuration, or is good to know about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FindingBody {
    /// How grave.
    pub severity: SeverityName,
    /// Who found it.
    pub source: FindingSourceName,
    /// A stable word for it, such as `unknown-option`, `bad-regex`, `log-missing`.
    pub code: String,
    /// What is wrong and what to do, in plain English. May hold text from outside.
    pub detail: String,
    /// The item.
    pub item: Option<ItemIdBody>,
    /// The option.
    pub option: Option<String>,
    /// The file, relative to the configuration's folder.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<usize>,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

/// Why something is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ReasonBody {
    /// A stable word for it, of those that findings have.
    pub(crate) code: String,
    /// What is wrong, in plain English. May hold text from outside.
    pub(crate) detail: String,
}

/// A change of the configuration that is under way, or waits to be confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangeUnderWay {
    /// Whose it is; `null` for BanGUI itself.
    pub author: Option<String>,
    /// Whether it is in force and waits to be confirmed.
    pub waits_for_confirmation: bool,
}

impl ItemIdBody {
    /// The item that is meant; `field` is where it stands in the request.
    ///
    /// # Errors
    /// `invalid` for a name that no item can have.
    pub(crate) fn read(&self, field: &str) -> Result<ConfigItemId, Problem> {
        let name: Result<ItemName, _> = self.name.parse();
        Ok(ConfigItemId {
            kind: self.kind.into(),
            name: name
                .map_err(|error| Problem::invalid(format!("{field}.name"), "not-a-name", error))?,
        })
    }
}

impl From<ConfigItemId> for ItemIdBody {
    fn from(id: ConfigItemId) -> Self {
        Self {
            kind: id.kind.into(),
            name: id.name.into(),
        }
    }
}

impl From<Reason> for ReasonBody {
    fn from(reason: Reason) -> Self {
        Self {
            code: reason.code,
            detail: reason.detail,
        }
    }
}

impl From<Finding> for FindingBody {
    fn from(finding: Finding) -> Self {
        Self {
            severity: finding.severity.into(),
            source: finding.source.into(),
            code: finding.code,
            detail: finding.detail,
            item: finding.item.map(Into::into),
            option: finding.option,
            file: finding.file,
            line: finding.line,
            suggestion: finding.suggestion,
        }
    }
}
