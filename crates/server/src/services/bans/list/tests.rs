use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Vec<(usize, String)> {
    read_list(text)
        .unwrap()
        .into_iter()
        .map(|target| {
            let told = match target.meaning {
                Ok(Target {
                    network,
                    masked,
                    duplicate_of,
                }) => {
                    let masked = if masked { " masked" } else { "" };
                    let duplicate =
                        duplicate_of.map_or_else(String::new, |line| format!(" as line {line}"));
                    format!("{network}{masked}{duplicate}")
                }
                Err(error) => format!("{:?}: {error}", target.text),
            };
            (target.line, told)
        })
        .collect()
}

#[test]
fn list_with_comments_and_several_on_a_line_is_read_by_line() {
    let text = "\u{feff}# from the mail\r\n192.0.2.7, 192.0.2.8;2001:DB8::1\r\n\r\n  10.1.2.3/8 # office\n";
    assert_eq!(
        read(text),
        [
            (2, "192.0.2.7/32".to_owned()),
            (2, "192.0.2.8/32".to_owned()),
            (2, "2001:db8::1/128".to_owned()),
            (4, "10.0.0.0/8 masked".to_owned()),
        ]
    );
}

#[test]
fn target_written_again_in_another_form_points_at_its_first_line() {
    let text = "192.0.2.7\n::ffff:192.0.2.7\n192.0.2.7/32\n192.0.2.0/31";
    assert_eq!(
        read(text),
        [
            (1, "192.0.2.7/32".to_owned()),
            (2, "192.0.2.7/32 as line 1".to_owned()),
            (3, "192.0.2.7/32 as line 1".to_owned()),
            (4, "192.0.2.0/31".to_owned()),
        ]
    );
}

#[test]
fn text_that_is_no_address_is_told_and_cut() {
    let long = "x".repeat(5_000);
    let targets = read_list(&format!("999.1.2.3\n192.0.2.1/33\n{long}")).unwrap();
    assert_eq!(targets[0].meaning, Err(AddressError::NotAnAddress));
    assert_eq!(targets[1].meaning, Err(AddressError::PrefixTooLong));
    assert_eq!(targets[2].text.len(), MAX_SHOWN_CHARS);
}

#[test]
fn list_of_one_target_too_many_is_refused() {
    let full = "192.0.2.1\n".repeat(MAX_LIST_TARGETS);
    assert_eq!(
        read_list(&full).map(|targets| targets.len()),
        Ok(MAX_LIST_TARGETS)
    );
    assert_eq!(
        read_list(&format!("{full}x")),
        Err(ListProblem::TooManyTargets)
    );
}

#[test]
fn network_covers_its_addresses() {
    for (network, addresses) in [
        ("192.0.2.7/32", "1"),
        ("192.0.2.0/24", "256"),
        ("0.0.0.0/0", "4294967296"),
        ("2001:db8::/64", "18446744073709551616"),
        ("::/0", "340282366920938463463374607431768211456"),
    ] {
        assert_eq!(covers(network.parse().unwrap()), addresses);
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic_and_canonically(text in "([0-9a-f:./,; \n#]|\\PC){0,200}") {
        let lines = text.lines().count();
        for target in read_list(&text).unwrap() {
            prop_assert!((1..=lines).contains(&target.line));
            prop_assert!(!target.text.is_empty());
            if let Ok(Target { network, duplicate_of, .. }) = target.meaning {
                prop_assert_eq!(network, network.trunc());
                let again = parse_target(&super::super::text_of(network)).unwrap();
                prop_assert_eq!(again.network, network);
                prop_assert!(!again.masked);
                prop_assert!(duplicate_of.is_none_or(|first| first <= target.line));
            }
        }
    }

    #[test]
    fn addresses_in_any_separation_are_all_read(
        addresses in prop::collection::vec(any::<std::net::IpAddr>(), 0..30),
        separator in prop::sample::select(vec!["\n", ", ", ";", " ", "\r\n", "\t # comment\n"]),
    ) {
        let texts: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        let read = read_list(&texts.join(separator)).unwrap();
        prop_assert_eq!(read.len(), addresses.len());
        for (target, address) in read.iter().zip(&addresses) {
            let network = IpNet::from(domain::canonical(*address));
            prop_assert_eq!(target.meaning.as_ref().map(|t| t.network), Ok(network));
        }
    }
}
