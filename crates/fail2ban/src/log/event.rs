//! What a line tells.

mod read;

use jiff::civil::DateTime;

use crate::Subject;

/// The step at which an action failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionStep {
    /// Making ready.
    Start,
    /// Cleaning up.
    Stop,
    /// Banning.
    Ban,
    /// Unbanning.
    Unban,
    /// Banning what was banned before, again.
    Reban,
    /// Ending all bans at once.
    Flush,
}

/// Something that happened, as one line of the log tells it.
///
/// `jail` and `id` are as the daemon writes them. Times are the daemon's local time, whole seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogEvent {
    /// A line matched: one failure.
    Found {
        /// The jail.
        jail: String,
        /// Who failed.
        id: Subject,
        /// The time in the matched line.
        at: DateTime,
    },
    /// The same failure once more, weighed by bans before (`bantime.increment`): not to be counted again.
    FoundBad {
        /// The jail.
        jail: String,
        /// Who failed.
        id: Subject,
        /// The time in the matched line.
        at: DateTime,
        /// Bans before.
        bans: u32,
    },
    /// Failures that were told by a command (`set JAIL attempt`).
    Attempt {
        /// The jail.
        jail: String,
        /// Who failed.
        id: Subject,
        /// When.
        at: DateTime,
    },
    /// A new ban.
    Ban {
        /// The jail.
        jail: String,
        /// Who.
        id: Subject,
    },
    /// A ban from before a start, in force again: no new ban.
    RestoreBan {
        /// The jail.
        jail: String,
        /// Who.
        id: Subject,
    },
    /// The actions of a ban in force, once more: no new ban.
    Reban {
        /// The jail.
        jail: String,
        /// Who.
        id: Subject,
    },
    /// A ban ended: its time was over, by hand, and before 1.1.1 also at stops.
    Unban {
        /// The jail.
        jail: String,
        /// Who.
        id: Subject,
    },
    /// A ban was taken out of force because its jail stops (from 1.1.1 on).
    RepealBan {
        /// The jail.
        jail: String,
        /// Who.
        id: Subject,
    },
    /// A ban that has just begun lasts longer, because of those before.
    IncreaseBan {
        /// The jail.
        jail: String,
        /// Who.
        id: Subject,
        /// The how manieth ban it is.
        count: u32,
        /// How long it lasts, in seconds; -1 for ever. From a week on rounded to hours, from a day to minutes, from an hour to ten seconds.
        seconds: Option<i64>,
        /// When it ends; `None` for ever.
        until: Option<DateTime>,
    },
    /// Failures of someone who is banned.
    AlreadyBanned {
        /// The jail.
        jail: String,
        /// Who.
        id: Subject,
    },
    /// A line of a jail's log that has just been written has a time far from now; said at most once a day while such lines come. fail2ban takes it as if it were of now.
    OddTime {
        /// The jail.
        jail: String,
        /// How far from now, in seconds: negative before it. As exact as the words are.
        seconds: Option<i64>,
    },
    /// A log file could not be opened to read on; said whenever it is tried.
    NotOpened(String),
    /// A failure that is let pass.
    Ignored {
        /// The jail.
        jail: String,
        /// Who.
        id: Subject,
        /// By which rule.
        by: String,
    },
    /// All bans of a jail are being ended by one command of an action; a line for each follows.
    Flush {
        /// The jail.
        jail: String,
        /// The action.
        action: String,
    },
    /// A daemon starts.
    Starting {
        /// Its version.
        version: String,
    },
    /// A daemon opened this log: at its start, and when the log target changes.
    Started {
        /// Its version.
        version: String,
    },
    /// The daemon begins to stop.
    ShutdownInProgress,
    /// All jails are being stopped.
    StoppingJails,
    /// The daemon has stopped.
    Exiting,
    /// A jail is being made.
    JailCreated(String),
    /// A jail runs.
    JailStarted(String),
    /// A jail stopped, its bans are out of force.
    JailStopped(String),
    /// A jail has its new configuration.
    JailReloaded(String),
    /// A reload begins; of one jail, or of all.
    ReloadBegin(Option<String>),
    /// A reload ended.
    ReloadEnd,
    /// The daemon logs there from now on.
    LogTarget(String),
    /// An action failed.
    ActionFailed {
        /// The jail.
        jail: String,
        /// The action.
        action: String,
        /// At what.
        step: ActionStep,
        /// Why, as far as the line was kept. Hostile text.
        error: String,
    },
}
