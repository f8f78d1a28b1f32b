//! What the audit log tells of changes: which options, never their values.
use domain::{
    ApplyReport, ConfigChange, ConfigItemId, ConfigItemKind, Outcome, Version, VersionId,
    VersionOutcome,
};
use serde_json::{Value, json};

use crate::services::audit::{MAX_NAMED, Told, cut, reason};

/// The most characters of a target.
const MAX_TARGET_CHARS: usize = 100;

/// A version, as an entry's target.
pub(super) fn version_name(id: VersionId) -> String {
    format!("version {id}")
}

/// What changes are about, as an entry's target.
pub(super) fn target(changes: &[ConfigChange]) -> String {
    let mut subjects: Vec<String> = Vec::new();
    for change in changes {
        let subject = subject(change);
        if !subjects.contains(&subject) {
            subjects.push(subject);
        }
    }
    cut(&subjects.join(", "), MAX_TARGET_CHARS)
}

/// Each change in a few words, without its values.
pub(super) fn changes(changes: &[ConfigChange]) -> Value {
    changes.iter().take(MAX_NAMED).map(in_words).collect()
}

fn subject(change: &ConfigChange) -> String {
    match change {
        ConfigChange::Set { item, .. }
        | ConfigChange::Reset { item, .. }
        | ConfigChange::CreateFile { item, .. }
        | ConfigChange::Delete { item } => item_name(item),
        ConfigChange::SetDefault { .. } => "all jails".to_owned(),
        ConfigChange::Enable { jail, .. }
        | ConfigChange::Disable { jail }
        | ConfigChange::CreateJail { jail, .. } => format!("jail {jail}"),
        ConfigChange::WriteFile { path, .. } => path.to_string(),
        ConfigChange::Restore { version } => version_name(*version),
    }
}

fn in_words(change: &ConfigChange) -> String {
    let subject = subject(change);
    match change {
        ConfigChange::Set { option, .. }
        | ConfigChange::SetDefault {
            option,
            value: Some(_),
        } => format!("{subject}: {option} set"),
        ConfigChange::Reset { option, .. }
        | ConfigChange::SetDefault {
            option,
            value: None,
        } => format!("{subject}: {option} reset"),
        ConfigChange::Enable { overrides, .. } => format!("{subject}: enabled{}", with(overrides)),
        ConfigChange::Disable { .. } => format!("{subject}: disabled"),
        ConfigChange::CreateJail { options, .. } => format!("{subject}: created{}", with(options)),
        ConfigChange::CreateFile { .. } => format!("{subject}: created"),
        ConfigChange::Delete { .. } => format!("{subject}: deleted"),
        ConfigChange::WriteFile { .. } => format!("{subject}: written"),
        ConfigChange::Restore { .. } => format!("{subject}: restored"),
    }
}

fn with<V>(options: &std::collections::BTreeMap<domain::OptionName, V>) -> String {
    if options.is_empty() {
        return String::new();
    }
    let names: Vec<_> = options
        .keys()
        .take(MAX_NAMED)
        .map(domain::OptionName::as_str)
        .collect();
    format!(" with {}", names.join(", "))
}

fn item_name(id: &ConfigItemId) -> String {
    let kind = match id.kind {
        ConfigItemKind::Jail => "jail",
        ConfigItemKind::Filter => "filter",
        ConfigItemKind::Action => "action",
        ConfigItemKind::Server => "server",
    };
    format!("{kind} {}", id.name)
}

/// What came of applying a plan.
pub(super) fn report(report: &ApplyReport) -> Told {
    Told {
        outcome: if report.in_force {
            Outcome::Success
        } else {
            Outcome::Failed
        },
        detail: json!({
            "version": report.version.0,
            "inForce": report.in_force,
            "confirmBy": report.confirm_by.map(|at| at.to_string()),
            "failed": report.failed.as_deref().map(reason),
            "undone": report.undone.as_ref().map(|undone| json!({
                "filesAreBack": undone.files_are_back,
                "jailsLost": undone.jails_lost,
                "problem": undone.problem.as_deref().map(reason),
            })),
        }),
    }
}

/// What a version tells of the plan that it was made by.
pub(super) fn applied(version: &Version) -> Told {
    let mut detail = version_detail(version);
    if let Value::Object(detail) = &mut detail {
        detail.insert("changes".to_owned(), changes(&version.changes));
        detail.insert("note".to_owned(), json!(version.note));
    }
    Told {
        outcome: if version.failed.is_none() {
            Outcome::Success
        } else {
            Outcome::Failed
        },
        detail,
    }
}

/// What became of a change that waited to be confirmed.
pub(super) fn version(version: &Version) -> Told {
    Told {
        outcome: match version.outcome {
            VersionOutcome::Broken => Outcome::Failed,
            _ => Outcome::Success,
        },
        detail: version_detail(version),
    }
}

/// A version, with what it changed and what failed.
pub(super) fn version_detail(version: &Version) -> Value {
    let touched = version.touched.iter().take(MAX_NAMED);
    json!({
        "version": version.id.0,
        "author": version.author.name,
        "confirmedBy": version.confirmed.as_ref().map(|confirmed| &confirmed.author.name),
        "finishedAtStart": version.finished_at_start,
        "files": touched.map(ToString::to_string).collect::<Vec<_>>(),
        "failed": version.failed.as_deref().map(reason),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn id(kind: ConfigItemKind, name: &str) -> ConfigItemId {
        ConfigItemId {
            kind,
            name: name.parse().unwrap(),
        }
    }

    fn secret_changes() -> Vec<ConfigChange> {
        let (value, text) = ("T0pS3cret".to_owned(), "token = T0pS3cret\n".to_owned());
        let options: BTreeMap<_, _> = [("action".parse().unwrap(), value.clone())].into();
        vec![
            ConfigChange::Set {
                item: id(ConfigItemKind::Action, "mail"),
                section: None,
                option: "password".parse().unwrap(),
                value: value.clone(),
            },
            ConfigChange::Reset {
                item: id(ConfigItemKind::Action, "mail"),
                section: None,
                option: "sender".parse().unwrap(),
            },
            ConfigChange::SetDefault {
                option: "action".parse().unwrap(),
                value: Some(value),
            },
            ConfigChange::Enable {
                jail: "sshd".parse().unwrap(),
                overrides: options.clone(),
            },
            ConfigChange::CreateJail {
                jail: "mine".parse().unwrap(),
                options,
            },
            ConfigChange::WriteFile {
                path: "filter.d/x.local".parse().unwrap(),
                text,
                base: None,
            },
            ConfigChange::Restore {
                version: VersionId(7),
            },
        ]
    }

    #[test]
    fn changes_told_name_options_and_no_values() {
        let told = changes(&secret_changes());
        assert!(!told.to_string().contains("T0pS3cret"), "{told}");
        assert_eq!(
            told,
            json!([
                "action mail: password set",
                "action mail: sender reset",
                "all jails: action set",
                "jail sshd: enabled with action",
                "jail mine: created with action",
                "filter.d/x.local: written",
                "version 7: restored",
            ])
        );
    }

    #[test]
    fn target_names_each_subject_once_and_is_short() {
        assert_eq!(
            target(&secret_changes()),
            "action mail, all jails, jail sshd, jail mine, filter.d/x.local, version 7"
        );
        let many: Vec<_> = (0..50)
            .map(|n| ConfigChange::Disable {
                jail: format!("jail-{n}").parse().unwrap(),
            })
            .collect();
        assert_eq!(target(&many).chars().count(), MAX_TARGET_CHARS + 1);
        assert_eq!(changes(&many).as_array().unwrap().len(), 50);
    }
}
