//! Where fail2ban logs to, and whether it may.
use std::path::{Path, PathBuf};

use domain::{ConfigItemId, ConfigItemKind, Finding, FindingSource, Severity};

use crate::{AgentConfig, finding::Code};

/// fail2ban's names for targets that are no files.
const SPECIAL: [&str; 5] = ["STDOUT", "STDERR", "SYSOUT", "SYSLOG", "SYSTEMD-JOURNAL"];

/// Where the log is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    File(PathBuf),
    /// The journal, or syslog, which the journal has too.
    Journal,
    /// What the service manager keeps, if one started the daemon.
    Stream,
    Other,
}

impl Target {
    pub(super) fn parse(target: &str) -> Self {
        let name = without_options(target);
        match name.to_ascii_uppercase().as_str() {
            "SYSLOG" | "SYSTEMD-JOURNAL" => Self::Journal,
            "STDOUT" | "STDERR" | "SYSOUT" => Self::Stream,
            _ if Path::new(name).is_absolute() => Self::File(name.into()),
            _ => Self::Other,
        }
    }
}

/// `SYSLOG[facility=auth]` without what is in brackets.
fn without_options(target: &str) -> &str {
    let target = target.trim();
    match target
        .strip_suffix(']')
        .and_then(|rest| rest.split_once('['))
    {
        Some((name, _)) => name.trim_end(),
        None => target,
    }
}

/// What speaks against a log target; what is in use now is always allowed. Blocks.
pub(super) fn findings(target: &str, current: Option<&str>, config: &AgentConfig) -> Vec<Finding> {
    if current == Some(target) {
        return Vec::new();
    }
    wrong(target, &config.log_folders)
        .map(|detail| Finding {
            severity: Severity::Error,
            source: FindingSource::Rules,
            code: Code::BadLogTarget.into(),
            detail,
            item: "fail2ban".parse().ok().map(|name| ConfigItemId {
                kind: ConfigItemKind::Server,
                name,
            }),
            option: Some("logtarget".to_owned()),
            file: None,
            line: None,
            suggestion: None,
        })
        .into_iter()
        .collect()
}

/// Why a daemon that starts could not log there; `None` where nothing speaks against it. Blocks.
pub(crate) fn unusable(target: &str) -> Option<String> {
    let Target::File(path) = Target::parse(target) else {
        return None;
    };
    let parent = path.parent()?;
    if !parent.is_dir() {
        return Some(format!(
            "logtarget: there is no folder {}",
            parent.display()
        ));
    }
    path.is_dir()
        .then(|| format!("logtarget: {} is a folder", path.display()))
}

fn wrong(target: &str, folders: &[PathBuf]) -> Option<String> {
    if target.chars().any(char::is_control) {
        return Some("the log target has a line break or a control character in it".to_owned());
    }
    let name = without_options(target);
    if SPECIAL
        .iter()
        .any(|special| special.eq_ignore_ascii_case(name))
    {
        return None;
    }
    let path = Path::new(name);
    if !path.is_absolute() {
        return Some(format!(
            "{name:?} is neither one of {} nor the absolute path of a file",
            SPECIAL.join(", ")
        ));
    }
    let (Some(parent), Some(file)) = (path.parent(), path.file_name()) else {
        return Some(format!("{name} is a folder"));
    };
    let Ok(parent) = parent.canonicalize() else {
        return Some(format!(
            "there is no folder {}; make it first",
            parent.display()
        ));
    };
    let real = parent.join(file);
    // A link, also one to what does not exist, would have root write where it leads.
    let real = match real.symlink_metadata() {
        Ok(found) if found.is_symlink() => real.canonicalize().unwrap_or_default(),
        _ => real,
    };
    let allowed = |folder: &PathBuf| {
        folder
            .canonicalize()
            .is_ok_and(|folder| real.starts_with(folder))
    };
    if !folders.iter().any(allowed) {
        let folders: Vec<String> = folders
            .iter()
            .map(|folder| folder.display().to_string())
            .collect();
        return Some(format!(
            "{name} is not in a folder that logs may be in ({})",
            folders.join(", ")
        ));
    }
    if real.exists() && !real.is_file() {
        return Some(format!("{name} is there, and is no file"));
    }
    None
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::symlink};

    use super::*;

    #[test]
    fn target_is_a_file_or_a_special_name_in_any_case() {
        assert_eq!(
            Target::parse("/var/log/fail2ban.log"),
            Target::File("/var/log/fail2ban.log".into())
        );
        assert_eq!(
            Target::parse("SYSLOG[facility=auth, padding=on]"),
            Target::Journal
        );
        assert_eq!(Target::parse("systemd-journal"), Target::Journal);
        assert_eq!(Target::parse("STDOUT"), Target::Stream);
        assert_eq!(Target::parse("relative.log"), Target::Other);
    }

    #[test]
    fn target_that_root_should_not_write_to_is_found() {
        let ground = tempfile::tempdir().unwrap();
        let logs = ground.path().join("logs");
        fs::create_dir_all(logs.join("sub")).unwrap();
        symlink("/etc/nosuch", logs.join("link")).unwrap();
        symlink(ground.path(), logs.join("folder")).unwrap();
        let config = AgentConfig {
            log_folders: vec![logs.clone()],
            ..AgentConfig::default()
        };
        let of = |target: &str| findings(target, Some("/anywhere/else.log"), &config);
        for good in [
            "STDOUT",
            "syslog",
            "SYSTEMD-JOURNAL[x=y]",
            "/anywhere/else.log",
        ] {
            assert_eq!(of(good), [], "{good}");
        }
        assert_eq!(of(&logs.join("new.log").display().to_string()), []);
        for bad in [
            "",
            "stdin",
            "fail2ban.log",
            "/",
            "/etc/cron.d/x",
            "/nosuch/x.log",
            "/var/log/x\n[y]",
        ] {
            assert_eq!(of(bad).len(), 1, "{bad}");
        }
        for bad in ["link", "folder/x", "sub", "../x", "sub/../../x"] {
            assert_eq!(of(&logs.join(bad).display().to_string()).len(), 1, "{bad}");
        }
    }
}
