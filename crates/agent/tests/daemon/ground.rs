//! What the tests stand on: a lab, an agent for it, and a client that goes past the agent.
use std::{
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use agent::{Agent, AgentConfig, Facts, FactsSource, GuardConfig, LoginRecords, Timeouts};
use domain::{
    ActiveBan, ActiveBanQuery, BanCommand, BanSubject, Clock, DaemonState, HostReads, JailName,
    PageSize, SystemClock, Timestamp, UnbanCommand, UnbanScope,
};
use fail2ban::{Client, ClientConfig, CommandClass, Value};
use ipnet::IpNet;
use lab::{Enforcement, ExtraJail, Installation, JailSet, Lab, LabConfig};

/// Far longer than anything here takes on a busy machine.
pub(crate) const LIMIT: Duration = Duration::from_mins(1);

/// A machine with one address, gateway and name server, on which somebody is logged in.
struct FixedFacts;

impl FactsSource for FixedFacts {
    fn read(&self) -> std::io::Result<Facts> {
        Ok(Facts {
            own: vec![IpAddr::V4(Ipv4Addr::new(198, 51, 100, 20))],
            gateways: vec![IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1))],
            name_servers: vec![IpAddr::V4(Ipv4Addr::new(203, 0, 113, 53))],
            ssh_sessions: vec![IpAddr::V4(Ipv4Addr::new(203, 0, 113, 222))],
        })
    }
}

pub(crate) struct Ground {
    pub(crate) lab: Lab,
    pub(crate) agent: Arc<Agent>,
    pub(crate) client: Client,
}

/// A silent lab with the jails `app` and `web`, which have no actions.
pub(crate) async fn lab() -> Lab {
    lab_with(vec![ExtraJail::new("app"), ExtraJail::new("web")]).await
}

pub(crate) async fn lab_with(extra_jails: Vec<ExtraJail>) -> Lab {
    Lab::start(LabConfig {
        enforcement: Enforcement::None,
        jails: JailSet::Names(Vec::new()),
        extra_jails,
        ..LabConfig::for_tests().unwrap()
    })
    .await
    .unwrap()
}

pub(crate) fn config(lab: &Lab, socket: &Path) -> AgentConfig {
    let installed = Installation::from_env().unwrap();
    AgentConfig {
        socket: socket.to_owned(),
        config_dir: lab.config_dir().to_owned(),
        client_program: lab.client_program(),
        regex_program: installed.regex_program(lab.folder()).unwrap(),
        poll_interval: Duration::from_millis(200),
        guard: GuardConfig {
            facts: Arc::new(FixedFacts),
            ..GuardConfig::default()
        },
        logins: LoginRecords {
            wtmp: lab.folder().join("wtmp"),
            refresh: Duration::ZERO,
        },
        ..AgentConfig::default()
    }
}

/// Limits that make a daemon that hangs show soon.
pub(crate) fn impatient() -> Timeouts {
    Timeouts {
        read: Duration::from_secs(1),
        trial: Duration::from_secs(1),
        ..Timeouts::default()
    }
}

/// Has the daemon keep no database from now on.
pub(crate) async fn without_database(lab: &mut Lab) {
    let text = "[DEFAULT]\ndbfile = None\n";
    std::fs::create_dir_all(lab.config_dir().join("fail2ban.d")).unwrap();
    std::fs::write(lab.config_dir().join("fail2ban.d/zz-test.local"), text).unwrap();
    lab.restart_daemon().await.unwrap();
    let dbfile = lab.client_output(&["get", "dbfile"]).await.unwrap();
    assert!(dbfile.contains("disabled"), "{dbfile}");
}

impl Ground {
    pub(crate) async fn new() -> Self {
        Self::on(lab().await, |config| config).await
    }

    pub(crate) async fn on(lab: Lab, adapt: impl FnOnce(AgentConfig) -> AgentConfig) -> Self {
        let config = adapt(config(&lab, lab.socket()));
        let agent = Agent::start(config);
        let client = Client::new(ClientConfig::new(lab.socket()));
        agent.first_answer().await;
        Self { lab, agent, client }
    }

    /// Ends everything in order.
    pub(crate) async fn end(self) {
        self.agent.stop().await;
        self.lab.stop().await;
    }

    /// Sends a command past the agent.
    pub(crate) async fn raw(&self, words: &[&str]) -> Value {
        let command: Vec<Value> = words.iter().map(|word| (*word).into()).collect();
        self.client
            .request(&command, CommandClass::Action)
            .await
            .unwrap()
    }

    /// The bans that the agent shows.
    pub(crate) async fn shown(&self) -> Vec<String> {
        let page = self.agent.active_bans(&all()).await.unwrap();
        page.items.iter().map(line).collect()
    }

    /// Waits until the agent shows these bans, by jail and subject.
    pub(crate) async fn shows(&self, wanted: &[&str]) {
        until(&format!("the bans are {wanted:?}"), async || {
            self.shown().await == wanted
        })
        .await;
    }

    /// Waits until the daemon has written a ban to its database: it does so a moment after it was made, and restores bans from there.
    pub(crate) async fn remembers(&self, address: &str) {
        let database = self.lab.database().to_owned();
        until("the ban is in the database", async || {
            let bytes = std::fs::read(&database).unwrap();
            bytes
                .windows(address.len())
                .any(|w| w == address.as_bytes())
        })
        .await;
    }

    pub(crate) async fn state(&self) -> DaemonState {
        self.agent.status().await.unwrap().daemon
    }

    pub(crate) async fn names(&self) -> Vec<(String, domain::JailState)> {
        let jails = self.agent.jails().await.unwrap();
        jails
            .items
            .into_iter()
            .map(|jail| (jail.name.into(), jail.state))
            .collect()
    }

    /// The jails that the daemon itself lists.
    pub(crate) async fn running(&self) -> Vec<String> {
        self.client.jails().await.unwrap()
    }

    /// Writes a file below the lab's configuration.
    pub(crate) fn configure(&self, file: &str, text: &str) -> PathBuf {
        let path = self.lab.config_dir().join(file);
        std::fs::write(&path, text).unwrap();
        path
    }
}

/// Waits for a fact.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < LIMIT, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// All bans, by jail and subject.
pub(crate) fn all() -> ActiveBanQuery {
    ActiveBanQuery {
        sort: domain::ActiveBanSort {
            key: domain::SortKey::Jail,
            descending: false,
        },
        limit: PageSize::new(PageSize::MAX).unwrap(),
        ..ActiveBanQuery::default()
    }
}

pub(crate) fn line(ban: &ActiveBan) -> String {
    format!("{} {}", ban.jail, ban.subject)
}

pub(crate) fn jail(name: &str) -> JailName {
    name.parse().unwrap()
}

pub(crate) fn net(text: &str) -> IpNet {
    domain::parse_target(text).unwrap().network
}

/// An order to ban by the machine itself.
pub(crate) fn ban_of(name: &str, targets: &[&str]) -> BanCommand {
    BanCommand {
        jail: jail(name),
        targets: targets.iter().map(|target| net(target)).collect(),
        requester: None,
        confirm_own_address: false,
        for_list: false,
    }
}

/// An order to unban, in one jail or (`None`) in all.
pub(crate) fn unban_of(name: Option<&str>, subjects: &[&str]) -> UnbanCommand {
    UnbanCommand {
        scope: name.map_or(UnbanScope::AllJails, |name| UnbanScope::Jail(jail(name))),
        subjects: subjects
            .iter()
            .map(|s| BanSubject::from_daemon(s))
            .collect(),
    }
}

/// The machine's clock, and time that the test lets pass at once.
#[derive(Default)]
pub(crate) struct Shifted(AtomicI64);

impl Shifted {
    pub(crate) fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Shifted {
    fn now(&self) -> Timestamp {
        SystemClock
            .now()
            .plus_seconds(self.0.load(Ordering::SeqCst))
    }
}
