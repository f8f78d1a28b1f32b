//! What of a table is held the other way: from a start at which this way could not be used.
use std::sync::atomic::Ordering;

use super::{Backend, Table, TableError};

impl Table {
    /// Whether a table of this name is held the other way too: what it blocks is what was wanted once.
    ///
    /// # Errors
    /// [`TableError`] where that cannot be told.
    pub async fn is_held_otherwise(&self) -> Result<bool, TableError> {
        if self.is_alone.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let is_there = match self.other().is_there().await {
            // A kernel that knows nothing of it holds nothing by it.
            Err(error) if !error.may_pass() => false,
            is_there => is_there?,
        };
        // Nothing makes it but a start that chooses it, and this one has chosen.
        self.is_alone.store(!is_there, Ordering::Relaxed);
        Ok(is_there)
    }

    /// Removes what is held the other way; answers whether there was anything.
    pub(super) async fn remove_held_otherwise(&self) -> Result<bool, TableError> {
        if !self.is_held_otherwise().await? {
            return Ok(false);
        }
        let removed = self.other().remove_this().await?;
        tracing::info!(backend = ?self.other().backend, removed, "what was held the other way is removed");
        Ok(removed)
    }

    /// After a load, which has done what it was told all the same. The next one tries it again.
    pub(super) async fn remove_other(&self) {
        if let Err(error) = self.remove_held_otherwise().await {
            tracing::warn!(error = %error, "what may be held the other way could not be removed");
        }
    }

    fn other(&self) -> Self {
        let backend = match self.backend {
            Backend::Nftables => Backend::Ipset,
            Backend::Ipset => Backend::Nftables,
        };
        Self::of(self.place.clone(), self.name.clone(), backend)
    }
}
