//! The kernel's tables of TCP sockets as text, `/proc/net/tcp` and `/proc/net/tcp6`.
use std::{
    io::{self, BufRead},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// A connection, or a socket that waits for some. Others are of no interest here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Socket {
    /// Waits for connections on a port.
    Listening { port: u16, inode: u64 },
    /// A connection with somebody.
    Established {
        port: u16,
        remote: IpAddr,
        inode: u64,
    },
}

/// Reads a table. Lines that are no sockets (its head is one) say nothing.
pub(super) fn sockets(mut table: impl BufRead) -> io::Result<Vec<Socket>> {
    let mut sockets = Vec::new();
    let mut line = Vec::new();
    while table.read_until(b'\n', &mut line)? > 0 {
        sockets.extend(str::from_utf8(&line).ok().and_then(socket));
        line.clear();
    }
    Ok(sockets)
}

/// `sl local remote state queues timer retransmits uid timeout inode …`
fn socket(line: &str) -> Option<Socket> {
    const ESTABLISHED: &str = "01";
    const LISTENING: &str = "0A";
    let mut words = line.split_ascii_whitespace().skip(1);
    let (_, port) = end(words.next()?)?;
    let remote = words.next()?;
    let state = words.next()?;
    // Behind queues, timer, retransmits, user and timeout.
    let inode = words.nth(5)?.parse().ok()?;
    match state {
        LISTENING => Some(Socket::Listening { port, inode }),
        ESTABLISHED => Some(Socket::Established {
            port,
            remote: end(remote)?.0,
            inode,
        }),
        _ => None,
    }
}

/// `0100007F:0016`: words of 32 bits in the machine's byte order, one for IPv4 and four for IPv6, and the port.
fn end(text: &str) -> Option<(IpAddr, u16)> {
    let (address, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let word = |at: usize| {
        let digits = address.get(at * 8..(at + 1) * 8)?;
        Some(u32::from_str_radix(digits, 16).ok()?.to_ne_bytes())
    };
    let address = match address.len() {
        8 => IpAddr::V4(Ipv4Addr::from(word(0)?)),
        32 => {
            let words = [word(0)?, word(1)?, word(2)?, word(3)?];
            let bits = u128::from_be_bytes(words.concat().try_into().ok()?);
            domain::canonical(IpAddr::V6(Ipv6Addr::from(bits)))
        }
        _ => return None,
    };
    Some((address, port))
}

#[cfg(test)]
mod tests;
