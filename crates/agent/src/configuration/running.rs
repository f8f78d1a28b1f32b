//! What a running jail says of its options, and whether the files say the same in other words.
use std::collections::BTreeSet;

use domain::{JailDetail, JailSource};
use fail2ban::{
    IgnoreEntry,
    config::{JailConfig, text, time},
};

/// Two times that differ by less are the same.
const HALF_A_SECOND: f64 = 0.5;

/// A value of a running jail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Running {
    Number(i64),
    Seconds(i64),
    Truth(bool),
    Text(String),
    /// Its order has no meaning.
    List(Vec<String>),
}

impl Running {
    /// As people read it, and as it could stand in a file.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Number(number) | Self::Seconds(number) => number.to_string(),
            Self::Truth(truth) => truth.to_string(),
            Self::Text(text) => text.clone(),
            Self::List(items) => items.join("\n"),
        }
    }
}

/// What a running jail says of an option; `None` where it cannot be asked. Expressions come back with their tags replaced, so that they cannot be
/// compared with the files.
pub(super) fn value(option: &str, detail: &JailDetail) -> Option<Running> {
    let settings = detail.settings.as_ref()?;
    let number = |number: Option<i64>| number.map(Running::Number);
    let seconds = |seconds: Option<i64>| seconds.map(Running::Seconds);
    let truth = |truth: Option<bool>| truth.map(Running::Truth);
    let text = |text: &Option<String>| text.clone().map(Running::Text);
    match option {
        "bantime" => seconds(settings.bantime),
        "findtime" => seconds(settings.findtime),
        "maxretry" => number(settings.maxretry),
        "maxmatches" => number(settings.maxmatches),
        "maxlines" => number(settings.maxlines),
        "usedns" => text(&settings.usedns),
        "logencoding" => text(&settings.log_encoding),
        "logtimezone" => text(&settings.log_time_zone),
        "ignoreself" => truth(settings.ignore_self),
        "ignorecommand" => text(&settings.ignore_command),
        "ignoreip" => Some(Running::List(settings.ignore_ip.clone())),
        "bantime.increment" => truth(settings.bantime_increment),
        "bantime.factor" => text(&settings.bantime_factor),
        "bantime.formula" => text(&settings.bantime_formula),
        "bantime.multipliers" => text(&settings.bantime_multipliers),
        "bantime.maxtime" => seconds(settings.bantime_max_seconds),
        "bantime.rndtime" => seconds(settings.bantime_random_seconds),
        "bantime.overalljails" => truth(settings.bantime_over_all_jails),
        "action" => Some(Running::List(settings.actions.clone())),
        "logpath" => match detail.source.as_ref()? {
            JailSource::Files(files) => Some(Running::List(files.clone())),
            JailSource::Journal(_) => None,
        },
        "journalmatch" => match detail.source.as_ref()? {
            JailSource::Journal(matches) => Some(Running::List(matches.clone())),
            JailSource::Files(_) => None,
        },
        _ => None,
    }
}

/// Whether the file's value means what runs: `10m` is 600.
pub(super) fn is_same(
    option: &str,
    jail: &JailConfig,
    file: Option<&str>,
    running: &Running,
) -> bool {
    match (option, running) {
        ("action", Running::List(names)) => {
            let wanted = jail.actions.iter().map(|action| action.name.clone());
            same_set(wanted, names)
        }
        ("logpath", Running::List(paths)) => {
            same_set(jail.logs.iter().flat_map(|log| log.files.clone()), paths)
        }
        ("ignoreip", Running::List(entries)) => {
            let words = file
                .unwrap_or_default()
                .split(|c: char| c == ',' || text::is_space(c));
            let words = words.filter(|word| !word.is_empty());
            same_set(
                words.map(canonical),
                &entries
                    .iter()
                    .map(|entry| canonical(entry))
                    .collect::<Vec<_>>(),
            )
        }
        // fail2ban writes matches in its own way; how many there are is what can be told.
        ("journalmatch", Running::List(_)) => true,
        // The daemon says which one it took.
        ("logencoding", _) if file.is_none_or(|file| file.eq_ignore_ascii_case("auto")) => true,
        _ => same_value(file, running),
    }
}

fn same_value(file: Option<&str>, running: &Running) -> bool {
    // What nobody sets is whatever the daemon takes by itself.
    let Some(file) = file else {
        return true;
    };
    match running {
        Running::Number(number) => text::integer(file) == Some(number.to_string()),
        Running::Seconds(seconds) => time::seconds(file).is_ok_and(|wanted| {
            #[expect(clippy::cast_precision_loss, reason = "no ban lasts that long")]
            let seconds = *seconds as f64;
            (wanted - seconds).abs() < HALF_A_SECOND || (wanted < 0.0 && seconds < 0.0)
        }),
        Running::Truth(truth) => text::truth(file) == *truth,
        Running::Text(text) => text.trim().eq_ignore_ascii_case(file.trim()),
        Running::List(items) => same_set(file.lines().map(str::to_owned), items),
    }
}

fn canonical(entry: &str) -> String {
    IgnoreEntry::parse(entry).map_or_else(|| entry.to_owned(), |entry| entry.to_string())
}

fn same_set(one: impl Iterator<Item = String>, other: &[String]) -> bool {
    let one: BTreeSet<String> = one.collect();
    let other: BTreeSet<String> = other.iter().cloned().collect();
    one == other
}

#[cfg(test)]
mod tests {
    use super::{Running, same_value};

    #[test]
    fn value_of_a_file_is_compared_by_what_it_means() {
        assert!(same_value(Some("10m"), &Running::Seconds(600)));
        assert!(same_value(Some("-1"), &Running::Seconds(-1)));
        assert!(!same_value(Some("10m"), &Running::Seconds(601)));
        assert!(!same_value(Some("banana"), &Running::Seconds(600)));
        assert!(same_value(Some(" 05 "), &Running::Number(5)));
        assert!(same_value(Some("yes"), &Running::Truth(true)));
        assert!(same_value(Some("off"), &Running::Truth(false)));
        assert!(same_value(None, &Running::Number(3)));
        assert!(same_value(Some("WARN"), &Running::Text("warn".to_owned())));
    }
}
