use super::*;
use crate::testing::TestClock;

fn guesses() -> (Arc<TestClock>, Guesses) {
    let clock = Arc::new(TestClock::stopped());
    let guesses = Guesses::new(Arc::<TestClock>::clone(&clock));
    (clock, guesses)
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn name(text: &str) -> UserName {
    text.parse().unwrap()
}

/// Attempts that were let through out of `tries`.
fn let_through(tries: usize, mut attempt: impl FnMut() -> Verdict) -> usize {
    (0..tries).filter(|_| attempt() == Verdict::Free).count()
}

#[test]
fn address_after_ten_attempts_waits_for_the_next() {
    let (clock, guesses) = guesses();
    let here = address("203.0.113.7");
    assert_eq!(let_through(10, || guesses.by_address(here)), 10);
    let limited = |first| Verdict::Limited {
        retry_after_seconds: 30,
        first,
    };
    assert_eq!(guesses.by_address(here), limited(true));
    assert_eq!(guesses.by_address(here), limited(false));
    clock.advance_seconds(30);
    assert_eq!(let_through(5, || guesses.by_address(here)), 1);
    clock.advance_seconds(3600);
    assert_eq!(let_through(50, || guesses.by_address(here)), 10);
}

#[test]
fn address_that_waited_as_told_is_let_through() {
    let (clock, guesses) = guesses();
    let here = address("203.0.113.7");
    for _ in 0..100 {
        if let Verdict::Limited {
            retry_after_seconds,
            ..
        } = guesses.by_address(here)
        {
            clock.advance_seconds(i64::try_from(retry_after_seconds).unwrap());
            assert_eq!(guesses.by_address(here), Verdict::Free);
        }
    }
}

#[test]
fn addresses_of_one_ipv6_subscriber_share_their_attempts() {
    let (_, guesses) = guesses();
    let mut host = 0_u128;
    let spent = let_through(30, || {
        host += 1;
        let base = u128::from("2001:db8:1:2::".parse::<Ipv6Addr>().unwrap());
        guesses.by_address(IpAddr::V6(Ipv6Addr::from(base + host)))
    });
    assert_eq!(spent, 10);
    assert_eq!(
        guesses.by_address(address("2001:db8:1:3::1")),
        Verdict::Free
    );
}

#[test]
fn mapped_ipv4_address_counts_as_the_ipv4_address() {
    assert_eq!(
        subscriber(address("::ffff:203.0.113.7")),
        address("203.0.113.7")
    );
}

#[test]
fn account_from_many_addresses_is_guessed_at_no_faster() {
    let (clock, guesses) = guesses();
    let admin = name("admin");
    assert_eq!(let_through(100, || guesses.by_account(&admin)), 20);
    clock.advance_seconds(24);
    assert_eq!(let_through(100, || guesses.by_account(&admin)), 2);
    assert_eq!(guesses.by_account(&name("other")), Verdict::Free);
}

#[test]
fn success_gives_back_the_account_and_only_one_attempt_of_the_address() {
    let (_, guesses) = guesses();
    let (here, mine) = (address("203.0.113.7"), name("mine"));
    assert_eq!(let_through(9, || guesses.by_address(here)), 9);
    let_through(100, || guesses.by_account(&mine));
    assert!(!guesses.knows(&mine, here));
    assert_eq!(guesses.by_address(here), Verdict::Free);
    guesses.signed_in(here, &mine);
    assert_eq!(let_through(5, || guesses.by_address(here)), 1);
    assert_eq!(let_through(100, || guesses.by_account(&mine)), 20);
    assert!(guesses.knows(&mine, here));
}

#[test]
fn account_knows_the_network_of_an_ipv6_subscriber() {
    let (_, guesses) = guesses();
    guesses.signed_in(address("2001:db8::1"), &name("mine"));
    assert!(guesses.knows(&name("mine"), address("2001:db8::ffff")));
    assert!(!guesses.knows(&name("other"), address("2001:db8::1")));
}

#[test]
fn account_knows_its_latest_addresses_only() {
    let (_, guesses) = guesses();
    let mine = name("mine");
    for last in 0..=MAX_ADDRESSES {
        guesses.signed_in(address(&format!("203.0.113.{last}")), &mine);
    }
    assert!(!guesses.knows(&mine, address("203.0.113.0")));
    assert!(guesses.knows(&mine, address("203.0.113.1")));
}

#[test]
fn clock_that_is_set_back_refuses_no_longer_than_usual() {
    let (clock, guesses) = guesses();
    let here = address("203.0.113.7");
    let_through(20, || guesses.by_address(here));
    clock.advance_seconds(-86_400);
    let Verdict::Limited {
        retry_after_seconds,
        ..
    } = guesses.by_address(here)
    else {
        panic!("the attempts are used up");
    };
    assert!(retry_after_seconds <= 30, "{retry_after_seconds}");
}

#[test]
fn table_that_is_full_limits_newcomers_together_and_recovers() {
    let (clock, guesses) = guesses();
    let nth = |n: u32| IpAddr::V4(n.into());
    for n in 0..u32::try_from(MAX_KEYS).unwrap() {
        assert_eq!(guesses.by_address(nth(n)), Verdict::Free);
    }
    let mut n = u32::try_from(MAX_KEYS).unwrap();
    let newcomers = let_through(100, || {
        n += 1;
        guesses.by_address(nth(n))
    });
    assert_eq!(newcomers, 10);
    assert!(guesses.table.lock().unwrap().buckets.len() <= MAX_KEYS + 1);
    clock.advance_seconds(31);
    assert_eq!(guesses.by_address(nth(n)), Verdict::Free);
    assert!(guesses.table.lock().unwrap().buckets.len() < 10);
}

#[test]
fn record_of_failures_is_bounded_and_says_how_many_it_left_out() {
    let (clock, guesses) = guesses();
    let recorded = (0..500).filter(|_| guesses.may_record().is_some()).count();
    assert_eq!(recorded, 200);
    clock.advance_seconds(3);
    assert_eq!(guesses.may_record(), Some(300));
    clock.advance_seconds(3);
    assert_eq!(guesses.may_record(), Some(0));
}

#[test]
fn wrong_current_passwords_are_forgotten_by_the_right_one() {
    let (_, guesses) = guesses();
    let me = domain::UserId(1);
    assert_eq!(let_through(9, || guesses.by_password_change(me)), 5);
    guesses.password_was_right(me);
    assert_eq!(let_through(9, || guesses.by_password_change(me)), 5);
}
