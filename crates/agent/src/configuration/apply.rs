//! Applying a plan: one transaction over files and daemon.
mod outcome;

use std::{io::ErrorKind, path::Path, sync::Arc};

use domain::{ApplyCommand, ApplyReport, ApplyStep, ConfigError, Severity};
use fail2ban::JailCounters;
use tokio::net::UnixStream;

use super::{
    check::{self, Checked},
    confirm,
    draft::Draft,
    folder,
    journal::{FileIntent, Intent, KeptFile, NotWritten, Phase},
    record,
    state::nobody,
    steps::Steps,
    store::Store,
};
use outcome::report;

use crate::{core::Core, mirror::on_disk, reload};

/// The most characters of a note.
const MAX_NOTE_CHARS: usize = 500;

/// Applies a plan.
///
/// # Errors
/// When nothing was written, or all that was is undone already.
pub(super) async fn apply(
    core: Arc<Core>,
    command: ApplyCommand,
) -> Result<ApplyReport, ConfigError> {
    core.configuration.recovered().await;
    let store = core.configuration.store()?;
    let turn = core
        .configuration
        .take_turn(&command.author, &command.hash)
        .await?;
    let owed = owed(&core, &store).await?;
    let applying = Applying {
        core: &core,
        store,
        steps: Steps {
            core: &core,
            turn: &turn,
        },
        command: &command,
        owed,
    };
    let report = Box::pin(applying.run()).await;
    applying.owe_again().await;
    let report = report?;
    if report.confirm_by.is_some() {
        confirm::watch(&core);
    }
    Ok(report)
}

/// What an earlier change has still to tell a daemon that nobody reaches now. Refuses where it is not at its end otherwise.
async fn owed(core: &Core, store: &Store) -> Result<Option<Intent>, ConfigError> {
    let journal = store.clone();
    let Some(left) = on_disk(move || journal.intent()).await? else {
        return Ok(None);
    };
    // A change may be what lets it start again.
    if left.phase == Phase::Owed && is_gone(core.link().client.socket()).await {
        return Ok(Some(left));
    }
    if left.phase == Phase::Owed {
        core.snapshot().daemon.unless_down()?;
    }
    // Under way, or the daemon answers again and is being told in this moment.
    Err(ConfigError::Busy {
        author: nobody(),
        waits_for_confirmation: false,
    })
}

/// Whether nobody listens at a socket, asked afresh.
async fn is_gone(socket: &Path) -> bool {
    let called = UnixStream::connect(socket).await;
    called.is_err_and(|error| {
        matches!(
            error.kind(),
            ErrorKind::NotFound | ErrorKind::ConnectionRefused
        )
    })
}

struct Applying<'a> {
    core: &'a Arc<Core>,
    store: Store,
    steps: Steps<'a>,
    command: &'a ApplyCommand,
    /// What an earlier change has still to tell the daemon.
    owed: Option<Intent>,
}

impl Applying<'_> {
    /// The journal had room for one: what was owed before is owed still, unless this change waits and has taken it over.
    async fn owe_again(&self) {
        let Some(owed) = self.owed.clone() else {
            return;
        };
        let store = self.store.clone();
        let kept = on_disk(move || match store.intent()? {
            Some(_) => Ok(()),
            None => store.keep_intent(&owed),
        });
        if let Err(error) = kept.await {
            tracing::error!(%error, "what fail2ban has still to be told could not be written down");
        }
        self.core.configuration.owed.notify_one();
    }

    async fn run(&self) -> Result<ApplyReport, ConfigError> {
        let draft = self.steps.run(ApplyStep::Plan, self.plan_again()).await?;
        let checked = Box::pin(self.validate(&draft));
        let checked = self.steps.run(ApplyStep::Validate, checked).await?;
        let link = self.core.link();
        // Nobody may load the folder while it is neither the old one nor the new one.
        let _no_other_reload = self.core.reloading.lock().await;
        let before = if checked.daemon_runs {
            reload::counters(&link).await?
        } else {
            Vec::new()
        };
        let snapshot = self.snapshot(draft, &checked, &before);
        let intent = self.steps.run(ApplyStep::Snapshot, snapshot).await?;
        let written = self.write(&intent);
        let words = |failed: &NotWritten| failed.error.to_string();
        let written = self
            .steps
            .run_saying(ApplyStep::Write, written, words)
            .await;
        if let Err(failed) = written {
            return self.not_written(intent, failed, &checked).await;
        }
        match self
            .load_verify_record(&link, &intent, &checked, &before)
            .await
        {
            Ok((version, running)) => Ok(ApplyReport {
                confirm_by: self
                    .core
                    .configuration
                    .pending()
                    .map(|pending| pending.confirm_by),
                ..report(self.steps.turn, &version, running, &checked)
            }),
            Err(failure) => self.undo(intent, failure, &checked).await,
        }
    }

    /// Makes the plan again, and compares it with the one that was seen.
    async fn plan_again(&self) -> Result<Arc<Draft>, ConfigError> {
        let (dir, changes) = (
            self.core.config.config_dir.clone(),
            self.command.changes.clone(),
        );
        let store = self.store.clone();
        let draft = on_disk(move || Draft::make(&dir, &changes, Some(&store)));
        let draft = match draft.await {
            Ok(draft) => draft,
            // What could be changed then and cannot now has changed since.
            Err(error) => return Err(self.changed().await.unwrap_or(error)),
        };
        if draft.hash != self.command.hash {
            let files = draft.differs_from(&self.command.base);
            return Err(ConfigError::Changed { files });
        }
        if draft.runs_commands && !self.core.config.allow_commands {
            return Err(ConfigError::CommandsForbidden);
        }
        if draft.runs_commands && !self.command.may_run_commands {
            return Err(ConfigError::NeedsPassword);
        }
        Ok(Arc::new(draft))
    }

    /// Which files are other ones than those that the plan was made on.
    async fn changed(&self) -> Option<ConfigError> {
        let dir = self.core.config.config_dir.clone();
        let now = on_disk(move || Draft::make(&dir, &[], None)).await.ok()?;
        let files = now.differs_from(&self.command.base);
        (!files.is_empty()).then_some(ConfigError::Changed { files })
    }

    async fn validate(&self, draft: &Arc<Draft>) -> Result<Checked, ConfigError> {
        let dir = &self.core.config.config_dir;
        if let Some(detail) = folder::why_read_only(dir) {
            return Err(ConfigError::Files {
                path: dir.display().to_string(),
                detail,
                remedy: "Make the folder writable for BanGUI. In a unit of systemd, name it in ReadWritePaths; in a container, mount it without :ro."
                    .to_owned(),
            });
        }
        let checked = check::check(self.core, draft).await?;
        let is_error = |finding: &&domain::Finding| finding.severity == Severity::Error;
        let errors: Vec<_> = checked.findings.iter().filter(is_error).cloned().collect();
        if errors.is_empty() {
            Ok(checked)
        } else {
            Err(ConfigError::Blocked(errors))
        }
    }

    /// Keeps the files as they are, and writes down what is about to be done.
    async fn snapshot(
        &self,
        draft: Arc<Draft>,
        checked: &Checked,
        before: &[JailCounters],
    ) -> Result<Intent, ConfigError> {
        let (store, command) = (self.store.clone(), self.command.clone());
        let now = self.core.config.clock.now();
        let ran: Vec<String> = before.iter().map(|jail| jail.jail.clone()).collect();
        let (ran, touched) = match &self.owed {
            // Nobody can be asked what runs: what ran then is to run again.
            Some(owed) => (owed.ran.clone(), checked.touched.clone().and(&owed.touched)),
            None => (ran, checked.touched.clone()),
        };
        on_disk(move || {
            record::keep_outside(&store, &draft.files, &nobody(), now)?;
            let mut files = Vec::new();
            for (path, new) in &draft.new {
                let old = draft.files.get(path);
                if let Some(old) = old {
                    store.put(&old.bytes, &old.sha256)?;
                }
                let after = new
                    .as_deref()
                    .map(|bytes| (bytes, super::disk::sha256(bytes)));
                if let Some((bytes, hash)) = &after {
                    store.put(bytes, hash)?;
                }
                files.push(FileIntent {
                    path: path.clone(),
                    before: old.map(|old| KeptFile {
                        sha256: old.sha256.clone(),
                        owner: old.owner,
                    }),
                    after: after.map(|(_, hash)| hash),
                });
            }
            let intent = Intent {
                version: store.next_version()?,
                began_at: now,
                author: command.author,
                note: command.note.chars().take(MAX_NOTE_CHARS).collect(),
                changes: command.changes,
                hash: command.hash,
                files,
                ran,
                touched,
                phase: Phase::Writing,
            };
            store.keep_intent(&intent)?;
            Ok(intent)
        })
        .await
    }

    async fn write(&self, intent: &Intent) -> Result<(), NotWritten> {
        let (store, intent) = (self.store.clone(), intent.clone());
        let dir = self.core.config.config_dir.clone();
        on_disk(move || intent.write(&store, &dir)).await
    }
}
