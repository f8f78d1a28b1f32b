//! Stands in for daemons that this machine does not have, and for broken ones: it answers with given bytes.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;

use fail2ban::Value;
use fail2ban::protocol::{Limits, ReplyScanner, TERMINATOR, decode};

/// What is done about one request.
pub(crate) enum Answer {
    /// These bytes are sent.
    Bytes(Vec<u8>),
    /// These bytes are sent one by one.
    Trickle(Vec<u8>),
    /// These bytes are sent and the connection is closed.
    BytesAndClose(Vec<u8>),
    /// Nothing is sent, and the connection stays open.
    Silence,
}

/// Listens at a path until the test's process ends.
pub(crate) fn listen(path: &Path, answer: impl Fn(&Value) -> Answer + Send + Sync + 'static) {
    let listener = UnixListener::bind(path).unwrap();
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let answer = Arc::clone(&answer);
            std::thread::spawn(move || serve(stream.unwrap(), answer.as_ref()));
        }
    });
}

fn serve(mut stream: UnixStream, answer: &dyn Fn(&Value) -> Answer) {
    let limits = Limits::default();
    let mut buffer = Vec::new();
    let mut scanner = ReplyScanner::new(&limits);
    loop {
        if let Some(length) = scanner.scan(&buffer).unwrap() {
            let request = decode(&buffer[..length - TERMINATOR.len()], &limits).unwrap();
            buffer.drain(..length);
            scanner = ReplyScanner::new(&limits);
            // A client that went away is no error of the test's.
            let sent = match answer(&request) {
                Answer::Bytes(bytes) => stream.write_all(&bytes),
                Answer::Trickle(bytes) => {
                    bytes.chunks(1).try_for_each(|byte| stream.write_all(byte))
                }
                Answer::BytesAndClose(bytes) => {
                    let _ = stream.write_all(&bytes);
                    return;
                }
                Answer::Silence => Ok(()),
            };
            if sent.is_err() {
                return;
            }
            continue;
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return,
            Ok(read) => buffer.extend_from_slice(&chunk[..read]),
        }
    }
}

/// A reply `(0, value)` around an encoded value.
pub(crate) fn done(value: &[u8]) -> Vec<u8> {
    [b"\x80\x04K\x00".as_slice(), value, b"\x86.", TERMINATOR].concat()
}
