//! Every problem type there is.
use axum::http::StatusCode;
use serde::{Serialize, Serializer};

macro_rules! problems {
    ($($(#[$doc:meta])* $variant:ident = $status:ident $path:literal $title:literal;)+) => {
        /// A type of problem. The path is part of the API: never change one, only add.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $variant),+ }

        impl Code {
            /// Every type.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The last part of the identifier.
            pub(super) const fn word(self) -> &'static str {
                match self { $(Self::$variant => $path),+ }
            }

            /// The stable identifier.
            #[must_use]
            pub const fn path(self) -> &'static str {
                match self { $(Self::$variant => concat!("/problems/", $path)),+ }
            }

            /// The HTTP status.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status),+ }
            }

            /// A short English summary.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }
        }
    };
}
problems! {
    /// No session, or one that ended.
    Unauthenticated = UNAUTHORIZED "unauthenticated" "Sign in first";
    /// The role is not enough.
    Forbidden = FORBIDDEN "forbidden" "Your role does not allow this";
    /// A browser sent it on behalf of another site.
    CrossSite = FORBIDDEN "cross-site" "Requests from other sites are refused";
    /// The wizard has not been finished.
    SetupRequired = CONFLICT "setup-required" "BanGUI is not set up yet";
    /// The wizard has been finished.
    SetupCompleted = CONFLICT "setup-completed" "BanGUI is set up already";
    /// The setup token is missing or wrong.
    SetupToken = FORBIDDEN "setup-token" "The setup token is missing or wrong";
    /// Wrong name or password.
    WrongCredentials = UNAUTHORIZED "wrong-credentials" "The name or the password is wrong";
    /// Too many attempts from this address or at this account.
    TooManyAttempts = TOO_MANY_REQUESTS "too-many-attempts" "Too many attempts";
    /// Values that were not taken, named by field.
    Invalid = UNPROCESSABLE_ENTITY "invalid" "Some values were not accepted";
    /// The body is no JSON.
    MalformedJson = BAD_REQUEST "malformed-json" "The body is not valid JSON";
    /// The request line, its path or its query cannot be read.
    MalformedRequest = BAD_REQUEST "malformed-request" "The request could not be read";
    /// The body is not declared as JSON.
    UnsupportedMediaType = UNSUPPORTED_MEDIA_TYPE "unsupported-media-type" "Send the body as application/json";
    /// The body is larger than this endpoint takes.
    BodyTooLarge = PAYLOAD_TOO_LARGE "body-too-large" "The body is too large";
    /// No such thing.
    NotFound = NOT_FOUND "not-found" "There is nothing at this address";
    /// Not with this method.
    MethodNotAllowed = METHOD_NOT_ALLOWED "method-not-allowed" "This address does not take this method";
    /// No such host.
    HostNotFound = NOT_FOUND "host-not-found" "There is no such host";
    /// No such jail.
    JailNotFound = NOT_FOUND "jail-not-found" "There is no such jail";
    /// The jail is known, and does not run.
    JailNotRunning = CONFLICT "jail-not-running" "The jail is not running";
    /// fail2ban cannot be reached.
    DaemonUnavailable = SERVICE_UNAVAILABLE "daemon-unavailable" "fail2ban cannot be reached";
    /// fail2ban did not answer in time.
    DaemonTimeout = GATEWAY_TIMEOUT "daemon-timeout" "fail2ban did not answer in time";
    /// fail2ban refused.
    DaemonRejected = BAD_GATEWAY "daemon-rejected" "fail2ban refused";
    /// fail2ban took the order and it had no effect.
    DaemonNotEffective = BAD_GATEWAY "daemon-not-effective" "fail2ban took the order without effect";
    /// Loading the configuration would cost running jails; nothing was changed.
    UnsafeReload = CONFLICT "unsafe-reload" "The configuration cannot be loaded safely";
    /// A reload cost running jails.
    JailsLost = BAD_GATEWAY "jails-lost" "Jails are not running any more";
    /// The ban would cut somebody off who must not be.
    LockOutGuard = CONFLICT "lock-out-guard" "The ban would cut off protected addresses";
    /// Which addresses the machine needs is not known, so that any ban could cut it off.
    GuardBlind = SERVICE_UNAVAILABLE "guard-blind" "The machine's own addresses could not be read";
    /// More targets than one request may have.
    TooManyTargets = UNPROCESSABLE_ENTITY "too-many-targets" "Too many targets in one request";
    /// The cursor does not belong to this list.
    BadCursor = BAD_REQUEST "bad-cursor" "The cursor does not belong to this list";
    /// No seat is left at the live feed.
    TooManyStreams = TOO_MANY_REQUESTS "too-many-streams" "Too many live streams";
    /// Nobody allowed that others are asked.
    OnlineLookupsOff = FORBIDDEN "online-lookups-off" "Online lookups are off";
    /// Others were asked, and gave no answer that helps.
    LookupFailed = BAD_GATEWAY "lookup-failed" "The lookup failed";
    /// Others were asked, and did not answer in time.
    LookupTimeout = GATEWAY_TIMEOUT "lookup-timeout" "The lookup was not answered in time";
    /// The configuration has no such item.
    ItemNotFound = NOT_FOUND "item-not-found" "The configuration has no such item";
    /// There is no such file of the configuration.
    FileNotFound = NOT_FOUND "file-not-found" "There is no such file";
    /// There is no such version of the configuration.
    VersionNotFound = NOT_FOUND "version-not-found" "There is no such version";
    /// The files are not those that the plan was made on; nothing was written.
    ConfigChanged = CONFLICT "config-changed" "The configuration has changed meanwhile";
    /// Another change is under way or waits to be confirmed; nothing was written.
    ConfigBusy = CONFLICT "config-busy" "Another change is under way";
    /// There is nothing to confirm or take back.
    NothingPending = CONFLICT "nothing-pending" "No change waits to be confirmed";
    /// Findings speak against the change; nothing was written.
    ConfigBlocked = UNPROCESSABLE_ENTITY "config-blocked" "The change has errors";
    /// A change cannot be made as it was asked for; nothing was written.
    BadChange = UNPROCESSABLE_ENTITY "bad-change" "A change cannot be made like this";
    /// The agent forbids what runs commands as root; nothing was written.
    CommandsForbidden = FORBIDDEN "commands-forbidden" "Changes that run commands as root are forbidden here";
    /// The change can run commands as root, and the password was not given lately; nothing was written.
    PasswordNeeded = FORBIDDEN "password-needed" "Give your password once more";
    /// The configuration's folder or a file cannot be read or written.
    ConfigFiles = SERVICE_UNAVAILABLE "config-files" "The configuration's files cannot be read or written";
    /// The path is outside the folders that may be read.
    PathNotAllowed = FORBIDDEN "path-not-allowed" "This path may not be read";
    /// A test, a sample or a question about the log cannot be done as it was asked for.
    BadTest = UNPROCESSABLE_ENTITY "bad-test" "This cannot be tried like this";
    /// A test of a filter took more than it may.
    TestEnded = UNPROCESSABLE_ENTITY "test-ended" "The test took more than it may";
    /// fail2ban-regex could not be run.
    RegexProgram = SERVICE_UNAVAILABLE "regex-program" "fail2ban-regex could not be run";
    /// The daemon could not be restarted.
    RestartFailed = BAD_GATEWAY "restart-failed" "fail2ban could not be restarted";
    /// No such job.
    JobNotFound = NOT_FOUND "job-not-found" "There is no such job";
    /// No such source of blocked networks.
    BlocklistNotFound = NOT_FOUND "blocklist-not-found" "There is no such source";
    /// Another source has that name.
    BlocklistNameTaken = CONFLICT "blocklist-name-taken" "Another source has that name";
    /// No more sources fit.
    TooManyBlocklists = CONFLICT "too-many-blocklists" "There are as many sources as there may be";
    /// No copy waits for a yes.
    NothingWaits = CONFLICT "nothing-waits" "No copy of this list waits for a yes";
    /// A list could not be fetched or read.
    ListNotFetched = BAD_GATEWAY "list-not-fetched" "The list could not be fetched";
    /// No such entry of the allowlist.
    AllowedNotFound = NOT_FOUND "allowed-not-found" "There is no such entry on the allowlist";
    /// On the allowlist already.
    AlreadyAllowed = CONFLICT "already-allowed" "This is on the allowlist already";
    /// No more entries fit.
    TooManyAllowed = CONFLICT "too-many-allowed" "The allowlist has as many entries as it may";
    /// None of these bans is in force.
    OwnBanNotFound = NOT_FOUND "own-ban-not-found" "None of these bans is in force";
    /// The packet filter cannot be used.
    FirewallUnusable = SERVICE_UNAVAILABLE "firewall-unusable" "The packet filter cannot be used";
    /// The packet filter did not do what it was told.
    FirewallFailed = BAD_GATEWAY "firewall-failed" "The packet filter did not do it";
    /// No such task.
    TaskNotFound = NOT_FOUND "task-not-found" "There is no such task";
    /// The task runs already.
    TaskRunning = CONFLICT "task-running" "The task runs already";
    /// No such event.
    EventNotFound = NOT_FOUND "event-not-found" "There is no such event";
    /// No such session.
    SessionNotFound = NOT_FOUND "session-not-found" "There is no such session";
    /// The database or too many jobs keep the server busy.
    Busy = SERVICE_UNAVAILABLE "busy" "The server is busy";
    /// The database cannot be written.
    DatabaseReadOnly = SERVICE_UNAVAILABLE "database-read-only" "The database cannot be written";
    /// A mistake of ours; the log has the cause.
    Internal = INTERNAL_SERVER_ERROR "internal" "Internal error";
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.path())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn problem_types_have_unlike_paths() {
        let paths: HashSet<_> = Code::ALL.iter().map(|code| code.path()).collect();
        assert_eq!(paths.len(), Code::ALL.len());
    }
}
