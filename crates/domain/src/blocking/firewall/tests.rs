use super::*;

fn unusable() -> FirewallError {
    FirewallError::Unusable(Why::unnamed("there is none"))
}

fn failed() -> FirewallError {
    FirewallError::Failed(Why::unnamed("nft refused"))
}

fn jail() -> JailDrift {
    JailDrift {
        jail: "sshd".parse().unwrap(),
        backing: None,
        banned: 3,
        missing: vec![BanSubject::Network("198.51.100.7/32".parse().unwrap())],
        excess: vec!["198.51.100.8/32".parse().unwrap()],
        unsure: Vec::new(),
    }
}

fn own() -> BlockDrift {
    BlockDrift {
        missing_count: 5,
        faults: vec![Why::unnamed("a rule is gone")],
        ..BlockDrift::default()
    }
}

#[test]
fn drift_of_which_one_half_is_not_known_is_that_of_the_other() {
    let at = Timestamp::from_millis(7);
    for why in [failed(), unusable()] {
        let without_jails = FirewallDrift::of(at, Err(why.clone()), Ok(own())).unwrap();
        assert_eq!(without_jails.differences(), 6);
        assert_eq!(without_jails.jails, Err(why.clone()));
        let without_table = FirewallDrift::of(at, Ok(vec![jail()]), Err(why.clone())).unwrap();
        assert_eq!(without_table.differences(), 2);
        assert_eq!(without_table.own, Err(why));
    }
    let both = FirewallDrift::of(at, Ok(vec![jail(), jail()]), Ok(own())).unwrap();
    assert_eq!(both.differences(), 10);
}

#[test]
fn drift_of_which_nothing_is_known_says_why_unless_there_is_no_packet_filter() {
    let at = Timestamp::from_millis(7);
    let neither = FirewallDrift::of(at, Err(failed()), Err(unusable())).unwrap();
    assert_eq!(
        (neither.differences(), neither.jails, neither.own),
        (0, Err(failed()), Err(unusable()))
    );
    let none = FirewallDrift::of(at, Err(unusable()), Err(unusable()));
    assert_eq!(none, Err(unusable()));
}
