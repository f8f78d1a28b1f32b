//! What BanGUI's own rules find in a configuration, as it is or as it would be.
use std::{collections::BTreeSet, path::Path};

use domain::{ConfigItemKind, Finding, FindingSource, Severity};
use fail2ban::config::{
    Config, Effective, JailConfig,
    check::{Memory, Rules},
};

use super::told;
use crate::finding::Code;

/// Where systemd keeps the files of units.
const UNIT_FOLDERS: [&str; 5] = [
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
];

/// What speaks against a configuration: its files, the daemon's settings, the jails that are to run. Waits for the disk.
///
/// The memory keeps what was said of expressions, so that the next look is quick.
pub(crate) fn findings(config: &Config, memory: &Memory) -> Vec<Finding> {
    let rules = Rules::new(config, memory);
    let mut found: Vec<Finding> = rules.all().into_iter().map(told::finding).collect();
    let running = config.jails().filter(|jail| jail.is_enabled);
    let jails = running.filter_map(|jail| config.jail(&jail.name));
    found.extend(jails.flat_map(|jail| units(&jail)));
    found.sort_by_key(|finding| finding.severity);
    found
}

/// Findings of a new configuration against those of the old one: an error that was there before is no reason against a change, and becomes a warning.
pub(crate) fn against(before: &[Finding], after: Vec<Finding>) -> Vec<Finding> {
    let key = |finding: &Finding| {
        let Finding {
            code,
            item,
            option,
            detail,
            ..
        } = finding;
        (code.clone(), item.clone(), option.clone(), detail.clone())
    };
    let known: BTreeSet<_> = before.iter().map(key).collect();
    let mut after = after;
    for finding in &mut after {
        if finding.severity == Severity::Error && known.contains(&key(finding)) {
            finding.severity = Severity::Warning;
        }
    }
    after.sort_by_key(|finding| finding.severity);
    after
}

/// What is missing of the journal for a jail that reads it.
pub(super) fn units(jail: &JailConfig) -> Vec<Finding> {
    let backend = jail.option("backend").and_then(Effective::text);
    if !backend.is_some_and(|backend| backend.starts_with("systemd")) {
        return Vec::new();
    }
    let own = jail
        .option("journalmatch")
        .filter(|own| own.text().is_some());
    let filters = || jail.filter.as_ref()?.option("journalmatch");
    let option = own.or_else(filters);
    let matches = option.and_then(Effective::text).unwrap_or_default();
    if matches.trim().is_empty() {
        let detail = "no journalmatch says which entries of the journal to read, so that it reads all of them".to_owned();
        return vec![finding(jail, option, Code::NoJournalMatch, detail)];
    }
    let folders: Vec<&Path> = UNIT_FOLDERS
        .iter()
        .map(Path::new)
        .filter(|folder| folder.is_dir())
        .collect();
    let names = unit_names(matches);
    let is_there = |unit: &&str| folders.iter().any(|folder| has_unit(folder, unit));
    // Each stands for another way the same service may be called; one is enough.
    if folders.is_empty() || names.is_empty() || names.iter().any(is_there) {
        return Vec::new();
    }
    let detail = format!(
        "this machine has no unit {}, so that the journal has nothing of it",
        names.join(", ")
    );
    vec![finding(jail, option, Code::UnitMissing, detail)]
}

/// The units of a journal match such as `_SYSTEMD_UNIT=sshd.service + _COMM=sshd`; none where something else than a unit is enough.
fn unit_names(matches: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for choice in matches
        .split(['\n', '+'])
        .filter(|choice| !choice.trim().is_empty())
    {
        let mut words = choice.split_whitespace();
        match words.find_map(|word| word.trim_matches('"').strip_prefix("_SYSTEMD_UNIT=")) {
            Some(unit) => names.push(unit),
            None => return Vec::new(),
        }
    }
    names
}

/// Whether a folder has a unit; of an instance, whether it has the template.
fn has_unit(folder: &Path, unit: &str) -> bool {
    if unit.contains('/') {
        return false;
    }
    let template = unit.split_once('@').and_then(|(name, rest)| {
        let ending = rest.rsplit_once('.').map(|(_, ending)| ending)?;
        Some(format!("{name}@.{ending}"))
    });
    let at = |name: &str| folder.join(name).symlink_metadata().is_ok();
    at(unit) || template.is_some_and(|template| at(&template))
}

fn finding(jail: &JailConfig, option: Option<&Effective>, code: Code, detail: String) -> Finding {
    let layer = option.and_then(Effective::layer);
    Finding {
        severity: Severity::Warning,
        source: FindingSource::Rules,
        code: code.into(),
        detail,
        item: told::id(ConfigItemKind::Jail, &jail.name),
        option: Some("journalmatch".to_owned()),
        file: layer.map(|layer| layer.file.to_string()),
        line: layer.map(|layer| layer.line),
        suggestion: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: &str, detail: &str) -> Finding {
        Finding {
            severity: Severity::Error,
            source: FindingSource::Rules,
            code: code.to_owned(),
            detail: detail.to_owned(),
            item: None,
            option: None,
            file: Some("jail.local".to_owned()),
            line: Some(3),
            suggestion: None,
        }
    }

    #[test]
    fn configuration_is_judged_with_what_the_disk_says() {
        let folder = tempfile::tempdir().unwrap();
        let jail =
            "[a]\nenabled = true\nfilter = nosuch\nbantime = banana\nlogpath = /nowhere/log\n";
        std::fs::write(folder.path().join("jail.conf"), jail).unwrap();
        let files = fail2ban::config::files::Disk::new(folder.path().to_str().unwrap());
        let version = fail2ban::Version::parse("1.0.2");
        let config = Config::read(std::sync::Arc::new(files), &version);
        let found = findings(&config, &Memory::default());
        let told: Vec<_> = found
            .iter()
            .map(|found| (found.severity, &*found.code, found.line))
            .collect();
        for wanted in [("filter-missing", 3), ("bad-time", 4), ("log-missing", 5)] {
            assert!(
                told.contains(&(Severity::Error, wanted.0, Some(wanted.1))),
                "{wanted:?} {told:?}"
            );
        }
    }

    #[test]
    fn error_that_was_there_before_becomes_a_warning_wherever_its_line_is_now() {
        let old = error("bad-time", "x");
        let moved = Finding {
            line: Some(9),
            ..old.clone()
        };
        let found = against(&[old], vec![moved, error("bad-time", "y")]);
        let severities: Vec<_> = found
            .iter()
            .map(|found| (found.severity, &*found.detail))
            .collect();
        assert_eq!(
            severities,
            [(Severity::Error, "y"), (Severity::Warning, "x")]
        );
    }

    #[test]
    fn units_of_a_journal_match_are_those_that_each_choice_names() {
        assert_eq!(
            unit_names("_SYSTEMD_UNIT=sshd.service + _COMM=sshd"),
            [""; 0],
            "the command is enough"
        );
        assert_eq!(
            unit_names("_SYSTEMD_UNIT=a.service _PID=1 + \"_SYSTEMD_UNIT=b@1.service\"\n"),
            ["a.service", "b@1.service"]
        );
        assert_eq!(unit_names(""), [""; 0]);
    }

    #[test]
    fn instance_of_a_unit_is_there_when_its_template_is() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a@.service"), "").unwrap();
        assert!(has_unit(folder.path(), "a@x.service"));
        assert!(!has_unit(folder.path(), "a.service"));
        assert!(!has_unit(folder.path(), "../a@x.service"));
    }
}
