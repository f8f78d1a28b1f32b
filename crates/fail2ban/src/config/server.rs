//! `fail2ban.conf`: the daemon itself.

use super::budget::Budget;
use super::effective::{Effective, Settings, Type};
use super::interpolate::{Added, Scope};
use super::layers::Merged;
use super::refusal::Refusal;
use crate::Value;

const DEFINITION: &str = "Definition";
const THREAD: &str = "Thread";

/// The options that fail2ban knows, with what they are where nothing is said. The daemon gets those from the third on, in this order.
const OPTIONS: [(&str, Type, Option<&str>); 9] = [
    (
        "socket",
        Type::Text,
        Some("/var/run/fail2ban/fail2ban.sock"),
    ),
    (
        "pidfile",
        Type::Text,
        Some("/var/run/fail2ban/fail2ban.pid"),
    ),
    ("syslogsocket", Type::Text, Some("auto")),
    ("loglevel", Type::Text, Some("INFO")),
    ("logtarget", Type::Text, Some("/var/log/fail2ban.log")),
    ("allowipv6", Type::Text, Some("auto")),
    (
        "dbfile",
        Type::Text,
        Some("/var/lib/fail2ban/fail2ban.sqlite3"),
    ),
    ("dbmaxmatches", Type::Int, None),
    ("dbpurgeage", Type::Text, Some("1d")),
];
/// How many of them are for the client alone.
const OF_THE_CLIENT: usize = 2;

const LOG_LEVELS: [&str; 12] = [
    "CRITICAL",
    "DEBUG",
    "ERROR",
    "FATAL",
    "HEAVYDEBUG",
    "INFO",
    "MSG",
    "NOTICE",
    "NOTSET",
    "TRACEDEBUG",
    "WARN",
    "WARNING",
];

/// What the files say about the daemon itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ServerConfig {
    /// The options, those of `[Thread]` as `thread.stacksize`.
    pub options: Settings,
    /// What the daemon gets.
    pub commands: Vec<Vec<Value>>,
}

impl ServerConfig {
    /// An option; `None` if nobody sets it and fail2ban has no value for it either.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&Effective> {
        self.options.get(name)
    }
}

/// Reads the options; those that fail come with the first reason.
pub(super) fn read(merged: &Merged, budget: &Budget) -> (ServerConfig, Option<Refusal>) {
    let mut server = ServerConfig::default();
    let mut refusal = None;
    let nothing = Added::default();
    let scope = Scope::new(merged, &nothing, DEFINITION, budget);
    for (name, of, default) in OPTIONS {
        let value = match scope.get(name) {
            Ok(Some(found)) => found.effective().converted(of, &Value::None),
            Ok(None) => match default {
                Some(default) => Effective::default(Value::str(default)),
                // Where the whole section is missing, fail2ban sends the option without a value.
                None if scope.exists() => continue,
                None => Effective::default(Value::None),
            },
            Err(reason) => {
                refusal.get_or_insert(reason);
                continue;
            }
        };
        server.options.insert(name.to_owned(), value);
    }
    if let Some(level) = server.option("loglevel").and_then(Effective::text)
        && !is_log_level(level)
    {
        refusal.get_or_insert_with(|| Refusal::LogLevel(level.to_owned()));
    }
    if let Err(reason) = add_thread(&mut server, merged, budget) {
        refusal.get_or_insert(reason);
    }
    let for_daemon = OPTIONS.iter().skip(OF_THE_CLIENT);
    for (name, option) in for_daemon.filter_map(|(name, ..)| server.options.get_key_value(*name)) {
        let mut command = ["set", name].map(Value::str).to_vec();
        command.push(option.value.clone());
        server.commands.push(command);
    }
    (server, refusal)
}

fn add_thread(server: &mut ServerConfig, merged: &Merged, budget: &Budget) -> Result<(), Refusal> {
    const STACK: &str = "stacksize";
    let nothing = Added::default();
    let scope = Scope::new(merged, &nothing, THREAD, budget);
    let Some(found) = scope.get(STACK)? else {
        return Ok(());
    };
    let size = found.effective().converted(Type::Int, &Value::None);
    let thread = Value::Dict(vec![(Value::str(STACK), size.value.clone())]);
    server
        .commands
        .push(vec![Value::str("set"), Value::str("thread"), thread]);
    server.options.insert(format!("thread.{STACK}"), size);
    Ok(())
}

fn is_log_level(text: &str) -> bool {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number || LOG_LEVELS.contains(&text.to_uppercase().as_str())
}
