//! Sources and their runs, as they are sent.
use blocklists::{Addresses, Ranges};
use domain::{
    BlockDirection, BlockTarget, Blocklist, ImportOutcome, ImportRun, JunkExample, ListCopy,
    TaskCause, WaitReason, WaitingCopy,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::left_out::LeftOutBody;
use crate::{
    problem::{HitReason, WhyBody},
    services::blocking::{BlockingView, jails::JailProgress},
    state::ReadState,
};

/// A source of blocked networks, and how it goes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Blocklist)]
pub(crate) struct BlocklistBody {
    /// Its key.
    id: i64,
    /// What it is called.
    name: String,
    /// From where it is fetched.
    url: String,
    /// Whether it may be fetched without encryption.
    allow_http: bool,
    /// How often it is fetched.
    every_seconds: u32,
    /// Whether it is fetched and in force.
    enabled: bool,
    /// Who carries it out.
    target: TargetBody,
    /// Which packets are blocked.
    direction: DirectionName,
    /// For people.
    note: String,
    /// Since when it is there.
    created_at: String,
    /// The copy in force; `null` when none was ever taken.
    copy: Option<CopyBody>,
    /// A copy that waits for a yes; `null` where none does.
    waiting: Option<WaitingBody>,
    /// How often in a row it could not be fetched.
    failures: u32,
    /// When it is fetched next; `null`: at once, or never while it is not enabled.
    next_at: Option<String>,
    /// How far its jail is; `null` where it has none, or that was not looked at yet.
    jail_progress: Option<JailProgressBody>,
    /// Whether it is being fetched, or will be at once.
    importing: bool,
    /// The last run; `null` when there was none.
    last: Option<ImportRunBody>,
}

/// How far a jail is that carries out lists.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BlocklistJailProgress)]
pub(crate) struct JailProgressBody {
    /// How many addresses its lists name.
    wanted: usize,
    /// How many of them are banned.
    banned: usize,
    /// How many networks and addresses are left out: a jail takes single addresses, and at most 5,000.
    left_out: usize,
    /// How many the lock-out guard refused in the last round; they are tried again.
    refused: usize,
    /// Why the first of those is protected, or `null`.
    refused_as: Option<HitReason>,
    /// How many fail2ban was told to ban in the last round and does not list, mostly as the jail ignores them; they are tried again.
    not_listed: usize,
    /// Why it does not go on, or `null`.
    problem: Option<WhyBody>,
}

/// Who carries a list out.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[schema(as = BlocklistTarget)]
pub(crate) enum TargetBody {
    /// BanGUI's own table in the packet filter: all at once, without fail2ban.
    Firewall,
    /// A jail of fail2ban, made for lists: one address after another.
    Jail {
        /// Its name.
        jail: String,
    },
}

/// Which packets are blocked.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BlocklistDirection)]
pub(crate) enum DirectionName {
    /// Those that come from the list.
    In,
    /// Those that go there too.
    InAndOut,
}

/// A copy of a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BlocklistCopy)]
pub(crate) struct CopyBody {
    /// When it was fetched.
    at: String,
    /// How many networks it has, merged to the fewest.
    networks: u64,
    /// How many addresses those are; `null` where that is not known yet, or the list is not enabled.
    addresses: Option<AddressesBody>,
}

/// How many addresses.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AddressCounts)]
pub(crate) struct AddressesBody {
    /// Of IPv4.
    v4: u64,
    /// Of IPv6, in decimal digits.
    v6: String,
}

/// A copy that waits for a yes, as it is too different from the one in force.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BlocklistWaiting)]
pub(crate) struct WaitingBody {
    /// Its key, which says which copy is accepted or refused.
    id: i64,
    /// When it was fetched.
    at: String,
    /// How many networks it has.
    networks: u64,
    /// Why it waits.
    reason: WaitReasonName,
}

/// Why a copy waits for a yes.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BlocklistWaitReason)]
pub(crate) enum WaitReasonName {
    /// It has less than half of the networks of the one before.
    Shrank,
    /// It has more than three times as many.
    Grew,
    /// It has none.
    Empty,
    /// It covers less than half of the addresses that the one before did.
    CoversLess,
    /// It covers more than three times as many.
    CoversMore,
    /// It covers a sixteenth of the internet, or one sixteenth more than the one before; also the first copy of a list.
    CoversTooMuch,
}

/// One run of an import. Where nothing was read all counts are 0.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BlocklistRun)]
pub(crate) struct ImportRunBody {
    /// When it began.
    began_at: String,
    /// How many milliseconds it took.
    took_ms: u64,
    /// Who wanted it; `null` where the schedule did.
    by: Option<String>,
    /// What came of it.
    outcome: ImportOutcomeName,
    /// Why it failed, or `null`.
    problem: Option<WhyBody>,
    /// Why its copy waits, or `null`.
    waits: Option<WaitReasonName>,
    /// How many bytes were fetched.
    bytes: u64,
    /// How many entries were understood.
    parsed: u64,
    /// How many of them had host bits, which were cut off.
    masked: u64,
    /// How many were not understood.
    junk: u64,
    /// The first of those.
    junk_examples: Vec<JunkBody>,
    /// How many networks were left out as they are wider than any may be.
    too_wide: u64,
    /// How many meet private, reserved or other special networks, which were left out.
    special: u64,
    /// How many protected networks were cut out: own addresses, gateways, sessions, the allowlist.
    subtracted: u64,
    /// The first of these three.
    left_out: LeftOutBody,
    /// How many networks the copy has, merged to the fewest.
    networks: u64,
    /// How many of them the copy before did not have.
    added: u64,
    /// How many of the copy before it does not have.
    removed: u64,
}

/// A line of a list that was not understood.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BlocklistJunk)]
pub(crate) struct JunkBody {
    /// Its number, from 1.
    line: u64,
    /// Its beginning. Text from outside, which may be anything.
    text: String,
}

/// What came of a run.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BlocklistOutcome)]
pub(crate) enum ImportOutcomeName {
    /// The new copy is in force.
    Taken,
    /// Nothing had changed.
    Unchanged,
    /// The new copy waits for a yes.
    Waits,
    /// A person said yes to a copy that waited.
    Confirmed,
    /// It failed; the copy before stays in force.
    Failed,
}

impl BlocklistBody {
    pub(super) fn of(list: Blocklist, state: &ReadState) -> Self {
        let view = &state.blocking;
        let copy = list.copy.map(|copy| CopyBody::of(copy, &list, view));
        let settings = list.settings;
        let jail_progress = match &settings.target {
            BlockTarget::Firewall => None,
            BlockTarget::Jail(jail) => view.known.jail_progress(jail),
        };
        Self {
            id: list.id.0,
            name: settings.name.into(),
            url: settings.url,
            allow_http: settings.allow_http,
            every_seconds: settings.every_seconds,
            enabled: settings.enabled,
            target: settings.target.into(),
            direction: settings.direction.into(),
            note: settings.note.into(),
            created_at: list.created_at.to_string(),
            copy,
            waiting: list.waiting.map(WaitingBody::from),
            failures: list.failures,
            next_at: list.next_at.map(|at| at.to_string()),
            jail_progress: jail_progress.map(JailProgressBody::from),
            importing: view.known.is_importing(list.id),
            last: list.last.map(ImportRunBody::from),
        }
    }
}

impl From<JailProgress> for JailProgressBody {
    fn from(progress: JailProgress) -> Self {
        Self {
            wanted: progress.wanted,
            banned: progress.banned,
            left_out: progress.left_out,
            refused: progress.refused,
            refused_as: progress.refused_as.map(HitReason::from),
            not_listed: progress.not_listed,
            problem: progress.problem.map(WhyBody::from),
        }
    }
}

impl CopyBody {
    fn of(copy: ListCopy, list: &Blocklist, view: &BlockingView) -> Self {
        let held = view.known.lists();
        let ranges = held.index.get(list.id);
        let is_this = held.copies.get(&list.id) == Some(&copy.id);
        Self {
            at: copy.at.to_string(),
            networks: copy.networks,
            addresses: ranges
                .filter(|_| is_this)
                .map(|ranges: &std::sync::Arc<Ranges>| ranges.addresses().into()),
        }
    }
}

impl From<Addresses> for AddressesBody {
    fn from(addresses: Addresses) -> Self {
        Self {
            v4: addresses.v4,
            v6: addresses.v6.to_string(),
        }
    }
}

impl From<BlockTarget> for TargetBody {
    fn from(target: BlockTarget) -> Self {
        match target {
            BlockTarget::Firewall => Self::Firewall,
            BlockTarget::Jail(jail) => Self::Jail { jail: jail.into() },
        }
    }
}

impl From<BlockDirection> for DirectionName {
    fn from(direction: BlockDirection) -> Self {
        match direction {
            BlockDirection::In => Self::In,
            BlockDirection::InAndOut => Self::InAndOut,
        }
    }
}

impl From<DirectionName> for BlockDirection {
    fn from(direction: DirectionName) -> Self {
        match direction {
            DirectionName::In => Self::In,
            DirectionName::InAndOut => Self::InAndOut,
        }
    }
}

impl From<WaitingCopy> for WaitingBody {
    fn from(copy: WaitingCopy) -> Self {
        Self {
            id: copy.id,
            at: copy.at.to_string(),
            networks: copy.networks,
            reason: copy.reason.into(),
        }
    }
}

impl From<WaitReason> for WaitReasonName {
    fn from(reason: WaitReason) -> Self {
        match reason {
            WaitReason::Shrank => Self::Shrank,
            WaitReason::Grew => Self::Grew,
            WaitReason::Empty => Self::Empty,
            WaitReason::CoversLess => Self::CoversLess,
            WaitReason::CoversMore => Self::CoversMore,
            WaitReason::CoversTooMuch => Self::CoversTooMuch,
        }
    }
}

impl From<JunkExample> for JunkBody {
    fn from(example: JunkExample) -> Self {
        Self {
            line: example.line,
            text: example.text,
        }
    }
}

impl From<ImportRun> for ImportRunBody {
    fn from(run: ImportRun) -> Self {
        let (outcome, waits, problem) = match run.outcome {
            ImportOutcome::Taken => (ImportOutcomeName::Taken, None, None),
            ImportOutcome::Unchanged => (ImportOutcomeName::Unchanged, None, None),
            ImportOutcome::Waits(why) => (ImportOutcomeName::Waits, Some(why.into()), None),
            ImportOutcome::Confirmed => (ImportOutcomeName::Confirmed, None, None),
            ImportOutcome::Failed { problem } => (
                ImportOutcomeName::Failed,
                None,
                Some(WhyBody::from(problem)),
            ),
        };
        Self {
            began_at: run.began_at.to_string(),
            took_ms: run.took_ms,
            by: match run.cause {
                TaskCause::Person(name) => Some(name.to_string()),
                TaskCause::Schedule | TaskCause::Missed => None,
            },
            outcome,
            problem,
            waits,
            bytes: run.bytes,
            parsed: run.parsed,
            masked: run.masked,
            junk: run.junk,
            junk_examples: run.junk_examples.into_iter().map(JunkBody::from).collect(),
            too_wide: run.too_wide,
            special: run.special,
            subtracted: run.subtracted,
            left_out: run.left_out.into(),
            networks: run.networks,
            added: run.added,
            removed: run.removed,
        }
    }
}
