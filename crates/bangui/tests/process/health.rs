use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

use crate::ground::{Ground, refused, run, until};

#[test]
fn health_of_a_server_without_a_daemon_is_well_and_says_what_is_missing() {
    let ground = Ground::new();
    let server = ground.serve();
    let address = server.address.to_string();
    let mut said = String::new();
    until("the missing socket is said", || {
        let ended = run(ground.command(&["health", "--listen", &address]));
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
        said = ended.out;
        said.contains("no.sock")
    });
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["status"], "degraded");
    assert_eq!(said["checks"][0]["ok"], true);
}

#[test]
fn health_below_a_base_path_is_found_by_the_same_settings() {
    let ground = Ground::new();
    let server = ground.serve_with(&[("BANGUI_BASE_PATH", "/bans/")]);
    let address = server.address.to_string();
    let mut command = ground.command(&["health", "--listen", &address]);
    command.env("BANGUI_BASE_PATH", "bans");
    assert_eq!(run(command).code, Some(0));
}

#[test]
fn health_where_nobody_listens_fails_and_names_the_address() {
    let ground = Ground::new();
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let command = ground.command(&["health", "--listen", &address]);
    refused(command, 1, &[&address, "Connection refused"]);
}

#[test]
fn health_of_a_server_that_is_not_ready_fails_with_its_words() {
    let ground = Ground::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = [0; 1024];
        let length = stream.read(&mut asked).unwrap();
        let answer = "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n{\"status\":\"not ready\"}";
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8_lossy(&asked[..length]).into_owned()
    });
    let command = ground.command(&["health", "--listen", &address]);
    refused(command, 1, &["not ready"]);
    let asked = server.join().unwrap();
    assert!(asked.starts_with("GET /health/ready HTTP/1.1"), "{asked}");
}

#[test]
fn health_of_what_takes_connections_and_never_answers_gives_up() {
    let ground = Ground::new();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let command = ground.command(&["health", "--listen", &address]);
    refused(command, 1, &["does not answer"]);
}

#[test]
fn health_with_a_wrong_setting_is_a_wrong_call() {
    let ground = Ground::new();
    let command = ground.command(&["health", "--listen", "nowhere"]);
    refused(command, 2, &["BANGUI_LISTEN", "(flag)"]);
}
