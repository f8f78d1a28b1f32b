//! Whether bans of a jail can cut off a person from this machine: from SSH, or from BanGUI.
use std::{fs, path::Path};

use fail2ban::Value;

use super::word;
use crate::reload::JailPlan;

const SSH_PORT: u16 = 22;

/// Where the system names ports.
const SERVICES: &str = "/etc/services";

/// Names that hold where the system has none.
const WELL_KNOWN: [(&str, u16); 3] = [("ssh", SSH_PORT), ("http", 80), ("https", 443)];

/// Shipped actions that ban an address from everything without a word of it in their name.
const OF_ALL_PORTS: [&str; 7] = [
    "apf",
    "hostsdeny",
    "ipfilter",
    "npf",
    "route",
    "shorewall",
    "ufw",
];

/// The ports on which a person reaches the machine.
pub(in crate::configuration) struct RemoteAccess {
    ports: Vec<u16>,
    /// The text of the system's names.
    services: String,
}

impl RemoteAccess {
    /// SSH, and the ports on which BanGUI is reached. Waits for the disk.
    pub(in crate::configuration) fn read(own_ports: &[u16]) -> Self {
        let services = fs::read_to_string(Path::new(SERVICES)).unwrap_or_default();
        Self::new(own_ports, services)
    }

    fn new(own_ports: &[u16], services: String) -> Self {
        let ports = [SSH_PORT].iter().chain(own_ports).copied().collect();
        Self { ports, services }
    }

    /// Whether bans of the jail can cut it off.
    pub(super) fn is_guarded_by(&self, jail: &JailPlan) -> bool {
        // SSH may listen anywhere.
        jail.name.contains("ssh")
            || bans_all_ports(jail)
            || told(jail, "port").any(|ports| self.is_in(ports))
    }

    /// Whether one of the ports is among those that an action is told.
    fn is_in(&self, ports: &str) -> bool {
        let mut ports = ports.split(',').map(str::trim);
        ports.any(|port| port == "any" || self.is_named(port) || self.is_in_range(port))
    }

    /// `20:30`, `20-30`, `:1023`, `1024:`, `ssh:https`. What is not understood is taken for a range of all.
    fn is_in_range(&self, range: &str) -> bool {
        let ends = range.split_once(':').or_else(|| range.split_once('-'));
        let Some((first, last)) = ends else {
            return false;
        };
        let end = |text: &str, open| match text {
            "" => Some(open),
            text => self.numbers(text).next(),
        };
        match (end(first, 0), end(last, u16::MAX)) {
            (Some(first), Some(last)) => self.ports.iter().any(|of| (first..=last).contains(of)),
            _ => true,
        }
    }

    /// Whether a number or a name is that of one of the ports.
    fn is_named(&self, name: &str) -> bool {
        self.numbers(name).any(|port| self.ports.contains(&port))
    }

    fn numbers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = u16> + 'a {
        let of_system = self.services.lines().filter_map(move |line| {
            // `http-alt  8080/tcp  webcache  # comment`
            let line = line.split('#').next().unwrap_or_default();
            let mut words = line.split_whitespace();
            let first = words.next()?;
            let (port, _) = words.next()?.split_once('/')?;
            (first == name || words.any(|alias| alias == name)).then(|| port.parse().ok())?
        });
        let well_known = WELL_KNOWN.iter().filter(move |(known, _)| *known == name);
        let number = name.parse().ok().into_iter();
        number
            .chain(of_system)
            .chain(well_known.map(|(_, port)| *port))
    }
}

fn bans_all_ports(jail: &JailPlan) -> bool {
    let named = |name: &str| name.contains("allports") || OF_ALL_PORTS.contains(&name);
    let mut actions = jail.commands.iter();
    let by_name = actions.any(|command| word(command, 2) == "addaction" && named(word(command, 3)));
    by_name
        || told(jail, "type")
            .chain(told(jail, "actiontype"))
            .any(|of| of.contains("allports"))
}

/// The values of a parameter that actions are told.
fn told<'a>(jail: &'a JailPlan, parameter: &'a str) -> impl Iterator<Item = &'a str> {
    let all = jail
        .commands
        .iter()
        .filter_map(|command| command.last()?.as_items());
    let pairs = all.flatten().filter_map(Value::as_items);
    pairs.filter_map(move |pair| match pair {
        [Value::Str(name), Value::Str(value)] if name == parameter => Some(value.as_str()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jail(name: &str, action: &str, parameters: &[(&str, &str)]) -> JailPlan {
        let command = |words: &[&str]| words.iter().map(|word| (*word).into()).collect();
        let pair =
            |(name, value): &(&str, &str)| Value::List(vec![(*name).into(), (*value).into()]);
        let mut told: Vec<Value> = command(&["multi-set", name, "action", action]);
        told.push(Value::List(parameters.iter().map(pair).collect()));
        JailPlan {
            name: name.to_owned(),
            commands: vec![command(&["set", name, "addaction", action]), told],
        }
    }

    fn guards(own: &[u16], ports: &str) -> bool {
        let services = "# names\nhttp-alt\t8080/tcp webcache # it\nx 9/tcp\n".to_owned();
        let jail = jail("web", "iptables-multiport", &[("port", ports)]);
        RemoteAccess::new(own, services).is_guarded_by(&jail)
    }

    #[test]
    fn ports_that_hold_ssh_are_recognised() {
        for (ports, wanted) in [
            ("ssh", true),
            ("http,https", false),
            ("2222,22", true),
            ("0:65535", true),
            ("any", true),
            ("1-21", false),
            ("", false),
            (":1023", true),
            ("20:", true),
            ("23:", false),
            ("20:ssh", true),
            ("http:https", false),
            ("nobody:knows", true),
        ] {
            assert_eq!(guards(&[], ports), wanted, "{ports}");
        }
    }

    #[test]
    fn ports_that_hold_banguis_own_are_recognised_by_number_range_and_name() {
        for (ports, wanted) in [
            ("8080", true),
            ("http,8000:9000", true),
            ("http-alt", true),
            ("x, webcache", true),
            ("443", true),
            ("https", true),
            ("http", false),
            ("80,8081", false),
            ("x", false),
            ("1024:", true),
            ("x:webcache", true),
        ] {
            assert_eq!(guards(&[8080, 443], ports), wanted, "{ports}");
        }
    }

    #[test]
    fn jail_that_bans_from_all_ports_guards_them_whatever_port_it_is_told() {
        let access = RemoteAccess::new(&[], String::new());
        for (name, action, parameter, wanted) in [
            ("recidive", "iptables-allports", ("port", "80"), true),
            ("a", "mine", ("type", "allports"), true),
            ("a", "firewallcmd-ipset", ("actiontype", "<allports>"), true),
            ("a", "route", ("blocktype", "unreachable"), true),
            ("a", "iptables", ("port", "80"), false),
            ("my-sshd", "iptables", ("port", "2222"), true),
        ] {
            let jail = jail(name, action, &[parameter]);
            assert_eq!(access.is_guarded_by(&jail), wanted, "{action}");
        }
    }
}
