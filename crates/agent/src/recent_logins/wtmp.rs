//! The machine's record of logins, `wtmp`, to which every program that lets a user in adds.
use std::{fs::File, io, os::unix::fs::FileExt as _, path::Path};

use domain::LoginWay;

use super::{collected::Collected, logs::put_aside};
use crate::guard::logins::{Layout, records};

/// What is read of its end: far more logins than a month has on any machine that people log in to.
const MAX_RECORDS: u64 = 20_000;

/// Reads the end of the record, and of the one that a rotation put aside last. Blocks.
pub(super) fn read(wtmp: &Path, collected: &mut Collected) {
    for path in [wtmp.to_owned(), put_aside(wtmp)] {
        match end(&path) {
            Ok(bytes) => take(&bytes, collected),
            // Newer machines have none.
            Err(error) => {
                tracing::debug!(%error, path = %path.display(), "the record of logins cannot be read");
            }
        }
    }
}

/// The last records, whole ones from where records begin.
fn end(path: &Path) -> io::Result<Vec<u8>> {
    let file = regular(path)?;
    let size = u64::try_from(Layout::native().record).unwrap_or(u64::MAX);
    let whole = file.metadata()?.len() / size;
    let read = whole.min(MAX_RECORDS);
    let mut bytes = vec![0; usize::try_from(read * size).unwrap_or(0)];
    file.read_exact_at(&mut bytes, (whole - read) * size)?;
    Ok(bytes)
}

fn take(bytes: &[u8], collected: &mut Collected) {
    for record in records(bytes, Layout::native()) {
        if !record.is_told() {
            continue;
        }
        collected.told(record.at);
        if let Some(address) = record.from.filter(|_| record.is_login()) {
            collected.login(address, record.at, LoginWay::Login);
        }
    }
}

/// Opens what is a file; opening a pipe would wait for its writer.
pub(super) fn regular(path: &Path) -> io::Result<File> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    File::open(path)
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use domain::Timestamp;
    use proptest::prelude::*;

    use super::*;
    use crate::guard::logins::tests::{record, timed};

    const NOW: Timestamp = Timestamp::from_millis(1_795_456_623_000);
    const BOOT: i16 = 2;
    const LOGIN: i16 = 7;
    const LOGOUT: i16 = 8;

    fn made(kind: i16, address: &str, seconds_ago: i64) -> Vec<u8> {
        let native = Layout::native();
        let bytes = record(native, kind, 1, "", address.parse().ok());
        timed(bytes, native, NOW.plus_seconds(-seconds_ago))
    }

    /// What is found in a file, and whether it is known.
    fn found(bytes: &[u8]) -> (bool, Vec<IpAddr>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wtmp");
        std::fs::write(&path, bytes).unwrap();
        let mut collected = Collected::new(NOW);
        read(&path, &mut collected);
        let all = collected.finish();
        let ever = ["0.0.0.0/0", "::/0"].map(|network| all.within(network.parse().unwrap()));
        let known = ever[0].known;
        let items = ever.into_iter().flat_map(|within| within.items);
        (known, items.map(|login| login.address).collect())
    }

    fn ips(texts: &[&str]) -> Vec<IpAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn record_has_logins_from_elsewhere_in_the_last_days() {
        let month = 30 * 86_400;
        let file = [
            made(BOOT, "", 50),
            made(LOGIN, "192.0.2.7", 40),
            made(LOGIN, "::ffff:192.0.2.8", 30),
            made(LOGIN, "2001:db8::7", 20),
            made(LOGIN, "", 10),
            made(LOGOUT, "192.0.2.9", 5),
            made(LOGIN, "192.0.2.10", month + 1),
            made(LOGIN, "192.0.2.11", -2 * 86_400),
        ]
        .concat();
        assert_eq!(
            found(&file),
            (true, ips(&["192.0.2.8", "192.0.2.7", "2001:db8::7"]))
        );
    }

    #[test]
    fn record_cut_off_in_the_middle_is_read_up_to_there() {
        let file = [made(LOGIN, "192.0.2.7", 40), made(LOGIN, "192.0.2.8", 30)].concat();
        assert_eq!(found(&file[..file.len() - 1]), (true, ips(&["192.0.2.7"])));
        assert_eq!(found(&file[..100]), (false, Vec::new()));
        assert_eq!(found(b""), (false, Vec::new()));
    }

    #[test]
    fn record_that_is_not_kept_any_more_makes_nothing_known() {
        let old = made(BOOT, "", 31 * 86_400);
        assert_eq!(found(&old), (false, Vec::new()));
        assert_eq!(found(&made(BOOT, "", 86_400)), (true, Vec::new()));
    }

    #[test]
    fn record_of_very_many_logins_is_read_from_its_end() {
        let mut file = made(LOGIN, "192.0.2.7", 40);
        for _ in 0..MAX_RECORDS {
            file.extend(made(LOGOUT, "", 30));
        }
        assert_eq!(found(&file), (true, Vec::new()));
        file.extend(made(LOGIN, "192.0.2.8", 20));
        assert_eq!(found(&file), (true, ips(&["192.0.2.8"])));
    }

    #[test]
    fn record_that_was_put_aside_is_read_too_and_a_missing_one_is_not_known() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wtmp");
        std::fs::write(put_aside(&path), made(LOGIN, "192.0.2.7", 40)).unwrap();
        let mut collected = Collected::new(NOW);
        read(&path, &mut collected);
        let within = collected.finish().within("192.0.2.7/32".parse().unwrap());
        assert_eq!((within.known, within.total), (true, 1));
        let mut collected = Collected::new(NOW);
        read(folder.path(), &mut collected);
        let within = collected.finish().within("0.0.0.0/0".parse().unwrap());
        assert_eq!((within.known, within.total), (false, 0));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..4_000)) {
            let (_, addresses) = found(&bytes);
            prop_assert!(addresses.len() <= bytes.len() / Layout::native().record);
        }

        #[test]
        fn any_login_is_read_without_harm(mut bytes in prop::collection::vec(any::<u8>(), 400)) {
            bytes[..2].copy_from_slice(&LOGIN.to_ne_bytes());
            prop_assert!(found(&bytes).1.len() <= 1);
        }
    }
}
