//! Changes of whole files.
use std::collections::BTreeMap;

use domain::{ConfigError, ConfigItemId, ConfigItemKind, ConfigPath, Sha256};

use super::{Done, Draft, bad, jail::local_of};
use crate::configuration::disk::sha256;

/// The most bytes of a text that is written. The largest shipped file has 30 kB.
const MAX_TEXT_BYTES: usize = 4 << 20;

impl Draft<'_> {
    pub(super) fn write_file(
        &mut self,
        path: &ConfigPath,
        text: &str,
        base: Option<&Sha256>,
    ) -> Done {
        if !path.is_local() {
            return bad(format!(
                "{path} is shipped and is never written: write what is to be different into its .local file"
            ));
        }
        let now = self.bytes(path).map(sha256);
        if now.as_ref() != base {
            let files = vec![path.clone()];
            return Err(ConfigError::Changed { files }.into());
        }
        self.put_text(path, text)
    }

    pub(super) fn create_file(&mut self, item: &ConfigItemId, text: &str) -> Done {
        let path = local_of(item)?;
        if self.file_exists(item) {
            return bad(format!(
                "{} is there already: choose another name",
                item.name
            ));
        }
        self.put_text(&path, text)
    }

    /// Deletes a filter or an action of one's own.
    pub(super) fn delete_file(&mut self, item: &ConfigItemId) -> Done {
        if !self.file_exists(item) {
            return Err(ConfigError::ItemNotFound(item.clone()).into());
        }
        let path = local_of(item)?;
        if self.has_shipped(item) {
            return bad(format!(
                "{} is shipped and cannot be deleted; delete what {path} says in it instead",
                item.name
            ));
        }
        self.new.insert(path, None);
        Ok(())
    }

    /// Brings the files back that are not shipped; those that came since go. Shipped files stay as the packages have them.
    pub(super) fn restore(&mut self, files: &BTreeMap<ConfigPath, Vec<u8>>) {
        let came: Vec<ConfigPath> = self
            .paths()
            .filter(|path| path.is_local() && !files.contains_key(*path))
            .cloned()
            .collect();
        self.new.extend(came.into_iter().map(|path| (path, None)));
        let kept = files.iter().filter(|(path, _)| path.is_local());
        let kept = kept.map(|(path, bytes)| (path.clone(), Some(bytes.clone())));
        self.new.extend(kept);
    }

    /// Whether fail2ban finds a filter or an action of this name.
    pub(super) fn file_exists(&self, item: &ConfigItemId) -> bool {
        self.has_shipped(item) || local_of(item).is_ok_and(|path| self.bytes(&path).is_some())
    }

    fn has_shipped(&self, item: &ConfigItemId) -> bool {
        let folder = match item.kind {
            ConfigItemKind::Filter => "filter.d",
            ConfigItemKind::Action => "action.d",
            ConfigItemKind::Jail | ConfigItemKind::Server => return false,
        };
        ["conf", "py"].iter().any(|ending| {
            let path = format!("{folder}/{}.{ending}", item.name).parse();
            path.is_ok_and(|path: ConfigPath| self.bytes(&path).is_some())
        })
    }

    fn put_text(&mut self, path: &ConfigPath, text: &str) -> Done {
        if text.len() > MAX_TEXT_BYTES {
            return bad(format!("the text has more than {MAX_TEXT_BYTES} bytes"));
        }
        if text.contains('\0') {
            return bad("the text has a NUL character");
        }
        self.new
            .insert(path.clone(), Some(text.as_bytes().to_vec()));
        Ok(())
    }
}
