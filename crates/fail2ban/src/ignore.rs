//! What a jail never bans.

use std::fmt;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::protocol::Value;
use crate::subject::{canonical, daemon_text, parse_network};

/// An entry of a jail's ignore list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind", content = "value")]
pub enum IgnoreEntry {
    /// An address or network.
    Network(IpNet),
    /// A host name, looked up by the daemon whenever it decides.
    Host(String),
    /// A file of addresses that the daemon reads; since 1.1.1.
    File(String),
    /// What the daemon lists and this crate cannot name. It can be removed, not added.
    Other(String),
}

impl IgnoreEntry {
    /// Reads an entry as it is written in a configuration; `None` if it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(network) = parse_network(text) {
            return Some(Self::Network(network));
        }
        if let Some(path) = text.strip_prefix("file:") {
            let plain = path.starts_with('/') && !path.chars().any(char::is_control);
            return plain.then(|| Self::File(path.to_owned()));
        }
        is_host_name(text).then(|| Self::Host(text.to_owned()))
    }

    /// Reads an entry of the daemon's list.
    pub(crate) fn from_value(value: &Value) -> Self {
        match value {
            Value::Str(text) => Self::parse(text).unwrap_or_else(|| Self::Other(text.clone())),
            Value::Object(object) if object.class == "fail2ban.server.ipdns.FileIPAddrSet" => {
                let name = object
                    .state
                    .as_ref()
                    .and_then(Value::as_pairs)
                    .and_then(|pairs| {
                        let (_, name) = pairs
                            .iter()
                            .find(|(key, _)| key.as_str() == Some("fileName"))?;
                        name.as_str()
                    });
                match name {
                    Some(name) => Self::File(name.to_owned()),
                    None => Self::Other(value.to_string()),
                }
            }
            other => Self::Other(other.to_string()),
        }
    }
}

/// As the daemon and its configuration write it.
impl fmt::Display for IgnoreEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(network) => f.write_str(&daemon_text(*network)),
            Self::Host(text) | Self::Other(text) => f.write_str(text),
            Self::File(path) => write!(f, "file:{path}"),
        }
    }
}

impl From<IpNet> for IgnoreEntry {
    fn from(network: IpNet) -> Self {
        Self::Network(canonical(network))
    }
}

/// Labels of letters, digits, hyphens and underscores, not all digits: `300.1.2.3` is a mistyped
/// address, not a host.
fn is_host_name(text: &str) -> bool {
    let labels_are_plain = text.trim_end_matches('.').split('.').all(|label| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && label
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
    });
    text.len() <= 253 && labels_are_plain && text.chars().any(|c| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Object;

    #[test]
    fn entry_is_read_by_its_kind() {
        assert_eq!(
            IgnoreEntry::parse("127.0.0.1/8")
                .map(|e| e.to_string())
                .as_deref(),
            Some("127.0.0.0/8")
        );
        assert_eq!(
            IgnoreEntry::parse("example.org"),
            Some(IgnoreEntry::Host("example.org".into()))
        );
        assert_eq!(
            IgnoreEntry::parse("file:/etc/ok"),
            Some(IgnoreEntry::File("/etc/ok".into()))
        );
        for bad in [
            "",
            "300.1.2.3",
            "a b",
            "--all",
            "file:relative",
            "x\ny",
            "a..b",
            "$(id)",
        ] {
            assert_eq!(IgnoreEntry::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn entry_of_a_file_set_is_its_file() {
        let state = Value::Dict(vec![("fileName".into(), "/srv/ign.txt".into())]);
        let set = Value::Object(Box::new(Object {
            class: "fail2ban.server.ipdns.FileIPAddrSet".into(),
            args: vec![Value::List(Vec::new())],
            state: Some(state),
        }));
        assert_eq!(
            IgnoreEntry::from_value(&set),
            IgnoreEntry::File("/srv/ign.txt".into())
        );
        assert_eq!(
            IgnoreEntry::from_value(&Value::Int(5)),
            IgnoreEntry::Other("5".into())
        );
    }
}
