//! One connection: opened, used for a few commands, closed.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::net::unix::{ReadHalf, WriteHalf};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::{debug, warn};

use super::capabilities::DaemonInstance;
use super::error::summary;
use super::{ClientError, CommandClass, DaemonError, Inner};
use crate::protocol::{
    Limits, ProtocolError, RawReply, ReplyScanner, TERMINATOR, Value, decode, encode, split_reply,
};

/// A reply that takes longer than this is worth a line in the log.
const SLOW: Duration = Duration::from_secs(1);
/// First and longest pause between two attempts to connect.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(100));
/// How much is read at once.
const CHUNK: usize = 64 << 10;

/// A connection and the permission to have it.
pub(super) struct Connection<'c> {
    inner: &'c Inner,
    class: CommandClass,
    stream: UnixStream,
    pub(super) instance: DaemonInstance,
    /// When the next commands must be answered; waiting for the connection counts for the first.
    deadline: Instant,
    /// Bytes of the next replies that came with the last.
    buffer: Vec<u8>,
    _permit: OwnedSemaphorePermit,
}

impl<'c> Connection<'c> {
    pub(super) async fn open(
        inner: &'c Inner,
        class: CommandClass,
        command: String,
    ) -> Result<Self, ClientError> {
        let after = inner.config.time_limit(class);
        let deadline = Instant::now() + after;
        let opening = async {
            let permit = Arc::clone(&inner.permits).acquire_owned().await;
            let permit = permit.map_err(|error| ClientError::Io(io::Error::other(error)))?;
            Ok((permit, connect(inner, deadline).await?))
        };
        let opened = match timeout_at(deadline, opening).await {
            Ok(opened) => opened,
            Err(_) => Err(ClientError::TimedOut { after, command }),
        };
        let (permit, stream) = opened.inspect_err(|error| inner.known.note_error(error))?;
        let instance = DaemonInstance::of(&stream, &inner.config.socket);
        inner.known.note_instance(instance);
        Ok(Self {
            inner,
            class,
            stream,
            instance,
            deadline,
            buffer: Vec::new(),
            _permit: permit,
        })
    }

    /// Sends commands at once and reads their replies, within one time limit for all of them.
    pub(super) async fn exchange(
        &mut self,
        commands: &[Vec<Value>],
    ) -> Result<Vec<Result<Value, DaemonError>>, ClientError> {
        let limits = self.inner.config.limits;
        let mut requests = Vec::new();
        for command in commands {
            requests.extend(encode(command, &limits)?);
        }
        let command = commands
            .first()
            .map(|command| summary(command))
            .unwrap_or_default();
        let after = self.inner.config.time_limit(self.class);
        let started = Instant::now();
        let (reader, writer) = self.stream.split();
        let talk = talk(
            reader,
            writer,
            &requests,
            Replies {
                buffer: &mut self.buffer,
                limits,
                count: commands.len(),
            },
        );
        let replies = match timeout_at(self.deadline, talk).await {
            Ok(replies) => replies.map_err(|error| error.into_client_error(&command)),
            Err(_) => Err(ClientError::TimedOut {
                after,
                command: command.clone(),
            }),
        };
        let took = started.elapsed();
        self.deadline = Instant::now() + after;
        if took > SLOW {
            let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            warn!(
                command,
                duration_ms,
                commands = commands.len(),
                "fail2ban answered slowly"
            );
        }
        let replies = replies.inspect_err(|error| self.inner.known.note_error(error))?;
        replies
            .into_iter()
            .map(|reply| sort(reply, &command))
            .collect()
    }
}

/// Connects, trying again while the daemon's queue of one is full or its socket is not listened on yet.
async fn connect(inner: &Inner, deadline: Instant) -> Result<UnixStream, ClientError> {
    let path = &inner.config.socket;
    let refused_until = (Instant::now() + inner.config.refused_patience).min(deadline);
    let (mut pause, longest) = BACKOFF;
    loop {
        let error = match UnixStream::connect(path).await {
            Ok(stream) => return Ok(stream),
            Err(error) => error,
        };
        let again = match error.kind() {
            io::ErrorKind::WouldBlock => true,
            io::ErrorKind::ConnectionRefused => Instant::now() < refused_until,
            _ => false,
        };
        if !again {
            return Err(ClientError::from_connect(error, path));
        }
        debug!(%error, pause_ms = pause.as_millis(), "fail2ban's socket is busy, trying again");
        sleep(pause).await;
        pause = (pause * 2).min(longest);
    }
}

enum TalkError {
    Io(io::Error),
    Protocol(ProtocolError),
}

impl TalkError {
    fn into_client_error(self, command: &str) -> ClientError {
        match self {
            Self::Io(error) => ClientError::from_exchange(error, command),
            Self::Protocol(error) => ClientError::Protocol(error),
        }
    }
}

struct Replies<'b> {
    buffer: &'b mut Vec<u8>,
    limits: Limits,
    count: usize,
}

/// Writes and reads at the same time: the daemon stops reading while nobody takes its replies.
async fn talk(
    reader: ReadHalf<'_>,
    mut writer: WriteHalf<'_>,
    requests: &[u8],
    replies: Replies<'_>,
) -> Result<Vec<Value>, TalkError> {
    let write = async { writer.write_all(requests).await.map_err(TalkError::Io) };
    let ((), values) = tokio::try_join!(write, read(reader, replies))?;
    Ok(values)
}

async fn read(mut reader: ReadHalf<'_>, replies: Replies<'_>) -> Result<Vec<Value>, TalkError> {
    let Replies {
        buffer,
        limits,
        count,
    } = replies;
    let mut values = Vec::new();
    let mut scanner = ReplyScanner::new(&limits);
    while values.len() < count {
        if let Some(length) = scanner.scan(buffer).map_err(TalkError::Protocol)? {
            let body = buffer.get(..length - TERMINATOR.len()).unwrap_or_default();
            values.push(decode(body, &limits).map_err(TalkError::Protocol)?);
            buffer.drain(..length);
            scanner = ReplyScanner::new(&limits);
            continue;
        }
        // The buffer grows by doubling with what really arrived, never by what a length promises.
        buffer.reserve(CHUNK);
        if reader.read_buf(buffer).await.map_err(TalkError::Io)? == 0 {
            return Err(TalkError::Io(io::ErrorKind::UnexpectedEof.into()));
        }
    }
    Ok(values)
}

fn sort(reply: Value, command: &str) -> Result<Result<Value, DaemonError>, ClientError> {
    match split_reply(reply) {
        RawReply::Done(value) => Ok(Ok(value)),
        RawReply::Failed(exception) => Ok(Err(DaemonError::from_exception(exception))),
        RawReply::Error(text) => Ok(Err(DaemonError::from_text(&text))),
        RawReply::Shutdown => Ok(Err(DaemonError::shutting_down())),
        RawReply::Other(value) => Err(ClientError::unexpected(command, &value)),
    }
}
