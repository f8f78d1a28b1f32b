//! What speaks against the expressions of filters.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{About, Complaint, Rules};
use crate::Value;
use crate::config::check::{Code, Gravity};
use crate::config::regex::{self, Expressions, RegexFault, Which};
use crate::config::{Effective, FilterConfig, JailConfig, Origin};

/// Remembers what was said of expressions: looking at one takes up to some 50 ms, and they seldom change.
#[derive(Default)]
pub struct Memory(Mutex<HashMap<Owned, Said>>);

type Said = Arc<Vec<(Which, RegexFault)>>;

/// As many sets of expressions are remembered; then all are forgotten.
const MOST_REMEMBERED: usize = 1_000;

#[derive(PartialEq, Eq, Hash)]
struct Owned {
    prefix: Option<String>,
    failures: Vec<String>,
    ignored: Vec<String>,
    several_lines: bool,
    host_names: bool,
}

impl Memory {
    fn check(&self, expressions: &Expressions<'_>) -> Said {
        let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let key = Owned {
            prefix: expressions.prefix.map(str::to_owned),
            failures: own(expressions.failures),
            ignored: own(expressions.ignored),
            several_lines: expressions.several_lines,
            host_names: expressions.host_names,
        };
        if let Some(said) = self.known().get(&key) {
            return Arc::clone(said);
        }
        let said = Arc::new(regex::check(expressions));
        let mut known = self.known();
        if known.len() >= MOST_REMEMBERED {
            known.clear();
        }
        known.insert(key, Arc::clone(&said));
        said
    }

    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<Owned, Said>> {
        // Finished answers are whole even if a thread died beside them.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where expressions come from: the jail's own go before the filter's.
struct Pair<'a> {
    jail: Option<&'a JailConfig>,
    filter: Option<&'a FilterConfig>,
}

impl<'a> Pair<'a> {
    /// An option, and whether it is the jail's.
    fn option(&self, name: &str) -> Option<(&'a Effective, bool)> {
        let own = self.jail.and_then(|jail| jail.option(name));
        let own = own.filter(|own| own.source.origin != Origin::Default);
        let filters = || Some((self.filter?.option(name)?, false));
        own.map(|own| (own, true)).or_else(filters)
    }

    fn lines(&self, name: &str) -> Vec<&'a str> {
        let text = self.option(name).and_then(|(option, _)| option.text());
        let lines = text.unwrap_or_default().split('\n');
        lines.filter(|line| !line.is_empty()).collect()
    }

    fn about(&self, is_jails: bool) -> Option<About> {
        if is_jails {
            return Some(About::Jail(self.jail?.name.clone()));
        }
        Some(About::Filter(self.filter?.name.clone()))
    }
}

impl Rules<'_> {
    pub(super) fn expressions(&self, jail: &JailConfig) -> Vec<Complaint> {
        self.of_pair(&Pair {
            jail: Some(jail),
            filter: jail.filter.as_ref(),
        })
    }

    pub(super) fn expressions_of_filter(&self, filter: &FilterConfig) -> Vec<Complaint> {
        self.of_pair(&Pair {
            jail: None,
            filter: Some(filter),
        })
    }

    fn of_pair(&self, pair: &Pair<'_>) -> Vec<Complaint> {
        let (failures, ignored) = (pair.lines("failregex"), pair.lines("ignoreregex"));
        let text = |name| pair.option(name).and_then(|(option, _)| option.text());
        let lines = pair.option("maxlines").map(|(option, _)| &option.value);
        let expressions = Expressions {
            prefix: text("prefregex").filter(|prefix| !prefix.is_empty()),
            failures: &failures,
            ignored: &ignored,
            several_lines: matches!(lines, Some(Value::Int(lines)) if *lines > 1),
            host_names: text("usedns") != Some("no"),
        };
        let said = match self.memory {
            Some(memory) => memory.check(&expressions),
            None => Arc::new(regex::refused(&expressions)),
        };
        let complaint = |(which, fault): &(Which, RegexFault)| complaint(pair, *which, fault);
        let mut all: Vec<Complaint> = said.iter().filter_map(complaint).collect();
        if failures.is_empty() {
            all.extend(nothing_to_find(pair));
        }
        all
    }
}

fn complaint(pair: &Pair<'_>, which: Which, fault: &RegexFault) -> Option<Complaint> {
    let (name, number) = match which {
        Which::Prefix => ("prefregex", None),
        Which::Failure(number) => ("failregex", Some(number)),
        Which::Ignored(number) => ("ignoreregex", Some(number)),
    };
    let (option, is_jails) = pair.option(name)?;
    let gravity = if fault.is_error() {
        Gravity::Error
    } else {
        Gravity::Warning
    };
    let detail = match number {
        Some(number) => format!("expression {}: {fault}", number + 1),
        None => fault.to_string(),
    };
    let about = pair.about(is_jails)?;
    Some(Complaint::new(about, gravity, fault.code(), detail).at(name, option.layer()))
}

fn nothing_to_find(pair: &Pair<'_>) -> Option<Complaint> {
    let is_jails = pair.filter.is_none();
    // Parts that other files include have none of their own.
    let gravity = if pair.jail.is_some() {
        Gravity::Warning
    } else {
        Gravity::Info
    };
    let detail = "it has no failregex, so that it finds nothing".to_owned();
    let about = pair.about(is_jails)?;
    Some(Complaint::new(about, gravity, Code::NoFailregex, detail))
}
