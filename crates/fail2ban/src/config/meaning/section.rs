//! A jail's section with all that stands in it.

use super::super::effective::Settings;
use super::super::interpolate::Scope;
use super::super::jail::unfilled;
use super::{Budget, Config};

impl Config {
    /// Every option of a jail's section, then those of `[DEFAULT]`, with everything filled in; also those that only other options use, such as
    /// `port`. Values have no types here: see [`Config::jail`] for what the daemon gets.
    #[must_use]
    pub fn section(&self, jail: &str) -> Settings {
        let budget = Budget::new(self.limits);
        let reading = self.reading();
        let own = self.merged.sections.get(jail);
        let own = own.into_iter().flat_map(|options| options.keys());
        let mut settings = Settings::new();
        for name in own.chain(self.merged.defaults.keys()) {
            if settings.contains_key(&**name) {
                continue;
            }
            let scope = Scope::new(&self.merged, &reading.added, jail, &budget);
            let value = match scope.get(name) {
                Ok(Some(found)) => found.effective(),
                Ok(None) => continue,
                Err(refusal) => unfilled(&refusal),
            };
            settings.insert(name.to_string(), value);
        }
        settings
    }
}
