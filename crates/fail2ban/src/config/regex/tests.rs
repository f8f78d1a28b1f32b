use super::*;

fn faults(failures: &[&str]) -> Vec<RegexFault> {
    let expressions = Expressions {
        prefix: None,
        failures,
        ignored: &[],
        several_lines: false,
        host_names: true,
    };
    check(&expressions)
        .into_iter()
        .map(|(_, fault)| fault)
        .collect()
}

fn codes(failure: &str) -> Vec<&'static str> {
    let found = faults(&[failure]);
    found.iter().map(|fault| fault.code().word()).collect()
}

#[test]
fn expression_without_a_place_for_whom_is_an_error_unless_the_prefix_has_it() {
    assert_eq!(codes("^failed$"), ["regex-without-host"]);
    assert_eq!(codes("^failed for <F-ID>[0-9]+</F-ID>$"), [""; 0]);
    assert_eq!(codes("^failed for <F-MLFID>[0-9]+</F-MLFID>$"), [""; 0]);
    let with_prefix = Expressions {
        prefix: Some("^<ADDR> <F-CONTENT>[a-z]+</F-CONTENT>$"),
        failures: &["^failed$"],
        ignored: &["^("],
        several_lines: false,
        host_names: true,
    };
    let found = check(&with_prefix);
    let found: Vec<_> = found
        .iter()
        .map(|(which, fault)| (*which, fault.code().word()))
        .collect();
    assert_eq!(found, [(Which::Ignored(0), "bad-regex")]);
}

#[test]
fn expression_that_may_begin_anywhere_is_shown_with_a_line_that_bans_a_bystander() {
    let found = faults(&["authentication failure for user .* from <HOST>"]);
    let [RegexFault::Unanchored(forgery)] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert!(
        forgery
            .line
            .contains("authentication failure for user x from 203.0.113.9")
    );
}

#[test]
fn text_of_somebodys_choice_that_can_ban_a_bystander_is_shown_with_such_a_line() {
    for regex in [
        // The first place that fits is taken, and the attacker's comes first.
        r"^login of .*? from <HOST>",
        // The last place that fits is taken, and the attacker's comes last.
        r"^login from <HOST> as .*$|^.* from <HOST>",
        r"^.* rhost=<HOST>(?: user=.*)?$",
        r"^connection from (?:\S+ )?\[?<HOST>\]? said .*? to <ADDR>",
    ] {
        let found = faults(&[regex]);
        if regex.contains('|') || regex.contains("<ADDR>") {
            // Two groups of one name.
            assert_eq!(found[0].code().word(), "bad-regex", "{regex}");
        } else {
            assert_eq!(
                found[0].code().word(),
                "regex-forgeable",
                "{regex}: {found:?}"
            );
        }
    }
}

#[test]
fn expression_that_leaves_no_room_for_others_is_not_blamed() {
    for regex in [
        r"^Failed password for .* from <HOST> port \d+ ssh2$",
        r"^Failed password for \S+ from <HOST>$",
        r"^\[<ADDR>\] failed: [^\[\]]*$",
        r"^<HOST> - \S+ \[\] .*$",
        r"^(?:error: )?Invalid user <F-USER>\S*</F-USER> from <HOST>(?: port \d+)?$",
        r#"^<HOST> -[^"]*"(?:GET|POST) [^"]*" 404 .*$"#,
    ] {
        assert_eq!(codes(regex), [""; 0], "{regex}: {:?}", faults(&[regex]));
    }
}

#[test]
fn repetitions_that_fit_the_same_text_in_many_ways_are_shown_with_a_line() {
    for regex in [
        r"^(\w+\s?)*: <HOST>$",
        r"^(?:a|a)*b <HOST>$",
        r"^(?:[^ ]+)+ from <HOST>$",
        r"^x (?:\d+|\d+:)* <HOST>$",
        r"^((?:.*)+) <HOST>$",
    ] {
        assert!(
            codes(regex).contains(&"regex-slow"),
            "{regex}: {:?}",
            faults(&[regex])
        );
    }
    for regex in [
        r"^(?:\w+ )*<HOST>$",
        r"^(?:[^,]+,)* <HOST>$",
        r"^(?:a|b)*c <HOST>$",
        r"^.*.*x <HOST>$",
        r"^(?:\[\d+\])?:?\s+(?:\S+ )*<HOST>$",
    ] {
        assert!(
            !codes(regex).contains(&"regex-slow"),
            "{regex}: {:?}",
            faults(&[regex])
        );
    }
}

#[test]
fn expressions_that_are_made_to_take_long_are_judged_soon() {
    let hostile = [
        "(?:a|a)+".repeat(2_000),
        "(a)".repeat(5_000) + "<HOST>",
        ".*x ".repeat(900) + "<HOST>" + &" .*".repeat(900),
        format!("^{}<HOST>$", "(?:(?:.*)*)*".repeat(200)),
        format!("{}<HOST>{}", "(".repeat(90), ")+".repeat(90)),
        "(?:x{1000}){1000}<HOST>".to_owned(),
        "(?=(?=(?=.*)*)*)*".repeat(300) + "<HOST>",
        "<HOST>".repeat(3_000),
        "(?<=a)".repeat(3_000) + "<HOST>",
    ];
    let began = std::time::Instant::now();
    for regex in &hostile {
        let _ = faults(&[regex]);
    }
    let many = vec![r"^(?:(\w+)\s?)*: <F-ID>x</F-ID>$"; 3_000];
    assert_eq!(
        faults(&many).first().map(|fault| fault.code().word()),
        Some("regex-slow")
    );
    println!("hostile expressions are judged in {:?}", began.elapsed());
    // Far less with optimisation; a machine that is busy may take longer.
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
}
