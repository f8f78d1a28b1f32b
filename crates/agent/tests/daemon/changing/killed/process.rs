//! The process that dies: this test program, told to run only [`dies_at_a_point`].
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use agent::{Agent, AgentConfig, ApplyObserver, ApplyPoint};
use domain::{ApplyCommand, ApplyStep, ConfigActs, VersionReads};
use serde::{Deserialize, Serialize};

use crate::changing::{
    apart::{self, Place},
    stage::LONG,
};

/// In the midst of what it dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Deed {
    Applying,
    /// Taking back what waits to be confirmed.
    TakingBack,
    /// Confirming it.
    Confirming,
    /// Undoing what the daemon would not load.
    Undoing,
    /// The start that puts right what another death left.
    Starting,
}

impl Deed {
    /// How many tests share the points between them, so that each stays short, and how many deaths each of them has at least.
    pub(super) const fn parts(self) -> (usize, usize) {
        match self {
            Self::Applying => (8, 8),
            Self::TakingBack => (8, 3),
            Self::Confirming => (2, 6),
            Self::Undoing | Self::Starting => (4, 5),
        }
    }

    /// Where points begin to be counted: what comes before is counted in another deed.
    fn counts_from(self) -> Option<ApplyStep> {
        (self == Self::Undoing).then_some(ApplyStep::PutBack)
    }

    /// Whether the old files are there after it, wherever it was cut off.
    pub(super) fn ends_with_the_old(self) -> bool {
        matches!(self, Self::TakingBack | Self::Undoing | Self::Starting)
    }
}

/// What one death is about.
#[derive(Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) place: Place,
    pub(super) command: ApplyCommand,
    pub(super) death: Point,
    pub(super) deed: Deed,
    /// The log file of a jail that begins, which goes when it is about to be loaded.
    pub(super) doomed: PathBuf,
}

/// Where it dies.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) enum Point {
    /// At one of the points, from 1.
    Number(usize),
    /// When all is written and nothing is loaded: a start has then the most to put right.
    Written,
}

/// Counts points, and at one of them ends the process as the kernel does: nothing is flushed, nothing is told.
struct Death {
    reached: AtomicUsize,
    at: Point,
    counts_from: Option<ApplyStep>,
    doomed: Option<PathBuf>,
}

impl Death {
    fn of(order: &Order) -> Arc<Self> {
        Arc::new(Self {
            reached: AtomicUsize::new(0),
            at: order.death,
            counts_from: order.deed.counts_from(),
            doomed: (order.deed == Deed::Undoing).then(|| order.doomed.clone()),
        })
    }

    fn is_now(&self, point: &ApplyPoint<'_>) -> bool {
        let Point::Number(number) = self.at else {
            return *point == ApplyPoint::Begins(ApplyStep::Reload);
        };
        let begins = |step| *point == ApplyPoint::Begins(step);
        let counts = self.reached.load(Ordering::SeqCst) > 0 || self.counts_from.is_none_or(begins);
        counts && self.reached.fetch_add(1, Ordering::SeqCst) + 1 == number
    }
}

impl ApplyObserver for Death {
    fn reached(&self, point: &ApplyPoint<'_>) {
        if let (ApplyPoint::Begins(ApplyStep::Reload), Some(log)) = (point, &self.doomed) {
            std::fs::remove_file(log).unwrap();
        }
        if self.is_now(point) {
            let itself = rustix::process::getpid();
            rustix::process::kill_process(itself, rustix::process::Signal::KILL).unwrap();
            loop {
                std::thread::park();
            }
        }
    }
}

/// Not a test by itself: what the other process does.
#[tokio::test]
#[ignore = "the tests of this folder run it in a process of its own"]
async fn dies_at_a_point() {
    let Some(order) = apart::order::<Order>() else {
        return;
    };
    let agent = async |dies: bool| {
        let agent = Agent::start(AgentConfig {
            confirm_within: LONG,
            observer: dies.then(|| Death::of(&order) as _),
            ..order.place.config()
        });
        agent.first_answer().await;
        agent
    };
    let decides = matches!(order.deed, Deed::TakingBack | Deed::Confirming);
    let first = agent(!decides).await;
    if order.deed == Deed::Starting {
        // Answered only when all was put right.
        first.config_state().await.unwrap();
        return;
    }
    let report = first.config_apply(&order.command).await.unwrap();
    assert_eq!(report.in_force, order.deed != Deed::Undoing, "{report:?}");
    if !decides {
        return;
    }
    first.stop().await;
    let second = agent(true).await;
    let author = &order.command.author;
    let done = match order.deed {
        Deed::TakingBack => second.config_revert(report.version, author).await,
        _ => second.config_confirm(report.version, author).await,
    };
    done.unwrap();
}

/// Whether it lived to the end.
pub(super) async fn survives(order: &Order) -> bool {
    let itself = tokio::process::Command::new(std::env::current_exe().unwrap());
    let function = concat!(module_path!(), "::dies_at_a_point");
    let ended = apart::run(itself, function, order).await;
    let killed = std::os::unix::process::ExitStatusExt::signal(&ended.status) == Some(9);
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(
        killed || (ended.status.success() && said.contains("1 passed")),
        "{ended:?}"
    );
    !killed
}
