//! What happened, with its time and length, and whether that is what was told.
use std::collections::BTreeMap;

/// Times that are told in whole seconds, and the moment between an act and its line.
const SLACK_MILLIS: i64 = 1_000;

/// Something that happened.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) what: String,
    /// Not before this moment, and not after that one: the script looked at the clock on both sides of what it did.
    pub(super) between: (i64, i64),
    /// How long the ban was to last, in seconds.
    pub(super) bantime: i64,
    /// A ban that began and was ended by hand while nobody listened: fail2ban deletes all that it knew of its length.
    pub(super) forgotten: bool,
}

/// Something that BanGUI tells.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) what: String,
    pub(super) at: i64,
    pub(super) bantime: Option<i64>,
}

/// What is told with another time or length than it had. What happened several times is compared in its order.
pub(super) fn wrong(told: &[Told], ledger: &[Entry]) -> Vec<String> {
    let mut by_what: BTreeMap<&str, Vec<&Told>> = BTreeMap::new();
    for one in told {
        by_what.entry(&one.what).or_default().push(one);
    }
    for of_one in by_what.values_mut() {
        of_one.sort_by_key(|one| std::cmp::Reverse(one.at));
    }
    let mut entries: Vec<&Entry> = ledger.iter().collect();
    entries.sort_by_key(|entry| entry.between);
    let mut wrong = Vec::new();
    for entry in entries {
        let told = by_what.get_mut(entry.what.as_str()).and_then(Vec::pop);
        if !told.is_some_and(|told| fits(told, entry)) {
            wrong.push(format!("{entry:?} was told as {told:?}"));
        }
    }
    wrong
}

fn fits(told: &Told, entry: &Entry) -> bool {
    let (from, until) = entry.between;
    let in_time = (from - SLACK_MILLIS..=until + SLACK_MILLIS).contains(&told.at);
    // Of an end the length of its ban need not be known.
    let may_lack = entry.forgotten || !entry.what.starts_with("ban ");
    let right_length = told
        .bantime
        .map_or(may_lack, |bantime| bantime == entry.bantime);
    in_time && right_length
}

#[test]
fn told_with_another_time_or_length_or_not_at_all_is_wrong() {
    let entry = |what: &str, between| Entry {
        what: what.to_owned(),
        between,
        bantime: 600,
        forgotten: false,
    };
    let told = |what: &str, at, bantime| Told {
        what: what.to_owned(),
        at,
        bantime,
    };
    let ledger = [
        entry("ban manual a 198.51.100.1", (10_000, 10_100)),
        entry("unban byHand a 198.51.100.1", (20_000, 20_100)),
        entry("ban manual a 198.51.100.1", (30_000, 30_100)),
    ];
    let right = [
        told("ban manual a 198.51.100.1", 30_050, Some(600)),
        told("ban manual a 198.51.100.1", 9_000, Some(600)),
        told("unban byHand a 198.51.100.1", 21_100, None),
    ];
    assert_eq!(wrong(&right, &ledger), Vec::<String>::new());
    let count_wrong = |number: usize, one: Told| {
        let mut changed = right.to_vec();
        changed[number] = one;
        wrong(&changed, &ledger).len()
    };
    let ban = "ban manual a 198.51.100.1";
    assert_eq!(count_wrong(1, told(ban, 8_999, Some(600))), 1);
    assert_eq!(count_wrong(1, told(ban, 11_101, Some(600))), 1);
    assert_eq!(count_wrong(1, told(ban, 10_000, Some(60))), 1);
    assert_eq!(count_wrong(1, told(ban, 10_000, None)), 1);
    // One ban too many, in the place of the end.
    assert_eq!(count_wrong(2, told(ban, 20_000, Some(600))), 2);
    assert_eq!(wrong(&right[..2], &ledger).len(), 1);
}
