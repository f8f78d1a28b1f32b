//! Files with changes that are not written yet.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Kind, ReadError, Sources, join, split};
use crate::config::Tree;

/// Sources with some files replaced, added or taken away, so that a change can be judged before anything is written.
///
/// What did not change is shared with the sources beneath. Paths may be relative to the base folder; folders appear with their
/// first file.
pub struct Overlay {
    beneath: Arc<dyn Sources>,
    changed: BTreeMap<String, Option<Arc<Tree>>>,
}

impl Overlay {
    /// No change yet.
    #[must_use]
    pub fn new(beneath: Arc<dyn Sources>) -> Self {
        Self {
            beneath,
            changed: BTreeMap::new(),
        }
    }

    /// With a file that has these bytes.
    #[must_use]
    pub fn with(self, path: &str, bytes: &[u8]) -> Self {
        self.with_tree(path, Arc::new(Tree::parse(bytes)))
    }

    /// With a file that is parsed already.
    #[must_use]
    pub fn with_tree(mut self, path: &str, tree: Arc<Tree>) -> Self {
        let path = self.plain(path);
        self.changed.insert(path, Some(tree));
        self
    }

    /// Without a file.
    #[must_use]
    pub fn without(mut self, path: &str) -> Self {
        let path = self.plain(path);
        self.changed.insert(path, None);
        self
    }

    /// The path from the root, without `.`, `..` and double slashes.
    fn plain(&self, path: &str) -> String {
        let whole = join(self.beneath.base(), path);
        let mut parts: Vec<&str> = Vec::new();
        for part in whole.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        let root = if whole.starts_with('/') { "/" } else { "" };
        root.to_owned() + &parts.join("/")
    }

    /// Whether a changed file lies below the folder.
    fn has_below(&self, folder: &str) -> bool {
        let start = format!("{}/", self.plain(folder));
        let mut after = self.changed.range(start.clone()..);
        after.any(|(path, tree)| tree.is_some() && path.starts_with(&start))
    }
}

impl Sources for Overlay {
    fn base(&self) -> &str {
        self.beneath.base()
    }

    fn tree(&self, path: &str) -> Result<Arc<Tree>, ReadError> {
        match self.changed.get(&self.plain(path)) {
            Some(Some(tree)) => Ok(Arc::clone(tree)),
            Some(None) => Err(ReadError::Missing),
            None => self.beneath.tree(path),
        }
    }

    fn names(&self, folder: &str) -> Option<Vec<String>> {
        let beneath = self.beneath.names(folder);
        if beneath.is_none() && !self.has_below(folder) {
            return None;
        }
        let mut names = beneath.unwrap_or_default();
        let plain = self.plain(folder);
        for (path, tree) in &self.changed {
            let (parent, name) = split(path);
            if parent != plain {
                continue;
            }
            names.retain(|known| known != name);
            if tree.is_some() {
                names.push(name.to_owned());
            }
        }
        Some(names)
    }

    fn kind(&self, path: &str) -> Option<Kind> {
        match self.changed.get(&self.plain(path)) {
            Some(Some(_)) => Some(Kind::File),
            Some(None) => None,
            None if self.has_below(path) => Some(Kind::Folder),
            None => self.beneath.kind(path),
        }
    }

    fn is_present(&self, path: &str) -> bool {
        match self.changed.get(&self.plain(path)) {
            Some(tree) => tree.is_some(),
            None => self.has_below(path) || self.beneath.is_present(path),
        }
    }
}
