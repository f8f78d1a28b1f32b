//! What a lab is started with.

use std::path::PathBuf;

use crate::{Installation, LabError, jails};

/// The settings of a lab. [`LabConfig::new`] has the values that suit trying the product.
#[derive(Debug, Clone)]
pub struct LabConfig {
    /// Where the lab lives. `None` makes a temporary folder that is removed at stop.
    pub folder: Option<PathBuf>,
    /// The seed of the traffic: the same seed makes the same attackers and the same lines.
    pub seed: u64,
    /// Log lines a second over all services. 0 is silence: only [`crate::Lab::attack`] writes.
    pub lines_per_second: f64,
    /// Whether bans reach a packet filter.
    pub enforcement: Enforcement,
    /// The fail2ban to run.
    pub installation: Installation,
    /// The length of a first ban, in seconds; -1 is for ever. Each further one is twice as long.
    pub bantime_seconds: i64,
    /// Which of the stock jails run.
    pub jails: JailSet,
    /// Jails with a filter of the lab's own, beside the stock ones.
    pub extra_jails: Vec<ExtraJail>,
}

impl LabConfig {
    /// Settings for trying the product: all stock jails, 5 lines a second, bans of 10 minutes.
    pub fn new() -> Result<Self, LabError> {
        Ok(Self::with_installation(Installation::system()?))
    }

    /// Settings for tests: silent, and with the installation that the environment names.
    pub fn for_tests() -> Result<Self, LabError> {
        Ok(Self {
            lines_per_second: 0.0,
            ..Self::with_installation(Installation::from_env()?)
        })
    }

    /// Settings for trying the product, with a given fail2ban.
    #[must_use]
    pub fn with_installation(installation: Installation) -> Self {
        Self {
            folder: None,
            seed: 1,
            lines_per_second: 5.0,
            enforcement: Enforcement::Auto,
            installation,
            bantime_seconds: 600,
            jails: JailSet::All,
            extra_jails: Vec::new(),
        }
    }
}

impl Default for LabConfig {
    /// The settings of [`LabConfig::with_installation`] with the paths of Debian's package; whether it is
    /// there shows at [`crate::Lab::start`].
    fn default() -> Self {
        Self::with_installation(Installation::debian())
    }
}

/// Whether bans reach a packet filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enforcement {
    /// [`Self::Namespace`] where the machine permits it, otherwise [`Self::None`].
    Auto,
    /// nftables in a network namespace of the lab's own, which ends with the lab.
    Namespace,
    /// No action at all: fail2ban only counts and remembers.
    None,
}

/// Which of the stock jails run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JailSet {
    /// All that the lab knows, see [`crate::stock_jails`].
    All,
    /// Those of these names. Empty is allowed: a daemon without stock jails.
    Names(Vec<String>),
}

impl JailSet {
    /// The stock jails of the set, in the lab's order.
    pub(crate) fn resolve(&self) -> Result<Vec<&'static jails::StockJail>, LabError> {
        let Self::Names(names) = self else {
            return Ok(jails::STOCK.iter().collect());
        };
        if let Some(unknown) = names.iter().find(|name| jails::find(name).is_none()) {
            return Err(LabError::BadJailName(unknown.clone()));
        }
        Ok(jails::STOCK
            .iter()
            .filter(|jail| names.iter().any(|name| name == jail.name))
            .collect())
    }
}

/// A jail with a filter of the lab's own, for tests that need many jails or odd names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtraJail {
    /// The jail's name; the filter and the log file are named after it.
    pub name: String,
    /// The length of a ban, in seconds; -1 is for ever.
    pub bantime_seconds: i64,
    /// Failures until the ban.
    pub maxretry: u32,
    /// The filter's `failregex`, with `<HOST>`.
    pub failregex: String,
    /// A line (without its time) that the filter matches, with `{address}` where the address goes.
    pub line: String,
}

impl ExtraJail {
    /// A jail for an invented service, with bans of 10 minutes after 3 failures.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            bantime_seconds: 600,
            maxretry: 3,
            failregex: r"^ ?\S+ app\[\d+\]: login failed for \S+ from <HOST>$".into(),
            line: "lab app[4711]: login failed for admin from {address}".into(),
        }
    }
}
