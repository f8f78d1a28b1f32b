//! Configurations that mean no good, which fail2ban itself would not survive.

use std::fs;
use std::sync::Arc;

use fail2ban::Version;
use fail2ban::config::files::{Disk, Kind, Overlay, ReadError, Sources};
use fail2ban::config::{Config, JailEntry, Limits, Refusal, SkipReason, Tree};

use super::oracle::root;

/// Enough for all stock jails, see the test.
const ENOUGH: Limits = Limits {
    value_bytes: 1 << 16,
    steps: 1 << 23,
};

/// No files at all.
struct Nothing;

impl Sources for Nothing {
    fn base(&self) -> &'static str {
        "/nothing"
    }

    fn tree(&self, _: &str) -> Result<Arc<Tree>, ReadError> {
        Err(ReadError::Missing)
    }

    fn names(&self, _: &str) -> Option<Vec<String>> {
        None
    }

    fn kind(&self, path: &str) -> Option<Kind> {
        (path == self.base()).then_some(Kind::Folder)
    }

    fn is_present(&self, path: &str) -> bool {
        path == self.base()
    }
}

/// A configuration of these files.
fn read(files: &[(&str, &str)]) -> Config {
    let nothing = Overlay::new(Arc::new(Nothing));
    let files = files.iter().fold(nothing, |overlay, (name, text)| {
        overlay.with(name, text.as_bytes())
    });
    Config::read_within(Arc::new(files), &Version::parse("1.0.2"), ENOUGH)
}

fn refusal(files: &[(&str, &str)]) -> Refusal {
    read(files).refused().expect("it is refused").reason.clone()
}

/// Options of which each is the one before it many times.
fn doubling(times: usize, reference: impl Fn(usize) -> String) -> String {
    let option = |at: usize| format!("o{at} = {}\n", reference(at - 1).repeat(times));
    let options: Vec<String> = (1..10).map(option).collect();
    options.concat()
}

#[test]
fn the_limits_leave_room_for_all_stock_jails() {
    let stock = root().join("etc/fail2ban");
    let disk = Arc::new(Disk::new(stock.to_str().unwrap()));
    let version = Version::parse("1.0.2");
    let names = Config::read(disk.clone(), &version);
    let enabling = |jail: &JailEntry| format!("[{}]\nenabled = true\n", jail.name);
    let all = names.jails().map(enabling).collect::<Vec<_>>().concat();
    let overlay = Arc::new(Overlay::new(disk).with("jail.d/zz.local", all.as_bytes()));
    let refused = |limits| {
        Config::read_within(overlay.clone(), &version, limits)
            .refused()
            .cloned()
    };
    assert_eq!(refused(ENOUGH), None);
    // The limit is near enough to be felt.
    let (steps, fewer) = (
        ENOUGH.steps / 4,
        refused(Limits {
            steps: ENOUGH.steps / 4,
            ..ENOUGH
        }),
    );
    assert_eq!(fewer.unwrap().reason, Refusal::TooMuch { limit: steps });
    assert!(ENOUGH.steps * 30 < Limits::default().steps);
}

#[test]
fn a_value_that_would_fill_the_memory_is_cut_off() {
    let text = doubling(40, |at| format!("%(o{at})s"));
    let jail = format!("[DEFAULT]\no0 = 0123456789\n{text}enabled = %(o9)s\n[j]\n");
    assert!(matches!(
        refusal(&[("jail.conf", &jail)]),
        Refusal::TooLong { .. }
    ));
}

#[test]
fn a_value_that_would_take_for_ever_to_be_nothing_is_cut_off() {
    let text = doubling(40, |at| format!("%(o{at})s"));
    let jail = format!("[DEFAULT]\no0 =\n{text}enabled = %(o9)s\n[j]\n");
    assert!(matches!(
        refusal(&[("jail.conf", &jail)]),
        Refusal::TooMuch { .. }
    ));
}

#[test]
fn tags_that_would_fill_the_memory_are_cut_off() {
    let text = doubling(40, |at| format!("<o{at}>"));
    let filter = format!("[Definition]\no0 = 0123456789\n{text}failregex = <o9>\n");
    let files = [
        ("jail.conf", "[j]\nenabled = true\nfilter = f\n"),
        ("filter.d/f.conf", filter.as_str()),
    ];
    assert!(matches!(refusal(&files), Refusal::TooLong { .. }));
    let grows = "[Definition]\nfailregex = <a>\na = <b><b>\nb = <c><c> <c\nc = <d> <d> > <b\nd = <e><e>\ne = <c";
    let files = [
        ("jail.conf", "[j]\nenabled = true\nfilter = f\n"),
        ("filter.d/f.conf", grows),
    ];
    let _ = read(&files);
}

#[test]
fn files_that_include_each_other_without_end_are_cut_off() {
    let twice = "[INCLUDES]\nbefore = x/../jail.conf\nafter = ./jail.conf\n";
    assert!(matches!(
        refusal(&[("jail.conf", twice)]),
        Refusal::Includes { .. }
    ));
    let names: Vec<String> = (0..40).map(|at| format!("f{at}.conf")).collect();
    let texts: Vec<String> = (0..40)
        .map(|at| {
            format!(
                "[INCLUDES]\nbefore = f{0}.conf\nafter = f{0}.conf\n",
                at + 1
            )
        })
        .collect();
    let mut files: Vec<(&str, &str)> = names
        .iter()
        .map(String::as_str)
        .zip(texts.iter().map(String::as_str))
        .collect();
    files.push(("jail.conf", "[INCLUDES]\nbefore = f0.conf\n"));
    assert!(matches!(refusal(&files), Refusal::Includes { .. }));
}

#[test]
fn files_that_cannot_be_read_are_told_and_hide_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("jail.d/c.conf")).unwrap();
    fs::write(at("jail.conf"), "[j]\nmaxretry = 3\n").unwrap();
    fs::write(at("jail.d/a.conf"), vec![b'#'; 5_000]).unwrap();
    fs::write(at("jail.d/b.conf"), b"[j]\nmaxretry = 4 \xff\n").unwrap();
    let disk = Disk::new(folder.path().to_str().unwrap()).limited_to(4_096);
    let config = Config::read(Arc::new(disk), &Version::parse("1.0.2"));
    let skipped = config.skipped_files();
    let reasons: Vec<(&str, &SkipReason)> = skipped
        .iter()
        .map(|skipped| (skipped.file.as_str(), &skipped.reason))
        .collect();
    let wanted = [
        (
            "jail.d/a.conf",
            SkipReason::Unreadable(ReadError::TooLarge { limit: 4_096 }),
        ),
        ("jail.d/b.conf", SkipReason::NotText { line: 2 }),
        ("jail.d/c.conf", SkipReason::Unreadable(ReadError::NotAFile)),
    ];
    assert_eq!(
        reasons,
        wanted
            .iter()
            .map(|(file, reason)| (*file, reason))
            .collect::<Vec<_>>()
    );
    assert_eq!(
        config.jail("j").unwrap().option("maxretry").unwrap().value,
        fail2ban::Value::Int(3)
    );
}

#[test]
fn a_folder_that_is_not_there_is_refused() {
    let config = Config::read(
        Arc::new(Disk::new("/nonexistent/fail2ban")),
        &Version::parse("1.0.2"),
    );
    assert!(matches!(
        &config.refused().unwrap().reason,
        Refusal::NoFolder(_)
    ));
    assert_eq!(config.jails().count(), 0);
}

/// Pieces that configurations are made of.
const PIECES: [&str; 32] = [
    "\n",
    "\n  ",
    "\na = ",
    "\nfilter = ",
    "\naction = ",
    "\nfailregex = ",
    "\nactionban = ",
    "\n[Init]\n",
    "\n[Init?x=y]\n",
    "\n[Definition]\n",
    "\n[j]\nenabled = true\n",
    "\n[DEFAULT]\n",
    "\n[INCLUDES]\nbefore = ",
    "\nafter = ",
    "jail.conf",
    "f.conf",
    "f",
    "[a=\"",
    "\"",
    "]",
    ", b=",
    "%(a)s",
    "%(known/a)s",
    "%(j/a)s",
    "%(",
    "%",
    "<a>",
    "<b",
    ">",
    "\u{e9}",
    "logpath = /nonexistent/*[",
    "=",
];

#[test]
fn hostile_configurations_are_read_within_limits() {
    bolero::check!().for_each(|bytes: &[u8]| {
        let mut files = [
            String::new(),
            String::new(),
            String::new(),
            "[j]\nenabled=true\nfilter=f\naction=f\n".to_owned(),
        ];
        for byte in bytes {
            let (file, piece) = (usize::from(byte >> 6), usize::from(byte & 31));
            files[file] += PIECES[piece];
        }
        let [jail, filter, action, more] = &files;
        let config = read(&[
            ("jail.conf", jail),
            ("filter.d/f.conf", filter),
            ("action.d/f.conf", action),
            ("jail.local", more),
        ]);
        for entry in config.jails() {
            let _ = config.jail(&entry.name).unwrap().stream();
        }
        let _ = (config.stream(), config.filter("f"), config.action("f", "j"));
    });
}
