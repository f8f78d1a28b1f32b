use std::os::unix::fs::symlink;

use super::*;

fn path(text: &str) -> ConfigPath {
    text.parse().unwrap()
}

#[test]
fn files_that_fail2ban_does_not_read_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    fs::create_dir(dir.join("jail.d")).unwrap();
    for name in [
        "jail.conf",
        "jail.conf.dpkg-old",
        "jail.d/a.local",
        "jail.d/.a.local.bangui-new",
    ] {
        fs::write(dir.join(name), "[DEFAULT]\n").unwrap();
    }
    symlink("nowhere", dir.join("jail.d/b.local")).unwrap();
    fs::create_dir(dir.join("jail.d/c.local")).unwrap();
    let files = read(dir).unwrap();
    let names: Vec<_> = files.keys().map(ConfigPath::as_str).collect();
    assert_eq!(names, ["jail.conf", "jail.d/a.local"]);
}

#[test]
fn link_within_the_folder_is_written_through_and_one_that_leads_out_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("fail2ban");
    fs::create_dir_all(dir.join("jail.d")).unwrap();
    fs::write(dir.join("real"), "").unwrap();
    fs::write(folder.path().join("outside"), "").unwrap();
    symlink("../real", dir.join("jail.d/in.local")).unwrap();
    symlink("../../outside", dir.join("jail.d/out.local")).unwrap();
    assert_eq!(
        target(&dir, &path("jail.d/in.local")).unwrap(),
        dir.canonicalize().unwrap().join("real")
    );
    fs::write(dir.join("jail.conf"), "").unwrap();
    symlink("../jail.conf", dir.join("jail.d/shipped.local")).unwrap();
    for name in ["jail.d/out.local", "jail.d/shipped.local"] {
        let refused = target(&dir, &path(name));
        assert!(
            matches!(refused, Err(ConfigError::Files { .. })),
            "{refused:?}"
        );
    }
}

#[test]
fn file_of_a_folder_that_is_not_there_yet_has_its_place_there() {
    let folder = tempfile::tempdir().unwrap();
    let place = target(folder.path(), &path("jail.d/zz-bangui.local")).unwrap();
    assert!(place.ends_with("jail.d/zz-bangui.local"));
}

#[test]
fn huge_file_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = File::create(folder.path().join("jail.local")).unwrap();
    file.set_len(MAX_FILE_BYTES + 1).unwrap();
    let error = read(folder.path()).unwrap_err();
    assert!(error.to_string().contains("jail.local"), "{error}");
}
