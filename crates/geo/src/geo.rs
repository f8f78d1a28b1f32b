//! All sources together, and which of them counts.
use std::{
    collections::BTreeMap,
    fs,
    net::IpAddr,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::ArcSwap;
use async_trait::async_trait;
use domain::{Asn, Place, PlaceKind, PlaceSource, Places, PlacesUpkeep};
use tokio::sync::watch;

use crate::{
    built_in::{self, Networks},
    ranges::NOTHING,
    supplied::{Supplied, country_of},
};

/// The most files that are looked at.
const MAX_FILES: usize = 32;

/// The folder of a user's own data: every file in it whose name ends in `.mmdb`.
pub type GeoFolder = PathBuf;

/// Countries and networks, from what comes with BanGUI and from what a user put there, which wins.
///
/// Until the first [`PlacesUpkeep::refresh`], only what comes with BanGUI is known.
#[derive(Debug)]
pub struct Geo {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    folder: Option<GeoFolder>,
    built_in: Networks,
    sources: ArcSwap<Sources>,
    /// Who refreshes, alone, and what was found the last time.
    known: Mutex<Known>,
    ready: watch::Sender<bool>,
}

/// What look-ups use of a user's files; replaced whole.
#[derive(Debug, Default)]
struct Sources {
    country: Option<Arc<Supplied>>,
    network: Option<Arc<Supplied>>,
    country_problem: Option<String>,
    network_problem: Option<String>,
}

#[derive(Debug, Default)]
struct Known {
    files: BTreeMap<String, File>,
}

/// A file as it was found.
#[derive(Debug, Clone)]
struct File {
    stamp: Stamp,
    /// What it told when it could last be read.
    told: Option<Arc<Supplied>>,
    /// Why it cannot be read now.
    problem: Option<String>,
}

/// A file with another stamp is another file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    fn of(path: &Path) -> std::io::Result<Self> {
        let about = fs::metadata(path)?;
        Ok(Self {
            inode: about.ino(),
            size: about.size(),
            modified: (about.mtime(), about.mtime_nsec()),
            changed: (about.ctime(), about.ctime_nsec()),
        })
    }
}

impl Geo {
    /// Over a folder that need not exist, or over none.
    #[must_use]
    pub fn new(folder: Option<GeoFolder>) -> Self {
        Self {
            inner: Arc::new(Inner {
                folder,
                built_in: Networks::of_this_build(),
                sources: ArcSwap::default(),
                known: Mutex::default(),
                ready: watch::Sender::new(false),
            }),
        }
    }
}

#[async_trait]
impl Places for Geo {
    fn place(&self, address: IpAddr) -> Place {
        let sources = self.inner.sources.load();
        let country = match sources
            .country
            .as_ref()
            .and_then(|file| file.countries.as_ref())
        {
            Some(table) => country_of(table.get(address)),
            None => built_in::country(address),
        };
        let asn = match sources
            .network
            .as_ref()
            .and_then(|file| file.networks.as_ref())
        {
            Some((table, _)) => table.get(address),
            None => self.inner.built_in.table.get(address),
        };
        Place {
            country,
            asn: (asn != NOTHING).then_some(Asn(asn)),
        }
    }

    fn network_name(&self, asn: Asn) -> Option<Arc<str>> {
        let sources = self.inner.sources.load();
        // A file without names still has numbers, and events keep numbers that newer files do not have any more.
        let supplied = sources
            .network
            .as_ref()
            .and_then(|file| file.networks.as_ref());
        supplied
            .and_then(|(_, names)| names.get(asn.0))
            .or_else(|| self.inner.built_in.names.get(asn.0))
    }

    fn sources(&self) -> Vec<PlaceSource> {
        let sources = self.inner.sources.load();
        let mut country = match &sources.country {
            Some(file) => file.source(PlaceKind::Country),
            None => built_in::country_source(),
        };
        let mut network = match &sources.network {
            Some(file) => file.source(PlaceKind::Network),
            None => self.inner.built_in.source(),
        };
        let add = |source: &mut PlaceSource, problem: &Option<String>| {
            source.problem = problem.clone().or(source.problem.take());
        };
        add(&mut country, &sources.country_problem);
        add(&mut network, &sources.network_problem);
        vec![country, network]
    }

    async fn ready(&self) {
        // The sender lives as long as we do.
        let _ = self.inner.ready.subscribe().wait_for(|ready| *ready).await;
    }
}

#[async_trait]
impl PlacesUpkeep for Geo {
    async fn refresh(&self) -> u64 {
        let inner = Arc::clone(&self.inner);
        let refreshing = tokio::task::spawn_blocking(move || inner.refresh());
        refreshing.await.unwrap_or_else(|error| {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "geo data could not be refreshed"
            );
            0
        })
    }
}

impl Inner {
    fn refresh(&self) -> u64 {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (listed, folder_problem) = self.list();
        let before = known.files.len();
        known
            .files
            .retain(|name, _| listed.iter().any(|(listed, _)| listed == name));
        let mut changed = u64::try_from(before - known.files.len()).unwrap_or_default();
        for (name, path) in listed {
            let Some(file) = look_at(&name, &path, known.files.get(&name)) else {
                continue;
            };
            known.files.insert(name, file);
            changed += 1;
        }
        self.sources.store(Arc::new(known.choose(folder_problem)));
        self.ready.send_replace(true);
        changed
    }

    /// Names and paths of the files; and why the folder cannot be listed. One that is not there is an empty one.
    fn list(&self) -> (Vec<(String, PathBuf)>, Option<String>) {
        let Some(folder) = &self.folder else {
            return (Vec::new(), None);
        };
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return (Vec::new(), None);
            }
            Err(error) => {
                let problem = format!("the folder {} cannot be read: {error}", folder.display());
                return (Vec::new(), Some(problem));
            }
        };
        let mut listed: Vec<(String, PathBuf)> = entries
            .filter_map(Result::ok)
            .map(|entry| {
                (
                    entry.file_name().to_string_lossy().into_owned(),
                    entry.path(),
                )
            })
            .filter(|(_, path)| {
                path.extension()
                    .is_some_and(|end| end.eq_ignore_ascii_case("mmdb"))
            })
            .collect();
        listed.sort();
        listed.truncate(MAX_FILES);
        (listed, None)
    }
}

/// Reads a file that is new or has changed; `None` when it is what it was.
fn look_at(name: &str, path: &Path, before: Option<&File>) -> Option<File> {
    // Taken before reading: what changes meanwhile is read again the next time.
    let (stamp, read) = match Stamp::of(path) {
        Ok(stamp) if before.is_some_and(|before| before.stamp == stamp) => return None,
        Ok(stamp) => (
            stamp,
            Supplied::read(path).map_err(|error| error.to_string()),
        ),
        // Gone between listing and looking.
        Err(_) => return None,
    };
    let file = match read {
        Ok(told) => File {
            stamp,
            told: Some(Arc::new(told)),
            problem: None,
        },
        Err(problem) => File {
            stamp,
            told: before.and_then(|before| before.told.clone()),
            problem: Some(format!("{name}: {problem}")),
        },
    };
    match &file.problem {
        None => tracing::info!(file.name = name, "geo data taken into use"),
        Some(problem) => tracing::warn!(file.name = name, problem, "geo data not taken into use"),
    }
    Some(file)
}

impl Known {
    /// The newest data of each kind.
    fn choose(&self, folder_problem: Option<String>) -> Sources {
        let newest = |fits: fn(&Supplied) -> bool| {
            self.files
                .values()
                .filter_map(|file| file.told.as_ref())
                .filter(|told| fits(told))
                .max_by_key(|told| told.made_at())
                .cloned()
        };
        // What a file that cannot be read was to tell, only its name can say.
        let problem = |kind: PlaceKind| {
            self.files
                .iter()
                .filter_map(|(name, file)| Some((name, file, file.problem.as_ref()?)))
                .find(|(name, file, _)| kinds(name, file.told.as_deref()).contains(&kind))
                .map(|(_, _, problem)| problem.clone())
        };
        Sources {
            country: newest(|told| told.countries.is_some()),
            network: newest(|told| told.networks.is_some()),
            country_problem: folder_problem.or_else(|| problem(PlaceKind::Country)),
            network_problem: problem(PlaceKind::Network),
        }
    }
}

fn kinds(name: &str, told: Option<&Supplied>) -> Vec<PlaceKind> {
    if let Some(told) = told {
        let mut kinds = Vec::new();
        kinds.extend(told.countries.is_some().then_some(PlaceKind::Country));
        kinds.extend(told.networks.is_some().then_some(PlaceKind::Network));
        return kinds;
    }
    let name = name.to_ascii_lowercase();
    let network = ["asn", "isp", "as-"].iter().any(|part| name.contains(part));
    if network {
        vec![PlaceKind::Network]
    } else {
        vec![PlaceKind::Country]
    }
}

#[cfg(test)]
mod tests;
