//! A thousand clients over real connections, with what it costs.
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use domain::{Clock as _, Role};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::hearing;
use crate::testing::heard_ban;

const CLIENTS: usize = 1_000;
/// Fewer than one session may have.
const CLIENTS_OF_SESSION: usize = 10;

/// Resident memory of this process, which holds both ends, in KiB.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

async fn connect(address: SocketAddr, token: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET /api/v1/live HTTP/1.1\r\nhost: ban.example.org\r\ncookie: bangui={token}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    until(&mut stream, "event: hello").await;
    stream
}

async fn until(stream: &mut TcpStream, wanted: &str) {
    let mut read = String::new();
    let mut buffer = [0; 4096];
    while !read.contains(wanted) {
        let count = stream.read(&mut buffer).await.unwrap();
        assert!(count > 0, "ended before {wanted}: {read}");
        read.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousand_clients_are_told_of_a_ban() {
    let (app, ears) = hearing().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = app
        .router()
        .into_make_service_with_connect_info::<SocketAddr>();
    let mut serving = JoinSet::new();
    serving.spawn(async move { axum::serve(listener, service).await });
    let before = resident_kib();
    let mut clients = Vec::new();
    for _ in 0..CLIENTS / CLIENTS_OF_SESSION {
        let token = app.session(Role::Viewer).await;
        for _ in 0..CLIENTS_OF_SESSION {
            clients.push(connect(address, &token).await);
        }
    }
    let memory = resident_kib() - before;
    let begin = Instant::now();
    ears.tell([heard_ban(app.clock.now(), "192.0.2.77")]);
    let mut waiting = JoinSet::new();
    for mut client in clients {
        waiting.spawn(async move {
            until(&mut client, "192.0.2.77").await;
            (begin.elapsed(), client)
        });
    }
    let told = tokio::time::timeout(Duration::from_mins(1), waiting.join_all())
        .await
        .unwrap();
    let mut times: Vec<Duration> = told.iter().map(|(time, _)| *time).collect();
    times.sort_unstable();
    println!(
        "{CLIENTS} clients: {memory} KiB with both ends in this process, told of a ban after {:?} (half), {:?} (95 %), {:?} (all)",
        times[CLIENTS / 2],
        times[CLIENTS * 95 / 100],
        times[CLIENTS - 1]
    );
    // Both ends, in a debug build: far above what was measured.
    assert!(memory < 200 * 1024, "{memory} KiB");
    serving.abort_all();
}
