//! The configuration as the agent tells it.
use std::{
    fmt::Write as _,
    fs,
    os::unix::fs::{PermissionsExt as _, symlink},
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use agent::{Agent, AgentConfig};
use domain::{
    Badge, ConfigError, ConfigFile, ConfigItem, ConfigItemId, ConfigItemKind, ConfigOption,
    ConfigReads, FileRole, ItemAction, JailState, Severity,
};

use crate::ground::{Ground, until};

fn id(kind: ConfigItemKind, name: &str) -> ConfigItemId {
    let name = name.parse().unwrap();
    ConfigItemId { kind, name }
}

async fn jail(agent: &Agent, name: &str) -> ConfigItem {
    let id = id(ConfigItemKind::Jail, name);
    agent.config_item(&id).await.unwrap()
}

fn option<'a>(item: &'a ConfigItem, name: &str) -> &'a ConfigOption {
    let mut options = item.options.iter();
    options.find(|option| option.name == name).unwrap()
}

async fn file(agent: &Agent, path: &str) -> Result<ConfigFile, ConfigError> {
    agent.config_file(&path.parse().unwrap()).await
}

fn codes(item: &ConfigItem) -> Vec<(Severity, &str)> {
    let findings = item.findings.iter();
    findings
        .map(|finding| (finding.severity, &*finding.code))
        .collect()
}

/// An agent for a folder that no daemon runs on.
async fn offline(dir: &Path) -> Arc<Agent> {
    let agent = Agent::start(AgentConfig {
        socket: dir.join("no.sock"),
        config_dir: dir.to_owned(),
        ..AgentConfig::default()
    });
    agent.first_answer().await;
    agent
}

#[tokio::test(flavor = "multi_thread")]
async fn list_has_what_runs_first_and_says_who_uses_what() {
    let ground = Ground::new().await;
    until("both jails are known to run", async || {
        ground.names().await.len() == 2
    })
    .await;
    let list = ground.agent.config_items().await.unwrap();
    assert_eq!(list.findings, []);
    let first = list
        .items
        .iter()
        .take_while(|item| item.badges.contains(&Badge::Active));
    let first: Vec<(ConfigItemKind, &str)> = first
        .map(|item| (item.id.kind, item.id.name.as_str()))
        .collect();
    assert_eq!(
        first,
        [
            (ConfigItemKind::Jail, "app"),
            (ConfigItemKind::Server, "fail2ban"),
            (ConfigItemKind::Filter, "lab-extra-0"),
            (ConfigItemKind::Filter, "lab-extra-1"),
            (ConfigItemKind::Jail, "web"),
        ]
    );
    let find = |kind, name: &str| {
        let wanted = id(kind, name);
        list.items.iter().find(|item| item.id == wanted).unwrap()
    };
    let app = find(ConfigItemKind::Jail, "app");
    assert_eq!(app.state, Some(JailState::Running));
    assert_eq!(app.filter.as_deref(), Some("lab-extra-0"));
    assert_eq!(app.badges, [Badge::Active]);
    let filter = find(ConfigItemKind::Filter, "lab-extra-0");
    assert_eq!(filter.used_by, ["app"]);
    let sshd = find(ConfigItemKind::Jail, "sshd");
    assert_eq!(
        (sshd.badges.as_slice(), sshd.state),
        ([Badge::Inactive].as_slice(), None)
    );
    let iptables = find(ConfigItemKind::Action, "iptables-multiport");
    assert_eq!(iptables.badges, [Badge::Inactive]);
    assert!(list.items.len() > 200, "{}", list.items.len());
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn badges_say_what_a_person_changed_made_and_broke() {
    let ground = Ground::new().await;
    ground.configure(
        "jail.local",
        "[web]\nmaxretry = 9\n[mine]\nfilter = own\nlogpath = /nowhere\n[bad]\nfilter = nosuch\n",
    );
    ground.configure("filter.d/own.local", "[Definition]\nfailregex = ^<HOST>$\n");
    ground.configure("filter.d/sshd.local", "[Definition]\nmaxlines = 1\n");
    let list = ground.agent.config_items().await.unwrap();
    let badges = |kind, name: &str| {
        let wanted = id(kind, name);
        let item = list.items.iter().find(|item| item.id == wanted).unwrap();
        item.badges.clone()
    };
    assert_eq!(
        badges(ConfigItemKind::Jail, "web"),
        [Badge::Active, Badge::Changed]
    );
    assert_eq!(
        badges(ConfigItemKind::Jail, "mine"),
        [Badge::Inactive, Badge::Own]
    );
    assert_eq!(
        badges(ConfigItemKind::Jail, "bad"),
        [Badge::Inactive, Badge::Own, Badge::Broken]
    );
    assert_eq!(
        badges(ConfigItemKind::Filter, "own"),
        [Badge::Inactive, Badge::Own]
    );
    assert_eq!(
        badges(ConfigItemKind::Filter, "sshd"),
        [Badge::Inactive, Badge::Changed]
    );
    assert_eq!(
        jail(&ground.agent, "mine").await.actions,
        [ItemAction::Enable, ItemAction::Delete]
    );
    assert_eq!(
        jail(&ground.agent, "web").await.actions,
        [ItemAction::Disable]
    );
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn option_says_where_it_is_set_what_it_overrides_and_what_runs() {
    let ground = Ground::new().await;
    until("both jails are known to run", async || {
        ground.names().await.len() == 2
    })
    .await;
    ground.configure(
        "jail.local",
        "[app]\nbantime = 20m\nmaxretry = 4\nmine = x\n",
    );
    ground.configure("jail.d/zz-bangui.local", "[app]\nmaxretry = 7\n");
    let app = jail(&ground.agent, "app").await;

    let maxretry = option(&app, "maxretry");
    assert_eq!(maxretry.value.as_deref(), Some("7"));
    let set_at = maxretry.set_at.as_ref().unwrap();
    assert_eq!(
        (&*set_at.file, set_at.line, &*set_at.section),
        ("jail.d/zz-bangui.local", 2, "app")
    );
    assert!(maxretry.own && maxretry.by_bangui && maxretry.differs);
    let over: Vec<(&str, &str)> = maxretry
        .overrides
        .iter()
        .map(|layer| (&*layer.source.file, &*layer.raw))
        .collect();
    assert_eq!(over.first(), Some(&("jail.local", "4")));
    assert_eq!(over.last(), Some(&("jail.conf", "5")));

    let bantime = option(&app, "bantime");
    assert!(bantime.own && !bantime.by_bangui);
    assert_eq!(bantime.value.as_deref(), Some("20m"));
    let findtime = option(&app, "findtime");
    assert_eq!(
        (findtime.value.as_deref(), findtime.running.as_deref()),
        (Some("10m"), Some("600"))
    );
    assert!(!findtime.differs && !findtime.own, "{findtime:?}");
    let failregex = option(&app, "failregex");
    let set_at = failregex.set_at.as_ref().unwrap();
    assert_eq!(
        (&*set_at.file, set_at.line),
        ("filter.d/lab-extra-0.conf", 2)
    );
    assert!(!failregex.own);
    let port = option(&app, "port");
    assert_eq!(port.value.as_deref(), Some("0:65535"));
    assert_eq!(option(&app, "skip_if_nologs").set_at, None);
    assert_eq!(app.options.last().unwrap().name, "mine");
    assert_eq!(
        codes(&app)
            .iter()
            .filter(|(_, code)| *code == "unknown-option")
            .count(),
        1
    );
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_of_a_jail_are_those_that_speak_of_it_and_the_one_that_a_form_would_make() {
    let ground = Ground::new().await;
    ground.configure("jail.local", "[app]\nmaxretry = 4\n");
    ground.configure("jail.d/other.local", "[web]\nmaxretry = 4\n");
    let app = jail(&ground.agent, "app").await;
    let files: Vec<&str> = app.files.iter().map(domain::ConfigPath::as_str).collect();
    assert_eq!(
        files,
        [
            "jail.conf",
            "jail.d/lab.conf",
            "jail.local",
            "jail.d/zz-bangui.local"
        ]
    );
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn running_values_of_a_jail_that_was_just_loaded_differ_in_nothing() {
    let ground = Ground::new().await;
    until("both jails are known to run", async || {
        ground.names().await.len() == 2
    })
    .await;
    let app = jail(&ground.agent, "app").await;
    let running = app.options.iter().filter(|option| option.running.is_some());
    let differ: Vec<&ConfigOption> = running.clone().filter(|option| option.differs).collect();
    assert!(differ.is_empty(), "{differ:?}");
    assert!(running.count() > 12);
    ground.raw(&["set", "app", "maxretry", "77"]).await;
    until("the change at runtime is seen", async || {
        option(&jail(&ground.agent, "app").await, "maxretry").differs
    })
    .await;
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_actions_and_the_daemon_tell_their_options_too() {
    let ground = Ground::new().await;
    ground.configure(
        "filter.d/sshd.local",
        "[Definition]\nfailregex = %(known/failregex)s\n  ^mine <HOST>$\n",
    );
    let item = async |kind, name| ground.agent.config_item(&id(kind, name)).await.unwrap();
    let sshd = item(ConfigItemKind::Filter, "sshd").await;
    let failregex = option(&sshd, "failregex");
    assert!(failregex.own && failregex.by_bangui);
    assert!(
        failregex
            .value
            .as_ref()
            .unwrap()
            .ends_with("\n^mine <HOST>$")
    );
    let below = failregex.overrides.first().unwrap();
    assert_eq!(
        (&*below.source.file, &*below.source.section),
        ("filter.d/sshd.conf", "Definition")
    );
    let action = item(ConfigItemKind::Action, "iptables-multiport").await;
    assert!(option(&action, "actionban").value.is_some());
    let server = item(ConfigItemKind::Server, "fail2ban").await;
    let target = option(&server, "logtarget");
    assert_eq!(target.set_at.as_ref().unwrap().file, "fail2ban.d/lab.conf");
    assert_eq!(option(&server, "stacksize").section, "Thread");
    let missing = ground
        .agent
        .config_item(&id(ConfigItemKind::Jail, "nosuch"))
        .await;
    assert!(
        matches!(missing, Err(ConfigError::ItemNotFound(_))),
        "{missing:?}"
    );
    let specs = ground.agent.config_options().await.unwrap();
    assert!(specs.len() > 70, "{}", specs.len());
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_file_is_told_and_leaves_the_rest_to_be_seen() {
    let ground = Ground::new().await;
    ground.configure("jail.local", "[app]\nmaxretry = 4\nmaxretry = 5\n");
    let list = ground.agent.config_items().await.unwrap();
    assert_eq!(list.findings.len(), 1, "{:?}", list.findings);
    let found = list.findings.first().unwrap();
    assert_eq!(
        (found.severity, found.file.as_deref(), found.line),
        (Severity::Error, Some("jail.local"), Some(3))
    );
    let shown = file(&ground.agent, "jail.local").await.unwrap();
    assert_eq!(shown.findings.first().unwrap().line, Some(3));
    // Mended outside, it is seen at once.
    ground.configure("jail.local", "[app]\nmaxretry = 5\n");
    assert_eq!(ground.agent.config_items().await.unwrap().findings, []);
    ground.end().await;
}

/// Files of each kind below a folder, and one outside of it.
fn odd_files(around: &Path, dir: &Path) {
    let outside = around.join("outside");
    fs::create_dir(dir).unwrap();
    for name in ["jail.d", "filter.d", "action.d"] {
        fs::create_dir(dir.join(name)).unwrap();
    }
    fs::write(&outside, "secret").unwrap();
    fs::write(dir.join("jail.conf"), "[a]\n").unwrap();
    fs::write(dir.join("jail.local"), b"[a]\n# caf\xe9\n").unwrap();
    fs::write(dir.join("jail.d/mine.local"), "[a]\nmaxretries = 1\n").unwrap();
    fs::write(dir.join("filter.d/long.local"), vec![b'#'; 1_000_000]).unwrap();
    fs::write(dir.join("filter.d/longer.local"), vec![b'#'; (1 << 20) + 1]).unwrap();
    fs::create_dir(dir.join("filter.d/folder.local")).unwrap();
    symlink(&outside, dir.join("filter.d/link.local")).unwrap();
    symlink(dir.join("jail.conf"), dir.join("filter.d/inner.local")).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn file_that_can_be_edited_is_told_from_one_that_cannot() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("etc");
    odd_files(folder.path(), &dir);
    let agent = offline(&dir).await;

    let shipped = file(&agent, "jail.conf").await.unwrap();
    assert_eq!((shipped.role, shipped.editable), (FileRole::Shipped, false));
    assert!(shipped.sha256.is_some() && shipped.modified_at.is_some());
    let local = file(&agent, "jail.d/mine.local").await.unwrap();
    assert_eq!((local.role, local.editable), (FileRole::Local, true));
    let found = local.findings.first().unwrap();
    assert_eq!(
        (found.line, found.suggestion.as_deref()),
        (Some(2), Some("maxretry"))
    );
    let new = file(&agent, "jail.d/zz-bangui.local").await.unwrap();
    assert_eq!(
        (new.role, &*new.text, new.editable, new.sha256),
        (FileRole::BanGui, "", true, None)
    );
    let latin = file(&agent, "jail.local").await.unwrap();
    assert_eq!(
        (&*latin.text, latin.editable),
        ("[a]\n# caf\u{fffd}\n", false)
    );
    assert_eq!(latin.findings.first().unwrap().code, "not-utf8");
    assert_eq!(
        file(&agent, "filter.d/long.local")
            .await
            .unwrap()
            .text
            .len(),
        1_000_000
    );
    assert!(
        file(&agent, "filter.d/inner.local")
            .await
            .unwrap()
            .text
            .starts_with("[a]")
    );

    for (path, wanted) in [
        ("filter.d/longer.local", "more than"),
        ("filter.d/folder.local", "not a regular file"),
        ("filter.d/link.local", "not in a folder"),
        ("filter.d/none.conf", "there is no file"),
    ] {
        let refused = file(&agent, path).await.unwrap_err();
        assert!(refused.to_string().contains(wanted), "{path}: {refused}");
    }
    agent.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn file_without_permission_and_folder_that_is_missing_are_told_with_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let agent = offline(&folder.path().join("nowhere")).await;
    let missing = agent.config_items().await.unwrap_err();
    assert!(
        matches!(&missing, ConfigError::Files { remedy, .. } if remedy.contains("Install")),
        "{missing:?}"
    );
    agent.stop().await;

    fs::write(folder.path().join("jail.conf"), "[a]\n").unwrap();
    fs::set_permissions(
        folder.path().join("jail.conf"),
        fs::Permissions::from_mode(0o000),
    )
    .unwrap();
    let agent = offline(folder.path()).await;
    let read = file(&agent, "jail.conf").await;
    // Root reads everything; anybody else is told what to do.
    if fs::read(folder.path().join("jail.conf")).is_ok() {
        assert!(read.is_ok(), "{read:?}");
    } else {
        let refused = read.unwrap_err();
        assert!(
            matches!(&refused, ConfigError::Files { remedy, .. } if remedy.contains("chmod")),
            "{refused:?}"
        );
    }
    agent.stop().await;
}

/// A folder with so many jails that are to run, of which each reads a log that is there.
fn jails(dir: &Path, count: usize) {
    for name in ["jail.d", "filter.d", "action.d"] {
        fs::create_dir_all(dir.join(name)).unwrap();
    }
    let log = dir.join("log");
    fs::write(&log, "").unwrap();
    fs::write(
        dir.join("action.d/none.conf"),
        "[Definition]\nactionban = true <ip>\n[Init]\nport = 1\n",
    )
    .unwrap();
    fs::write(
        dir.join("filter.d/f.conf"),
        "[Definition]\nfailregex = ^f <mode> <HOST>$\n[Init]\nmode = a\n",
    )
    .unwrap();
    let mut text = String::from(
        "[DEFAULT]\nbantime = 10m\nfindtime = 10m\nmaxretry = 5\nport = ssh\naction = none[port=%(port)s]\n",
    );
    for number in 0..count {
        writeln!(
            text,
            "[jail-{number}]\nenabled = true\nfilter = f[mode=m{}]\nlogpath = {}",
            number % 7,
            log.display()
        )
        .unwrap();
    }
    fs::write(dir.join("jail.conf"), text).unwrap();
    fs::write(dir.join("fail2ban.conf"), "[Definition]\n").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_jails_are_listed_soon_and_an_unchanged_list_at_once() {
    let folder = tempfile::tempdir().unwrap();
    jails(folder.path(), 500);
    let agent = offline(folder.path()).await;
    let began = Instant::now();
    let list = agent.config_items().await.unwrap();
    let first = began.elapsed();
    assert_eq!(list.items.len(), 503);
    assert!(
        list.items
            .iter()
            .all(|item| !item.badges.contains(&Badge::Broken))
    );
    let began = Instant::now();
    assert_eq!(agent.config_items().await.unwrap().items, list.items);
    let again = began.elapsed();
    let began = Instant::now();
    let item = jail(&agent, "jail-250").await;
    println!(
        "500 jails: listed in {first:?}, again in {again:?}, one of them in {:?}",
        began.elapsed()
    );
    assert_eq!(option(&item, "maxretry").value.as_deref(), Some("5"));
    assert!(
        first < Duration::from_secs(20) && again < first,
        "{first:?} {again:?}"
    );
    agent.stop().await;
}
