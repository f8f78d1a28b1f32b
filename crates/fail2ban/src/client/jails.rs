//! Starting, stopping and adjusting one jail.

use super::{Client, ClientError, CommandClass, argument};
use crate::protocol::Value;
use crate::{IgnoreEntry, Seconds};

impl Client {
    /// Starts a jail that the daemon has, and ends its idleness. One that was stopped is gone: it comes
    /// back by [`Client::reload`] with its part of the configuration.
    pub async fn start_jail(&self, jail: &str) -> Result<(), ClientError> {
        self.request(
            &["start".into(), argument::jail(jail)?],
            CommandClass::Action,
        )
        .await?;
        Ok(())
    }

    /// Stops a jail and lifts its bans in the firewall. The daemon then no longer has it.
    pub async fn stop_jail(&self, jail: &str) -> Result<(), ClientError> {
        self.request(
            &["stop".into(), argument::jail(jail)?],
            CommandClass::Action,
        )
        .await?;
        Ok(())
    }

    /// Lets a jail rest (it keeps its bans and reads no logs) or ends that, and gives what it does now.
    pub async fn set_idle(&self, jail: &str, idle: bool) -> Result<bool, ClientError> {
        let answer = self
            .set(jail, "idle", if idle { "on" } else { "off" })
            .await?;
        truth("set idle", &answer)
    }

    /// Adds to the list of what a jail never bans, and gives the list. Lost at the next reload.
    pub async fn add_ignore(
        &self,
        jail: &str,
        entries: &[IgnoreEntry],
    ) -> Result<Vec<IgnoreEntry>, ClientError> {
        self.check_ignore_entries(entries).await?;
        let mut command = vec!["set".into(), argument::jail(jail)?, "addignoreip".into()];
        for entry in entries {
            command.push(argument::ignore_entry(entry)?);
        }
        let answer = self.request(&command, CommandClass::Action).await?;
        ignore_list(&answer)
    }

    /// Takes from the list of what a jail never bans, and gives the list. Lost at the next reload.
    ///
    /// All entries are tried; an absent one is an error that the daemon names.
    pub async fn remove_ignore(
        &self,
        jail: &str,
        entries: &[IgnoreEntry],
    ) -> Result<Vec<IgnoreEntry>, ClientError> {
        let name = argument::jail(jail)?;
        // The daemon takes one entry a command and leaves out the others without a word.
        let mut commands = Vec::with_capacity(entries.len() + 1);
        for entry in entries {
            let entry = argument::ignore_entry(entry)?;
            commands.push(vec![
                "set".into(),
                name.clone(),
                "delignoreip".into(),
                entry,
            ]);
        }
        commands.push(vec!["get".into(), name, "ignoreip".into()]);
        let mut list = Value::None;
        for reply in self.request_all(&commands, CommandClass::Action).await? {
            list = reply?;
        }
        ignore_list(&list)
    }

    /// Sets whether a jail never bans the machine's own addresses, and gives what is set now.
    pub async fn set_ignore_self(&self, jail: &str, on: bool) -> Result<bool, ClientError> {
        let answer = self
            .set(jail, "ignoreself", if on { "true" } else { "false" })
            .await?;
        truth("set ignoreself", &answer)
    }

    /// Sets how long bans last, and gives what is set now. Lost at the next reload.
    ///
    /// The running bans of the jail are timed anew.
    pub async fn set_bantime(&self, jail: &str, bantime: Seconds) -> Result<Seconds, ClientError> {
        if bantime.0 == 0 {
            return Err(argument::bad("the ban time", "it is zero".into()));
        }
        let answer = self.set(jail, "bantime", bantime.0).await?;
        number("set bantime", &answer).map(Seconds)
    }

    /// Sets the time within which failures add up, and gives what is set now. Lost at the next reload.
    pub async fn set_findtime(
        &self,
        jail: &str,
        findtime: Seconds,
    ) -> Result<Seconds, ClientError> {
        if findtime.0 <= 0 {
            return Err(argument::bad("the find time", "it is not positive".into()));
        }
        let answer = self.set(jail, "findtime", findtime.0).await?;
        number("set findtime", &answer).map(Seconds)
    }

    /// Sets the failures that lead to a ban, and gives what is set now. Lost at the next reload.
    pub async fn set_maxretry(&self, jail: &str, maxretry: u32) -> Result<i64, ClientError> {
        if maxretry == 0 {
            return Err(argument::bad("the number of failures", "it is zero".into()));
        }
        let answer = self.set(jail, "maxretry", i64::from(maxretry)).await?;
        number("set maxretry", &answer)
    }

    async fn set(
        &self,
        jail: &str,
        option: &str,
        value: impl ToString,
    ) -> Result<Value, ClientError> {
        let command = [
            "set".into(),
            argument::jail(jail)?,
            option.into(),
            value.to_string().into(),
        ];
        self.request(&command, CommandClass::Action).await
    }

    /// Older daemons take `file:…` and ignore something senseless instead.
    async fn check_ignore_entries(&self, entries: &[IgnoreEntry]) -> Result<(), ClientError> {
        if entries.is_empty() {
            return Err(argument::bad(
                "the ignore list",
                "nothing is to be added".into(),
            ));
        }
        if entries
            .iter()
            .any(|entry| matches!(entry, IgnoreEntry::Other(_)))
        {
            let reason = "it is neither an address, a network, a host name nor a file";
            return Err(argument::bad("the entry of the ignore list", reason.into()));
        }
        if entries
            .iter()
            .any(|entry| matches!(entry, IgnoreEntry::File(_)))
        {
            let capabilities = self.capabilities().await?;
            if !capabilities.ignore_files {
                return Err(ClientError::NotSupported {
                    feature: "files in ignore lists",
                    since: "1.1.1",
                    version: capabilities.version.text,
                });
            }
        }
        Ok(())
    }
}

fn ignore_list(answer: &Value) -> Result<Vec<IgnoreEntry>, ClientError> {
    match answer.as_items() {
        Some(items) => Ok(items.iter().map(IgnoreEntry::from_value).collect()),
        None => Err(ClientError::unexpected("ignoreip", answer)),
    }
}

fn truth(command: &str, answer: &Value) -> Result<bool, ClientError> {
    match answer {
        Value::Bool(truth) => Ok(*truth),
        other => Err(ClientError::unexpected(command, other)),
    }
}

fn number(command: &str, answer: &Value) -> Result<i64, ClientError> {
    answer
        .as_int()
        .ok_or_else(|| ClientError::unexpected(command, answer))
}
