//! Values from forms, as the files write them.
use domain::{ConfigItemKind, OptionName};

use super::{Refusal, bad};

/// Options of jails and filters that take several lines.
const LINES: [&str; 9] = [
    "action",
    "addresses",
    "failregex",
    "ignorecommand",
    "ignoreip",
    "ignoreregex",
    "journalmatch",
    "logpath",
    "prefregex",
];

/// A value as a file writes it, so that fail2ban reads exactly what the form said: `%` begins an interpolation, and doubled it is a per cent sign.
/// Tags (`<HOST>`, `<ip>`) are part of what values say, and stay.
///
/// White space at the ends of lines has no meaning to fail2ban and is left out.
pub(super) fn literal(
    kind: ConfigItemKind,
    option: &OptionName,
    value: &str,
) -> Result<String, Refusal> {
    let value = value.trim();
    if value.contains('\n') && !takes_lines(kind, option) {
        return bad(format!("{option} takes one line: remove the line breaks"));
    }
    let lines: Vec<&str> = value.split('\n').map(str::trim).collect();
    Ok(lines.join("\n").replace('%', "%%"))
}

fn takes_lines(kind: ConfigItemKind, option: &OptionName) -> bool {
    let name = option.as_str();
    match kind {
        ConfigItemKind::Jail => LINES.contains(&name) || name.starts_with("action_"),
        ConfigItemKind::Filter => LINES.contains(&name) || name.starts_with('_'),
        // Commands are scripts.
        ConfigItemKind::Action => name.starts_with("action") || name.starts_with('_'),
        ConfigItemKind::Server => false,
    }
}
