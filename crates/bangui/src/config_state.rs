//! Where versions, the journal and sample lines of a configuration are kept: each configuration has a folder of its own, so that nothing of another one is
//! put back over it, nor another one's unfinished change be finished in it.
use std::{
    fmt::Write as _,
    fs,
    os::unix::ffi::OsStrExt as _,
    path::{self, Path, PathBuf},
};

/// The folder of all of them in the data folder.
const FOLDER: &str = "config";

/// What lies there directly since a time when there was one for all.
const FROM_BEFORE: &str = "versions";

/// The folder for a configuration, by its real path.
pub(crate) fn of(data_dir: &Path, config_dir: &Path) -> PathBuf {
    let real = fs::canonicalize(config_dir)
        .or_else(|_| path::absolute(config_dir))
        .unwrap_or_else(|_| config_dir.to_owned());
    let all = data_dir.join(FOLDER);
    let own = all.join(name(&real));
    if all.join(FROM_BEFORE).is_dir() && !own.exists() {
        tracing::warn!(
            old = %all.display(),
            new = %own.display(),
            "versions of an earlier BanGUI are there; if they are of this configuration, stop BanGUI and move what is in the old folder to the new one"
        );
    }
    own
}

/// A path as one name: slashes become hyphens, and what could be taken for them is written in hexadecimal.
fn name(path: &Path) -> String {
    let bytes = path.as_os_str().as_bytes();
    let mut name = String::with_capacity(bytes.len());
    for byte in bytes.strip_prefix(b"/").unwrap_or(bytes) {
        match byte {
            b'/' => name.push('-'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => name.push(char::from(*byte)),
            // Not at the beginning, where it would hide the folder or mean another one.
            b'.' if !name.is_empty() => name.push('.'),
            other => {
                // Writing into a string does not fail.
                let _ = write!(name, "%{other:02x}");
            }
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_of_a_path_is_one_name_and_of_no_other_path() {
        let named = |path: &str| name(Path::new(path));
        assert_eq!(named("/etc/fail2ban"), "etc-fail2ban");
        assert_eq!(named("/srv/a.b/fail2ban-1"), "srv-a.b-fail2ban%2d1");
        assert_eq!(named("/..hidden/ü"), "%2e.hidden-%c3%bc");
        assert_ne!(named("/a-b"), named("/a/b"));
        assert_ne!(named("/a%2fb"), named("/a/b"));
    }

    #[test]
    fn folder_of_a_configuration_is_that_of_its_real_path() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("a/fail2ban");
        fs::create_dir_all(&real).unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let data = Path::new("/data");
        let own = of(data, &real);
        assert_eq!(own.parent(), Some(Path::new("/data/config")));
        assert_eq!(of(data, &link), own);
        assert_eq!(of(data, &real.join("../fail2ban")), own);
        assert_ne!(of(data, folder.path()), own);
    }
}
