//! Giving a running daemon its configuration anew.

use super::{Client, ClientError, CommandClass, SCRATCH_JAIL_PREFIX, argument};
use crate::protocol::Value;

impl Client {
    /// Reloads one jail (starting it if the daemon does not have it) or all of them with a stream of
    /// commands, as [`crate::dump::parse_stream`] reads them.
    ///
    /// A jail that runs and that the stream does not both add and start is stopped by the daemon, its
    /// bans lifted. So the running jails are asked for first, and the stream is refused with
    /// [`ClientError::WouldDropJails`] if it would stop one.
    ///
    /// A stream whose commands are good can still fail half-way on a regex that does not compile, and then
    /// drops jails too: check each jail's part with [`Client::check_jail_commands`] first, and ask for
    /// the jails afterwards.
    pub async fn reload(
        &self,
        jail: Option<&str>,
        stream: Vec<Vec<Value>>,
    ) -> Result<(), ClientError> {
        self.reload_dropping(jail, stream, &[]).await
    }

    /// Reloads as [`Client::reload`] does, and lets the named jails be stopped.
    pub async fn reload_dropping(
        &self,
        jail: Option<&str>,
        stream: Vec<Vec<Value>>,
        may_drop: &[String],
    ) -> Result<(), ClientError> {
        let target = match jail {
            Some(name) => argument::jail(name)?,
            None => "--all".into(),
        };
        let mut jails = dropped_jails(&self.jails().await?, jail, &stream);
        jails.retain(|name| !may_drop.contains(name));
        if !jails.is_empty() {
            return Err(ClientError::WouldDropJails { jails });
        }
        // Reloading a jail that is not there yet adds it, instead of failing.
        let options = if jail.is_some() {
            vec!["--if-exists".into()]
        } else {
            Vec::new()
        };
        let stream = Value::List(stream.into_iter().map(Value::List).collect());
        let command = ["reload".into(), target, Value::List(options), stream];
        let answer = self.request(&command, CommandClass::Action).await?;
        match answer.as_str() {
            Some("OK") => Ok(()),
            _ => Err(ClientError::unexpected("reload", &answer)),
        }
    }
}

/// The running jails that a reload with this stream would stop: those that it concerns and that the
/// stream does not both add and start.
#[must_use]
pub fn dropped_jails(running: &[String], jail: Option<&str>, stream: &[Vec<Value>]) -> Vec<String> {
    let says = |word: &str, name: &str| {
        stream.iter().any(|command| {
            command.first().and_then(Value::as_str) == Some(word)
                && command.get(1).and_then(Value::as_str) == Some(name)
        })
    };
    running
        .iter()
        .filter(|name| jail.is_none_or(|jail| jail == name.as_str()))
        .filter(|name| !name.starts_with(SCRATCH_JAIL_PREFIX))
        .filter(|name| !(says("add", name) && says("start", name)))
        .cloned()
        .collect()
}
