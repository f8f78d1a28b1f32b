//! What the records tell, put together by address.
use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap},
    net::IpAddr,
};

use domain::{
    LoginWay, MAX_RECENT_LOGINS, RECENT_LOGIN_DAYS, RecentLogin, RecentLogins, Timestamp,
};
use ipnet::IpNet;

const DAY_SECONDS: i64 = 86_400;

/// How far ahead a record may be: a log's local time can be of another zone than this machine's. What is later is no honest time.
const AHEAD_SECONDS: i64 = DAY_SECONDS;

/// The most addresses that are kept, those met first; the records that are read have room for more only where somebody wants them to.
const MAX_ADDRESSES: usize = 50_000;

/// What has been met so far.
#[derive(Debug)]
pub(super) struct Collected {
    now: Timestamp,
    known: bool,
    addresses: HashMap<IpAddr, RecentLogin>,
}

/// All of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    known: bool,
    /// Those with the newest login first.
    items: Vec<RecentLogin>,
}

impl Collected {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            now,
            known: false,
            addresses: HashMap::new(),
        }
    }

    /// The present, to which moments without a year belong.
    pub(super) const fn now(&self) -> Timestamp {
        self.now
    }

    /// The first moment that is recent.
    pub(super) fn since(&self) -> Timestamp {
        let days = i64::from(RECENT_LOGIN_DAYS);
        self.now.plus_seconds(-days * DAY_SECONDS)
    }

    /// Takes note that logins are recorded: something of that time is in a record of them. A record that is not kept any more would make "none" of "not known".
    /// Answers whether the time is recent.
    pub(super) fn told(&mut self, at: Timestamp) -> bool {
        let recent = (self.since()..=self.now.plus_seconds(AHEAD_SECONDS)).contains(&at);
        self.known |= recent;
        recent
    }

    /// Takes a login, where its time is recent. From the machine itself nobody is shut out.
    pub(super) fn login(&mut self, address: IpAddr, at: Timestamp, way: LoginWay) {
        let away = !address.is_loopback() && !address.is_unspecified();
        let room = self.addresses.len() < MAX_ADDRESSES || self.addresses.contains_key(&address);
        if !self.told(at) || !away || !room {
            return;
        }
        let at = at.min(self.now);
        let login = self
            .addresses
            .entry(address)
            .or_insert_with(|| RecentLogin {
                address,
                last_at: at,
                ways: BTreeSet::new(),
            });
        login.last_at = login.last_at.max(at);
        login.ways.insert(way);
    }

    pub(super) fn finish(self) -> Found {
        let mut items: Vec<RecentLogin> = self.addresses.into_values().collect();
        items.sort_unstable_by_key(|login| (Reverse(login.last_at), login.address));
        Found {
            known: self.known,
            items,
        }
    }
}

impl Found {
    /// How many addresses there are.
    pub(super) const fn len(&self) -> usize {
        self.items.len()
    }

    /// What lies in a network.
    pub(super) fn within(&self, network: IpNet) -> RecentLogins {
        let inside = |login: &&RecentLogin| network.contains(&login.address);
        let mut inside = self.items.iter().filter(inside);
        let items: Vec<RecentLogin> = inside.by_ref().take(MAX_RECENT_LOGINS).cloned().collect();
        RecentLogins {
            known: self.known,
            total: items.len() + inside.count(),
            items,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_456_623_000);

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn ago(seconds: i64) -> Timestamp {
        NOW.plus_seconds(-seconds)
    }

    fn all(collected: Collected, network: &str) -> Vec<String> {
        let within = collected.finish().within(network.parse().unwrap());
        let items = within.items.iter();
        items.map(|login| login.address.to_string()).collect()
    }

    #[test]
    fn login_of_each_way_keeps_the_newest_time() {
        let mut collected = Collected::new(NOW);
        collected.login(ip("192.0.2.7"), ago(60), LoginWay::Ssh);
        collected.login(ip("192.0.2.7"), ago(90), LoginWay::Login);
        let within = collected.finish().within("192.0.2.0/24".parse().unwrap());
        assert_eq!(
            within,
            RecentLogins {
                known: true,
                total: 1,
                items: vec![RecentLogin {
                    address: ip("192.0.2.7"),
                    last_at: ago(60),
                    ways: BTreeSet::from([LoginWay::Ssh, LoginWay::Login]),
                }],
            }
        );
    }

    #[test]
    fn login_too_old_or_too_new_is_none_and_makes_nothing_known() {
        let month = i64::from(RECENT_LOGIN_DAYS) * DAY_SECONDS;
        for seconds in [month + 1, -DAY_SECONDS - 1, i64::MAX, -i64::MAX] {
            let mut collected = Collected::new(NOW);
            collected.login(ip("192.0.2.7"), ago(seconds), LoginWay::Ssh);
            let found = collected.finish();
            assert_eq!((found.known, found.len()), (false, 0), "{seconds}");
        }
        for seconds in [month, 0, -DAY_SECONDS] {
            let mut collected = Collected::new(NOW);
            collected.login(ip("192.0.2.7"), ago(seconds), LoginWay::Ssh);
            let found = collected.finish();
            assert_eq!((found.known, found.len()), (true, 1), "{seconds}");
            assert!(found.items[0].last_at <= NOW);
        }
    }

    #[test]
    fn login_from_the_machine_itself_says_only_that_logins_are_recorded() {
        let mut collected = Collected::new(NOW);
        for own in ["127.0.0.1", "::1", "0.0.0.0"] {
            collected.login(ip(own), NOW, LoginWay::Login);
        }
        let found = collected.finish();
        assert_eq!((found.known, found.len()), (true, 0));
    }

    #[test]
    fn network_is_told_the_newest_first_and_only_of_its_own() {
        let mut collected = Collected::new(NOW);
        for (address, seconds) in [
            ("192.0.2.7", 30),
            ("192.0.2.8", 20),
            ("198.51.100.7", 10),
            ("2001:db8::7", 5),
        ] {
            collected.login(ip(address), ago(seconds), LoginWay::Ssh);
        }
        assert_eq!(all(collected, "192.0.2.0/24"), ["192.0.2.8", "192.0.2.7"]);
    }

    #[test]
    fn network_with_very_many_names_some_and_counts_all() {
        let mut collected = Collected::new(NOW);
        for number in 0..1_000_u32 {
            let address = IpAddr::V4((0x0a00_0000 + number).into());
            collected.login(address, ago(i64::from(number)), LoginWay::Ssh);
        }
        let within = collected.finish().within("10.0.0.0/8".parse().unwrap());
        assert_eq!(
            (within.items.len(), within.total),
            (MAX_RECENT_LOGINS, 1_000)
        );
        assert_eq!(within.items[0].address, ip("10.0.0.0"));
    }
}
