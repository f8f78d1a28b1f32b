//! How far the bans of a jail reach.

use super::super::jail::JailConfig;
use super::super::reach::{self, Reach};
use super::{Budget, Config};

impl Config {
    /// How far each action of a jail reaches, as its files and parameters make it; none where there is no such jail.
    ///
    /// The jail is read once more, with actions that are all told a port and a name that stand nowhere else: where these come out, they bound what they do by them.
    #[must_use]
    pub fn reaches(&self, jail: &str) -> Vec<Reach> {
        let Some(real) = self.jail(jail) else {
            return Vec::new();
        };
        let marked = self.with_marks(jail);
        let marked = marked.actions.iter().map(Some);
        // A broken one is missing in both.
        let marked = marked.chain(std::iter::repeat(None));
        let pairs = real.actions.iter().zip(marked);
        pairs
            .map(|(real, marked)| marked.map_or(Reach::Everything, |it| reach::of(real, it)))
            .collect()
    }

    fn with_marks(&self, name: &str) -> JailConfig {
        let budget = Budget::new(self.limits);
        let mut reading = self.reading();
        // What it adds for other jails was added when it was read for good.
        let added = reading.added.sections.get(name).cloned();
        let mut reader = self.jail_reader(&mut reading, &budget);
        reader.marks = true;
        let jail = reader.read(name);
        match added {
            Some(added) => reading.added.sections.insert(name.to_owned(), added),
            None => reading.added.sections.remove(name),
        };
        jail
    }
}
