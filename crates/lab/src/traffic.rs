//! The traffic: lines of the services' logs, made from a seed and written at a rate that can be changed.

mod formats;
mod generator;
mod sources;
#[cfg(test)]
mod tests;
mod writer;

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};

use jiff::ZonedDateTime;
use jiff::tz::TimeZone;
use tokio::sync::oneshot;

use self::generator::Generator;
use self::writer::{Order, Writer};
use crate::folder::RunningJail;
use crate::{LabConfig, LabError};

/// What the traffic has written since the lab started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TrafficCounts {
    /// All lines.
    pub lines: u64,
    /// Lines of attackers' sessions.
    pub attack_lines: u64,
    /// Lines of attackers that a jail's filter counts as a failure.
    pub failures: u64,
}

impl TrafficCounts {
    /// Lines of ordinary use.
    #[must_use]
    pub fn noise_lines(&self) -> u64 {
        self.lines.saturating_sub(self.attack_lines)
    }
}

/// The counters as the writer's thread raises them.
#[derive(Debug, Default)]
struct Counters {
    lines: AtomicU64,
    attack_lines: AtomicU64,
    failures: AtomicU64,
}

/// The thread that writes, and the way to it.
#[derive(Debug)]
pub(crate) struct Traffic {
    orders: Sender<Order>,
    counters: Arc<Counters>,
    thread: Option<JoinHandle<()>>,
}

impl Traffic {
    /// Starts the thread. A thread and not a task: it writes to files all the time.
    pub(crate) fn start(
        root: &Path,
        config: &LabConfig,
        jails: &[RunningJail],
    ) -> Result<Self, LabError> {
        let generator = Generator::new(
            config.seed,
            root.to_path_buf(),
            jails,
            config.bantime_seconds,
        );
        let counters = Arc::new(Counters::default());
        let writer = Writer::new(generator, Arc::clone(&counters), config.lines_per_second);
        let (orders, received) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("lab-traffic".into())
            .spawn(move || writer.run(&received))
            .map_err(LabError::io("start the traffic in", root))?;
        Ok(Self {
            orders,
            counters,
            thread: Some(thread),
        })
    }

    pub(crate) fn set_rate(&self, lines_per_second: f64) {
        // A stopped thread has said why, and needs no rate.
        let _ = self.orders.send(Order::Rate(lines_per_second));
    }

    /// Writes the lines of an attack that brings a ban, and returns when they are in the files.
    pub(crate) async fn attack(
        &self,
        jails: Vec<RunningJail>,
        from: IpAddr,
    ) -> Result<(), LabError> {
        let (done, written) = oneshot::channel();
        self.orders
            .send(Order::Attack { jails, from, done })
            .map_err(|_| LabError::TrafficStopped)?;
        written.await.map_err(|_| LabError::TrafficStopped)
    }

    pub(crate) fn counts(&self) -> TrafficCounts {
        let Counters {
            lines,
            attack_lines,
            failures,
        } = &*self.counters;
        TrafficCounts {
            lines: lines.load(Ordering::Relaxed),
            attack_lines: attack_lines.load(Ordering::Relaxed),
            failures: failures.load(Ordering::Relaxed),
        }
    }
}

impl Drop for Traffic {
    fn drop(&mut self) {
        let _ = self.orders.send(Order::End);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The time as services write it: local, because most formats carry no zone and fail2ban reads them as local.
#[expect(
    clippy::disallowed_methods,
    reason = "the daemon reads the system's clock and ignores lines that are not of now"
)]
fn now() -> ZonedDateTime {
    jiff::Timestamp::now().to_zoned_datetime(TimeZone::system())
}
