//! fail2ban's own reader, asked about many configurations by one process.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use fail2ban::config::files::Disk;
use fail2ban::config::{Config, Refused};
use fail2ban::{Value, Version};
use serde_json::json;

/// Prints fail2ban's version, then a line for each folder: the commands that it gives the daemon, or its error.
const SCRIPT: &str = r"
import json, logging, signal, sys
from fail2ban.client.configurator import Configurator
from fail2ban.version import version
logging.getLogger('fail2ban').setLevel(logging.CRITICAL)
print(version)
class Hangs(BaseException): pass
def hangs(*_): raise Hangs()
signal.signal(signal.SIGALRM, hangs)
for path in open(sys.argv[1]).read().splitlines():
    signal.alarm(5)
    try:
        reader = Configurator()
        reader.setBaseDir(path)
        reader.readAll()
        reader.getOptions(updateMainOpt=reader.getEarlyOptions())
        reader.convertToProtocol(allow_no_files=True)
        print(json.dumps({'stream': reader.getConfigStream()}))
    except Exception as error:
        print(json.dumps({'error': repr(error)}))
    except Hangs:
        print(json.dumps({'error': 'it hangs'}))
    finally:
        signal.alarm(0)
";

/// The folder in which the tested fail2ban is installed.
pub(crate) fn root() -> PathBuf {
    let told = std::env::var_os("BANGUI_TEST_FAIL2BAN_ROOT").unwrap_or_default();
    Path::new("/").join(PathBuf::from(told))
}

pub(crate) fn packages() -> PathBuf {
    root().join("usr/lib/python3/dist-packages")
}

/// What fail2ban reads in each folder, and its version.
pub(crate) fn ask(folders: &[PathBuf]) -> (Version, Vec<serde_json::Value>) {
    let list = tempfile::NamedTempFile::new().unwrap();
    let paths: Vec<&str> = folders.iter().map(|path| path.to_str().unwrap()).collect();
    fs::write(list.path(), paths.join("\n")).unwrap();
    let output = Command::new("/usr/bin/python3")
        .args(["-c", SCRIPT])
        .arg(list.path())
        .env("PYTHONPATH", packages())
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let (version, answers) = text.split_once('\n').unwrap();
    let answers = answers
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    (Version::parse(version), answers.collect())
}

/// What we read in a folder.
pub(crate) fn read(folder: &Path, version: &Version) -> Config {
    Config::read(Arc::new(Disk::new(folder.to_str().unwrap())), version)
}

/// A value as JSON.
pub(crate) fn as_json(value: &Value) -> serde_json::Value {
    match value {
        Value::None => json!(null),
        Value::Bool(truth) => json!(truth),
        Value::Int(number) => json!(number),
        // Python writes all digits; JSON numbers of ours have fewer.
        Value::BigInt(digits) => serde_json::from_str(digits).unwrap(),
        Value::Str(text) => json!(text),
        Value::List(items) => items.iter().map(as_json).collect(),
        Value::Dict(pairs) => pairs
            .iter()
            .map(|(key, value)| (key.as_str().unwrap().to_owned(), as_json(value)))
            .collect(),
        other => panic!("{other:?} is in no command"),
    }
}

/// What came of comparing one configuration.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Compared {
    pub(crate) streams: usize,
    pub(crate) commands: usize,
    pub(crate) refused: usize,
    pub(crate) skipped_jails: usize,
}

/// Compares what we read in each folder with what fail2ban does.
pub(crate) fn compare(folders: &[PathBuf]) -> Compared {
    let (version, answers) = ask(folders);
    assert_eq!(answers.len(), folders.len());
    let mut compared = Compared::default();
    for (folder, wanted) in folders.iter().zip(&answers) {
        let stream = read(folder, &version).stream();
        compare_one(folder, stream, wanted, &mut compared);
    }
    compared
}

fn compare_one(
    folder: &Path,
    stream: Result<Vec<Vec<Value>>, Refused>,
    wanted: &serde_json::Value,
    compared: &mut Compared,
) {
    let Some(wanted) = wanted.get("stream") else {
        assert!(
            stream.is_err(),
            "{}: fail2ban says {wanted}",
            folder.display()
        );
        compared.refused += 1;
        return;
    };
    let stream = stream.unwrap_or_else(|refused| panic!("{}: {refused}", folder.display()));
    let wanted = wanted.as_array().unwrap();
    for (at, wanted) in wanted.iter().enumerate() {
        let ours = stream
            .get(at)
            .map(|command| command.iter().map(as_json).collect());
        let ours: serde_json::Value = ours.unwrap_or_default();
        assert_eq!(ours, *wanted, "{} command {at}", folder.display());
        compared.skipped_jails += usize::from(wanted[0] == "config-error");
    }
    assert_eq!(stream.len(), wanted.len(), "{}", folder.display());
    compared.streams += 1;
    compared.commands += stream.len();
}

/// A configuration of its own: a copy, so that whatever a test writes stays in the test's folder.
pub(crate) fn variant(of: &Path, folder: &Path) {
    copy(of, folder);
    fs::create_dir_all(folder.join("jail.d")).unwrap();
}

fn copy(of: &Path, folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for entry in fs::read_dir(of).unwrap() {
        let entry = entry.unwrap();
        let own = folder.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &own);
        } else {
            fs::copy(entry.path(), own).unwrap();
        }
    }
}
