//! Networks that come and go one by one.
use std::time::Duration;

use firewall::{Backend, Ban, Content, TableError, Where};

use crate::ground::{
    BAD, BAD_V6,
    Fate::{Delivered, Dropped},
    GOOD, Ground, ban, blocking, nets, until,
};

crate::with_each_backend!(
    ban_holds_at_once_and_ends_by_itself,
    ban_given_again_gets_the_new_end,
    bans_that_overlap_each_end_at_their_own_time,
    unban_leaves_wider_and_narrower_bans,
    allowed_network_is_through_at_once_and_blocked_again_after,
    bans_before_anything_is_loaded_are_refused,
    bans_and_allowed_networks_outlive_a_load,
    reboot_is_made_good_by_a_load,
    load_takes_back_what_the_content_has_no_more,
);

async fn ban_holds_at_once_and_ends_by_itself(backend: Backend) {
    let ground = Ground::make(backend).await;
    ground.load(Content::default()).await;
    let bans = [
        ban("198.51.100.7/32", Some(2)),
        ban("2001:db8:bad::/64", Some(2)),
    ];
    ground.table.ban(&bans).await.unwrap();
    ground
        .assert_fates(&[(BAD, Dropped), (BAD_V6, Dropped), (GOOD, Delivered)])
        .await;
    let held = ground.table.bans().await.unwrap();
    assert_eq!(held.len(), 2);
    for held in held {
        assert!(
            held.remaining.unwrap() <= Duration::from_secs(2),
            "{held:?}"
        );
    }
    // Nobody takes it back.
    until("the bans end", async || {
        ground.table.bans().await.unwrap().is_empty()
    })
    .await;
    ground
        .assert_fates(&[(BAD, Delivered), (BAD_V6, Delivered)])
        .await;
}

async fn ban_given_again_gets_the_new_end(backend: Backend) {
    let ground = Ground::make(backend).await;
    ground.load(Content::default()).await;
    for remaining in [Some(3600), None, Some(7200), Some(1800)] {
        ground
            .table
            .ban(&[ban("198.51.100.0/24", remaining)])
            .await
            .unwrap();
        let held = ground.table.bans().await.unwrap();
        let [held] = held.as_slice() else {
            panic!("{held:?}");
        };
        let left = held.remaining.map(|left| left.as_secs_f64().round());
        let expected = remaining.map(|seconds| Duration::from_secs(seconds).as_secs_f64());
        match (left, expected) {
            (Some(left), Some(expected)) => assert!((expected - left).abs() <= 2.0, "{held:?}"),
            (left, expected) => assert_eq!(left, expected),
        }
    }
    ground.assert_fates(&[(BAD, Dropped)]).await;
}

async fn bans_that_overlap_each_end_at_their_own_time(backend: Backend) {
    let ground = Ground::make(backend).await;
    ground.load(Content::default()).await;
    // The narrower one outlives the wider one.
    ground
        .table
        .ban(&[ban("198.51.100.7/32", None)])
        .await
        .unwrap();
    ground
        .table
        .ban(&[ban("198.51.100.0/24", Some(2))])
        .await
        .unwrap();
    ground
        .assert_fates(&[(BAD, Dropped), ("198.51.100.8", Dropped)])
        .await;
    let one_is_left = async || ground.table.bans().await.unwrap().len() == 1;
    until("the wider ban ends", one_is_left).await;
    ground
        .assert_fates(&[(BAD, Dropped), ("198.51.100.8", Delivered)])
        .await;
    // And the other way round.
    ground
        .table
        .ban(&[ban("198.51.100.0/25", None)])
        .await
        .unwrap();
    ground
        .table
        .ban(&[ban("198.51.100.7/32", Some(1))])
        .await
        .unwrap();
    until("the narrower ban ends", one_is_left).await;
    ground
        .assert_fates(&[(BAD, Dropped), ("198.51.100.8", Dropped)])
        .await;
}

async fn unban_leaves_wider_and_narrower_bans(backend: Backend) {
    let ground = Ground::make(backend).await;
    ground.load(Content::default()).await;
    let bans = ["198.51.100.0/24", "198.51.100.0/28", "198.51.100.7/32"].map(|net| ban(net, None));
    ground.table.ban(&bans).await.unwrap();
    // Also one that is not banned.
    ground
        .table
        .unban(&nets(&["198.51.100.0/24", "192.0.2.0/24"]))
        .await
        .unwrap();
    let places = ground.table.holds(BAD.parse().unwrap()).await.unwrap();
    let mut held: Vec<String> = places
        .iter()
        .map(|place| match place {
            Where::Banned(ban) => ban.network.to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    held.sort();
    assert_eq!(held, ["198.51.100.0/28", "198.51.100.7/32"]);
    ground
        .table
        .unban(&nets(&["198.51.100.0/28"]))
        .await
        .unwrap();
    ground
        .assert_fates(&[(BAD, Dropped), ("198.51.100.8", Delivered)])
        .await;
    ground
        .table
        .unban(&nets(&["198.51.100.7/32"]))
        .await
        .unwrap();
    ground.assert_fates(&[(BAD, Delivered)]).await;
    assert_eq!(ground.table.bans().await.unwrap(), []);
}

async fn allowed_network_is_through_at_once_and_blocked_again_after(backend: Backend) {
    let ground = Ground::make(backend).await;
    ground
        .load(blocking(&["198.51.100.0/24", "2001:db8:bad::7/128"]))
        .await;
    ground
        .table
        .ban(&[ban("198.51.100.7/32", None)])
        .await
        .unwrap();
    let allowed = nets(&["198.51.100.7/32", "2001:db8:bad::/48"]);
    ground.table.allow(&allowed).await.unwrap();
    let fates = [
        (BAD, Delivered),
        (BAD_V6, Delivered),
        ("198.51.100.8", Dropped),
    ];
    ground.assert_fates(&fates).await;
    let mut places = ground.table.holds(BAD.parse().unwrap()).await.unwrap();
    places.sort_by_key(|place| format!("{place:?}"));
    let network = "198.51.100.7/32".parse().unwrap();
    let banned = Where::Banned(Ban {
        network,
        remaining: None,
    });
    assert_eq!(places, [Where::Allowed { network }, banned, Where::Blocked]);
    ground.table.disallow(&allowed).await.unwrap();
    ground
        .assert_fates(&[(BAD, Dropped), (BAD_V6, Dropped)])
        .await;
}

async fn bans_before_anything_is_loaded_are_refused(backend: Backend) {
    let ground = Ground::make(backend).await;
    let refused = ground.table.ban(&[ban("198.51.100.7/32", None)]).await;
    assert!(matches!(refused, Err(TableError::Absent)), "{refused:?}");
    assert!(matches!(ground.table.bans().await, Err(TableError::Absent)));
    assert!(matches!(ground.table.hits().await, Err(TableError::Absent)));
    assert_eq!(ground.table.state().await.unwrap(), None);
}

async fn bans_and_allowed_networks_outlive_a_load(backend: Backend) {
    let ground = Ground::make(backend).await;
    ground.load(blocking(&["198.51.100.8/32"])).await;
    let content = Content {
        bans: vec![
            ban("198.51.100.0/24", Some(3600)),
            ban("2001:db8:bad::7/128", None),
        ],
        allowed: nets(&["198.51.100.7/32"]),
        ..Content::default()
    };
    ground.table.ban(&content.bans).await.unwrap();
    ground.table.allow(&content.allowed).await.unwrap();
    ground.assert_fates(&[("198.51.100.8", Dropped)]).await;
    let before = ground.table.hits().await.unwrap();
    ground.load(content).await;
    ground
        .assert_fates(&[(BAD, Delivered), (BAD_V6, Dropped)])
        .await;
    let after = ground.table.hits().await.unwrap();
    assert_eq!(after.incoming.packets, before.incoming.packets + 1);
    assert_eq!(after.by_address.len(), 2);
    let state = ground.table.state().await.unwrap().unwrap();
    assert_eq!(
        (state.bans, state.allowed, state.blocked.total()),
        (2, 1, 0)
    );
}

async fn reboot_is_made_good_by_a_load(backend: Backend) {
    let content = Content {
        blocked: nets(&["192.0.2.0/24"]),
        bans: vec![
            ban("198.51.100.0/24", Some(3600)),
            ban("2001:db8:bad::7/128", None),
        ],
        allowed: nets(&["198.51.100.8/32"]),
        ..Content::default()
    };
    // The kernel of a machine that has just started holds nothing, as that of a namespace that was just made.
    let ground = Ground::make(backend).await;
    ground.load(content.clone()).await;
    let fates = [
        (BAD, Dropped),
        (GOOD, Dropped),
        (BAD_V6, Dropped),
        ("198.51.100.8", Delivered),
    ];
    ground.assert_fates(&fates).await;
    assert_eq!(ground.table.verify(content.into()).await.unwrap(), []);
}

async fn load_takes_back_what_the_content_has_no_more(backend: Backend) {
    let ground = Ground::make(backend).await;
    let content = Content {
        bans: vec![
            ban("198.51.100.7/32", None),
            ban("198.51.100.8/32", Some(3600)),
        ],
        allowed: nets(&["192.0.2.0/24", "2001:db8::/32"]),
        ..Content::default()
    };
    ground.load(content.clone()).await;
    let less = Content {
        bans: vec![ban("198.51.100.8/32", Some(1800))],
        allowed: nets(&["2001:db8::/32"]),
        ..content
    };
    // The blocked networks are the same.
    assert!(ground.load(less.clone()).await.changed);
    ground
        .assert_fates(&[(BAD, Delivered), ("198.51.100.8", Dropped)])
        .await;
    assert_eq!(ground.table.verify(less.into()).await.unwrap(), []);
    let state = ground.table.state().await.unwrap().unwrap();
    assert_eq!((state.generation, state.bans, state.allowed), (1, 1, 1));
}
