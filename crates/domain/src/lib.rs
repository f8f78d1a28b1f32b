#![doc = include_str!("../README.md")]

mod address;
mod audit;
mod ban;
mod blocking;
mod clock;
mod config;
mod daemon;
mod event;
mod geo;
mod guard;
mod history;
mod history_port;
mod host;
mod jail;
mod logins;
mod lookup;
mod names;
mod page;
mod session;
mod settings;
mod storage;
mod task;
mod user;

pub use address::{AddressError, BanSubject, Family, ParsedTarget, canonical, parse_target};
pub use audit::{Actor, AuditAction, AuditEntry, AuditQuery, NewAuditEntry, Outcome};
pub use ban::{
    ActiveBan, ActiveBanPage, ActiveBanQuery, ActiveBanSort, BanCommand, BanEnd, BanOutcome,
    BanReport, BanResult, MAX_TARGETS_PER_COMMAND, SortKey, UnbanCommand, UnbanReport, UnbanResult,
    UnbanScope,
};
pub use blocking::*;
pub use clock::{Clock, SystemClock, Timestamp};
pub use config::*;
pub use daemon::{
    ConnectionCandidate, ConnectionTest, DaemonState, DownReason, HostStatus, Totals,
};
pub use event::{
    Event, EventId, EventKind, HearCursor, HeardBatch, HeardEvent, HeardFailures, JailAlarm,
    JailHealth, JailUnknown, LastHeard, LogHealth, MAX_EVENTS_PER_BATCH, Origin, UnbanCause,
};
pub use geo::{
    Asn, CountryCode, NotACountryCode, Place, PlaceKind, PlaceSource, Places, PlacesUpkeep,
};
pub use guard::{GuardHit, GuardReason, MAX_PROTECTED_NETWORKS, ProtectedNetwork};
pub use history::{
    BanFilter, Count, Counted, Dimension, DimensionValue, EventFilter, EventPage, EventQuery,
    Failing, HistorySize, SubjectInJail, TimeRange, Top, address_of,
};
pub use history_port::{HistoryReads, HistoryWrites, Stored};
pub use host::{Host, HostActs, HostError, HostHears, HostReads};
pub use jail::{
    IgnoreEntry, IgnoreEntryError, JailAction, JailCounters, JailDetail, JailSettings, JailSource,
    JailState, JailSummary, Jails, ReloadProblem, ReloadReport, RunningSettings,
};
pub use logins::{LoginWay, MAX_RECENT_LOGINS, RECENT_LOGIN_DAYS, RecentLogin, RecentLogins};
pub use lookup::{LookupError, Lookups, Registration};
pub use names::{HostId, JailName, NameError, UserName};
pub use page::{PageSize, PageToken};
pub use session::{NewSession, Session, SessionId, SessionWithUser, TokenHash};
pub use settings::{DEFAULT_RETENTION_DAYS, Settings, SettingsError, TimeZoneName};
pub use storage::{
    AuditPage, NewAdmin, SetupOutcome, Storage, StorageError, StorageReads, StorageWrites,
};
pub use task::{
    Schedule, TaskCause, TaskError, TaskName, TaskOutcome, TaskRun, TimeOfDay, Weekday,
};
pub use user::{PasswordHash, Role, User, UserId};
