//! On what a filter is tried, as `fail2ban-regex` is told it.
use std::{
    fs::{self, File},
    io,
    os::{fd::AsRawFd as _, unix::fs::OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use domain::{ConfigError, JournalMatches};

use crate::{JournalConfig, configuration::disk_failed, file_end};

/// The longest pasted text.
const MAX_PASTED_BYTES: usize = 4 << 20;

/// What is read of a log file's end.
const MAX_FILE_BYTES: u64 = 16 << 20;

/// What is kept of a line. fail2ban would read all of it; what attackers write is shorter.
const MAX_LINE_BYTES: usize = 16 << 10;

/// The most conditions on the journal, and the longest one.
const MAX_MATCHES: usize = 50;
const MAX_MATCH_BYTES: usize = 1 << 10;

/// Lines of text that are tried.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// Those that fail2ban looks at; it passes over empty ones and over those that begin with `#`.
    pub(super) tested: Vec<Line>,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// From 1, those that are passed over counted.
    pub(super) number: u64,
    pub(super) text: String,
    pub(super) cut: bool,
}

impl Lines {
    /// The last lines of some text.
    pub(super) fn of(text: &[u8], most: usize) -> Self {
        let mut all: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
        if all.last().is_some_and(|last| last.is_empty()) {
            all.pop();
        }
        let skipped = all.len().saturating_sub(most);
        let last = all.split_off(skipped);
        let tested = (1_u64..)
            .zip(last)
            .filter_map(|(number, line)| Line::new(number, line));
        Self {
            tested: tested.collect(),
        }
    }

    /// The file that is given to the program: only lines that it looks at, so that it and this count alike.
    pub(super) fn file(&self) -> String {
        let mut file = String::new();
        for line in &self.tested {
            file.push_str(&line.text);
            file.push('\n');
        }
        file
    }
}

impl Line {
    fn new(number: u64, bytes: &[u8]) -> Option<Self> {
        let kept = bytes.get(..MAX_LINE_BYTES);
        let text = String::from_utf8_lossy(kept.unwrap_or(bytes));
        let text = text.trim_end_matches('\r');
        (!text.is_empty() && !text.starts_with('#')).then(|| Self {
            number,
            text: text.to_owned(),
            cut: kept.is_some() && bytes.len() > MAX_LINE_BYTES,
        })
    }
}

/// The last lines of a pasted text.
pub(super) fn pasted(text: &str, most: usize) -> Result<Lines, ConfigError> {
    if text.len() > MAX_PASTED_BYTES {
        return Err(ConfigError::BadTest(format!(
            "the text is longer than {} MB; a log file can be tried where it is",
            MAX_PASTED_BYTES >> 20
        )));
    }
    Ok(Lines::of(text.as_bytes(), most))
}

/// Files that may be read.
#[derive(Debug, Clone, Default)]
pub(super) struct Allowed {
    /// Everything in these folders.
    pub(super) folders: Vec<PathBuf>,
    /// These.
    pub(super) files: Vec<PathBuf>,
}

impl Allowed {
    /// Opens a regular file that may be read, whatever links lead to it. Blocks.
    pub(super) fn open(&self, path: &Path) -> Result<File, ConfigError> {
        let not_allowed = || ConfigError::PathNotAllowed(path.display().to_string());
        if !path.is_absolute() {
            return Err(not_allowed());
        }
        let real = path.canonicalize();
        // What is outside is not told from what does not exist.
        let real = real.map_err(|error| {
            if self.within(path) {
                disk_failed(path, &error)
            } else {
                not_allowed()
            }
        })?;
        if !self.holds(&real) {
            return Err(not_allowed());
        }
        let file = open(&real).map_err(|error| disk_failed(path, &error))?;
        // A link that was put in the way meanwhile leads elsewhere.
        let opened = fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()));
        if opened.map_err(|error| disk_failed(path, &error))? != real {
            return Err(not_allowed());
        }
        Ok(file)
    }

    /// Whether a canonical path is allowed.
    fn holds(&self, real: &Path) -> bool {
        let same = |allowed: &PathBuf| allowed.canonicalize().is_ok_and(|allowed| allowed == real);
        let around = |folder: &PathBuf| {
            folder
                .canonicalize()
                .is_ok_and(|folder| real.starts_with(folder))
        };
        self.folders.iter().any(around) || self.files.iter().any(same)
    }

    /// Whether a path is allowed as it is written.
    pub(super) fn within(&self, path: &Path) -> bool {
        let plain = path
            .components()
            .all(|part| part != std::path::Component::ParentDir);
        let around = self.folders.iter().any(|folder| path.starts_with(folder));
        plain && (around || self.files.iter().any(|file| file == path))
    }
}

fn open(path: &Path) -> io::Result<File> {
    // A pipe would wait for its writer.
    let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOFOLLOW;
    let flags = i32::try_from(flags.bits()).unwrap_or_default();
    let file = fs::OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::other("it is not a regular file"))
    }
}

/// The last lines of a log file. Blocks.
pub(super) fn file(path: &Path, allowed: &Allowed, most: usize) -> Result<Lines, ConfigError> {
    let file = allowed.open(path)?;
    let read = || {
        let length = file.metadata()?.len();
        file_end::read(&file, length, most, MAX_FILE_BYTES)
    };
    let end = read().map_err(|error| disk_failed(path, &error))?;
    Ok(Lines::of(&end.bytes, most))
}

/// The conditions as one argument, which fail2ban takes apart as a shell does.
pub(super) fn journal_matches(matches: &JournalMatches) -> Result<String, ConfigError> {
    if matches.0.len() > MAX_MATCHES {
        return Err(bad_match());
    }
    let quoted: Result<Vec<String>, ConfigError> =
        matches.0.iter().map(|one| quoted(one)).collect();
    Ok(quoted?.join(" "))
}

fn quoted(one: &str) -> Result<String, ConfigError> {
    if one == "+" {
        return Ok(one.to_owned());
    }
    let (field, value) = one.split_once('=').ok_or_else(bad_match)?;
    let fits = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let fits_value = |c: char| !c.is_control() && c != '\'';
    let begins = field.starts_with(|c: char| c.is_ascii_uppercase() || c == '_');
    if !begins
        || !field.chars().all(fits)
        || one.len() > MAX_MATCH_BYTES
        || !value.chars().all(fits_value)
    {
        return Err(bad_match());
    }
    Ok(format!("'{one}'"))
}

fn bad_match() -> ConfigError {
    ConfigError::BadTest(
        "a condition on the journal is FIELD=value, such as _SYSTEMD_UNIT=sshd.service, or + for \"or\"".to_owned(),
    )
}

/// The journal as the program is told it. Fails where there is none. Blocks.
pub(super) fn journal(config: &JournalConfig) -> Result<String, ConfigError> {
    if !config.has_files() {
        return Err(ConfigError::BadTest(
            "this machine has no journal files; try a log file or pasted lines".to_owned(),
        ));
    }
    let Some(folder) = &config.folder else {
        return Ok("systemd-journal".to_owned());
    };
    let folder = folder.display().to_string();
    if folder.contains(['"', ']']) || folder.chars().any(char::is_control) {
        return Err(ConfigError::BadTest(format!(
            "fail2ban cannot read a journal in {folder:?}"
        )));
    }
    Ok(format!("systemd-journal[journalpath=\"{folder}\"]"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn lines_are_the_last_ones_that_fail2ban_looks_at() {
        let lines = Lines::of(b"first\n# comment\n\r\nlast\xff\0\r\n", 3);
        assert_eq!(
            lines.tested,
            [Line {
                number: 3,
                text: "last\u{fffd}\0".to_owned(),
                cut: false
            }]
        );
        assert_eq!(Lines::of(b"", 3).tested, []);
        assert_eq!(Lines::of(b"\nx", 3).tested[0].number, 2);
    }

    #[test]
    fn huge_line_is_cut_and_huge_text_refused() {
        let line = "x".repeat(MAX_LINE_BYTES + 1);
        let lines = pasted(&line, 10).unwrap();
        assert_eq!(
            (lines.tested[0].text.len(), lines.tested[0].cut),
            (MAX_LINE_BYTES, true)
        );
        assert!(matches!(
            pasted(&"x\n".repeat(5 << 20), 10),
            Err(ConfigError::BadTest(_))
        ));
    }

    #[test]
    fn file_outside_of_the_allowed_folders_is_refused_whatever_leads_to_it() {
        let ground = tempfile::tempdir().unwrap();
        let (inside, outside) = (ground.path().join("logs"), ground.path().join("other"));
        fs::create_dir_all(inside.join("sub")).unwrap();
        fs::create_dir(&outside).unwrap();
        fs::write(inside.join("sub/a.log"), "a\n").unwrap();
        fs::write(outside.join("secret"), "s\n").unwrap();
        symlink(outside.join("secret"), inside.join("link")).unwrap();
        symlink(&outside, inside.join("folder")).unwrap();
        symlink(inside.join("sub/a.log"), outside.join("back")).unwrap();
        let allowed = Allowed {
            folders: vec![inside.clone()],
            files: vec![outside.join("named")],
        };
        for path in [
            outside.join("secret"),
            inside.join("link"),
            inside.join("folder/secret"),
            inside.join("../other/secret"),
            outside.join("nosuch"),
            inside.join("../nosuch"),
            PathBuf::from("logs/sub/a.log"),
        ] {
            let opened = allowed.open(&path);
            assert!(
                matches!(opened, Err(ConfigError::PathNotAllowed(_))),
                "{path:?} {opened:?}"
            );
        }
        // A folder, and what is not there.
        for path in [inside.join("sub"), inside.join("nosuch")] {
            assert!(
                matches!(allowed.open(&path), Err(ConfigError::Files { .. })),
                "{path:?}"
            );
        }
        allowed.open(&outside.join("back")).unwrap();
        fs::write(outside.join("named"), "n\n").unwrap();
        assert_eq!(
            file(&outside.join("named"), &allowed, 10).unwrap().tested[0].text,
            "n"
        );
    }

    #[test]
    fn journal_matches_are_conditions_and_nothing_else() {
        let of = |texts: &[&str]| {
            journal_matches(&JournalMatches(
                texts.iter().map(|t| (*t).to_owned()).collect(),
            ))
        };
        assert_eq!(
            of(&["_SYSTEMD_UNIT=sshd.service", "+", "_COMM=a b"]).unwrap(),
            "'_SYSTEMD_UNIT=sshd.service' + '_COMM=a b'"
        );
        for bad in ["", "x", "a=b", "--all", "_X='; rm", "_X=a\nb", "=x", "1A=x"] {
            assert!(of(&[bad]).is_err(), "{bad}");
        }
    }

    #[test]
    fn journal_is_there_where_its_files_are() {
        let folder = tempfile::tempdir().unwrap();
        let config = JournalConfig {
            folder: Some(folder.path().to_owned()),
            ..JournalConfig::default()
        };
        assert!(journal(&config).is_err());
        fs::create_dir(folder.path().join("machine")).unwrap();
        fs::write(folder.path().join("machine/system.journal"), "").unwrap();
        let told = format!(
            "systemd-journal[journalpath=\"{}\"]",
            folder.path().display()
        );
        assert_eq!(journal(&config).unwrap(), told);
    }
}
