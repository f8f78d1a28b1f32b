use std::sync::atomic::{AtomicU64, Ordering};

use domain::{Storage as _, StorageError, TaskName, TimeOfDay};
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use super::*;
use crate::{
    tasks::board::{NotOrdered, TaskOrders, TaskViews},
    testing::TestApp,
};

const NAME: TaskName = TaskName::of("a-task");

/// A task over a real storage, and what it has done.
struct Scene {
    app: TestApp,
    views: TaskViews,
    stop: CancellationToken,
    runs: Arc<AtomicU64>,
    tracker: TaskTracker,
}

fn definition(schedule: Schedule) -> Definition {
    Definition {
        name: NAME,
        schedule,
        jitter: Duration::ZERO,
        limit: Duration::from_mins(1),
        at_stop: false,
    }
}

const DAILY: Schedule = Schedule::Daily {
    at: TimeOfDay::new(3, 30),
};
const HOURLY: Schedule = Schedule::Every { seconds: 3600 };

impl Scene {
    async fn start(definition: Definition) -> Self {
        Self::over(TestApp::new().await, definition)
    }

    fn over(app: TestApp, definition: Definition) -> Self {
        let runs = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&runs);
        Self::working(app, definition, runs, move || {
            std::future::ready(Ok(counted.fetch_add(1, Ordering::SeqCst) + 1))
        })
    }

    fn working<W, F>(
        app: TestApp,
        definition: Definition,
        runs: Arc<AtomicU64>,
        mut work: W,
    ) -> Self
    where
        W: FnMut() -> F + Send + 'static,
        F: Future<Output = Result<u64, StorageError>> + Send + 'static,
    {
        let views = TaskViews::default();
        let (entry, orders) = TaskOrders::over(&views).add(definition);
        let stop = CancellationToken::new();
        let around = Surroundings {
            reads: app.storage.reads(),
            writes: app.storage.writes(),
            clock: app.clock.clone(),
            stop: stop.clone(),
        };
        let runner = Runner::new(around, entry, orders);
        let tracker = TaskTracker::new();
        tracker.spawn(runner.run(async move || work().await));
        Self {
            app,
            views,
            stop,
            runs,
            tracker,
        }
    }

    fn last(&self) -> Option<TaskRun> {
        self.views.all().remove(0).last
    }

    fn runs(&self) -> u64 {
        self.runs.load(Ordering::SeqCst)
    }

    async fn until(&self, what: &str, mut is_true: impl FnMut(&Self) -> bool) {
        let waiting = async {
            while !is_true(self) {
                sleep(Duration::from_millis(5)).await;
            }
        };
        let limit = Duration::from_hours(100);
        assert!(timeout(limit, waiting).await.is_ok(), "{what}");
    }

    fn next(&self) -> Timestamp {
        self.views.all()[0].next_at.unwrap()
    }

    /// Until the task waits for what is still to come.
    async fn waits_for_the_next(&self) {
        self.until("it waits", |scene| {
            let view = scene.views.all().remove(0);
            let now = scene.app.clock.now();
            view.running.is_none() && view.next_at.is_some_and(|at| at > now)
        })
        .await;
    }

    /// Until a run after the one that failed has come to its end.
    async fn is_well_again(&self) {
        tokio::time::pause();
        self.until("it is well again", |scene| {
            scene
                .last()
                .is_some_and(|run| run.outcome == TaskOutcome::Done { count: 0 })
        })
        .await;
    }

    async fn end(self) -> TestApp {
        self.stop.cancel();
        self.tracker.close();
        self.tracker.wait().await;
        self.app
    }
}

#[tokio::test]
async fn interval_runs_at_once_and_again_when_it_is_over() {
    let scene = Scene::start(definition(Schedule::Every { seconds: 30 })).await;
    scene.until("it ran", |scene| scene.runs() == 1).await;
    // Time runs on by itself whenever everybody waits for it.
    tokio::time::pause();
    scene
        .until("it runs again", |scene| scene.runs() == 3)
        .await;
    let last = scene.last().unwrap();
    assert_eq!(
        (last.cause, last.outcome),
        (TaskCause::Schedule, TaskOutcome::Done { count: 3 })
    );
    scene.end().await;
}

#[tokio::test]
async fn time_of_day_is_waited_for_by_the_clock_of_the_wall() {
    let scene = Scene::start(definition(DAILY)).await;
    // It has never run, so it does at once.
    scene.until("it ran", |scene| scene.runs() == 1).await;
    scene.waits_for_the_next().await;
    let (due, now) = (scene.next(), scene.app.clock.now());
    assert_eq!(due, DAILY.next(now, &TimeZoneName::utc()));
    scene
        .app
        .clock
        .advance_seconds(due.millis_since(now) / 1_000 + 1);
    tokio::time::pause();
    scene
        .until("it runs again", |scene| scene.runs() == 2)
        .await;
    scene
        .until("the next one is tomorrow", |scene| {
            scene.next().millis_since(due) == 86_400_000
        })
        .await;
    assert_eq!(scene.last().unwrap().cause, TaskCause::Schedule);
    scene.end().await;
}

#[tokio::test]
async fn zone_of_the_settings_says_when_a_time_of_day_is() {
    let app = TestApp::new().await;
    let admin = app.as_role(domain::Role::Admin).await;
    let mut settings = admin.get("/api/v1/settings").await.json();
    settings["timeZone"] = serde_json::json!("Asia/Kolkata");
    assert_eq!(admin.put("/api/v1/settings", settings).await.status, 200);
    let scene = Scene::over(app, definition(DAILY));
    scene.until("it ran", |scene| scene.runs() == 1).await;
    scene.waits_for_the_next().await;
    let now = scene.app.clock.now();
    let zone = "Asia/Kolkata".parse().unwrap();
    assert_eq!(scene.next(), DAILY.next(now, &zone));
    scene.end().await;
}

#[tokio::test]
async fn run_that_was_missed_is_caught_up_with_once() {
    let scene = Scene::start(definition(HOURLY)).await;
    scene.until("it ran", |scene| scene.last().is_some()).await;
    let app = scene.end().await;
    app.clock.advance_seconds(10 * 3600);

    let scene = Scene::over(app, definition(HOURLY));
    scene
        .until("it ran", |scene| {
            scene
                .last()
                .is_some_and(|run| run.cause == TaskCause::Missed)
        })
        .await;
    scene
        .until("it waits for the next", |scene| {
            scene.views.all()[0].next_at.unwrap() > scene.app.clock.now()
        })
        .await;
    assert_eq!(scene.runs(), 1);
    scene.end().await;
}

#[tokio::test]
async fn run_that_was_not_missed_is_not_repeated_by_a_restart() {
    let scene = Scene::start(definition(HOURLY)).await;
    scene.until("it ran", |scene| scene.last().is_some()).await;
    let began_at = scene.last().unwrap().began_at;
    let app = scene.end().await;
    app.clock.advance_seconds(600);

    let scene = Scene::over(app, definition(HOURLY));
    scene.waits_for_the_next().await;
    assert_eq!(scene.last().unwrap().began_at, began_at);
    assert_eq!(
        scene.views.all()[0].next_at.unwrap(),
        began_at.plus_seconds(3600)
    );
    assert_eq!(scene.runs(), 0);
    scene.end().await;
}

#[tokio::test]
async fn clock_that_was_set_back_over_a_restart_delays_no_run_beyond_its_interval() {
    for schedule in [HOURLY, DAILY] {
        let scene = Scene::start(definition(schedule)).await;
        scene.until("it ran", |scene| scene.last().is_some()).await;
        let app = scene.end().await;
        app.clock.advance_seconds(-30 * 86_400);

        let scene = Scene::over(app, definition(schedule));
        scene.waits_for_the_next().await;
        let now = scene.app.clock.now();
        assert_eq!(scene.next(), schedule.next(now, &TimeZoneName::utc()));
        let waits = scene.next().millis_since(now) / 1_000 + 1;
        scene.app.clock.advance_seconds(waits);
        tokio::time::pause();
        scene.until("it runs", |scene| scene.runs() == 1).await;
        tokio::time::resume();
        scene.end().await;
    }
}

/// Work that begins when its runner says so, and ends when the test does.
#[derive(Clone, Default)]
struct Gate {
    begun: Arc<AtomicU64>,
    may_end: Arc<Notify>,
}

impl Gate {
    fn work(&self) -> impl Future<Output = Result<u64, StorageError>> + use<> {
        let Self { begun, may_end } = self.clone();
        async move {
            let number = begun.fetch_add(1, Ordering::SeqCst) + 1;
            may_end.notified().await;
            Ok(number)
        }
    }

    fn begun(&self) -> u64 {
        self.begun.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn task_runs_when_a_person_says_so_and_never_twice_at_once() {
    let app = TestApp::new().await;
    let gate = Gate::default();
    let work = gate.clone();
    let scene = Scene::working(app, definition(HOURLY), Arc::default(), move || work.work());
    let orders = TaskOrders::over(&scene.views);
    let refused = || orders.reserve(&NAME).err();
    scene.until("it begins", |_| gate.begun() == 1).await;
    assert_eq!(refused(), Some(NotOrdered::Running));
    gate.may_end.notify_one();
    scene.waits_for_the_next().await;

    let order = orders.reserve(&NAME).unwrap();
    // Somebody else has the right already.
    assert_eq!(refused(), Some(NotOrdered::Running));
    order.give("root".parse().unwrap());
    scene.until("it begins", |_| gate.begun() == 2).await;
    assert_eq!(refused(), Some(NotOrdered::Running));
    gate.may_end.notify_one();
    scene.waits_for_the_next().await;
    let last = scene.last().unwrap();
    assert_eq!(last.cause, TaskCause::Person("root".parse().unwrap()));
    assert_eq!(last.outcome, TaskOutcome::Done { count: 2 });
    let none = orders.reserve(&TaskName::of("none")).err();
    assert_eq!(none, Some(NotOrdered::Unknown));
    let app = scene.end().await;
    assert_eq!(gate.begun(), 2);
    let kept = app.storage.reads().last_task_runs().await.unwrap();
    assert!(kept.contains(&(NAME, last)), "{kept:?}");
}

#[tokio::test]
async fn right_to_order_that_is_not_used_is_given_back() {
    let scene = Scene::start(definition(HOURLY)).await;
    scene.until("it ran", |scene| scene.runs() == 1).await;
    scene.waits_for_the_next().await;
    let orders = TaskOrders::over(&scene.views);
    drop(orders.reserve(&NAME).unwrap());
    assert!(orders.reserve(&NAME).is_ok());
    scene.end().await;
}

#[tokio::test]
async fn work_that_panics_has_failed_and_the_task_goes_on() {
    let app = TestApp::new().await;
    let runs = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&runs);
    let every = definition(Schedule::Every { seconds: 30 });
    let scene = Scene::working(app, every, runs, move || {
        let first = counted.fetch_add(1, Ordering::SeqCst) == 0;
        async move {
            assert!(!first, "a mistake");
            Ok(0)
        }
    });
    scene
        .until("it failed", |scene| scene.last().is_some())
        .await;
    let outcome = scene.last().unwrap().outcome;
    let TaskOutcome::Failed { problem } = outcome else {
        panic!("{outcome:?}");
    };
    assert!(problem.contains("a mistake in BanGUI"), "{problem}");
    scene.is_well_again().await;
    scene.end().await;
}

#[tokio::test]
async fn failure_is_told_in_plain_words_and_the_task_goes_on() {
    let app = TestApp::new().await;
    let runs = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&runs);
    let scene = Scene::working(
        app,
        definition(Schedule::Every { seconds: 30 }),
        runs,
        move || {
            let first = counted.fetch_add(1, Ordering::SeqCst) == 0;
            async move {
                if first {
                    let cause = std::io::Error::other("a secret of the driver");
                    return Err(StorageError::Driver(Box::new(cause)));
                }
                Ok(0)
            }
        },
    );
    scene
        .until("it failed", |scene| scene.last().is_some())
        .await;
    let problem = "the database failed".to_owned();
    assert_eq!(
        scene.last().unwrap().outcome,
        TaskOutcome::Failed { problem }
    );
    scene.is_well_again().await;
    scene.end().await;
}

fn surroundings(app: &TestApp) -> Surroundings {
    Surroundings {
        reads: app.storage.reads(),
        writes: app.storage.writes(),
        clock: app.clock.clone(),
        stop: CancellationToken::new(),
    }
}

#[tokio::test]
async fn work_that_was_done_in_part_is_failed_and_says_what_was_not() {
    let app = TestApp::new().await;
    let views = TaskViews::default();
    let (entry, orders) = TaskOrders::over(&views).add(definition(HOURLY));
    let around = surroundings(&app);
    let stop = around.stop.clone();
    let tracker = TaskTracker::new();
    let work = async || Err::<u64, _>(TaskFault::Partly("one jail is down".to_owned()));
    tracker.spawn(Runner::new(around, entry, orders).run(work));
    while views.all()[0].last.is_none() {
        sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    let problem = "one jail is down".to_owned();
    let outcome = views.all().remove(0).last.unwrap().outcome;
    assert_eq!(outcome, TaskOutcome::Failed { problem });
}

#[tokio::test]
async fn task_that_is_woken_runs_before_it_is_due_and_once_more_when_woken_while_it_runs() {
    let app = TestApp::new().await;
    let views = TaskViews::default();
    let (entry, orders) = TaskOrders::over(&views).add(definition(HOURLY));
    let around = surroundings(&app);
    let stop = around.stop.clone();
    let wake = Arc::new(Wake::default());
    let runs = Arc::new(AtomicU64::new(0));
    let (counted, woken) = (Arc::clone(&runs), Arc::clone(&wake));
    let work = async move || {
        woken.begins();
        if counted.fetch_add(1, Ordering::SeqCst) == 1 {
            // Somebody changes something while it runs.
            woken.wake();
            assert!(woken.is_asked());
        }
        Ok::<_, StorageError>(0)
    };
    let tracker = TaskTracker::new();
    let runner = Runner::new(around, entry, orders).woken_by(Arc::clone(&wake));
    tracker.spawn(runner.run(work));
    while views.all()[0].last.is_none() {
        sleep(Duration::from_millis(5)).await;
    }
    wake.wake();
    while runs.load(Ordering::SeqCst) < 3 {
        sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    assert!(!wake.is_asked());
}

#[tokio::test]
async fn run_that_takes_too_long_is_ended_and_said() {
    let app = TestApp::new().await;
    let limit = Duration::from_secs(5);
    let scene = Scene::working(
        app,
        Definition {
            limit,
            ..definition(HOURLY)
        },
        Arc::default(),
        std::future::pending,
    );
    scene
        .until("it runs", |scene| scene.views.all()[0].running.is_some())
        .await;
    tokio::time::pause();
    scene
        .until("it was ended", |scene| scene.last().is_some())
        .await;
    let last = scene.last().unwrap();
    assert_eq!(last.outcome, TaskOutcome::TookTooLong);
    assert!(last.took_ms >= 5_000, "{last:?}");
    scene.end().await;
}

#[tokio::test]
async fn frequent_runs_are_not_written_down() {
    let scene = Scene::start(definition(Schedule::Every { seconds: 30 })).await;
    scene.until("it ran", |scene| scene.last().is_some()).await;
    let app = scene.end().await;
    let kept = app.storage.reads().last_task_runs().await.unwrap();
    assert!(kept.iter().all(|(name, _)| *name != NAME));
}

#[tokio::test]
async fn task_that_runs_at_the_stop_runs_once_more() {
    let scene = Scene::start(Definition {
        at_stop: true,
        ..definition(Schedule::Every { seconds: 30 })
    })
    .await;
    scene.until("it ran", |scene| scene.last().is_some()).await;
    let runs = Arc::clone(&scene.runs);
    scene.end().await;
    assert_eq!(runs.load(Ordering::SeqCst), 2);
}
