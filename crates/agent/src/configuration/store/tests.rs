use domain::{ConfigAuthor, StoredFile, Timestamp, VersionOrigin};

use super::*;
use crate::configuration::record;

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("state"), Disk::default()).unwrap();
    (folder, store)
}

fn version(id: u64, content: &[u8]) -> Version {
    let file = StoredFile {
        path: "jail.local".parse().unwrap(),
        sha256: sha256(content),
        size: content.len() as u64,
        mode: 0o644,
    };
    Version {
        files: vec![file],
        author: ConfigAuthor {
            name: Some("ada".to_owned()),
            address: None,
        },
        ..record::draft(
            VersionId(id),
            Timestamp::from_millis(0),
            VersionOrigin::Applied,
        )
    }
}

#[test]
fn content_is_given_back_and_damage_is_noticed() {
    let (_folder, store) = store();
    let hash = sha256(b"[sshd]\n");
    store.put(b"[sshd]\n", &hash).unwrap();
    assert_eq!(store.get(&hash).unwrap(), b"[sshd]\n");
    std::fs::write(store.object(&hash), b"[sshD]\n").unwrap();
    assert!(store.get(&hash).is_err());
}

#[test]
fn state_folder_is_for_its_owner_alone() {
    use std::os::unix::fs::MetadataExt as _;
    let (_folder, store) = store();
    let hash = sha256(b"secret");
    store.put(b"secret", &hash).unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!(mode(&store.root), FOLDER_MODE);
    assert_eq!(mode(&store.object(&hash)), FILE_MODE);
}

#[test]
fn temporary_files_of_a_death_are_gone_when_it_is_opened() {
    let (folder, store) = store();
    std::fs::write(store.root.join(".journal.bangui-new"), "half").unwrap();
    Store::open(&folder.path().join("state"), Disk::default()).unwrap();
    assert!(!store.root.join(".journal.bangui-new").exists());
}

#[test]
fn journal_that_cannot_be_read_is_an_error_and_not_nothing() {
    let (_folder, store) = store();
    assert_eq!(store.intent().unwrap(), None);
    std::fs::write(store.journal(), "{").unwrap();
    assert!(store.intent().is_err());
}

#[test]
fn pruning_keeps_the_newest_versions_and_every_content_that_they_have() {
    let (_folder, store) = store();
    for (id, content) in [(1, b"a"), (2, b"b"), (3, b"a"), (4, b"c")] {
        store.put(content, &sha256(content)).unwrap();
        store.keep_version(&version(id, content)).unwrap();
    }
    assert_eq!(store.next_version().unwrap(), VersionId(5));
    store.prune(2).unwrap();
    assert_eq!(
        store.version(VersionId(2)),
        Err(ConfigError::VersionNotFound(VersionId(2)))
    );
    assert!(store.get(&sha256(b"b")).is_err());
    assert!(store.get(&sha256(b"a")).is_ok() && store.get(&sha256(b"c")).is_ok());
    assert_eq!(store.newest().unwrap().unwrap().id, VersionId(4));
}
