use super::*;

/// What the kernel says of an element that it was told.
fn held(element: Element) -> Held {
    let mut list = Body::default();
    element.write(&mut list);
    let (_, bytes) = Attributes::new(list.bytes()).each().next().unwrap();
    Held::read(Attributes::new(bytes)).unwrap()
}

#[test]
fn element_is_the_same_after_it_went_through_bytes() {
    for address in [
        "0.0.0.0",
        "255.255.255.255",
        "198.51.100.7",
        "::",
        "2001:db8::7",
        "ffff::ffff",
    ] {
        let address: IpAddr = address.parse().unwrap();
        let element = Element::plain(Key::of(address));
        let held = held(element);
        assert_eq!(held.key.address(), address);
        assert_eq!((held.remaining, held.counter), (None, None));
    }
}

#[test]
fn element_keeps_its_time_in_the_bytes() {
    let timed = Element {
        timeout: Some(Duration::from_millis(86_400_001)),
        ..Element::plain(Key::of("2001:db8::7".parse().unwrap()))
    };
    let mut list = Body::default();
    timed.write(&mut list);
    let attributes = Attributes::new(list.bytes()).within(LIST_ELEMENT);
    assert_eq!(attributes.u64(element::TIMEOUT), Some(86_400_001));
    assert_eq!(held(timed).key, timed.key);
}

#[test]
fn time_is_never_for_ever_nor_more_than_the_kernel_takes() {
    assert_eq!(milliseconds(Duration::ZERO), 1);
    assert_eq!(milliseconds(Duration::from_micros(1)), 1);
    assert_eq!(milliseconds(Duration::from_secs(2)), 2_000);
    assert_eq!(milliseconds(Duration::MAX), 1 << 43);
}

#[test]
fn address_is_in_one_network_of_each_length() {
    let key = Key::of("198.51.100.7".parse().unwrap());
    for (length, network) in [
        (0, "0.0.0.0/0"),
        (24, "198.51.100.0/24"),
        (32, "198.51.100.7/32"),
    ] {
        assert_eq!(key.network(length), Some(network.parse().unwrap()));
    }
    assert_eq!(key.network(33), None);
}
