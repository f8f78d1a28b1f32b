//! `bangui rescue` on a machine of its own: a namespace with a real fail2ban, whose bans reach a real packet filter, and BanGUI's own table in it.
use std::{
    net::IpAddr,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use domain::{
    Actor, AuditAction, BanReason, BlockDirection, BlockTarget, BlocklistSettings, Clock as _,
    HostId, ImportOutcome, ImportRun, ListTry, NewAuditEntry, NewOwnBan, Outcome, Storage as _,
    SystemClock, TakenCopy, TaskCause,
};
use firewall::{Backend, Place, Table, TableError, Where};
use lab::{Enforcement, ExtraJail, JailSet, Lab, LabConfig};
use serde_json::{Value, json};
use storage::{OpenOptions, Sqlite};

use crate::ground::{Ended, Ground, LIMIT, Server, refused, run};

/// No address for documentation: lists are not believed about those. Nothing is sent.
const ADDRESS: &str = "11.22.33.7";

/// The machine.
struct Scene {
    ground: Ground,
    lab: Lab,
    namespace: PathBuf,
    table: Table,
}

impl Scene {
    /// `None` where this machine does not permit it.
    async fn start() -> Option<Self> {
        let config = LabConfig {
            enforcement: Enforcement::Auto,
            jails: JailSet::Names(vec!["sshd".to_owned()]),
            extra_jails: vec![ExtraJail::new("app"), ExtraJail::new("web")],
            ..LabConfig::for_tests().unwrap()
        };
        let lab = Lab::start(config).await.unwrap();
        let Some(namespace) = lab.namespace() else {
            println!("skipped: this machine does not permit a network namespace");
            lab.stop().await;
            return None;
        };
        let place = Place::namespace(namespace.clone());
        let name = "bangui".parse().unwrap();
        let table = Table::with(place, name, Backend::Nftables).await.unwrap();
        Some(Self {
            ground: Ground::new(),
            lab,
            namespace,
            table,
        })
    }

    async fn banned(&self, jail: &str) -> String {
        self.lab
            .client_output(&["get", jail, "banip", " "])
            .await
            .unwrap()
    }

    async fn ban(&self, jail: &str, subject: &str) {
        self.lab
            .client_output(&["set", jail, "banip", subject])
            .await
            .unwrap();
    }

    fn rescue(&self, verb: &str, args: &[&str]) -> Ended {
        let args: Vec<&str> = ["rescue", verb].iter().chain(args).copied().collect();
        run(self.command(&args))
    }

    /// The binary on that machine.
    fn command(&self, args: &[&str]) -> Command {
        let enter = format!("--net={}", self.namespace.display());
        let mut command = self.ground.under("nsenter", &[&enter, "--"], args);
        command
            .env("BANGUI_FAIL2BAN_SOCKET", self.lab.socket())
            .env("BANGUI_FIREWALL", "auto")
            .env("SUDO_USER", "alice");
        command
    }

    /// How often the address is on the ignore list of a jail.
    async fn times_ignored(&self) -> usize {
        let command = ["get", "web", "ignoreip"];
        let ignored = self.lab.client_output(&command).await.unwrap();
        ignored.matches(ADDRESS).count()
    }

    /// Where BanGUI's own table holds the address.
    async fn holds(&self) -> Vec<Where> {
        let address: IpAddr = ADDRESS.parse().unwrap();
        match self.table.holds(address).await {
            Err(TableError::Absent) => Vec::new(),
            holds => holds.unwrap(),
        }
    }

    /// Serves on that machine, until the table is as it should be.
    async fn serve(&self, wanted: impl Fn(&[Where]) -> bool) -> Server {
        let server = Server::start(self.command(&["serve"]));
        let looking = async {
            while !wanted(&self.holds().await) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let seen = tokio::time::timeout(LIMIT, looking).await;
        assert!(seen.is_ok(), "the table holds {:?}", self.holds().await);
        server
    }

    async fn end(self) {
        self.lab.stop().await;
    }
}

fn told(ended: &Ended) -> Value {
    serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("{}{}", ended.out, ended.err))
}

fn entry(action: AuditAction) -> NewAuditEntry {
    NewAuditEntry {
        at: SystemClock.now(),
        actor: Actor::System,
        address: None,
        action,
        host: None,
        target: "test".to_owned(),
        outcome: Outcome::Success,
        detail: json!({}),
    }
}

/// What a server keeps: a ban made by hand that holds the address, and a list with it.
async fn keep(database: &Path) {
    std::fs::create_dir_all(database.parent().unwrap()).unwrap();
    let storage = Sqlite::open(OpenOptions::new(database)).unwrap();
    let writes = storage.blocking_writes();
    let now = SystemClock.now();
    let ban = NewOwnBan {
        host: HostId::local(),
        network: "11.22.33.0/28".parse().unwrap(),
        since: now,
        until: Some(now.plus_seconds(7200)),
        reason: "odd requests".parse::<BanReason>().unwrap(),
        by: "bob".parse().unwrap(),
        confirmed: None,
    };
    let created = entry(AuditAction::OwnBansCreated);
    writes.add_own_bans(&[ban], &created).await.unwrap();
    let settings = BlocklistSettings {
        name: "A list".parse().unwrap(),
        url: "https://lists.example/a".to_owned(),
        allow_http: false,
        every_seconds: 86_400,
        enabled: true,
        target: BlockTarget::Firewall,
        direction: BlockDirection::In,
        note: "".parse().unwrap(),
    };
    let added = entry(AuditAction::BlocklistAdded);
    let list = writes.add_blocklist(&settings, &added).await.unwrap();
    let tried = ListTry {
        url: settings.url.clone(),
        run: ImportRun::of_nothing(
            list.unwrap(),
            now,
            0,
            TaskCause::Schedule,
            ImportOutcome::Taken,
        ),
        failures: 0,
        next_at: now.plus_seconds(86_400),
        copy: Some(TakenCopy {
            networks: vec!["11.22.33.6/31".parse().unwrap()],
            waits: None,
            etag: None,
            last_modified: None,
            content: [7; 32],
        }),
    };
    assert!(writes.keep_try(&tried).await.unwrap());
    storage.close().await;
}

/// What the database says, in the words of a statement.
fn kept(ground: &Ground, statement: &str) -> Vec<String> {
    let connection = rusqlite::Connection::open(ground.database()).unwrap();
    let mut statement = connection.prepare(statement).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

fn is_banned(holds: &[Where]) -> bool {
    holds.iter().any(|held| matches!(held, Where::Banned(_)))
}

#[tokio::test(flavor = "multi_thread")]
async fn address_that_everything_blocks_is_let_in_for_good_beside_a_server_that_runs() {
    let Some(scene) = Scene::start().await else {
        return;
    };
    keep(&scene.ground.database()).await;
    scene.ban("sshd", ADDRESS).await;
    scene.ban("sshd", "11.22.33.200").await;
    scene.ban("app", "11.22.33.0/24").await;
    let blocks = |holds: &[Where]| is_banned(holds) && holds.contains(&Where::Blocked);
    let server = scene.serve(blocks).await;

    everything_is_listed(&scene);
    bans_end(&scene).await;
    it_is_let_in(&scene).await;

    // What is kept is what the next server puts in force.
    server.terminate();
    assert!(server.ended().success());
    scene.table.remove().await.unwrap();
    let allowed = |held: &Where| matches!(held, Where::Allowed { .. });
    let server = scene.serve(|holds| holds.iter().any(allowed)).await;
    assert!(!is_banned(&scene.holds().await));
    let listed = scene.rescue("list", &[ADDRESS]);
    assert_eq!(listed.code, Some(0), "{}{}", listed.out, listed.err);
    assert!(
        listed.out.starts_with("Nothing blocks 11.22.33.7.\n"),
        "{}",
        listed.out
    );
    drop(server);
    scene.end().await;
}

fn everything_is_listed(scene: &Scene) {
    let listed = scene.rescue("list", &[ADDRESS, "--json"]);
    assert_eq!(listed.code, Some(3), "{}{}", listed.out, listed.err);
    let mut told = told(&listed);
    let left = told["bangui"]["bans"][0]["remainingSeconds"].take();
    assert!((6000..=7200).contains(&left.as_u64().unwrap()), "{left}");
    assert_eq!(told["verdict"], "blocked");
    assert_eq!(
        told["fail2ban"],
        json!({ "problem": null, "bans": [
            { "jail": "app", "subject": "11.22.33.0/24" },
            { "jail": "sshd", "subject": "11.22.33.7" },
        ]})
    );
    assert_eq!(
        told["bangui"],
        json!({
            "problem": null, "dataProblem": null,
            "bans": [{ "subject": "11.22.33.0/28", "inForce": true, "remainingSeconds": null, "by": "bob", "reason": "odd requests" }],
            "listed": "in", "lists": ["A list"], "letThrough": false, "allowed": false,
        })
    );
    assert_eq!(told["done"], Value::Null);
    let words = scene.rescue("list", &[ADDRESS]).out;
    for line in [
        "11.22.33.7 is blocked.",
        "  fail2ban's jail app bans 11.22.33.0/24, which holds it",
        "  fail2ban's jail sshd bans 11.22.33.7",
        "by bob: odd requests",
        "  BanGUI blocks what comes from it, because of the list A list",
        "bangui rescue unban 11.22.33.7",
        "bangui rescue allow 11.22.33.7",
    ] {
        assert!(words.contains(line), "{line:?} in:\n{words}");
    }
}

/// The list blocks it still: that is no ban.
async fn bans_end(scene: &Scene) {
    let ended = scene.rescue("unban", &[ADDRESS, "--json"]);
    assert_eq!(ended.code, Some(3), "{}{}", ended.out, ended.err);
    let told = told(&ended);
    assert_eq!(
        told["done"],
        json!({
            "unbanned": [
                { "jail": "app", "subject": "11.22.33.0/24" },
                { "jail": "sshd", "subject": "11.22.33.7" },
            ],
            "ended": ["11.22.33.0/28"], "endedKept": 1,
            "ignoredBy": [], "letThrough": false, "remembered": false, "problems": [],
        })
    );
    assert_eq!(told["fail2ban"]["bans"], json!([]));
    assert_eq!(told["bangui"]["bans"], json!([]));
    assert_eq!(told["bangui"]["listed"], "in");
    assert_eq!(scene.banned("app").await, "");
    assert_eq!(scene.banned("sshd").await, "11.22.33.200");
    assert_eq!(scene.holds().await, [Where::Blocked]);
    let ended_by = kept(&scene.ground, "SELECT ended_by FROM own_bans");
    assert_eq!(ended_by, ["rescue"]);
}

async fn it_is_let_in(scene: &Scene) {
    let let_in = scene.rescue("allow", &[ADDRESS, "--json"]);
    assert_eq!(let_in.code, Some(0), "{}{}", let_in.out, let_in.err);
    let told = told(&let_in);
    assert_eq!(
        told["done"],
        json!({
            "unbanned": [], "ended": [], "endedKept": 0,
            "ignoredBy": ["app", "sshd", "web"], "letThrough": true, "remembered": true, "problems": [],
        })
    );
    assert_eq!(told["verdict"], "notBlocked");
    assert_eq!(told["bangui"]["letThrough"], true);
    assert_eq!(told["bangui"]["allowed"], true);
    assert_eq!(scene.times_ignored().await, 1);
    let statement = "SELECT subject || ' ' || owner || ': ' || note FROM allowlist";
    let entry = "11.22.33.7 rescue: By alice on the machine itself: bangui rescue";
    assert_eq!(kept(&scene.ground, statement), [entry]);
    // Once more changes nothing.
    assert_eq!(scene.rescue("allow", &[ADDRESS]).code, Some(0));
    assert_eq!(scene.times_ignored().await, 1);
    assert_eq!(kept(&scene.ground, statement), [entry]);
    let audit =
        "SELECT action FROM audit WHERE json_extract(detail, '$.person') = 'alice' ORDER BY id";
    assert_eq!(
        kept(&scene.ground, audit),
        ["own_bans.ended", "bans.removed", "allowlist.added"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn network_is_looked_up_unbanned_and_let_in_as_a_whole() {
    let Some(scene) = Scene::start().await else {
        return;
    };
    scene.ban("sshd", "2001:db8:7::1").await;
    scene.ban("web", "2001:db8:7:1::9").await;
    scene.ban("web", "2001:db8:8::9").await;
    let network = "2001:db8:7::/48";
    let listed = told(&scene.rescue("list", &[network, "--json"]));
    assert_eq!(listed["fail2ban"]["bans"].as_array().unwrap().len(), 2);
    assert_eq!(listed["packetFilter"], Value::Null);
    // There is no database, and so no allowlist to keep it on.
    let let_in = scene.rescue("allow", &["2001:db8:7::ffff/48"]);
    assert_eq!(let_in.code, Some(4), "{}", let_in.out);
    for line in [
        "Unbanned 2001:db8:7::1 in fail2ban's jail sshd\n",
        "Unbanned 2001:db8:7:1::9 in fail2ban's jail web\n",
        "Ignored from now on by 3 running jails\n",
        "Not done: it is not kept on the allowlist: there is no database",
        "Nothing blocks 2001:db8:7::/48.\n",
    ] {
        assert!(let_in.out.contains(line), "{line:?} in:\n{}", let_in.out);
    }
    assert_eq!(scene.banned("web").await, "2001:db8:8::9");
    assert!(!scene.ground.data().exists());
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_of_somebody_else_is_named_and_left_alone() {
    let Some(scene) = Scene::start().await else {
        return;
    };
    let rules = "add table inet other; add chain inet other input { type filter hook input priority 0; }; \
        add rule inet other input ip saddr 198.51.100.0/28 drop";
    let mut nft = scene.lab.in_namespace("nft").unwrap();
    assert!(nft.arg(rules).status().await.unwrap().success());
    scene.ban("sshd", "198.51.100.9").await;
    for verb in ["list", "unban"] {
        let ended = scene.rescue(verb, &["198.51.100.9"]);
        assert_eq!(ended.code, Some(3), "{}{}", ended.out, ended.err);
        for line in [
            "  New connections to this machine are dropped\n",
            "    by inet other input: ip saddr 198.51.100.0/28 drop\n",
        ] {
            assert!(ended.out.contains(line), "{line:?} in:\n{}", ended.out);
        }
        let is_listed = ended
            .out
            .contains("  fail2ban's jail sshd bans 198.51.100.9\n");
        assert_eq!(is_listed, verb == "list", "{}", ended.out);
        let is_elsewhere = ended.out.contains("change the rules that are named");
        assert_eq!(is_elsewhere, verb == "unban", "{}", ended.out);
    }
    let other = scene.rescue("list", &["198.51.100.16"]);
    assert_eq!(other.code, Some(0), "{}{}", other.out, other.err);
    let kept = scene.lab.ruleset().await.unwrap();
    assert!(kept.contains("ip saddr 198.51.100.0/28 drop"), "{kept}");
    scene.end().await;
}

#[test]
fn rescue_where_nothing_can_be_asked_says_what_and_changes_nothing() {
    let ground = Ground::new();
    let before = ground.content();
    for verb in ["list", "unban", "allow"] {
        let ended = run(ground.command(&["rescue", verb, ADDRESS, "--json"]));
        assert_eq!(ended.code, Some(4), "{}{}", ended.out, ended.err);
        let told = told(&ended);
        assert_eq!(told["verdict"], "unknown");
        let said = |part: &str| told[part]["problem"].as_str().unwrap().to_owned();
        assert!(said("fail2ban").contains("no.sock"), "{told}");
        assert!(said("bangui").contains("BANGUI_FIREWALL"), "{told}");
        assert_eq!(told["done"].is_null(), verb == "list");
    }
    assert_eq!(ground.content(), before);
}

#[test]
fn rescue_of_what_is_no_address_or_too_wide_is_a_wrong_call() {
    let ground = Ground::new();
    for wrong in ["", "203.0.113", "office.example.org", "203.0.113.7/33"] {
        let says = ["invalid value"];
        refused(ground.command(&["rescue", "list", wrong]), 2, &says);
    }
    for wide in ["0.0.0.0/0", "10.0.0.0/7", "2001::/18"] {
        let says = ["as wide as a /8"];
        refused(ground.command(&["rescue", "allow", wide]), 2, &says);
    }
}
