//! Three network namespaces in a row: outside, the host whose packet filter is tried, and what is behind it.
use std::{
    collections::HashSet,
    fmt::Write as _,
    net::{IpAddr, SocketAddr},
    os::fd::OwnedFd,
    sync::atomic::{AtomicU16, Ordering},
    time::{Duration, Instant},
};

use firewall::truth::Protocol;
use rustix::{
    net::{
        AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, bind, connect, recvfrom,
        sendto, socket_with,
    },
    thread::{CpuSet, sched_setaffinity},
};

use crate::namespace::Namespace;

/// The host's addresses.
pub(crate) const HOST: &str = "203.0.113.1";
pub(crate) const HOST_V6: &str = "2001:db8:1::1";
/// Those behind it.
pub(crate) const BEHIND: &str = "10.7.7.2";
pub(crate) const BEHIND_V6: &str = "2001:db8:7::2";
/// Senders outside.
pub(crate) const SENDERS: [&str; 6] = [
    "198.51.100.7",
    "198.51.100.200",
    "203.0.113.77",
    "10.9.9.9",
    "2001:db8:bad::7",
    "2001:db8:900d::7",
];
/// Of which raw sockets listen: ICMP, TCP, UDP, GRE, ICMP of IPv6.
const PROTOCOLS: [u32; 5] = [1, 6, 17, 47, 58];
/// A packet passes at most as many interfaces, answers included.
const HOPS: usize = 6;
/// How long interfaces may take to come up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A packet that is told apart from all others: by its protocol, its sender and, where it has one, its source port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Trace {
    pub(crate) protocol: u8,
    pub(crate) sender: IpAddr,
    pub(crate) mark: u16,
}

/// The three namespaces, joined.
pub(crate) struct Ground {
    pub(crate) host: Namespace,
    outside: Namespace,
    /// Kept for its raw sockets.
    _behind: Namespace,
    at_host: Vec<OwnedFd>,
    at_behind: Vec<OwnedFd>,
    /// The source port, or what stands for it, of the last packet.
    last_mark: AtomicU16,
}

impl Ground {
    pub(crate) fn make() -> Self {
        // All packets are worked on by one processor, one after the other, so that one that comes last says that all
        // others have come or never will.
        let mut one = CpuSet::new();
        one.set(0);
        sched_setaffinity(None, &one).unwrap();
        let [outside, host, behind] = [(); 3].map(|()| Namespace::make());
        outside.join("out", &host, "wan");
        host.join("lan", &behind, "eth");
        for (namespace, interface, own, peer, addresses) in [
            (
                &outside,
                "out",
                "01",
                "02",
                vec!["203.0.113.2/24", "2001:db8:1::2/64"],
            ),
            (
                &host,
                "wan",
                "02",
                "01",
                vec!["203.0.113.1/24", "2001:db8:1::1/64"],
            ),
            (
                &host,
                "lan",
                "03",
                "04",
                vec!["10.7.7.1/24", "2001:db8:7::1/64"],
            ),
            (
                &behind,
                "eth",
                "04",
                "03",
                vec!["10.7.7.2/24", "2001:db8:7::2/64"],
            ),
        ] {
            set_up(namespace, interface, own, peer, &addresses);
        }
        outside.shell(
            &SENDERS
                .map(|sender| format!("ip addr add {sender} dev out nodad\n"))
                .concat(),
        );
        outside.shell(
            "ip route add 10.7.7.0/24 via 203.0.113.1\n\
             ip route add 2001:db8:7::/64 via 2001:db8:1::1",
        );
        host.shell("ip route add default via 203.0.113.2\nip route add default via 2001:db8:1::2");
        behind.shell("ip route add default via 10.7.7.1\nip route add default via 2001:db8:7::1");
        let ground = Self {
            at_host: host.within(listeners),
            at_behind: behind.within(listeners),
            host,
            outside,
            _behind: behind,
            last_mark: AtomicU16::new(20_000),
        };
        ground.warm_up();
        ground
    }

    /// Interfaces that have just come up lose packets for a while.
    fn warm_up(&self) {
        let started = Instant::now();
        for sender in SENDERS {
            let (host, behind) = if sender.contains(':') {
                (HOST_V6, BEHIND_V6)
            } else {
                (HOST, BEHIND)
            };
            for to in [host, behind] {
                while !self.passes(sender, to) {
                    let waited = started.elapsed();
                    assert!(waited < PATIENCE, "nothing from {sender} comes to {to}");
                }
            }
        }
    }

    fn passes(&self, sender: &str, to: &str) -> bool {
        let trace = self.send(sender, Protocol::Udp, (to, 9));
        let (at_host, at_behind) = self.arrived();
        at_host.contains(&trace) || at_behind.contains(&trace)
    }

    /// Sends a new packet, and answers how it is told apart.
    pub(crate) fn send(&self, from: &str, protocol: Protocol, to: (&str, u16)) -> Trace {
        let sender: IpAddr = from.parse().unwrap();
        let to = SocketAddr::new(to.0.parse().unwrap(), to.1);
        let mark = self.last_mark.fetch_add(1, Ordering::Relaxed);
        self.outside.within(|| match protocol {
            Protocol::Tcp | Protocol::Udp => send_to_port((sender, mark).into(), protocol, to),
            _ => send_raw(sender, protocol.number(), to.ip(), mark),
        });
        Trace {
            protocol: protocol.number(),
            sender,
            mark,
        }
    }

    /// What has come to the host, and what has come behind it, since the last call.
    pub(crate) fn arrived(&self) -> (HashSet<Trace>, HashSet<Trace>) {
        self.outside.within(|| {
            let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
            let own = socket.local_addr().unwrap();
            for _ in 0..HOPS {
                socket.send_to(b"last", own).unwrap();
                socket.recv(&mut [0; 4]).unwrap();
            }
        });
        (drain(&self.at_host), drain(&self.at_behind))
    }
}

/// Addresses, and neighbours that need not be asked for theirs.
fn set_up(namespace: &Namespace, interface: &str, own: &str, peer: &str, addresses: &[&str]) {
    let mut lines = format!("ip link set {interface} address 02:00:00:00:00:{own}\n");
    for address in addresses {
        let (network, last) = (address.split('/').next().unwrap(), address);
        writeln!(lines, "ip addr add {last} dev {interface} nodad").unwrap();
        let other = other_end(network);
        writeln!(
            lines,
            "ip neigh replace {other} lladdr 02:00:00:00:00:{peer} dev {interface} nud permanent"
        )
        .unwrap();
    }
    for (setting, value) in [
        ("ipv4/ip_forward".to_owned(), 1),
        ("ipv6/conf/all/forwarding".to_owned(), 1),
        ("ipv4/conf/all/rp_filter".to_owned(), 0),
        (format!("ipv4/conf/{interface}/rp_filter"), 0),
    ] {
        writeln!(lines, "echo {value} > /proc/sys/net/{setting}").unwrap();
    }
    namespace.shell(&lines);
}

/// `…1` and `…2` face each other.
fn other_end(address: &str) -> String {
    let (begin, last) = address.split_at(address.len() - 1);
    format!("{begin}{}", if last == "1" { "2" } else { "1" })
}

fn family(address: IpAddr) -> AddressFamily {
    if address.is_ipv4() {
        AddressFamily::INET
    } else {
        AddressFamily::INET6
    }
}

fn raw(family: AddressFamily, protocol: u32) -> OwnedFd {
    let protocol = rustix::net::Protocol::from_raw(protocol.try_into().unwrap());
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    socket_with(family, SocketType::RAW, flags, Some(protocol)).unwrap()
}

/// Sockets that see all packets that the packet filter delivers.
fn listeners() -> Vec<OwnedFd> {
    PROTOCOLS
        .iter()
        .flat_map(|protocol| {
            [AddressFamily::INET, AddressFamily::INET6].map(|family| {
                let socket = raw(family, *protocol);
                rustix::net::sockopt::set_socket_recv_buffer_size_force(&socket, 8 << 20).unwrap();
                socket
            })
        })
        .collect()
}

fn send_to_port(sender: SocketAddr, protocol: Protocol, to: SocketAddr) {
    let kind = match protocol {
        Protocol::Tcp => SocketType::STREAM,
        _ => SocketType::DGRAM,
    };
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(family(sender.ip()), kind, flags, None).unwrap();
    bind(&socket, &sender).unwrap();
    let _ = connect(&socket, &to);
    if protocol == Protocol::Udp {
        // An answer to an earlier one may say that nobody listens.
        let _ = rustix::net::send(&socket, b"new", SendFlags::empty());
    }
}

/// An echo request, or something that only its mark tells apart.
fn send_raw(sender: IpAddr, protocol: u8, to: IpAddr, mark: u16) {
    let socket = raw(family(sender), u32::from(protocol));
    bind(&socket, &SocketAddr::new(sender, 0)).unwrap();
    let [high, low] = mark.to_be_bytes();
    let mut packet = match protocol {
        1 => vec![8, 0, 0, 0, high, low, 0, 0],
        58 => vec![128, 0, 0, 0, high, low, 0, 0],
        _ => vec![0, 0, 0, 0, high, low, 0, 0],
    };
    if protocol == 1 {
        // The kernel does it for IPv6 alone.
        let sum = packet
            .chunks(2)
            .map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]])))
            .sum::<u32>();
        let sum = !u16::try_from((sum & 0xffff) + (sum >> 16)).unwrap();
        packet[2..4].copy_from_slice(&sum.to_be_bytes());
    }
    sendto(
        &socket,
        &packet,
        SendFlags::empty(),
        &SocketAddr::new(to, 0),
    )
    .unwrap();
}

fn drain(sockets: &[OwnedFd]) -> HashSet<Trace> {
    let mut traces = HashSet::new();
    for (place, socket) in sockets.iter().enumerate() {
        let protocol = PROTOCOLS[place / 2];
        let mut buffer = [0; 2048];
        loop {
            let received = recvfrom(socket, buffer.as_mut_slice(), RecvFlags::empty());
            let Ok((length, _, Some(from))) = received else {
                assert_eq!(received.unwrap_err(), rustix::io::Errno::AGAIN);
                break;
            };
            let sender = SocketAddr::try_from(from).unwrap().ip();
            let packet = &buffer[..length];
            // Those of IPv4 have their header.
            let above = match sender {
                IpAddr::V4(_) => &packet[usize::from(packet[0] & 15) * 4..],
                IpAddr::V6(_) => packet,
            };
            let at = match protocol {
                6 | 17 => 0,
                _ => 4,
            };
            traces.insert(Trace {
                protocol: u8::try_from(protocol).unwrap(),
                sender,
                mark: u16::from_be_bytes([above[at], above[at + 1]]),
            });
        }
    }
    traces
}
