//! The folder as an archive: to keep, or with secrets taken out to show to somebody.
use std::{
    fs, io,
    path::{Path, PathBuf},
};

use domain::{ConfigError, DaemonState, Version};
use flate2::{Compression, write::GzEncoder};
use serde::Serialize;
use tar::{Builder, Header};

use super::{disk::failed, history, mask, store::Store};
use crate::{core::Core, mirror::on_disk};

/// The folder within the archive.
const FOLDER: &str = "fail2ban";

/// More than this is no configuration, and would fill memory.
const MAX_BYTES: u64 = 64 << 20;

/// How deep folders are followed.
const MAX_DEPTH: usize = 4;

/// Versions that a masked archive tells of.
const VERSIONS: usize = 50;

/// Facts for whoever is to help.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FactsForHelp {
    made_at: String,
    bangui: &'static str,
    fail2ban: Option<String>,
    daemon: String,
    jails: Vec<JailFacts>,
    changed_outside: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JailFacts {
    name: String,
    state: domain::JailState,
    counters: domain::JailCounters,
}

/// What a version is, without what it says: the values of its changes can be secrets.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VersionFacts {
    id: u64,
    at: String,
    origin: domain::VersionOrigin,
    outcome: domain::VersionOutcome,
    touched: Vec<String>,
    failed: Option<String>,
}

/// The whole folder as a gzipped tar.
pub(super) async fn archive(core: &Core, masked: bool) -> Result<Vec<u8>, ConfigError> {
    core.configuration.recovered().await;
    let (dir, store) = (
        core.config.config_dir.clone(),
        core.configuration.store().ok(),
    );
    let facts = facts(core);
    let at = core.config.clock.now().as_millis() / 1000;
    on_disk(move || pack(&dir, store.as_ref(), masked.then_some(facts), at)).await
}

fn facts(core: &Core) -> FactsForHelp {
    let state = core.snapshot();
    let (fail2ban, daemon) = match &state.daemon {
        DaemonState::Up { version } => (Some(version.clone()), "answers".to_owned()),
        DaemonState::Down { detail, .. } => (None, mask::text(detail)),
        DaemonState::Connecting => (None, "not asked yet".to_owned()),
    };
    let jails = state.jails.iter().map(|jail| JailFacts {
        name: jail.name.as_str().to_owned(),
        state: jail.state,
        counters: jail.counters,
    });
    FactsForHelp {
        made_at: core.config.clock.now().to_string(),
        bangui: env!("CARGO_PKG_VERSION"),
        fail2ban,
        daemon,
        jails: jails.collect(),
        changed_outside: Vec::new(),
    }
}

/// Makes the archive; with facts it is a masked one.
fn pack(
    dir: &Path,
    store: Option<&Store>,
    facts: Option<FactsForHelp>,
    at: i64,
) -> Result<Vec<u8>, ConfigError> {
    let masked = facts.is_some();
    let mut packing = Packing {
        tar: Builder::new(GzEncoder::new(Vec::new(), Compression::default())),
        masked,
        left: MAX_BYTES,
        at: u64::try_from(at).unwrap_or_default(),
    };
    let because = |error: io::Error| failed(dir, &error);
    packing.folder(dir, Path::new(FOLDER), 0).map_err(because)?;
    if let Some(mut facts) = facts {
        let state = history::state(store, dir)?;
        let changed = state.changed_outside.iter();
        facts.changed_outside = changed.map(ToString::to_string).collect();
        packing.json("facts.json", &facts).map_err(because)?;
        let versions = match store {
            Some(store) => store.page(None, VERSIONS)?.items,
            None => Vec::new(),
        };
        let versions: Vec<VersionFacts> = versions.iter().map(version_facts).collect();
        packing.json("versions.json", &versions).map_err(because)?;
    }
    let finished = packing.tar.into_inner().and_then(GzEncoder::finish);
    finished.map_err(because)
}

fn version_facts(version: &Version) -> VersionFacts {
    VersionFacts {
        id: version.id.0,
        at: version.at.to_string(),
        origin: version.origin,
        outcome: version.outcome,
        touched: version.touched.iter().map(ToString::to_string).collect(),
        failed: version.failed.as_deref().map(mask::text),
    }
}

struct Packing {
    tar: Builder<GzEncoder<Vec<u8>>>,
    masked: bool,
    left: u64,
    at: u64,
}

impl Packing {
    fn folder(&mut self, from: &Path, to: &Path, depth: usize) -> io::Result<()> {
        let mut entries: Vec<PathBuf> = fs::read_dir(from)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<_>>()?;
        entries.sort();
        for path in entries {
            let to = to.join(path.file_name().unwrap_or_default());
            match fs::metadata(&path) {
                Ok(found) if found.is_dir() && depth < MAX_DEPTH => {
                    self.folder(&path, &to, depth + 1)?;
                }
                Ok(found) if found.is_file() => self.file(&path, &to, found.len())?,
                // A link that leads nowhere, a socket: nothing to keep.
                _ => {}
            }
        }
        Ok(())
    }

    fn file(&mut self, from: &Path, to: &Path, size: u64) -> io::Result<()> {
        let left = self.left.checked_sub(size);
        self.left = left.ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::FileTooLarge,
                "the folder is too large for an archive",
            )
        })?;
        let bytes = fs::read(from)?;
        if !self.masked {
            return self.add(to, &bytes);
        }
        let text = String::from_utf8_lossy(&bytes);
        self.add(to, mask::text(&text).as_bytes())
    }

    fn json(&mut self, name: &str, value: &impl Serialize) -> io::Result<()> {
        let bytes = serde_json::to_vec_pretty(value).map_err(io::Error::other)?;
        self.add(Path::new(name), &bytes)
    }

    fn add(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        const MODE: u32 = 0o600;
        let mut header = Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(MODE);
        header.set_mtime(self.at);
        self.tar.append_data(&mut header, path, bytes)
    }
}
