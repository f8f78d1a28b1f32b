//! The stable words for what this crate finds itself, beside what rules find ([`fail2ban::config::check::Code`]).

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $word:literal;)+) => {
        /// A stable word for a finding. Pages translate it: never change one, only add.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Code { $($(#[doc = $doc])+ $variant,)+ }

        impl Code {
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}

codes! {
    /// fail2ban's client does not take the files.
    ClientRefuses = "client-refuses";
    /// fail2ban's client leaves a jail out.
    BrokenJail = "broken-jail";
    /// The daemon does not take what would be loaded.
    DaemonRefuses = "daemon-refuses";
    /// The daemon does not answer.
    DaemonHangs = "daemon-hangs";
    /// The daemon does not run.
    DaemonDown = "daemon-down";
    /// The daemon's socket would be another one than BanGUI's.
    SocketElsewhere = "socket-elsewhere";
    /// A file that was changed outside BanGUI, and is loaded with a change.
    ChangedOutside = "changed-outside";
    /// The folder cannot be written.
    ReadOnly = "read-only";
    /// The log of a jail could not be looked at.
    LogNotChecked = "log-not-checked";
    /// A file with bytes that are no text.
    NotUtf8 = "not-utf8";
    /// A jail that reads all of the journal.
    NoJournalMatch = "no-journalmatch";
    /// The machine has no such unit.
    UnitMissing = "unit-missing";
    /// Samples could not be run to the end.
    SamplesEnded = "samples-ended";
    /// fail2ban does not take a filter that has samples.
    FilterRefused = "filter-refused";
    /// A sample is no longer recognised as it should be.
    SampleFailed = "sample-failed";
    /// The daemon's log may not be there.
    BadLogTarget = "bad-log-target";
    /// Nobody says where the daemon logs to.
    LogTargetUnknown = "log-target-unknown";
    /// The daemon logs to what cannot be read.
    LogTargetOther = "log-target-other";
    /// The daemon's log is not there.
    LogNotThere = "log-not-there";
    /// The daemon's log may not be read.
    LogForbidden = "log-forbidden";
    /// The daemon's log cannot be read.
    LogUnreadable = "log-unreadable";
    /// The daemon does not log to a file, and there is no journal.
    NoJournal = "no-journal";
    /// The journal could not be read.
    JournalFailed = "journal-failed";
}

impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.word().to_owned()
    }
}

/// Every word that a finding can have, sorted.
pub(crate) fn words() -> Vec<&'static str> {
    let of_rules = fail2ban::config::check::Code::ALL
        .iter()
        .map(|code| code.word());
    let mut words: Vec<_> = of_rules
        .chain(Code::ALL.iter().map(|code| code.word()))
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}
