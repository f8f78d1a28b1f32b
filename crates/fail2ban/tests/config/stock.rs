//! What the stock configuration means, against fail2ban's own reader.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use fail2ban::config::files::{Disk, Overlay, Sources};
use fail2ban::config::{Config, Layer, Origin};
use fail2ban::dump::{DumpLimits, parse_stream};
use fail2ban::{Value, Version};
use tempfile::TempDir;

use super::oracle::{ask, compare, packages, read, root, variant};

fn stock() -> PathBuf {
    root().join("etc/fail2ban")
}

fn enabling(jail: &str) -> String {
    format!("[{jail}]\nenabled = true\n")
}

fn stock_jails() -> Vec<String> {
    let config = read(&stock(), &Version::parse("1.0.2"));
    config.jails().map(|jail| jail.name.clone()).collect()
}

#[test]
fn the_stock_configuration_means_what_fail2ban_says() {
    let compared = compare(&[stock()]);
    assert_eq!(compared.streams, 1);
    println!("the stock configuration: {compared:?}");
}

#[test]
fn each_stock_jail_means_what_fail2ban_says() {
    let folder = tempfile::tempdir().unwrap();
    let jails = stock_jails();
    assert!(jails.len() > 90, "only {} jails", jails.len());
    let mut folders = Vec::new();
    for name in jails.iter().map(String::as_str).chain(["*"]) {
        let own = folder.path().join(folders.len().to_string());
        variant(&stock(), &own);
        let chosen = jails.iter().filter(|jail| name == "*" || *jail == name);
        let text: Vec<String> = chosen.map(|jail| enabling(jail)).collect();
        fs::write(own.join("jail.d/zz.local"), text.concat()).unwrap();
        folders.push(own);
    }
    let compared = compare(&folders);
    assert_eq!(compared.streams, folders.len());
    assert!(compared.commands > 1_000);
    println!(
        "{} stock jails, one by one and all at once: {compared:?}",
        jails.len()
    );
}

#[test]
fn the_configuration_of_fail2bans_own_tests_means_what_fail2ban_says() {
    let tests = packages().join("fail2ban/tests/config");
    let names = read(&tests, &Version::parse("1.0.2"));
    let names: Vec<String> = names.jails().map(|jail| jail.name.clone()).collect();
    let folder = tempfile::tempdir().unwrap();
    let mut folders = vec![tests.clone()];
    for name in &names {
        let own = folder.path().join(folders.len().to_string());
        variant(&tests, &own);
        fs::write(own.join("jail.d/zz.local"), enabling(name)).unwrap();
        folders.push(own);
    }
    let compared = compare(&folders);
    assert!(
        names.len() > 15 && compared.skipped_jails > 2,
        "{names:?} {compared:?}"
    );
    println!(
        "{} jails of fail2ban's own tests: {compared:?}",
        names.len()
    );
}

/// What `fail2ban-client -d` prints for a folder.
fn dump(folder: &Path) -> Vec<Vec<Value>> {
    let output = Command::new("/usr/bin/python3")
        .arg(root().join("usr/bin/fail2ban-client"))
        .env("PYTHONPATH", packages())
        .arg("-c")
        .arg(folder)
        .arg("-d")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    parse_stream(&text, &DumpLimits::default()).unwrap()
}

#[test]
fn the_stream_is_the_one_that_the_client_prints() {
    let folder = tempfile::tempdir().unwrap();
    let (version, _) = ask(&[]);
    let jails = ["sshd", "nginx-http-auth", "postfix", "recidive"];
    for name in jails {
        let own = folder.path().join(name);
        variant(&stock(), &own);
        fs::write(own.join("jail.d/zz.local"), enabling(name)).unwrap();
        assert_eq!(read(&own, &version).stream().unwrap(), dump(&own), "{name}");
    }
    println!(
        "{} streams are those that fail2ban-client prints",
        jails.len()
    );
}

#[test]
fn an_overlay_means_what_the_written_files_mean() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("etc");
    variant(&stock(), &own);
    let version = Version::parse("1.0.2");
    let beneath: Arc<dyn Sources> = Arc::new(Disk::new(own.to_str().unwrap()));
    let text = b"[apache-auth]\nenabled = true\nmaxretry = 7\n";
    let overlay = Overlay::new(Arc::clone(&beneath)).with("jail.d/zz.local", text);
    let overlay: Arc<dyn Sources> =
        Arc::new(overlay.with("filter.d/apache-auth.local", b"[Init]\nmaxlines = 3\n"));
    let planned = Config::read(Arc::clone(&overlay), &version)
        .stream()
        .unwrap();
    assert_ne!(
        planned,
        Config::read(Arc::clone(&beneath), &version)
            .stream()
            .unwrap()
    );
    fs::write(own.join("jail.d/zz.local"), text).unwrap();
    let removed = Overlay::new(overlay).without("filter.d/apache-auth.local");
    let removed = Config::read(Arc::new(removed), &version).stream().unwrap();
    assert_ne!(removed, planned);
    assert_eq!(removed, read(&own, &version).stream().unwrap());
}

/// The stock configuration with changes of an administrator.
fn changed() -> (TempDir, Config) {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("etc");
    variant(&stock(), &own);
    let text = "[DEFAULT]\nbantime = 1h\n[sshd]\nmaxretry = 7\nbantime = %(default/bantime)s\nport=1%(bantime)s\n";
    fs::write(own.join("jail.local"), text).unwrap();
    fs::write(own.join("jail.d/zz.local"), "\n[sshd]\nmaxretry = 9\n").unwrap();
    let config = read(&own, &Version::parse("1.0.2"));
    (folder, config)
}

#[test]
fn each_value_says_where_it_comes_from_and_what_it_overrides() {
    let (_folder, config) = changed();
    let sshd = config.jail("sshd").unwrap();
    let maxretry = sshd.option("maxretry").unwrap();
    assert_eq!(maxretry.value, Value::Int(9));
    let place = |layer: &Layer| format!("{}:{} [{}]", layer.file, layer.line, layer.section);
    assert_eq!(place(maxretry.layer().unwrap()), "jail.d/zz.local:3 [sshd]");
    let overrides = maxretry.source.overrides.iter();
    let overrides: Vec<_> = overrides.map(|layer| layer.value.as_str()).collect();
    assert_eq!(overrides, ["5", "7"]);
    let first = &maxretry.source.overrides[0];
    assert_eq!((&*first.file, &*first.section), ("jail.conf", "DEFAULT"));
    assert!(!maxretry.is_inherited());
    assert!(sshd.option("findtime").unwrap().is_inherited());
    let bantime = sshd.option("bantime").unwrap();
    assert_eq!(bantime.text(), Some("1h"));
    assert_eq!(place(&bantime.source.uses[0]), "jail.local:2 [DEFAULT]");
}

#[test]
fn options_of_filters_and_actions_say_where_they_come_from() {
    let (_folder, config) = changed();
    let sshd = config.jail("sshd").unwrap();
    let filter = sshd.filter.as_ref().unwrap();
    let regexes = filter.option("failregex").unwrap().layer().unwrap();
    assert_eq!(&*regexes.file, "filter.d/sshd.conf");
    let Origin::Parameter(Some(layer)) = &filter.option("mode").unwrap().source.origin else {
        panic!("{filter:?}");
    };
    assert_eq!(
        (&*layer.file, layer.value.as_str()),
        ("jail.conf", "%(__name__)s[mode=%(mode)s]")
    );
    let files = sshd.files();
    let files: Vec<&str> = files.iter().map(|file| &**file).collect();
    assert_eq!(files[..2], ["filter.d/common.conf", "filter.d/sshd.conf"]);
    assert!(files[2..].iter().all(|file| file.starts_with("action.d/")) && files.len() > 2);
    assert!(
        config
            .jail_files()
            .iter()
            .any(|file| &**file == "paths-common.conf")
    );
    let port = sshd.actions[0].property("port").unwrap();
    assert_eq!(port.text(), Some("11h"));
    let alone = config.filter("sshd[mode=ddos]").unwrap();
    assert_eq!(alone.option("mode").unwrap().text(), Some("ddos"));
    assert!(alone.failregex().len() > 1);
    let alone = config.action("nftables[type=allports]", "sshd").unwrap();
    assert!(alone.property("actionban").is_some());
}

#[test]
fn filters_and_actions_are_listed_by_name() {
    let config = read(&stock(), &Version::parse("1.0.2"));
    let (filters, actions) = (config.filters(), config.actions());
    assert!(filters.contains(&"sshd".to_owned()) && filters.len() > 90);
    assert!(actions.contains(&"smtp.py".to_owned()) && actions.len() > 60);
    let mut broken = 0;
    for name in &filters {
        broken += usize::from(config.filter(name).is_err());
    }
    for name in &actions {
        broken += usize::from(config.action(name, "jail").is_err());
    }
    println!(
        "{} filters and {} actions by themselves, {broken} only in a jail",
        filters.len(),
        actions.len()
    );
}
