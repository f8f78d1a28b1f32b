use std::fs;

use super::*;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["jail.d", "filter.d", "action.d"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("fail2ban.conf", "[Definition]\nloglevel = INFO\n");
    let log = folder.path().join("log");
    fs::write(&log, "").unwrap();
    let jail = format!(
        "[a]\nenabled = true\nfilter = f\naction =\nlogpath = {}\n",
        log.display()
    );
    write("jail.conf", &jail);
    write("filter.d/f.conf", "[Definition]\nfailregex = ^<HOST>$\n");
    folder
}

fn read(reader: &ConfigReader, folder: &tempfile::TempDir) -> Arc<Reading> {
    reader.read(folder.path(), &Version::parse("1.0.2"))
}

#[test]
fn configuration_is_read_once_until_a_file_a_folder_or_a_log_changes() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let reader = ConfigReader::default();
    let mut last = read(&reader, &folder);
    assert!(Arc::ptr_eq(&last, &read(&reader, &folder)));
    let changes: [(&str, &dyn Fn()); 5] = [
        ("a file", &|| {
            fs::write(at("jail.conf"), "[b]\n").unwrap();
        }),
        ("a new file", &|| {
            fs::write(
                at("jail.d/x.local"),
                "[a]\nenabled = true\nlogpath = /nowhere\n",
            )
            .unwrap();
        }),
        ("a file that goes", &|| {
            fs::remove_file(at("jail.d/x.local")).unwrap();
        }),
        ("a file put in its place", &|| {
            fs::write(at("new"), "[c]\n").unwrap();
            fs::rename(at("new"), at("jail.conf")).unwrap();
        }),
        ("the folder", &|| {
            fs::rename(at("jail.d"), at("elsewhere")).unwrap();
        }),
    ];
    for (what, change) in changes {
        change();
        let next = read(&reader, &folder);
        assert!(!Arc::ptr_eq(&last, &next), "{what}");
        assert!(Arc::ptr_eq(&next, &read(&reader, &folder)), "{what}");
        last = next;
    }
}

#[test]
fn log_that_goes_is_seen_though_no_file_of_the_configuration_changed() {
    let folder = folder();
    let reader = ConfigReader::default();
    let before = read(&reader, &folder);
    assert_eq!(
        before.config.jail("a").unwrap().warnings.len(),
        1,
        "no action"
    );
    fs::remove_file(folder.path().join("log")).unwrap();
    let after = read(&reader, &folder);
    assert!(after.config.jail("a").unwrap().warnings.len() > 1);
}

#[test]
fn files_that_did_not_change_are_not_read_again() {
    let folder = folder();
    let reader = ConfigReader::default();
    let path = folder.path().join("filter.d/f.conf");
    let path = path.to_str().unwrap();
    let before = read(&reader, &folder).files.tree(path).unwrap();
    fs::write(folder.path().join("jail.d/x.local"), "[x]\n").unwrap();
    let after = read(&reader, &folder).files.tree(path).unwrap();
    assert!(Arc::ptr_eq(&before, &after));
}
