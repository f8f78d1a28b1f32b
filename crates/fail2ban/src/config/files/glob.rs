//! Names with wildcards, as Python's `glob` finds them.

use super::{Kind, Sources, join, split};

/// Folders that one pattern may lead into; a pattern of many stars could ask for the whole disk.
const MOST_FOLDERS: usize = 10_000;

/// What matches a pattern, in the order of the file system. Names that begin with a dot want a pattern that does.
#[must_use]
pub fn glob(sources: &dyn Sources, pattern: &str) -> Vec<String> {
    if !has_wildcard(pattern) {
        return plain(sources, pattern).into_iter().collect();
    }
    let (folder, name) = split(pattern);
    let folders = if folder != pattern && has_wildcard(folder) {
        let found = glob(sources, folder);
        let are_folders = found
            .into_iter()
            .filter(|path| sources.kind(path) == Some(Kind::Folder));
        are_folders.take(MOST_FOLDERS).collect()
    } else {
        vec![folder.to_owned()]
    };
    let mut found = Vec::new();
    for folder in folders {
        if has_wildcard(name) {
            let names = sources.names(&folder).unwrap_or_default();
            let fits = names.iter().filter(|known| {
                known.starts_with('.') <= name.starts_with('.') && matches(name, known)
            });
            found.extend(fits.map(|known| join(&folder, known)));
            continue;
        }
        let path = join(&folder, name);
        let is_there = if name.is_empty() {
            sources.kind(&folder) == Some(Kind::Folder)
        } else {
            sources.is_present(&path)
        };
        found.extend(is_there.then_some(path));
    }
    found
}

fn plain(sources: &dyn Sources, path: &str) -> Option<String> {
    let (folder, name) = split(path);
    let is_there = if name.is_empty() {
        !folder.is_empty() && sources.kind(folder) == Some(Kind::Folder)
    } else {
        sources.is_present(path)
    };
    is_there.then(|| path.to_owned())
}

fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

/// One step of a pattern.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// Any text.
    Any,
    /// Any character.
    One,
    Exactly(char),
    Set {
        not: bool,
        ranges: Vec<(char, char)>,
    },
}

/// Whether a name fits a pattern, as `fnmatch` says.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let steps = steps(pattern);
    let name: Vec<char> = name.chars().collect();
    let (mut step, mut at) = (0, 0);
    // Where the last star is, and how much it has taken.
    let mut star: Option<(usize, usize)> = None;
    loop {
        match (steps.get(step), name.get(at)) {
            (Some(Step::Any), _) => {
                star = Some((step, at));
                step += 1;
                continue;
            }
            (Some(one), Some(c)) if fits(one, *c) => {
                (step, at) = (step + 1, at + 1);
                continue;
            }
            (None, None) => return true,
            _ => {}
        }
        let Some((back, taken)) = star.filter(|(_, taken)| *taken < name.len()) else {
            return false;
        };
        star = Some((back, taken + 1));
        (step, at) = (back + 1, taken + 1);
    }
}

fn fits(step: &Step, c: char) -> bool {
    match step {
        Step::Any => false,
        Step::One => true,
        Step::Exactly(wanted) => *wanted == c,
        Step::Set { not, ranges } => {
            ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != *not
        }
    }
}

fn steps(pattern: &str) -> Vec<Step> {
    let chars: Vec<char> = pattern.chars().collect();
    let (mut steps, mut at) = (Vec::new(), 0);
    while let Some(c) = chars.get(at) {
        at += 1;
        let step = match c {
            '*' if steps.last() == Some(&Step::Any) => continue,
            '*' => Step::Any,
            '?' => Step::One,
            '[' => match set(&chars, at) {
                Some((set, next)) => {
                    at = next;
                    set
                }
                None => Step::Exactly('['),
            },
            c => Step::Exactly(*c),
        };
        steps.push(step);
    }
    steps
}

/// The set that begins behind a bracket, and where the pattern goes on; `None` without the bracket at its end.
fn set(chars: &[char], from: usize) -> Option<(Step, usize)> {
    let not = chars.get(from) == Some(&'!');
    let first = from + usize::from(not);
    // A bracket in the first place belongs to the set.
    let close = (first + 1..chars.len()).find(|at| chars.get(*at) == Some(&']'))?;
    let inside = chars.get(first..close)?;
    let (mut ranges, mut at) = (Vec::new(), 0);
    while let Some(low) = inside.get(at) {
        let high = inside.get(at + 2);
        let high = high.filter(|_| inside.get(at + 1) == Some(&'-'));
        // The other way round it is empty.
        ranges.push((*low, *high.unwrap_or(low)));
        at += if high.is_some() { 3 } else { 1 };
    }
    Some((Step::Set { not, ranges }, close + 1))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn wildcards_fit_as_python_says() {
        for (pattern, name, wanted) in [
            ("*.log", "auth.log", true),
            ("*.log", "auth.log.1", false),
            ("a?c", "abc", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("[ab]*", "b1", true),
            ("[!ab]*", "b1", false),
            ("[a-c]", "b", true),
            ("[c-a]", "b", false),
            ("[]a]", "]", true),
            ("[a", "[a", true),
            ("**", "", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, name), wanted, "{pattern} {name}");
        }
    }
}
