//! The daemon as a unit of a real systemd, which restarts it.
//!
//! systemd is the first process of a private machine that the test makes of namespaces (`service/boot.sh`). In it this test program is a unit too, told
//! to run only [`restarts_a_unit`].
use std::{path::Path, process::Stdio, sync::Arc, time::Duration};

use agent::{Agent, AgentConfig};
use domain::{ConfigError, DaemonActs, DaemonState, HostActs, HostError, HostReads};

use crate::ground::{ban_of, jail, until};

/// Tells the other process that it is in the private machine.
const INSIDE: &str = "BANGUI_TEST_IN_A_MACHINE";

/// systemd, fail2ban and the program itself, all from the beginning.
const LIMIT: Duration = Duration::from_secs(170);

const SYSTEMD: &str = "/lib/systemd/systemd";
const UNIT_FILE: &str = "/lib/systemd/system/fail2ban.service";

/// Where the control groups of systemd are: the second is that of a machine with the first version of them.
const GROUPS: [(&str, &str); 2] = [
    ("/sys/fs/cgroup", "cgroup.controllers"),
    ("/sys/fs/cgroup/systemd", "cgroup.procs"),
];

/// What a machine of its own is made of.
const NAMESPACES: [&str; 6] = ["--mount", "--pid", "--cgroup", "--net", "--uts", "--ipc"];

const JAILS: &str = "[DEFAULT]\nbackend = polling\naction =\n\n\
    [app]\nenabled = true\nfilter = sshd\nlogpath = /var/log/app.log\n";

/// A unit beside that of the packages, which ends the machine when it has ended.
fn own_unit(name: &str) -> String {
    format!(
        "[Unit]\nWants=fail2ban.service\nAfter=fail2ban.service\nSuccessAction=exit-force\nFailureAction=exit-force\n\n\
         [Service]\nType=oneshot\nEnvironment={INSIDE}=yes\nExecStart=/test-program {name} --exact --ignored --nocapture\n\
         StandardOutput=truncate:/shared/said\nStandardError=append:/shared/said\n"
    )
}

#[tokio::test]
async fn daemon_that_systemd_runs_is_restarted_by_systemd() {
    let groups = GROUPS
        .iter()
        .find(|(folder, file)| Path::new(folder).join(file).exists());
    let (Some((groups, _)), true, true) = (
        groups,
        Path::new(SYSTEMD).exists() && Path::new(UNIT_FILE).exists(),
        rustix::process::geteuid().is_root(),
    ) else {
        println!("passed over: it takes systemd, the package's unit of fail2ban and root");
        return;
    };
    let shared = tempfile::tempdir().unwrap();
    let root = tempfile::tempdir().unwrap();
    // What systemd makes is below a group of its own, so that nothing is left beside those of the machine.
    let group = format!("{groups}/bangui-test-{}", std::process::id());
    if let Some(why) = why_no_machine(&group, root.path()).await {
        println!("passed over: this machine allows no machine within it: {why}");
        return;
    }
    let name = concat!(module_path!(), "::restarts_a_unit");
    let name = name.split_once("::").unwrap().1;
    let write = |file: &str, text: &str| std::fs::write(shared.path().join(file), text).unwrap();
    write("jail.local", JAILS);
    write("bangui-test.service", &own_unit(name));
    write("boot.sh", include_str!("service/boot.sh"));
    let script = "mkdir \"$1\" && echo $$ >\"$1/cgroup.procs\" && shift && exec \"$@\"";
    let mut machine = tokio::process::Command::new("sh");
    machine
        .args(["-c", script, "sh", &group, "unshare"])
        .args(NAMESPACES)
        .args(["--fork", "--kill-child"])
        .arg("sh")
        .arg(shared.path().join("boot.sh"))
        .arg(root.path())
        .arg(std::env::current_exe().unwrap())
        .arg(shared.path())
        .arg(groups)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let ended = tokio::time::timeout(LIMIT, machine.output()).await;
    remove_groups(Path::new(&group)).await;
    let said = std::fs::read_to_string(shared.path().join("said")).unwrap_or_default();
    let ended = ended
        .unwrap_or_else(|_| panic!("the machine did not end: {said}"))
        .unwrap();
    let why = String::from_utf8_lossy(&ended.stderr);
    assert!(said.contains("1 passed"), "{said}{why}");
}

/// Why namespaces, mounts or control groups are not to be had here; `None` where they are.
async fn why_no_machine(group: &str, root: &Path) -> Option<String> {
    let script =
        "mkdir \"$1\" && rmdir \"$1\" && mount -t tmpfs tmpfs \"$2\" && mount --make-rprivate /";
    let tried = tokio::process::Command::new("unshare")
        .args(NAMESPACES)
        .args(["--fork", "sh", "-c", script, "sh", group])
        .arg(root)
        .output()
        .await
        .unwrap();
    let why = String::from_utf8_lossy(&tried.stderr).into_owned();
    (!tried.status.success()).then_some(why)
}

/// Takes away a group with all below it, once the processes in it are gone.
async fn remove_groups(group: &Path) {
    if !group.exists() {
        return;
    }
    until("the control groups are gone", async || {
        let mut remove = std::process::Command::new("find");
        remove
            .arg(group)
            .args(["-depth", "-type", "d", "-exec", "rmdir", "{}", ";"]);
        let _ = remove.stderr(Stdio::null()).status();
        !group.exists()
    })
    .await;
}

async fn systemctl(args: &[&str]) -> String {
    let run = tokio::process::Command::new("systemctl")
        .args(args)
        .output()
        .await
        .unwrap();
    assert!(
        run.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&run.stderr)
    );
    String::from_utf8(run.stdout).unwrap().trim().to_owned()
}

async fn main_process() -> u32 {
    let told = systemctl(&["show", "--property=MainPID", "--value", "fail2ban.service"]).await;
    told.parse().unwrap()
}

fn agent(config: AgentConfig) -> Arc<Agent> {
    Agent::start(AgentConfig {
        poll_interval: Duration::from_millis(200),
        ..config
    })
}

async fn is_up(agent: &Agent) -> bool {
    matches!(agent.status().await.unwrap().daemon, DaemonState::Up { .. })
}

/// Not a test by itself: what the unit in the private machine does. All settings are the usual ones.
#[tokio::test]
#[ignore = "the test of this file runs it in a machine of its own"]
async fn restarts_a_unit() {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    let agent = agent(AgentConfig::default());
    until("fail2ban answers", async || is_up(&agent).await).await;
    agent.ban(&ban_of("app", &["192.0.2.7"])).await.unwrap();
    until("the ban is in the database", async || {
        let bytes = std::fs::read("/var/lib/fail2ban/fail2ban.sqlite3").unwrap();
        bytes.windows(9).any(|bytes| bytes == b"192.0.2.7")
    })
    .await;

    let before = main_process().await;
    let report = agent.restart_daemon().await.unwrap();
    println!("restarted: {report:?}");
    assert_eq!(
        (&*report.by, &*report.running, &*report.jails_lost),
        ("service", &[jail("app")][..], &[][..])
    );
    let now = main_process().await;
    assert!(now != before && now != 0, "{before} became {now}");
    until("the ban is restored", async || {
        let held = agent.jail(&jail("app")).await.unwrap();
        held.summary.counters.currently_banned == 1
    })
    .await;

    // A configuration that would cost the jail: nothing is restarted.
    std::fs::write(
        "/etc/fail2ban/jail.d/broken.local",
        "[app]\nfilter = nosuch\n",
    )
    .unwrap();
    let refused = agent.restart_daemon().await;
    assert!(
        matches!(refused, Err(ConfigError::Host(HostError::UnsafeReload(_)))),
        "{refused:?}"
    );
    assert_eq!(main_process().await, now);
    std::fs::remove_file("/etc/fail2ban/jail.d/broken.local").unwrap();

    // A unit that was stopped is started.
    systemctl(&["stop", "fail2ban.service"]).await;
    until("it is seen", async || !is_up(&agent).await).await;
    let report = agent.restart_daemon().await.unwrap();
    assert_eq!(
        (&*report.by, &*report.running),
        ("service", &[jail("app")][..])
    );
    agent.stop().await;
    another_daemon_is_none_of_systemd(main_process().await).await;
}

/// A daemon that somebody started beside the unit is not restarted by restarting the unit.
async fn another_daemon_is_none_of_systemd(unit: u32) {
    let socket = "/run/other.sock";
    let started = tokio::process::Command::new("fail2ban-client")
        .args(["-s", socket, "-p", "/run/other.pid", "start"])
        .output()
        .await
        .unwrap();
    assert!(started.status.success(), "{started:?}");
    let other = agent(AgentConfig {
        socket: socket.into(),
        ..AgentConfig::default()
    });
    until("the other one answers", async || is_up(&other).await).await;
    let refused = other.restart_daemon().await;
    assert!(
        matches!(refused, Err(ConfigError::Restart(_))),
        "{refused:?}"
    );
    assert_eq!(main_process().await, unit);
    other.stop().await;
}
