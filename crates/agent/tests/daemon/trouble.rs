use std::time::{Duration, Instant};

use agent::{Agent, AgentConfig};
use domain::{Clock as _, DaemonState, DownReason, HostActs, HostError, HostReads, SystemClock};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{
    ground::{Ground, LIMIT, ban_of, config, impatient, jail, lab, until},
    proxy::Proxy,
};

fn down(state: &DaemonState) -> Option<DownReason> {
    match state {
        DaemonState::Down {
            reason,
            remedy,
            detail,
            ..
        } => {
            assert!(!remedy.is_empty() && !detail.is_empty());
            Some(*reason)
        }
        _ => None,
    }
}

#[tokio::test]
async fn daemon_that_was_killed_is_down_with_a_remedy_and_back_within_a_poll() {
    let mut ground = Ground::new().await;
    ground
        .agent
        .ban(&ban_of("app", &["192.0.2.1"]))
        .await
        .unwrap();
    ground.remembers("192.0.2.1").await;
    let before = ground.agent.status().await.unwrap();
    ground.lab.kill_daemon().await;
    until("it is refused", async || {
        down(&ground.state().await) == Some(DownReason::Refused)
    })
    .await;
    let status = ground.agent.status().await.unwrap();
    assert_eq!(status.totals, before.totals);
    assert!(status.as_of >= before.as_of && status.as_of < status.checked_at);
    assert_eq!(ground.shown().await, ["app 192.0.2.1"]);
    assert!(matches!(
        ground.agent.jail(&jail("app")).await,
        Err(HostError::Unavailable {
            reason: DownReason::Refused,
            ..
        })
    ));
    assert!(matches!(
        ground.agent.ban(&ban_of("app", &["192.0.2.2"])).await,
        Err(HostError::Unavailable { .. })
    ));
    ground.lab.start_daemon().await.unwrap();
    until("it is up", async || {
        matches!(ground.state().await, DaemonState::Up { .. })
    })
    .await;
    ground.shows(&["app 192.0.2.1"]).await;
    ground.end().await;
}

#[tokio::test]
async fn daemon_that_was_stopped_has_no_socket() {
    let mut ground = Ground::new().await;
    ground.lab.stop_daemon().await;
    until("the socket is missing", async || {
        down(&ground.state().await) == Some(DownReason::SocketMissing)
    })
    .await;
    ground.end().await;
}

#[tokio::test]
async fn down_keeps_the_moment_of_its_beginning_and_its_revision() {
    let mut ground = Ground::new().await;
    ground.lab.stop_daemon().await;
    until("it is down", async || down(&ground.state().await).is_some()).await;
    let first = ground.agent.status().await.unwrap();
    until("it was asked again", async || {
        ground.agent.status().await.unwrap().checked_at > first.checked_at
    })
    .await;
    let later = ground.agent.status().await.unwrap();
    assert_eq!(
        (later.daemon, later.revision),
        (first.daemon, first.revision)
    );
    ground.end().await;
}

#[tokio::test]
async fn daemon_that_hangs_is_not_answering_and_requests_do_not_pile_up() {
    let lab = lab().await;
    let proxy = Proxy::before(lab.socket());
    let ground = Ground::on(lab, |config| AgentConfig {
        socket: proxy.socket.clone(),
        timeouts: impatient(),
        ..config
    })
    .await;
    let sleeping = ground.raw(&["sleep", "8"]);
    let watching = async {
        until("it does not answer", async || {
            down(&ground.state().await) == Some(DownReason::NotAnswering)
        })
        .await;
        let began = Instant::now();
        let refused = ground.agent.ban(&ban_of("app", &["192.0.2.1"])).await;
        assert!(matches!(refused, Err(HostError::Unavailable { .. })));
        assert!(matches!(
            ground.agent.jail(&jail("app")).await,
            Err(HostError::Unavailable { .. })
        ));
        assert!(
            began.elapsed() < Duration::from_secs(5),
            "a hung daemon made orders wait"
        );
    };
    tokio::join!(sleeping, watching);
    until("it answers again", async || {
        matches!(ground.state().await, DaemonState::Up { .. })
    })
    .await;
    // The poll, and the question about capabilities before it.
    assert!(
        proxy.most_open() <= 3,
        "{} connections at once",
        proxy.most_open()
    );
    until("connections are closed", async || proxy.open() <= 1).await;
    ground.end().await;
}

#[tokio::test]
async fn stop_of_the_agent_does_not_wait_for_a_daemon_that_hangs() {
    let ground = Ground::new().await;
    let sleeping = async {
        ground.raw(&["sleep", "5"]).await;
        Instant::now()
    };
    let stopping = async {
        until("a poll waits for an answer", async || {
            let as_of = ground.agent.status().await.unwrap().as_of.unwrap();
            SystemClock.now().millis_since(as_of) > 1_000
        })
        .await;
        ground.agent.stop().await;
        Instant::now()
    };
    let (woke, stopped) = tokio::join!(sleeping, stopping);
    assert!(stopped < woke);
    ground.end().await;
}

#[tokio::test]
async fn agent_started_before_the_daemon_finds_it() {
    let mut lab = lab().await;
    lab.stop_daemon().await;
    let ground = Ground::on(lab, |config| config).await;
    assert_eq!(down(&ground.state().await), Some(DownReason::SocketMissing));
    assert_eq!(ground.agent.status().await.unwrap().as_of, None);
    let Ground {
        mut lab,
        agent,
        client,
    } = ground;
    lab.start_daemon().await.unwrap();
    let ground = Ground { lab, agent, client };
    until("it is up", async || {
        matches!(ground.state().await, DaemonState::Up { .. })
    })
    .await;
    // It answers before it has loaded all of them.
    until("both jails are shown", async || {
        ground.agent.status().await.unwrap().totals.jails == 2
    })
    .await;
    ground.end().await;
}

#[tokio::test]
async fn connect_to_another_socket_shows_the_other_daemon_also_while_the_first_hangs() {
    let first = Ground::on(lab().await, |config| config).await;
    let second = crate::ground::lab_with(vec![lab::ExtraJail::new("other")]).await;
    let sleeping = first.raw(&["sleep", "6"]);
    let connecting = async {
        until("the first one is being asked in vain", async || {
            let status = first.agent.status().await.unwrap();
            let age =
                domain::Clock::now(&domain::SystemClock).millis_since(status.checked_at.unwrap());
            age > 600
        })
        .await;
        let socket = second.socket().display().to_string();
        first.agent.connect(&socket).await.unwrap();
        let began = Instant::now();
        until("the other daemon's jail is shown", async || {
            first.names().await.iter().any(|jail| jail.0 == "other")
        })
        .await;
        assert!(began.elapsed() < Duration::from_secs(4));
        assert_eq!(first.agent.status().await.unwrap().socket, socket);
        let candidates = first.agent.connection_candidates().await.unwrap();
        assert!(candidates[0].in_use && candidates[0].socket == socket);
    };
    tokio::join!(sleeping, connecting);
    first.end().await;
    second.stop().await;
}

#[tokio::test]
async fn connect_to_what_is_no_socket_is_refused_and_changes_nothing() {
    let ground = Ground::new().await;
    let file = ground.lab.folder().join("plain");
    std::fs::write(&file, "").unwrap();
    for bad in ["relative.sock", file.to_str().unwrap()] {
        assert!(
            matches!(
                ground.agent.connect(bad).await,
                Err(HostError::BadSocket(_))
            ),
            "{bad}"
        );
    }
    assert!(matches!(ground.state().await, DaemonState::Up { .. }));
    ground.end().await;
}

#[tokio::test]
async fn connect_to_a_socket_that_is_not_there_yet_says_that_it_is_missing() {
    let ground = Ground::new().await;
    let socket = ground.lab.folder().join("later.sock");
    let socket = socket.to_str().unwrap();
    ground.agent.connect(socket).await.unwrap();
    until("the missing socket is noticed", async || {
        let status = ground.agent.status().await.unwrap();
        assert_eq!(status.socket, socket);
        let reason = match status.daemon {
            DaemonState::Down { reason, .. } => Some(reason),
            _ => None,
        };
        reason == Some(DownReason::SocketMissing)
    })
    .await;
    ground.end().await;
}

#[tokio::test]
async fn test_of_a_socket_says_what_was_found() {
    let ground = Ground::new().await;
    let test = async |path: &str| ground.agent.test_connection(path).await;
    let found = test(ground.lab.socket().to_str().unwrap()).await.unwrap();
    assert!(matches!(found.daemon, DaemonState::Up { .. }));
    assert_eq!(found.jails, ["app", "web"]);
    let missing = test("/nonexistent/x.sock").await.unwrap();
    assert_eq!(down(&missing.daemon), Some(DownReason::SocketMissing));
    // A file is no socket; connecting to it is refused.
    let file = ground.lab.folder().join("plain");
    std::fs::write(&file, "").unwrap();
    assert_eq!(
        down(&test(file.to_str().unwrap()).await.unwrap().daemon),
        Some(DownReason::Refused)
    );
    assert!(matches!(test("x").await, Err(HostError::BadSocket(_))));
    ground.end().await;
}

#[tokio::test]
async fn test_of_a_socket_that_speaks_something_else_says_so() {
    let lab = lab().await;
    let socket = lab.folder().join("other.sock");
    let listener = tokio::net::UnixListener::bind(&socket).unwrap();
    let agent = Agent::start(AgentConfig {
        timeouts: impatient(),
        ..config(&lab, lab.socket())
    });
    let speaking = async {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream
                .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n<F2B_END_COMMAND>")
                .await
                .unwrap();
            let mut rest = Vec::new();
            let _ = stream.read_to_end(&mut rest).await;
        }
    };
    let found = tokio::select! {
        found = agent.test_connection(socket.to_str().unwrap()) => found.unwrap(),
        () = speaking => unreachable!(),
        () = tokio::time::sleep(LIMIT) => panic!("no answer"),
    };
    assert_eq!(down(&found.daemon), Some(DownReason::Protocol));
    agent.stop().await;
    lab.stop().await;
}
