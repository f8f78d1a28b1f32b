//! BanGUI dies at every point of a change in turn. Whatever the point, the next start leaves the old configuration or the new one, and every jail
//! runs.
//!
//! The one who dies is a process of its own.
mod process;
mod sum;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use agent::{Agent, AgentConfig};
use domain::{ApplyCommand, ConfigActs, ConfigChange, VersionReads};
use lab::Lab;
use process::{Deed, Order, Point, survives};
use tempfile::TempDir;

use super::{
    apart::Place,
    stage::{LONG, command, set, write},
};
use crate::ground;

/// How it was before a death, and how it may be after it.
struct Seen {
    at: String,
    before: BTreeMap<PathBuf, Vec<u8>>,
    after: BTreeMap<PathBuf, Vec<u8>>,
    ran: Vec<String>,
}

struct Rounds {
    lab: Lab,
    state: TempDir,
    survived: bool,
    old: usize,
    new: usize,
    points: BTreeSet<usize>,
}

impl Rounds {
    async fn new() -> Self {
        let state = tempfile::tempdir().unwrap();
        Self {
            lab: ground::lab().await,
            state,
            survived: false,
            old: 0,
            new: 0,
            points: BTreeSet::new(),
        }
    }

    /// An agent as it is started after a death.
    async fn agent(&self) -> Arc<Agent> {
        let agent = Agent::start(AgentConfig {
            state_dir: Some(self.state.path().to_owned()),
            confirm_within: LONG,
            ..ground::config(&self.lab, self.lab.socket())
        });
        agent.first_answer().await;
        // Answered only when all was put right.
        agent.config_state().await.unwrap();
        agent
    }

    /// The log of a jail that cannot be loaded, as the file is gone when it should be.
    fn doomed(&self) -> PathBuf {
        self.lab.folder().join("doomed.log")
    }

    /// Changed files and new ones, a jail that changes and one that begins.
    fn changes(&self, round: usize, deed: Deed) -> Vec<ConfigChange> {
        let log = self.lab.log_for("web").unwrap();
        let jail = |name: &str, log: &Path| {
            let log = log.display();
            format!("[{name}]\nenabled = true\nfilter = lab-extra-0\nlogpath = {log}\n")
        };
        let mut own = jail("new", log);
        if deed == Deed::Undoing {
            fs::write(self.doomed(), "").unwrap();
            own += &jail("new-without-log", &self.doomed());
        }
        let comment = format!("# round {round}\n");
        own += &comment;
        vec![
            self.write("jail.d/own.local", &own),
            self.write("jail.d/more.local", &comment),
            self.write("filter.d/lab-extra-0.local", &comment),
            set("app", "findtime", &(1000 + round).to_string()),
        ]
    }

    /// Replaces a file as it is now.
    fn write(&self, path: &str, text: &str) -> ConfigChange {
        use sha2::Digest as _;
        let now = fs::read(self.lab.config_dir().join(path)).ok();
        let mut change = write(path, text);
        if let ConfigChange::WriteFile { base, .. } = &mut change {
            *base = now.map(|now| domain::Sha256::of_digest(sha2::Sha256::digest(now).into()));
        }
        change
    }

    /// Lets one process die at a point, starts an agent, and looks.
    async fn round(&mut self, agent: Arc<Agent>, point: usize, deed: Deed) -> Arc<Agent> {
        let changes = self.changes(point, deed);
        let plan = agent.config_plan(&changes).await.unwrap();
        assert!(plan.is_applicable(), "{plan:?}");
        agent.stop().await;
        drop(agent);
        let seen = Seen {
            at: format!("{deed:?}, point {point}"),
            before: files(self.lab.config_dir()),
            after: self.after(&plan),
            ran: running(&self.lab).await,
        };
        let decides = matches!(deed, Deed::TakingBack | Deed::Confirming);
        let order = |deed, death| Order {
            place: Place::of(&self.lab, self.state.path()),
            command: ApplyCommand {
                confirm: decides,
                ..command(&changes, &plan)
            },
            death,
            deed,
            doomed: self.doomed(),
        };
        if deed == Deed::Starting {
            assert!(!survives(&order(Deed::Applying, Point::Written)).await);
        }
        let order = order(deed, Point::Number(point));
        self.survived = survives(&order).await;
        if !self.survived {
            self.points.insert(point);
        }
        let agent = self.agent().await;
        self.look(&agent, &seen).await;
        self.decide(&agent, &order, &seen).await;
        agent
    }

    /// Where it died before it had begun to take back or to keep what waits: another agent can.
    async fn decide(&self, agent: &Agent, order: &Order, seen: &Seen) {
        let author = &order.command.author;
        let now = || files(self.lab.config_dir());
        if let Some(pending) = agent.config_state().await.unwrap().pending {
            let version = pending.version;
            let decided = match order.deed {
                Deed::Confirming => agent.config_confirm(version, author).await,
                _ => agent.config_revert(version, author).await,
            };
            decided.unwrap();
        }
        match order.deed {
            Deed::Applying => {}
            Deed::TakingBack | Deed::Undoing | Deed::Starting => {
                assert!(now() == seen.before, "{}", seen.at);
            }
            Deed::Confirming => {
                assert!(now() == seen.after, "{}", seen.at);
                let version = agent.config_state().await.unwrap().version.unwrap();
                let version = agent.config_version(version).await.unwrap();
                let by = version.confirmed.map(|confirmed| confirmed.author);
                assert_eq!(by.as_ref(), Some(author), "{}", seen.at);
            }
        }
    }

    fn after(&self, plan: &domain::ConfigPlan) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut after = files(self.lab.config_dir());
        for file in &plan.files {
            let path = self.lab.config_dir().join(file.path.as_str());
            after.insert(path, file.after.clone().unwrap().into_bytes());
        }
        after
    }

    async fn look(&mut self, agent: &Agent, seen: &Seen) {
        let Seen {
            at,
            before,
            after,
            ran,
        } = seen;
        let now = files(self.lab.config_dir());
        let is_new = now == *after;
        assert!(
            is_new || now == *before,
            "{at}: neither old nor new: {:?}",
            now.keys()
        );
        self.new += usize::from(is_new);
        self.old += usize::from(!is_new);
        let runs = running(&self.lab).await;
        assert!(
            ran.iter().all(|jail| runs.contains(jail)),
            "{at}: {ran:?} became {runs:?}"
        );
        let new = "new".to_owned();
        assert_eq!(
            runs.contains(&new),
            is_new || ran.contains(&new),
            "{at}: {runs:?}"
        );
        let told = agent.config_state().await.unwrap();
        assert!(
            told.changed_outside.is_empty() && told.applying.is_none(),
            "{at}: {told:?}"
        );
    }
}

async fn running(lab: &Lab) -> Vec<String> {
    let client = fail2ban::Client::new(fail2ban::ClientConfig::new(lab.socket()));
    client.jails().await.unwrap()
}

/// All files with their bytes; a temporary one would be among them.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

/// Rounds over every point of one part, until nobody dies any more.
async fn part(part: usize, deed: Deed) {
    let (parts, least) = deed.parts();
    let mut rounds = Rounds::new().await;
    let mut agent = rounds.agent().await;
    let mut point = part;
    while !rounds.survived {
        agent = rounds.round(agent, point, deed).await;
        point += parts;
    }
    agent.stop().await;
    let (all, deaths) = (rounds.old + rounds.new, rounds.points.len());
    println!(
        "{deed:?}: {all} rounds, {deaths} deaths at as many points; {} left the old files, {} the new ones",
        rounds.old, rounds.new
    );
    assert!(rounds.old > 0 || deed == Deed::Confirming);
    assert!(rounds.new > 0 || deed.ends_with_the_old());
    assert!(deaths >= least, "{:?}", rounds.points);
    sum::add(all, deaths);
    rounds.lab.stop().await;
}

macro_rules! parts {
    ($($name:ident: $part:expr, $deed:ident;)+) => {$(
        #[tokio::test]
        async fn $name() {
            part($part, Deed::$deed).await;
        }
    )+};
}
parts! {
    death_while_applying_leaves_old_or_new_part_1: 1, Applying;
    death_while_applying_leaves_old_or_new_part_2: 2, Applying;
    death_while_applying_leaves_old_or_new_part_3: 3, Applying;
    death_while_applying_leaves_old_or_new_part_4: 4, Applying;
    death_while_applying_leaves_old_or_new_part_5: 5, Applying;
    death_while_applying_leaves_old_or_new_part_6: 6, Applying;
    death_while_applying_leaves_old_or_new_part_7: 7, Applying;
    death_while_applying_leaves_old_or_new_part_8: 8, Applying;
    death_while_taking_back_leaves_old_or_new_part_1: 1, TakingBack;
    death_while_taking_back_leaves_old_or_new_part_2: 2, TakingBack;
    death_while_taking_back_leaves_old_or_new_part_3: 3, TakingBack;
    death_while_taking_back_leaves_old_or_new_part_4: 4, TakingBack;
    death_while_taking_back_leaves_old_or_new_part_5: 5, TakingBack;
    death_while_taking_back_leaves_old_or_new_part_6: 6, TakingBack;
    death_while_taking_back_leaves_old_or_new_part_7: 7, TakingBack;
    death_while_taking_back_leaves_old_or_new_part_8: 8, TakingBack;
    death_while_confirming_leaves_old_or_new_part_1: 1, Confirming;
    death_while_confirming_leaves_old_or_new_part_2: 2, Confirming;
    death_while_undoing_leaves_the_old_part_1: 1, Undoing;
    death_while_undoing_leaves_the_old_part_2: 2, Undoing;
    death_while_undoing_leaves_the_old_part_3: 3, Undoing;
    death_while_undoing_leaves_the_old_part_4: 4, Undoing;
    death_while_starting_leaves_the_old_part_1: 1, Starting;
    death_while_starting_leaves_the_old_part_2: 2, Starting;
    death_while_starting_leaves_the_old_part_3: 3, Starting;
    death_while_starting_leaves_the_old_part_4: 4, Starting;
}
