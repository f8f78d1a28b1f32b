//! From where people lately got in, as the machine's records and the logs of a real daemon's jails say.
use std::{net::IpAddr, path::Path, time::Duration};

use agent::{AgentConfig, LoginRecords};
use domain::{Clock as _, HostReads as _, LoginWay, RecentLogins, SystemClock, Timestamp};

use crate::ground::{Ground, lab, net, until};

/// A record of `wtmp` on this machine, of a login with a password at a terminal.
fn record(address: [u8; 4], at: Timestamp) -> Vec<u8> {
    const USER_PROCESS: i16 = 7;
    let wide = cfg!(any(target_arch = "aarch64", target_arch = "loongarch64"));
    let (size, time, place) = if wide {
        (400, 344, 360)
    } else {
        (384, 340, 348)
    };
    let mut bytes = vec![0; size];
    bytes[..2].copy_from_slice(&USER_PROCESS.to_ne_bytes());
    let seconds = (at.as_millis() / 1000).to_ne_bytes();
    let length = (place - time) / 2;
    bytes[time..time + length].copy_from_slice(&seconds[..length]);
    bytes[place..place + 4].copy_from_slice(&address);
    bytes
}

fn add(path: &Path, bytes: &[u8]) {
    let before = std::fs::read(path).unwrap_or_default();
    std::fs::write(path, [&*before, bytes].concat()).unwrap();
}

fn accepted(address: &str) -> String {
    let now = SystemClock.now();
    format!(
        "{now} host sshd[1001]: Accepted publickey for alice from {address} port 50022 ssh2: ED25519 SHA256:abc\n"
    )
}

async fn told(ground: &Ground, network: &str) -> RecentLogins {
    let told = ground.agent.recent_logins(&[net(network)]).await.unwrap();
    told.into_iter().next().unwrap()
}

fn ways(told: &RecentLogins) -> Vec<(IpAddr, Vec<LoginWay>)> {
    let one = |login: &domain::RecentLogin| (login.address, login.ways.iter().copied().collect());
    told.items.iter().map(one).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn logins_are_told_of_the_record_and_of_logs_that_jails_read_also_while_the_daemon_is_down() {
    let ground = Ground::new().await;
    let nothing = told(&ground, "192.0.2.0/24").await;
    assert_eq!(nothing, RecentLogins::default());

    let now = SystemClock.now();
    let wtmp = ground.lab.folder().join("wtmp");
    add(&wtmp, &record([192, 0, 2, 7], now.plus_seconds(-60)));
    add(&wtmp, &record([198, 51, 100, 7], now.plus_seconds(-60)));
    let one = told(&ground, "192.0.2.0/24").await;
    let seven: IpAddr = "192.0.2.7".parse().unwrap();
    assert_eq!((one.known, one.total), (true, 1));
    assert_eq!(ways(&one), [(seven, vec![LoginWay::Login])]);

    let log = ground.lab.log_for("app").unwrap();
    add(log, accepted("192.0.2.7").as_bytes());
    add(log, accepted("::ffff:192.0.2.8").as_bytes());
    let both = told(&ground, "192.0.2.0/24").await;
    assert_eq!(both.total, 2);
    assert!(ways(&both).contains(&(seven, vec![LoginWay::Ssh, LoginWay::Login])));
    let none = told(&ground, "203.0.113.0/24").await;
    assert_eq!((none.known, none.total), (true, 0));

    let Ground {
        mut lab,
        agent,
        client,
    } = ground;
    lab.stop_daemon().await;
    let ground = Ground { lab, agent, client };
    until("the agent knows that the daemon is down", async || {
        matches!(ground.state().await, domain::DaemonState::Down { .. })
    })
    .await;
    assert_eq!(told(&ground, "192.0.2.0/24").await, both);
    ground.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn logins_are_read_once_whoever_asks() {
    let ground = Ground::on(lab().await, |config| AgentConfig {
        logins: LoginRecords {
            refresh: Duration::from_hours(1),
            ..config.logins
        },
        ..config
    })
    .await;
    let wtmp = ground.lab.folder().join("wtmp");
    add(&wtmp, &record([192, 0, 2, 7], SystemClock.now()));
    let first = told(&ground, "192.0.2.7").await;
    assert_eq!(first.total, 1);
    std::fs::remove_file(&wtmp).unwrap();
    assert_eq!(told(&ground, "192.0.2.7").await, first);
    ground.end().await;
}
