//! Writes lines into the log files, at a rate.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::generator::{Generator, Line};
use super::{Counters, now};
use crate::folder::RunningJail;

/// Lines that are due within this are written together.
const TICK: Duration = Duration::from_millis(25);

/// A file of this size is rotated, so that a lab can run for weeks. One older file is kept.
const FILE_MAX: u64 = 32 * 1024 * 1024;

/// More lines a second than this are not made: one core makes about so many.
const RATE_MAX: f64 = 100_000.0;

/// What the thread is told.
#[derive(Debug)]
pub(super) enum Order {
    /// Lines a second from now on.
    Rate(f64),
    /// An attack on each of these jails, at once.
    Attack {
        jails: Vec<RunningJail>,
        from: IpAddr,
        done: oneshot::Sender<()>,
    },
    /// The thread ends.
    End,
}

/// The state of the thread.
#[derive(Debug)]
pub(super) struct Writer {
    generator: Generator,
    counters: Arc<Counters>,
    files: HashMap<PathBuf, LogFile>,
    rate: f64,
    /// Up to when lines were written, and the part of a line that was due besides.
    written_until: Instant,
    part: f64,
}

impl Writer {
    pub(super) fn new(generator: Generator, counters: Arc<Counters>, rate: f64) -> Self {
        Self {
            generator,
            counters,
            files: HashMap::new(),
            rate: sane(rate),
            written_until: Instant::now(),
            part: 0.0,
        }
    }

    /// Writes and obeys until told to end, or until a file cannot be written.
    pub(super) fn run(mut self, orders: &Receiver<Order>) {
        loop {
            let done = match self.next_order(orders) {
                Ok(Order::Rate(rate)) => self.change_rate(rate),
                Ok(Order::Attack { jails, from, done }) => self.attack(&jails, from, done),
                Ok(Order::End) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => self.write_due(),
            };
            if let Err(error) = done {
                tracing::error!(%error, "the traffic stops: a log file cannot be written");
                return;
            }
        }
    }

    fn next_order(&self, orders: &Receiver<Order>) -> Result<Order, RecvTimeoutError> {
        if self.rate <= 0.0 {
            return orders.recv().map_err(|_| RecvTimeoutError::Disconnected);
        }
        let next = Duration::from_secs_f64((1.0 - self.part) / self.rate).max(TICK);
        let wait = next.saturating_sub(self.written_until.elapsed());
        orders.recv_timeout(wait)
    }

    fn change_rate(&mut self, rate: f64) -> io::Result<()> {
        self.write_due()?;
        self.rate = sane(rate);
        Ok(())
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the rate is limited, and so is the time"
    )]
    fn write_due(&mut self) -> io::Result<()> {
        // A machine that slept does not get all the lines of its sleep at once.
        let passed = self.written_until.elapsed().min(Duration::from_secs(2));
        self.written_until = Instant::now();
        let due = passed.as_secs_f64() * self.rate + self.part;
        self.part = due.fract();
        let time = now();
        let lines = (0..due as u64)
            .map(|_| self.generator.next(&time))
            .collect();
        self.write(lines)
    }

    fn attack(
        &mut self,
        jails: &[RunningJail],
        from: IpAddr,
        done: oneshot::Sender<()>,
    ) -> io::Result<()> {
        let time = now();
        let lines = jails
            .iter()
            .flat_map(|jail| self.generator.attack(jail, from, &time))
            .collect();
        self.write(lines)?;
        // Nobody waits any more when the caller was dropped.
        let _ = done.send(());
        Ok(())
    }

    /// Writes the lines, one write for each file.
    fn write(&mut self, lines: Vec<Line>) -> io::Result<()> {
        let mut texts: HashMap<PathBuf, String> = HashMap::new();
        for line in lines {
            self.counters.lines.fetch_add(1, Ordering::Relaxed);
            self.counters
                .attack_lines
                .fetch_add(line.is_attack.into(), Ordering::Relaxed);
            self.counters
                .failures
                .fetch_add(line.failure_of.is_some().into(), Ordering::Relaxed);
            let text = texts.entry(line.log).or_default();
            text.push_str(&line.text);
            text.push('\n');
        }
        for (path, text) in texts {
            let file = match self.files.remove(&path) {
                Some(file) => file,
                None => LogFile::open(&path)?,
            };
            let file = file.append(&path, &text)?;
            self.files.insert(path, file);
        }
        Ok(())
    }
}

fn sane(rate: f64) -> f64 {
    if rate.is_finite() {
        rate.clamp(0.0, RATE_MAX)
    } else {
        0.0
    }
}

#[derive(Debug)]
struct LogFile {
    file: File,
    size: u64,
}

impl LogFile {
    fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let size = file.metadata()?.len();
        Ok(Self { file, size })
    }

    fn append(mut self, path: &Path, text: &str) -> io::Result<Self> {
        if self.size > FILE_MAX {
            fs::rename(path, path.with_extension("log.1"))?;
            self = Self::open(path)?;
        }
        self.file.write_all(text.as_bytes())?;
        self.size += text.len() as u64;
        Ok(self)
    }
}
