//! The client script: `fail2ban-client` of the lab, for the agent and for people.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::folder::{Folder, write_file};
use crate::{Installation, LabError};

/// Starting is left to the lab: a daemon that the client started itself would enforce its bans on the machine
/// and live on after the lab.
const SCRIPT: &str = r#"#!/bin/sh
# fail2ban-client of a lab. Starting the daemon is left to the lab, so that the daemon
# gets the lab's network namespace and ends with the lab.
lab=@FOLDER@
@ENVIRONMENT@
client() { @CLIENT@ "$@"; }
mine() { client -s "$lab/fail2ban.sock" -c "$lab/etc" "$@"; }

verb= jail= value= unban=
for argument do
  if [ -n "$value" ]; then value=; continue; fi
  case $argument in
    -s|-c|-p|--socket|--conf|--pidfile|--loglevel|--logtarget|--syslogsocket|--timeout) value=1 ;;
    --unban) unban=1 ;;
    -*) ;;
    *) if [ -z "$verb" ]; then verb=$argument; else jail=$argument; fi ;;
  esac
done

case $verb:$jail in
  start:) if mine ping >/dev/null 2>&1; then exec @CLIENT@ "$@"; fi ;;
  restart:)
    if [ -n "$unban" ]; then mine unban --all >/dev/null; fi
    mine stop
    tries=100
    while mine ping >/dev/null 2>&1 && [ $tries -gt 0 ]; do tries=$((tries - 1)); sleep 0.1; done ;;
  *) exec @CLIENT@ "$@" ;;
esac

# Without a reader the pipe would block for ever: then the lab is gone.
ask() {
  if ! timeout 5 sh -c 'echo start > "$1"' sh "$lab/control"; then
    echo "the lab in $lab is not running" >&2
    exit 255
  fi
}

# Asked again each time: the lab does not start a daemon while the one before is still ending.
tries=100
until ask; mine ping >/dev/null 2>&1; do
  tries=$((tries - 1))
  if [ $tries -le 0 ]; then echo "the daemon did not start, see $lab/daemon.out" >&2; exit 255; fi
  sleep 0.1
done
echo "Server ready"
"#;

/// Writes the client script.
pub(crate) fn write(folder: &Folder, installation: &Installation) -> Result<(), LabError> {
    let environment = installation
        .python_path
        .as_deref()
        .map(|path| format!("export PYTHONPATH={}", quoted(path)))
        .unwrap_or_default();
    let text = SCRIPT
        .replace("@FOLDER@", &quoted(&folder.root))
        .replace("@ENVIRONMENT@", &environment)
        .replace("@CLIENT@", &quoted(&installation.client));
    write_file(&folder.client, &text)?;
    fs::set_permissions(&folder.client, fs::Permissions::from_mode(0o700))
        .map_err(LabError::io("make executable", &folder.client))
}

/// Writes a script that runs a program of an installation with its modules.
pub(crate) fn write_program(path: &Path, program: &Path, modules: &Path) -> Result<(), LabError> {
    let text = format!(
        "#!/bin/sh\nPYTHONPATH={} exec {} \"$@\"\n",
        quoted(modules),
        quoted(program)
    );
    write_file(path, &text)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
        .map_err(LabError::io("make executable", path))
}

/// A path as one word of the shell.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().replace('\'', r"'\''"))
}
