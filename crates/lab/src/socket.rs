//! The two questions that the lab itself asks a daemon. Everything else goes through the client.

use std::io;
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::time::timeout;

/// Ends each request and reply.
const END: &[u8] = b"<F2B_END_COMMAND>";

/// A busy daemon answers nobody else; longer than this is not busy.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);

/// Asks the daemon one word, and gives the reply as the daemon's bytes (a pickle, without its terminator).
/// The word is at most 255 bytes.
pub(crate) async fn ask(socket: &Path, word: &str) -> io::Result<Vec<u8>> {
    timeout(ANSWER_LIMIT, ask_without_limit(socket, word))
        .await
        .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}

async fn ask_without_limit(socket: &Path, word: &str) -> io::Result<Vec<u8>> {
    let mut stream = UnixStream::connect(socket).await?;
    stream.write_all(&request(word)).await?;
    let mut reply = Vec::new();
    while !reply.ends_with(END) {
        if stream.read_buf(&mut reply).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    reply.truncate(reply.len() - END.len());
    Ok(reply)
}

/// A list with one text, pickled with protocol 2, which every daemon reads.
fn request(word: &str) -> Vec<u8> {
    let length = u32::try_from(word.len()).unwrap_or(u32::MAX);
    let mut bytes = vec![0x80, 2, b']', b'X'];
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(word.as_bytes());
    bytes.extend_from_slice(b"a.");
    bytes.extend_from_slice(END);
    bytes
}
