//! `[INCLUDES]`: the files that a file brings with it.

use std::sync::Arc;

use super::super::budget::Budget;
use super::super::files::{folder_of, join, without_ending};
use super::super::interpolate::{Added, Scope};
use super::super::refusal::Refusal;
use super::{INCLUDES, Merged, Reader};

/// How deep files may include each other. Python gives up somewhere above 200.
const MOST_DEPTH: usize = 64;
/// How many files one name may lead to, each counted as often as it is read.
const MOST_FILES: usize = 10_000;

/// The way by which a file was reached.
struct Way<'a> {
    files: Vec<String>,
    budget: &'a Budget,
}

impl Reader {
    /// The files, each with what it includes before and after itself.
    pub(super) fn with_includes(
        &mut self,
        files: &[String],
        budget: &Budget,
    ) -> Result<Arc<Vec<String>>, Refusal> {
        let mut way = Way {
            files: Vec::new(),
            budget,
        };
        self.included(files, &mut way)
    }

    fn included(
        &mut self,
        files: &[String],
        way: &mut Way<'_>,
    ) -> Result<Arc<Vec<String>>, Refusal> {
        let files = self.with_locals(files);
        if let Some(known) = self.included.get(&files) {
            return Ok(Arc::clone(known));
        }
        let mut all = Vec::new();
        for file in &files {
            all.extend(self.around(file, way)?);
            if all.len() > MOST_FILES {
                return Err(self.too_much(file));
            }
        }
        let all = Arc::new(all);
        self.included.insert(files, Arc::clone(&all));
        Ok(all)
    }

    fn too_much(&self, file: &str) -> Refusal {
        Refusal::Includes {
            file: self.shown(file).to_owned(),
        }
    }

    /// Each file followed by its `.local`, unless that is in the list anyway.
    fn with_locals(&self, files: &[String]) -> Vec<String> {
        let mut all = Vec::with_capacity(files.len());
        for file in files {
            all.push(file.clone());
            let local = format!("{}.local", without_ending(file));
            if !files.contains(&local) && self.is_file(&local) {
                all.push(local);
            }
        }
        all
    }

    /// One file between what it includes; nothing if it is passed over.
    fn around(&mut self, file: &str, way: &mut Way<'_>) -> Result<Vec<String>, Refusal> {
        if way.files.len() > MOST_DEPTH {
            return Err(self.too_much(file));
        }
        let Some(parsed) = self.parsed(file) else {
            return Ok(Vec::new());
        };
        if let Some(problem) = parsed.tree.problem() {
            return Err(self.refused(file, problem));
        }
        if !parsed.parts.iter().any(|part| &*part.name == INCLUDES) {
            return Ok(vec![file.to_owned()]);
        }
        let mut alone = Merged::default();
        alone.lay(&parsed, way.budget)?;
        let mut all = self.named(&alone, "before", file, way)?;
        all.push(file.to_owned());
        all.extend(self.named(&alone, "after", file, way)?);
        Ok(all)
    }

    /// What one option of a file's `[INCLUDES]` leads to.
    fn named(
        &mut self,
        alone: &Merged,
        option: &str,
        file: &str,
        way: &mut Way<'_>,
    ) -> Result<Vec<String>, Refusal> {
        let added = Added::default();
        let listed = Scope::new(alone, &added, INCLUDES, way.budget).get(option)?;
        let mut all = Vec::new();
        let Some(listed) = listed else {
            return Ok(all);
        };
        for name in listed.text.split('\n') {
            let path = join(folder_of(file), name);
            if way.files.contains(&path) {
                continue;
            }
            way.files.push(file.to_owned());
            let led_to = self.included(&[path], way);
            way.files.pop();
            all.extend(led_to?.iter().cloned());
            if all.len() > MOST_FILES {
                return Err(self.too_much(file));
            }
        }
        Ok(all)
    }
}
