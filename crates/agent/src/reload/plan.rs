//! The configuration's commands, sorted by what they concern.
use std::collections::BTreeSet;

use domain::{JailName, ReloadProblem};
use fail2ban::Value;

/// One command to the daemon.
pub(crate) type Command = Vec<Value>;

/// What the configuration stands for.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Settings of the daemon itself.
    pub(crate) server: Vec<Command>,
    /// In the order of the configuration.
    pub(crate) jails: Vec<JailPlan>,
    /// Enabled jails that the client could not read, with its words.
    pub(crate) broken: Vec<ReloadProblem>,
}

/// The part of one jail.
#[derive(Debug)]
pub(crate) struct JailPlan {
    pub(crate) name: String,
    /// From `add` on, without `start`.
    pub(crate) commands: Vec<Command>,
}

impl Plan {
    /// Sorts a stream as the client prints it: server settings, then each jail from its `add` on, then all `start`s.
    pub(crate) fn new(stream: Vec<Command>) -> Self {
        let mut plan = Self::default();
        for command in stream {
            let words = (text(&command, 0), text(&command, 1));
            match words {
                ("add", name) => plan.jails.push(JailPlan {
                    name: name.to_owned(),
                    commands: vec![command],
                }),
                ("config-error", said) => plan.broken.push(broken(said)),
                // What is not started would be added and never run.
                ("start", _) => {}
                (_, name) => match plan.jails.iter_mut().rfind(|jail| jail.name == name) {
                    Some(jail) => jail.commands.push(command),
                    None => plan.server.push(command),
                },
            }
        }
        plan
    }

    /// The part of one jail.
    pub(crate) fn jail(&self, name: &str) -> Option<&JailPlan> {
        self.jails.iter().find(|jail| jail.name == name)
    }

    /// A setting of the daemon itself, as the configuration has it.
    pub(crate) fn setting(&self, name: &str) -> Option<&str> {
        let command = self
            .server
            .iter()
            .rfind(|command| text(command, 0) == "set" && text(command, 1) == name)?;
        command.get(2).and_then(Value::as_str)
    }

    /// What the client said of a jail that it could not read.
    pub(crate) fn broken(&self, name: &str) -> Option<&ReloadProblem> {
        let is = |problem: &&ReloadProblem| problem.jail.as_deref() == Some(name);
        self.broken.iter().find(is)
    }

    /// The jails that the configuration enables, also those that cannot be read.
    pub(crate) fn enabled(&self) -> BTreeSet<JailName> {
        let read = self.jails.iter().map(|jail| jail.name.as_str());
        let broken = self.broken.iter().filter_map(|p| p.jail.as_deref());
        read.chain(broken)
            .filter_map(|name| name.parse().ok())
            .collect()
    }

    /// The stream that loads all jails; the daemon's own settings are sent before it, each alone.
    pub(crate) fn stream(&self) -> Vec<Command> {
        let commands = self.jails.iter().flat_map(|jail| jail.commands.clone());
        commands
            .chain(self.jails.iter().map(JailPlan::start))
            .collect()
    }
}

impl JailPlan {
    fn start(&self) -> Command {
        vec!["start".into(), self.name.as_str().into()]
    }

    /// The stream that loads this jail.
    pub(crate) fn stream(&self) -> Vec<Command> {
        let mut stream = self.commands.clone();
        stream.push(self.start());
        stream
    }

    /// What feeds the jail.
    pub(crate) fn backend(&self) -> &str {
        self.commands.first().map_or("", |command| text(command, 2))
    }

    /// The log files that it reads.
    pub(crate) fn logs(&self) -> impl Iterator<Item = &str> {
        self.commands
            .iter()
            .filter(|command| text(command, 0) == "set" && text(command, 2) == "addlogpath")
            .map(|command| text(command, 3))
    }
}

/// A word of a command; empty where there is none or it is no text.
pub(crate) fn text(command: &[Value], at: usize) -> &str {
    command.get(at).and_then(Value::as_str).unwrap_or_default()
}

/// `Jail 'sshd' skipped, because of wrong configuration: …`
fn broken(said: &str) -> ReloadProblem {
    let named = said
        .strip_prefix("Jail '")
        .and_then(|rest| rest.split_once("' skipped, because of wrong configuration: "));
    match named {
        Some((jail, why)) => ReloadProblem {
            jail: Some(jail.to_owned()),
            detail: why.to_owned(),
        },
        None => ReloadProblem {
            jail: None,
            detail: said.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(words: &[&str]) -> Command {
        words.iter().map(|word| (*word).into()).collect()
    }

    #[test]
    fn plan_sorts_commands_by_what_they_concern() {
        let plan = Plan::new(vec![
            command(&["set", "loglevel", "INFO"]),
            command(&["add", "my jail", "polling"]),
            command(&["set", "my jail", "addlogpath", "/x.log", "head"]),
            command(&["set", "my jail", "addaction", "nft"]),
            command(&[
                "config-error",
                "Jail 'b' skipped, because of wrong configuration: Unable to read the filter 'x'",
            ]),
            command(&["start", "my jail"]),
        ]);
        assert_eq!(plan.server, [command(&["set", "loglevel", "INFO"])]);
        let jail = plan.jail("my jail").unwrap();
        assert_eq!(
            (jail.backend(), jail.logs().collect::<Vec<_>>()),
            ("polling", vec!["/x.log"])
        );
        assert_eq!(jail.commands.len(), 3);
        assert_eq!(plan.stream().last(), Some(&command(&["start", "my jail"])));
        assert_eq!(
            plan.broken("b").unwrap().detail,
            "Unable to read the filter 'x'"
        );
        let enabled: Vec<_> = plan.enabled().into_iter().map(String::from).collect();
        assert_eq!(enabled, ["b", "my jail"]);
    }
}
