//! Whether the machine has a journal.
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Whether journal files are in one of the folders. Blocks.
pub(crate) fn exist(folders: &[PathBuf]) -> bool {
    folders.iter().any(|folder| has_files(folder))
}

/// They are in a folder for each machine.
fn has_files(folder: &Path) -> bool {
    let entries = |path: &Path| fs::read_dir(path).into_iter().flatten().flatten();
    let is_journal = |path: PathBuf| path.extension().is_some_and(|ending| ending == "journal");
    entries(folder).any(|machine| entries(&machine.path()).any(|file| is_journal(file.path())))
}
