//! What a person at a terminal reads. Logs go elsewhere.
use std::{
    error::Error,
    io::{self, Write as _},
};

/// Writes a line to standard output. A reader that has gone away is no reason to fail.
pub(crate) fn line(text: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}

/// Writes an error with its causes to standard error.
pub(crate) fn error(error: &dyn Error) {
    let mut out = io::stderr().lock();
    let _ = writeln!(out, "bangui: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = writeln!(out, "  because: {error}");
        cause = error.source();
    }
}
