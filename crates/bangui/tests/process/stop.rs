use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
};

use crate::{
    ground::{Ground, Server, until},
    http::{Browser, connect, head, receive, setup},
};

/// Sends the head of a request whose body is asked for: with the answer to that, its handler runs.
fn begin(address: SocketAddr, length: usize) -> TcpStream {
    let mut stream = connect(address);
    let head = head(address, "", "POST", "/api/v1/setup", length);
    let asked = format!("{head}expect: 100-continue\r\n\r\n");
    stream.write_all(asked.as_bytes()).unwrap();
    let mut told = [0; 25];
    stream.read_exact(&mut told).unwrap();
    assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

#[test]
fn sigterm_during_a_request_lets_it_finish_and_keeps_what_it_wrote() {
    let ground = Ground::new();
    let server = ground.serve();
    let address = server.address;
    let body = setup().to_string();
    let mut request = begin(address, body.len());
    server.terminate();
    until("nobody is let in any more", || {
        TcpStream::connect(address).is_err()
    });
    request.write_all(body.as_bytes()).unwrap();
    let answer = receive(request);
    assert_eq!(answer.status, 201, "{answer:?}");
    assert!(server.ended().success());
    let again = ground.serve();
    let state = Browser::at(again.address).get("/api/v1/setup").json();
    assert_eq!(state["completed"], true, "{state}");
}

#[test]
fn sigterm_during_a_request_without_end_cuts_it_off_at_the_limit() {
    let ground = Ground::new();
    let server = ground.serve_with(&[("BANGUI_SHUTDOWN_SECONDS", "1")]);
    let mut request = begin(server.address, 100);
    server.terminate();
    assert!(server.ended().success());
    let mut rest = Vec::new();
    // Closed or reset, and no answer that it never earned.
    let _ = request.read_to_end(&mut rest);
    assert_eq!(rest, b"");
    let again = ground.serve();
    let state = Browser::at(again.address).get("/api/v1/setup").json();
    assert_eq!(state["completed"], false, "{state}");
}

#[test]
fn sigterm_with_idle_connections_open_does_not_wait_for_them() {
    let ground = Ground::new();
    let server = ground.serve_with(&[("BANGUI_SHUTDOWN_SECONDS", "300")]);
    let idle: Vec<TcpStream> = (0..20).map(|_| connect(server.address)).collect();
    server.terminate();
    // Well within the 300 seconds that a request would have had.
    assert!(server.ended().success());
    drop(idle);
}

#[test]
fn sigterm_with_live_streams_open_ends_them_at_once() {
    let ground = Ground::new();
    let server = ground.serve_with(&[("BANGUI_SHUTDOWN_SECONDS", "300")]);
    let browser = Browser::set_up(server.address);
    let mut streams: Vec<TcpStream> = (0..5).map(|_| browser.begin("/api/v1/live")).collect();
    for stream in &mut streams {
        let mut told = String::new();
        let mut buffer = [0; 1024];
        while !told.contains("event: hello") {
            let length = stream.read(&mut buffer).unwrap();
            assert!(length > 0, "{told}");
            told.push_str(&String::from_utf8_lossy(&buffer[..length]));
        }
    }
    server.terminate();
    // Well within the 300 seconds that a request would have had, and each to its end in order.
    for stream in streams {
        let rest = receive_rest(stream);
        assert!(rest.ends_with("0\r\n\r\n"), "{rest:?}");
    }
    assert!(server.ended().success());
}

fn receive_rest(mut stream: TcpStream) -> String {
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    rest
}

#[test]
fn log_in_json_is_one_object_a_line_from_start_to_stop() {
    let ground = Ground::new();
    let log = ground.path("log");
    let mut command = ground.under("sh", &["-c", "exec \"$0\" \"$@\" 2>log"], &["serve"]);
    command.env("BANGUI_LOG_FORMAT", "json");
    let server = Server::start(command);
    server.terminate();
    assert!(server.ended().success());
    let text = std::fs::read_to_string(log).unwrap();
    let lines: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for line in &lines {
        for field in ["timestamp", "level", "target", "message"] {
            let text = line[field]
                .as_str()
                .or_else(|| line["fields"][field].as_str());
            assert!(text.is_some_and(|text| !text.is_empty()), "{field}: {line}");
        }
    }
    let last = lines.last().unwrap();
    assert_eq!(last["message"], "stopped", "{text}");
}
