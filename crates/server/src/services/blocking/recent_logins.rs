//! From where people lately signed in to BanGUI, beside what the host knows of logins to the machine.
use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap},
    net::IpAddr,
};

use domain::{
    AuditAction, AuditQuery, LoginWay, Outcome, PageSize, RECENT_LOGIN_DAYS, RecentLogin,
    RecentLogins, StorageError, Timestamp,
};
use ipnet::IpNet;

use crate::state::ReadState;

const DAY_SECONDS: i64 = 86_400;

/// How many pages of the audit log are looked at, the newest first: people sign in some times a day, programs may do so every minute.
const MAX_PAGES: usize = 4;

/// The newest sign-in from each address.
#[derive(Debug, Default)]
pub(crate) struct SignIns(HashMap<IpAddr, Timestamp>);

/// Those of the last days.
///
/// # Errors
/// Storage's.
pub(crate) async fn sign_ins(state: &ReadState) -> Result<SignIns, StorageError> {
    let days = i64::from(RECENT_LOGIN_DAYS);
    let mut query = AuditQuery {
        action: Some(AuditAction::SessionCreated),
        outcome: Some(Outcome::Success),
        from: Some(state.clock.now().plus_seconds(-days * DAY_SECONDS)),
        limit: PageSize::new(PageSize::MAX).unwrap_or_default(),
        ..AuditQuery::default()
    };
    let mut found = SignIns::default();
    for _ in 0..MAX_PAGES {
        let page = state.storage.audit(&query).await?;
        for entry in page.items.into_iter().map(|item| item.entry) {
            if let Some(address) = entry.address {
                // The newest comes first.
                found
                    .0
                    .entry(domain::canonical(address))
                    .or_insert(entry.at);
            }
        }
        if page.next.is_none() {
            break;
        }
        query.after = page.next;
    }
    Ok(found)
}

impl SignIns {
    /// Adds those of a network to what the host told of it. Where the host has more addresses than it names, one of those may be counted twice.
    pub(crate) fn add_to(&self, logins: &mut RecentLogins, network: IpNet) {
        let named = logins.items.iter().enumerate();
        let places: HashMap<IpAddr, usize> =
            named.map(|(place, login)| (login.address, place)).collect();
        for (address, at) in &self.0 {
            if !network.contains(address) {
                continue;
            }
            let place = places.get(address);
            if let Some(login) = place.and_then(|place| logins.items.get_mut(*place)) {
                login.last_at = login.last_at.max(*at);
                login.ways.insert(LoginWay::BanGui);
                continue;
            }
            logins.total += 1;
            logins.items.push(RecentLogin {
                address: *address,
                last_at: *at,
                ways: BTreeSet::from([LoginWay::BanGui]),
            });
        }
        let newest_first = |login: &RecentLogin| (Reverse(login.last_at), login.address);
        logins.items.sort_unstable_by_key(newest_first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn login(address: &str, seconds: i64, ways: &[LoginWay]) -> RecentLogin {
        RecentLogin {
            address: ip(address),
            last_at: at(seconds),
            ways: ways.iter().copied().collect(),
        }
    }

    #[test]
    fn sign_ins_are_put_to_the_logins_of_their_network() {
        let told = [("192.0.2.7", 50), ("192.0.2.8", 20), ("198.51.100.7", 60)];
        let sign_ins = SignIns(told.map(|(address, when)| (ip(address), at(when))).into());
        let mut logins = RecentLogins {
            known: true,
            total: 2,
            items: vec![
                login("192.0.2.9", 40, &[LoginWay::Ssh]),
                login("192.0.2.7", 30, &[LoginWay::Login]),
            ],
        };
        sign_ins.add_to(&mut logins, "192.0.2.0/24".parse().unwrap());
        assert_eq!(
            logins,
            RecentLogins {
                known: true,
                total: 3,
                items: vec![
                    login("192.0.2.7", 50, &[LoginWay::Login, LoginWay::BanGui]),
                    login("192.0.2.9", 40, &[LoginWay::Ssh]),
                    login("192.0.2.8", 20, &[LoginWay::BanGui]),
                ],
            }
        );
    }
}
