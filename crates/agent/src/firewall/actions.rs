//! Where the actions of jails keep their bans, as the daemon says.
use fail2ban::{CommandClass, Value};
use firewall::truth::Named;

use crate::link::Link;

/// More actions of one jail, tags in one name, and characters of a name are not looked at.
const MAX_ACTIONS: usize = 32;
const MAX_TAGS: usize = 8;
const MAX_NAME: usize = 256;

/// An action of a jail that bans by a set or chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FilterAction {
    /// Its name in the jail.
    pub(super) name: String,
    /// For both families, each once.
    pub(super) stores: Vec<Named>,
}

/// The actions of a jail that are understood. One that cannot be asked about is not.
pub(super) async fn understood(link: &Link, jail: &str) -> Vec<FilterAction> {
    let names = ask(link, &["get", jail, "actions"]).await;
    let names = names.as_ref().and_then(Value::as_items).unwrap_or_default();
    let names = names.iter().filter_map(Value::as_str).take(MAX_ACTIONS);
    let mut understood = Vec::new();
    for name in names {
        let action = Asked { link, jail, name };
        let stores = action.stores().await;
        if !stores.is_empty() {
            let name = name.to_owned();
            understood.push(FilterAction { name, stores });
        }
    }
    understood
}

/// Stops and starts an action, so that it makes its sets, chains and rules anew. What it cannot remove, as it is gone already, is no error.
pub(super) async fn start_anew(link: &Link, jail: &str, action: &str) {
    for method in ["stop", "start"] {
        let command = ["set", jail, "action", action, method].map(Value::from);
        let done = link.client.request(&command, CommandClass::Action).await;
        if let Err(error) = done {
            tracing::info!(jail.name = jail, action, method, error = %error, "an action did not do it");
        }
    }
}

async fn ask(link: &Link, command: &[&str]) -> Option<Value> {
    let command: Vec<Value> = command.iter().copied().map(Value::from).collect();
    let asked = link.client.request(&command, CommandClass::Read).await;
    asked.ok()
}

/// An action that is asked about.
#[derive(Clone, Copy)]
struct Asked<'a> {
    link: &'a Link,
    jail: &'a str,
    name: &'a str,
}

impl Asked<'_> {
    async fn stores(self) -> Vec<Named> {
        let ban = self.property("actionban").await;
        let Some(named) = ban.as_deref().and_then(Named::by_command) else {
            return Vec::new();
        };
        let mut stores = Vec::new();
        for family in ["inet4", "inet6"] {
            let Some(name) = self.resolved(named.name(), family).await else {
                continue;
            };
            let store = named.renamed(name);
            if !stores.contains(&store) {
                stores.push(store);
            }
        }
        stores
    }

    async fn property(self, property: &str) -> Option<String> {
        let Self { link, jail, name } = self;
        let value = ask(link, &["get", jail, "action", name, property]).await?;
        let number = || value.as_int().map(|number| number.to_string());
        value.as_str().map(str::to_owned).or_else(number)
    }

    /// A name with its tags replaced as fail2ban does for a family; `None` where one stays.
    async fn resolved(self, name: &str, family: &str) -> Option<String> {
        let mut name = name.to_owned();
        for _ in 0..MAX_TAGS {
            let Some((before, tag, after)) = tag_in(&name) else {
                return (!name.is_empty() && !name.contains(['<', '>', '$', '`'])).then_some(name);
            };
            let of_family = format!("{tag}?family={family}");
            let value = match self.property(&of_family).await {
                Some(value) => value,
                None => self.property(tag).await?,
            };
            name = format!("{before}{}{after}", value.trim());
            if name.len() > MAX_NAME {
                return None;
            }
        }
        None
    }
}

/// The first tag that holds no other, with what is before and behind it. Names of properties only: nothing of the daemon's inside is asked for.
fn tag_in(text: &str) -> Option<(&str, &str, &str)> {
    let (begin, after) = text.split_once('>')?;
    let (before, tag) = begin.rsplit_once('<')?;
    let is_property = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let begins = tag.starts_with(|c: char| c.is_ascii_alphabetic());
    (begins && tag.chars().all(is_property)).then_some((before, tag, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tag_in_a_name_is_the_innermost_property_and_nothing_else() {
        assert_eq!(tag_in("f2b-<name>6"), Some(("f2b-", "name", "6")));
        assert_eq!(tag_in("<a_<type>>"), Some(("<a_", "type", ">")));
        for text in [
            "f2b-sshd",
            "<__class__>",
            "<>",
            "a>b",
            "<F-USER/x>",
            "<a b>",
        ] {
            assert_eq!(tag_in(text), None, "{text}");
        }
    }
}
