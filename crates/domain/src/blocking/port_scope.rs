//! Ports and protocols that a verdict is about.
use std::fmt;

use serde::{Deserialize, Serialize};

/// Some of all ports and protocols. [`fmt::Display`] writes it as people do in English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PortScope {
    /// Whether everything is meant but those that are named.
    pub all_but: bool,
    /// Which, such as `tcp 22,2200-2222` or `icmp`.
    pub services: Vec<String>,
}

impl fmt::Display for PortScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((last, others)) = self.services.split_last() else {
            return f.write_str(if self.all_but {
                "everything"
            } else {
                "nothing"
            });
        };
        if self.all_but {
            f.write_str("everything but ")?;
        }
        if !others.is_empty() {
            write!(f, "{} and ", others.join(", "))?;
        }
        f.write_str(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn port_scope_reads_as_people_write() {
        for (all_but, services, text) in [
            (false, vec![], "nothing"),
            (true, vec![], "everything"),
            (false, vec!["tcp 22"], "tcp 22"),
            (
                true,
                vec!["tcp 22", "udp 53"],
                "everything but tcp 22 and udp 53",
            ),
            (
                false,
                vec!["tcp 22", "udp 53", "icmp"],
                "tcp 22, udp 53 and icmp",
            ),
        ] {
            let services = services.into_iter().map(ToOwned::to_owned).collect();
            assert_eq!(PortScope { all_but, services }.to_string(), text);
        }
    }
}
