//! Network namespaces in which loads are measured: never in this machine's own.
use std::{path::PathBuf, process::Stdio};

use firewall::Place;
use tokio::{
    io::AsyncReadExt as _,
    process::{Child, Command},
};

use crate::Error;

/// One that is there until this is dropped.
pub(super) struct Namespace {
    file: PathBuf,
    /// Ends with its input, and with that the namespace.
    _holder: Child,
}

impl Namespace {
    pub(super) async fn make() -> Result<Self, Error> {
        let mut holder = Command::new("unshare")
            .args(["--net", "--", "sh", "-c", "echo ready; read -r _"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut ready = [0];
        let said = match holder.stdout.as_mut() {
            Some(output) => output.read(&mut ready).await?,
            None => 0,
        };
        match holder.id() {
            Some(id) if said > 0 => Ok(Self {
                file: format!("/proc/{id}/ns/net").into(),
                _holder: holder,
            }),
            _ => Err(Error::Program(
                "no network namespace can be made: run this as root".to_owned(),
            )),
        }
    }

    pub(super) fn place(&self) -> Place {
        Place::namespace(self.file.clone())
    }

    /// A program that will run there.
    pub(super) fn command(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command
            .arg(format!("--net={}", self.file.display()))
            .arg("--")
            .arg(program)
            .kill_on_drop(true);
        command
    }
}
