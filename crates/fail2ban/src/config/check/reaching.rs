//! Which options get into commands because these, or what they are made of, refer to them.

use std::collections::BTreeSet;

use crate::config::options::{self, Place, ValueKind};
use crate::config::tags;

use super::commands::is_command;

/// Names of former values, and in a jail of its filter's.
const KNOWN: &str = "known/";

/// An option as it stands in a file: what it belongs to, its name and its value.
pub type Written<'a> = (Place, &'a str, &'a str);

/// The options of a configuration whose values commands take up by `%(name)s` or `<name>`. Expressions and other values that are only compared get into a
/// shell this way alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reaching {
    of_jails: BTreeSet<String>,
    of_filters: BTreeSet<String>,
}

impl Reaching {
    /// Of all options of a configuration, in any order; options that stand in several files count with each of their values.
    #[must_use]
    pub fn of(written: &[Written<'_>]) -> Self {
        let mut reaching = Self::default();
        let mut rest: Vec<&Written<'_>> = Vec::new();
        for option in written {
            if is_part_of_commands(option) {
                reaching.take_up(option);
            } else {
                rest.push(option);
            }
        }
        // What one that reaches them refers to does so too.
        loop {
            let (met, others): (Vec<_>, Vec<_>) = rest
                .into_iter()
                .partition(|(place, name, _)| reaching.has(*place, name));
            if met.is_empty() {
                return reaching;
            }
            for option in met {
                reaching.take_up(option);
            }
            rest = others;
        }
    }

    /// Whether commands take up an option that gets into none by itself. Of others, such as a number, [`super::can_run_commands`] judges the value.
    #[must_use]
    pub fn has(&self, place: Place, name: &str) -> bool {
        let name = name.to_lowercase();
        match place {
            Place::Jail => is_compared_in_a_jail(&name) && self.of_jails.contains(&name),
            Place::Filter => self.of_filters.contains(&name),
            Place::Action | Place::ActionInit | Place::Server | Place::ServerThread => false,
        }
    }

    /// As [`Self::has`], of an option with this value. The parameters of a filter are options of it.
    #[must_use]
    pub fn takes_up(&self, place: Place, name: &str, raw: &str) -> bool {
        let is_filter = place == Place::Jail && name.eq_ignore_ascii_case("filter");
        let raw = raw.to_lowercase();
        self.has(place, name)
            || (is_filter && raw.contains('[') && self.of_filters.iter().any(|of| raw.contains(of)))
    }

    fn take_up(&mut self, (place, _, raw): &Written<'_>) {
        for name in references(raw) {
            if *place == Place::Filter {
                self.of_filters.insert(last(&name).to_owned());
                continue;
            }
            if name.contains(KNOWN) {
                self.of_filters.insert(last(&name).to_owned());
            }
            self.of_jails.insert(last(&name).to_owned());
        }
    }
}

/// Whether the value of an option is, or may become, a part of a command by its place and name.
fn is_part_of_commands((place, name, _): &Written<'_>) -> bool {
    match place {
        Place::Action | Place::ActionInit => true,
        Place::Filter => is_command(name),
        Place::Jail => is_command(name) || !is_compared_in_a_jail(name),
        Place::Server | Place::ServerThread => false,
    }
}

fn is_compared_in_a_jail(name: &str) -> bool {
    options::find(Place::Jail, name).is_some_and(|spec| is_only_compared(spec.value))
}

/// Whether values of a kind get into no command by themselves.
pub(super) const fn is_only_compared(kind: ValueKind) -> bool {
    matches!(
        kind,
        ValueKind::Regex | ValueKind::Regexes | ValueKind::Lines
    )
}

/// The name behind `known/` or a section.
fn last(name: &str) -> &str {
    name.rsplit_once('/').map_or(name, |(_, last)| last)
}

/// The names that a value refers to, in small letters.
fn references(raw: &str) -> Vec<String> {
    let percent = raw.split("%(").skip(1);
    let percent = percent.filter_map(|rest| rest.split_once(')').map(|(name, _)| name));
    let tags = tags::names(raw);
    percent.chain(tags).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn option_reaches_commands_where_they_refer_to_it_also_by_others() {
        for (by, wanted) in [
            ((Place::Action, "actionban", "x <failregex>"), true),
            ((Place::Action, "mine", "%(FailRegex)s"), true),
            ((Place::Jail, "action", "x[a=\"%(failregex)s\"]"), true),
            ((Place::Jail, "mine", "%(web/failregex)s"), true),
            ((Place::Jail, "ignoreregex", "%(failregex)s"), false),
            ((Place::Jail, "failregex", "%(known/failregex)s"), false),
            ((Place::Filter, "x", "%(failregex)s"), false),
            ((Place::Server, "logtarget", "%(failregex)s"), false),
        ] {
            let reaching = Reaching::of(&[by, (Place::Jail, "failregex", "^a <HOST>$")]);
            assert_eq!(reaching.has(Place::Jail, "failregex"), wanted, "{by:?}");
            assert!(!reaching.has(Place::Jail, "datepattern"), "{by:?}");
        }
        let number = [(Place::Jail, "mine", "%(maxretry)s")];
        assert!(!Reaching::of(&number).has(Place::Jail, "maxretry"));
        let chain = [
            (Place::Jail, "journalmatch", "%(datepattern)s"),
            (Place::Action, "actionban", "x <journalmatch>"),
            (Place::Jail, "datepattern", "%(known/datepattern)s"),
            (Place::Filter, "datepattern", "%(_daemon)s"),
        ];
        let reaching = Reaching::of(&chain);
        for (place, name) in [
            (Place::Jail, "journalmatch"),
            (Place::Jail, "datepattern"),
            (Place::Filter, "DatePattern"),
            (Place::Filter, "_daemon"),
        ] {
            assert!(reaching.has(place, name), "{name}");
        }
        assert!(!reaching.has(Place::Filter, "journalmatch"));
        for (filter, wanted) in [
            ("sshd[_daemon=\"x\"]", true),
            ("sshd[mode=x]", false),
            ("_daemon", false),
        ] {
            assert_eq!(
                reaching.takes_up(Place::Jail, "filter", filter),
                wanted,
                "{filter}"
            );
        }
    }
}
