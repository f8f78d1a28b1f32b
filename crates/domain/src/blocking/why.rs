//! Why something is not as it should be: a sentence in English, with a word by which a page says it in its own language.
mod of_errors;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize};

/// The most characters of a sentence, and of each fact: what programs and servers say has no bounds of its own.
const MAX_CHARS: usize = 2_000;

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $word:literal;)+) => {
        /// A reason that has a name. The words are part of the API and stand in databases: never change one, only add.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum WhyCode { $($(#[$doc])* $variant),+ }

        impl WhyCode {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}

reasons! {
    /// A text is no URL.
    UrlInvalid = "url-invalid";
    /// A URL is too long.
    UrlTooLong = "url-too-long";
    /// A URL is neither HTTPS nor HTTP.
    UrlScheme = "url-scheme";
    /// A URL is HTTP, which was not allowed.
    UrlHttp = "url-http";
    /// A URL names no host.
    UrlNoHost = "url-no-host";
    /// A URL holds a name or a password.
    UrlCredentials = "url-credentials";
    /// A URL has a part behind `#`.
    UrlFragment = "url-fragment";
    /// A URL names port 0.
    UrlPort = "url-port";
    /// `host` sends on to HTTP, which was not allowed.
    RedirectToHttp = "redirect-to-http";
    /// `host` sends on to where nothing may be fetched.
    RedirectRefused = "redirect-refused";
    /// `host`, which is inside, is what another host sends on to.
    RedirectInside = "redirect-inside";
    /// Sent on more than `limit` times.
    TooManyRedirects = "too-many-redirects";
    /// `host` is at an address of a kind (`name`) that is not of the public internet.
    HostNotPublic = "host-not-public";
    /// Nobody knows an address of `host`.
    HostUnknown = "host-unknown";
    /// The name servers do not tell the address of `host`.
    NameServersSilent = "name-servers-silent";
    /// `host` refuses connections.
    ConnectionRefused = "connection-refused";
    /// No way leads to `host`.
    HostUnreachable = "host-unreachable";
    /// `host` ends connections before they are made.
    ConnectionEnded = "connection-ended";
    /// `host` does not speak HTTPS as it should.
    TlsFailed = "tls-failed";
    /// `host` cannot be connected to.
    ConnectionFailed = "connection-failed";
    /// The certificate of `host` has expired.
    CertificateExpired = "certificate-expired";
    /// The certificate of `host` is not valid yet.
    CertificateNotYet = "certificate-not-yet";
    /// The certificate of `host` is for another name.
    CertificateOtherName = "certificate-other-name";
    /// The certificate of `host` is from an authority that is not trusted.
    CertificateUntrusted = "certificate-untrusted";
    /// The certificate of `host` was revoked.
    CertificateRevoked = "certificate-revoked";
    /// The certificate of `host` is not valid.
    CertificateInvalid = "certificate-invalid";
    /// No connection to `host` came about in time.
    ConnectTimedOut = "connect-timed-out";
    /// Nothing came from `host` for a while.
    IdleTimedOut = "idle-timed-out";
    /// The list did not come to its end in time.
    DownloadTimedOut = "download-timed-out";
    /// `host` answers with `status`: not for everybody.
    StatusForbidden = "status-forbidden";
    /// `host` answers with `status`: it is not there any more.
    StatusGone = "status-gone";
    /// `host` answers with `status`: asked too often.
    StatusTooOften = "status-too-often";
    /// `host` answers with `status`: a fault of its own.
    StatusFault = "status-fault";
    /// `host` answers with `status`, which is no list.
    StatusOther = "status-other";
    /// `host` does not answer as a web server does.
    NotHttp = "not-http";
    /// `host` sends the list packed in a way that is not read.
    EncodingUnread = "encoding-unread";
    /// The list is larger than `limit` bytes.
    ListTooLarge = "list-too-large";
    /// The answer of `host` has too many headers.
    TooManyHeaders = "too-many-headers";
    /// The connection to `host` ended before the list did.
    CutOff = "cut-off";
    /// Nothing came.
    ListNothing = "list-nothing";
    /// A page for people came.
    ListWebPage = "list-web-page";
    /// A packed file came.
    ListPacked = "list-packed";
    /// No text came.
    ListBinary = "list-binary";
    /// HTTPS cannot be used on this machine.
    NoHttps = "no-https";
    /// The list has more than `limit` networks.
    ListTooManyNetworks = "list-too-many-networks";
    /// The list cannot be read or unpacked; `detail` says why.
    ListUnreadable = "list-unreadable";
    /// Nothing of the list was understood: `count` lines are something else.
    ListNotUnderstood = "list-not-understood";
    /// The list is empty.
    ListEmpty = "list-empty";
    /// The work was ended before it was done.
    Ended = "ended";
    /// `name` cannot be the name of a jail in a file.
    JailNameUnusable = "jail-name-unusable";
    /// The jail `name` is somebody's own and not made for lists.
    JailOfAnother = "jail-of-another";
    /// fail2ban's configuration could not be read or changed; `detail` says why.
    ConfigurationFailed = "configuration-failed";
    /// fail2ban has no socket.
    DaemonSocketMissing = "daemon-socket-missing";
    /// fail2ban's socket may not be opened.
    DaemonNoPermission = "daemon-no-permission";
    /// Nobody listens at fail2ban's socket.
    DaemonRefused = "daemon-refused";
    /// fail2ban does not answer.
    DaemonNotAnswering = "daemon-not-answering";
    /// What answers is not fail2ban.
    DaemonProtocol = "daemon-protocol";
    /// fail2ban refused; `detail` says why.
    DaemonRejected = "daemon-rejected";
    /// There is no jail `name`.
    JailNotFound = "jail-not-found";
    /// The jail `name` does not run.
    JailNotRunning = "jail-not-running";
    /// The configuration cannot be loaded without the loss of a jail.
    ReloadUnsafe = "reload-unsafe";
    /// What must never be blocked could not be read; `detail` says why.
    GuardBlind = "guard-blind";
    /// fail2ban-client could not be run; `detail` says why.
    ClientProgram = "client-program";
    /// The firewall is switched off in the settings.
    FirewallOff = "firewall-off";
    /// BanGUI was started without a firewall.
    FirewallNone = "firewall-none";
    /// The lab has no firewall of its own.
    FirewallNotInLab = "firewall-not-in-lab";
    /// Neither nftables nor ipset can be used; `detail` says why.
    FirewallMissing = "firewall-missing";
    /// The program `name` is not installed.
    ProgramAbsent = "program-absent";
    /// The program `name` cannot be run; `detail` says why.
    ProgramFailed = "program-failed";
    /// The program `name` took longer than `limit` seconds.
    ProgramTooSlow = "program-too-slow";
    /// The program `name` refused; `detail` says why.
    ProgramRefused = "program-refused";
    /// The kernel refused, or cannot be asked; `detail` says what and why.
    KernelRefused = "kernel-refused";
    /// Others changed the rules, `count` times in a row.
    RulesContended = "rules-contended";
    /// The kernel does not hold what it was told; `detail` says what.
    NotHeld = "not-held";
    /// BanGUI's table is not there.
    TableMissing = "table-missing";
    /// There is a table `name` that BanGUI did not make.
    TableForeign = "table-foreign";
    /// BanGUI's table is put to sleep.
    TableAsleep = "table-asleep";
    /// The chain `name` is gone or changed.
    ChainChanged = "chain-changed";
    /// The rules of the chain `name` are changed.
    RulesChanged = "rules-changed";
    /// The set `name` is gone or changed.
    SetChanged = "set-changed";
    /// Of networks that are let through, `count` are missing.
    AllowedMissing = "allowed-missing";
    /// Of networks that are let through, `count` are too much.
    AllowedExcess = "allowed-excess";
    /// The set `name` cannot be read; `detail` says why.
    SetUnread = "set-unread";
    /// No rule drops by the set or chain `name`.
    SetNotInForce = "set-not-in-force";
    /// What is banned is let through by another rule.
    BannedLetThrough = "banned-let-through";
    /// No set or chain of the jail was found.
    JailSetNotFound = "jail-set-not-found";
    /// Of those that had to be unbanned, `count` could not be banned again; `detail` names them.
    BansLost = "bans-lost";
    /// Of those that had to be banned, `count` could not be unbanned again; `detail` names them.
    BansStuck = "bans-stuck";
    /// It depends on the interface.
    DependsOnInterface = "depends-on-interface";
    /// It depends on the address that it goes to.
    DependsOnDestination = "depends-on-destination";
    /// It depends on the port that it comes from.
    DependsOnSourcePort = "depends-on-source-port";
    /// It depends on a mark that something else sets.
    DependsOnMark = "depends-on-mark";
    /// It depends on what came before.
    DependsOnRate = "depends-on-rate";
    /// A program decides about each packet.
    DependsOnProgram = "depends-on-program";
    /// A rule has a part, `detail`, that is not understood.
    RuleNotUnderstood = "rule-not-understood";
    /// It is an address of this machine.
    OwnAddress = "own-address";
    /// A part of the firewall cannot be listed; `detail` says which and why.
    PartUnread = "part-unread";
    /// The rules are too many to follow.
    RulesTooMany = "rules-too-many";
    /// No port is published.
    NothingPublished = "nothing-published";
    /// It goes elsewhere: its destination is translated.
    DestinationTranslated = "destination-translated";
}

impl FromStr for WhyCode {
    type Err = UnknownWhy;

    fn from_str(word: &str) -> Result<Self, UnknownWhy> {
        let mut all = Self::ALL.iter().copied();
        all.find(|code| code.as_str() == word).ok_or(UnknownWhy)
    }
}

/// A word that names no reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no reason is called so")]
pub struct UnknownWhy;

impl Serialize for WhyCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A word of a later version is none: its sentence says it.
fn known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<WhyCode>, D::Error> {
    let word = Option::<String>::deserialize(deserializer)?;
    Ok(word.and_then(|word| word.parse().ok()))
}

/// What a reason is about. Texts may be hostile.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WhyFacts {
    /// A host of the internet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// What something is called: a jail, a set, a chain, a program, a kind of address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A status of HTTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What was exceeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// What somebody else says about it, in words of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The rule of the firewall that it is about, with its chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

/// Why something is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Why {
    /// Its name; `None` where it has none, and the sentence is all there is.
    #[serde(default, deserialize_with = "known")]
    pub code: Option<WhyCode>,
    /// It in plain English words, which may be shown. Hostile text inside.
    pub text: String,
    /// What it is about.
    #[serde(default)]
    pub facts: WhyFacts,
}

impl Why {
    /// A reason with a name. The sentence says all of it, also what the facts say.
    #[must_use]
    pub fn new(code: WhyCode, text: impl fmt::Display) -> Self {
        Self {
            code: Some(code),
            ..Self::unnamed(text)
        }
    }

    /// A reason that has no name.
    #[must_use]
    pub fn unnamed(text: impl fmt::Display) -> Self {
        Self {
            code: None,
            text: bounded(text),
            facts: WhyFacts::default(),
        }
    }

    /// With the host that it is about.
    #[must_use]
    pub fn host(mut self, host: impl fmt::Display) -> Self {
        self.facts.host = Some(bounded(host));
        self
    }

    /// With what something is called.
    #[must_use]
    pub fn name(mut self, name: impl fmt::Display) -> Self {
        self.facts.name = Some(bounded(name));
        self
    }

    /// With a status of HTTP.
    #[must_use]
    pub const fn status(mut self, status: u16) -> Self {
        self.facts.status = Some(status);
        self
    }

    /// With what was exceeded.
    #[must_use]
    pub fn limit(mut self, limit: impl TryInto<u64>) -> Self {
        self.facts.limit = Some(limit.try_into().unwrap_or(u64::MAX));
        self
    }

    /// With how many.
    #[must_use]
    pub fn count(mut self, count: impl TryInto<u64>) -> Self {
        self.facts.count = Some(count.try_into().unwrap_or(u64::MAX));
        self
    }

    /// With what somebody else says about it.
    #[must_use]
    pub fn detail(mut self, detail: impl fmt::Display) -> Self {
        self.facts.detail = Some(bounded(detail));
        self
    }

    /// With the rule that it is about, which the sentence then names too.
    #[must_use]
    pub fn rule(mut self, chain: &str, rule: &str) -> Self {
        let rule = bounded(format_args!("{chain}: {rule}"));
        self.text = bounded(format_args!("{} ({rule})", self.text));
        self.facts.rule = Some(rule);
        self
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn bounded(text: impl fmt::Display) -> String {
    let mut text = text.to_string();
    if let Some((end, _)) = text.char_indices().nth(MAX_CHARS) {
        text.truncate(end);
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests;
