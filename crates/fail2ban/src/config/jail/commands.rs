//! A jail as the commands of a reload.

use super::super::files::glob;
use super::{
    ActionConfig, Begun, Definition, Dialect, Effective, FilterConfig, JOURNAL, JailConfig,
    JailError, JailFailure, JailReader, JailWarning, LogPath, SKIP, Settings, Sources,
    ValueProblem, action, filter,
};
use crate::Value;
use crate::config::words::words;

impl JailReader<'_> {
    /// Fills in what is begun and makes the commands of it.
    pub(super) fn finish(
        &self,
        jail: &mut JailConfig,
        definition: Option<(String, Definition<'_>, Settings)>,
        actions: Vec<Begun<'_>>,
    ) {
        find_wrong_values(jail);
        jail.filter = definition.and_then(|begun| finish_filter(jail, begun, self.dialect));
        let mut commands = jail
            .filter
            .as_ref()
            .map_or_else(Vec::new, |f| f.commands.clone());
        let added = filter::add_commands(&mut commands, &jail.options, &jail.name, self.dialect);
        jail.keep(added);
        find_logs(jail, self.reader.sources());
        self.add_options(&mut commands, jail);
        for begun in actions {
            let action = finish_action(jail, begun);
            jail.actions.extend(action);
        }
        let of_actions = jail.actions.iter().flat_map(|action| &action.commands);
        commands.extend(of_actions.cloned());
        let backend = jail.option("backend").map(|option| option.value.clone());
        let mut add = ["add", &jail.name].map(Value::str).to_vec();
        add.extend(if jail.warnings.contains(&JailWarning::ReadsJournal) {
            Some(Value::str("systemd"))
        } else {
            backend
        });
        commands.insert(0, add);
        jail.commands = match &jail.failure {
            None => commands,
            Some(JailFailure::Refused(_)) => Vec::new(),
            Some(JailFailure::Skipped(error)) => vec![skipped(&jail.name, error)],
        };
    }

    /// The options that are not those of the filter, then the log files.
    fn add_options(&self, commands: &mut Vec<Vec<Value>>, jail: &JailConfig) {
        let set = |name: &str| ["set", &jail.name, name].map(Value::str).to_vec();
        for (name, option) in &jail.options {
            match name.as_str() {
                "action" | "filter" | "enabled" | "backend" | "logpath" | SKIP | JOURNAL => {}
                name if filter::OPTIONS.iter().any(|(known, _)| *known == name) => {}
                "ignoreip" => {
                    let mut command = set("addignoreip");
                    let listed = option.text().unwrap_or_default();
                    command
                        .extend(words(listed, self.dialect.parts_at_any_space()).map(Value::str));
                    commands.push(command);
                }
                name => {
                    let mut command = set(name);
                    command.push(option.value.clone());
                    commands.push(command);
                }
            }
        }
        for log in &jail.logs {
            for file in &log.files {
                let mut command = set("addlogpath");
                command.extend([file, &log.from].map(Value::str));
                commands.push(command);
            }
        }
    }
}

/// What the daemon gets of a jail that is skipped.
fn skipped(jail: &str, error: &JailError) -> Vec<Value> {
    let text = match error {
        JailError::NoLogFile => format!("Jail '{jail}' skipped, because of missing log files."),
        error => format!("Jail '{jail}' skipped, because of wrong configuration: {error}"),
    };
    ["config-error", &text].map(Value::str).to_vec()
}

fn finish_filter(
    jail: &mut JailConfig,
    begun: (String, Definition<'_>, Settings),
    dialect: Dialect,
) -> Option<FilterConfig> {
    let (name, mut definition, first) = begun;
    let combined = definition.combined(&[]);
    let options = jail.keep(combined)?;
    let mut commands = Vec::new();
    let added = filter::add_commands(&mut commands, &options, &jail.name, dialect);
    jail.keep(added);
    Some(FilterConfig {
        name,
        files: definition.files(),
        options: filter::all_options(first, options),
        commands,
    })
}

fn finish_action(jail: &mut JailConfig, begun: Begun<'_>) -> Option<ActionConfig> {
    match begun {
        Begun::Python(action) => Some(action),
        Begun::Command {
            definition,
            file,
            name,
        } => {
            let finished = action::finish(*definition, file, name, &jail.name);
            jail.keep(finished)
        }
    }
}

fn find_wrong_values(jail: &mut JailConfig) {
    for (name, option) in &jail.options {
        if let Some(problem @ ValueProblem::NotAnInteger(_)) = &option.problem {
            jail.warnings.push(JailWarning::Value {
                option: name.clone(),
                problem: problem.clone(),
            });
        }
    }
}

fn find_logs(jail: &mut JailConfig, sources: &dyn Sources) {
    let text = |name: &str| jail.option(name).and_then(Effective::text);
    let from_journal = text("backend").is_some_and(|backend| backend.starts_with("systemd"));
    let Some(paths) = text("logpath").filter(|_| !from_journal) else {
        return;
    };
    let (mut logs, mut warnings) = (Vec::new(), Vec::new());
    for line in paths.split('\n') {
        let (pattern, from) = line.rsplit_once(' ').unwrap_or((line, "head"));
        let found = glob(sources, pattern);
        let (files, dangling): (Vec<_>, Vec<_>) = found
            .into_iter()
            .partition(|path| sources.kind(path).is_some());
        warnings.extend(dangling.into_iter().map(JailWarning::DanglingLink));
        if files.is_empty() {
            warnings.push(JailWarning::NoMatch(pattern.to_owned()));
        }
        logs.push(LogPath {
            pattern: pattern.to_owned(),
            from: from.to_owned(),
            files,
        });
    }
    let has_none = logs.iter().all(|log| log.files.is_empty());
    jail.logs = logs;
    jail.warnings.extend(warnings);
    if has_none {
        go_on_without_logs(jail);
    }
}

/// What becomes of a jail none of whose log files is there.
fn go_on_without_logs(jail: &mut JailConfig) {
    let text = |name: &str| jail.option(name).and_then(Effective::text);
    let is_set = |name: &str| {
        jail.option(name)
            .is_some_and(|o| o.value == Value::Bool(true))
    };
    let is_automatic = text("backend").is_some_and(|backend| backend.starts_with("auto"));
    let has_match = jail.option("journalmatch").is_some();
    if is_automatic && has_match && is_set(JOURNAL) {
        jail.warnings.push(JailWarning::ReadsJournal);
    } else if is_set(SKIP) {
        jail.fail(JailError::NoLogFile);
    } else {
        jail.warnings.push(JailWarning::NoLogFile);
    }
}
