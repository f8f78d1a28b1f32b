//! Tells how long it takes to find out what the jails of a configuration mean: `effective FOLDER [VERSION]`.
#![expect(clippy::print_stdout, reason = "an example that prints its figures")]

use std::sync::Arc;
use std::time::Instant;

use fail2ban::Version;
use fail2ban::config::Config;
use fail2ban::config::files::{Disk, Overlay, Sources};

const ROUNDS: usize = 10;
const JAILS: usize = 100;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments
        .next()
        .unwrap_or_else(|| "/etc/fail2ban".to_owned());
    let version = arguments.next().unwrap_or_else(|| "1.0.2".to_owned());
    let version = Version::parse(&version);
    let stock = Config::read(Arc::new(Disk::new(&folder)), &version);
    let names: Vec<String> = stock.jails().map(|jail| jail.name.clone()).collect();
    // All jails run, and copies of the first ones, up to the number wanted.
    let enabled = |number| match names.get(number) {
        Some(name) => format!("[{name}]\nenabled = true\n"),
        None => format!("[copy-{number}]\nenabled = true\nfilter = sshd\n"),
    };
    let text: String = (0..JAILS).map(enabled).collect();
    for (what, is_warm) in [("files read each time", false), ("files read before", true)] {
        let mut disk = Arc::new(Disk::new(&folder));
        let mut fastest = f64::INFINITY;
        let mut commands = 0;
        for _ in 0..ROUNDS {
            if !is_warm {
                disk = Arc::new(Disk::new(&folder));
            }
            let beneath: Arc<dyn Sources> = disk.clone();
            let started = Instant::now();
            let overlay = Overlay::new(beneath).with("jail.d/zz-all.local", text.as_bytes());
            let config = Config::read(Arc::new(overlay), &version);
            let took = started.elapsed().as_secs_f64() * 1_000.0;
            fastest = fastest.min(took);
            commands = config.stream().map_or(0, |stream| stream.len());
        }
        println!("{JAILS} jails, {commands} commands, {what}: {fastest:.1} ms");
    }
}
