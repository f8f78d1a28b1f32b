//! Bans without a jail.
use domain::{AuditAction, HostId, NewOwnBan, OwnBan, OwnBanId, Storage};

use super::make;

fn ban(network: &str, since: i64, until: Option<i64>) -> NewOwnBan {
    NewOwnBan {
        host: HostId::local(),
        network: network.parse().unwrap(),
        since: make::at(since),
        until: until.map(make::at),
        reason: "scans".parse().unwrap(),
        by: make::name("root"),
        confirmed: None,
    }
}

async fn ban_all(storage: &dyn Storage, bans: &[NewOwnBan]) -> Vec<OwnBanId> {
    let entry = make::entry(AuditAction::OwnBansCreated, 10_000);
    let writes = storage.blocking_writes();
    writes.add_own_bans(bans, &entry).await.unwrap()
}

async fn in_force(storage: &dyn Storage, at: i64, meets: Option<&str>) -> Vec<OwnBanId> {
    let meets = meets.map(|network| network.parse().unwrap());
    let reads = storage.blocking();
    let bans = reads.own_bans_in_force(make::at(at), meets).await.unwrap();
    bans.into_iter().map(|ban| ban.id).collect()
}

async fn all_bans(storage: &dyn Storage) -> Vec<OwnBan> {
    storage.blocking().own_bans(None, 100).await.unwrap()
}

fn some_bans() -> [NewOwnBan; 3] {
    [
        ban("198.51.100.0/24", 1000, None),
        ban("203.0.113.7/32", 1000, Some(5000)),
        NewOwnBan {
            confirmed: Some("2001:db8::7".parse().unwrap()),
            ..ban("2001:db8::/32", 1000, Some(9000))
        },
    ]
}

pub(crate) async fn own_bans_are_read_back_as_they_were_page_by_page(storage: &dyn Storage) {
    let made = ban_all(storage, &some_bans()).await;
    let all = all_bans(storage).await;
    let read: Vec<_> = all.iter().rev().map(|ban| ban.ban.clone()).collect();
    assert_eq!(read, some_bans());
    let reads = storage.blocking();
    let rest = reads.own_bans(Some(made[1]), 100).await.unwrap();
    assert_eq!(rest, all[2..]);
    assert_eq!(reads.own_bans(None, 1).await.unwrap(), all[..1]);
}

pub(crate) async fn own_bans_in_force_are_those_neither_over_nor_ended(storage: &dyn Storage) {
    let made = ban_all(storage, &some_bans()).await;
    let both = [made[2], made[0]];
    assert_eq!(in_force(storage, 2000, None).await.len(), 3);
    assert_eq!(in_force(storage, 5000, None).await, both);
    let (reads, writes) = (storage.blocking(), storage.blocking_writes());
    assert_eq!(reads.count_own_bans(make::at(5000)).await.unwrap(), 2);
    let entry = make::entry(AuditAction::OwnBansEnded, 6000);
    let by = make::name("other");
    let here = HostId::local();
    let end = writes.end_own_bans(&here, &made, (make::at(6000), &by), &entry);
    let ended: Vec<_> = end.await.unwrap().into_iter().map(|ban| ban.id).collect();
    assert_eq!(ended, [made[0], made[2]]);
    assert_eq!(in_force(storage, 6000, None).await, []);
    let all: Vec<_> = all_bans(storage)
        .await
        .into_iter()
        .map(|b| b.ended)
        .collect();
    let at_six = Some((make::at(6000), by));
    assert_eq!(all, [at_six.clone(), None, at_six]);
}

pub(crate) async fn own_ban_of_the_same_network_replaces_the_one_before(storage: &dyn Storage) {
    let first = ban_all(storage, &[ban("198.51.100.0/24", 1000, None)]).await;
    let wider = ban_all(storage, &[ban("198.51.0.0/16", 1500, None)]).await;
    let second = ban_all(storage, &[ban("198.51.100.0/24", 2000, Some(9000))]).await;
    assert_eq!(in_force(storage, 2000, None).await, [second[0], wider[0]]);
    let all = all_bans(storage).await;
    let before = all.iter().find(|ban| ban.id == first[0]).unwrap();
    assert_eq!(before.ended, Some((make::at(2000), make::name("root"))));
}

pub(crate) async fn own_ban_taken_back_leaves_the_one_that_it_replaced_in_force(
    storage: &dyn Storage,
) {
    let first = ban_all(storage, &[ban("198.51.100.0/24", 1000, None)]).await;
    let second = ban_all(storage, &[ban("198.51.100.0/24", 2000, Some(9000))]).await;
    let entry = make::entry(AuditAction::OwnBansCreated, 2000);
    let writes = storage.blocking_writes();
    writes.undo_own_bans(&second, &entry).await.unwrap();
    assert_eq!(in_force(storage, 3000, None).await, first);
    assert_eq!(all_bans(storage).await.len(), 1);
}

pub(crate) async fn own_bans_of_another_host_are_not_ended(storage: &dyn Storage) {
    let made = ban_all(storage, &some_bans()).await;
    let entry = make::entry(AuditAction::OwnBansEnded, 2000);
    let (by, elsewhere) = (make::name("other"), "web-1".parse().unwrap());
    let writes = storage.blocking_writes();
    let end = writes.end_own_bans(&elsewhere, &made, (make::at(2000), &by), &entry);
    assert_eq!(end.await.unwrap(), []);
    assert_eq!(in_force(storage, 2000, None).await.len(), 3);
    assert_eq!(make::times(storage, AuditAction::OwnBansEnded).await, 0);
}

pub(crate) async fn own_ban_ended_stays_ended_when_the_clock_is_set_back(storage: &dyn Storage) {
    let made = ban_all(storage, &[ban("198.51.100.0/24", 1000, None)]).await;
    let entry = make::entry(AuditAction::OwnBansEnded, 6000);
    let (by, here) = (make::name("other"), HostId::local());
    let writes = storage.blocking_writes();
    let end = writes.end_own_bans(&here, &made, (make::at(6000), &by), &entry);
    assert_eq!(end.await.unwrap().len(), 1);
    assert_eq!(in_force(storage, 2000, None).await, []);
}

pub(crate) async fn own_bans_forgotten_are_those_that_ended_before(storage: &dyn Storage) {
    let made = ban_all(
        storage,
        &[
            ban("192.0.2.1/32", 1000, Some(2000)),
            ban("192.0.2.2/32", 1000, Some(3000)),
            ban("192.0.2.3/32", 1000, Some(9000)),
            ban("192.0.2.4/32", 1000, None),
            // Taken back, before all time and long before their end.
            ban("192.0.2.5/32", 1000, None),
            ban("192.0.2.6/32", 1000, Some(9000)),
            ban("192.0.2.7/32", 1000, Some(9000)),
        ],
    )
    .await;
    let (by, here) = (make::name("other"), HostId::local());
    let writes = storage.blocking_writes();
    for (ids, at) in [(&made[4..6], 2500), (&made[6..], 4000)] {
        let entry = make::entry(AuditAction::OwnBansEnded, at);
        let end = writes.end_own_bans(&here, ids, (make::at(at), &by), &entry);
        assert_eq!(end.await.unwrap().len(), ids.len());
    }
    let mut steps = Vec::new();
    while steps.last() != Some(&0) {
        let step = writes.forget_own_bans(make::at(4000), 3).await.unwrap();
        steps.push(step);
    }
    assert_eq!(steps, [3, 1, 0]);
    let left: Vec<OwnBanId> = all_bans(storage).await.iter().map(|ban| ban.id).collect();
    assert_eq!(left, [made[6], made[3], made[2]]);
    assert_eq!(in_force(storage, 4000, None).await, [made[3], made[2]]);
    // Whatever the moment: the one for ever stays.
    writes
        .forget_own_bans(make::at(9_000_000_000_000), 10)
        .await
        .unwrap();
    assert_eq!(in_force(storage, 4000, None).await, [made[3]]);
}

pub(crate) async fn own_bans_that_meet_a_network_are_found(storage: &dyn Storage) {
    let bans = [
        "198.51.0.0/16",
        "198.51.100.0/24",
        "198.51.100.7/32",
        "198.51.101.0/24",
        "203.0.113.7/32",
        "2001:db8::/32",
    ];
    let bans: Vec<_> = bans.iter().map(|net| ban(net, 1000, None)).collect();
    let made = ban_all(storage, &bans).await;
    let meets = async |network| in_force(storage, 2000, Some(network)).await;
    assert_eq!(meets("198.51.100.7/32").await, [made[2], made[1], made[0]]);
    assert_eq!(meets("198.51.100.0/25").await, [made[2], made[1], made[0]]);
    assert_eq!(meets("198.51.101.9/32").await, [made[3], made[0]]);
    assert_eq!(meets("198.50.0.0/15").await.len(), 4);
    assert_eq!(meets("2001:db8::1/128").await, [made[5]]);
    assert_eq!(meets("192.0.2.1/32").await, []);
}
