//! Ports and protocols, and which of them a verdict is about.
use std::fmt;

/// A protocol above IP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// TCP; a new packet is a SYN.
    Tcp,
    /// UDP.
    Udp,
    /// ICMP of IPv4; a new packet is an echo request: all other kinds belong to something known or are ignored.
    Icmp,
    /// ICMP of IPv6; a new packet is an echo request.
    Icmpv6,
    /// Any other, by its number at IANA.
    Other(u8),
}

impl Protocol {
    /// The protocol with this number.
    #[must_use]
    pub const fn from_number(number: u8) -> Self {
        match number {
            1 => Self::Icmp,
            6 => Self::Tcp,
            17 => Self::Udp,
            58 => Self::Icmpv6,
            other => Self::Other(other),
        }
    }

    /// Its number at IANA.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Icmp => 1,
            Self::Tcp => 6,
            Self::Udp => 17,
            Self::Icmpv6 => 58,
            Self::Other(number) => number,
        }
    }

    /// Whether its packets go to a port that verdicts tell apart.
    #[must_use]
    pub const fn has_ports(self) -> bool {
        matches!(self, Self::Tcp | Self::Udp)
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp => f.write_str("tcp"),
            Self::Udp => f.write_str("udp"),
            Self::Icmp => f.write_str("icmp"),
            Self::Icmpv6 => f.write_str("icmpv6"),
            Self::Other(number) => write!(f, "protocol {number}"),
        }
    }
}

/// Where a new packet goes: a protocol, and the port where that has ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Service {
    /// The protocol.
    pub protocol: Protocol,
    /// The destination port that the sender wrote; `None` for a protocol without ports.
    pub port: Option<u16>,
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(f, "{} {port}", self.protocol),
            None => self.protocol.fmt(f),
        }
    }
}

/// Ports of one protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Services {
    /// The protocol.
    pub protocol: Protocol,
    /// The destination ports, as ascending ranges that do not touch; empty is the whole protocol.
    pub ports: Vec<(u16, u16)>,
}

impl fmt::Display for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.protocol.fmt(f)?;
        for (index, (first, last)) in self.ports.iter().enumerate() {
            f.write_str(if index == 0 { " " } else { "," })?;
            write!(f, "{first}")?;
            if first != last {
                write!(f, "-{last}")?;
            }
        }
        Ok(())
    }
}

/// Some of all ports and protocols. [`fmt::Display`] writes it as people do: "tcp 22,2222 and udp 53".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// These and nothing else; none at all where the list is empty.
    Only(Vec<Services>),
    /// All ports of all protocols but these; everything where the list is empty.
    AllBut(Vec<Services>),
}

impl Scope {
    /// Nothing.
    #[must_use]
    pub const fn nothing() -> Self {
        Self::Only(Vec::new())
    }

    /// All ports of all protocols.
    #[must_use]
    pub const fn everything() -> Self {
        Self::AllBut(Vec::new())
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub const fn is_nothing(&self) -> bool {
        matches!(self, Self::Only(services) if services.is_empty())
    }

    /// Whether there is nothing outside it.
    #[must_use]
    pub const fn is_everything(&self) -> bool {
        matches!(self, Self::AllBut(services) if services.is_empty())
    }

    /// Whether the service is in it.
    #[must_use]
    pub fn contains(&self, service: Service) -> bool {
        let named = |services: &[Services]| services.iter().any(|one| one.contains(service));
        match self {
            Self::Only(services) => named(services),
            Self::AllBut(services) => !named(services),
        }
    }
}

impl Services {
    fn contains(&self, service: Service) -> bool {
        if self.protocol != service.protocol {
            return false;
        }
        let within = |port: u16| {
            self.ports
                .iter()
                .any(|(first, last)| (*first..=*last).contains(&port))
        };
        self.ports.is_empty() || service.port.is_some_and(within)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let services = match self {
            Self::Only(services) if services.is_empty() => return f.write_str("nothing"),
            Self::AllBut(services) if services.is_empty() => return f.write_str("everything"),
            Self::Only(services) => services,
            Self::AllBut(services) => {
                f.write_str("everything but ")?;
                services
            }
        };
        let last = services.len().saturating_sub(1);
        for (index, one) in services.iter().enumerate() {
            match index {
                0 => {}
                index if index == last => f.write_str(" and ")?,
                _ => f.write_str(", ")?,
            }
            one.fmt(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn services(protocol: Protocol, ports: &[(u16, u16)]) -> Services {
        Services {
            protocol,
            ports: ports.to_vec(),
        }
    }

    #[test]
    fn scope_display_reads_as_people_write() {
        let ssh = services(Protocol::Tcp, &[(22, 22), (2200, 2222)]);
        let names = services(Protocol::Udp, &[(53, 53)]);
        let ping = services(Protocol::Icmp, &[]);
        for (scope, text) in [
            (Scope::nothing(), "nothing"),
            (Scope::everything(), "everything"),
            (Scope::Only(vec![ssh.clone()]), "tcp 22,2200-2222"),
            (
                Scope::Only(vec![ssh.clone(), names.clone(), ping]),
                "tcp 22,2200-2222, udp 53 and icmp",
            ),
            (
                Scope::AllBut(vec![ssh, names]),
                "everything but tcp 22,2200-2222 and udp 53",
            ),
        ] {
            assert_eq!(scope.to_string(), text);
        }
    }

    #[test]
    fn scope_contains_ranges_and_whole_protocols() {
        let only = Scope::Only(vec![
            services(Protocol::Tcp, &[(20, 22)]),
            services(Protocol::Icmp, &[]),
        ]);
        let but = match only.clone() {
            Scope::Only(services) | Scope::AllBut(services) => Scope::AllBut(services),
        };
        for (protocol, port, inside) in [
            (Protocol::Tcp, Some(20), true),
            (Protocol::Tcp, Some(22), true),
            (Protocol::Tcp, Some(23), false),
            (Protocol::Udp, Some(22), false),
            (Protocol::Icmp, None, true),
        ] {
            let service = Service { protocol, port };
            assert_eq!(only.contains(service), inside, "{service}");
            assert_eq!(but.contains(service), !inside, "{service}");
        }
    }
}
