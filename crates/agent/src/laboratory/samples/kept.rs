//! Samples in their files, one for each filter.
use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use domain::{ConfigError, ItemName, Sample, Samples};

use crate::{AgentConfig, configuration::disk_failed, core::Core, mirror::on_disk};

/// The longest file of samples: all of the longest, and some room for what surrounds them.
const MAX_FILE_BYTES: u64 = 8 << 20;

/// Where they are kept, a file for each filter.
const FOLDER: &str = "samples";
const ENDING: &str = ".json";

/// The most characters of an expected host.
const MAX_HOST_CHARS: usize = 255;

/// Where the samples of a filter are; `None` where nothing is kept.
fn path(config: &AgentConfig, filter: &ItemName) -> Option<PathBuf> {
    let kept = config.state_dir.as_ref()?;
    Some(kept.join(FOLDER).join(format!("{filter}{ENDING}")))
}

/// The filters that samples are kept with.
pub(in super::super) async fn sampled(core: &Core) -> Result<BTreeSet<ItemName>, ConfigError> {
    let Some(folder) = core.config.state_dir.as_ref().map(|kept| kept.join(FOLDER)) else {
        return Ok(BTreeSet::new());
    };
    on_disk(move || names(&folder).map_err(|error| disk_failed(&folder, &error))).await
}

fn names(folder: &Path) -> io::Result<BTreeSet<ItemName>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        entries => entries?,
    };
    let mut names = BTreeSet::new();
    for entry in entries {
        let name = entry?.file_name();
        let name = name.to_str().and_then(|name| name.strip_suffix(ENDING));
        names.extend(name.and_then(|name| name.parse::<ItemName>().ok()));
    }
    Ok(names)
}

/// The samples of a filter; none where none were kept.
pub(in super::super) async fn read(core: &Core, filter: &ItemName) -> Result<Samples, ConfigError> {
    match path(&core.config, filter) {
        Some(path) => on_disk(move || read_file(&path)).await,
        None => Ok(Samples::default()),
    }
}

fn read_file(path: &Path) -> Result<Samples, ConfigError> {
    let read = || {
        let file = fs::File::open(path)?;
        let mut text = Vec::new();
        io::Read::read_to_end(&mut io::Read::take(file, MAX_FILE_BYTES), &mut text)?;
        serde_json::from_slice(&text).map_err(io::Error::other)
    };
    match read() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Samples::default()),
        read => read.map_err(|error| disk_failed(path, &error)),
    }
}

/// Replaces the samples of a filter; the file has the old ones or the new ones, whatever happens.
pub(in super::super) async fn set(
    core: &Core,
    filter: &ItemName,
    samples: &Samples,
) -> Result<(), ConfigError> {
    check_samples(samples)?;
    let _one_at_a_time = core.laboratory.writing.lock().await;
    let path = path(&core.config, filter).ok_or_else(|| {
        ConfigError::BadTest(
            "samples cannot be kept: the agent has no folder for what is its own".to_owned(),
        )
    })?;
    let samples = samples.clone();
    on_disk(move || write_file(&path, &samples).map_err(|error| disk_failed(&path, &error))).await
}

fn write_file(path: &Path, samples: &Samples) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(folder)?;
    // Made with rights for this user alone.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&serde_json::to_vec_pretty(samples)?)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    fs::File::open(folder)?.sync_all()
}

fn check_samples(samples: &Samples) -> Result<(), ConfigError> {
    if samples.items.len() > Samples::MAX {
        return Err(ConfigError::BadTest(format!(
            "a filter can have {} samples; take some away",
            Samples::MAX
        )));
    }
    for (number, sample) in (1..).zip(&samples.items) {
        if let Some(wrong) = wrong(sample) {
            return Err(ConfigError::BadTest(format!("sample {number}: {wrong}")));
        }
    }
    Ok(())
}

fn wrong(sample: &Sample) -> Option<&'static str> {
    let line = &sample.line;
    let host = sample.host.as_deref().unwrap_or("-");
    if line.len() > Samples::MAX_LINE_BYTES {
        Some("a line has at most 4096 bytes")
    } else if line.contains(['\n', '\r']) {
        Some("a sample is one line; a session of several lines is several samples, in their order")
    } else if line.trim().is_empty() || line.starts_with('#') {
        Some("fail2ban passes over empty lines and lines that begin with #")
    } else if host.is_empty()
        || host.chars().count() > MAX_HOST_CHARS
        || host.chars().any(char::is_control)
    {
        Some(
            "the host is an address, a network, a name or another identity of at most 255 characters; leave it out where the line must not match",
        )
    } else if sample.note.chars().count() > Samples::MAX_NOTE_CHARS {
        Some("a note has at most 200 characters")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(line: &str, host: Option<&str>) -> Sample {
        Sample {
            line: line.to_owned(),
            host: host.map(str::to_owned),
            note: String::new(),
        }
    }

    #[test]
    fn samples_that_cannot_be_run_as_lines_are_refused_with_their_number() {
        let refused = |sample: Sample| {
            let samples = Samples {
                items: vec![self::sample("good", None), sample],
            };
            match check_samples(&samples) {
                Err(ConfigError::BadTest(why)) => why.starts_with("sample 2: "),
                _ => false,
            }
        };
        assert!(!refused(sample("a line", Some("192.0.2.1"))));
        assert!(refused(sample("two\nlines", None)));
        assert!(refused(sample("# comment", None)));
        assert!(refused(sample(" ", None)));
        assert!(refused(sample(&"x".repeat(5_000), None)));
        assert!(refused(sample("x", Some(""))));
        assert!(refused(sample("x", Some("a\0"))));
        let many = Samples {
            items: vec![sample("x", None); Samples::MAX + 1],
        };
        assert!(check_samples(&many).is_err());
    }

    #[test]
    fn samples_are_kept_whole_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/samples/x.json");
        assert_eq!(read_file(&path).unwrap(), Samples::default());
        let samples = Samples {
            items: vec![sample("a \u{fffd} \"line\"", Some("::1"))],
        };
        write_file(&path, &samples).unwrap();
        write_file(&path, &samples).unwrap();
        assert_eq!(read_file(&path).unwrap(), samples);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        fs::write(&path, "{").unwrap();
        assert!(matches!(read_file(&path), Err(ConfigError::Files { .. })));
    }
}
