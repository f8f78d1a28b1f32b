//! Sources: what may be said of them, and what a person does with them.
use std::{sync::Arc, time::Duration};

use domain::{
    AuditAction, BlockDirection, BlockTarget, Blocklist, BlocklistId, BlocklistSettings,
    EVERY_SECONDS, ImportOutcome, ImportRun, JailName, NewAuditEntry, TaskCause, TaskName,
    UserName,
};
use serde_json::json;

use super::jails::is_for_lists;
use crate::{
    permission::Author,
    problem::{Code, FieldError, Problem},
    state::{ReadState, WriteState},
};

/// The task that fetches lists.
pub(crate) static IMPORT: TaskName = TaskName::of("blocklist-import");

/// How soon a task that runs is told again.
const RUN_AGAIN: Duration = Duration::from_millis(200);

/// The most sources.
const MAX_LISTS: usize = 100;

/// A source as it was sent.
#[derive(Debug, Clone)]
pub(crate) struct Proposed {
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) allow_http: bool,
    pub(crate) every_seconds: u32,
    pub(crate) enabled: bool,
    /// The jail that carries it out; `None` is BanGUI's own table.
    pub(crate) jail: Option<String>,
    pub(crate) direction: BlockDirection,
    pub(crate) note: String,
}

impl Proposed {
    /// The settings, or what is wrong with each of them.
    fn check(self) -> Result<BlocklistSettings, Problem> {
        let mut errors = Vec::new();
        let name = taken(self.name.parse(), "name", "bad-name", &mut errors);
        let note = taken(self.note.parse(), "note", "bad-note", &mut errors);
        let url = blocklists::SourceUrl::parse(&self.url, self.allow_http);
        let url = taken(url, "url", "bad-url", &mut errors);
        let jail = self.jail.map(|jail| jail.parse::<JailName>()).transpose();
        let jail = taken(jail, "target.jail", "not-a-jail", &mut errors);
        if let Some(Some(jail)) = &jail
            && !is_for_lists(jail)
        {
            errors.push(wrong(
                "target.jail",
                "not-for-lists",
                &"Lists have jails of their own, whose names begin with bangui- and have at most 25 characters.",
            ));
        }
        if !EVERY_SECONDS.contains(&self.every_seconds) {
            errors.push(wrong(
                "everySeconds",
                "out-of-range",
                &"A list may be fetched every 5 minutes to every 30 days.",
            ));
        }
        match (name, note, url, jail) {
            (Some(name), Some(note), Some(url), Some(jail)) if errors.is_empty() => {
                Ok(BlocklistSettings {
                    name,
                    url: url.as_str().to_owned(),
                    allow_http: self.allow_http,
                    every_seconds: self.every_seconds,
                    enabled: self.enabled,
                    target: jail.map_or(BlockTarget::Firewall, BlockTarget::Jail),
                    direction: self.direction,
                    note,
                })
            }
            _ => Err(errors
                .into_iter()
                .fold(Problem::new(Code::Invalid), Problem::error)),
        }
    }
}

/// A value that was taken, or one error more.
pub(super) fn taken<T, E: ToString>(
    value: Result<T, E>,
    field: &str,
    code: &'static str,
    errors: &mut Vec<FieldError>,
) -> Option<T> {
    value
        .map_err(|error| errors.push(wrong(field, code, &error)))
        .ok()
}

pub(super) fn wrong(field: &str, code: &'static str, message: &impl ToString) -> FieldError {
    FieldError {
        field: field.to_owned(),
        code,
        message: message.to_string(),
    }
}

/// All sources, by name.
pub(crate) async fn all(state: &ReadState) -> Result<Vec<Blocklist>, Problem> {
    Ok(state.blocking.storage.blocklists().await?)
}

/// One source.
///
/// # Errors
/// `blocklist-not-found`, and storage's.
pub(crate) async fn one(state: &ReadState, id: BlocklistId) -> Result<Blocklist, Problem> {
    let list = state.blocking.storage.blocklist(id).await?;
    list.ok_or_else(|| Problem::new(Code::BlocklistNotFound))
}

/// The last runs of a source, newest first.
///
/// # Errors
/// `blocklist-not-found`, and storage's.
pub(crate) async fn runs(
    state: &ReadState,
    id: BlocklistId,
    limit: u32,
) -> Result<Vec<ImportRun>, Problem> {
    one(state, id).await?;
    Ok(state.blocking.storage.import_runs(id, limit).await?)
}

/// Adds a source. One that is enabled is fetched at once.
///
/// # Errors
/// `invalid`, `blocklist-name-taken`, `too-many-blocklists`, and storage's.
pub(crate) async fn add(
    state: &WriteState,
    (author, person): (&Author, UserName),
    proposed: Proposed,
) -> Result<Blocklist, Problem> {
    let settings = proposed.check()?;
    if all(&state.reads).await?.len() >= MAX_LISTS {
        return Err(Problem::new(Code::TooManyBlocklists)
            .detail(format!("There may be {MAX_LISTS} sources.")));
    }
    let entry = entry(state, author, AuditAction::BlocklistAdded, &settings);
    let added = state
        .blocking
        .writes
        .add_blocklist(&settings, &entry)
        .await?;
    let id = added.ok_or_else(|| name_taken(&settings))?;
    if settings.enabled {
        fetch_soon(state, id, person);
    }
    one(&state.reads, id).await
}

/// Changes a source. What that means for what is in force is carried out at once.
///
/// # Errors
/// `invalid`, `blocklist-not-found`, `blocklist-name-taken`, and storage's.
pub(crate) async fn change(
    state: &WriteState,
    (author, person): (&Author, UserName),
    id: BlocklistId,
    proposed: Proposed,
) -> Result<Blocklist, Problem> {
    let before = one(&state.reads, id).await?;
    let settings = proposed.check()?;
    let entry = NewAuditEntry {
        detail: json!({ "before": before.settings, "after": settings }),
        ..entry(state, author, AuditAction::BlocklistChanged, &settings)
    };
    let changed = state
        .blocking
        .writes
        .change_blocklist(id, &settings, &entry);
    if !changed.await? {
        one(&state.reads, id).await?;
        return Err(name_taken(&settings));
    }
    let is_new = settings.url != before.settings.url || before.copy.is_none();
    if settings.enabled && (is_new || !before.settings.enabled) {
        fetch_soon(state, id, person);
    }
    put_in_force(state, [&before.settings, &settings]);
    one(&state.reads, id).await
}

/// Removes a source; what only it named is not blocked any more.
///
/// # Errors
/// `blocklist-not-found`, and storage's.
pub(crate) async fn remove(
    state: &WriteState,
    author: &Author,
    id: BlocklistId,
) -> Result<(), Problem> {
    let list = one(&state.reads, id).await?;
    let entry = entry(state, author, AuditAction::BlocklistRemoved, &list.settings);
    if !state.blocking.writes.remove_blocklist(id, &entry).await? {
        return Err(Problem::new(Code::BlocklistNotFound));
    }
    put_in_force(state, [&list.settings]);
    Ok(())
}

/// Has a source fetched at once, whatever its schedule says, also one that is not enabled.
///
/// # Errors
/// `blocklist-not-found`, and storage's.
pub(crate) async fn import_now(
    state: &WriteState,
    (author, person): (&Author, UserName),
    id: BlocklistId,
) -> Result<(), Problem> {
    let list = one(&state.reads, id).await?;
    let entry = entry(state, author, AuditAction::BlocklistOrdered, &list.settings);
    state.storage.record(&[entry]).await?;
    fetch_soon(state, id, person);
    Ok(())
}

/// Puts a copy that waits for a yes in force.
///
/// # Errors
/// `blocklist-not-found`, `nothing-waits`, and storage's.
pub(crate) async fn accept(
    state: &WriteState,
    (author, person): (&Author, UserName),
    (id, copy): (BlocklistId, i64),
) -> Result<Blocklist, Problem> {
    let list = one(&state.reads, id).await?;
    let waiting = list
        .waiting
        .filter(|waiting| waiting.id == copy)
        .ok_or_else(|| Problem::new(Code::NothingWaits))?;
    let entry = entry(
        state,
        author,
        AuditAction::BlocklistConfirmed,
        &list.settings,
    );
    let run = ImportRun {
        networks: waiting.networks,
        ..ImportRun::of_nothing(
            id,
            state.reads.clock.now(),
            0,
            TaskCause::Person(person),
            ImportOutcome::Confirmed,
        )
    };
    let taking = state.blocking.writes.take_waiting(copy, &run, &entry);
    if !taking.await? {
        return Err(Problem::new(Code::NothingWaits));
    }
    put_in_force(state, [&list.settings]);
    one(&state.reads, id).await
}

/// Forgets a copy that waits for a yes; the one in force stays, and the list is fetched anew when it is due.
///
/// # Errors
/// `blocklist-not-found`, `nothing-waits`, and storage's.
pub(crate) async fn refuse(
    state: &WriteState,
    author: &Author,
    (id, copy): (BlocklistId, i64),
) -> Result<Blocklist, Problem> {
    let list = one(&state.reads, id).await?;
    let entry = entry(state, author, AuditAction::BlocklistRefused, &list.settings);
    let dropping = state.blocking.writes.drop_waiting(id, copy, &entry);
    if !dropping.await? {
        return Err(Problem::new(Code::NothingWaits));
    }
    one(&state.reads, id).await
}

fn entry(
    state: &WriteState,
    author: &Author,
    action: AuditAction,
    settings: &BlocklistSettings,
) -> NewAuditEntry {
    NewAuditEntry {
        target: settings.name.to_string(),
        detail: json!({ "url": settings.url }),
        ..author.entry(state.reads.clock.now(), action)
    }
}

fn name_taken(settings: &BlocklistSettings) -> Problem {
    Problem::new(Code::BlocklistNameTaken).detail(format!(
        "There is a source called {} already.",
        settings.name
    ))
}

/// Wakes the task that fetches.
fn fetch_soon(state: &WriteState, id: BlocklistId, person: UserName) {
    state.blocking.view.known.order(id, person.clone());
    let known = Arc::clone(&state.blocking.view.known);
    run_soon(state, &IMPORT, person, move || !known.is_ordered(id));
}

/// Has a task run as soon as it can: one that runs just now may have looked already. Not where that is not needed any more.
pub(super) fn run_soon(
    state: &WriteState,
    task: &'static TaskName,
    person: UserName,
    is_done: impl Fn() -> bool + Send + 'static,
) {
    let orders = state.tasks.clone();
    let stop = state.stop.clone();
    state.deeds.tracker().spawn(async move {
        while !is_done() && !stop.is_cancelled() {
            if let Ok(order) = orders.reserve(task) {
                order.give(person);
                return;
            }
            tokio::time::sleep(RUN_AGAIN).await;
        }
    });
}

/// Puts in force what is wanted of lists that changed: in BanGUI's own table, and in their jails.
fn put_in_force<'a>(state: &WriteState, of: impl IntoIterator<Item = &'a BlocklistSettings>) {
    carry_out_soon(state);
    let is_of_a_jail = |settings: &BlocklistSettings| settings.target != BlockTarget::Firewall;
    if of.into_iter().any(is_of_a_jail) {
        state.blocking.jails.wake();
    }
}

/// Puts in force what is wanted now, without letting anybody wait: a million networks take seconds. What comes of it is noted and shown.
pub(crate) fn carry_out_soon(state: &WriteState) {
    if !state.blocking.is_first_to_ask() {
        return;
    }
    let blocking = state.blocking.clone();
    state.deeds.tracker().spawn(async move {
        let _noted = blocking.carry_out(false).await;
    });
}
