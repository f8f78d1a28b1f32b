//! What the jails of a configuration mean: fail2ban's stock files with a hundred jails, read and worked out by BanGUI alone.
use std::{path::Path, sync::Arc, time::Instant};

use fail2ban::{
    Version,
    config::{
        Config,
        files::{Disk, Overlay, Sources},
    },
};

use crate::{
    Error,
    figures::{Figure, Times},
};

const RUNS: usize = 100;
const JAILS: usize = 100;
/// In ms, at the median.
const LIMIT: f64 = 50.0;

/// Measures over the files of a folder, which are read each time, and which were read before.
pub(crate) fn measure(folder: &Path) -> Result<Vec<Figure>, Error> {
    let folder = folder.to_string_lossy();
    let version = Version::parse("1.0.2");
    let text = all_jails(&folder, &version);
    let warm = Arc::new(Disk::new(&folder));
    let mut figures = Vec::new();
    for (what, is_warm) in [("files read each time", false), ("files read before", true)] {
        let (mut times, mut commands) = (Vec::with_capacity(RUNS), 0);
        for _ in 0..RUNS {
            let began = Instant::now();
            let disk: Arc<dyn Sources> = if is_warm {
                warm.clone()
            } else {
                Arc::new(Disk::new(&folder))
            };
            let overlay = Overlay::new(disk).with("jail.d/zz-all.local", text.as_bytes());
            let config = Config::read(Arc::new(overlay), &version);
            let stream = config.stream();
            times.push(began.elapsed());
            commands = stream
                .map_err(|_| Error::Server("fail2ban's own files are refused".to_owned()))?
                .len();
        }
        let name = format!("effective configuration of {JAILS} jails, {what}, median");
        figures.push(
            Figure::time(name, Times::new(times).median())
                .at_most(LIMIT)
                .note(format!("{commands} commands")),
        );
    }
    Ok(figures)
}

/// All stock jails run, and copies of one of them, up to the number wanted.
fn all_jails(folder: &str, version: &Version) -> String {
    let stock = Config::read(Arc::new(Disk::new(folder)), version);
    let names: Vec<String> = stock.jails().map(|jail| jail.name.clone()).collect();
    let enabled = |number| match names.get(number) {
        Some(name) => format!("[{name}]\nenabled = true\n"),
        None => format!("[copy-{number}]\nenabled = true\nfilter = sshd\n"),
    };
    (0..JAILS).map(enabled).collect()
}
