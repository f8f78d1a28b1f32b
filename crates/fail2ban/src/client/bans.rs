//! Who is banned, and changing it.

use ipnet::IpNet;

use super::{Client, ClientError, CommandClass, argument};
use crate::protocol::Value;
use crate::{BannedRow, Subject};

impl Client {
    /// The active bans of a jail with their times, the one that ends first first.
    ///
    /// Expensive in the daemon: 100,000 bans take it a second, during which it answers nobody.
    pub async fn banned_with_time(&self, jail: &str) -> Result<Vec<BannedRow>, ClientError> {
        let command = [
            "get".into(),
            argument::jail(jail)?,
            "banip".into(),
            "--with-time".into(),
        ];
        let answer = self.request(&command, CommandClass::Read).await?;
        let Value::List(rows) = answer else {
            return Err(ClientError::unexpected("get banip", &answer));
        };
        Ok(rows
            .iter()
            .map(|row| match row {
                Value::Str(text) => BannedRow::parse(text),
                other => BannedRow {
                    subject: Subject::Other(other.to_string()),
                    times: None,
                },
            })
            .collect())
    }

    /// The active bans of a jail without their times: a fifth of the cost.
    pub async fn banned(&self, jail: &str) -> Result<Vec<Subject>, ClientError> {
        let command = ["get".into(), argument::jail(jail)?, "banip".into()];
        let answer = self.request(&command, CommandClass::Read).await?;
        let Value::List(rows) = answer else {
            return Err(ClientError::unexpected("get banip", &answer));
        };
        Ok(rows
            .iter()
            .map(|row| Subject::parse(&row.to_string()))
            .collect())
    }

    /// The names of the jails in which each network is banned, in the same order.
    ///
    /// A ban of a network that contains an address is not found by that address.
    pub async fn banned_jails_of(
        &self,
        networks: &[IpNet],
    ) -> Result<Vec<Vec<String>>, ClientError> {
        if networks.is_empty() {
            return Ok(Vec::new());
        }
        let mut command = vec![Value::from("banned")];
        command.extend(texts(networks));
        let answer = self.request(&command, CommandClass::Read).await?;
        let lists: Option<Vec<Vec<String>>> = answer.as_items().and_then(|lists| {
            lists
                .iter()
                .map(|list| Some(list.as_items()?.iter().map(Value::to_string).collect()))
                .collect()
        });
        match lists {
            Some(lists) if lists.len() == networks.len() => Ok(lists),
            _ => Err(ClientError::unexpected("banned", &answer)),
        }
    }

    /// Whether each network is banned in a jail, in the same order, as exactly that network.
    pub async fn is_banned(
        &self,
        jail: &str,
        networks: &[IpNet],
    ) -> Result<Vec<bool>, ClientError> {
        if networks.is_empty() {
            return Ok(Vec::new());
        }
        let mut command = vec!["get".into(), argument::jail(jail)?, "banned".into()];
        command.extend(texts(networks));
        let answer = self.request(&command, CommandClass::Read).await?;
        // One question is answered with a number, several with a list.
        let answers = match &answer {
            Value::List(answers) => answers.as_slice(),
            single => std::slice::from_ref(single),
        };
        if answers.len() != networks.len() {
            return Err(ClientError::unexpected("get banned", &answer));
        }
        Ok(answers
            .iter()
            .map(|one| matches!(one, Value::Int(1..) | Value::Bool(true)))
            .collect())
    }

    /// Bans networks in a jail and gives how many were not banned there before.
    ///
    /// The number proves nothing about the firewall: failing actions are not reported. The daemon
    /// answers nobody until all actions ran (5 to 70 ms for each address), so send a few at a time.
    pub async fn ban(&self, jail: &str, networks: &[IpNet]) -> Result<u64, ClientError> {
        if networks.is_empty() {
            return Ok(0);
        }
        let mut command = vec!["set".into(), argument::jail(jail)?, "banip".into()];
        command.extend(texts(networks));
        self.count(&command).await
    }

    /// Lifts bans of a jail and gives how many there were. A network lifts all bans within it.
    ///
    /// The daemon also deletes these addresses from its history, banned or not.
    pub async fn unban(&self, jail: &str, subjects: &[Subject]) -> Result<u64, ClientError> {
        if subjects.is_empty() {
            return Ok(0);
        }
        let mut command = vec!["set".into(), argument::jail(jail)?, "unbanip".into()];
        for subject in subjects {
            command.push(argument::subject(subject)?);
        }
        self.count(&command).await
    }

    /// Lifts bans in all jails and gives how many there were.
    pub async fn unban_everywhere(&self, subjects: &[Subject]) -> Result<u64, ClientError> {
        if subjects.is_empty() {
            return Ok(0);
        }
        let mut command = vec!["unban".into()];
        for subject in subjects {
            command.push(argument::subject(subject)?);
        }
        self.count(&command).await
    }

    /// Lifts all bans in all jails and gives how many there were. The daemon's history goes with them.
    pub async fn unban_all(&self) -> Result<u64, ClientError> {
        self.count(&["unban".into(), "--all".into()]).await
    }

    async fn count(&self, command: &[Value]) -> Result<u64, ClientError> {
        let answer = self.request(command, CommandClass::Action).await?;
        answer
            .as_int()
            .and_then(|count| u64::try_from(count).ok())
            .ok_or_else(|| ClientError::unexpected(&super::error::summary(command), &answer))
    }
}

/// The daemon compares text, so each network goes out in the daemon's own spelling.
fn texts(networks: &[IpNet]) -> impl Iterator<Item = Value> {
    networks
        .iter()
        .map(|network| Subject::from(*network).to_string().into())
}
