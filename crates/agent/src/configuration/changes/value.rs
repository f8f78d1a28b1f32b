//! Values from forms, as the files write them.
use domain::{ConfigItemKind, OptionName};
use fail2ban::config::{
    check,
    options::{self, Place},
};

use super::{Refusal, bad};

/// A value as a file writes it, so that fail2ban reads exactly what the form said: `%` begins an interpolation, and doubled it is a per cent sign.
/// Tags (`<HOST>`, `<ip>`) are part of what values say, and stay.
///
/// White space at the ends of lines has no meaning to fail2ban and is left out.
pub(super) fn literal(
    kind: ConfigItemKind,
    option: &OptionName,
    value: &str,
) -> Result<String, Refusal> {
    let lines: Vec<&str> = value.trim().lines().map(str::trim).collect();
    let written = lines.join("\n").replace('%', "%%");
    // What would end the value within a command, or hide a part of it as a comment, is more than a value.
    let mut specs = places(kind).iter();
    let spec = specs.find_map(|place| options::find(*place, option.as_str()));
    match check::writable(spec, &written) {
        Some(fault) => bad(format!("{option}: {fault}")),
        None => Ok(written),
    }
}

/// Where options of an item can stand.
const fn places(kind: ConfigItemKind) -> &'static [Place] {
    match kind {
        ConfigItemKind::Jail => &[Place::Jail],
        ConfigItemKind::Filter => &[Place::Filter],
        ConfigItemKind::Action => &[Place::Action, Place::ActionInit],
        ConfigItemKind::Server => &[Place::Server, Place::ServerThread],
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

    #[test]
    fn lines_are_taken_by_the_options_that_are_described_with_some() {
        let is_taken = |kind, option: &str| {
            let option = option.parse().unwrap();
            literal(kind, &option, "a\nb").is_ok()
        };
        for (kind, option) in [
            (ConfigItemKind::Jail, "logpath"),
            (ConfigItemKind::Jail, "datepattern"),
            (ConfigItemKind::Jail, "action_mine"),
            (ConfigItemKind::Filter, "failregex"),
            (ConfigItemKind::Filter, "__prefix"),
            (ConfigItemKind::Action, "actionban?family=inet6"),
        ] {
            assert!(is_taken(kind, option), "{option}");
        }
        for (kind, option) in [
            (ConfigItemKind::Jail, "port"),
            (ConfigItemKind::Filter, "prefregex"),
            (ConfigItemKind::Action, "blocktype"),
            (ConfigItemKind::Action, "norestored"),
            (ConfigItemKind::Server, "stacksize"),
        ] {
            assert!(!is_taken(kind, option), "{option}");
        }
    }
}
