//! What may be an argument of a typed command.

use super::ClientError;
use crate::protocol::{TERMINATOR, Value};
use crate::{IgnoreEntry, Subject};

/// Names that `get` and `set` read as a setting of the daemon instead of a jail, and names that stand for
/// all jails.
const RESERVED: &[&str] = &[
    "--all",
    "loglevel",
    "logtarget",
    "syslogsocket",
    "allowipv6",
    "thread",
    "dbfile",
    "dbmaxmatches",
    "dbpurgeage",
];

/// A jail's name. Odd names (spaces, dots, slashes, other scripts) exist and are sent as they are.
pub(super) fn jail(name: &str) -> Result<Value, ClientError> {
    if name.starts_with('-') || RESERVED.contains(&name) {
        return Err(bad(
            "the jail's name",
            format!("`{name}` means something else to fail2ban"),
        ));
    }
    if name.is_empty() {
        return Err(bad("the jail's name", "it is empty".into()));
    }
    plain("the jail's name", name)
}

/// A subject: an address in the daemon's own spelling, or the word-for-word text of a listed one.
pub(super) fn subject(subject: &Subject) -> Result<Value, ClientError> {
    match subject {
        Subject::Network(_) => Ok(subject.to_string().into()),
        Subject::Other(text) if text.starts_with("--") => {
            Err(bad("the address", "it looks like an option".into()))
        }
        Subject::Other(text) => plain("the address", text),
    }
}

pub(super) fn ignore_entry(entry: &IgnoreEntry) -> Result<Value, ClientError> {
    plain("the entry of the ignore list", &entry.to_string())
}

/// Text without control characters and without the terminator.
pub(super) fn plain(argument: &'static str, text: &str) -> Result<Value, ClientError> {
    if text.chars().any(char::is_control) {
        return Err(bad(
            argument,
            "it contains a line break or another control character".into(),
        ));
    }
    if text
        .as_bytes()
        .windows(TERMINATOR.len())
        .any(|window| window == TERMINATOR)
    {
        return Err(bad(
            argument,
            "it contains the text that ends a request".into(),
        ));
    }
    Ok(Value::str(text))
}

pub(super) fn bad(argument: &'static str, reason: String) -> ClientError {
    ClientError::BadArgument { argument, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jail_name_that_is_odd_is_sent_and_one_that_is_dangerous_is_not() {
        for odd in ["sshd", "my jail", "a.b/c", "jäil", "x, y"] {
            assert_eq!(jail(odd).unwrap(), Value::from(odd));
        }
        for bad in [
            "",
            "--all",
            "-x",
            "loglevel",
            "a\nb",
            "a\0b",
            "a<F2B_END_COMMAND>b",
        ] {
            assert!(
                matches!(jail(bad), Err(ClientError::BadArgument { .. })),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn subject_that_looks_like_an_option_is_refused() {
        assert!(subject(&Subject::parse("--all")).is_err());
        assert!(subject(&Subject::parse("--report-absent")).is_err());
        assert!(subject(&Subject::parse("999.1.1.1")).is_ok());
    }
}
