//! One file with its text.
use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use domain::{ConfigError, ConfigFile, ConfigPath, Sha256, Timestamp};
use fail2ban::config::{Tree, check};
use sha2::Digest as _;

use super::{reading::Reading, told};

/// The most bytes of a file that is shown. The largest that is shipped has 26 kB.
const MAX_BYTES: u64 = 1 << 20;

/// What is at a path.
enum Found {
    Nothing,
    Bytes(Vec<u8>, Option<Timestamp>),
}

/// A file; a `.local` that is not there yet is empty. Waits for the disk.
///
/// # Errors
/// When it is not there, lies elsewhere, is too long, or cannot be read.
pub(super) fn read(
    dir: &Path,
    path: &ConfigPath,
    reading: &Reading,
) -> Result<ConfigFile, ConfigError> {
    let (bytes, modified_at) = match find(dir, path)? {
        Found::Nothing if path.is_local() => (None, None),
        Found::Nothing => return Err(ConfigError::FileNotFound(path.clone())),
        Found::Bytes(bytes, modified_at) => (Some(bytes), modified_at),
    };
    let sha256 = bytes.as_deref().map(sha256);
    let bytes = bytes.unwrap_or_default();
    let (text, is_text) = match String::from_utf8(bytes) {
        Ok(text) => (text, true),
        Err(error) => (
            String::from_utf8_lossy(error.as_bytes()).into_owned(),
            false,
        ),
    };
    let is_configuration = path.as_str().strip_suffix(".py").is_none();
    let tree = Tree::parse(text.as_bytes());
    let said = is_configuration.then(|| check::file(&*reading.files, path.as_str(), &tree));
    let mut findings: Vec<_> = said.into_iter().flatten().map(told::finding).collect();
    if !is_text {
        findings.push(no_text(path));
    }
    Ok(ConfigFile {
        path: path.clone(),
        role: told::role(path.as_str()),
        text,
        sha256,
        modified_at,
        editable: is_text && path.is_local(),
        findings,
    })
}

fn find(dir: &Path, path: &ConfigPath) -> Result<Found, ConfigError> {
    let because = |error: &io::Error| failed(path, error);
    let root = fs::canonicalize(dir).map_err(|error| folder_failed(dir, &error))?;
    let real = match fs::canonicalize(root.join(path.as_str())) {
        Ok(real) => real,
        Err(error) if is_nothing(&error) => return Ok(Found::Nothing),
        Err(error) => return Err(because(&error)),
    };
    if !real.starts_with(&root) {
        return Err(ConfigError::PathNotAllowed(path.to_string()));
    }
    bytes(&real, path)
}

fn is_nothing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn bytes(real: &PathBuf, path: &ConfigPath) -> Result<Found, ConfigError> {
    let because = |error: io::Error| failed(path, &error);
    // Before it is opened: opening a pipe would wait for its other end.
    let metadata = fs::metadata(real).map_err(because)?;
    if !metadata.is_file() {
        return Err(ConfigError::Files {
            path: path.to_string(),
            detail: "it is not a regular file".to_owned(),
            remedy: "Put a plain file in its place.".to_owned(),
        });
    }
    let mut bytes = Vec::new();
    let file = File::open(real).map_err(because)?;
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(because)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(ConfigError::Files {
            path: path.to_string(),
            detail: format!("it has more than {MAX_BYTES} bytes"),
            remedy: "Such a long file is hardly configuration; look at it on the machine itself."
                .to_owned(),
        });
    }
    let modified = metadata.modified().ok();
    let modified = modified.and_then(|modified| jiff::Timestamp::try_from(modified).ok());
    Ok(Found::Bytes(bytes, modified.map(Timestamp::from)))
}

fn failed(path: &ConfigPath, error: &io::Error) -> ConfigError {
    let remedy = if error.kind() == io::ErrorKind::PermissionDenied {
        format!(
            "Let the user that BanGUI runs as read it (chown or chmod o+r {path}); fail2ban itself reads it as root."
        )
    } else {
        "Look at the file on the machine itself.".to_owned()
    };
    ConfigError::Files {
        path: path.to_string(),
        detail: error.to_string(),
        remedy,
    }
}

/// The folder itself cannot be read.
pub(super) fn folder_failed(dir: &Path, error: &io::Error) -> ConfigError {
    let remedy = match error.kind() {
        io::ErrorKind::PermissionDenied => "Let the user that BanGUI runs as read the folder.",
        _ => "Install fail2ban, or tell BanGUI the folder of its configuration.",
    };
    ConfigError::Files {
        path: dir.display().to_string(),
        detail: error.to_string(),
        remedy: remedy.to_owned(),
    }
}

fn no_text(path: &ConfigPath) -> domain::Finding {
    domain::Finding {
        severity: domain::Severity::Error,
        source: domain::FindingSource::Rules,
        code: crate::finding::Code::NotUtf8.into(),
        detail: "it has bytes that are not UTF-8, shown here as \u{fffd}: fail2ban cannot read it, and it cannot be edited here. Convert it on the machine, such as with iconv".to_owned(),
        item: None,
        option: None,
        file: Some(path.to_string()),
        line: None,
        suggestion: None,
    }
}

#[expect(clippy::expect_used, reason = "64 hexadecimal digits are a hash")]
fn sha256(bytes: &[u8]) -> Sha256 {
    use std::fmt::Write as _;
    let mut digits = String::new();
    for byte in sha2::Sha256::digest(bytes) {
        // Writing to a string does not fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits.parse().expect("64 digits")
}
