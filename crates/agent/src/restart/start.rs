//! The command of the settings that starts the daemon.
use std::{
    fs::File,
    io::{Read as _, Seek as _},
    process::Stdio,
};

use domain::ConfigError;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};

use crate::mirror::on_disk;

/// What is passed on of its words.
const MAX_WORDS_BYTES: u64 = 4 << 10;

/// A command that was started, without a shell. What it starts lives on; its words go to a file, as nobody can wait for the end of a pipe that a daemon
/// holds.
#[derive(Debug)]
pub(super) struct Started {
    program: String,
    child: Child,
    words: File,
}

impl Started {
    /// Starts the command.
    pub(super) async fn by(command: &[String]) -> Result<Self, ConfigError> {
        let [program, args @ ..] = command else {
            return Err(ConfigError::Restart(
                "the command that starts it is empty".to_owned(),
            ));
        };
        let words = on_disk(|| {
            let words = tempfile::tempfile()?;
            Ok((words.try_clone()?, words.try_clone()?, words))
        });
        let (out, err, words) = words.await.map_err(|error| failed(program, &error))?;
        let child = Command::new(program)
            .args(args)
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            // What ends this process from a terminal does not end the daemon.
            .process_group(0)
            .spawn();
        Ok(Self {
            program: program.clone(),
            child: child.map_err(|error| failed(program, &error))?,
            words,
        })
    }

    /// Fails where the command has failed. One that goes on may be the daemon itself.
    pub(super) async fn check(&mut self) -> Result<(), ConfigError> {
        let ended = self.child.try_wait();
        let status = match ended.map_err(|error| failed(&self.program, &error))? {
            Some(status) if !status.success() => status,
            Some(_) | None => return Ok(()),
        };
        let words = self.words.try_clone();
        let said = on_disk(move || {
            let mut words = words?;
            let mut said = Vec::new();
            words.rewind()?;
            words.take(MAX_WORDS_BYTES).read_to_end(&mut said)?;
            Ok::<_, std::io::Error>(String::from_utf8_lossy(&said).trim().to_owned())
        });
        let said = said.await.unwrap_or_default();
        Err(ConfigError::Restart(format!(
            "{}: {status}: {said}",
            self.program
        )))
    }

    /// Ends a command that goes on without an answer of a daemon.
    pub(super) fn kill(self) {
        let running = self.child.id().and_then(|id| i32::try_from(id).ok());
        if let Some(group) = running.and_then(Pid::from_raw)
            && let Err(error) = kill_process_group(group, Signal::KILL)
        {
            tracing::debug!(%error, "the command that starts fail2ban had ended");
        }
    }
}

fn failed(program: &str, error: &std::io::Error) -> ConfigError {
    ConfigError::Restart(format!("{program}: {error}"))
}
