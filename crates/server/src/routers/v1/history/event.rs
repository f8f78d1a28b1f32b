//! Events on the wire.
use domain::{BanEnd, Event, EventKind, Origin, Places, UnbanCause};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::routers::v1::bans::{FamilyName, SubjectKind};

/// Something that happened.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventBody {
    /// Its name; later stored events have larger numbers.
    pub(super) id: String,
    /// On which host.
    pub(super) host: String,
    /// When it happened.
    pub(super) at: String,
    /// What happened.
    pub(super) event: EventName,
    /// Why a ban ended; `null` for other events.
    pub(super) cause: Option<UnbanCauseName>,
    /// In which jail. Text from the daemon.
    pub(super) jail: String,
    /// To whom. Text from the daemon, which may be anything where `kind` is `other`.
    pub(super) subject: String,
    /// What the subject is.
    pub(super) kind: SubjectKind,
    /// IP version; `null` when the subject is no address.
    pub(super) family: Option<FamilyName>,
    /// Who or what made the ban.
    pub(super) origin: OriginName,
    /// The person, where somebody did it through BanGUI.
    pub(super) actor: Option<String>,
    /// When the ban was to end by itself; `null` for ever, for unbans, or where no source tells.
    pub(super) until: Option<String>,
    /// Whether the ban was never to end by itself.
    pub(super) permanent: bool,
    /// How long the ban was to last; -1 for ever, `null` where no source tells.
    pub(super) bantime_seconds: Option<i64>,
    /// How many failures led to it.
    pub(super) failures: Option<u32>,
    /// The how manieth ban of the subject, as fail2ban's increments count.
    pub(super) ban_count: Option<u32>,
    /// Country of the subject when it was stored, by two letters; `null` when unknown.
    pub(super) country: Option<String>,
    /// Number of the subject's network (autonomous system) when it was stored; `null` when unknown.
    pub(super) asn: Option<u32>,
    /// Name of that network.
    pub(super) network_name: Option<String>,
    /// Whether there are log lines to be asked for.
    pub(super) has_lines: bool,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum EventName {
    /// A ban began.
    Ban,
    /// A ban ended.
    Unban,
    /// A ban from before was put in force again after a start; not a new ban.
    Restored,
}

/// Why a ban ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum UnbanCauseName {
    /// Its time was over.
    Expired,
    /// A person ended it.
    ByHand,
    /// The jail or the daemon was stopped.
    Flushed,
    /// It cannot be known.
    Unknown,
}

/// Who or what made a ban.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum OriginName {
    /// A jail, from failures in a log.
    Detected,
    /// A person.
    Manual,
    /// A list.
    Blocklist,
}

impl EventBody {
    /// An event, with the name of its network.
    pub(crate) fn new(event: Event, places: &dyn Places) -> Self {
        let what = event.what;
        let begins = what.kind != EventKind::Unban;
        let (until, permanent) = match what.end() {
            BanEnd::At(at) if begins => (Some(at.to_string()), false),
            BanEnd::Never if begins => (None, true),
            BanEnd::At(_) | BanEnd::Never | BanEnd::Unknown => (None, false),
        };
        let network_name = event.place.asn.and_then(|asn| places.network_name(asn));
        Self {
            id: event.id.0.to_string(),
            host: event.host.into(),
            at: what.at.to_string(),
            event: what.kind.into(),
            cause: what.cause.map(Into::into),
            jail: what.jail.into(),
            kind: SubjectKind::of(&what.subject),
            family: what.subject.family().map(Into::into),
            subject: what.subject.to_string(),
            origin: what.origin.into(),
            actor: what.actor.map(Into::into),
            until,
            permanent,
            bantime_seconds: what.bantime_seconds,
            failures: what.failures,
            ban_count: what.ban_count,
            country: event.place.country.map(Into::into),
            asn: event.place.asn.map(|asn| asn.0),
            network_name: network_name.map(|name| name.to_string()),
            has_lines: event.has_lines,
        }
    }
}

impl From<EventKind> for EventName {
    fn from(kind: EventKind) -> Self {
        match kind {
            EventKind::Ban => Self::Ban,
            EventKind::Unban => Self::Unban,
            EventKind::Restored => Self::Restored,
        }
    }
}

impl From<UnbanCause> for UnbanCauseName {
    fn from(cause: UnbanCause) -> Self {
        match cause {
            UnbanCause::Expired => Self::Expired,
            UnbanCause::ByHand => Self::ByHand,
            UnbanCause::Flushed => Self::Flushed,
            UnbanCause::Unknown => Self::Unknown,
        }
    }
}

impl From<Origin> for OriginName {
    fn from(origin: Origin) -> Self {
        match origin {
            Origin::Detected => Self::Detected,
            Origin::Manual => Self::Manual,
            Origin::Blocklist => Self::Blocklist,
        }
    }
}
