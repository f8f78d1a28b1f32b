use std::time::Instant;

use domain::{Clock as _, EventFilter, EventQuery, Origin, Role, Storage as _};
use serde_json::json;
use storage::{OpenOptions, Sqlite};
use tokio_util::task::TaskTracker;

use super::*;
use crate::{
    routers::v1::live::Frames,
    testing::{Ears, Plan, TestApp, TestClock, TestPlaces, heard_ban},
};

/// An intake over real storage.
struct Scene {
    ears: Arc<Ears>,
    storage: Sqlite,
    clock: Arc<TestClock>,
    _folder: tempfile::TempDir,
}

struct Running {
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Running {
    async fn end(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            ears: Arc::new(Ears::new()),
            storage: Sqlite::open(OpenOptions::new(folder.path().join("test.sqlite3"))).unwrap(),
            clock: Arc::new(TestClock::stopped()),
            _folder: folder,
        }
    }

    fn start(&self) -> Running {
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        let places = Arc::new(TestPlaces);
        let frames = Box::new(Frames::new(Arc::<TestPlaces>::clone(&places)));
        let intake = Intake {
            host: HostId::local(),
            hears: Arc::<Ears>::clone(&self.ears),
            reads: self.storage.history(),
            writes: self.storage.history_writes(),
            places,
            orders: Arc::new(Orders::new(Arc::<TestClock>::clone(&self.clock))),
            feed: Arc::new(LiveFeed::new(frames, stop.clone())),
            stop: stop.clone(),
        };
        tasks.spawn(intake.run());
        Running { tasks, stop }
    }

    async fn stored(&self) -> u64 {
        let history = self.storage.history();
        let filter = EventFilter::default();
        history
            .count_events(&filter, 1_000_000)
            .await
            .unwrap()
            .count
    }

    async fn until_stored(&self, events: u64) {
        let waiting = async {
            while self.stored().await < events {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(2), waiting)
            .await
            .unwrap();
    }

    fn bans(&self, numbers: std::ops::Range<u32>) -> Vec<domain::HeardEvent> {
        let now = self.clock.now();
        numbers
            .map(|at| {
                let subject = std::net::Ipv4Addr::from(0x0A00_0000 + at).to_string();
                heard_ban(now.plus_seconds(at.into()), &subject)
            })
            .collect()
    }
}

#[tokio::test]
async fn intake_that_is_stopped_and_started_goes_on_where_it_was() {
    let scene = Scene::new();
    scene.ears.tell(scene.bans(0..700));
    let first = scene.start();
    scene.until_stored(700).await;
    first.end().await;
    scene.ears.tell(scene.bans(700..750));
    let second = scene.start();
    scene.until_stored(750).await;
    second.end().await;
    assert_eq!(scene.stored().await, 750);
    let cursor = scene
        .storage
        .history()
        .hear_cursor(&HostId::local())
        .await
        .unwrap();
    assert_eq!(cursor, Some(HearCursor("750".to_owned())));
}

#[tokio::test(start_paused = true)]
async fn intake_whose_agent_fails_goes_on_when_it_works_again() {
    let scene = Scene::new();
    scene.ears.fail(8);
    scene.ears.tell(scene.bans(0..3));
    let running = scene.start();
    scene.until_stored(3).await;
    assert!(scene.ears.asked() > 8);
    running.end().await;
    assert_eq!(scene.stored().await, 3);
}

#[tokio::test]
async fn intake_whose_storage_cannot_write_asks_for_no_more_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.sqlite3");
    let options = OpenOptions {
        busy_timeout: Duration::from_millis(50),
        ..OpenOptions::new(&path)
    };
    let scene = Scene {
        storage: Sqlite::open(options).unwrap(),
        _folder: folder,
        ..Scene::new()
    };
    let other = rusqlite::Connection::open(path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    scene.ears.tell(scene.bans(0..700));
    let running = scene.start();
    // Several tries of the first batch, while nothing else is taken from the agent.
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(2) {
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(scene.ears.asked() <= 1);
    }
    assert_eq!(scene.stored().await, 0);
    other.execute_batch("ROLLBACK").unwrap();
    scene.until_stored(700).await;
    running.end().await;
    assert_eq!(scene.stored().await, 700);
}

#[tokio::test]
async fn intake_that_somebody_else_overtook_goes_on_from_their_cursor() {
    let scene = Scene::new();
    let running = scene.start();
    scene.ears.tell(scene.bans(0..1));
    scene.until_stored(1).await;
    let theirs = HeardBatch {
        events: scene.bans(1..3),
        failures: Vec::new(),
        cursor: HearCursor("3".to_owned()),
        more: false,
    };
    let before = HearCursor("1".to_owned());
    let places = vec![Place::default(); 2];
    let writes = scene.storage.history_writes();
    let host = HostId::local();
    let stored = writes.store_heard(&host, Some(&before), &theirs, &places);
    assert!(stored.await.unwrap().is_some());
    scene.ears.tell(scene.bans(1..5));
    scene.until_stored(5).await;
    running.end().await;
    assert_eq!(scene.stored().await, 5);
}

#[tokio::test]
async fn flood_of_events_is_stored_in_batches_and_asked_for_only_as_fast_as_it_is_stored() {
    const EVENTS: u32 = 20_000;
    let scene = Scene::new();
    scene.ears.tell(scene.bans(0..EVENTS));
    let begin = Instant::now();
    let running = scene.start();
    scene.until_stored(EVENTS.into()).await;
    println!(
        "{EVENTS} events heard, placed, stored in {:?} ({} questions to the agent)",
        begin.elapsed(),
        scene.ears.asked()
    );
    running.end().await;
    let questions = usize::try_from(EVENTS).unwrap() / domain::MAX_EVENTS_PER_BATCH;
    assert!((questions..questions + 5).contains(&scene.ears.asked()));
}

#[tokio::test]
async fn heard_ban_is_stored_with_its_place_and_the_person_who_ordered_it() {
    let lab = crate::testing::silent_lab().await;
    let ears = Arc::new(Ears::new());
    let app = TestApp::build(Plan {
        lab: Some(&lab),
        ears: Some(Arc::clone(&ears)),
        ..Plan::default()
    })
    .await;
    let operator = app.as_role(Role::Operator).await;
    let uri = "/api/v1/hosts/local/bans";
    let order = json!({ "jail": "sshd", "targets": ["192.0.2.7"] });
    assert_eq!(operator.post(uri, order).await.status, 200);
    ears.tell([
        domain::HeardEvent {
            origin: Origin::Manual,
            failures: Some(0),
            ..heard_ban(app.clock.now(), "192.0.2.7")
        },
        heard_ban(app.clock.now(), "2001:db8::1"),
    ]);
    let history = app.storage.history();
    let query = EventQuery::default();
    let waiting = async {
        while history.events(&query).await.unwrap().items.len() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        history.events(&query).await.unwrap().items
    };
    let events = tokio::time::timeout(Duration::from_mins(1), waiting)
        .await
        .unwrap();
    let of = |subject: &str| {
        let event = events
            .iter()
            .find(|event| event.what.subject.to_string() == subject);
        let event = event.unwrap();
        let actor = event.what.actor.as_ref().map(ToString::to_string);
        (
            actor,
            event.place.country.unwrap().to_string(),
            event.place.asn,
        )
    };
    assert_eq!(
        of("192.0.2.7"),
        (
            Some("operator".to_owned()),
            "DE".to_owned(),
            Some(domain::Asn(4_200_000_001))
        )
    );
    assert_eq!(of("2001:db8::1"), (None, "JP".to_owned(), None));
    app.stop().await;
    lab.stop().await;
}
