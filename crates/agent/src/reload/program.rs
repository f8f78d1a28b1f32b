//! fail2ban's own client, which reads its configuration as only it can.
use std::{path::Path, process::Stdio, time::Duration};

use domain::{HostError, ReloadProblem};
use fail2ban::{
    Value,
    dump::{DumpLimits, parse_stream},
};
use tokio::process::Command;

use crate::{core::Core, link::Link, pipe};

/// What the program may print: all stock jails of the newest version are 370 kB.
const MAX_OUTPUT_BYTES: u64 = 32 << 20;

/// Its complaints; what is longer is cut.
const MAX_COMPLAINT_BYTES: u64 = 256 << 10;

/// What a test that passes prints last.
const TEST_PASSED: &str = "OK: configuration test is successful";

/// What one that fails says last.
const TEST_FAILED: &str = "test configuration failed";

/// Lines of complaints that are passed on.
const MAX_PROBLEMS: usize = 20;

/// The commands that the configuration stands for.
///
/// # Errors
/// `UnsafeReload` with the program's own words when it cannot read the configuration, `ClientProgram` when it cannot be run.
pub(super) async fn configured(core: &Core, link: &Link) -> Result<Vec<Vec<Value>>, HostError> {
    let printed = client(core, link, &core.config.config_dir, &["-d"]).await?;
    if !printed.well {
        return Err(HostError::UnsafeReload(complaints(&printed.err)));
    }
    parse_stream(&printed.out, &DumpLimits::default()).map_err(|error| {
        HostError::ClientProgram(format!("what it printed cannot be read: {error}"))
    })
}

/// What the program makes of a folder.
#[derive(Debug)]
pub(crate) struct Reading {
    /// The commands; `None` where it could not read the folder at all.
    pub(crate) stream: Option<Vec<Vec<Value>>>,
    /// The errors of its test; never empty where that does not pass. It also passes with some errors.
    pub(crate) complaints: Vec<ReloadProblem>,
}

/// Has the program read and test a folder.
///
/// # Errors
/// `ClientProgram` when it cannot be run.
pub(super) async fn reading(core: &Core, link: &Link, dir: &Path) -> Result<Reading, HostError> {
    let printed = client(core, link, dir, &["-d", "-t"]).await?;
    let commands = printed.out.trim_end();
    let commands = commands.strip_suffix(TEST_PASSED).unwrap_or(commands);
    let stream = parse_stream(commands, &DumpLimits::default());
    let mut complaints = if printed.well && stream.is_ok() {
        errors(&printed.err)
    } else {
        complaints(&printed.err)
    };
    if complaints.len() > 1 {
        // It says nothing that the others do not say.
        complaints.retain(|problem| !problem.detail.ends_with(TEST_FAILED));
    }
    Ok(Reading {
        stream: stream.ok().filter(|stream| !stream.is_empty()),
        complaints,
    })
}

/// Runs the program on a folder, and for the daemon's socket.
async fn client(core: &Core, link: &Link, dir: &Path, args: &[&str]) -> Result<Printed, HostError> {
    let config = &core.config;
    let mut command = Command::new(&config.client_program);
    command
        .arg("-c")
        .arg(dir)
        .arg("-s")
        .arg(link.client.socket())
        .args(args)
        // Its messages are passed on; they shall not change with the language of the machine.
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let limit = config.timeouts.client_program;
    tokio::time::timeout(limit, run(command))
        .await
        .map_err(|_| too_slow(limit))?
        .map_err(|error| {
            HostError::ClientProgram(format!("{}: {error}", config.client_program.display()))
        })
}

fn too_slow(limit: Duration) -> HostError {
    HostError::ClientProgram(format!("it did not end within {} s", limit.as_secs_f64()))
}

struct Printed {
    well: bool,
    out: String,
    err: String,
}

async fn run(mut command: Command) -> std::io::Result<Printed> {
    let mut child = command.spawn()?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let (out, err, status) = tokio::join!(
        pipe::read_to_end(out, MAX_OUTPUT_BYTES),
        pipe::read_to_end(err, MAX_COMPLAINT_BYTES),
        child.wait()
    );
    Ok(Printed {
        well: status?.success(),
        out: out?,
        err: err?,
    })
}

/// The errors of the program's log, without its time and process.
fn errors(text: &str) -> Vec<ReloadProblem> {
    let said = text.lines().filter_map(|line| line.split_once(": ERROR"));
    problems(said.map(|(_, said)| said.trim().to_owned()).collect())
}

/// Why it failed: its errors, or else all that it said.
fn complaints(text: &str) -> Vec<ReloadProblem> {
    let errors = errors(text);
    if !errors.is_empty() {
        return errors;
    }
    let said = problems(text.lines().map(|line| line.trim().to_owned()).collect());
    if said.is_empty() {
        let nothing = "fail2ban-client cannot read the configuration and does not say why";
        return problems(vec![nothing.to_owned()]);
    }
    said
}

fn problems(mut details: Vec<String>) -> Vec<ReloadProblem> {
    details.retain(|detail| !detail.is_empty());
    details.dedup();
    details.truncate(MAX_PROBLEMS);
    details
        .into_iter()
        .map(|detail| ReloadProblem {
            jail: jail_in(&detail),
            detail,
        })
        .collect()
}

/// The jail of `Errors in jail 'sshd'. Skipping...`.
fn jail_in(detail: &str) -> Option<String> {
    let rest = detail.split_once(" jail '")?.1;
    Some(rest.split_once('\'')?.0.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_are_the_errors_with_their_jails() {
        let text = "2026-11-23 21:23:16,063 fail2ban.configreader   [11166]: WARNING 'allowipv6' not defined\n\
            2026-11-23 21:23:16,063 fail2ban.jailreader     [11166]: ERROR   Unable to read the filter 'nosuch'\n\
            2026-11-23 21:23:16,063 fail2ban.jailsreader    [11166]: ERROR   Errors in jail 'my jail'. Skipping...\n";
        assert_eq!(
            complaints(text),
            [
                ReloadProblem {
                    jail: None,
                    detail: "Unable to read the filter 'nosuch'".to_owned()
                },
                ReloadProblem {
                    jail: Some("my jail".to_owned()),
                    detail: "Errors in jail 'my jail'. Skipping...".to_owned()
                },
            ]
        );
    }

    #[test]
    fn complaints_without_a_log_line_are_passed_on_as_they_are() {
        assert_eq!(complaints("\n bang \n")[0].detail, "bang");
        assert_eq!(complaints("").len(), 1);
    }
}
