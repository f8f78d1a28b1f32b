//! Who is logged in to this machine from elsewhere, as it is written down: `utmp`, and systemd-logind's sessions. What `wtmp` keeps has the form of `utmp`.
use std::{
    fs::{self, File},
    io::{self, Read as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::Path,
};

use domain::Timestamp;

/// Far more than there are logins on any machine.
const MAX_UTMP_BYTES: u64 = 4 << 20;
/// A session's file has some hundred bytes.
const MAX_SESSION_BYTES: u64 = 64 << 10;

/// Where things are in a record of glibc's `utmp`, which depends on whether its times have 32 or 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Bytes of a record.
    pub(crate) record: usize,
    /// Where the time is: seconds, then microseconds of the same size, up to the address.
    time: usize,
    address: usize,
}

impl Layout {
    const NARROW: Self = Self {
        record: 384,
        time: 340,
        address: 348,
    };
    const WIDE: Self = Self {
        record: 400,
        time: 344,
        address: 360,
    };

    /// Of this machine.
    pub(crate) const fn native() -> Self {
        if cfg!(any(target_arch = "aarch64", target_arch = "loongarch64")) {
            Self::WIDE
        } else {
            Self::NARROW
        }
    }

    /// Seconds since the Unix epoch; those of 32 bits have no sign.
    fn seconds(self, record: &[u8]) -> Option<i64> {
        let bytes = record.get(self.time..)?;
        if self.address - self.time == 2 * size_of::<u32>() {
            Some(u32::from_ne_bytes(*bytes.first_chunk()?).into())
        } else {
            Some(i64::from_ne_bytes(*bytes.first_chunk()?))
        }
    }
}

/// A record of `utmp` or `wtmp`. Anything can be in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    /// What it tells, as one of glibc's numbers.
    kind: i16,
    /// The process that stands for it.
    pub(super) pid: i32,
    /// When.
    pub(crate) at: Timestamp,
    /// From where, if not from the machine itself.
    pub(crate) from: Option<IpAddr>,
}

impl Record {
    /// Whether it is of somebody who has logged in.
    pub(crate) fn is_login(&self) -> bool {
        const USER_PROCESS: i16 = 7;
        self.kind == USER_PROCESS
    }

    /// Whether it tells something of those that glibc knows.
    pub(crate) fn is_told(&self) -> bool {
        const RUN_LEVEL: i16 = 1;
        const ACCOUNTING: i16 = 9;
        (RUN_LEVEL..=ACCOUNTING).contains(&self.kind)
    }
}

/// The addresses of the logins in `utmp` whose process still runs; a login that ended without a word leaves its record. A missing file says nothing.
pub(super) fn in_utmp(utmp: &Path, proc: &Path) -> io::Result<Vec<IpAddr>> {
    let mut bytes = Vec::new();
    match File::open(utmp).and_then(|file| file.take(MAX_UTMP_BYTES).read_to_end(&mut bytes)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            let what = format!("{}: {error}", utmp.display());
            return Err(io::Error::new(error.kind(), what));
        }
        Ok(_) => {}
    }
    Ok(records(&bytes, Layout::native())
        .filter(Record::is_login)
        .filter(|login| proc.join(login.pid.to_string()).exists())
        .filter_map(|login| login.from)
        .collect())
}

/// The records in the bytes of `utmp`; what is left of one at the end is none.
pub(crate) fn records(bytes: &[u8], layout: Layout) -> impl Iterator<Item = Record> {
    bytes
        .chunks_exact(layout.record)
        .filter_map(move |record| read(record, layout))
}

fn read(record: &[u8], layout: Layout) -> Option<Record> {
    const PID: usize = 4;
    const HOST: std::ops::Range<usize> = 76..76 + 256;
    let address: [u8; 16] = record.get(layout.address..)?.first_chunk().copied()?;
    Some(Record {
        kind: i16::from_ne_bytes(record.first_chunk().copied()?),
        pid: i32::from_ne_bytes(record.get(PID..)?.first_chunk().copied()?),
        at: Timestamp::from_millis(0).plus_seconds(layout.seconds(record)?),
        from: address_of(address).or_else(|| named(record.get(HOST)?)),
    })
}

/// Four bytes for IPv4, with zeros behind them; all are in network order. Zeros say that it is not known.
fn address_of(bytes: [u8; 16]) -> Option<IpAddr> {
    let bits = u128::from_be_bytes(bytes);
    if bits == 0 {
        return None;
    }
    let [a, b, c, d, rest @ ..] = bytes;
    if rest.iter().all(|byte| *byte == 0) {
        return Some(IpAddr::V4(Ipv4Addr::new(a, b, c, d)));
    }
    Some(domain::canonical(IpAddr::V6(Ipv6Addr::from(bits))))
}

/// The address in the field for the host's name, where programs write one: `192.0.2.7`, `fe80::1%eth0`, `192.0.2.7 via mosh [4711]`.
fn named(host: &[u8]) -> Option<IpAddr> {
    let text = host.split(|byte| *byte == 0).next()?;
    let word = str::from_utf8(text).ok()?.split_ascii_whitespace().next()?;
    address_in(word)
}

/// An address, maybe with a zone behind it.
pub(crate) fn address_in(text: &str) -> Option<IpAddr> {
    let address = text.split('%').next()?.parse().ok()?;
    Some(domain::canonical(address))
}

/// The addresses of the sessions that systemd-logind keeps, a file each; where there is no such folder it keeps none.
///
/// Newer machines have no `utmp` any more. `sd_session_get_remote_host` of systemd's library reads the same lines.
pub(super) fn at_logind(folder: &Path) -> Vec<IpAddr> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries
        .filter_map(Result::ok)
        // Beside the files there are pipes, which would not be read to an end.
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .filter_map(|entry| {
            let mut bytes = Vec::new();
            let file = File::open(entry.path()).ok()?;
            file.take(MAX_SESSION_BYTES).read_to_end(&mut bytes).ok()?;
            remote_host(&String::from_utf8_lossy(&bytes))
        })
        .collect()
}

/// Where a session comes from, unless it is about to end.
pub(super) fn remote_host(session: &str) -> Option<IpAddr> {
    let value = |name: &str| {
        session.lines().find_map(|line| {
            Some(
                line.strip_prefix(name)?
                    .strip_prefix('=')?
                    .trim_matches('"'),
            )
        })
    };
    if value("STATE") == Some("closing") {
        return None;
    }
    address_in(value("REMOTE_HOST")?)
}

#[cfg(test)]
pub(crate) mod tests;
