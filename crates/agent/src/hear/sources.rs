//! Where fail2ban tells what it does: its log and its database, as the daemon itself says.
use std::path::PathBuf;

use fail2ban::{Client, ClientError, CommandClass, Value};

/// The files to read; `None` where there is none: another log target, or no database.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Sources {
    pub(crate) log: Option<PathBuf>,
    pub(crate) database: Option<PathBuf>,
}

/// Asks the daemon.
pub(crate) async fn ask(client: &Client) -> Result<Sources, ClientError> {
    let commands = [
        vec![Value::from("get"), "logtarget".into()],
        vec![Value::from("get"), "dbfile".into()],
    ];
    let mut paths = client
        .request_all(&commands, CommandClass::Read)
        .await?
        .into_iter()
        .map(|answer| answer.ok().as_ref().and_then(file));
    Ok(Sources {
        log: paths.next().flatten(),
        database: paths.next().flatten(),
    })
}

/// A file of the answer: `STDOUT`, `SYSLOG` and the like are none, nor is what is no absolute path on this machine, such as `:memory:`.
fn file(answer: &Value) -> Option<PathBuf> {
    let path = PathBuf::from(answer.as_str()?);
    path.is_absolute().then_some(path)
}
