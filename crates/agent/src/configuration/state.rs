//! What is going on with the configuration, and whose turn it is.
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::{
    ApplyStep, ConfigAuthor, ConfigError, PendingConfirmation, RunningApply, Sha256, StepState,
    Timestamp,
};
use tokio::sync::{Notify, OwnedMutexGuard, watch};

use super::{disk::Disk, store::Store};
use crate::AgentConfig;

/// The part of the agent that changes the configuration.
pub(crate) struct Configuration {
    /// One change at a time.
    turn: Arc<tokio::sync::Mutex<()>>,
    now: Mutex<Now>,
    /// Whether the start has put right what it found half done. Nothing is answered before.
    recovered: watch::Sender<bool>,
    /// The state folder; an error where it cannot be used.
    store: Result<Store, ConfigError>,
    pub(super) disk: Disk,
    /// Told when files were put back that the daemon has still to load.
    pub(super) owed: Notify,
}

#[derive(Default)]
struct Now {
    running: Option<RunningApply>,
    pending: Option<PendingConfirmation>,
}

impl Configuration {
    /// Opens the state folder.
    pub(crate) fn new(config: &AgentConfig) -> Self {
        let disk = Disk::new(config.observer.clone());
        let store = match &config.state_dir {
            Some(folder) => Store::open(folder, disk.clone()),
            None => Err(ConfigError::Files {
                path: "the state folder".to_owned(),
                detail: "no folder is set for versions and the journal".to_owned(),
                remedy: "Start BanGUI with a data folder.".to_owned(),
            }),
        };
        if let (Err(error), Some(_)) = (&store, &config.state_dir) {
            tracing::error!(%error, "the configuration cannot be changed");
        }
        Self {
            turn: Arc::default(),
            now: Mutex::default(),
            recovered: watch::Sender::new(false),
            store,
            disk,
            owed: Notify::new(),
        }
    }

    /// The state folder.
    ///
    /// # Errors
    /// `Files` where there is none that can be used.
    pub(super) fn store(&self) -> Result<Store, ConfigError> {
        self.store.clone()
    }

    /// Waits until the start has put right what it found half done.
    pub(super) async fn recovered(&self) {
        // The sender lives as long as `self`.
        let _ = self.recovered.subscribe().wait_for(|done| *done).await;
    }

    pub(super) fn set_recovered(&self) {
        self.recovered.send_replace(true);
    }

    /// Begins a change of `author`'s.
    ///
    /// # Errors
    /// `Busy` while another is under way or waits to be confirmed.
    pub(super) async fn take_turn(
        self: &Arc<Self>,
        author: &ConfigAuthor,
        hash: &Sha256,
    ) -> Result<Turn, ConfigError> {
        self.nobody_else()?;
        // Held without a change that runs: something short, such as a look at what others changed.
        let held = Arc::clone(&self.turn).lock_owned().await;
        self.nobody_else()?;
        self.now().running = Some(RunningApply {
            author: author.clone(),
            hash: hash.clone(),
            steps: Vec::new(),
        });
        Ok(Turn {
            of: Arc::clone(self),
            _held: held,
        })
    }

    fn nobody_else(&self) -> Result<(), ConfigError> {
        let now = self.now();
        let waits = now.pending.as_ref().map(|pending| (&pending.author, true));
        let runs = now.running.as_ref().map(|running| (&running.author, false));
        match waits.or(runs) {
            Some((author, waits_for_confirmation)) => Err(ConfigError::Busy {
                author: author.clone(),
                waits_for_confirmation,
            }),
            None => Ok(()),
        }
    }

    /// Waits for the end of a change that is under way, to finish one that waits to be confirmed.
    pub(super) async fn wait_for_turn(self: &Arc<Self>) -> Turn {
        let held = Arc::clone(&self.turn).lock_owned().await;
        Turn {
            of: Arc::clone(self),
            _held: held,
        }
    }

    pub(super) fn running(&self) -> Option<RunningApply> {
        self.now().running.clone()
    }

    pub(super) fn pending(&self) -> Option<PendingConfirmation> {
        self.now().pending.clone()
    }

    pub(super) fn set_pending(&self, pending: Option<PendingConfirmation>) {
        self.now().pending = pending;
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// BanGUI itself.
pub(super) fn nobody() -> ConfigAuthor {
    ConfigAuthor {
        name: None,
        address: None,
    }
}

/// The right to change the configuration, until this is dropped.
pub(super) struct Turn {
    of: Arc<Configuration>,
    _held: OwnedMutexGuard<()>,
}

impl Turn {
    /// A step begins.
    pub(super) fn begin(&self, step: ApplyStep, at: Timestamp) {
        if let Some(running) = &mut self.of.now().running {
            running.steps.push(StepState {
                step,
                began_at: at,
                ended_at: None,
                failed: None,
            });
        }
    }

    /// The last step ends.
    pub(super) fn end(&self, at: Timestamp, failed: Option<String>) {
        let mut now = self.of.now();
        let running = now.running.as_mut();
        if let Some(step) = running.and_then(|running| running.steps.last_mut()) {
            step.ended_at = Some(at);
            step.failed = failed;
        }
    }

    /// The steps so far.
    pub(super) fn steps(&self) -> Vec<StepState> {
        let running = self.of.running();
        running.map(|running| running.steps).unwrap_or_default()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.of.now().running = None;
    }
}
