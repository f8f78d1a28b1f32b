//! Bans of a chunk by what they are counted by. A question about a day adds up those of tens of chunks, which seldom change.
use std::sync::OnceLock;

/// What bans are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum By {
    Jail,
    Country,
    Network,
}

/// Made when they are first asked for.
#[derive(Debug, Default)]
pub(super) struct Sums {
    jails: OnceLock<Box<[(u32, u32)]>>,
    countries: OnceLock<Box<[(u32, u32)]>>,
    networks: OnceLock<Box<[(u32, u32)]>>,
}

impl Sums {
    /// The keys with how often each is among those of all bans, which are always the same.
    pub(super) fn of(&self, by: By, keys: impl Iterator<Item = u32>) -> &[(u32, u32)] {
        let place = match by {
            By::Jail => &self.jails,
            By::Country => &self.countries,
            By::Network => &self.networks,
        };
        place.get_or_init(|| counted(keys.collect()))
    }
}

fn counted(mut keys: Vec<u32>) -> Box<[(u32, u32)]> {
    keys.sort_unstable();
    let same = keys.chunk_by(|one, other| one == other);
    let sums = same.filter_map(|same| Some((*same.first()?, u32::try_from(same.len()).ok()?)));
    sums.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_some_keys_have_each_once_with_how_often_it_came() {
        let sums = Sums::default();
        let networks = sums.of(By::Network, [7, 3, 7, 7, 1].into_iter());
        assert_eq!(networks, [(1, 1), (3, 1), (7, 3)]);
        assert_eq!(sums.of(By::Jail, [].into_iter()), []);
        assert_eq!(sums.of(By::Country, [2].into_iter()), [(2, 1)]);
    }
}
