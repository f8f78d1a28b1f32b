//! The unit that loads BanGUI's table, under a real systemd: the first process of a private machine, whose files are those of this one with a folder for the rest.
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use crate::{
    firewall::keep_a_list_and_a_ban,
    ground::{Ground, until},
};

const SYSTEMD: &str = "/lib/systemd/systemd";
/// Where the control groups of systemd are: the second is that of a machine with the first version of them.
const GROUPS: [(&str, &str); 2] = [
    ("/sys/fs/cgroup", "cgroup.controllers"),
    ("/sys/fs/cgroup/systemd", "cgroup.procs"),
];
const NAMESPACES: [&str; 6] = ["--mount", "--pid", "--cgroup", "--net", "--uts", "--ipc"];
const BOOT: &str = include_str!("../../../agent/tests/daemon/service/boot.sh");
const UNIT: &str = include_str!("../../../../packaging/systemd/bangui-firewall.service");
/// Longer than systemd waits for anything in it.
const LIMIT_SECONDS: &str = "150";

/// Says what is in force once both units are up, and ends the machine.
const WITNESS: &str = "[Unit]
Wants=fail2ban.service
After=fail2ban.service bangui-firewall.service
SuccessAction=exit-force
FailureAction=exit-force

[Service]
Type=oneshot
ExecStart=/usr/sbin/nft list table inet bangui
ExecStart=/bin/systemctl show bangui-firewall.service --property=Result,ExecMainExitTimestampMonotonic
ExecStart=/bin/systemctl show fail2ban.service --property=ExecMainStartTimestampMonotonic
StandardOutput=append:/shared/said
StandardError=append:/shared/said
";

#[test]
fn unit_loads_the_table_when_the_machine_starts_and_before_fail2ban() {
    let groups = GROUPS
        .iter()
        .find(|(folder, file)| Path::new(folder).join(file).exists());
    let (Some((groups, _)), true, true) = (
        groups,
        Path::new(SYSTEMD).exists(),
        rustix::process::geteuid().is_root(),
    ) else {
        println!("passed over: it takes systemd, control groups and root");
        return;
    };
    let shared = tempfile::tempdir().unwrap();
    let group = format!("{groups}/bangui-boot-{}", std::process::id());
    if !can_be_made(&group) {
        return;
    }
    prepare(shared.path());
    let said = boot(shared.path(), groups, &group);
    assert!(
        said.contains("45.10.0.0") && said.contains("198.51.100.7"),
        "{said}"
    );
    assert!(said.contains("Result=success"), "{said}");
    let moment = |what: &str| -> u64 {
        let found = said.lines().find_map(|line| line.strip_prefix(what));
        found.unwrap_or_else(|| panic!("{said}")).parse().unwrap()
    };
    let loaded = moment("ExecMainExitTimestampMonotonic=");
    let fail2ban = moment("ExecMainStartTimestampMonotonic=");
    assert!(loaded > 0 && loaded <= fail2ban, "{said}");
}

/// The unit as it is packaged but for the place of the binary, and what a server would have kept.
fn prepare(shared: &Path) {
    let root = shared.join("root");
    let units = root.join("etc/systemd/system");
    fs::create_dir_all(&units).unwrap();
    let unit = UNIT.replace("/usr/bin/bangui", "/test-program");
    assert_ne!(unit, UNIT);
    fs::write(units.join("bangui-firewall.service"), unit).unwrap();
    fs::write(shared.join("bangui-test.service"), WITNESS).unwrap();
    fs::write(shared.join("jail.local"), "").unwrap();
    fs::write(shared.join("boot.sh"), BOOT).unwrap();
    let ground = Ground::new();
    let server = ground.serve();
    server.terminate();
    assert!(server.ended().success());
    keep_a_list_and_a_ban(&ground);
    let data = root.join("var/lib/bangui");
    fs::create_dir_all(&data).unwrap();
    for entry in fs::read_dir(ground.data()).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), data.join(entry.file_name())).unwrap();
        }
    }
}

/// Starts the machine, and answers what its witness said when it has ended.
fn boot(shared: &Path, groups: &str, group: &str) -> String {
    let root = tempfile::tempdir().unwrap();
    let script = "mkdir \"$1\" && echo $$ >\"$1/cgroup.procs\" && shift && exec \"$@\"";
    let ended = Command::new("timeout")
        .args([LIMIT_SECONDS, "sh", "-c", script, "sh", group, "unshare"])
        .args(NAMESPACES)
        .args(["--fork", "--kill-child", "sh"])
        .arg(shared.join("boot.sh"))
        .arg(root.path())
        .arg(env!("CARGO_BIN_EXE_bangui"))
        .arg(shared)
        .arg(groups)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    until("the control groups are gone", || {
        let mut remove = Command::new("find");
        remove.args([group, "-depth", "-type", "d", "-exec", "rmdir", "{}", ";"]);
        let _ = remove.stderr(Stdio::null()).status();
        !Path::new(group).exists()
    });
    let said = fs::read_to_string(shared.join("said")).unwrap_or_default();
    format!("{said}{}", String::from_utf8_lossy(&ended.stderr))
}

/// Whether namespaces, mounts and control groups are to be had here.
fn can_be_made(group: &str) -> bool {
    let root = tempfile::tempdir().unwrap();
    let script =
        "mkdir \"$1\" && rmdir \"$1\" && mount -t tmpfs tmpfs \"$2\" && mount --make-rprivate /";
    let tried = Command::new("unshare")
        .args(NAMESPACES)
        .args(["--fork", "sh", "-c", script, "sh", group])
        .arg(root.path())
        .output()
        .unwrap();
    if !tried.status.success() {
        let why = String::from_utf8_lossy(&tried.stderr);
        println!("passed over: this machine allows no machine within it: {why}");
    }
    tried.status.success()
}
