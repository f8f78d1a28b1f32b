use domain::{BanCommand, UserId};

use super::*;
use crate::testing::{TestClock, heard_ban};

fn orders() -> (Arc<Orders>, Arc<TestClock>) {
    let clock = Arc::new(TestClock::stopped());
    (
        Arc::new(Orders::new(Arc::<TestClock>::clone(&clock))),
        clock,
    )
}

fn by(orders: &Arc<Orders>, name: &str) -> OrdersOf {
    let actor = Actor::User {
        id: UserId(1),
        name: name.parse().unwrap(),
    };
    orders.of(&actor, &HostId::local())
}

fn ban(targets: &[&str]) -> BanCommand {
    BanCommand {
        jail: "sshd".parse().unwrap(),
        targets: targets
            .iter()
            .map(|target| domain::parse_target(target).unwrap().network)
            .collect(),
        requester: None,
        confirm_own_address: false,
        for_list: false,
    }
}

fn manual(at: Timestamp, subject: &str) -> HeardEvent {
    HeardEvent {
        origin: Origin::Manual,
        ..heard_ban(at, subject)
    }
}

fn unbanned(at: Timestamp, subject: &str, cause: UnbanCause) -> HeardEvent {
    HeardEvent {
        kind: EventKind::Unban,
        cause: Some(cause),
        ..heard_ban(at, subject)
    }
}

fn who(orders: &Orders, event: &HeardEvent) -> Option<String> {
    let who = orders.who(&HostId::local(), event);
    who.map(|name| name.to_string())
}

#[test]
fn ban_by_hand_that_fits_an_order_is_that_persons() {
    let (orders, clock) = orders();
    by(&orders, "ada").ban(&ban(&["192.0.2.1", "198.51.100.0/24"]));
    let now = clock.now();
    let soon = now.plus_seconds(20);
    assert_eq!(
        who(&orders, &manual(soon, "192.0.2.1")).as_deref(),
        Some("ada")
    );
    assert_eq!(
        who(&orders, &manual(soon, "198.51.100.0/24")).as_deref(),
        Some("ada")
    );
    // fail2ban keeps whole seconds.
    assert_eq!(
        who(&orders, &manual(now.plus_seconds(-1), "192.0.2.1")).as_deref(),
        Some("ada")
    );
    // Told again with more: still the same event.
    assert_eq!(
        who(&orders, &manual(soon, "192.0.2.1")).as_deref(),
        Some("ada")
    );
}

#[test]
fn event_that_does_not_fit_an_order_is_nobodys() {
    let (orders, clock) = orders();
    by(&orders, "ada").ban(&ban(&["192.0.2.1"]));
    let now = clock.now();
    let other_jail = HeardEvent {
        jail: "postfix".parse().unwrap(),
        ..manual(now, "192.0.2.1")
    };
    for event in [
        manual(now, "192.0.2.2"),
        manual(now.plus_seconds(61), "192.0.2.1"),
        manual(now.plus_seconds(-3), "192.0.2.1"),
        heard_ban(now, "192.0.2.1"),
        unbanned(now, "192.0.2.1", UnbanCause::ByHand),
        other_jail,
    ] {
        assert_eq!(who(&orders, &event), None, "{event:?}");
    }
    let elsewhere = "web-1".parse().unwrap();
    assert_eq!(orders.who(&elsewhere, &manual(now, "192.0.2.1")), None);
}

#[test]
fn unban_by_hand_is_the_persons_whoever_it_named_and_other_causes_nobodys() {
    let (orders, clock) = orders();
    let now = clock.now();
    by(&orders, "ada").unban(&UnbanCommand {
        scope: UnbanScope::AllJails,
        subjects: vec![BanSubject::from_daemon("192.0.2.1")],
    });
    let by_hand = |subject| unbanned(now, subject, UnbanCause::ByHand);
    assert_eq!(who(&orders, &by_hand("192.0.2.1")).as_deref(), Some("ada"));
    assert_eq!(who(&orders, &by_hand("192.0.2.2")), None);
    assert_eq!(
        who(&orders, &unbanned(now, "192.0.2.1", UnbanCause::Expired)),
        None
    );
    clock.advance_seconds(1);
    by(&orders, "grace").unban_everything();
    let later = |subject| unbanned(clock.now(), subject, UnbanCause::ByHand);
    assert_eq!(who(&orders, &later("192.0.2.2")).as_deref(), Some("grace"));
    assert_eq!(who(&orders, &later("192.0.2.1")).as_deref(), Some("grace"));
}

#[test]
fn orders_are_forgotten_in_time_and_beyond_the_limit() {
    let (orders, clock) = orders();
    let ada = by(&orders, "ada");
    ada.ban(&ban(&["192.0.2.1"]));
    for at in 0..u32::try_from(MAX_ORDERS).unwrap() + 10 {
        let target = std::net::Ipv4Addr::from(0x0A00_0000 + at).to_string();
        ada.ban(&ban(&[&target]));
    }
    let now = clock.now();
    assert_eq!(who(&orders, &manual(now, "192.0.2.1")), None);
    assert!(orders.lock().age.len() <= MAX_ORDERS);
    clock.advance_seconds(11 * 60);
    ada.ban(&ban(&["192.0.2.9"]));
    assert_eq!(orders.lock().age.len(), 1);
    assert_eq!(orders.lock().orders.len(), 1);
}
