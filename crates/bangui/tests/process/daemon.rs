use std::{
    os::unix::{fs::PermissionsExt, net::UnixListener},
    thread,
    time::{Duration, Instant},
};

use lab::{Enforcement, ExtraJail, JailSet, Lab, LabConfig};
use serde_json::{Value, json};

use crate::{
    ground::{Ground, Server, permitted, until},
    http::Browser,
};

const STATUS: &str = "/api/v1/hosts/local/status";
const JAILS: &str = "/api/v1/hosts/local/jails";
const BANS: &str = "/api/v1/bans";
const ORDERS: &str = "/api/v1/hosts/local/bans";
/// As [`Ground`] sets it.
const POLL: Duration = Duration::from_millis(250);

async fn lab() -> Lab {
    Lab::start(LabConfig {
        enforcement: Enforcement::None,
        jails: JailSet::Names(Vec::new()),
        extra_jails: vec![ExtraJail::new("app")],
        ..LabConfig::for_tests().unwrap()
    })
    .await
    .unwrap()
}

/// A server before the lab's daemon, and somebody signed in, once a ban is shown.
fn serve(ground: &Ground, lab: &Lab) -> (Server, Browser) {
    let server = ground.serve_with(&[("BANGUI_FAIL2BAN_SOCKET", lab.socket())]);
    let browser = Browser::set_up(server.address);
    until("the daemon is seen", || state(&browser)["state"] == "up");
    let answer = browser.post(ORDERS, &ban("198.18.0.1"));
    assert_eq!(answer.status, 200, "{answer:?}");
    (server, browser)
}

fn ban(target: &str) -> Value {
    json!({ "jail": "app", "targets": [target] })
}

fn state(browser: &Browser) -> Value {
    browser.get(STATUS).json()["daemon"].clone()
}

/// Pages show what was last known, and orders are refused with the reason, none of them after a wait for the daemon.
fn still_serves(browser: &Browser, status: u16, problem: &str) {
    let began = Instant::now();
    assert_eq!(browser.get(JAILS).json()["items"][0]["name"], "app");
    let bans = browser.get(BANS).json();
    assert_eq!(bans["items"][0]["subject"], "198.18.0.1", "{bans}");
    let refused = browser.post(ORDERS, &ban("198.18.0.2"));
    assert_eq!(refused.status, status, "{refused:?}");
    assert_eq!(refused.json()["type"], problem);
    assert_eq!(browser.get("/health/ready").json()["status"], "degraded");
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn daemon_that_is_killed_is_said_everywhere_and_back_after_its_start() {
    let mut lab = lab().await;
    let ground = Ground::new();
    let (_server, browser) = serve(&ground, &lab);
    lab.kill_daemon().await;
    // A question that was under way when it died is first told as one that was not answered.
    until("it is down and refuses", || {
        state(&browser)["reason"] == "refused"
    });
    let down = state(&browser);
    assert_eq!(down["state"], "down", "{down}");
    assert!(!down["remedy"].as_str().unwrap().is_empty(), "{down}");
    still_serves(&browser, 503, "/problems/daemon-unavailable");
    lab.start_daemon().await.unwrap();
    until("it is back", || state(&browser)["state"] == "up");
    until("orders are taken again", || {
        browser.post(ORDERS, &ban("198.18.0.3")).status == 200
    });
    lab.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn daemon_that_hangs_holds_up_no_page_and_is_back_when_it_answers() {
    let lab = lab().await;
    let ground = Ground::new();
    let (_server, browser) = serve(&ground, &lab);
    // Longer than the ten seconds after which a daemon counts as hung.
    let asleep = lab.client().args(["sleep", "14"]).spawn().unwrap();
    until("it is said to hang", || {
        let began = Instant::now();
        let status = browser.get(STATUS);
        assert!(began.elapsed() < Duration::from_secs(5), "{status:?}");
        status.json()["daemon"]["reason"] == "notAnswering"
    });
    still_serves(&browser, 504, "/problems/daemon-timeout");
    let slept = asleep.wait_with_output().await.unwrap();
    assert!(slept.status.success());
    until("it answers", || state(&browser)["state"] == "up");
    lab.stop().await;
}

#[test]
fn socket_that_this_user_may_not_open_is_said_with_owner_and_remedy() {
    const NOBODY: [&str; 3] = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    if !permitted("setpriv", &NOBODY) {
        return;
    }
    let ground = Ground::new();
    let socket = ground.path("closed.sock");
    let _listener = UnixListener::bind(&socket).unwrap();
    let open =
        |path, mode| std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
    open(socket.clone(), 0o700);
    open(ground.path("."), 0o777);
    // Where the checkout is, others may have no way in.
    let binary = ground.path("bangui");
    std::fs::copy(env!("CARGO_BIN_EXE_bangui"), &binary).unwrap();
    let mut before = NOBODY.to_vec();
    before.extend(["sh", "-c", r#"exec ./bangui "$@""#]);
    let mut command = ground.under("setpriv", &before, &["serve"]);
    command.env("BANGUI_FAIL2BAN_SOCKET", &socket);
    let server = Server::start(command);
    let browser = Browser::set_up(server.address);
    until("it is refused", || {
        state(&browser)["reason"] == "noPermission"
    });
    let down = state(&browser);
    let remedy = down["remedy"].as_str().unwrap();
    for part in [socket.to_str().unwrap(), "root", "nobody", "700"] {
        assert!(remedy.contains(part), "{part} in {down}");
    }
}

/// What a tab asks for again and again.
fn look(browser: &Browser, rounds: usize) {
    for page in [STATUS, JAILS, BANS].iter().cycle().take(3 * rounds) {
        assert_eq!(browser.get(page).status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hundred_tabs_cost_the_daemon_nothing() {
    const TABS: usize = 100;
    const ROUNDS: usize = 5;
    let lab = lab().await;
    let ground = Ground::new();
    let (_server, browser) = serve(&ground, &lab);
    // At this level the daemon writes down each command that it is given.
    lab.client_output(&["set", "loglevel", "HEAVYDEBUG"])
        .await
        .unwrap();
    let commands = |log: &str| log.matches("Command: ['status'").count();
    let before = std::fs::read_to_string(lab.log_file()).unwrap().len();
    let began = Instant::now();
    thread::scope(|tabs| {
        for _ in 0..TABS {
            tabs.spawn(|| look(&browser, ROUNDS));
        }
    });
    let took = began.elapsed();
    until("a poll is written down", || {
        let log = std::fs::read_to_string(lab.log_file()).unwrap();
        commands(&log[before..]) > 0
    });
    let log = std::fs::read_to_string(lab.log_file()).unwrap();
    // One poll asks for the list of jails and for the one jail; and one may have been under way at either end.
    let polls = began.elapsed().as_millis() / POLL.as_millis() + 2;
    let asked = commands(&log[before..]) as u128;
    println!(
        "{TABS} tabs asked {} times in {took:?}; the daemon was asked {asked} times",
        TABS * ROUNDS * 3
    );
    assert!(asked <= 2 * polls, "{asked} commands in {polls} polls");
    lab.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn configuration_of_another_folder_is_not_held_against_the_versions_of_the_first() {
    let (one, other) = (lab().await, lab().await);
    let own = other.config_dir().join("jail.d/own.local");
    std::fs::write(own, "# only here\n").unwrap();
    let ground = Ground::new();
    let serve = |lab: &Lab| {
        ground.serve_with(&[
            ("BANGUI_FAIL2BAN_SOCKET", lab.socket()),
            ("BANGUI_FAIL2BAN_CONFIG", lab.config_dir()),
        ])
    };
    let changed = |browser: &Browser| {
        let state = browser.get("/api/v1/hosts/local/config/state").json();
        state["changedOutside"].as_array().unwrap().len()
    };
    let server = serve(&one);
    let browser = Browser::set_up(server.address);
    assert_eq!(changed(&browser), 0);
    drop(server);

    let server = serve(&other);
    let browser = browser.moved_to(server.address);
    assert_eq!(changed(&browser), 0);
    drop(server);

    std::fs::write(one.config_dir().join("jail.d/own.local"), "# now here\n").unwrap();
    let server = serve(&one);
    let browser = browser.moved_to(server.address);
    assert_eq!(changed(&browser), 1);
    drop(server);
    one.stop().await;
    other.stop().await;
}
