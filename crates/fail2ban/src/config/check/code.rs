//! The stable words for what rules find. Pages translate them: never change one, only add.

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $word:literal;)+) => {
        /// A stable word for what a rule found.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[doc = $doc])+ $variant,)+ }

        impl Code {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}

codes! {
    /// A name that nothing uses.
    UnknownOption = "unknown-option";
    /// Not yes or no.
    BadBoolean = "bad-boolean";
    /// Not a whole number.
    BadInteger = "bad-integer";
    /// A number that is too small.
    OutOfRange = "out-of-range";
    /// Not a time.
    BadTime = "bad-time";
    /// A time that has no effect, or the wrong one.
    OddTime = "odd-time";
    /// A time that fail2ban evaluates as an expression.
    EvaluatedTime = "evaluated-time";
    /// Not one of the words.
    UnknownWord = "unknown-word";
    /// Not a port.
    BadPort = "bad-port";
    /// Not an address, a network or a host name.
    BadAddress = "bad-address";
    /// A name that an attacker's name server may answer for.
    HostNameIgnored = "host-name-ignored";
    /// Not a path from the root.
    BadPath = "bad-path";
    /// Perhaps no encoding.
    UnknownEncoding = "unknown-encoding";
    /// Not a time zone.
    BadTimeZone = "bad-time-zone";
    /// Not numbers with single spaces between.
    BadMultipliers = "bad-multipliers";
    /// An `ignorecache` without its `key`.
    CacheWithoutKey = "cache-without-key";
    /// Not a name with parameters.
    BadParameters = "bad-parameters";
    /// There is no such filter.
    FilterMissing = "filter-missing";
    /// There is no such action.
    ActionMissing = "action-missing";
    /// An action that comes twice in a jail.
    DuplicateAction = "duplicate-action";
    /// A sign with a meaning of its own.
    ForbiddenCharacter = "forbidden-character";
    /// `%` that begins nothing.
    PercentSign = "percent-sign";
    /// Lines where there can be one only.
    SeveralLines = "several-lines";
    /// A line that would be a comment or a section.
    HiddenLine = "hidden-line";
    /// Not a name that can be given.
    BadName = "bad-name";
    /// A name that is there already, or differs only in the case of letters.
    NameClash = "name-clash";
    /// A name that does not fit into the firewall's.
    LongName = "long-name";
    /// Not a regular expression.
    BadRegex = "bad-regex";
    /// An expression that cannot say whom to ban.
    RegexWithoutHost = "regex-without-host";
    /// An expression that may begin anywhere in a line.
    RegexUnanchored = "regex-unanchored";
    /// An expression with which text of somebody's choice can have others banned.
    RegexForgeable = "regex-forgeable";
    /// An expression that one line can keep busy.
    RegexSlow = "regex-slow";
    /// No expression finds anything.
    NoFailregex = "no-failregex";
    /// fail2ban refuses the configuration.
    Refused = "refused";
    /// fail2ban passes over a file.
    FileSkipped = "file-skipped";
    /// A file that this user may not read, while fail2ban can.
    FileUnreadable = "file-unreadable";
    /// A line that cannot be read.
    BadLine = "bad-line";
    /// A line that is not UTF-8.
    NotUtf8 = "not-utf8";
    /// No log file is there.
    LogMissing = "log-missing";
    /// A jail without log files reads the journal.
    ReadsJournal = "reads-journal";
    /// A jail without a filter.
    NoFilter = "no-filter";
    /// A jail without an action.
    NoAction = "no-action";
    /// Bans that are to grow while there is no database.
    IncrementWithoutDatabase = "increment-without-database";
    /// A setting of the daemon that holds only after a restart.
    TakesRestart = "takes-restart";
    /// A file that is only a part of others.
    Part = "part";
    /// A filter or an action that cannot be read.
    Broken = "broken";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Code;

    #[test]
    fn words_differ_and_are_small_letters_with_hyphens() {
        let words: HashSet<_> = Code::ALL.iter().map(|code| code.word()).collect();
        assert_eq!(words.len(), Code::ALL.len());
        for word in words {
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(word.chars().all(fits), "{word}");
        }
    }
}
