//! A socket before the daemon's that counts what passes.
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    task::JoinSet,
};

const TERMINATOR: &[u8] = b"<F2B_END_COMMAND>";

/// Counts commands and connections.
pub(crate) struct Proxy {
    pub(crate) socket: PathBuf,
    counts: Arc<Counts>,
    _tasks: JoinSet<()>,
}

#[derive(Default)]
struct Counts {
    commands: AtomicUsize,
    open: AtomicUsize,
    most_open: AtomicUsize,
}

impl Proxy {
    pub(crate) fn before(daemon: &Path) -> Self {
        let socket = daemon.with_extension("proxy");
        let listener = UnixListener::bind(&socket).unwrap();
        let counts = Arc::new(Counts::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, daemon.to_owned(), counts.clone()));
        Self {
            socket,
            counts,
            _tasks: tasks,
        }
    }

    pub(crate) fn commands(&self) -> usize {
        self.counts.commands.load(Ordering::SeqCst)
    }

    pub(crate) fn open(&self) -> usize {
        self.counts.open.load(Ordering::SeqCst)
    }

    pub(crate) fn most_open(&self) -> usize {
        self.counts.most_open.load(Ordering::SeqCst)
    }
}

async fn accept(listener: UnixListener, daemon: PathBuf, counts: Arc<Counts>) {
    let mut connections = JoinSet::new();
    while let Ok((near, _)) = listener.accept().await {
        connections.spawn(serve(near, daemon.clone(), counts.clone()));
    }
}

async fn serve(near: UnixStream, daemon: PathBuf, counts: Arc<Counts>) {
    let open = counts.open.fetch_add(1, Ordering::SeqCst) + 1;
    counts.most_open.fetch_max(open, Ordering::SeqCst);
    if let Ok(far) = UnixStream::connect(&daemon).await {
        pass(near, far, &counts.commands).await;
    }
    counts.open.fetch_sub(1, Ordering::SeqCst);
}

async fn pass(near: UnixStream, far: UnixStream, commands: &AtomicUsize) {
    let (mut near_in, mut near_out) = near.into_split();
    let (mut far_in, mut far_out) = far.into_split();
    let forth = async {
        let mut seen = Vec::new();
        let mut buffer = vec![0; 64 << 10];
        while let Ok(count @ 1..) = near_in.read(&mut buffer).await {
            seen.extend_from_slice(&buffer[..count]);
            while let Some(at) = seen.windows(TERMINATOR.len()).position(|w| w == TERMINATOR) {
                seen.drain(..at + TERMINATOR.len());
                commands.fetch_add(1, Ordering::SeqCst);
            }
            if far_out.write_all(&buffer[..count]).await.is_err() {
                return;
            }
        }
    };
    let back = async {
        let _ = tokio::io::copy(&mut far_in, &mut near_out).await;
    };
    // Either end closes the connection.
    tokio::select! {
        () = forth => {}
        () = back => {}
    }
}
