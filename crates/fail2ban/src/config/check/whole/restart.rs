//! Settings that a daemon which runs takes over only when it is started again.

use super::{About, Complaint, shown};
use crate::config::check::{Code, Gravity};
use crate::config::{ServerConfig, parameters};

/// Settings for which no reload is enough, as they are kept and as they are called, with what is true until the restart.
const ONLY_AT_START: [(&str, &str, &str); 4] = [
    (
        "dbfile",
        "dbfile",
        "fail2ban opens another database only when it starts. Until it is restarted it goes on with the old one, and a reload of all jails fails; one by \
         fail2ban-client ends all jails",
    ),
    (
        "socket",
        "socket",
        "fail2ban listens at another socket only when it starts. Until it is restarted fail2ban-client does not reach it, and afterwards programs that know \
         the old socket, BanGUI too, must be told the new one",
    ),
    (
        "pidfile",
        "pidfile",
        "fail2ban writes its process id into another file only when it starts: restart it",
    ),
    (
        "thread.stacksize",
        "stacksize",
        "threads that run keep the stack that they have: restart fail2ban, so that all get the new size",
    ),
];

/// Which of the settings that differ take a restart of the daemon.
#[must_use]
pub fn restarts(before: &ServerConfig, after: &ServerConfig) -> Vec<Complaint> {
    let differs = |name: &str| text(before, name) != text(after, name);
    let mut all: Vec<Complaint> = ONLY_AT_START
        .iter()
        .filter(|(kept, ..)| differs(kept))
        .map(|(kept, name, why)| complaint(after, kept, name, why))
        .collect();
    let (old, new) = (text(before, "logtarget"), text(after, "logtarget"));
    let (old, new) = (target(&old), target(&new));
    // The same target is not opened anew.
    if old == new && differs("logtarget") {
        let why = "fail2ban reads the parameters of a log target only when it opens it, and it does not open the same one again: restart it";
        all.push(complaint(after, "logtarget", "logtarget", why));
    }
    if old == new && new.eq_ignore_ascii_case("SYSLOG") && differs("syslogsocket") {
        let why = "fail2ban goes on writing into the socket of the system log that it has opened: restart it";
        all.push(complaint(after, "syslogsocket", "syslogsocket", why));
    }
    all
}

fn complaint(after: &ServerConfig, kept: &str, name: &str, why: &str) -> Complaint {
    let layer = after.option(kept).and_then(|option| option.layer());
    Complaint::new(
        About::Server,
        Gravity::Warning,
        Code::TakesRestart,
        why.to_owned(),
    )
    .at(name, layer)
}

fn text(server: &ServerConfig, name: &str) -> String {
    server.option(name).and_then(shown).unwrap_or_default()
}

/// A log target without its parameters: `SYSLOG[facility=auth]` is `SYSLOG`.
fn target(text: &str) -> &str {
    parameters::parse(text).map_or(text, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::Version;
    use crate::config::Config;
    use crate::config::files::{Disk, Overlay};

    fn read(lines: &str) -> Config {
        let none = Arc::new(Disk::new("/nonexistent"));
        let text = format!("[Definition]\n{lines}\n");
        let files = Overlay::new(none).with("fail2ban.conf", text.as_bytes());
        Config::read(Arc::new(files), &Version::parse("1.0.2"))
    }

    /// The options that take a restart, with their lines.
    fn found(before: &str, after: &str) -> Vec<(String, Option<usize>)> {
        let (before, after) = (read(before), read(after));
        let found = restarts(before.server(), after.server()).into_iter();
        found
            .map(|one| {
                let line = one.layer.map(|layer| layer.line);
                (one.option.unwrap(), line)
            })
            .collect()
    }

    #[test]
    fn setting_that_a_running_daemon_does_not_take_over_is_named_with_its_line() {
        for (before, after, option, line) in [
            ("", "dbfile = /x", "dbfile", Some(2)),
            ("dbfile = /x", "", "dbfile", None),
            ("", "dbfile = None", "dbfile", Some(2)),
            ("socket = /a", "socket = /b", "socket", Some(2)),
            ("", "pidfile = /b", "pidfile", Some(2)),
            ("", "[Thread]\nstacksize = 64", "stacksize", Some(3)),
            (
                "logtarget = SYSLOG",
                "logtarget = SYSLOG[facility=auth]",
                "logtarget",
                Some(2),
            ),
            (
                "logtarget = SYSLOG",
                "logtarget = SYSLOG\nsyslogsocket = /x",
                "syslogsocket",
                Some(3),
            ),
        ] {
            let wanted = (option.to_owned(), line);
            assert_eq!(found(before, after), [wanted], "{before:?} to {after:?}");
        }
    }

    #[test]
    fn setting_that_a_reload_takes_over_is_not_named() {
        for (before, after) in [
            ("dbfile = /x", "dbfile =   /x\n# new"),
            (
                "",
                "loglevel = DEBUG\ndbpurgeage = 2d\ndbmaxmatches = 3\nallowipv6 = no",
            ),
            ("logtarget = SYSLOG", "logtarget = /var/log/x"),
            (
                "logtarget = SYSLOG",
                "logtarget = STDOUT\nsyslogsocket = /x",
            ),
            ("", "syslogsocket = /x"),
        ] {
            assert_eq!(found(before, after), [], "{before:?} to {after:?}");
        }
    }
}
