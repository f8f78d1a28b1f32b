//! Values from forms, as the files write them.
use domain::{ConfigItemKind, OptionName};
use fail2ban::config::{
    check,
    options::{self, Place},
};

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
    let written = lines.join("\n").replace('%', "%%");
    // What would end the value within a command, or hide a part of it as a comment, is more than a value.
    let spec = options::find(place(kind), option.as_str());
    match check::writable(spec, &written) {
        Some(fault) => bad(format!("{option}: {fault}")),
        None => Ok(written),
    }
}

fn place(kind: ConfigItemKind) -> Place {
    match kind {
        ConfigItemKind::Jail => Place::Jail,
        ConfigItemKind::Filter => Place::Filter,
        ConfigItemKind::Action => Place::Action,
        ConfigItemKind::Server => Place::Server,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_that_would_become_more_than_a_value_is_refused() {
        let written = |option: &str, value: &str| {
            literal(ConfigItemKind::Jail, &option.parse().unwrap(), value).ok()
        };
        assert_eq!(written("sender", "a@b\", actionban=\"id"), None);
        assert_eq!(written("port", "ssh]"), None);
        assert_eq!(written("maxretry", "5\nenabled = true"), None);
        assert_eq!(written("failregex", "^a <HOST>$\n# hidden"), None);
        assert_eq!(written("destemail", "a@b ; c"), None);
        assert_eq!(
            written("failregex", "^a <HOST> 5%$\n  ^b <HOST>$").as_deref(),
            Some("^a <HOST> 5%%$\n^b <HOST>$")
        );
        assert_eq!(
            written("sender", "root@<fq-hostname>").as_deref(),
            Some("root@<fq-hostname>")
        );
    }
}
