//! Differences of files, as people read them.
use similar::{Algorithm, TextDiff};
use std::time::Duration;

use domain::FileDiff;

use super::changes::NewFiles;
use super::folder::Files;

/// Lines around a difference.
const CONTEXT: usize = 3;

/// A difference of two large texts that have nothing in common is cut short rather than made small.
const LIMIT: Duration = Duration::from_millis(500);

/// The unified difference of a file; empty where there is none. `None` is a file that is not there.
pub(super) fn unified(path: &str, before: Option<&str>, after: Option<&str>) -> String {
    let name = |there: bool, side: &str| {
        if there {
            format!("{side}/{path}")
        } else {
            "/dev/null".to_owned()
        }
    };
    let (old, new) = (before.unwrap_or_default(), after.unwrap_or_default());
    TextDiff::configure()
        .algorithm(Algorithm::Myers)
        .timeout(LIMIT)
        .diff_lines(old, new)
        .unified_diff()
        .context_radius(CONTEXT)
        .header(&name(before.is_some(), "a"), &name(after.is_some(), "b"))
        .to_string()
}

/// The difference of one file of two states.
pub(super) fn of_file(
    path: &domain::ConfigPath,
    before: Option<String>,
    after: Option<String>,
) -> FileDiff {
    FileDiff {
        path: path.clone(),
        diff: unified(path.as_str(), before.as_deref(), after.as_deref()),
        before,
        after,
    }
}

/// What becomes of each file.
pub(super) fn changed(files: &Files, new: &NewFiles) -> Vec<domain::FileChange> {
    let change = |(path, bytes): (&domain::ConfigPath, &Option<Vec<u8>>)| {
        let before = files.get(path).map(|file| file.text());
        let after = bytes.as_deref();
        let after = after.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        let FileDiff {
            path,
            before,
            after,
            diff,
        } = of_file(path, before, after);
        domain::FileChange {
            path,
            before,
            after,
            diff,
        }
    };
    new.iter().map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::unified;

    #[test]
    fn difference_names_the_file_and_shows_lines_around() {
        let before = "[sshd]\nenabled = true\nmaxretry = 5\n";
        let after = "[sshd]\nenabled = true\nmaxretry = 3\n";
        assert_eq!(
            unified("jail.local", Some(before), Some(after)),
            "--- a/jail.local\n+++ b/jail.local\n@@ -1,3 +1,3 @@\n [sshd]\n enabled = true\n-maxretry = 5\n+maxretry = 3\n"
        );
    }

    #[test]
    fn new_file_differs_from_nothing() {
        assert_eq!(
            unified("a", None, Some("x\n")),
            "--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+x\n"
        );
    }
}
