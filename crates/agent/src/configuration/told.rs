//! What crate `fail2ban` says, in the words of the port.
use domain::{
    ConfigItemId, ConfigItemKind, ConfigPath, FileRole, Finding, FindingSource, OptionKind,
    OptionSpec, Reason, Severity, SourceLine,
};
use fail2ban::config::{
    Layer,
    check::{About, Code, Complaint, Gravity},
    options::{self, Place, ValueKind},
};

/// The files that BanGUI makes for itself; `.local` files of filters and actions are shared with people.
const OWN_FILES: [&str; 2] = ["jail.d/zz-bangui.local", "fail2ban.d/zz-bangui.local"];

/// The name of the daemon as an item.
pub(super) const SERVER: &str = "fail2ban";

/// What a file is.
pub(super) fn role(path: &str) -> FileRole {
    if OWN_FILES.contains(&path) {
        return FileRole::BanGui;
    }
    match path.rsplit_once('.') {
        Some((_, "local")) => FileRole::Local,
        _ => FileRole::Shipped,
    }
}

/// Whether a change by a form writes to this file, so that a form can take it back.
pub(super) fn is_written_by_forms(path: &str) -> bool {
    let of_files = path.starts_with("filter.d/") || path.starts_with("action.d/");
    role(path) == FileRole::BanGui || (of_files && role(path) == FileRole::Local)
}

/// An item; `None` where its name is none that the port can carry.
pub(super) fn id(kind: ConfigItemKind, name: &str) -> Option<ConfigItemId> {
    let name = name.parse().ok()?;
    Some(ConfigItemId { kind, name })
}

fn item(about: &About) -> Option<ConfigItemId> {
    match about {
        About::Files => None,
        About::Server => id(ConfigItemKind::Server, SERVER),
        About::Jail(name) => id(ConfigItemKind::Jail, name),
        About::Filter(name) => id(ConfigItemKind::Filter, name),
        About::Action(name) => id(ConfigItemKind::Action, name),
    }
}

/// A complaint as a finding.
pub(super) fn finding(complaint: Complaint) -> Finding {
    let layer = complaint.layer.as_deref();
    Finding {
        severity: match complaint.gravity {
            Gravity::Error => Severity::Error,
            Gravity::Warning => Severity::Warning,
            Gravity::Info => Severity::Info,
        },
        source: FindingSource::Rules,
        code: complaint.code.word().to_owned(),
        item: item(&complaint.about),
        option: complaint.option,
        file: layer.map(|layer| layer.file.to_string()).or(complaint.file),
        line: layer.map(|layer| layer.line).or(complaint.line),
        detail: complaint.detail,
        suggestion: complaint.suggestion,
    }
}

/// Why an item is broken.
pub(super) fn reason(code: Code, detail: String) -> Reason {
    Reason {
        code: code.word().to_owned(),
        detail,
    }
}

/// A layer of an option.
pub(super) fn layer(layer: &Layer) -> domain::Layer {
    domain::Layer {
        source: source(layer),
        raw: layer.value.clone(),
    }
}

/// Where a layer stands.
pub(super) fn source(layer: &Layer) -> SourceLine {
    SourceLine {
        file: layer.file.to_string(),
        line: layer.line,
        section: layer.section.to_string(),
    }
}

/// The description of every option.
pub(crate) fn specs() -> Vec<OptionSpec> {
    options::all().map(spec).collect()
}

fn spec(spec: &options::OptionSpec) -> OptionSpec {
    OptionSpec {
        name: spec.name.to_owned(),
        item: kind_of(spec.place),
        section: spec.place.section().map(str::to_owned),
        group: spec.group.word().to_owned(),
        value: kind(spec.value),
        unit: spec.unit.map(str::to_owned),
        help: spec.help.to_owned(),
        default: spec.default.map(str::to_owned),
        since: spec.since.map(str::to_owned),
        privileged: spec.privileged,
    }
}

fn kind_of(place: Place) -> ConfigItemKind {
    match place {
        Place::Jail => ConfigItemKind::Jail,
        Place::Filter => ConfigItemKind::Filter,
        Place::Action | Place::ActionInit => ConfigItemKind::Action,
        Place::Server | Place::ServerThread => ConfigItemKind::Server,
    }
}

fn kind(kind: ValueKind) -> OptionKind {
    match kind {
        ValueKind::Boolean => OptionKind::Boolean,
        ValueKind::Integer { min, max } => OptionKind::Integer { min, max },
        ValueKind::Duration { permanent } => OptionKind::Duration { permanent },
        ValueKind::Choice { words, open } => OptionKind::Choice {
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            open,
        },
        ValueKind::Addresses => OptionKind::Addresses,
        ValueKind::Paths => OptionKind::Paths,
        ValueKind::Regexes => OptionKind::Regexes,
        ValueKind::Regex => OptionKind::Regex,
        ValueKind::Ports => OptionKind::Ports,
        ValueKind::Filter => OptionKind::Filter,
        ValueKind::Actions => OptionKind::Actions,
        ValueKind::Command => OptionKind::Command,
        ValueKind::Formula => OptionKind::Formula,
        ValueKind::Lines => OptionKind::Lines,
        ValueKind::Text | ValueKind::ActionName => OptionKind::Text,
    }
}

/// Paths that the port can carry, each once.
pub(super) fn paths(files: impl IntoIterator<Item = String>) -> Vec<ConfigPath> {
    let mut paths: Vec<ConfigPath> = Vec::new();
    for path in files.into_iter().filter_map(|file| file.parse().ok()) {
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    paths
}
