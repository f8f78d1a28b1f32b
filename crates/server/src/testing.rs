//! A whole server for tests of routers: real storage in a folder of its own, a real agent, the real layers, and a clock that the test sets.
//!
//! ```ignore
//! let app = TestApp::new().await;                    // set up, fail2ban down
//! let operator = app.as_role(Role::Operator).await;  // signed in
//! let answer = operator.post("/api/v1/hosts/local/bans", json!({ … })).await;
//! insta::assert_snapshot!(answer.shown(), @"…");
//! ```
//!
//! `TestApp::fresh()` is the same before the wizard, `TestApp::build(Plan { lab: Some(&lab), … })` before a real daemon, and anything else.
mod accounts;
mod client;
mod clock;
mod counted;
mod ears;
mod list_server;
mod net;
mod parts;
mod past;
mod places;
mod sessions;
mod tab;

use std::{path::PathBuf, sync::Arc};

use agent::{Agent, AgentConfig};
use axum::Router;
use domain::{Clock as _, Role};
use storage::{OpenOptions, Sqlite};
use tempfile::TempDir;

pub(crate) use client::{Answer, TestClient};
pub(crate) use clock::TestClock;
pub(crate) use counted::Counted;
pub(crate) use ears::{Ears, heard_ban};
pub(crate) use list_server::ListServer;
pub(crate) use net::Namespace;
pub(crate) use parts::settings;
pub(crate) use past::Past;
pub(crate) use places::TestPlaces;
pub(crate) use sessions::Sessions;
pub(crate) use tab::Tab;

use crate::{
    Server, ServerSettings, Wiring,
    services::{config::OwnDoings, session_gate::SessionGate},
    tasks::board::{TaskOrders, TaskView, TaskViews},
};

/// The password of every account of a test.
pub(crate) const PASSWORD: &str = "correct horse battery staple";
/// The setup token of every test.
pub(crate) const SETUP_TOKEN: &str = "the-setup-token-of-the-test";

/// What a test wants to be otherwise than usual.
pub(crate) struct Plan<'a> {
    /// The daemon; without one, the socket does not exist.
    pub(crate) lab: Option<&'a lab::Lab>,
    /// Whether the wizard has been finished.
    pub(crate) set_up: bool,
    /// Who hears in place of the agent.
    pub(crate) ears: Option<Arc<Ears>>,
    /// Where RDAP begins; without it, nobody can be asked.
    pub(crate) registry: Option<String>,
    /// What an agent before left of changes of the configuration; a new folder where there was none.
    pub(crate) state_dir: Option<PathBuf>,
    /// The packet filter; without it there is none.
    pub(crate) namespace: Option<&'a Namespace>,
    /// Changes to the agent's settings.
    pub(crate) agent: fn(&mut AgentConfig),
    /// Changes to the server's settings.
    pub(crate) settings: fn(&mut ServerSettings),
}

impl Default for Plan<'_> {
    fn default() -> Self {
        Self {
            lab: None,
            set_up: true,
            ears: None,
            registry: None,
            state_dir: None,
            namespace: None,
            agent: |_| {},
            settings: |_| {},
        }
    }
}

/// See the module.
pub(crate) struct TestApp {
    pub(crate) clock: Arc<TestClock>,
    /// Storage, with a count of the calls.
    pub(crate) storage: Arc<Counted>,
    pub(crate) agent: Arc<Agent>,
    /// Who tells the addresses of names.
    pub(crate) names: Arc<parts::Names>,
    server: Server,
    database: PathBuf,
    folder: TempDir,
}

impl TestApp {
    /// After the wizard, with fail2ban down.
    pub(crate) async fn new() -> Self {
        Self::build(Plan::default()).await
    }

    /// Before the wizard, with fail2ban down.
    pub(crate) async fn fresh() -> Self {
        Self::build(Plan {
            set_up: false,
            ..Plan::default()
        })
        .await
    }

    /// As planned.
    pub(crate) async fn build(plan: Plan<'_>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("bangui.sqlite3");
        let clock = Arc::new(match plan.lab {
            Some(_) => TestClock::running(),
            None => TestClock::stopped(),
        });
        let sqlite = Sqlite::open(OpenOptions::new(&database)).unwrap();
        if plan.set_up {
            accounts::set_up(&sqlite, &clock).await;
        }
        let mut config = parts::agent_config(plan.lab, &folder, Arc::clone(&clock));
        if let Some(state_dir) = plan.state_dir {
            config.state_dir = Some(state_dir);
        }
        if let Some(namespace) = plan.namespace {
            config.firewall = parts::firewall(namespace);
        }
        (plan.agent)(&mut config);
        let agent = Agent::start(config);
        agent.first_answer().await;
        let storage = Arc::new(Counted::new(sqlite));
        let mut settings = settings(&parts::agent_socket(plan.lab, &folder));
        (plan.settings)(&mut settings);
        let names = Arc::new(parts::Names::default());
        let server = Server::start(&Wiring {
            storage: Arc::<Counted>::clone(&storage),
            host_reads: Arc::<Agent>::clone(&agent),
            host_acts: Arc::<Agent>::clone(&agent),
            host_hears: match plan.ears {
                Some(ears) => ears,
                None => Arc::<Agent>::clone(&agent),
            },
            config_reads: Arc::<Agent>::clone(&agent),
            config_acts: Arc::<Agent>::clone(&agent),
            firewall_reads: Arc::<Agent>::clone(&agent),
            firewall_acts: Arc::<Agent>::clone(&agent),
            downloads: Arc::new(parts::downloads()),
            resolver: Arc::<parts::Names>::clone(&names),
            places: Arc::new(TestPlaces),
            places_upkeep: Arc::new(TestPlaces),
            lookups: Arc::new(parts::lookups(plan.registry.as_deref())),
            clock: Arc::<TestClock>::clone(&clock),
            settings: Arc::new(settings),
        });
        first_runs(&server.writes.reads.tasks, &clock).await;
        storage.forget_calls();
        Self {
            clock,
            storage,
            agent,
            names,
            server,
            database,
            folder,
        }
    }

    /// What tells tasks to run.
    pub(crate) fn task_orders(&self) -> &TaskOrders {
        &self.server.writes.tasks
    }

    /// Somebody who is not signed in, at 203.0.113.5.
    pub(crate) fn visitor(&self) -> TestClient {
        TestClient::new(self.router(), self.folder.path())
    }

    /// Somebody of this role with a session of their own, at 203.0.113.5.
    pub(crate) async fn as_role(&self, role: Role) -> TestClient {
        let token = self.session(role).await;
        self.visitor().header("cookie", &format!("bangui={token}"))
    }

    /// From now on, the database refuses changes of the settings.
    pub(crate) fn make_settings_unwritable(&self) {
        let connection = rusqlite::Connection::open(&self.database).unwrap();
        connection
            .execute_batch(
                "CREATE TRIGGER settings_stay BEFORE UPDATE ON settings BEGIN SELECT raise(ABORT, 'the test says no'); END;",
            )
            .unwrap();
    }

    /// Who knows the sessions.
    pub(crate) fn gate(&self) -> Arc<SessionGate> {
        Arc::clone(&self.server.gate)
    }

    /// Looks now, as a server that has just started, for what the agent did to the configuration by itself; answers how much was new.
    pub(crate) async fn record_own_doings(&self) -> u64 {
        self.own_doings().record().await.unwrap()
    }

    /// What a server that starts now looks with.
    pub(crate) fn own_doings(&self) -> OwnDoings {
        OwnDoings::new(&self.server.writes).unwrap()
    }

    /// Runs the retention task now.
    pub(crate) async fn forget_old_events(&self) {
        self.server.retention.forget().await.unwrap();
    }

    pub(crate) fn router(&self) -> Router {
        self.server.router.clone()
    }

    /// Stops the server and its tasks in order, then the agent; storage stays open.
    pub(crate) async fn stop(self) -> Arc<Counted> {
        self.server.stop().await;
        self.agent.stop().await;
        self.storage
    }
}

/// A real daemon with the jail `sshd`, without traffic and without enforcement.
pub(crate) async fn silent_lab() -> lab::Lab {
    let config = lab::LabConfig {
        enforcement: lab::Enforcement::None,
        jails: lab::JailSet::Names(vec!["sshd".to_owned()]),
        ..lab::LabConfig::for_tests().unwrap()
    };
    lab::Lab::start(config).await.unwrap()
}

/// Waits until every task has run that the server begins with: what they ask would be counted among the calls of a test.
async fn first_runs(tasks: &TaskViews, clock: &TestClock) {
    let waits =
        |task: &TaskView| task.running.is_none() && task.next_at.is_some_and(|at| at > clock.now());
    while !tasks.all().iter().all(waits) {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn test_app_answers_by_role() {
        let app = TestApp::new().await;
        let uri = "/api/v1/hosts/local/status";
        assert_eq!(app.visitor().get(uri).await.problem(), "unauthenticated");
        let viewer = app.as_role(Role::Viewer).await;
        insta::assert_snapshot!(viewer.get(uri).await.shown(), @r#"
        200 OK
        etag: W/"1a20846fe00-2"
        {
          "asOf": null,
          "checkedAt": "2026-11-23T12:00:00.000Z",
          "daemon": {
            "detail": "there is no socket at [folder]/fail2ban.sock",
            "reason": "socketMissing",
            "remedy": "Start fail2ban (systemctl start fail2ban). If it listens elsewhere, choose its socket.",
            "since": "2026-11-23T12:00:00.000Z",
            "state": "down",
            "version": null
          },
          "host": "local",
          "socket": "[folder]/fail2ban.sock",
          "totals": {
            "currentlyBanned": 0,
            "currentlyFailed": 0,
            "jails": 0,
            "totalBanned": 0,
            "totalFailed": 0
          }
        }
        "#);
        let fresh = TestApp::fresh().await;
        assert_eq!(fresh.visitor().get(uri).await.problem(), "setup-required");
    }
}
