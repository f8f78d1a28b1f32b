//! Three network namespaces in a row: outside, the host with the table, and what is behind it, such as a container.
use std::{
    net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use firewall::{Backend, Ban, Content, Hits, Loaded, Table, TableError};
use ipnet::IpNet;

use crate::namespace::Namespace;

/// How long anything may take that must come.
const PATIENCE: Duration = Duration::from_secs(30);

impl Namespace {
    /// Runs a program there and answers what it printed.
    pub(crate) fn run(&self, line: &str) -> String {
        let mut words = line.split_whitespace();
        let output = self
            .command(words.next().unwrap())
            .args(words)
            .output()
            .unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}: {complaint}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// A socket that does not wait.
    pub(crate) fn udp(&self, address: &str) -> UdpSocket {
        let socket = self.within(|| UdpSocket::bind(address).unwrap());
        socket.set_nonblocking(true).unwrap();
        socket
    }

    fn addresses(&self, interface: &str, addresses: &[&str]) {
        for address in addresses {
            self.run(&format!("ip addr add {address} dev {interface} nodad"));
        }
    }

    fn forward(&self) {
        self.within(|| {
            let conf = "/proc/sys/net";
            std::fs::write(format!("{conf}/ipv4/ip_forward"), "1").unwrap();
            std::fs::write(format!("{conf}/ipv6/conf/all/forwarding"), "1").unwrap();
            for interface in ["all", "default"] {
                std::fs::write(format!("{conf}/ipv4/conf/{interface}/rp_filter"), "0").unwrap();
            }
        });
    }
}

/// What became of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Delivered,
    Dropped,
}

/// The host's addresses.
pub(crate) const HOST: &str = "203.0.113.1:9000";
pub(crate) const HOST_V6: &str = "[2001:db8:1::1]:9000";
/// The address behind the host.
pub(crate) const BEHIND: &str = "10.7.7.2:9000";
pub(crate) const BEHIND_V6: &str = "[2001:db8:7::2]:9000";
/// Senders outside, all in other networks of /24 and /64.
pub(crate) const BAD: &str = "198.51.100.7";
pub(crate) const GOOD: &str = "192.0.2.7";
pub(crate) const BAD_V6: &str = "2001:db8:bad::7";
pub(crate) const GOOD_V6: &str = "2001:db8:900d::7";

/// The three namespaces, joined, with addresses and routes, and a table of the one in the middle.
pub(crate) struct Ground {
    pub(crate) outside: Namespace,
    pub(crate) host: Namespace,
    pub(crate) behind: Namespace,
    pub(crate) table: Table,
    sent: AtomicU64,
}

impl Ground {
    pub(crate) async fn make(backend: Backend) -> Self {
        let [outside, host, behind] = [(); 3].map(|()| Namespace::make());
        outside.join("out", &host, "wan");
        host.join("lan", &behind, "eth");
        for namespace in [&outside, &host, &behind] {
            namespace.forward();
        }
        outside.addresses("out", &["203.0.113.2/24", "2001:db8:1::2/64"]);
        outside.addresses(
            "out",
            &["198.51.100.7/24", "198.51.100.8/24", "192.0.2.7/24"],
        );
        outside.addresses("out", &["2001:db8:bad::7/64", "2001:db8:900d::7/64"]);
        host.addresses("wan", &["203.0.113.1/24", "2001:db8:1::1/64"]);
        host.addresses("lan", &["10.7.7.1/24", "2001:db8:7::1/64"]);
        behind.addresses("eth", &["10.7.7.2/24", "2001:db8:7::2/64"]);
        host.run("ip route add default via 203.0.113.2");
        host.run("ip route add default via 2001:db8:1::2");
        behind.run("ip route add default via 10.7.7.1");
        behind.run("ip route add default via 2001:db8:7::1");
        outside.run("ip route add 10.7.7.0/24 via 203.0.113.1");
        outside.run("ip route add 2001:db8:7::/64 via 2001:db8:1::1");
        let table = Table::with(host.place(), "bangui".parse().unwrap(), backend);
        Self {
            table: table.await.unwrap(),
            outside,
            host,
            behind,
            sent: AtomicU64::new(0),
        }
    }

    pub(crate) async fn load(&self, content: Content) -> Loaded {
        self.table.load(Arc::new(content)).await.unwrap()
    }

    pub(crate) async fn dropped(&self, sender: IpAddr) -> u64 {
        match self.table.hits().await {
            // Where there is no table, nothing is dropped.
            Err(TableError::Absent) => 0,
            hits => packets_of(&hits.unwrap(), sender),
        }
    }

    /// Sends a packet from an address outside to one of the host, and waits until it has come, or is counted as dropped.
    pub(crate) async fn fate(&self, sender: &str) -> Fate {
        let to = if sender.contains(':') { HOST_V6 } else { HOST };
        let receiver = self.host.udp(any(to));
        self.fate_at(sender, to, &receiver).await
    }

    pub(crate) async fn fate_at(&self, sender: &str, to: &str, receiver: &UdpSocket) -> Fate {
        let sender: IpAddr = sender.parse().unwrap();
        let socket = self.outside.udp(&SocketAddr::new(sender, 0).to_string());
        let before = self.dropped(sender).await;
        let number = self.sent.fetch_add(1, Ordering::Relaxed);
        socket.send_to(&number.to_be_bytes(), to).unwrap();
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            let mut buffer = [0; 8];
            match receiver.recv_from(&mut buffer) {
                Ok((8, _)) if u64::from_be_bytes(buffer) == number => return Fate::Delivered,
                Ok(_) | Err(_) => {}
            }
            if self.dropped(sender).await > before {
                return Fate::Dropped;
            }
        }
        panic!("a packet from {sender} to {to} is neither there nor counted");
    }

    pub(crate) async fn assert_fates(&self, fates: &[(&str, Fate)]) {
        for (sender, fate) in fates {
            assert_eq!(self.fate(sender).await, *fate, "{sender}");
        }
    }

    /// A connection from an address outside to the host, and its other end.
    pub(crate) fn connect(&self, sender: &str) -> (TcpStream, TcpStream) {
        let listener = self
            .host
            .within(|| TcpListener::bind("203.0.113.1:0").unwrap());
        let to = listener.local_addr().unwrap();
        let stream = self.outside.within(|| connect_from(sender, to));
        let (other, _) = listener.accept().unwrap();
        (stream, other)
    }
}

fn connect_from(sender: &str, to: SocketAddr) -> TcpStream {
    use rustix::net::{AddressFamily, SocketType, bind, connect, socket};
    let socket = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    let sender = SocketAddr::new(sender.parse().unwrap(), 0);
    bind(&socket, &sender).unwrap();
    connect(&socket, &to).unwrap();
    TcpStream::from(socket)
}

pub(crate) fn any(address: &str) -> &'static str {
    if address.starts_with('[') {
        "[::]:9000"
    } else {
        "0.0.0.0:9000"
    }
}

pub(crate) fn packets_of(hits: &Hits, sender: IpAddr) -> u64 {
    let of = |hits: &&firewall::AddressHits| hits.address == sender;
    hits.by_address
        .iter()
        .find(of)
        .map_or(0, |hits| hits.dropped.packets)
}

pub(crate) fn nets(texts: &[&str]) -> Vec<IpNet> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

pub(crate) fn blocking(texts: &[&str]) -> Content {
    Content {
        blocked: nets(texts),
        ..Content::default()
    }
}

pub(crate) fn ban(network: &str, seconds: Option<u64>) -> Ban {
    Ban {
        network: network.parse().unwrap(),
        remaining: seconds.map(Duration::from_secs),
    }
}

/// Waits until something is so.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let started = Instant::now();
    while !is_so().await {
        assert!(started.elapsed() < PATIENCE, "not in time: {what}");
        tokio::task::yield_now().await;
    }
}
