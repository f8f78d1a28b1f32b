//! The values that a jail runs with.

use super::{Client, ClientError, CommandClass, argument};
use crate::protocol::Value;
use crate::{Escalation, IgnoreEntry, JailSettings, Seconds};

/// What is asked for, in this order, over one connection.
const OPTIONS: &[&str] = &[
    "bantime",
    "findtime",
    "maxretry",
    "maxmatches",
    "maxlines",
    "usedns",
    "logencoding",
    "logtimezone",
    "datepattern",
    "prefregex",
    "failregex",
    "ignoreregex",
    "ignoreip",
    "ignoreself",
    "ignorecommand",
    "ignorecache",
    "logpath",
    "journalmatch",
    "actions",
    "bantime.increment",
    "bantime.factor",
    "bantime.formula",
    "bantime.multipliers",
    "bantime.maxtime",
    "bantime.rndtime",
    "bantime.overalljails",
];

impl Client {
    /// All values that a jail runs with.
    ///
    /// What this daemon does not tell is `None`. An unknown jail is an error.
    pub async fn settings(&self, jail: &str) -> Result<JailSettings, ClientError> {
        let name = argument::jail(jail)?;
        let commands: Vec<Vec<Value>> = OPTIONS
            .iter()
            .map(|option| vec!["get".into(), name.clone(), (*option).into()])
            .collect();
        let mut answers = Answers(Vec::with_capacity(OPTIONS.len()));
        let replies = self.request_all(&commands, CommandClass::Read).await?;
        for (option, reply) in OPTIONS.iter().zip(replies) {
            match reply {
                Ok(answer) => answers.0.push((option, answer)),
                Err(error) if error.is_unknown_jail() => return Err(error.into()),
                Err(error) => {
                    tracing::debug!(option, %error, "a setting that this fail2ban does not tell");
                }
            }
        }
        Ok(answers.settings())
    }
}

struct Answers(Vec<(&'static str, Value)>);

impl Answers {
    fn settings(&self) -> JailSettings {
        JailSettings {
            bantime: self.int("bantime").map(Seconds),
            findtime: self.int("findtime").map(Seconds),
            maxretry: self.int("maxretry"),
            maxmatches: self.int("maxmatches"),
            maxlines: self.int("maxlines"),
            usedns: self.text("usedns"),
            logencoding: self.text("logencoding"),
            logtimezone: self.text("logtimezone"),
            datepattern: self.get("datepattern").and_then(date_pattern),
            prefregex: self.text("prefregex"),
            failregex: self.texts("failregex"),
            ignoreregex: self.texts("ignoreregex"),
            ignoreip: self
                .get("ignoreip")
                .and_then(Value::as_items)
                .map(|items| items.iter().map(IgnoreEntry::from_value).collect()),
            ignoreself: self.truth("ignoreself"),
            ignorecommand: self.text("ignorecommand"),
            ignorecache: self.texts("ignorecache"),
            logpath: self.texts("logpath"),
            journalmatch: self.get("journalmatch").and_then(journal_matches),
            actions: self.texts("actions"),
            escalation: self.escalation(),
        }
    }

    fn escalation(&self) -> Escalation {
        Escalation {
            increment: self.truth("bantime.increment"),
            factor: self.text("bantime.factor"),
            formula: self.text("bantime.formula"),
            multipliers: self.text("bantime.multipliers"),
            maxtime: self.int("bantime.maxtime").map(Seconds),
            rndtime: self.int("bantime.rndtime").map(Seconds),
            overalljails: self.truth("bantime.overalljails"),
        }
    }

    fn get(&self, option: &str) -> Option<&Value> {
        let (_, answer) = self.0.iter().find(|(name, _)| *name == option)?;
        (*answer != Value::None).then_some(answer)
    }

    fn int(&self, option: &str) -> Option<i64> {
        match self.get(option)? {
            Value::Int(number) => Some(*number),
            // Values that were set by a person may come back as they were written.
            Value::Str(text) => text.trim().parse().ok(),
            Value::Float(number) if number.abs() < 1e15 => format!("{number:.0}").parse().ok(),
            _ => None,
        }
    }

    fn truth(&self, option: &str) -> Option<bool> {
        match self.get(option)? {
            Value::Bool(truth) => Some(*truth),
            Value::Int(number) => Some(*number != 0),
            Value::Str(text) => Some(matches!(
                text.to_lowercase().as_str(),
                "true" | "yes" | "on" | "1"
            )),
            _ => None,
        }
    }

    fn text(&self, option: &str) -> Option<String> {
        self.get(option).map(Value::to_string)
    }

    fn texts(&self, option: &str) -> Option<Vec<String>> {
        Some(
            self.get(option)?
                .as_items()?
                .iter()
                .map(Value::to_string)
                .collect(),
        )
    }
}

/// A pair of the pattern, if one was set, and its name for people.
fn date_pattern(answer: &Value) -> Option<String> {
    match answer.as_items() {
        Some([Value::None, name]) => Some(name.to_string()),
        Some([pattern, _]) => Some(pattern.to_string()),
        _ => answer.as_str().map(str::to_owned),
    }
}

fn journal_matches(answer: &Value) -> Option<Vec<String>> {
    let matches = answer.as_items()?.iter().map(|one| match one.as_items() {
        Some(terms) => terms
            .iter()
            .map(Value::to_string)
            .collect::<Vec<_>>()
            .join(" "),
        None => one.to_string(),
    });
    Some(matches.collect())
}
