//! Whether bans of a jail can cut off a person from this machine: from SSH, or from BanGUI.
use std::{fs, path::Path};

use fail2ban::config::Reach;

const SSH_PORT: u16 = 22;

/// Where the system names ports.
const SERVICES: &str = "/etc/services";

/// Names that hold where the system has none.
const WELL_KNOWN: [(&str, u16); 3] = [("ssh", SSH_PORT), ("http", 80), ("https", 443)];

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

    /// Whether bans of a jail can cut it off that reach that far.
    pub(super) fn is_guarded_by(&self, jail: &str, reaches: &[Reach]) -> bool {
        // SSH may listen anywhere.
        jail.contains("ssh") || reaches.iter().any(|reach| self.is_in_reach(reach))
    }

    fn is_in_reach(&self, reach: &Reach) -> bool {
        match reach {
            Reach::Nothing => false,
            Reach::Ports(told) => told.iter().any(|ports| self.is_in(ports)),
            Reach::Everything => true,
        }
    }

    /// Whether one of the ports is among those that an action is told: `80,443`, `80 443`, `{ 80, 443 }`.
    fn is_in(&self, ports: &str) -> bool {
        let between = |c: char| c.is_whitespace() || ",{}".contains(c);
        let mut ports = ports.split(between).filter(|port| !port.is_empty());
        ports.any(|port| {
            port == "any"
                || is_odd(port)
                || self.is_named(port)
                || self.is_in_range(port)
                || self.is_unknown(port)
        })
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

    /// Whether a word is neither a range nor a number, nor a name that is known here; fail2ban's firewall may know it.
    fn is_unknown(&self, name: &str) -> bool {
        !name.contains([':', '-']) && self.numbers(name).next().is_none()
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

/// Whether a word is neither a port nor a range nor the name of one.
fn is_odd(port: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-_:.+*".contains(c);
    !port.chars().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guards(own: &[u16], ports: &str) -> bool {
        let services = "# names\nhttp-alt\t8080/tcp webcache # it\nx 9/tcp\n".to_owned();
        let reach = Reach::Ports(vec![ports.to_owned()]);
        RemoteAccess::new(own, services).is_guarded_by("web", &[Reach::Nothing, reach])
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
            ("80 22", true),
            ("{80, 22}", true),
            ("80;443", true),
            ("!80", true),
            ("nobody-knows", true),
            ("nobodyknows", true),
            ("0x16", true),
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
    fn jail_that_bans_from_everything_or_is_called_ssh_guards_whatever_port_it_is_told() {
        let access = RemoteAccess::new(&[], String::new());
        let ports = |ports: &str| Reach::Ports(vec!["25".to_owned(), ports.to_owned()]);
        for (name, reach, wanted) in [
            ("web", Reach::Everything, true),
            ("web", Reach::Nothing, false),
            ("web", ports("80"), false),
            ("web", ports("22"), true),
            ("my-sshd", ports("2222"), true),
        ] {
            let reaches = [Reach::Nothing, reach];
            assert_eq!(access.is_guarded_by(name, &reaches), wanted, "{reaches:?}");
        }
    }
}
